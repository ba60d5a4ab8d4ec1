import type { AnyConfiguration } from '../../spec/alphabet.ts';
import { Skip } from '../../spec/contract.ts';
import type { IdtVectoringEvent } from '../../spec/idt-vectoring/alphabet.ts';
import type { IdtVectoringConfiguration } from '../../spec/idt-vectoring/configuration.ts';
import type { Packing } from '../../spec/packing.ts';
import { IdtVectoringModel, type IdtVectoringState } from '../../model/idt-vectoring/index.ts';
import type { Guide } from '../../src/engine/system-under-check.ts';
import { choices, type Choose } from './guide/choices.ts';
import { newOutlook, survey } from './guide/outlook.ts';
import { factors, type Weigh } from './guide/weights.ts';

/** One argument in this many is one that nobody chose. */
const freely = 8;

/** Arguments that are tried for an event that would be skipped. */
const patience = 5;

/** Of this many events that would shut the processor down, one does: nothing comes after it. */
const caution = 3;

/**
 * Makes random sequences of `idt-vectoring` go deep. It follows the reference model in the profile of the sequence, which
 * is always right where the implementation is, and so hardly any event is skipped.
 */
export class IdtVectoringGuide implements Guide {
  private readonly model = new IdtVectoringModel();
  private readonly outlook = newOutlook();
  private current: IdtVectoringState | undefined;
  /** What the code that was chosen last leads to. */
  private chosen = -1;
  private next: IdtVectoringState | Skip | undefined;
  private readonly packing: Packing;
  private readonly weighs: readonly Weigh[];
  private readonly chooses: readonly (Choose | undefined)[];

  constructor(packing: Packing) {
    const kinds = packing.kinds as readonly IdtVectoringEvent['kind'][];
    this.packing = packing;
    this.weighs = kinds.map((kind) => factors[kind]);
    this.chooses = kinds.map((kind) => choices[kind]);
  }

  reset(config: AnyConfiguration): void {
    this.current = this.model.initial(config as unknown as IdtVectoringConfiguration);
    this.chosen = -1;
    survey(this.current, this.outlook);
  }

  weigh(weights: Float64Array): void {
    const { outlook, weighs } = this;
    for (let kind = 0; kind < weights.length; kind++) {
      if (weights[kind]! > 0) weights[kind]! *= weighs[kind]!(outlook);
    }
  }

  choose(kind: number, random: (n: number) => number): number {
    const { first, count } = this.range(kind);
    for (let tries = patience; ; tries--) {
      const choose = random(freely) > 0 ? this.chooses[kind] : undefined;
      const code = first + (choose?.(this.outlook, random) ?? random(count));
      this.look(code);
      const ends = this.next instanceof Skip || (this.next!.guest.shutdown && random(caution) > 0);
      if (!ends || tries === 0 || count === 1) return code;
    }
  }

  follow(code: number): void {
    this.look(code);
    this.chosen = -1;
    if (this.next === undefined || this.next instanceof Skip) return;
    this.current = this.next;
    survey(this.current, this.outlook);
  }

  private look(code: number): void {
    if (this.current === undefined) throw new Error('reset comes first');
    if (this.chosen === code) return;
    this.chosen = code;
    this.next = this.model.step(this.current, this.packing.events[code] as IdtVectoringEvent);
  }

  private range(kind: number): { readonly first: number; readonly count: number } {
    const { first } = this.packing;
    return { first: first[kind]!, count: first[kind + 1]! - first[kind]! };
  }
}
