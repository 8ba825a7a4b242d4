import { fileURLToPath } from 'node:url';

/** As scripts/docs/endpoints.mjs has them. */
export interface Endpoint {
  method: string;
  path: string;
  login: string;
  example: {
    path?: string;
    headers?: Record<string, string>;
    body?: string;
    status: number;
    type?: string;
    shows?: Record<string, string>;
    json?: unknown;
    /** There is more than `json` shows. */
    isExcerpt?: boolean;
    text?: string;
  };
}

export interface ErrorExample {
  sent: string;
  error: { code: number; message: string; data: Record<string, unknown> };
}

export interface MethodExample {
  params?: Record<string, unknown>;
  result?: unknown;
}

/** What the reference shows; the pages are made from the same files. */
export async function referenceExamples(): Promise<{
  endpoints: Endpoint[];
  errors: Record<string, ErrorExample>;
  methods: Record<string, MethodExample>;
}> {
  const [{ endpoints }, { errorExamples }, { methodExamples }] = await Promise.all([
    load<{ endpoints: Endpoint[] }>('endpoints'),
    load<{ errorExamples: Record<string, ErrorExample> }>('error-examples'),
    load<{ methodExamples: Record<string, MethodExample> }>('examples'),
  ]);
  return { endpoints, errors: errorExamples, methods: methodExamples };
}

async function load<T>(name: string): Promise<T> {
  const file = fileURLToPath(new URL(`../../../../../scripts/docs/${name}.mjs`, import.meta.url));
  return (await import(file)) as T;
}

/** The form of a value without its details: every key, and of what kind each value is. */
export function formOf(value: unknown): unknown {
  if (Array.isArray(value)) return value.length === 0 ? [] : [formOf(value[0])];
  if (value === null || typeof value !== 'object') return value === null ? 'null' : typeof value;
  return Object.fromEntries(Object.entries(value).map(([key, inner]) => [key, formOf(inner)]));
}
