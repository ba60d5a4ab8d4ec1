import type { SectionView } from '../../spec/contract.ts';
import { alphabet } from '../../spec/idt-vectoring/alphabet.ts';
import { gateStates, instructions, obstacles } from '../../spec/idt-vectoring/universe.ts';
import { eventTypes, interruptionInformation } from '../../spec/vmx/interruption-information.ts';
import { exitReasons } from '../../spec/vmx/exit-reasons.ts';
import type {
  Begun,
  Client,
  Entry,
  Exit,
  Guest,
  Hypervisor,
  IdtVectoringState as State,
  Instruction,
  Pending,
  Program,
  Reached,
  Tables,
} from './state.ts';
import { informationWord, isDoubleFault } from './vectored-event.ts';

const { typeMask, typeShift, errorCode, nmiUnblockingDueToIret, valid } = interruptionInformation;

/** All bits of a word. */
const all = 0xffff_ffff;

/** RF in the words of flags. */
const resumeFlagBit = 1 << 2;

const flags = (...bits: readonly boolean[]): number => bits.reduce((word, bit, n) => word | (Number(bit) << n), 0);

const isValid = (information: number): boolean => (information & valid) !== 0;

const hasErrorCode = (information: number): number => ((information & errorCode) !== 0 ? all : 0);

const typeOf = (information: number): number => (information & typeMask) >>> typeShift;

/** Types 4, 5 and 6. */
const isSoft = (information: number): boolean =>
  isValid(information) && typeOf(information) >= eventTypes.softwareInterrupt;

const delivery: SectionView<State, Reached> = {
  part: (state, index) => (index === 0 ? state.delivery.first : state.delivery.second),
  words: ({ event, ...at }) => [
    event === undefined ? 0 : (informationWord(event) & ~typeMask) >>> 0,
    at.error,
    at.returnRip,
    flags(at.interruptFlag, at.trapFlag, at.resumeFlag, at.task, at.generalDetect, at.nmiBlocked),
    at.cr2,
    at.dr6,
  ],
  defined: ({ event }) => (isDoubleFault(event) ? [all, all, all, all & ~resumeFlagBit, all, all] : undefined),
};

const guest: SectionView<State, Guest> = {
  part: (state) => state.guest,
  words: (part) => [
    part.rip,
    flags(
      part.interruptFlag,
      part.trapFlag,
      part.resumeFlag,
      part.generalDetect,
      part.shadow === 'sti',
      part.shadow === 'movss',
      part.nmiBlocked,
      part.halted,
      part.shutdown,
      part.veBusy,
      part.mcip,
    ),
    part.cr2,
    part.dr6,
    part.isr,
    part.deviceReads,
  ],
  defined: ({ isResumeFlagOpen }) => (isResumeFlagOpen ? [all, all & ~resumeFlagBit, all, all, all, all] : undefined),
};

const pending: SectionView<State, Pending> = {
  part: (state) => state.pending,
  words: ({ irr, nmis, machineCheck, debug }) => [irr, nmis, Number(machineCheck), debug],
};

/** Place of an instruction's argument in its domain; 0 for one that has none. */
function argumentPlace({ kind, ...args }: Instruction): number {
  const [name, value] = Object.entries(args)[0] ?? [];
  if (name === undefined) return 0;
  const domains: Readonly<Record<string, { readonly values: readonly unknown[] }>> = alphabet[kind].args;
  return domains[name].values.indexOf(value);
}

const begunWord = (begun: Begun | undefined): number =>
  begun === undefined
    ? 0
    : (1 + instructions.indexOf(begun.instruction.kind)) |
      (argumentPlace(begun.instruction) << 8) |
      (Number(begun.cause) << 16);

const program: SectionView<State, Program> = {
  part: (state) => state.program,
  words: ({ frames, begun }) => [frames.length, begunWord(begun)],
};

const tables: SectionView<State, Tables> = {
  part: (state) => state.tables,
  words: (part) => [
    part.obstacles.reduce((word, name, place) => word | ((1 + obstacles.indexOf(name)) << (4 * place)), 0) >>> 0,
    part.gates.reduce((word, gate, place) => word | (gateStates.indexOf(gate) << (2 * place)), 0),
  ],
};

/** An exit has fields that say nothing: of an EPT violation or a full PML log bit 12 alone, and only outside delivery. */
function qualificationDefined({ reason, vectoring }: Exit): number {
  const isTranslation = reason === exitReasons.eptViolation || reason === exitReasons.pageModificationLogFull;
  if (!isTranslation) return all;
  return isValid(vectoring) ? 0 : nmiUnblockingDueToIret;
}

/** Bit 12 is not defined for #DF, nor with valid IDT-vectoring information. */
function interruptionDefined({ interruption, vectoring }: Exit): number {
  if (!isValid(interruption)) return valid;
  const isOpen = isValid(vectoring) || (interruption & 0xff) === 8;
  return isOpen ? all & ~nmiUnblockingDueToIret : all;
}

function exitDefined(part: Exit): readonly number[] | undefined {
  if (part.count === 0) return undefined;
  const { interruption, vectoring } = part;
  // After a triple fault the guest's state is not defined.
  const state = part.reason === exitReasons.tripleFault ? 0 : all;
  return [
    all,
    all,
    qualificationDefined(part),
    interruptionDefined(part),
    hasErrorCode(interruption),
    isValid(vectoring) ? all & ~nmiUnblockingDueToIret : valid,
    hasErrorCode(vectoring),
    isSoft(vectoring) || isSoft(interruption) ? all : 0,
    state,
    state,
    state,
    part.isResumeFlagOpen ? 0 : state,
    state,
    all,
  ];
}

const exit: SectionView<State, Exit> = {
  part: (state) => state.exit,
  words: (part) => [
    part.count,
    part.reason,
    part.qualification,
    part.interruption,
    part.error,
    part.vectoring,
    part.vectoringError,
    part.length,
    part.rip,
    part.interruptibility,
    part.activity,
    Number(part.resumeFlag),
    part.pendingDebug,
    part.injection,
  ],
  defined: exitDefined,
};

const entry: SectionView<State, Entry> = {
  part: (state) => state.entry,
  words: (part) => [
    part.count,
    part.interruption,
    part.error,
    part.length,
    part.interruptibility,
    part.pendingDebug,
    part.failure,
    part.kept,
  ],
};

const client: SectionView<State, Client> = {
  part: (state) => state.client,
  words: ({ reason, vectoring, error, length }) => [reason, vectoring, error, length],
  defined: ({ reason, vectoring }) =>
    reason === 0
      ? undefined
      : [all, all & ~nmiUnblockingDueToIret, hasErrorCode(vectoring), isSoft(vectoring) ? all : 0],
};

const hypervisor: SectionView<State, Hypervisor> = {
  part: (state) => state.hypervisor,
  words: ({ outside, inflight, payload }) => [
    Number(outside),
    inflight === undefined ? 0 : informationWord(inflight),
    inflight?.error ?? 0,
    inflight?.length ?? 0,
    payload?.value ?? 0,
  ],
};

/** One view for each section of `spec/idt-vectoring/observation.ts`, in its order. */
export const views: readonly SectionView<State>[] = [
  delivery,
  guest,
  pending,
  program,
  tables,
  exit,
  entry,
  client,
  hypervisor,
] as readonly SectionView<State>[];
