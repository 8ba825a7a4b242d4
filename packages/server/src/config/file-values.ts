import { readFileSync } from 'node:fs';
import { parseDocument, type Document, type YAMLParseError } from 'yaml';
import { errnoOf, messageOf } from '../errors.ts';
import { remedyFor } from '../store/remedies.ts';
import { ConfigError } from './config-error.ts';

/** Sections by name; what is in them is not checked yet. */
export type Tree = Record<string, unknown>;

/** The text of the file; undefined where it may be missing and is. Throws {@link ConfigError}. */
export function readConfigText(file: string, options: { mayBeMissing: boolean }): string | undefined {
  try {
    return readFileSync(file, 'utf8');
  } catch (error) {
    if (options.mayBeMissing && errnoOf(error) === 'ENOENT') return undefined;
    const remedy = remedyFor(error);
    throw new ConfigError([
      `${file}: can't be read: ${messageOf(error)}${remedy === undefined ? '' : `: ${remedy}`}`,
    ]);
  }
}

/** Throws {@link ConfigError} with every mistake of form. */
export function parseConfigText(text: string, file: string): Tree {
  return valuesOf(parseConfigDocument(text, file), file);
}

export function parseConfigDocument(text: string, file: string): Document {
  const document = parseDocument(text);
  if (document.errors.length > 0)
    throw new ConfigError(document.errors.map((error) => `${file}: ${told(error)}`));
  return document;
}

/** The library's words, but for those that are for its programmers. */
function told({ code, message }: YAMLParseError): string {
  return code === 'MULTIPLE_DOCS'
    ? 'holds a line --- in its middle: everything must be in one part'
    : message;
}

export function valuesOf(document: Document, file: string): Tree {
  let value: unknown;
  try {
    value = document.toJS() ?? {};
  } catch (error) {
    // An alias of nothing, or one that grows without end.
    throw new ConfigError([`${file}: ${messageOf(error)}`]);
  }
  if (typeof value !== 'object' || value === null || Array.isArray(value)) {
    throw new ConfigError([`${file}: must hold sections, such as "server:"`]);
  }
  // An empty section (`server:`) reads as null and means its defaults.
  return Object.fromEntries(Object.entries(value).filter(([, section]) => section !== null));
}
