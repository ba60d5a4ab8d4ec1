import type { WordImplementation } from '../../../spec/contract.ts';
import { maxArguments } from '../../../spec/packing.ts';
import type { Vmcs12Configuration } from '../../../spec/vmcs12/configuration.ts';
import { outputWords } from './layout.ts';
import { Machine } from './machine.ts';
import { operationTable, packing } from './operations.ts';
import { reset } from './reset.ts';
import { show } from './show.ts';

const { args, kind } = packing;
const tables = { nested: operationTable('nested'), bare: operationTable('bare') };

/** VMCS12 in its fast form: under an L0 that composes a VMCS of its own, or on the processor. No allocation in `step`. */
export class OptimizedVmcs12 implements WordImplementation<Vmcs12Configuration> {
  readonly #machine = new Machine();
  #operations = tables.nested;
  words = this.#machine.words;
  /** Whether the event before this one may have left outputs: a skipped one leaves none. */
  #told = false;

  reset(config: Vmcs12Configuration): void {
    reset(this.#machine, config);
    this.#operations = tables[config.profile];
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
    const done = this.#operations[kind[code]](m, args[at], args[at + 1]);
    if (done) show(m);
    this.#told = done;
    return done;
  }
}
