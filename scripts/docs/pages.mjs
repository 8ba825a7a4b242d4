import { methods, namespaces, notifications, openrpcDocument } from '@mediamtx-camera-service/protocol';
import { serviceVersion } from '@mediamtx-camera-service/server';
import { cameraStatesPage } from './camera-states-page.mjs';
import { configurationPage } from './configuration-page.mjs';
import { errorsPage, eventsPage, notificationsPage } from './list-pages.mjs';
import { httpPage } from './http-page.mjs';
import { code, generatedNote, paragraphs, table } from './markdown.mjs';
import { anchorOf, methodPage } from './method-page.mjs';

/**
 * Every page that is made from the code. The same code always gives the same texts.
 * @returns {Map<string, string>} text by file name below docs/
 */
export function generatedPages() {
  const reference = [...referencePages()].map(
    ([name, text]) => /** @type {[string, string]} */ ([`reference/${name}`, text]),
  );
  return new Map([...reference, ['design/camera-states.md', cameraStatesPage()]]);
}

/** @returns {Map<string, string>} text by file name */
function referencePages() {
  return new Map([
    ['README.md', indexPage()],
    ...Object.entries(namespaces).map(
      ([namespace, entries]) =>
        /** @type {[string, string]} */ ([`${namespace}.md`, methodPage(namespace, entries)]),
    ),
    ['notifications.md', notificationsPage()],
    ['events.md', eventsPage()],
    ['errors.md', errorsPage()],
    ['http.md', httpPage()],
    ['configuration.md', configurationPage()],
    ['openrpc.json', `${JSON.stringify(openrpcDocument(serviceVersion), null, 2)}\n`],
  ]);
}

function indexPage() {
  return paragraphs([
    '# Reference',
    generatedNote,
    'Made from the contract in `packages/protocol` and from the configuration schema. `npm run docs` writes it; `npm run check` fails where it differs from the code. How to use it all: [the guide](../guide/quick-start.md).',
    [
      '- [Notifications](notifications.md): what the service says unasked',
      '- [Events](events.md): the numbered log and its topics',
      '- [Errors](errors.md): every code, with what comes in `data`',
      '- [HTTP](http.md): files, pictures, live media, health, metrics, login',
      '- [Configuration](configuration.md): every key with its environment variable',
      '- [openrpc.json](openrpc.json): the contract for programs, the same as `rpc.discover` and `GET /openrpc.json` give',
    ].join('\n'),
    '## Methods',
    `${Object.keys(methods).length} methods, by JSON-RPC 2.0 over WebSocket at \`/ws\` or by \`POST /rpc\`. Roles: viewer < operator < admin.`,
    table(
      ['Method', 'Role', 'What it does'],
      Object.entries(namespaces).flatMap(([namespace, entries]) =>
        Object.entries(entries).map(([name, { role, summary }]) => [
          `[${code(name)}](${namespace}.md#${anchorOf(name)})`,
          role,
          summary,
        ]),
      ),
    ),
    '## Notifications',
    table(
      ['Notification', 'When'],
      Object.entries(notifications).map(([name, { summary }]) => [
        `[${code(name)}](notifications.md#${anchorOf(name)})`,
        summary,
      ]),
    ),
  ]);
}
