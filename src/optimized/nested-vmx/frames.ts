import { frames } from '../../../spec/nested-vmx/universe.ts';

const mask = (1 << frames) - 1;

/** RFLAGS.IF of the contexts that a level has interrupted; one too many forgets the oldest. */
export class Frames {
  depth = 0;
  /** The newest in bit 0. */
  #flags = 0;

  clear(): void {
    this.depth = 0;
    this.#flags = 0;
  }

  push(interrupts: number): void {
    this.#flags = ((this.#flags << 1) | interrupts) & mask;
    if (this.depth < frames) this.depth++;
  }

  /** IF of the newest, which is taken off; `otherwise` if there is none. */
  pop(otherwise: number): number {
    if (this.depth === 0) return otherwise;
    const interrupts = this.#flags & 1;
    this.#flags >>= 1;
    this.depth--;
    return interrupts;
  }
}
