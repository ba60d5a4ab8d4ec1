import type { NestedVmxEvent } from '../../../spec/nested-vmx/alphabet.ts';
import { exitReasons } from '../../../spec/vmx/exit-reasons.ts';
import { activityStates } from '../../../spec/vmx/guest-non-register-state.ts';
import { eventTypes } from '../../../spec/vmx/interruption-information.ts';
import { holdsOff, isOpen, levelBits, pendingBits } from '../bits.ts';
import { law, Watch, type ClauseName, type Wrong } from '../law.ts';
import { classOf, highest, typeOf, type Sighted } from '../sighted.ts';

/** What can happen at a boundary of L2, from the highest rank to the lowest. */
const ranks = [
  'SIPI',
  'INIT',
  'the MTF exit',
  'the timer',
  'the NMI window',
  'the NMI',
  'the interrupt window',
  'the virtual interrupt',
  'the interrupt',
] as const;
type Rank = (typeof ranks)[number];

/** The clause that says what a rank goes before. */
const goesFirst: Readonly<Record<Rank, ClauseName>> = {
  SIPI: 'sipi-exits-in-wait-for-sipi',
  INIT: 'init-goes-before-the-rest',
  'the MTF exit': 'mtf-goes-before-timer-and-interrupts',
  'the timer': 'timer-goes-before-windows-and-interrupts',
  'the NMI window': 'nmi-window-goes-before-the-nmi',
  'the NMI': 'nmi-goes-before-interrupts',
  'the interrupt window': 'window-goes-before-interrupt',
  'the virtual interrupt': 'virtual-interrupt-goes-before-exit',
  'the interrupt': 'one-action-at-a-boundary',
};

/** Which ranks wait at a boundary of L2 and are not held off, in their order. */
function waiting(sight: Sighted): readonly Rank[] {
  const { config, before } = sight;
  const { l1, l2, pending, irr, isr, tpr } = before;
  const { flags, activity } = l2;
  const { active, hlt, waitForSipi } = activityStates;
  if (activity === waitForSipi) return pending & pendingBits.sipi ? ['SIPI'] : [];
  const awake = activity === active || activity === hlt;
  const open = isOpen(flags);
  const blocksNmi = (flags & levelBits.movss) !== 0 || (config.stiBlocksNmi && (flags & levelBits.sti) !== 0);
  const blocksNmiHere = sight.has('nmiExiting') ? holdsOff(config.blocksNmiExit, flags) : blocksNmi;
  const deliverable = classOf(highest(irr)) > Math.max(classOf(tpr), classOf(highest(isr)));
  const source = (pending & pendingBits.pic) !== 0 || deliverable;
  const exiting = sight.has('externalInterruptExiting');
  const waits: Readonly<Record<Rank, boolean>> = {
    SIPI: false,
    INIT: (pending & pendingBits.init) !== 0,
    'the MTF exit': awake && (pending & pendingBits.mtf) !== 0,
    'the timer': (pending & pendingBits.timer) !== 0,
    'the NMI window': sight.has('nmiWindow') && (flags & levelBits.nmi) === 0 && !blocksNmi,
    'the NMI': (pending & pendingBits.nmi) !== 0 && (l1.flags & levelBits.nmi) === 0 && !blocksNmiHere,
    'the interrupt window': awake && sight.has('interruptWindow') && open,
    'the virtual interrupt': awake && before.recognized && open,
    'the interrupt': awake && source && (exiting ? !holdsOff(config.blocksInterruptExit, flags) : open),
  };
  return ranks.filter((rank) => waits[rank]);
}

const byReason: ReadonlyMap<number, Rank> = new Map<number, Rank>([
  [exitReasons.sipi, 'SIPI'],
  [exitReasons.init, 'INIT'],
  [exitReasons.monitorTrapFlag, 'the MTF exit'],
  [exitReasons.preemptionTimer, 'the timer'],
  [exitReasons.nmiWindow, 'the NMI window'],
  [exitReasons.interruptWindow, 'the interrupt window'],
  [exitReasons.externalInterrupt, 'the interrupt'],
]);

/** What happened at the boundary. */
function happened(sight: Sighted): Rank | undefined {
  if (sight.effects('processed') !== 0) return 'the interrupt';
  if (sight.exit('kind') === 1) {
    const reason = sight.exit('reason');
    const rank = byReason.get(reason);
    if (rank !== undefined) return rank;
    if (reason === exitReasons.exceptionOrNmi && typeOf(sight.exit('information')) === eventTypes.nmi) return 'the NMI';
  }
  switch (typeOf(sight.reachedL2)) {
    case eventTypes.nmi:
      return 'the NMI';
    case eventTypes.externalInterrupt:
      return sight.has('externalInterruptExiting') ? 'the virtual interrupt' : 'the interrupt';
    default:
      return undefined;
  }
}

class Ranks extends Watch {
  override step({ kind }: NestedVmxEvent): Wrong | undefined {
    const { sight } = this;
    if (!kind.startsWith('l2')) return undefined;
    const waits = waiting(sight);
    if (waits.length > 1) this.moments++;
    const took = happened(sight);
    const [first] = waits;
    if (took === first) return undefined;
    if (first === undefined) {
      return { clause: 'one-action-at-a-boundary', summary: `${took} was taken, and nothing was open for it` };
    }
    const what = took === undefined ? 'nothing was taken' : `${took} was taken`;
    return { clause: goesFirst[first], summary: `${what} at a boundary where ${waits.join(', ')} waited` };
  }
}

/** One boundary of L2, with several things waiting. */
export const boundary = [
  law({
    id: 'highest-rank-is-taken',
    claim: 'Of all that waits at a boundary of L2 and is not held off, the highest in rank is taken, and nothing else.',
    judges: [
      'one-action-at-a-boundary',
      'init-goes-before-the-rest',
      'mtf-goes-before-timer-and-interrupts',
      'timer-goes-before-windows-and-interrupts',
      'nmi-window-goes-before-the-nmi',
      'nmi-goes-before-interrupts',
      'window-goes-before-interrupt',
      'virtual-interrupt-goes-before-exit',
      'sipi-exits-in-wait-for-sipi',
    ],
    needs: ['delivery', 'exit', 'effects', 'apic', 'levels', 'pending', 'virtualApic'],
    scenario: {
      name: 'INIT, the interrupt window and an interrupt at one boundary',
      events: [
        { kind: 'l1Control', control: 'interruptWindow', on: true },
        { kind: 'interrupt', vector: 0x31 },
        { kind: 'init' },
        { kind: 'l1Enter' },
        { kind: 'l2Nop' },
        { kind: 'l1Enter' },
        { kind: 'l2Nop' },
        { kind: 'l1Control', control: 'interruptWindow', on: false },
        { kind: 'l1Enter' },
        { kind: 'l2Nop' },
      ],
    },
    watch: Ranks,
  }),
];
