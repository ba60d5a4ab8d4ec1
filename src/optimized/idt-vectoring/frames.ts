import { maximumFrames } from '../../../spec/idt-vectoring/universe.ts';

/** Handlers that have not returned: what each of them returns to, the outermost first. */
export class Frames {
  count = 0;
  readonly rip = new Int32Array(maximumFrames);
  /** IF, TF, RF in bits 0, 1, 2. */
  readonly flags = new Uint8Array(maximumFrames);
  readonly vector = new Uint8Array(maximumFrames);
  readonly begun = new Int32Array(maximumFrames);

  /** Pushes a frame; the outermost is forgotten if there is no room. */
  push(rip: number, flags: number, vector: number, begun: number): void {
    if (this.count === maximumFrames) {
      this.rip.copyWithin(0, 1);
      this.flags.copyWithin(0, 1);
      this.vector.copyWithin(0, 1);
      this.begun.copyWithin(0, 1);
      this.count--;
    }
    const at = this.count++;
    this.rip[at] = rip;
    this.flags[at] = flags;
    this.vector[at] = vector;
    this.begun[at] = begun;
  }
}
