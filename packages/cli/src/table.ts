/** Columns as wide as their widest cell, two spaces apart. */
export function formatTable(header: string[], rows: string[][]): string {
  const all = [header, ...rows];
  const widths = header.map((_, column) => Math.max(...all.map((row) => row[column]!.length)));
  const line = (row: string[]): string =>
    row
      .map((cell, column) => cell.padEnd(widths[column]!))
      .join('  ')
      .trimEnd();
  return `${all.map(line).join('\n')}\n`;
}

/** `2026-11-25 01:06 UTC`, or what stands for none. */
export function formatTime(timestamp: string | null, none: string): string {
  return timestamp === null ? none : `${timestamp.slice(0, 16).replace('T', ' ')} UTC`;
}
