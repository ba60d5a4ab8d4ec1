import type { AnyConfiguration } from '../../spec/alphabet.ts';
import { Skip, type Model, type WordImplementation } from '../../spec/contract.ts';
import type { SystemSpec } from '../../spec/system.ts';
import { Expectation } from './expectation.ts';
import { layoutOf } from './layout.ts';
import { packingOf } from './packing-of.ts';

/** A model, the reference or a fault, as an implementation: where the architecture leaves a choice, the first one. */
export class ModelImplementation implements WordImplementation {
  words: Uint32Array = new Uint32Array(0);
  private readonly spec: SystemSpec;
  private readonly model: Model;
  private readonly expectation: Expectation;
  private state: unknown;

  constructor(spec: SystemSpec, model: Model) {
    this.spec = spec;
    this.model = model;
    this.expectation = new Expectation(model, new Set(Object.keys(spec.observation)));
  }

  reset(config: AnyConfiguration): void {
    this.expectation.begin(layoutOf(this.spec, config));
    this.state = this.model.initial(config);
    this.expectation.update(this.state);
    this.words = this.expectation.words;
  }

  step(code: number): boolean {
    const next = this.model.step(this.state, packingOf(this.spec).events[code]);
    if (next instanceof Skip) return false;
    this.state = Array.isArray(next) ? (next as readonly unknown[])[0] : next;
    this.expectation.update(this.state);
    return true;
  }
}
