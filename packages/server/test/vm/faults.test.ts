import { afterAll, beforeAll, describe, expect, it } from 'vitest';

import {
  type Expected,
  type FaultFinding,
  findMissing,
  isSound,
  type PlugFault,
  type PlugFindings,
  type StreamFault,
  type StreamFindings,
} from './fault-findings.ts';
import { runInGuest } from './guest-run.ts';

const streamFaults: StreamFault[] = [
  'corrupted',
  'io-error',
  'reqbufs',
  'streamon',
  'no-frames',
  'dead',
  'denied',
  'busy',
  'frozen',
  'black',
  'half-the-frames',
];
const plugFaults: PlugFault[] = ['unplugged', 'elsewhere', 'flapping', 'shaken', 'swapped'];

/** The picture went, and so the recording; then both came back. */
function lostAndFound(lost: Partial<Expected>): Expected[] {
  return [
    { kind: 'camera', ...lost },
    { kind: 'recording', status: 'ERROR' },
    { kind: 'camera', status: 'CONNECTED', state: 'live', reason_code: isSound },
    { kind: 'recording', status: 'STARTED' },
  ];
}

function expectSurvived({ before, after, failed, resumed }: FaultFinding): void {
  expect(failed).toBeUndefined();
  expect(after).toMatchObject({ device: before.device, status: 'CONNECTED', state: 'live' });
  expect(after.session_id).toBe(before.session_id);
  expect(resumed.sequence).toBeGreaterThanOrEqual(0);
}

function find<F, K extends keyof F>(findings: Partial<F> | undefined, step: K): F[K] {
  const finding = findings?.[step];
  if (finding === undefined) throw new Error(`the guest did not reach step ${String(step)}`);
  return finding;
}

/** For a person: the length of the gap is no claim. */
function tellGaps<K extends string>(findings: Partial<Record<K, FaultFinding>>, faults: K[]): void {
  const lines = faults.map((fault) => {
    const finding = findings[fault];
    return `  ${fault.padEnd(16)} healed at ${finding?.healedMs ?? '?'} ms, longest time without a frame ${finding?.gap.longestMs ?? '?'} ms`;
  });
  console.info(`Faults in the emulated kernel:\n${lines.join('\n')}`);
}

describe('faults of a camera that is watched and recorded', () => {
  let findings: Partial<StreamFindings>;
  const found = <K extends keyof StreamFindings>(step: K): StreamFindings[K] => find(findings, step);
  const reasonsOf = (fault: StreamFault) => found(fault).transitions.map(({ reason }) => reason);

  beforeAll(async () => {
    findings = await runInGuest<StreamFindings>({
      script: 'stream-faults.mjs',
      cameras: 1,
      timeoutS: 600,
      // Else root could open what its rights forbid.
      withoutRights: ['dac_override', 'dac_read_search'],
    });
  });
  afterAll(() => tellGaps(findings, streamFaults));

  it.each(streamFaults)('%s: the picture comes back by itself, of the same camera', (fault) => {
    expectSurvived(found(fault));
  });

  it('corrupted buffers are no reason to do anything', () => {
    const { resumed, timeline, transitions } = found('corrupted');
    expect(resumed.newRuns).toBe(0);
    expect(timeline).toEqual([]);
    expect(transitions).toEqual([]);
  });

  it('an input error is mended without an alarm, and the history knows it', () => {
    const { resumed, timeline } = found('io-error');
    expect(resumed.newRuns).toBeGreaterThan(0);
    expect(reasonsOf('io-error')).toContain('io_error');
    expect(timeline).not.toContainEqual(expect.objectContaining({ kind: 'camera', status: 'ERROR' }));
  });

  it.each(['reqbufs', 'streamon'] as const)('%s refused once: the next try has the picture', (fault) => {
    expect(reasonsOf(fault)).toEqual(expect.arrayContaining(['io_error', 'refused_stream']));
    const last = found(fault).transitions.at(-1);
    expect(last).toMatchObject({ to: 'live', reason: expect.toSatisfy(isSound) });
  });

  it('no frames for ever: stalled, with the remedy', () => {
    const { during, timeline } = found('no-frames');
    expect(during).toMatchObject({ reason_code: 'stalled', remedy: expect.stringMatching(/\w/) });
    const expected = lostAndFound({ reason_code: 'stalled' });
    expect(findMissing(timeline, expected)).toBeUndefined();
  });

  it('a device that is there but answers nothing: dead', () => {
    const { during, timeline } = found('dead');
    expect(during).toMatchObject({ status: 'ERROR', state: 'failed', reason_code: 'dead' });
    expect(during?.device_path).toBe(found('dead').before.device_path);
    const expected = lostAndFound({ status: 'ERROR', state: 'failed', reason_code: 'dead' });
    expect(findMissing(timeline, expected)).toBeUndefined();
  });

  it('permission denied: says who must be in which group', () => {
    const { during, timeline } = found('denied');
    expect(during).toMatchObject({
      status: 'ERROR',
      state: 'failed',
      reason_code: 'permission',
      remedy: expect.stringContaining('group video'),
    });
    // Rights may come a moment after the node, so for that moment it is not an error yet.
    const expected: Expected[] = [
      { kind: 'recording', status: 'ERROR' },
      { kind: 'camera', status: 'ERROR', reason_code: 'permission' },
      { kind: 'camera', status: 'CONNECTED', state: 'live', reason_code: isSound },
      { kind: 'recording', status: 'STARTED' },
    ];
    expect(findMissing(timeline, expected)).toBeUndefined();
  });

  it('lent to another program that keeps it: busy, and who has it', () => {
    const { status, pid } = found('lent');
    expect(status).toMatchObject({ state: 'lent', reason_code: 'released' });
    const { during, timeline } = found('busy');
    expect(during).toMatchObject({ status: 'BUSY', state: 'busy', reason_code: 'busy' });
    expect(during?.status_reason).toContain(`ffmpeg (process ${pid})`);
    const expected: Expected[] = [
      { kind: 'camera', state: 'lent' },
      { kind: 'camera', status: 'BUSY', state: 'busy' },
      { kind: 'camera', status: 'CONNECTED', state: 'live', reason_code: isSound },
      { kind: 'recording', status: 'STARTED' },
    ];
    expect(findMissing(timeline, expected)).toBeUndefined();
  });

  it.each(['frozen', 'black'] as const)('a %s picture is told, with what a person can do', (fault) => {
    const { during, timeline } = found(fault);
    expect(during).toMatchObject({ reason_code: fault, remedy: expect.stringMatching(/\w/) });
    expect(findMissing(timeline, [{ kind: 'camera', reason_code: fault }])).toBeUndefined();
  });

  it('half of the frames: starved, and live all the same', () => {
    const { during } = found('half-the-frames');
    expect(during).toMatchObject({ status: 'CONNECTED', state: 'live', reason_code: 'starved' });
  });

  it('one recording goes through all of it, and has the frames from after each fault', () => {
    const { complaints, runs } = found('recording');
    expect(complaints).toBe('');
    const streams = streamFaults.filter((fault) => found(fault).resumed.newRuns > 0);
    expect(runs.length).toBeGreaterThan(streams.length);
    expect(found('ended').code).toBe(0);
  });
});

describe('a camera that is pulled, moved, shaken and swapped', () => {
  let findings: Partial<PlugFindings>;
  const found = <K extends keyof PlugFindings>(step: K): PlugFindings[K] => find(findings, step);

  beforeAll(async () => {
    findings = await runInGuest<PlugFindings>({ script: 'plug-faults.mjs', cameras: 0, timeoutS: 400 });
  });
  afterAll(() => tellGaps(findings, plugFaults));

  it.each(plugFaults)('%s: the picture comes back by itself, of the same camera', (fault) => {
    expectSurvived(found(fault));
  });

  it('a metadata node next to the camera is no camera', () => {
    const { nodes, cameras } = found('metadata-node');
    expect(nodes.toSorted()).toEqual(['video0', 'video1']);
    expect(cameras).toEqual([{ device: 'camera0', device_path: '/dev/video0' }]);
  });

  it('unplugged: absent until it is plugged in, and each is told in order', () => {
    const { during, timeline, after } = found('unplugged');
    expect(during).toMatchObject({
      status: 'DISCONNECTED',
      state: 'absent',
      reason_code: 'unplugged',
      device_path: null,
    });
    const expected = lostAndFound({ status: 'DISCONNECTED', state: 'absent', reason_code: 'unplugged' });
    expect(findMissing(timeline, expected)).toBeUndefined();
    expect(after.reason_code).toSatisfy(isSound);
  });

  it('back under another number, and it is told why it is the same camera', () => {
    const { before, after } = found('elsewhere');
    expect([before.device_path, after.device_path]).toEqual(['/dev/video0', '/dev/video7']);
    expect(after.identity.matched_by).toContain('port');
    expect(after.identity.score).toBeGreaterThan(0);
  });

  it('that comes and goes is told as flapping, with what a person can do', () => {
    const { during, timeline } = found('flapping');
    expect(during).toMatchObject({ reason_code: 'flapping', remedy: expect.stringMatching(/\w/) });
    const expected: Expected[] = [
      { kind: 'camera', reason_code: 'flapping' },
      // A state that lasts is told all the same.
      { kind: 'camera', state: 'live', reason_code: 'flapping' },
    ];
    expect(findMissing(timeline, expected)).toBeUndefined();
  });

  it('ten times in five seconds: not told as ten losses and ten returns', () => {
    const told = found('shaken').timeline.filter(({ kind }) => kind === 'camera');
    expect(told.length).toBeLessThan(20);
  });

  it('two equal cameras whose numbers are swapped stay who they are', () => {
    const { before, after } = found('places');
    expect(before.map(({ node }) => node)).toEqual(['/dev/video10', '/dev/video11']);
    expect(after.map(({ node }) => node)).toEqual(['/dev/video11', '/dev/video10']);
    expect(after.map(({ bus }) => bus)).toEqual(before.map(({ bus }) => bus));
    expect(after[0]?.identity.matched_by).toContain('bus');
  });

  it.each(['recording', 'swapped-recording'] as const)('the %s goes on, into one sound file', (step) => {
    const { complaints, runs } = found(step);
    expect(complaints).toBe('');
    expect(runs.length).toBeGreaterThan(1);
    expect(found('ended').code).toBe(0);
  });
});
