import type { WordImplementation } from '../../../spec/contract.ts';
import type { NestedVmxConfiguration } from '../../../spec/nested-vmx/configuration.ts';
import { maxArguments } from '../../../spec/packing.ts';
import { Machine } from './machine.ts';
import { operationTable, packing } from './operations.ts';
import { outputWords } from './outputs.ts';
import { reset } from './reset.ts';
import { show } from './show.ts';

const { args, kind } = packing;
const tables = {
  nested: operationTable('nested'),
  bare: operationTable('bare'),
  hardware: operationTable('hardware'),
};

/** Nested VMX in its fast form: with an L0 of its own, or the bare processor. No allocation in `step`. */
export class OptimizedNestedVmx implements WordImplementation<NestedVmxConfiguration> {
  readonly #machine = new Machine();
  #operations = tables.nested;
  words = this.#machine.words;
  /** Whether the event before this one may have left outputs: a skipped one leaves none. */
  #told = false;

  reset(config: NestedVmxConfiguration): void {
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
