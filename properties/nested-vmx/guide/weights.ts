import type { NestedVmxEvent } from '../../../spec/nested-vmx/alphabet.ts';
import { activityStates } from '../../../spec/vmx/guest-non-register-state.ts';
import { levelBits, pendingBits } from '../bits.ts';
import type { Outlook } from '../outlook.ts';

/** What an event is worth now, as a factor to its weight. */
export type Weigh = (o: Outlook) => number;

/** The factor of an event that is skipped now. */
const hardly = 0.01;

const when = (condition: unknown, factor: number): number => (condition ? factor : hardly);

/** A stimulus: more of them where one waits already and two would meet at one boundary. */
const stimulus =
  (factor: number): Weigh =>
  (o) => {
    if (o.config.profile === 'hardware' && !o.quiet) return hardly;
    // Nothing is taken by a level that cannot go on: then others come too.
    return o.runsL2 ? factor * (o.source || (o.pending & pendingBits.nmi) !== 0 ? 1.4 : 1) : factor * 0.5;
  };

const l1 =
  (factor: (o: Outlook) => number): Weigh =>
  (o) =>
    when(!o.runsL2 && o.l1.activity === activityStates.active, 1) * factor(o);

const l2 =
  (factor: (o: Outlook) => number): Weigh =>
  (o) =>
    when(o.runsL2 && o.l2.activity === activityStates.active, 1) * factor(o);

/**
 * Where nothing can come while L2 is not active, it is a dead end to be so, unless something waits already. Elsewhere
 * the factor is 1.
 */
function returns(o: Outlook, to = o.l2.activity): number {
  const { config, source, pending, expired } = o;
  if (config.profile !== 'hardware' || to === activityStates.active) return 1;
  if (to === activityStates.waitForSipi) return hardly;
  const window = o.has('nmiWindow') || o.has('interruptWindow');
  const wakes =
    (pending & (pendingBits.nmi | pendingBits.init)) !== 0 || (expired && o.has('preemptionTimer')) || window;
  return wakes || (source && to === activityStates.hlt) ? 1 : hardly;
}

/** Several instructions on a real machine. */
const longOnHardware = (o: Outlook, factor: number): number => {
  const { profile } = o.config;
  if (profile !== 'hardware') return factor;
  return when((o.l2.flags & (levelBits.sti | levelBits.movss)) === 0 && !o.has('monitorTrapFlag'), factor);
};

const waits = (o: Outlook, acts: boolean): number =>
  o.config.profile === 'hardware' ? when(acts, 2) : acts ? 2.5 : 0.8;

const always: Weigh = () => 1;

/** The factor of every kind of event. */
export const factors: Readonly<Record<NestedVmxEvent['kind'], Weigh>> = {
  interrupt: stimulus(1),
  line: stimulus(1),
  pic: stimulus(1),
  nmi: (o) => stimulus(o.pending & pendingBits.nmi ? 0.3 : 1)(o),
  init: (o) => stimulus(o.pending & pendingBits.init ? 0.2 : 0.8)(o),
  sipi: (o) => stimulus(o.runsL2 && o.l2.activity === activityStates.waitForSipi ? 5 : 0.4)(o),
  timerExpiry: (o) =>
    when(o.runsL2 && o.has('preemptionTimer') && !(o.pending & pendingBits.timer), 4) * Math.min(1, stimulus(1)(o)),
  post: (o) => when(o.config.apicVirtualization === 'posted', 1) * Math.min(1, stimulus(1)(o)),
  l1Nop: l1((o) => (o.l1Acts ? 2 : 0.6)),
  l1Sti: l1((o) => (o.l1.flags & levelBits.if ? 0.2 : o.source ? 2 : 0.6)),
  l1Cli: l1((o) => (o.l1.flags & levelBits.if ? 0.8 : 0.1)),
  l1MovSs: l1((o) => when(!(o.l1.flags & levelBits.movss), 1)),
  l1Hlt: l1(always),
  l1Wait: (o) => when(!o.runsL2 && o.l1.activity !== activityStates.active, 1) * waits(o, o.l1Acts) * 8,
  l1Iret: l1((o) => (o.l1.frames > 0 || o.l1.flags & levelBits.nmi ? 1 : 0.1)),
  l1Eoi: l1((o) => (o.isr !== 0 ? 1.5 : 0.05)),
  l1Tpr: l1(always),
  l1Control: l1(() => 0.6),
  l1Inject: l1((o) => (o.information >>> 31 ? 0.3 : 1)),
  l1GuestInterrupts: l1(() => 0.8),
  l1GuestBlocking: l1(() => 0.8),
  l1GuestNmiBlocking: l1(() => 0.8),
  l1GuestActivity: l1((o) => (o.l2.activity === activityStates.active ? 0.5 : 0.8)),
  l1Timer: l1((o) => when(o.has('preemptionTimer'), o.expired ? 2 : 1)),
  l1Idt: l1((o) => (o.idt ? 0.5 : 0.8)),
  l1Pend: l1((o) => when(o.config.apicVirtualization !== 'none', o.has('virtualInterruptDelivery') ? 1.5 : 0.3)),
  l1Enter: l1((o) => (o.entry === 'enters' ? 1.3 * returns(o) : o.l1Acts ? 0.5 : 0.15)),
  l2Nop: l2((o) => (o.l2Acts ? 1.5 : 0.7)),
  l2Sti: l2((o) => (o.l2.flags & levelBits.if ? 0.2 : 1)),
  l2Cli: l2((o) => (o.l2.flags & levelBits.if ? 0.8 : 0.1)),
  l2MovSs: l2((o) => when(!(o.l2.flags & levelBits.movss), 1)),
  l2Hlt: l2((o) => (o.has('hltExiting') ? 1 : returns(o, activityStates.hlt))),
  l2Wait: (o) => when(o.runsL2 && o.l2.activity !== activityStates.active, 1) * waits(o, o.l2Acts) * 2,
  l2Iret: l2((o) => longOnHardware(o, o.l2.frames > 0 || o.l2.flags & levelBits.nmi ? 1 : 0.1)),
  l2Vmcall: l2(() => 0.5),
  l2InvalidOpcode: l2(() => 0.6),
  l2Read: l2(() => 0.4),
  l2Eoi: l2((o) => longOnHardware(o, o.has('apicAccess') ? (o.isr !== 0 || o.visr !== 0 ? 1.5 : 0.3) : 0.1)),
  l2Tpr: l2((o) => longOnHardware(o, o.has('apicAccess') ? 1 : 0.15)),
  hostExit: always,
  hostLook: always,
  hostTrap: always,
  hostWindow: always,
  hostMigrate: always,
  hostSaveRestore: always,
};
