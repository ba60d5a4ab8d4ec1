import type { AnyConfiguration } from '../../spec/alphabet.ts';
import type { Packing } from '../../spec/packing.ts';
import type { NestedVmxEvent } from '../../spec/nested-vmx/alphabet.ts';
import { alphabet } from '../../spec/nested-vmx/alphabet.ts';
import type { NestedVmxConfiguration } from '../../spec/nested-vmx/configuration.ts';
import { configuration } from '../../spec/nested-vmx/configuration.ts';
import { edgeVectors } from '../../spec/nested-vmx/universe.ts';
import type { Guide } from '../../src/engine/system-under-check.ts';
import { choices, radices, type Choose, type Sight } from './guide/choices.ts';
import { factors, type Weigh } from './guide/weights.ts';
import { Outlook } from './outlook.ts';

/** One event in this many has an argument that nobody chose. */
const freely = 32;

const defaults = Object.fromEntries(
  Object.entries(configuration).map(([name, { values }]) => [name, values[0]]),
) as unknown as NestedVmxConfiguration;

/**
 * Makes random sequences of `nested-vmx` go deep. It follows the reference model of the machine without L0, which is
 * always right where the implementation is, and so hardly any event is skipped.
 */
export class NestedVmxGuide implements Guide, Sight {
  readonly outlook = new Outlook(defaults);
  focus: readonly number[] = [];
  private readonly packing: Packing;
  private readonly weighs: readonly Weigh[];
  private readonly chooses: readonly (Choose | undefined)[];
  private readonly radix: readonly number[];
  private readonly isOfL0: readonly boolean[];

  constructor(packing: Packing) {
    const kinds = packing.kinds as readonly NestedVmxEvent['kind'][];
    this.packing = packing;
    this.weighs = kinds.map((kind) => factors[kind]);
    this.chooses = kinds.map((kind) => choices[kind]);
    this.radix = kinds.map((kind) => radices[kind]!);
    this.isOfL0 = kinds.map((kind) => alphabet[kind].by === 'level0');
  }

  reset(config: AnyConfiguration): void {
    this.outlook.reset(config as unknown as NestedVmxConfiguration);
    this.focus = [];
  }

  weigh(weights: Float64Array): void {
    const { outlook, weighs } = this;
    for (let kind = 0; kind < weights.length; kind++) {
      if (weights[kind]! > 0) weights[kind]! *= weighs[kind]!(outlook);
    }
  }

  choose(kind: number, random: (n: number) => number): number {
    if (this.focus.length === 0) this.focus = focusOn(random);
    const choose = random(freely) > 0 ? this.chooses[kind] : undefined;
    return this.packing.first[kind]! + (choose?.(this, random) ?? random(this.radix[kind]!));
  }

  follow(code: number): void {
    if (!this.isOfL0[this.packing.kind[code]!]) this.outlook.play(this.packing.events[code] as NestedVmxEvent);
  }
}

/** Few vectors in most sequences, so that they meet. */
function focusOn(random: (n: number) => number): readonly number[] {
  if (random(3) === 0) return edgeVectors.map((_, place) => place);
  return Array.from({ length: 1 + random(3) }, () => random(edgeVectors.length));
}
