import type { AnyConfiguration } from '../../spec/alphabet.ts';
import { Skip } from '../../spec/contract.ts';
import { maxArguments, type Packing } from '../../spec/packing.ts';
import type { PostedInterruptsEvent } from '../../spec/posted-interrupts/alphabet.ts';
import type { PostedInterruptsConfiguration } from '../../spec/posted-interrupts/configuration.ts';
import { vectors } from '../../spec/posted-interrupts/universe.ts';
import { PostedInterruptsModel, type PostedInterruptsState } from '../../model/posted-interrupts/index.ts';
import type { Guide } from '../../src/engine/system-under-check.ts';
import { choices, radices, type Choose, type Sight } from './guide/choices.ts';
import { newOutlook, survey } from './guide/outlook.ts';
import { factors, type Weigh } from './guide/weights.ts';

/** One event in this many has arguments that nobody chose. */
const freely = 32;

/**
 * Makes random sequences of `posted-interrupts` go deep. It follows the reference model, which is always right where the
 * implementation is, and so hardly any event is skipped.
 */
export class PostedInterruptsGuide implements Guide, Sight {
  readonly outlook = newOutlook();
  focus = 0;
  private readonly model = new PostedInterruptsModel();
  private current: PostedInterruptsState | undefined;
  private readonly packing: Packing;
  private readonly weighs: readonly Weigh[];
  private readonly chooses: readonly (Choose | undefined)[];
  private readonly radixOf: readonly (readonly number[])[];
  private readonly places = new Uint8Array(maxArguments);

  constructor(packing: Packing) {
    const kinds = packing.kinds as readonly PostedInterruptsEvent['kind'][];
    this.packing = packing;
    this.weighs = kinds.map((kind) => factors[kind]);
    this.chooses = kinds.map((kind) => choices[kind]);
    this.radixOf = kinds.map((kind) => radices[kind]);
  }

  get state(): PostedInterruptsState {
    if (this.current === undefined) throw new Error('reset comes first');
    return this.current;
  }

  reset(config: AnyConfiguration): void {
    this.current = this.model.initial(config as PostedInterruptsConfiguration);
    survey(this.current, this.outlook);
    this.focus = 0;
  }

  weigh(weights: Float64Array): void {
    const { outlook, weighs, state } = this;
    const { config } = state.machine;
    for (let kind = 0; kind < weights.length; kind++) {
      if (weights[kind] > 0) weights[kind] *= weighs[kind](outlook, config);
    }
  }

  choose(kind: number, random: (n: number) => number): number {
    const { places, radixOf } = this;
    if (this.focus === 0) this.focusOn(random);
    const radix = radixOf[kind];
    for (let a = 0; a < radix.length; a++) places[a] = random(radix[a]);
    if (random(freely) > 0) this.chooses[kind]?.(this, random, places);
    let code = 0;
    for (let a = 0; a < radix.length; a++) code = code * radix[a] + places[a];
    return this.packing.first[kind] + code;
  }

  follow(code: number): void {
    const next = this.model.step(this.state, this.packing.events[code] as PostedInterruptsEvent);
    if (next instanceof Skip) return;
    this.current = next;
    survey(next, this.outlook);
  }

  /** Few vectors in most sequences, so that their events meet. */
  private focusOn(random: (n: number) => number): void {
    if (random(3) === 0) {
      this.focus = (1 << vectors.length) - 1;
      return;
    }
    for (let n = 1 + random(3); n > 0; n--) this.focus |= 1 << random(vectors.length);
  }
}
