import { endpoints } from './endpoints.mjs';
import { code, generatedNote, jsonBlock, paragraphs, table } from './markdown.mjs';

const logins = {
  none: 'none needed',
  viewer: 'any',
  camera: 'one that may view the camera',
};

/** The page of every path that is no method. */
export function httpPage() {
  return paragraphs([
    '# HTTP',
    generatedNote,
    'All paths are on the service’s own port (8002); the health paths also on the health port (8003). A login is a token as `Authorization: Bearer`, an API key as `X-API-Key`, or the page’s cookie. Errors are `{error: {code, message, data}}` with a matching status. How they are guarded: [security](../guide/security.md).',
    table(
      ['Path', 'Login', 'What'],
      endpoints.map(({ method, path, login, about }) => [
        `[${code(`${method} ${path}`)}](#${anchorOf(method, path)})`,
        loginText(login),
        about,
      ]),
    ),
    ...endpoints.map(endpointSection),
  ]);
}

/** @param {string} method @param {string} path */
function anchorOf(method, path) {
  return `${method} ${path}`
    .toLowerCase()
    .replaceAll(/[^a-z0-9 _-]/g, '')
    .replaceAll(' ', '-');
}

/** @param {string} login */
function loginText(login) {
  return logins[/** @type {keyof typeof logins} */ (login)];
}

/** @param {import('./endpoints.mjs').Endpoint} endpoint */
function endpointSection(endpoint) {
  const { method, path, about, login, notes, query = [], answers } = endpoint;
  return paragraphs([
    `## ${method} ${path}`,
    `${about}. Login: ${loginText(login)}.`,
    notes,
    query.length > 0 &&
      table(
        ['Query', 'Meaning'],
        query.map(([name, meaning]) => [code(name), meaning]),
      ),
    table(
      ['Status', 'When'],
      answers.map(([status, when]) => [String(status), when]),
    ),
    exampleOf(endpoint),
  ]).trimEnd();
}

/** @param {import('./endpoints.mjs').Endpoint} endpoint */
function exampleOf({ method, path, login, example }) {
  const auth = login === 'none' ? [] : ['-H "X-API-Key: $KEY"'];
  const headers = Object.entries(example.headers ?? {}).map(([name, value]) => `-H '${name}: ${value}'`);
  const body = example.body === undefined ? [] : [`-d '${example.body}'`];
  const verb = method === 'GET' || body.length > 0 ? [] : [`-X ${method}`];
  const address = `'http://127.0.0.1:8002${shown(example.path ?? path)}'`;
  const answer = [
    `${example.status}`,
    example.type && `content-type: ${example.type}`,
    ...Object.entries(example.shows ?? {}).map(([name, value]) => `${name}: ${shown(value)}`),
    example.text && `\n${example.text}…`,
  ].filter(Boolean);
  const call = example.body?.includes('"jsonrpc"') === true && JSON.parse(example.body);
  return paragraphs([
    '**Example**',
    call && jsonBlock(call),
    `\`\`\`sh\ncurl ${[...verb, address, ...auth, ...headers, ...body].join(' ')}\n\`\`\``,
    `\`\`\`text\n${answer.join('\n')}\n\`\`\``,
    example.json !== undefined && jsonBlock(example.json),
    example.isExcerpt && 'This is an excerpt.',
  ]).trimEnd();
}

/** @param {string} text */
function shown(text) {
  return text
    .replaceAll('{recording}', 'camera0_2026-11-24_22-18-44.mp4')
    .replaceAll('{snapshot}', 'camera0_2026-11-24_22-18-43-085.jpg');
}
