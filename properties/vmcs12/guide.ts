import type { AnyConfiguration } from '../../spec/alphabet.ts';
import type { Packing } from '../../spec/packing.ts';
import { alphabet, type Vmcs12Event } from '../../spec/vmcs12/alphabet.ts';
import { configuration, type Vmcs12Configuration } from '../../spec/vmcs12/configuration.ts';
import type { Guide } from '../../src/engine/system-under-check.ts';
import type { Vmcs12State } from '../../model/vmcs12/index.ts';
import { draftOf, isOpen, type Wish } from './guide/themes.ts';
import { factors, type Weigh } from './guide/weights.ts';
import { entryFrom, Outlook, stepped, type EntryOutcome } from './outlook.ts';

/** Arguments that are tried for an event that would be skipped, or would spoil the next entry. */
const patience = 6;

/** One write in this many may spoil the next entry, so that it fails. */
const boldly = 6;

/** What a kind is worth more where it has something that the theme of the sequence asks for. */
const longing = 3;

/** Kinds by which L1 makes entries possible or not. */
const isWrite: Readonly<Record<string, boolean>> = {
  vmwrite: true,
  vmwriteOptional: true,
  vmwriteControl: true,
  vmwriteHost: true,
  control: true,
  controlOptional: true,
  inject: true,
};

const defaults = Object.fromEntries(
  Object.entries(configuration).map(([name, { values }]) => [name, values[0]]),
) as unknown as Vmcs12Configuration;

/** How much of an entry a write leaves: more is better. */
const ranks: Readonly<Record<EntryOutcome, number>> = { enters: 3, exitsAtOnce: 2, failsLate: 1, fails: 1, open: 0 };

/**
 * Makes random sequences of `vmcs12` go deep. It follows the reference model without L0, which is always right where the
 * implementation is; hardly any event is skipped, and most entries succeed. What spoiled an entry is written again.
 */
export class Vmcs12Guide implements Guide {
  private readonly outlook = new Outlook(defaults);
  private readonly packing: Packing;
  private readonly weighs: readonly Weigh[];
  private readonly isOfL0: readonly boolean[];
  /** Per kind, how many codes stand for the same field or control. */
  private readonly run: readonly number[];
  private readonly noLength: number;
  private readonly noLinkPointer: number;
  private readonly noHostCode: number;
  /** What the code that was chosen last leads to. */
  private chosen = -1;
  private next: Vmcs12State | undefined;
  /** Codes that made the entry worse, the latest last. */
  private spoilers: number[] = [];
  /** What L1 writes sooner or later: the codes of each wish, `undefined` until they are drawn. */
  private wishes: readonly (readonly [wish: Wish, kind: number, code: number])[] | undefined;

  constructor(packing: Packing) {
    const kinds = packing.kinds as readonly Vmcs12Event['kind'][];
    this.packing = packing;
    this.weighs = kinds.map((kind) => factors[kind]);
    this.isOfL0 = kinds.map((kind) => alphabet[kind].by === 'l0');
    this.noLinkPointer = packing.code({ kind: 'vmwrite', field: 'linkPointer', value: 1 });
    this.noHostCode = packing.code({ kind: 'vmwriteHost', field: 'hostCsSelector', value: 2 });
    this.noLength = packing.code({ kind: 'vmwriteControl', field: 'entryLength', value: 0 });
    this.run = kinds.map((kind) => {
      const radices = Object.values(alphabet[kind].args).map(({ values }) => values.length);
      return radices.length > 1 ? radices.at(-1)! : radices.reduce((product, radix) => product * radix, 1);
    });
  }

  reset(config: AnyConfiguration): void {
    this.outlook.reset(config as unknown as Vmcs12Configuration);
    this.chosen = -1;
    this.spoilers = [];
    this.wishes = undefined;
  }

  weigh(weights: Float64Array): void {
    const { outlook, weighs } = this;
    for (let kind = 0; kind < weights.length; kind++) {
      if (weights[kind]! > 0) weights[kind]! *= weighs[kind]!(outlook);
    }
    if (outlook.runsL2 || this.wishes === undefined) return;
    const longed = this.wishes.find(([wish]) => isOpen(outlook, wish));
    if (longed !== undefined) weights[longed[1]]! *= longing;
  }

  choose(kind: number, random: (n: number) => number): number {
    this.wishes ??= draftOf(random).map((wish) => {
      const code = this.packing.code(wish);
      return [wish, this.packing.kind[code]!, code] as const;
    });
    const { first } = this.packing;
    const count = first[kind + 1]! - first[kind]!;
    if (count === 1 || this.isOfL0[kind]) return first[kind]! + random(count);
    const writes = isWrite[this.packing.kinds[kind]!] === true && !this.outlook.runsL2;
    // What fails for one reason may fail for another as well.
    const bold = !writes || random(ranks[this.outlook.entry] === ranks.fails ? 2 : boldly) === 0;
    const least = bold ? 0 : random(2) === 0 ? 2 : Math.max(2, ranks[this.outlook.entry]);
    const special = this.special(kind);
    if (special !== undefined && random(3) === 0) return special;
    const wished = writes && random(4) > 0 ? this.wished(kind) : undefined;
    if (wished !== undefined) return wished;
    for (let tries = patience; ; tries--) {
      const code = this.repair(kind, random) ?? this.draw(kind, count, random);
      if (tries === 0) return code;
      this.look(code);
      if (this.next === undefined) continue;
      if (bold || ranks[entryFrom(this.next)] >= least) return code;
    }
  }

  follow(code: number): void {
    const kind = this.packing.kind[code]!;
    if (this.isOfL0[kind]) return;
    this.look(code);
    this.chosen = -1;
    const { next, outlook } = this;
    if (next === undefined) return;
    if (isWrite[this.packing.kinds[kind]!]) {
      const before = ranks[outlook.entry];
      outlook.state = next;
      const after = ranks[outlook.entry];
      if (after < before) this.spoilers.push(code);
      else if (after > before) this.spoilers.pop();
    } else {
      outlook.state = next;
    }
  }

  /** What chance hardly comes to: a length that not every processor takes; a second reason for which an entry fails. */
  private special(kind: number): number | undefined {
    if (kind === this.packing.kind[this.noLength] && this.injectsSoftware) return this.noLength;
    const { entry } = this.outlook;
    if (entry === 'failsLate' && kind === this.packing.kind[this.noLinkPointer]) return this.noLinkPointer;
    return entry === 'fails' && kind === this.packing.kind[this.noHostCode] ? this.noHostCode : undefined;
  }

  /** A software event is to be injected: its length can be one that not every processor takes. */
  private get injectsSoftware(): boolean {
    const information = this.outlook.field('entryInterruption');
    return information >>> 31 === 1 && ((information >>> 8) & 4) !== 0 && this.outlook.field('entryLength') !== 0;
  }

  /** What the theme asks for next, where it is of this kind. */
  private wished(kind: number): number | undefined {
    const next = this.wishes?.find(([wish]) => isOpen(this.outlook, wish));
    return next?.[1] === kind ? next[2] : undefined;
  }

  /** Another value of what made the entry impossible. */
  private repair(kind: number, random: (n: number) => number): number | undefined {
    const spoiler = this.spoilers.findLast((code) => this.packing.kind[code] === kind);
    if (spoiler === undefined || this.outlook.entry === 'enters' || random(3) === 0) return undefined;
    const from = this.packing.first[kind]!;
    const run = this.run[kind]!;
    return spoiler - ((spoiler - from) % run) + random(run);
  }

  private draw(kind: number, count: number, random: (n: number) => number): number {
    const code = this.packing.first[kind]! + random(count);
    const event = this.packing.events[code] as Vmcs12Event;
    // Hardly any entry is to fail for what the instruction is, and hardly a bit to be what it is already.
    if (event.kind === 'enter' && event.by !== 'right' && random(4) > 0) return this.draw(kind, count, random);
    if ((event.kind === 'control' || event.kind === 'controlOptional') && random(4) > 0) {
      // "on" comes first of the two.
      return this.outlook.has(event.bit) === event.on ? code + (event.on ? 1 : -1) : code;
    }
    return code;
  }

  private look(code: number): void {
    if (this.chosen === code) return;
    this.chosen = code;
    this.next = stepped(this.outlook.state, this.packing.events[code] as Vmcs12Event);
  }
}
