import type { SectionView } from '../../spec/contract.ts';
import { handlerEntry } from '../../spec/nested-vmx/universe.ts';
import { exitReasons } from '../../spec/vmx/exit-reasons.ts';
import { interruptionInformation } from '../../spec/vmx/interruption-information.ts';
import type { LocalApic } from '../local-apic/index.ts';
import { isSoftware, isValid } from './events.ts';
import type { Delivery, Effects, Entry, Exit, Level, Pending, ShownVirtualApic, ShownVmcs } from './shown.ts';
import type { NestedVmxState as State } from './state.ts';

const all = 0xffff_ffff;
const { valid, errorCode, nmiUnblockingDueToIret } = interruptionInformation;

const flags = (...bits: readonly boolean[]): number => bits.reduce((word, bit, n) => word | (Number(bit) << n), 0);

const entry: SectionView<State, Entry> = {
  part: (state) => state.out.entry,
  words: ({ outcome, error }) => [outcome, error],
};

const delivery: SectionView<State, Delivery> = {
  part: (state) => state.out.delivery,
  words: (part) => [part.level, part.information, part.error, part.position, part.length, Number(part.interrupts)],
};

/** Exits whose instruction length is defined, besides those that interrupt a software event. */
const withLength: readonly number[] = [exitReasons.hlt, exitReasons.vmcall, exitReasons.wrmsr];
/** Bits of the qualification of an EPT violation that are defined here. */
const definedOfViolation = 0x1bf;
const definedOfVectoring = (all & ~nmiUnblockingDueToIret) >>> 0;

function definedOfExit(part: Exit): readonly number[] | undefined {
  const { kind, reason, information, vectoring } = part;
  if (kind === 0) return undefined;
  if (kind === 2) return [all, all, part.ambiguous ? 0 : all, 0, 0, 0, 0, 0, 0, 0, 0, 0];
  const isVectoring = isValid(vectoring);
  return [
    all,
    all,
    reason === exitReasons.eptViolation ? definedOfViolation : all,
    isValid(information) ? all : valid,
    isVectoring ? definedOfVectoring : valid,
    isVectoring && (vectoring & errorCode) !== 0 ? all : 0,
    withLength.includes(reason) || (isVectoring && isSoftware(vectoring)) ? all : 0,
    all,
    all,
    all,
    all,
    all,
  ];
}

const exit: SectionView<State, Exit> = {
  part: (state) => state.out.exit,
  words: (part) => [
    part.kind,
    part.reason,
    part.qualification,
    part.information,
    part.vectoring,
    part.vectoringError,
    part.length,
    part.position,
    Number(part.interrupts),
    part.interruptibility,
    part.activity,
    part.entryInformation,
  ],
  defined: definedOfExit,
};

const effects: SectionView<State, Effects> = {
  part: (state) => state.out.effects,
  words: ({ acknowledged, broadcast, processed }) => [Number(acknowledged), broadcast, Number(processed)],
};

const nothing: LocalApic = { irr: 0, isr: 0, tmr: 0, tpr: 0, ppr: 0, enabled: true };

const registers = ({ irr, isr, tmr, tpr, ppr }: LocalApic): readonly number[] => [irr, isr, tmr, tpr, ppr];

const readout: SectionView<State, LocalApic> = {
  part: ({ shown }) => (shown.l1.runs ? shown.apic : nothing),
  words: registers,
};

const apic: SectionView<State, LocalApic> = { part: (state) => state.shown.apic, words: registers };

const levels: SectionView<State, Level> = {
  part: ({ shown }, index) => (index === 0 ? shown.l1 : shown.l2),
  words: ({ runs, interruptFlag, blocking, nmiBlocking, activity, position, frames }) => [
    flags(runs, interruptFlag, (blocking & 1) !== 0, (blocking & 2) !== 0, nmiBlocking),
    activity,
    position,
    frames,
  ],
};

const vmcs: SectionView<State, ShownVmcs> = {
  part: (state) => state.shown.vmcs,
  words: ({ controls, entryInformation, expired, idt }) => [controls, entryInformation, flags(expired, idt)],
};

const pending: SectionView<State, Pending> = {
  part: (state) => state.shown.pending,
  words: ({ nmi, init, sipi, mtf, timer, pic, line, remoteIrr }) => [
    flags(nmi, init, sipi, mtf, timer, pic, line, remoteIrr),
  ],
};

const virtualApic: SectionView<State, ShownVirtualApic> = {
  part: (state) => state.shown.virtual,
  words: ({ irr, isr, tpr, ppr, rvi, svi, pir, on, recognized }) => [
    irr,
    isr,
    tpr,
    ppr,
    rvi | (svi << 8),
    pir,
    flags(on, recognized),
  ],
};

/** Whether L2 is at the first instruction of a handler. */
export const isAtHandler = ({ position }: Level): boolean => position >= handlerEntry;

/** One view for each section of `spec/nested-vmx/observation.ts`, in its order. */
export const views: readonly SectionView<State>[] = [
  entry,
  delivery,
  exit,
  effects,
  readout,
  apic,
  levels,
  vmcs,
  pending,
  virtualApic,
] as readonly SectionView<State>[];
