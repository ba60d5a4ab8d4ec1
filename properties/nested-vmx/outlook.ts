import { Skip, type Model } from '../../spec/contract.ts';
import type { NestedVmxEvent } from '../../spec/nested-vmx/alphabet.ts';
import type { NestedVmxConfiguration } from '../../spec/nested-vmx/configuration.ts';
import { observation } from '../../spec/nested-vmx/observation.ts';
import { handlerEntry } from '../../spec/nested-vmx/universe.ts';
import { activityStates } from '../../spec/vmx/guest-non-register-state.ts';
import { NestedVmxModel } from '../../model/nested-vmx/index.ts';
import { controlBit, holdsOff, isOpen, levelBits, pendingBits, vmcsBits } from './bits.ts';
import { entryOutcome, type EntryOutcome } from './entry-outcome.ts';
import { classOf, highest } from './sighted.ts';

type AnyModel = Model<NestedVmxConfiguration, NestedVmxEvent, unknown>;

const model = new NestedVmxModel() as unknown as AnyModel;

const sections = Object.keys(observation);
const sectionOf = (name: keyof typeof observation): number => sections.indexOf(name);
const at = {
  entry: sectionOf('entry'),
  delivery: sectionOf('delivery'),
  exit: sectionOf('exit'),
  apic: sectionOf('apic'),
  levels: sectionOf('levels'),
  vmcs: sectionOf('vmcs'),
  pending: sectionOf('pending'),
  virtualApic: sectionOf('virtualApic'),
} as const;

/** A level as the guide knows it. */
interface LevelOutlook {
  flags: number;
  activity: number;
  position: number;
  frames: number;
}

/**
 * The machine without L0 beside a sequence, read by its views: what the guide and the variants of equivalences need to
 * know of the state. Events of L0 change none of it.
 */
export class Outlook {
  config: NestedVmxConfiguration;
  readonly l1: LevelOutlook = { flags: 0, activity: 0, position: 0, frames: 0 };
  readonly l2: LevelOutlook = { flags: 0, activity: 0, position: 0, frames: 0 };
  runsL2 = false;
  irr = 0;
  isr = 0;
  tpr = 0;
  controls = 0;
  information = 0;
  expired = false;
  idt = true;
  pending = 0;
  virr = 0;
  visr = 0;
  pir = 0;
  on = false;
  recognized = false;
  /** What the next boundary of each level would do, if that level ran. */
  l1Acts = false;
  l2Acts = false;
  /** The 8259 asserts, or the local APIC has a deliverable vector. */
  source = false;
  /** Profile `hardware`: a stimulus can come now. */
  quiet = true;
  entry: EntryOutcome = 'enters';
  private state: unknown;
  private readonly parts: (object | undefined)[] = [];
  private readonly words: (readonly number[])[] = [];

  constructor(config: NestedVmxConfiguration) {
    this.config = config;
    this.reset(config);
  }

  reset(config: NestedVmxConfiguration): void {
    const { profile } = config;
    this.config = config;
    this.state = model.initial({ ...config, profile: profile === 'nested' ? 'bare' : profile, l0Apicv: false });
    this.survey();
  }

  /** Plays an event of L1, L2 or outside; `false` if it is skipped. */
  play(event: NestedVmxEvent): boolean {
    const next = model.step(this.state, event);
    if (next instanceof Skip) return false;
    this.state = next;
    this.survey();
    return true;
  }

  /** A word of what the last event did, or of the state. */
  word(section: 'entry' | 'delivery' | 'exit', field: string): number {
    const { fields } = observation[section];
    return this.read(at[section], 0)[Object.keys(fields).indexOf(field)]!;
  }

  has(control: Parameters<typeof controlBit>[0]): boolean {
    return (this.controls & controlBit(control)) !== 0;
  }

  private read(section: number, index: number): readonly number[] {
    const view = model.views[section]!;
    const place = section * 2 + index;
    const part = view.part(this.state, index);
    if (this.parts[place] !== part) {
      this.parts[place] = part;
      this.words[place] = view.words(part);
    }
    return this.words[place]!;
  }

  private survey(): void {
    const apic = this.read(at.apic, 0);
    this.irr = apic[0]!;
    this.isr = apic[1]!;
    this.tpr = apic[3]!;
    for (const index of [0, 1] as const) {
      const words = this.read(at.levels, index);
      const level = index === 0 ? this.l1 : this.l2;
      level.flags = words[0]!;
      level.activity = words[1]!;
      level.position = words[2]!;
      level.frames = words[3]!;
    }
    this.runsL2 = (this.l2.flags & levelBits.runs) !== 0;
    const vmcs = this.read(at.vmcs, 0);
    this.controls = vmcs[0]!;
    this.information = vmcs[1]!;
    this.expired = (vmcs[2]! & vmcsBits.expired) !== 0;
    this.idt = (vmcs[2]! & vmcsBits.idt) !== 0;
    this.pending = this.read(at.pending, 0)[0]!;
    if (this.config.apicVirtualization !== 'none') {
      const words = this.read(at.virtualApic, 0);
      this.virr = words[0]!;
      this.visr = words[1]!;
      this.pir = words[5]!;
      this.on = (words[6]! & 1) !== 0;
      this.recognized = (words[6]! & 2) !== 0;
    } else {
      this.virr = this.visr = this.pir = 0;
      this.on = this.recognized = false;
    }
    this.derive();
  }

  private derive(): void {
    const { l1, l2, pending, config } = this;
    const ppr = Math.max(classOf(this.tpr), classOf(highest(this.isr)));
    this.source = (pending & pendingBits.pic) !== 0 || classOf(highest(this.irr)) > ppr;
    const blocksNmi = (flags: number): boolean =>
      (flags & levelBits.movss) !== 0 || (config.stiBlocksNmi && (flags & levelBits.sti) !== 0);
    const nmi = (pending & pendingBits.nmi) !== 0 && (l1.flags & levelBits.nmi) === 0;
    this.l1Acts = (nmi && !blocksNmi(l1.flags)) || (this.source && isOpen(l1.flags));
    this.l2Acts = this.runsL2 && this.actsInL2(nmi, blocksNmi(l2.flags));
    this.entry = entryOutcome(this);
    this.quiet =
      !this.runsL2 ||
      (l2.activity === 0 &&
        (l2.flags & (levelBits.sti | levelBits.movss)) === 0 &&
        l2.position < handlerEntry &&
        !this.has('monitorTrapFlag') &&
        !this.l2Acts);
  }

  private actsInL2(nmi: boolean, blocksNmi: boolean): boolean {
    const { pending, config } = this;
    const { flags, activity } = this.l2;
    if (activity === activityStates.waitForSipi) return (pending & pendingBits.sipi) !== 0;
    if (pending & (pendingBits.init | pendingBits.timer)) return true;
    if (this.has('nmiWindow') && (flags & levelBits.nmi) === 0 && !blocksNmi) return true;
    if (nmi && !(this.has('nmiExiting') ? holdsOff(config.blocksNmiExit, flags) : blocksNmi)) return true;
    if (activity === activityStates.shutdown) return false;
    const open = isOpen(flags);
    if (pending & pendingBits.mtf || (open && (this.has('interruptWindow') || this.recognized))) return true;
    if (!this.source) return false;
    return this.has('externalInterruptExiting') ? !holdsOff(config.blocksInterruptExit, flags) : open;
  }
}
