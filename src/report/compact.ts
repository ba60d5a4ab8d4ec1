/** `8.4 M`, `560 k`, `412`. */
export function compact(count: number): string {
  if (count >= 1e6) return `${(count / 1e6).toFixed(1)} M`;
  if (count >= 1e4) return `${Math.round(count / 1e3)} k`;
  return Math.round(count).toLocaleString('en');
}
