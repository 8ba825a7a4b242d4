import {
  errorCatalog,
  eventTopics,
  methods,
  notifications,
  openrpcDocument,
  stateNotifications,
} from '@mediamtx-camera-service/protocol';
import { errorExamples } from './error-examples.mjs';
import { notificationExamples } from './examples.mjs';
import { code, generatedNote, jsonBlock, paragraphs, table } from './markdown.mjs';
import { resultTable } from './schema-table.mjs';
import { topicMeanings } from './topics.mjs';

/** @typedef {import('./schema-table.mjs').Schema} Schema */

export function notificationsPage() {
  const described = /** @type {{ name: string, params: Schema }[]} */ (
    openrpcDocument('')['x-notifications']
  );
  return paragraphs([
    '# Notifications',
    generatedNote,
    'JSON-RPC requests without `id`, from the service to the client. They are no methods: calling one is `method_not_found`.',
    'A session that never called `subscribe_events` is told `camera_status_update` and `recording_status_update` once it has logged in. From its first `subscribe_events` on it is told exactly what it subscribed to. Everybody hears of the cameras that they may view, and of no other.',
    'A reply always goes out before the notifications that the call caused.',
    ...Object.entries(notifications).map(([name, { summary }]) =>
      paragraphs([
        `## ${name}`,
        `${summary}.`,
        resultTable(described.find((entry) => entry.name === name)?.params ?? {}),
        '**Example**',
        jsonBlock({ jsonrpc: '2.0', method: name, params: exampleOf(name) }),
      ]).trimEnd(),
    ),
  ]);
}

/** @param {string} name */
function exampleOf(name) {
  const example = notificationExamples[name];
  if (!example) throw new Error(`${name} has no example in scripts/docs/examples.mjs`);
  return example;
}

export function eventsPage() {
  return paragraphs([
    '# Events',
    generatedNote,
    'Everything that happens is written to one log and numbered without holes. It is kept for 7 days or 100,000 events. [`subscribe_events`](event.md#subscribe_events) tells them as [`event`](notifications.md#event) notifications; with `after_seq` it first replays what was missed.',
    'A subscription names topics, a group (`camera.*`), or all (`*`). The state notifications can be subscribed to by their own names: ' +
      `${stateNotifications.map(code).join(', ')}.`,
    table(
      ['Topic', 'When', '`data`'],
      eventTopics.map((topic) => {
        const { meaning, data } = topicMeanings[topic];
        return [code(topic), meaning, data.length > 0 ? data.map(code).join(', ') : ''];
      }),
    ),
  ]);
}

export function errorsPage() {
  return paragraphs([
    '# Errors',
    generatedNote,
    'An error reply is `{code, message, data}`. The message is fit to show to a person. `data` always has `reason` (one word for programs), `details` (what, in words) and `suggestion` (what to do); further fields by the error.',
    table(
      ['Code', 'Name', 'Meaning', 'Further `data`'],
      Object.entries(errorCatalog).map(([name, { code: number, meaning, data }]) => [
        String(number),
        `[${code(name)}](#${name})`,
        meaning,
        data.map(code).join(', '),
      ]),
    ),
    'Checks come in this order: size and rate, envelope, method, login, role, params, whether the thing exists and may be seen, its state. So a role too low never learns whether a camera exists.',
    'Over HTTP, `POST /rpc` answers 200 with the error in the body; the other paths answer with a matching status and `{error: {code, message, data}}`.',
    ...Object.entries(errorCatalog).map(([name, { code: number, meaning, prefix }]) =>
      paragraphs([
        `## ${name}`,
        `${number}: ${meaning}. The message begins with "${prefix}".`,
        ownersOf(name),
        errorExample(name),
      ]).trimEnd(),
    ),
  ]);
}

/** @param {string} name */
function errorExample(name) {
  const example = errorExamples[name];
  if (!example) throw new Error(`${name} has no example in scripts/docs/error-examples.mjs`);
  const { when, sent, error } = example;
  const id = name === 'parse_error' ? null : 1;
  return paragraphs([
    `**Example.** ${when}:`,
    `\`\`\`text\n${sent}\n\`\`\``,
    jsonBlock({ jsonrpc: '2.0', id, error }),
  ]).trimEnd();
}

/** @param {string} error */
function ownersOf(error) {
  const owners = Object.entries(methods).filter(([, { errors }]) =>
    /** @type {readonly string[]} */ (errors).includes(error),
  );
  return owners.length === 0 ? undefined : `Named by: ${owners.map(([name]) => code(name)).join(', ')}.`;
}
