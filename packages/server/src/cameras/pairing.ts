import {
  isSamePort,
  likenessScore,
  matchScore,
  placeOf,
  scoreIdentity,
  serialKeyOf,
  serialOf,
  type Identifiable,
} from './identity.ts';

/** With the node at which it is, or was last; only the order of the nodes of one device counts. */
export interface Placed extends Identifiable {
  node: string | null;
}

export interface Match<C, K> {
  candidate: C;
  known: K;
  score: number;
  matchedBy: string[];
}

export interface Doubt<C, K> {
  candidate: C;
  /** The cameras that it may be, as far as anybody can tell. */
  mayBe: K[];
}

export interface Pairing<C, K> {
  matches: Match<C, K>[];
  newcomers: Doubt<C, K>[];
  /** Not decided yet. */
  held: Doubt<C, K>[];
}

export interface PairingInput<C, K> {
  /** All that is there, in the order of their nodes. */
  found: C[];
  known: K[];
  /** Who a device that was there before is; it stays so unless it contradicts. */
  bound: ReadonlyMap<C, K>;
  /** Whether a device has waited long enough for others to come. */
  isDue: (candidate: C) => boolean;
}

/**
 * Decides which found device is which known camera: the surest pairs first, each camera once, a tie never.
 * The devices of one hub come one after another, so a decision must hold whoever comes next. Two are final: in its own
 * port, and without a missing serial, nothing that comes later fits a camera better; and what resembles no known camera
 * is new. All else (a serial in another port too, since makers repeat serials) waits until the list is quiet: by then the
 * camera's own device, or a twin that makes the case a tie, has come. What is tied then is a new camera with a question
 * for a person, who can merge two entries but not part a mix of two.
 */
export function pairDevices<C extends Placed, K extends Placed>(input: PairingInput<C, K>): Pairing<C, K> {
  const { found, known, bound, isDue } = input;
  const pairs = scorePairs(input);
  const kept = pairs.filter(({ candidate, known: camera }) => bound.get(candidate) === camera);
  const taken = new Set(kept.map((pair) => pair.known));
  const result: Pairing<C, K> = { matches: kept, newcomers: [], held: [] };
  const decided = new Set(kept.map((pair) => pair.candidate));
  const contested = new Set<K>();

  const sure = pairs.filter(({ score }) => score >= matchScore);
  for (const score of new Set(sure.map((pair) => pair.score).sort((a, b) => b - a))) {
    const level = sure.filter(
      (pair) => pair.score === score && !decided.has(pair.candidate) && !taken.has(pair.known),
    );
    for (const candidate of new Set(level.map((pair) => pair.candidate))) {
      const own = level.filter((pair) => pair.candidate === candidate);
      const match = findSole(own, level, contested) ?? findByOrder(own, level);
      decided.add(candidate);
      if (match && (isFinal(match) || isDue(candidate))) result.matches.push(match);
      else if (!isDue(candidate)) result.held.push({ candidate, mayBe: own.map((pair) => pair.known) });
      else result.newcomers.push({ candidate, mayBe: own.map((pair) => pair.known) });
      if (match) taken.add(match.known);
      else for (const pair of own) contested.add(pair.known);
    }
  }
  for (const candidate of found) {
    if (decided.has(candidate)) continue;
    const like = pairs.filter((pair) => pair.candidate === candidate && pair.score >= likenessScore);
    const isNew = like.length === 0 || isDue(candidate);
    if (isNew) result.newcomers.push({ candidate, mayBe: [] });
    else
      result.held.push({
        candidate,
        mayBe: known.filter((camera) => like.some((pair) => pair.known === camera)),
      });
  }
  return result;
}

function scorePairs<C extends Placed, K extends Placed>({ found, known }: PairingInput<C, K>): Match<C, K>[] {
  const repeated = new Set([...repeatedSerials(found), ...repeatedSerials(known)]);
  return found.flatMap((candidate) => {
    const key = serialKeyOf(candidate);
    const isProof = key !== null && !repeated.has(key);
    return known
      .map((camera) => ({ candidate, known: camera, ...scoreIdentity(candidate, camera, isProof) }))
      .filter(({ score }) => score > 0);
  });
}

function repeatedSerials(cameras: Placed[]): string[] {
  const keys = cameras.flatMap((camera) => serialKeyOf(camera) ?? []);
  return keys.filter((key, index) => keys.indexOf(key) !== index);
}

type Level<C, K> = Match<C, K>[];

/** The one camera that fits best, if the device is also the one that fits it best. */
function findSole<C, K>(own: Level<C, K>, level: Level<C, K>, contested: Set<K>): Match<C, K> | undefined {
  const [pair] = own;
  if (!pair || own.length > 1 || contested.has(pair.known)) return undefined;
  return level.some((other) => other.known === pair.known && other !== pair) ? undefined : pair;
}

/** Several equal nodes of one device: the driver makes them in the same order each time, whatever their numbers. */
function findByOrder<C extends Placed, K extends Placed>(
  own: Level<C, K>,
  level: Level<C, K>,
): Match<C, K> | undefined {
  const cameras = [...new Set(own.map((pair) => pair.known))].sort(byNode);
  const rivals = level.filter((pair) => cameras.includes(pair.known));
  const devices = [...new Set(rivals.map((pair) => pair.candidate))].sort(byNode);
  const places = new Set([...cameras, ...devices].map(({ identity }) => placeOf(identity)));
  const isWhole = devices.length === cameras.length && rivals.length === devices.length * cameras.length;
  if (!isWhole || places.size > 1) return undefined;
  const camera = cameras[devices.indexOf(own[0]!.candidate)];
  const match = own.find((pair) => pair.known === camera);
  return match && { ...match, matchedBy: [...match.matchedBy, 'order'] };
}

/** Nothing that comes later can fit the camera better. */
function isFinal<C extends Placed, K extends Placed>({ candidate, known }: Match<C, K>): boolean {
  const isSerialMissing = serialOf(known.identity) !== null && serialOf(candidate.identity) === null;
  return isSamePort(candidate.identity, known.identity) && !isSerialMissing;
}

function byNode(a: Placed, b: Placed): number {
  return nodeNumber(a) - nodeNumber(b);
}

function nodeNumber({ node }: Placed): number {
  return Number(/\d+$/.exec(node ?? '')?.[0] ?? 0);
}
