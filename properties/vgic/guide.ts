import type { AnyConfiguration } from '../../spec/alphabet.ts';
import { maxArguments, type Packing } from '../../spec/packing.ts';
import type { VgicEvent } from '../../spec/vgic/alphabet.ts';
import type { VgicConfiguration } from '../../spec/vgic/configuration.ts';
import type { Guide, GuideByKind } from '../../src/engine/system-under-check.ts';
import { choices, radices, type Choose } from './guide/choices.ts';
import { effects, type Effect } from './guide/effects.ts';
import { Guess, interrupts } from './guide/guess.ts';
import { Outlook } from './guide/outlook.ts';
import { worths, type Worth } from './guide/weights.ts';

/** One event in this many has arguments that nobody chose. */
const freely = 32;

/**
 * Makes random sequences of `vgic` go deep: something is raised before it is acknowledged, acknowledged before it is
 * completed, and exits, retargeting, loads and stores come in between.
 */
export class VgicGuide implements Guide {
  private readonly guess = new Guess();
  private readonly outlook = new Outlook();
  private readonly packing: Packing;
  private readonly worthOf: readonly Worth[];
  private readonly chooses: readonly (Choose | undefined)[];
  private readonly effectOf: readonly Effect[];
  private readonly radixOf: readonly (readonly number[])[];
  private readonly places = new Uint8Array(maxArguments);
  private focused = false;

  constructor(packing: Packing) {
    const kinds = packing.kinds as readonly VgicEvent['kind'][];
    this.packing = packing;
    this.worthOf = kinds.map((kind) => worths[kind]);
    this.chooses = kinds.map((kind) => choices[kind]);
    this.effectOf = kinds.map((kind) => effects[kind]);
    this.radixOf = kinds.map((kind) => radices[kind]);
  }

  reset(config: AnyConfiguration): void {
    this.guess.reset(config as VgicConfiguration);
    this.focused = false;
  }

  readonly byKind: GuideByKind = {
    most: (kind) => this.worthOf[kind].most,
    look: () => this.outlook.survey(this.guess),
    factor: (kind) => this.worthOf[kind].now(this.outlook, this.guess),
  };

  weigh(weights: Float64Array): void {
    const { guess, outlook, worthOf } = this;
    outlook.survey(guess);
    for (let kind = 0; kind < weights.length; kind++) {
      if (weights[kind] > 0) weights[kind] *= worthOf[kind].now(outlook, guess);
    }
  }

  choose(kind: number, random: (n: number) => number): number {
    const { guess, places } = this;
    if (!this.focused) this.focus(random);
    const radix = this.radixOf[kind];
    for (let a = 0; a < radix.length; a++) places[a] = random(radix[a]);
    if (random(freely) > 0) this.chooses[kind]?.(guess, random, places);
    let code = 0;
    for (let a = 0; a < radix.length; a++) code = code * radix[a] + places[a];
    return this.packing.first[kind] + code;
  }

  follow(code: number): void {
    const { packing } = this;
    this.effectOf[packing.kind[code]](this.guess, packing.args, code * maxArguments);
  }

  /** Few interrupts in half of the sequences, all of them in the rest. */
  private focus(random: (n: number) => number): void {
    this.focused = true;
    const all = (1 << interrupts) - 1;
    if (random(3) === 0) {
      this.guess.focus = all;
      return;
    }
    let focus = 0;
    for (let n = random(3); n >= 0; n--) focus |= 1 << random(interrupts);
    this.guess.focus = focus;
  }
}
