import { measureInGuest, scaledP95, scaledSpread, slownessNote } from './lib/guest.mjs';
import { compared, median, short } from './lib/numbers.mjs';

export const title = 'Plugged in and pulled out: when a client is told (emulated)';

export async function run({ isQuick }) {
  const cameras = isQuick ? 4 : 8;
  const rounds = isQuick ? 1 : 2;
  const { found, slowness } = await measureInGuest({
    script: 'hot-plug.mjs',
    args: [cameras, rounds],
    timeoutS: 1_200,
  });
  check(found);
  const bare = [...found['bare-before'].turns, ...found['bare-after'].turns];
  const floor = { there: timesOf(bare, 'there'), gone: timesOf(bare, 'gone') };
  const row = ({ what, times, beside, limitMs }) => ({
    what,
    ours: scaledSpread(times, slowness),
    beside,
    goal: `p95 ≤ ${limitMs} ms, scaled`,
    isMet: scaledP95(times, slowness) <= limitMs,
  });
  const known = timesOf(found.known.turns, 'there');
  const fresh = timesOf(found.new.turns, 'there');
  const gone = timesOf(found.known.turns, 'gone');
  return {
    rows: [
      row({
        what: 'A known camera is back: from its node to CONNECTED, its capabilities there',
        times: known,
        beside: `bare watcher ${compared(known, floor.there)}`,
        limitMs: 200,
      }),
      row({
        what: 'A camera never seen before: the same',
        times: fresh,
        beside: `bare watcher ${compared(fresh, floor.there)}`,
        limitMs: 200,
      }),
      row({
        what: 'It is noticed that a camera is gone: from the end of its node to DISCONNECTED',
        times: gone,
        beside: `bare watcher ${compared(gone, floor.gone)}`,
        limitMs: 50,
      }),
    ],
    notes: [
      `${known.length} times with a known camera, and ${fresh.length} times with a new one (${cameras} cameras that take turns, since one that comes and goes too often is told as flapping); the bare watcher’s ${bare.length} times were half before and half after. It is a Node process that does no more than must be: \`fs.watch\`, the same questions to the camera by the same code, one WebSocket message. ${partsOf(found, bare)}`,
      'That a node has come is noticed the way that its end is; then the camera is asked, so the end’s figure stands for the notice of both. No timer is on either way, so all of it is scaled.',
      slownessNote(slowness),
    ],
  };
}

/** What the bare watcher's time is made of. */
function partsOf(found, bare) {
  const part = (what, name) => short(median(bare.map((turn) => turn[what][name])));
  const echo = short(median([...found['bare-before'].echoes, ...found['bare-after'].echoes]));
  return `Its parts, p50: the event ${part('there', 'eventMs')} ms after the node came (${part('gone', 'eventMs')} ms after its end), all questions ${part('there', 'probeMs')} ms (${bare[0].there.modes} modes; open and QUERYCAP alone ${part('there', 'askMs')} ms), a WebSocket message there and back ${echo} ms.`;
}

/** How long it took to be told of them. */
function timesOf(turns, what) {
  return turns.map((turn) => turn[what].toldMs);
}

function check(found) {
  const turns = [...found.known.turns, ...found.new.turns];
  if (turns.some(({ there }) => there.formats === 0))
    throw new Error('a camera was CONNECTED without capabilities');
}
