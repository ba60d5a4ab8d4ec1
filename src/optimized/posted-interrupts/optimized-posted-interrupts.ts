import type { WordImplementation } from '../../../spec/contract.ts';
import { maxArguments } from '../../../spec/packing.ts';
import type { PostedInterruptsConfiguration } from '../../../spec/posted-interrupts/configuration.ts';
import { Machine, outputWords } from './machine.ts';
import { operationTables, packing } from './operations.ts';
import { reset } from './reset.ts';
import { show } from './show.ts';

const { args, kind } = packing;

/** The posted-interrupts system in its fast form, in all its profiles: no allocation in `step`. */
export class OptimizedPostedInterrupts implements WordImplementation<PostedInterruptsConfiguration> {
  readonly #machine = new Machine();
  #operations = operationTables[0];
  words = this.#machine.words;
  /** Whether the event before this one may have left outputs: a skipped one leaves none. */
  #told = false;

  reset(config: PostedInterruptsConfiguration): void {
    reset(this.#machine, config);
    this.#operations = operationTables[this.#machine.profile];
    this.words = this.#machine.words;
    this.#told = false;
  }

  step(code: number): boolean {
    const m = this.#machine;
    if (this.#told) {
      const { words } = m;
      for (let i = 0; i < outputWords; i++) words[i] = 0;
    }
    const at = code * maxArguments;
    const done = this.#operations[kind[code]](m, args[at], args[at + 1], args[at + 2]);
    if (m.dirty !== 0) show(m);
    this.#told = done;
    return done;
  }
}
