/** `; did you mean 'raise'?` where a known name is near, else the known names; empty if there are none. */
export function closest(given: unknown, known: readonly string[]): string {
  if (known.length === 0) return '';
  if (typeof given === 'string') {
    const near = known
      .map((name) => ({ name, distance: distance(given.toLowerCase(), name.toLowerCase()) }))
      .filter(({ name, distance: far }) => far <= Math.max(1, name.length >> 2))
      .toSorted((a, b) => a.distance - b.distance)[0];
    if (near !== undefined) return `; did you mean '${near.name}'?`;
  }
  return `; known: ${known.join(', ')}`;
}

/** Insertions, deletions and replacements between two words. */
function distance(a: string, b: string): number {
  let row = Array.from({ length: b.length + 1 }, (_, j) => j);
  for (let i = 1; i <= a.length; i++) {
    const next = [i];
    for (let j = 1; j <= b.length; j++) {
      next[j] = Math.min(next[j - 1] + 1, row[j] + 1, row[j - 1] + (a[i - 1] === b[j - 1] ? 0 : 1));
    }
    row = next;
  }
  return row[b.length];
}
