import type { WordImplementation } from '../../../spec/contract.ts';
import type { IdtVectoringConfiguration } from '../../../spec/idt-vectoring/configuration.ts';
import { maxArguments } from '../../../spec/packing.ts';
import { Machine } from './machine.ts';
import { operationTables, packing } from './operations.ts';
import { reset } from './reset.ts';
import { show } from './show.ts';
import { deliveryWords, exitWords, guestWords, hypervisorWords } from './words.ts';

const { args, kind } = packing;

/** The idt-vectoring system in its fast form, in all its profiles: no allocation in `step`. */
export class OptimizedIdtVectoring implements WordImplementation<IdtVectoringConfiguration> {
  readonly #machine = new Machine();
  #operations = operationTables[0];
  words = this.#machine.words;

  reset(config: IdtVectoringConfiguration): void {
    reset(this.#machine, config);
    this.#operations = operationTables[this.#machine.profile];
    this.words = this.#machine.words;
  }

  step(code: number): boolean {
    const m = this.#machine;
    forgetOutputs(m);
    if (m.shutdown !== 0) return false;
    const at = code * maxArguments;
    const done = this.#operations[kind[code]](m, args[at], args[at + 1]);
    if (done) show(m);
    return done;
  }
}

/** What the event before this one told is told no more. */
function forgetOutputs(m: Machine): void {
  const { words } = m;
  if (m.deliveries !== 0) {
    m.deliveries = 0;
    for (let i = deliveryWords; i < guestWords; i++) words[i] = 0;
  }
  if (m.crossed) {
    m.crossed = false;
    for (let i = exitWords; i < hypervisorWords; i++) words[i] = 0;
  }
}
