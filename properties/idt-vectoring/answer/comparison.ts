import type { AnyConfiguration } from '../../../spec/alphabet.ts';
import type { WordImplementation } from '../../../spec/contract.ts';
import { alphabet, type IdtVectoringEvent } from '../../../spec/idt-vectoring/alphabet.ts';
import { instructions } from '../../../spec/idt-vectoring/universe.ts';
import { pack } from '../../../spec/packing.ts';
import { attribute, type Attribution } from './attribution.ts';
import { heldAfter, nothingHeld, readCut, type Cut, type Held } from './cut.ts';
import { Deliveries } from './deliveries.ts';
import { note, noteBefore, undisturbed, type Disturbances } from './window.ts';
import { places } from './words.ts';

/** The packed form of the alphabet. */
export const packing = pack<IdtVectoringEvent>(alphabet);

/** A policy that is compared with injecting again. */
export type Policy = 'drop' | 'drop-exceptions';

/** Instructions that raise their exception for as long as its cause is there. */
const canLoseCause: ReadonlySet<string> = new Set(['fault', 'movs', 'codeBreakpoint', 'iret']);

/** One event that was cut short, and whether the guest can tell what became of it. */
export interface Judged extends Attribution {
  /** The policy injects the event again. */
  readonly isKept: boolean;
  differs: boolean;
}

const unclear: Attribution = { name: 'unclear', broken: '' };

/** What follows a sequence, until what was cut short has come back, or has not: entries, then instructions. */
const enter = packing.code({ kind: 'enter' });
const nop = packing.code({ kind: 'nop' });
const mostEntries = 8;
const mostInstructions = 4;

const isInstruction = Uint8Array.from(packing.kinds, (name) =>
  Number((instructions as readonly string[]).includes(name)),
);
const actors = packing.kinds.map((name) => alphabet[name as keyof typeof alphabet].by);
const isOfTables = Uint8Array.from(actors, (by) => Number(by === 'tables'));
const isOfHypervisor = Uint8Array.from(actors, (by) => Number(by === 'hypervisor'));

/** A cut that was not compared yet. */
interface Open {
  readonly cut: Cut;
  readonly found: Disturbances;
}

/**
 * Plays sequences under a policy and under `reinject`, and compares what the guest can find out: the handlers that were
 * reached, with their frames, CR2 and DR6, since the last comparison; and its registers, what is pending and where its
 * program stands. Compared is after each instruction, when the guest is inside under both policies.
 */
export class Comparison {
  /** The cuts of the sequence that was played last, in order; at most the last one differs. */
  readonly judged: Judged[] = [];
  /** Events that were added to bring the guest back. */
  readonly added: number[] = [];
  /** Events of the sequence that were compared: the rest is not one that a guest could go through under both. */
  length = 0;
  /** Whether the last event of the sequence was skipped under both. */
  isLastSkipped = false;
  private readonly policy: Policy;
  private readonly normative: WordImplementation;
  private readonly other: WordImplementation;
  private readonly reached = new Deliveries();
  private readonly reachedByOther = new Deliveries();
  private before = new Uint32Array(0);
  private config: AnyConfiguration = {};
  private open: Open | undefined;
  private held: Held = nothingHeld;
  /** Several exits in one event: a cut may be among them that the words do not show. */
  private mayHaveMissed = false;

  constructor(policy: Policy, make: () => WordImplementation) {
    this.policy = policy;
    this.normative = make();
    this.other = make();
  }

  /** Plays the first `length` events; whether the guest can tell the policies apart. */
  play(config: AnyConfiguration, codes: ArrayLike<number>, length = codes.length): boolean {
    this.length = length;
    for (;;) {
      const playable = this.run(config, codes, this.length);
      if (playable === this.length) break;
      this.length = playable;
    }
    return this.judged.at(-1)?.differs === true;
  }

  /** The number of events that could be played. */
  private run(config: AnyConfiguration, codes: ArrayLike<number>, length: number): number {
    const { normative, other } = this;
    normative.reset(configFor(config, 'reinject'));
    this.config = configFor(config, this.policy);
    other.reset(this.config);
    if (this.before.length !== other.words.length) this.before = new Uint32Array(other.words.length);
    this.judged.length = 0;
    this.reached.clear();
    this.reachedByOther.clear();
    this.open = undefined;
    this.held = nothingHeld;
    this.mayHaveMissed = false;
    this.isLastSkipped = false;
    this.added.length = 0;
    for (let i = 0; i < length; i++) {
      const code = codes[i]!;
      const kind = packing.kind[code]!;
      // The guest's own software cannot do anything before the instruction that it stands at.
      if (this.open !== undefined && isOfTables[kind] === 1) return i;
      this.before.set(other.words);
      const played = normative.step(code);
      const playedByOther = other.step(code);
      if (played !== playedByOther && isOfHypervisor[kind] === 0) return i;
      this.isLastSkipped = !played && !playedByOther;
      if (this.isLastSkipped) continue;
      const seen = this.follow(kind, played, playedByOther);
      // It was the guest's own software here too, though the cut was a part of the same event.
      if (seen === 'unplayable') return i;
      if (seen === 'differs') {
        this.length = i + 1;
        return i + 1;
      }
    }
    this.drain();
    return length;
  }

  /** Brings the guest back, entry by entry, so that nothing that is cut short is missed. */
  private drain(): void {
    const { normative, other, added } = this;
    const add = (code: number): boolean => {
      added.push(code);
      this.before.set(other.words);
      const played = normative.step(code);
      const playedByOther = other.step(code);
      return this.follow(packing.kind[code]!, played, playedByOther) === 'differs';
    };
    const isOutside = (): boolean => (normative.words[places.outside]! | other.words[places.outside]!) !== 0;
    for (let entries = 0; isOutside() && entries < mostEntries; entries++) add(enter);
    for (let n = 0; this.open !== undefined && n < mostInstructions; n++) if (add(nop)) return;
    if (this.open !== undefined) this.close(true);
  }

  /** Takes in what an event did. */
  private follow(kind: number, played: boolean, playedByOther: boolean): 'same' | 'differs' | 'unplayable' {
    const { words } = this.other;
    // An event of the hypervisor's that is skipped tells nothing.
    if (played) this.reached.take(this.normative.words);
    if (!playedByOther) return 'same';
    this.reachedByOther.take(words);
    const name = packing.kinds[kind]!;
    const wasOpen = this.open !== undefined;
    const isAtInstruction = isInstruction[kind] === 1;
    const isOutside = words[places.outside] !== 0;
    if (!wasOpen) this.look(name);
    else if (this.isCutAnew(name)) this.open!.found.another = true;
    if (wasOpen && !isAtInstruction) note(name, words, this.open!.found);
    this.held = heldAfter(name, this.before, words, this.held);
    if (this.open === undefined && words[places.exits]! > 1) this.mayHaveMissed = true;
    if (this.open !== undefined && !wasOpen) {
      if (this.isSameState()) {
        this.close(false);
        return 'same';
      }
      if (isOfTables[kind] === 1) return 'unplayable';
    }
    if (!isAtInstruction || !this.isToBeCompared) return 'same';
    if (isOutside !== (this.normative.words[places.outside] !== 0)) return 'same';
    // A cut that has just opened is compared when the guest is back.
    if (isOutside && !wasOpen) return 'same';
    const isSame = this.isSame();
    if (isOutside) {
      // Cut short anew: the one before is done with if nothing tells them apart, and not judged yet if something does.
      if (isSame) {
        this.close(false);
        this.look(name);
        if (this.open !== undefined && this.isSameState()) this.close(false);
      }
      return 'same';
    }
    if (this.open !== undefined) this.close(!isSame);
    else if (!isSame) this.blame();
    return isSame ? 'same' : 'differs';
  }

  /** Whether anything was cut short that may tell the policies apart. */
  private get isToBeCompared(): boolean {
    return this.open !== undefined || this.judged.length > 0 || this.mayHaveMissed;
  }

  /** Whether another event than the one that is not compared yet is cut short, or may be. */
  private isCutAnew(name: string): boolean {
    const { words } = this.other;
    if (words[places.exits]! > 1) return true;
    const cut = readCut(name, this.before, words, this.config, this.held);
    const first = this.open!.cut;
    if (cut === undefined) return false;
    return cut.isUnclear || cut.type !== first.type || cut.vector !== first.vector || cut.outcome !== first.outcome;
  }

  /** A difference that shows after all cuts that were seen had been compared. */
  private blame(): void {
    if (this.mayHaveMissed) this.judged.push({ ...unclear, isKept: false, differs: true });
    else this.judged.at(-1)!.differs = true;
  }

  private look(name: string): void {
    const cut = readCut(name, this.before, this.other.words, this.config, this.held);
    if (cut === undefined || cut.outcome === 'client') return;
    const found = undisturbed();
    // An exception that exits and is given back may lose its cause before its delivery is cut short.
    found.cure = cut.isRaisedByInstruction && canLoseCause.has(cut.instruction!) && !cut.hasCause;
    noteBefore(this.before, found);
    if (this.other.words[places.outside] !== 0) note(name, this.other.words, found);
    this.open = { cut, found };
  }

  private close(differs: boolean): void {
    const { cut, found } = this.open!;
    // What was missed before is to blame as well.
    const { name, broken } = differs && this.mayHaveMissed ? unclear : attribute(cut, found);
    this.judged.push({ name, broken, isKept: cut.outcome === 'kept', differs });
    this.open = undefined;
  }

  /** Whether both are in the same state: no difference can come of it. */
  private isSameState(): boolean {
    const a = this.normative.words;
    const b = this.other.words;
    for (let i = 0; i < a.length; i++) if (a[i] !== b[i]) return false;
    return this.isSame();
  }

  private isSame(): boolean {
    const a = this.normative.words;
    const b = this.other.words;
    for (let i = places.guest; i < places.guestEnd; i++) if (a[i] !== b[i]) return false;
    const isSame = this.reached.equals(this.reachedByOther);
    if (isSame) {
      this.reached.clear();
      this.reachedByOther.clear();
      // Obstacles that are left under one of them alone make another difference later.
      this.mayHaveMissed = a[places.obstacles] !== b[places.obstacles];
    }
    return isSame;
  }
}

const known = new WeakMap<AnyConfiguration, Map<string, AnyConfiguration>>();

/** The same configuration with another policy: one object per configuration object. */
export function configFor(config: AnyConfiguration, profile: string): AnyConfiguration {
  let byProfile = known.get(config);
  if (byProfile === undefined) known.set(config, (byProfile = new Map<string, AnyConfiguration>()));
  let found = byProfile.get(profile);
  if (found === undefined) byProfile.set(profile, (found = Object.freeze({ ...config, profile })));
  return found;
}
