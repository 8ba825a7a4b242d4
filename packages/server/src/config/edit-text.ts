import { isDeepStrictEqual } from 'node:util';
import { isMap, isNode, isScalar, stringify, type Document, type Pair, type YAMLMap } from 'yaml';
import { ConfigError } from './config-error.ts';
import { parseConfigDocument, valuesOf, type Tree } from './file-values.ts';

/** New values by path; null takes the key out. */
export type Changes = Record<string, unknown>;

/**
 * The text with the changes in it. Where the file is written in the usual way, line by line, all that is not changed
 * stays byte for byte; in one that is not (sections in braces), comments and order stay. Throws {@link ConfigError} for
 * a text that is no YAML, or that shares by anchors what is to be changed.
 */
export function editConfigText(text: string, changes: Changes, file: string): string {
  let edited = text;
  for (const [path, value] of Object.entries(changes)) edited = editOne(edited, { path, value, file });
  return edited;
}

interface Change {
  path: string;
  value: unknown;
  file: string;
}

function editOne(text: string, change: Change): string {
  const { path, value, file } = change;
  const document = parseConfigDocument(text, file);
  const before = valuesOf(document, file);
  const wanted = valuesAfter(before, path, value);
  if (isDeepStrictEqual(before, wanted)) return text;
  const spliced = spliceText(text, document, change);
  if (spliced !== undefined && holds(spliced, wanted, file)) return spliced;
  const written = tryRewrite(document, change);
  if (written !== undefined && holds(written, wanted, file)) return written;
  throw new ConfigError([
    `${file}: ${path} can't be changed in it: what it shares by anchors would change too`,
  ]);
}

/** Not every document can be changed at its text; whether one was, its values say. */
function holds(text: string, wanted: Tree, file: string): boolean {
  try {
    return isDeepStrictEqual(valuesOf(parseConfigDocument(text, file), file), wanted);
  } catch {
    // No YAML any more, so it is not what was wanted.
    return false;
  }
}

function valuesAfter(values: Tree, path: string, value: unknown): Tree {
  const [section, key] = path.split('.') as [string, string];
  const { [key]: _old, ...others } = { ...(values[section] as Tree | undefined) };
  if (value !== null) return { ...values, [section]: { ...others, [key]: value } };
  const { [section]: _section, ...rest } = values;
  return Object.keys(others).length > 0 || values[section] === undefined
    ? { ...values, ...(values[section] !== undefined && { [section]: others }) }
    : rest;
}

function tryRewrite(document: Document, change: Change): string | undefined {
  try {
    return rewrite(document, change);
  } catch {
    // An alias lost its anchor.
    return undefined;
  }
}

/** By the library's own writer. */
function rewrite(document: Document, { path, value }: Change): string {
  const [section, key] = path.split('.') as [string, string];
  if (value === null) document.deleteIn([section, key]);
  else if (isMap(document.get(section))) document.setIn([section, key], value);
  else document.set(section, document.createNode({ [key]: value }));
  if (isMap(document.get(section)) && (document.get(section) as YAMLMap).items.length === 0)
    document.delete(section);
  return document.toString({ lineWidth: 0 });
}

function spliceText(text: string, document: Document, { path, value }: Change): string | undefined {
  const [section, key] = path.split('.') as [string, string];
  const eol = text.includes('\r\n') ? '\r\n' : '\n';
  const sectionPair = pairOf(document.contents, section);
  if (!sectionPair) {
    const start = text === '' || text.endsWith('\n') ? text : text + eol;
    return `${start}${section}:${eol}  ${key}: ${inline(value)}${eol}`;
  }
  if (!isMap(sectionPair.value)) {
    const lineEnd = endOfLine(text, endOf(sectionPair) ?? text.length);
    return insertLine(text, lineEnd, `  ${key}: ${inline(value)}`, eol);
  }
  const pair = pairOf(sectionPair.value, key);
  if (value === null)
    return pair && removeLines(text, sectionPair.value.items.length === 1 ? sectionPair : pair);
  if (pair) return replaceValue(text, pair, value);
  const last = sectionPair.value.items.at(-1);
  if (!last || !isNode(last.key) || sectionPair.value.flow) return undefined;
  const indent = text.slice(startOfLine(text, last.key.range![0]), last.key.range![0]);
  return insertLine(text, endOfLine(text, endOf(last) ?? 0), `${indent}${key}: ${inline(value)}`, eol);
}

function replaceValue(text: string, pair: Pair, value: unknown): string | undefined {
  if (!isNode(pair.value) || !pair.value.range) return undefined;
  const [start, end] = pair.value.range;
  if (start === end) return `${text.slice(0, start)} ${inline(value)}${text.slice(end)}`;
  const old = text.slice(start, end);
  // A list over several lines: its last line end stays, and the new one goes behind the key.
  const isBlock = !isScalar(pair.value) && old.includes('\n') && !/^[[{]/.test(old);
  if (!isBlock) return `${text.slice(0, start)}${inline(value)}${text.slice(end)}`;
  const keyEnd = isNode(pair.key) ? text.indexOf(':', pair.key.range![1]) + 1 : start;
  const rest = old.endsWith('\n') ? end - 1 : end;
  return `${text.slice(0, keyEnd)} ${inline(value)}${text.slice(rest)}`;
}

function removeLines(text: string, pair: Pair): string | undefined {
  if (!isNode(pair.key) || !pair.key.range) return undefined;
  const from = startOfLine(text, pair.key.range[0]);
  return text.slice(0, from) + text.slice(endOfLine(text, endOf(pair) ?? from));
}

function pairOf(map: unknown, name: string): Pair | undefined {
  if (!isMap(map)) return undefined;
  return map.items.find(({ key }) => isScalar(key) && key.value === name);
}

/** Where a pair's value ends; where it has none, its key. */
function endOf({ key, value }: Pair): number | undefined {
  if (isNode(value) && value.range) return value.range[1];
  return isNode(key) ? key.range?.[1] : undefined;
}

function startOfLine(text: string, position: number): number {
  return text.lastIndexOf('\n', position - 1) + 1;
}

/** The start of the next line. */
function endOfLine(text: string, position: number): number {
  if (position > 0 && text[position - 1] === '\n') return position;
  const end = text.indexOf('\n', position);
  return end < 0 ? text.length : end + 1;
}

function insertLine(text: string, position: number, line: string, eol: string): string {
  const before = text.slice(0, position);
  const gap = before === '' || before.endsWith('\n') ? '' : eol;
  return `${before}${gap}${line}${eol}${text.slice(position)}`;
}

/** On one line, whatever it is. */
function inline(value: unknown): string {
  return stringify(value, { collectionStyle: 'flow', lineWidth: 0, blockQuote: false }).trimEnd();
}
