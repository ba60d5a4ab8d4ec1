/** Names further away than this are not what was meant. */
const near = 0.4;

/** The name that was probably meant, or `undefined` if none is close. */
export function closest(word: string, names: readonly string[]): string | undefined {
  const [best] = names
    .map((name) => {
      const share = distance(word.toLowerCase(), name.toLowerCase()) / Math.max(word.length, name.length);
      return { name, share };
    })
    .toSorted((a, b) => a.share - b.share);
  return best && best.share <= near ? best.name : undefined;
}

/** Insertions, deletions, substitutions and swaps of neighbours between two words (optimal string alignment). */
function distance(a: string, b: string): number {
  const rows = [Array.from({ length: b.length + 1 }, (_, j) => j)];
  for (let i = 1; i <= a.length; i++) {
    const row = [i];
    for (let j = 1; j <= b.length; j++) {
      const same = a[i - 1] === b[j - 1];
      row[j] = Math.min(rows[i - 1]![j]! + 1, row[j - 1]! + 1, rows[i - 1]![j - 1]! + (same ? 0 : 1));
      const swapped = i > 1 && j > 1 && a[i - 1] === b[j - 2] && a[i - 2] === b[j - 1];
      if (swapped) row[j] = Math.min(row[j]!, rows[i - 2]![j - 2]! + 1);
    }
    rows.push(row);
  }
  return rows[a.length]![b.length]!;
}
