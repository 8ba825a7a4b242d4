import { cameraReasons, cameraStates, leavesUse, whenUsable } from '@mediamtx-camera-service/server';
import { code, generatedNote, paragraphs, table } from './markdown.mjs';

/** The states of a camera, from the table that the service itself goes by. */
export function cameraStatesPage() {
  return paragraphs([
    '# The states of a camera',
    generatedNote.replace(
      'the contract or the schema',
      'packages/server/src/cameras/{camera-state,reasons}.ts',
    ),
    "A camera's state follows from the facts about it (there or not, wanted or not, what its device and its capture say, what its settings say), and from nothing else: `camera-state.ts` holds the rules, the first that fits. `get_camera_history` and the page tell the changes, each with its reason.",
    picture(),
    'From every state outside the box a camera goes to whichever state of the box fits, and from every state into the ones outside.',
    '## States',
    table(
      ['State', '`status`', 'What it means'],
      Object.entries(cameraStates).map(([state, { status, meaning }]) => [code(state), status, meaning]),
    ),
    '## Transitions',
    table(
      ['From', 'To', 'What takes it there'],
      Object.entries(cameraStates).flatMap(([from, { next }]) =>
        Object.entries(next).map(([to, by]) => [code(from), code(to), by]),
      ),
    ),
    '## Reasons',
    'What is done about each, in this order; the last remedy repeats. The first try is at once, the later ones after waits that grow to the bound. A healthy run of ten seconds, a `/dev` event or a probe that succeeds begins anew.',
    table(
      ['`reason_code`', 'Remedies', 'Told as ERROR', 'Waits at most', '`remedy`, for people'],
      Object.entries(cameraReasons).map(([reason, { ladder, toldFrom, maxWaitMs, remedy }]) => [
        code(reason),
        ladder.join(', '),
        Number.isFinite(toldFrom) ? `failure ${toldFrom}` : 'never',
        `${maxWaitMs / 1000} s`,
        remedy ?? '',
      ]),
    ),
  ]);
}

function picture() {
  const inner = Object.keys(whenUsable);
  const edges = inner.flatMap((from) =>
    Object.entries(cameraStates[/** @type {keyof typeof cameraStates} */ (from)].next)
      .filter(([to]) => inner.includes(to))
      .map(([to, by]) => `    ${from} -->|"${by}"| ${to}`),
  );
  const outer = Object.entries(leavesUse).map(([state, by]) => `  usable <-->|"${by}"| ${state}`);
  return [
    '```mermaid',
    'flowchart LR',
    '  subgraph usable [usable]',
    ...edges,
    '  end',
    ...outer,
    '```',
  ].join('\n');
}
