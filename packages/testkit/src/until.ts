export interface UntilOptions {
  /** What is waited for, for the error. */
  what?: string;
  /** Default 15 s: a bound for a test that would hang, never a claim of speed. */
  timeoutMs?: number;
  intervalMs?: number;
}

/** Waits until the question has a truthy answer and gives it; a throw counts as no answer, and its words are told at the end. */
export async function until<T>(
  question: () => T | Promise<T>,
  options: UntilOptions = {},
): Promise<Exclude<T, undefined | null | false | 0 | ''>> {
  const { what = question.toString(), timeoutMs = 15_000, intervalMs = 25 } = options;
  const end = performance.now() + timeoutMs;
  let last: unknown;
  for (;;) {
    try {
      const answer = await question();
      if (answer) return answer as Exclude<T, undefined | null | false | 0 | ''>;
      last = answer;
    } catch (error) {
      last = error;
    }
    if (performance.now() > end) {
      throw new Error(`waited ${timeoutMs} ms in vain for: ${what}; last: ${describe(last)}`);
    }
    await new Promise((resolve) => setTimeout(resolve, intervalMs));
  }
}

function describe(value: unknown): string {
  return value instanceof Error ? value.message : (JSON.stringify(value)?.slice(0, 500) ?? String(value));
}
