import type { Answer, SequenceResult, Snapshot } from '../answer.ts';
import { arenaPages, guestAddresses, pageAddress } from '../guest-layout.ts';
import type { MachineSequence, Operation } from '../operation.ts';
import { apicOffsets, source, type Source } from '../source.ts';
import type { VmcsField } from '../vmcs-fields.ts';

const hex = (value: bigint | number): string => `0x${value.toString(16)}`;

/** An address by the page or the handler that it is in; `handlers` is the part that all of them share. */
function addressName(value: bigint): string {
  const address = Number(value);
  const handler = address - guestAddresses.level2Handlers;
  if (handler >= 0 && handler < 0x1000) return `handler${hex(handler >>> 4)}+${handler & 15}`;
  if (address >= guestAddresses.kernel && address < guestAddresses.arena) return 'handlers';
  const page = arenaPages.find((name) => address >= pageAddress(name) && address < pageAddress(name, 0x1000));
  return page === undefined ? hex(value) : `${page}+${address - pageAddress(page)}`;
}

interface Place {
  readonly sources: readonly Source[];
  readonly text: (values: readonly bigint[]) => string;
}

const field = (name: VmcsField, text: (value: bigint) => string = hex): Place => ({
  sources: [source.vmcs(name)],
  text: ([value]) => text(value),
});

/** The vectors of a register of 256 bits. */
const vectors = (offset: number): Place => ({
  sources: Array.from({ length: 8 }, (_, i) => source.apic(offset + 0x10 * i)),
  text: (words) =>
    `{${Array.from({ length: 256 }, (_, v) => v)
      .filter((v) => (words[v >>> 5] >> BigInt(v & 31)) & 1n)
      .map(hex)
      .join(',')}}`,
});

/** What exits can show, by the short name that the expectations use. */
const places = {
  rip: field('guestRip', addressName),
  rsp: field('guestRsp', addressName),
  flags: field('guestRflags'),
  info: field('exitInterruptionInfo'),
  error: field('exitInterruptionErrorCode'),
  idtv: field('idtVectoringInfo'),
  idtvError: field('idtVectoringErrorCode'),
  qual: field('exitQualification'),
  gpa: field('guestPhysicalAddress', addressName),
  gla: field('guestLinearAddress', addressName),
  entry: field('entryInterruptionInfo'),
  entryControls: field('entryControls'),
  length: field('exitInstructionLength'),
  blocking: field('guestInterruptibility'),
  activity: field('guestActivity'),
  pending: field('guestPendingDebugExceptions'),
  /** The exact rest depends on how many instructions of L1 went before. */
  timer: field('preemptionTimerValue', (value) => (value === 0n ? 'expired' : 'running')),
  pat: field('guestPat'),
  dr7: field('guestDr7'),
  cr0: field('guestCr0'),
  sysenterEip: field('guestSysenterEip'),
  status: field('guestInterruptStatus'),
  cr2: { sources: [source.register('cr2')], text: ([value]) => addressName(value) },
  dr6: { sources: [source.register('dr6')], text: ([value]) => hex(value) },
  irr: vectors(apicOffsets.irr),
  isr: vectors(apicOffsets.isr),
} as const satisfies Record<string, Place>;

export type PlaceName = keyof typeof places;

/** A sequence whose outcome the manual decides. */
export interface SdmCase {
  readonly name: string;
  /** The rule, and where the manual has it. */
  readonly rule: string;
  readonly shows: readonly PlaceName[];
  readonly operations: readonly Operation[];
  /** One line per answer, see {@link describe}. */
  readonly expected: readonly string[];
  /** What Bochs 2.7 does instead. A deviation that is gone fails, too. */
  readonly deviation?: { readonly seen: readonly string[]; readonly why: string };
}

const reason = source.vmcs('exitReason');
const instructionError = source.vmcs('vmInstructionError');

/** The sequence that a case plays. */
export const sequenceOf = ({ shows, operations }: SdmCase): MachineSequence => ({
  watch: [reason, instructionError, ...shows.flatMap((name) => places[name].sources)],
  operations,
});

/** The answers as text, one line each. */
export function describe(result: SequenceResult, shows: readonly PlaceName[]): string[] {
  const lines = result.answers.map((answer) => describeAnswer(answer, shows));
  return result.outcome === 'done' ? lines : [...lines, `abandoned: ${result.why}`];
}

function describeAnswer(answer: Answer, shows: readonly PlaceName[]): string {
  switch (answer.kind) {
    case 'exit':
      if (answer.how === 'VMfailValid') return `VMfailValid ${answer.watched.get(instructionError)}`;
      if (answer.how === 'VMfailInvalid') return answer.how;
      return `${exitName(answer.watched)}${show(answer.watched, shows)}`;
    case 'snapshot':
      return `now${show(answer.watched, shows)}`;
    case 'value':
      return answer.how === 'success' ? `value ${hex(answer.value)}` : answer.how;
    case 'level1':
      return `L1 takes ${hex(answer.vector)}`;
    case 'fault':
      return `L1 faults ${answer.vector}(${answer.errorCode})`;
    case 'refused':
      return `L1 ${answer.how}`;
    case 'level2': {
      const error = answer.errorCode === undefined ? '' : `(${hex(answer.errorCode)})`;
      const resume = answer.rflags & 0x1_0000n ? ' RF' : '';
      const cr2 = answer.vector === 14 ? ` cr2=${addressName(answer.cr2)}` : '';
      const dr6 = answer.dr6 === 0n ? '' : ` dr6=${hex(answer.dr6)}`;
      return `L2 takes ${hex(answer.vector)}${error} from ${addressName(answer.rip)}${resume}${cr2}${dr6}`;
    }
    case 'taken':
    case 'delivered':
    case 'stay':
    case 'words':
      throw new Error(`${answer.kind} is an answer to a driven L1 only`);
  }
}

function exitName(watched: Snapshot): string {
  const value = Number(watched.get(reason));
  return value >= 0x8000_0000 ? `entry fails ${value & 0xffff}` : `exit ${value}`;
}

function show(watched: Snapshot, shows: readonly PlaceName[]): string {
  return shows
    .map((name) => {
      const { sources, text }: Place = places[name];
      return ` ${name}=${text(sources.map((place) => watched.get(place)))}`;
    })
    .join('');
}
