/** A named part of a register. */
export interface Part {
  readonly name: string;
  /** Its lowest bit. */
  readonly from: number;
  readonly width: number;
  readonly show?: (value: number) => string;
}

const cut = ({ from, width }: Part, value: number): number => (value >>> from) & (2 ** width - 1);

/**
 * The parts of a register that differ from any of the values it is compared with: `En=1 UIE=0`. Bits outside all parts
 * show as `other 0x…` where they differ. With nothing to compare with, the parts that are not zero.
 */
export function partsOf(parts: readonly Part[], value: number, against: readonly number[]): string {
  const others = against.length === 0 ? [0] : against;
  const shown = parts
    .filter((part) => others.some((other) => cut(part, other) !== cut(part, value)))
    .map((part) => `${part.name}=${part.show?.(cut(part, value)) ?? cut(part, value)}`);
  const named = parts.reduce((mask, { from, width }) => mask | ((2 ** width - 1) << from), 0);
  const rest = value & ~named;
  if (others.some((other) => (other & ~named) !== rest)) shown.push(`other 0x${(rest >>> 0).toString(16)}`);
  return shown.length === 0 ? `0x${(value >>> 0).toString(16)}` : shown.join(' ');
}
