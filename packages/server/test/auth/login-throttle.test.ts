import { describe, expect, it } from 'vitest';
import { FailureCounts } from '../../src/auth/failure-counts.ts';
import { LoginThrottle } from '../../src/auth/login-throttle.ts';
import { AppError } from '../../src/errors.ts';

class Lab {
  nowMs = 0;
  checks = 0;
  readonly throttle: LoginThrottle;

  constructor(maxEntries?: number) {
    this.throttle = new LoginThrottle({ now: () => this.nowMs, ...(maxEntries && { maxEntries }) });
  }

  /** `right`, `wrong`, or how long it is locked. */
  async try(user: string, remoteAddress: string, isRight = false): Promise<'right' | 'wrong' | number> {
    try {
      const result = await this.throttle.guard({ user, remoteAddress }, async () => {
        this.checks += 1;
        return isRight || undefined;
      });
      return result ? 'right' : 'wrong';
    } catch (error) {
      if (error instanceof AppError) return Number(error.data['retry_after_ms']);
      throw error;
    }
  }

  async fail(count: number, user: string, remoteAddress: string): Promise<void> {
    for (let i = 0; i < count; i++) expect(await this.try(user, remoteAddress)).toBe('wrong');
  }
}

const home = '192.0.2.1';
const evil = '198.51.100.7';

describe('the failures of one address', () => {
  it('lock it at the fifth within a minute, for every user, before anything is checked', async () => {
    const lab = new Lab();
    for (let i = 0; i < 5; i++) await lab.fail(1, `user${i}`, evil);
    expect(await lab.try('somebody', evil, true)).toBe(10_000);
    expect(lab.checks).toBe(5);
    lab.nowMs += 9_999;
    expect(await lab.try('somebody', evil, true)).toBe(1);
    lab.nowMs += 1;
    expect(await lab.try('somebody', evil, true)).toBe('right');
  });

  it('lock nobody at another address', async () => {
    const lab = new Lab();
    for (let i = 0; i < 5; i++) await lab.fail(1, `user${i}`, evil);
    expect(await lab.try('user0', home, true)).toBe('right');
  });

  it('four of them lock nothing, and are forgotten a minute later', async () => {
    const lab = new Lab();
    for (let minute = 0; minute < 10; minute++) {
      await lab.fail(4, 'ann', home);
      expect(await lab.try('ann', home, true)).toBe('right');
      lab.nowMs += 60_000;
    }
  });

  it('are not forgotten by a login, or one valid account would buy endless guesses at others', async () => {
    const lab = new Lab();
    const guesses: unknown[] = [];
    // For an hour, as fast as it goes, each guess at another user and each followed by an own login.
    for (let guess = 0; lab.nowMs < 3_600_000; guess++) {
      const result = await lab.try(`user${guess % 50}`, evil);
      if (result === 'wrong') guesses.push(await lab.try('guesser', evil, true));
      else lab.nowMs += Number(result);
    }
    // Five, then one after each lock: 10, 20, 40, 80, 160 s, and from then on every five minutes.
    expect(guesses).toHaveLength(5 + 5 + 10);
    expect(new Set(guesses.slice(0, 4))).toEqual(new Set(['right']));
    expect(guesses[4]).toBe(10_000);
  });

  it('of a household that mistypes now and then after a lock do not add up to a longer one', async () => {
    const lab = new Lab();
    await lab.fail(5, 'ann', home);
    lab.nowMs += 10_000 + 60_000;
    for (let minute = 0; minute < 20; minute++) {
      await lab.fail(1, `child${minute % 3}`, home);
      expect(await lab.try('bob', home, true)).toBe('right');
      lab.nowMs += 60_000;
    }
  });

  it('halve the lock with each minute that passes without one', async () => {
    const lab = new Lab();
    await lab.fail(5, 'ann', evil);
    for (let lock = 10_000; lock < 160_000; lock *= 2) {
      lab.nowMs += lock;
      await lab.fail(1, 'ann', evil);
    }
    // The lock is 160 s now; after two quiet minutes 40 s, which the next failure doubles.
    lab.nowMs += 160_000 + 2 * 60_000;
    await lab.fail(1, 'bob', evil);
    expect(await lab.try('bob', evil)).toBe(80_000);
    // 80, 40, 20, 10, nothing.
    lab.nowMs += 80_000 + 4 * 60_000;
    await lab.fail(4, 'carl', evil);
    expect(await lab.try('dora', evil, true)).toBe('right');
  });

  it('older than a minute do not count', async () => {
    const lab = new Lab();
    await lab.fail(1, 'ann', home);
    lab.nowMs += 1;
    await lab.fail(3, 'ann', home);
    lab.nowMs += 59_999;
    await lab.fail(1, 'ann', home);
    expect(await lab.try('ann', home, true)).toBe('right');
  });

  it('that go on double the lock, up to five minutes', async () => {
    const lab = new Lab();
    await lab.fail(5, 'ann', evil);
    const locks: unknown[] = [];
    for (let i = 0; i < 7; i++) {
      const wait = await lab.try('ann', evil);
      locks.push(wait);
      lab.nowMs += Number(wait);
      await lab.fail(1, 'ann', evil);
    }
    expect(locks).toEqual([10_000, 20_000, 40_000, 80_000, 160_000, 300_000, 300_000]);
  });
});

describe('the failures of one user', () => {
  it('from many addresses lock the user at others, and no other user there', async () => {
    const lab = new Lab();
    for (let i = 0; i < 5; i++) await lab.fail(1, 'ann', `198.51.100.${i}`);
    expect(await lab.try('ANN', '203.0.113.9', true)).toBe(10_000);
    expect(await lab.try('bob', '203.0.113.9', true)).toBe('right');
  });

  it('are forgotten a quarter of an hour after the last lock', async () => {
    const lab = new Lab();
    await lab.fail(5, 'ann', evil);
    lab.nowMs += 10_000 + 15 * 60_000 - 1;
    await lab.fail(1, 'ann', evil);
    expect(await lab.try('ann', evil)).toBe(20_000);
    lab.nowMs += 20_000 + 15 * 60_000;
    await lab.fail(4, 'ann', evil);
    expect(await lab.try('ann', evil, true)).toBe('right');
  });

  it('are forgotten by a login of this user, and not by one of another', async () => {
    for (const [name, next] of [
      ['ann', 'right'],
      ['bob', 20_000],
    ] as const) {
      const lab = new Lab();
      expect(await lab.try('ann', home, true)).toBe('right');
      await lab.fail(5, 'ann', home);
      lab.nowMs += 10_000;
      expect(await lab.try(name, home, true)).toBe('right');
      // By now the address has forgotten.
      lab.nowMs += 60_000;
      await lab.fail(1, 'ann', home);
      expect(await lab.try('ann', home, true), name).toBe(next);
    }
  });

  it('never lock the user at an address from which the user has logged in', async () => {
    const lab = new Lab();
    expect(await lab.try('ann', home, true)).toBe('right');
    for (let i = 0; i < 5; i++) await lab.fail(1, 'ann', `198.51.100.${i}`);
    expect(await lab.try('ann', '203.0.113.9', true)).toBe(10_000);
    expect(await lab.try('ann', home, true)).toBe('right');
    expect(await lab.try('ann', '203.0.113.9', true)).toBe(10_000);
  });

  it('at such an address lock the user and the address, not the user elsewhere', async () => {
    const lab = new Lab();
    expect(await lab.try('ann', home, true)).toBe('right');
    await lab.fail(5, 'ann', home);
    expect(await lab.try('ann', home, true)).toBe(10_000);
    expect(await lab.try('guesser', home, true)).toBe(10_000);
    expect(await lab.try('ann', '203.0.113.9', true)).toBe('right');
  });

  it('by a name made up of an address and a user lock nobody else', async () => {
    const lab = new Lab();
    expect(await lab.try('ann', home, true)).toBe('right');
    for (let i = 0; i < 5; i++) await lab.fail(1, `${home} ann`, `198.51.100.${i}`);
    expect(await lab.try('ann', home, true)).toBe('right');
  });
});

describe('tries that are sent all at once', () => {
  it('are no more than those that are sent one by one', async () => {
    const lab = new Lab();
    const results = await Promise.all(Array.from({ length: 50 }, (_, i) => lab.try(`user${i}`, evil)));
    expect(results.filter((result) => result === 'wrong')).toHaveLength(5);
    expect(results.filter((result) => result === 1_000)).toHaveLength(45);
    expect(await lab.try('user0', evil, true)).toBe(10_000);
  });

  it('after a lock are one at a time', async () => {
    const lab = new Lab();
    await lab.fail(5, 'ann', evil);
    lab.nowMs += 10_000;
    const results = await Promise.all(Array.from({ length: 3 }, () => lab.try('ann', evil)));
    expect(results).toEqual(['wrong', 1_000, 1_000]);
  });
});

it('a check that could not be made is neither failure nor success', async () => {
  const lab = new Lab();
  for (let i = 0; i < 10; i++) {
    const attempt = { user: 'ann', remoteAddress: home };
    await expect(lab.throttle.guard(attempt, () => Promise.reject(new Error('busy')))).rejects.toThrow(
      'busy',
    );
  }
  await lab.fail(4, 'ann', home);
  expect(await lab.try('ann', home, true)).toBe('right');
});

it('addresses of one IPv6 network are one', async () => {
  const lab = new Lab();
  for (let i = 0; i < 5; i++) await lab.fail(1, `user${i}`, `2001:db8:1:2::${i}`);
  expect(await lab.try('ann', '2001:db8:1:2:ffff::1', true)).toBe(10_000);
  expect(await lab.try('ann', '2001:db8:1:3::1', true)).toBe('right');
});

describe('memory', () => {
  it('is bounded, and a flood of new keys frees none that is locked', () => {
    let now = 0;
    const counts = new FailureCounts({ now: () => now, maxEntries: 100 });
    for (let i = 0; i < 5; i++) counts.begin('victim')('failed');
    for (let i = 0; i < 10_000; i++) counts.begin(`flood${i}`)('failed');
    expect(counts.size).toBe(100);
    expect(counts.lockedFor('victim')).toBe(10_000);
    now += 60_000;
    counts.begin('next')('failed');
    expect(counts.size).toBe(2);
  });

  it('is bounded also where all are locked', () => {
    const counts = new FailureCounts({ now: () => 0, maxEntries: 10 });
    for (let key = 0; key < 50; key++) for (let i = 0; i < 5; i++) counts.begin(`${key}`)('failed');
    expect(counts.size).toBe(10);
    expect(counts.lockedFor('49')).toBe(10_000);
  });

  it('keeps nothing of who logs in', () => {
    const counts = new FailureCounts({ now: () => 0, maxEntries: 10 });
    const end = counts.begin('ann');
    end('succeeded');
    end('failed');
    expect(counts.size).toBe(0);
  });
});
