import type { Vmcs12Event } from '../../../spec/vmcs12/alphabet.ts';
import { activityStates } from '../../../spec/vmx/guest-non-register-state.ts';
import { bits } from '../../../model/vmcs12/index.ts';
import type { EntryOutcome, Outlook } from '../outlook.ts';

/** What an event is worth now, as a factor to its weight. */
export type Weigh = (o: Outlook) => number;

/** The factor of an event that is skipped now. */
const hardly = 0.005;

const when = (condition: boolean, factor: number): number => (condition ? factor : hardly);

const { tf } = bits.rflags;

/** An entry that fails is worth one look; L1 puts it right behind it. */
const worth: Readonly<Record<EntryOutcome, number>> = {
  enters: 1.5,
  exitsAtOnce: 1,
  failsLate: 1,
  fails: 0.5,
  open: 0.05,
};

/** L1 without a VMCS does little but take one. */
const l1 =
  (factor: Weigh): Weigh =>
  (o) =>
    o.runsL2 ? hardly : factor(o) * (o.current < 0 ? 0.1 : 1);

/** What makes an entry possible again is worth more where none is. */
const write = (factor: number): Weigh => l1((o) => factor * (o.entry === 'enters' ? 1 : 2));

const l2 =
  (factor: Weigh): Weigh =>
  (o) =>
    o.runsL2 && o.isActive ? factor(o) : hardly;

const anyTime = (factor: number): Weigh => l2(() => factor);

/** An exit of any kind in the shadow of MOV SS, while a debug trap is held back. */
const exit = (factor: number): Weigh => l2((o) => (o.state.l2.pendingDebug === 0 ? factor : 5 * factor));

const isTrapping = ({ state: { l2: guest } }: Outlook): boolean => (guest.rflags & tf) !== 0;
const shadowed = ({ state: { l2: guest } }: Outlook): boolean => guest.shadow !== 0;
const waitsForSipi = ({ state: { l2: guest } }: Outlook): boolean => guest.activity === activityStates.waitForSipi;

/** From outside: all that comes where L2 executes no instructions. */
const outside =
  (factor: Weigh): Weigh =>
  (o) =>
    o.runsL2 ? factor(o) * (o.isActive ? 1 : 4) : hardly;

/** An entry exits at once, unless something is delivered before. */
const timerIsOut = (o: Outlook): boolean => o.has('preemptionTimer') && o.field('timerValue') === 0;

/** An event to inject, where none is yet. */
const injection = l1((o) => {
  if (o.field('entryInterruption') >>> 31) return timerIsOut(o) ? hardly : 0.3;
  if (o.field('pendingDebug') !== 0) return hardly;
  return timerIsOut(o) ? 6 : 1;
});

/** The factor of every kind of event. */
export const factors: Readonly<Record<Vmcs12Event['kind'], Weigh>> = {
  vmread: l1(() => 0.7),
  vmwrite: write(1),
  vmwriteOptional: write(1),
  vmwriteControl: write(1),
  vmwriteHost: write(0.7),
  vmwriteExit: l1(() => 0.7),
  control: write(1),
  controlOptional: write(1),
  msrBitmap: l1((o) => (o.has('msrBitmaps') ? 1 : 0.2)),
  msrBitmapOptional: l1((o) => (o.has('msrBitmaps') ? 1 : 0.2)),
  inject: injection,
  obstruct: l1((o) => (o.state.memory.obstacle === 'none' ? (o.field('entryInterruption') >>> 31 ? 3 : 1) : 0.1)),
  obstructOptional: l1((o) => (o.state.memory.obstacle === 'none' ? 1 : 0.1)),
  vmclear: l1(() => 0.6),
  vmptrld: (o) => (o.runsL2 ? hardly : o.current < 0 ? 30 : 0.6),
  enter: l1((o) => worth[o.entry]),
  set: l1(() => 1),
  setOptional: l1(() => 1),
  nop: l2((o) => (shadowed(o) ? 2 : 0.5)),
  movCr0: anyTime(1),
  movCr3: anyTime(1),
  movCr4: anyTime(1),
  clts: anyTime(1),
  lmsw: anyTime(1),
  movDr7: anyTime(1),
  wrmsr: anyTime(1),
  wrmsrOptional: anyTime(1),
  rdmsr: anyTime(0.5),
  loadSegment: l2((o) => (isTrapping(o) ? 8 : 1)),
  farJump: anyTime(1),
  lgdt: anyTime(1),
  lidt: anyTime(1),
  movRsp: anyTime(1),
  sti: l2((o) => when(!shadowed(o) && !o.has('nmiWindowExiting'), 1)),
  cli: anyTime(1),
  popf: l2((o) => (isTrapping(o) ? 0.3 : o.has('monitorTrapFlag') || o.has('tprShadow') ? 5 : 2)),
  vmfunc: l2((o) => when(o.has('vmFunctions') && o.has('eptpSwitching') && o.has('ept'), 8)),
  dirty: l2((o) => (o.has('pml') ? 4 : 0.1)),
  selfIpi: l2((o) => when(o.has('virtualInterruptDelivery'), 6)),
  vmcall: exit(0.7),
  cpuid: exit(1),
  hlt: l2((o) => (o.has('hltExiting') || !isTrapping(o) ? 0.8 : hardly)),
  out: l2((o) => (o.has('unconditionalIoExiting') ? 2 : 0.5)),
  outs: l2((o) => (o.has('unconditionalIoExiting') ? 2 : 0.5)),
  int3: anyTime(1),
  int1: l2((o) => when(o.state.l2.pendingDebug === 0, 1)),
  intN: anyTime(1),
  iret: l2((o) => (o.state.l2.nmiBlocking ? 4 : 0.7)),
  fault: anyTime(1),
  tripleFault: l2((o) => when(!shadowed(o), 0.5)),
  access: l2((o) => when(o.has('ept'), 0.8)),
  taskSwitch: l2((o) => when(!o.isLongMode, 0.8)),
  movCr8: l2((o) => when(o.has('tprShadow') && !o.has('virtualInterruptDelivery') && o.field('tprThreshold') > 0, 6)),
  eoi: l2((o) => when(o.has('virtualInterruptDelivery'), isTrapping(o) ? 12 : 5)),
  apicWrite: l2((o) => when(o.has('apicAccesses'), isTrapping(o) ? 10 : 3)),
  interrupt: outside((o) => when(!shadowed(o) && o.state.l2.activity < activityStates.shutdown, 0.7)),
  nmi: outside((o) => when(!shadowed(o) && !waitsForSipi(o), 0.7)),
  init: outside((o) => when(!waitsForSipi(o), 0.5)),
  sipi: outside((o) => (waitsForSipi(o) ? 8 : 0.2)),
  tick: outside((o) => when(o.has('preemptionTimer') && !waitsForSipi(o), 3)),
  hostExit: (o) => (o.runsL2 ? 1 : hardly),
  hostObstruct: (o) => (o.runsL2 ? 0.7 : 0.3),
};
