/**
 * A small random number generator (xoroshiro64**), seeded once per sequence from fast-check's: a sequence needs some
 * hundreds of numbers, and fast-check's own generator costs as much as a step of the model.
 */
export class Random {
  // Words of a typed array stay unboxed however large they are.
  private readonly state = new Int32Array(2);

  /** Starts the stream that belongs to two 32-bit integers. */
  seed(a: number, b: number): void {
    this.state[0] = mix(a);
    this.state[1] = mix(b ^ 0x9e3779b9);
    if ((this.state[0] | this.state[1]) === 0) this.state[0] = 1;
  }

  /** An integer in [0, 2^32). */
  next(): number {
    const s0 = this.state[0];
    const s1 = this.state[1] ^ s0;
    const product = Math.imul(s0, 0x9e3779bb);
    const result = Math.imul((product << 5) | (product >>> 27), 5);
    this.state[0] = ((s0 << 26) | (s0 >>> 6)) ^ s1 ^ (s1 << 9);
    this.state[1] = (s1 << 13) | (s1 >>> 19);
    return result >>> 0;
  }

  /** A number in [0, 1). */
  unit(): number {
    return this.next() * 2 ** -32;
  }

  /** An integer in [0, n). */
  readonly below = (n: number): number => Math.floor(this.next() * 2 ** -32 * n);
}

/** A bijection of 32-bit integers that separates neighbours. Also derives seeds: `mix(seed + n)`. */
export function mix(value: number): number {
  let h = (value + 0x9e3779b9) | 0;
  h = Math.imul(h ^ (h >>> 16), 0x85ebca6b);
  h = Math.imul(h ^ (h >>> 13), 0xc2b2ae35);
  return h ^ (h >>> 16);
}
