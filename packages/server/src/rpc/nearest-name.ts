// Names further apart than this are no slips of the pen.
const maxDistance = 3;
const maxNameLength = 64;

/** The name that is nearest to what was written; undefined where none is near. */
export function nearestName(written: string, names: Iterable<string>): string | undefined {
  if (written.length > maxNameLength) return undefined;
  const key = simplify(written);
  let best: { name: string; distance: number } | undefined;
  for (const name of names) {
    const distance = editDistance(key, simplify(name));
    if (distance <= maxDistance && distance < name.length / 2 && distance < (best?.distance ?? Infinity)) {
      best = { name, distance };
    }
  }
  return best?.name;
}

/** `getCameraList` and `get-camera-list` both mean `get_camera_list`. */
function simplify(name: string): string {
  return name.toLowerCase().replace(/[^a-z0-9]/g, '');
}

/** Levenshtein's distance, one row at a time. */
function editDistance(a: string, b: string): number {
  let row = Array.from({ length: b.length + 1 }, (_, index) => index);
  for (let i = 1; i <= a.length; i++) {
    const next = [i];
    for (let j = 1; j <= b.length; j++) {
      const replaced = row[j - 1]! + (a[i - 1] === b[j - 1] ? 0 : 1);
      next.push(Math.min(replaced, row[j]! + 1, next[j - 1]! + 1));
    }
    row = next;
  }
  return row[b.length]!;
}
