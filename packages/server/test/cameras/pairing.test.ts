import { afterAll, beforeAll, expect, test } from 'vitest';
import type { CameraRegistry } from '../../src/cameras/registry.ts';
import type { DeviceCandidate } from '../../src/devices/device.ts';
import { CameraLab } from './harness.ts';
import { usbCamera } from './samples.ts';

/** A physical camera: what it is does not change, where it is does. */
interface Body {
  id: number;
  make: string;
  serial: string | null;
  port: number;
}

type Random = (below: number) => number;

/** The same worlds in every run. */
function createRandom(seed: number): Random {
  let state = seed;
  return (below) => {
    state = (state + 0x6d2b79f5) | 0;
    let value = Math.imul(state ^ (state >>> 15), 1 | state);
    value = (value + Math.imul(value ^ (value >>> 7), 61 | value)) ^ value;
    return ((value ^ (value >>> 14)) >>> 0) % below;
  };
}

function shuffle<T>(items: T[], random: Random): T[] {
  const left = [...items];
  return items.map(() => left.splice(random(left.length), 1)[0]!);
}

function makeBodies(random: Random): Body[] {
  const ports = shuffle([1, 2, 3, 4, 5, 6, 7, 8], random);
  return Array.from({ length: 1 + random(6) }, (_, id) => ({
    id,
    make: ['A', 'B'][random(2)]!,
    // Its own, none, one that says nothing, or one that the maker gave to many.
    serial: [`own${id}`, null, '200901010001', 'X100'][random(4)]!,
    port: ports[id]!,
  }));
}

/** Some stay, some swap, some go to ports that were free, and some do not come back. */
function moveBodies(bodies: Body[], random: Random): Body[] {
  const ports = shuffle([1, 2, 3, 4, 5, 6, 7, 8], random);
  const moved = bodies.map((body) => (random(2) === 0 ? body : { ...body, port: 0 }));
  const taken = new Set(moved.map(({ port }) => port));
  const free = ports.filter((port) => !taken.has(port));
  return moved
    .map((body) => (body.port === 0 ? { ...body, port: free.pop()! } : body))
    .filter(() => random(5) > 0);
}

function toCandidate({ make, serial, port }: Body, node: number): DeviceCandidate {
  return usbCamera(
    {
      vendorId: make === 'A' ? '046d' : '0c45',
      card: `Webcam ${make}`,
      serial,
      busInfo: `usb-0000:00:14.0-${port}`,
      sysPath: `/sys/devices/pci0000:00/usb1/1-${port}/1-${port}:1.0`,
    },
    { node: `/dev/video${node}`, isConfirmed: true },
  );
}

/** Plugs them in one after another, in any order and at any nodes; `pause` is called in between. */
function plugIn(
  registry: CameraRegistry,
  bodies: Body[],
  random: Random,
  pause: () => void,
): Map<Body, string> {
  const nodes = shuffle(bodies, random).map((body, node) => ({ body, node }));
  let there: typeof nodes = [];
  for (const one of shuffle(nodes, random)) {
    there = [...there, one].sort((a, b) => a.node - b.node);
    registry.reconcile(
      'usb',
      there.map(({ body, node }) => toCandidate(body, node)),
    );
    pause();
    expectNoSharing(registry);
  }
  registry.settle();
  expectNoSharing(registry);
  return new Map(nodes.map(({ body, node }) => [body, registry.get(`/dev/video${node}`).device]));
}

/** No camera has two devices, and no device two cameras. */
function expectNoSharing(registry: CameraRegistry): void {
  const present = registry.list().filter((camera) => camera.isPresent);
  expect(new Set(present.map(({ row }) => row.node)).size).toBe(present.length);
}

const isOwn = ({ serial }: Body): boolean => serial?.startsWith('own') ?? false;

/** A serial that proves something: no two had it before, and no two have it now. */
function provenSerial(body: Body, before: Body[], now: Body[]): string | null {
  const counts = [before, now].map(
    (bodies) => bodies.filter((other) => other.make === body.make && other.serial === body.serial).length,
  );
  if (body.serial === null || body.serial === '200901010001') return null;
  return counts.every((count) => count <= 1) ? body.serial : null;
}

const serialThatIsNone = (serial: string | null): string | null =>
  serial === '200901010001' ? null : serial;

/** Which of the known cameras each one must be, told from what can be known; a set: any of them would be a guess. */
function expectedOf(before: Body[], now: Body[]): Map<Body, Body | Set<Body> | 'new'> {
  const expected = new Map<Body, Body | Set<Body> | 'new'>();
  const free = new Set(before);
  const claim = (body: Body, known: Body | undefined): void => {
    if (known === undefined || !free.delete(known)) return;
    expected.set(body, known);
  };
  const isAlike = (a: Body, b: Body): boolean =>
    a.make === b.make && serialThatIsNone(a.serial) === serialThatIsNone(b.serial);
  for (const body of now) {
    const serial = provenSerial(body, before, now);
    if (serial !== null)
      claim(
        body,
        before.find((other) => isAlike(other, body)),
      );
  }
  const isOpen = (body: Body): boolean => !expected.has(body);
  for (const body of now.filter(isOpen)) {
    const there = before.find((other) => other.port === body.port && other.make === body.make);
    const [a, b] = [there?.serial ?? null, body.serial].map(serialThatIsNone);
    // One of them may have failed to tell its serial.
    if (there && (a === b || a === null || b === null)) claim(body, there);
  }
  const rest = now.filter(isOpen);
  const candidatesOf = (body: Body): Body[] => [...free].filter((other) => isAlike(other, body));
  for (const body of rest) {
    const candidates = candidatesOf(body);
    const rivals = rest.filter((other) => isAlike(other, body));
    if (candidates.length === 0) expected.set(body, 'new');
    else if (candidates.length === 1 && rivals.length === 1) expected.set(body, candidates[0]!);
    else expected.set(body, new Set(candidates));
  }
  return expected;
}

let lab: CameraLab;
beforeAll(async () => {
  lab = await CameraLab.create();
});
afterAll(async () => lab[Symbol.asyncDispose]());

/** A new service that has met these, and was stopped. */
function meet(bodies: Body[], random: Random): Map<Body, string> {
  for (const { number } of lab.store.list()) lab.store.remove(number);
  return plugIn(lab.createRegistry(), bodies, random, () => undefined);
}

const seeds = Array.from({ length: 150 }, (_, index) => index + 1);

test('in whatever order they come, each is known by what proves it, and a tie is never guessed', () => {
  for (const seed of seeds) {
    const random = createRandom(seed);
    const before = makeBodies(random);
    const devices = meet(before, random);
    const now = moveBodies(before, random);
    const registry = lab.createRegistry();
    const found = plugIn(registry, now, random, () => undefined);
    for (const [body, must] of expectedOf(before, now)) {
      const device = found.get(body)!;
      const { recognition } = registry.get(device).row;
      const what = `seed ${seed}, ${JSON.stringify({ before, now, body })}`;
      const isNew = ![...devices.values()].includes(device);
      if (must === 'new' || must instanceof Set) {
        expect(isNew, what).toBe(true);
        const candidates = must === 'new' ? [] : [...must].map((one) => devices.get(one)!);
        expect(recognition.candidates.toSorted(), what).toEqual(candidates.toSorted());
        expect(recognition.notice === null, what).toBe(candidates.length === 0);
      } else expect(device, what).toBe(devices.get(must));
    }
  }
});

test('a serial of its own is never taken for another, also when the list is quiet in between', () => {
  for (const seed of seeds) {
    const random = createRandom(1_000 + seed);
    const before = makeBodies(random);
    const devices = meet(before, random);
    const now = moveBodies(before, random);
    const registry = lab.createRegistry();
    const found = plugIn(registry, now, random, () => (random(2) === 0 ? registry.settle() : undefined));
    for (const body of now.filter(isOwn)) {
      const known = before.find(({ id }) => id === body.id)!;
      // What its old port holds now may be a twin that tells no serial, and was taken for it.
      if (now.some((other) => other.port === known.port && other.make === body.make && other !== body))
        continue;
      expect(found.get(body), `seed ${seed}`).toBe(devices.get(known));
    }
  }
});

test('who comes back to where it was is at once who it was, and never waits', () => {
  for (const seed of seeds.slice(0, 50)) {
    const random = createRandom(2_000 + seed);
    const before = makeBodies(random);
    const devices = meet(before, random);
    const registry = lab.createRegistry();
    const found = plugIn(registry, before, random, () => expect(registry.isHolding('usb')).toBe(false));
    expect([...found.entries()].sort(byId)).toEqual([...devices.entries()].sort(byId));
  }
});

function byId([a]: [Body, string], [b]: [Body, string]): number {
  return a.id - b.id;
}
