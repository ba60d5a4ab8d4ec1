import { alphabet } from '../../../spec/idt-vectoring/alphabet.ts';
import { debugBits, faults, instructions, obstacles } from '../../../spec/idt-vectoring/universe.ts';
import { exitReasons } from '../../../spec/vmx/exit-reasons.ts';
import { guestBits } from '../sighted.ts';
import { places } from './words.ts';

/** A delivery that an exit has cut short, with all that tells which class of events it belongs to. */
export interface Cut {
  readonly type: number;
  readonly vector: number;
  /** `client`: the obstacle is L1's, which gives the event back whatever the policy of L0. */
  readonly outcome: 'dropped' | 'kept' | 'client' | 'superseded';
  /** Vector of the guest's own fault that supersedes the event. */
  readonly by: number;
  readonly isInjected: boolean;
  /** The instruction that stands at RIP, and whether it is what raised the event. */
  readonly instruction: string | undefined;
  readonly isRaisedByInstruction: boolean;
  readonly hasCause: boolean;
  /** Whether a fault of the guest's own that happens once was met on the way. */
  readonly metTransient: boolean;
  /** The #DB of an INT1 that is a trap. */
  readonly isTrapOfInt1: boolean;
  readonly shadow: 'none' | 'sti' | 'movss';
  /** Another delivery may have been cut short in the same event, where nobody sees it. */
  readonly isUnclear: boolean;
}

/** Where the event came from that the hypervisor has in hand. */
export interface Held {
  readonly isInjected: boolean;
  readonly metTransient: boolean;
}

export const nothingHeld: Held = { isInjected: false, metTransient: false };

/** What is in hand after an event. */
export function heldAfter(kind: string, before: Uint32Array, after: Uint32Array, held: Held): Held {
  if (after[places.outside] === 0 || after[places.inflight] === 0) return nothingHeld;
  const isInjected = kind === 'inject' || held.isInjected;
  const metTransient = hasMetTransient(before, after) || held.metTransient;
  return isInjected || metTransient ? { isInjected, metTransient } : nothingHeld;
}

const firstOfGuest = obstacles.indexOf('pf') + 1;
const hardwareException = 3;
const causeBit = 1 << 16;

/** Obstacles of the guest's in a list, a nibble each. */
function spoils(list: number): number {
  let count = 0;
  for (let rest = list >>> 0; rest !== 0; rest >>>= 4) if ((rest & 0xf) >= firstOfGuest) count++;
  return count;
}

/** Whether an event has used up a fault of the guest's that happens once. */
const hasMetTransient = (before: Uint32Array, after: Uint32Array): boolean =>
  spoils(before[places.obstacles]!) > spoils(after[places.obstacles]!);

/** Reads the cut of an event off the words before and after it; `undefined` if there was none. */
export function readCut(
  kind: string,
  before: Uint32Array,
  after: Uint32Array,
  config: Readonly<Record<string, unknown>>,
  held: Held,
): Cut | undefined {
  const info = after[places.vectoring]!;
  const reason = after[places.reason]!;
  if (info >>> 31 === 0 || reason === exitReasons.taskSwitch) return undefined;
  const isOutside = after[places.outside] === 1;
  const inflight = after[places.inflight]!;
  const type = (info >>> 8) & 7;
  const vector = info & 0xff;
  // An instruction that was executed again and delivered in the same event stood there before it.
  const begun = (isOutside ? after : before)[places.begun]!;
  const instruction = instructions[(begun & 0xff) - 1];
  const isForgotten = config['profile'] === 'drop' || type === hardwareException;
  const flags = before[places.flags]!;
  const isByNmiExit = config['nmi'] === 'virtual' && after[places.nmis]! < before[places.nmis]!;
  return {
    type,
    vector,
    outcome: after[places.client] === 0 ? outcomeOf(after, info, isForgotten) : 'client',
    by: (reason === exitReasons.exceptionOrNmi ? after[places.interruption]! : inflight) & 0xff,
    isInjected: kind === 'inject' || (held.isInjected && before[places.inflight] === info),
    instruction,
    isRaisedByInstruction:
      instruction !== undefined &&
      !(type === hardwareException && vector === 1 && before[places.pendingDebug] !== 0) &&
      raises(instruction, (begun >>> 8) & 0xff, type, vector, after),
    hasCause: (begun & causeBit) !== 0,
    metTransient: hasMetTransient(before, after) || (held.metTransient && before[places.inflight] === info),
    isTrapOfInt1:
      type === 3 &&
      vector === 1 &&
      config['int1Type'] === 3 &&
      kind === 'int1' &&
      before[places.rip] !== after[places.rip],
    shadow: (flags & guestBits.sti) !== 0 ? 'sti' : (flags & guestBits.movss) !== 0 ? 'movss' : 'none',
    isUnclear:
      after[places.exits]! > (kind === 'inject' || isByNmiExit ? 2 : 1) ||
      // What came back in the same event has left its own traces where those of the cut are looked for.
      (!isOutside &&
        type === hardwareException &&
        (reason === exitReasons.apicAccess ||
          hasMetTransient(before, after) ||
          (vector === 1 && before[places.inflight] === info))),
  };
}

/** What became of an event that no obstacle of L1's has met. */
function outcomeOf(after: Uint32Array, info: number, isForgotten: boolean): Cut['outcome'] {
  const inflight = after[places.inflight]!;
  if (after[places.outside] === 1) {
    if (inflight === 0) return 'dropped';
    return isForgotten || inflight !== info ? 'superseded' : 'kept';
  }
  // The guest is inside again: the exit tells whose fault it was.
  const isOfGuest =
    after[places.reason] === exitReasons.exceptionOrNmi && after[places.qualification] !== faults.shadow.address;
  return isOfGuest ? 'superseded' : isForgotten ? 'dropped' : 'kept';
}

const faultVectors: readonly number[] = alphabet.fault.args.vector.values;
const meets = alphabet.iret.args.meets.values;

/** Whether an instruction, executed at its RIP, is what raised an event. */
function raises(name: string, argument: number, type: number, vector: number, after: Uint32Array): boolean {
  const error = after[places.vectoringError]!;
  const cr2 = after[places.cr2]!;
  switch (name) {
    case 'fault':
      return type === 3 && vector === faultVectors[argument] && error === 0;
    case 'movs':
      return type === 3 && vector === 14 && cr2 === faults.movs.address;
    case 'iret':
      if (meets[argument] === 'gp') return type === 3 && vector === 13 && error === faults.iret.errors[13];
      return (
        meets[argument] === 'pf' &&
        type === 3 &&
        vector === 14 &&
        error === faults.iret.errors[14] &&
        cr2 === faults.iret.address
      );
    case 'movdr':
      return type === 3 && vector === 1;
    case 'codeBreakpoint':
      return type === 3 && vector === 1 && (after[places.dr6]! & debugBits.codeBreakpoint) !== 0;
    case 'int3':
      return type === 6 && vector === 3;
    case 'into':
      return type === 6 && vector === 4;
    case 'intn':
      return type === 4;
    case 'int1':
      return type === 5;
    default:
      return false;
  }
}
