import type { alphabet, IdtVectoringEvent } from '../../../spec/idt-vectoring/alphabet.ts';
import {
  debugBits,
  externalVectors,
  faults,
  injectedEvents,
  instructionLengths as lengths,
  instructions,
  type InjectedEvent,
  type InstructionName,
} from '../../../spec/idt-vectoring/universe.ts';
import { eventTypes } from '../../../spec/vmx/interruption-information.ts';
import { guestBits, type Sighted } from '../sighted.ts';
import type { Underway } from './fate.ts';

/** An event whose delivery begins or goes on in a step, and the processor where it does. */
export interface Source {
  readonly event: Underway;
  /** RIP that a handler returns to, less the length of the event. */
  readonly rip: number;
  readonly rf: boolean;
  readonly nmiBlocked: boolean;
  /** What is written with it, if it has not been written yet. */
  readonly cr2?: number;
  readonly debug?: number;
}

const { externalInterrupt, nmi, hardwareException, softwareInterrupt, privilegedSoftwareException, softwareException } =
  eventTypes;

const instructionNames: ReadonlySet<string> = new Set<InstructionName>(instructions);

/** Events that bring the guest inside before they do anything. */
const settling: ReadonlySet<string> = new Set([...instructions, 'enter', 'kick', 'gate', 'spoil', 'inject']);

/** Whether an event is an instruction of the guest's. */
export const isInstruction = ({ kind }: IdtVectoringEvent): boolean => instructionNames.has(kind);

/** RIP some bytes on. */
export const advanced = (rip: number, bytes: number): number => (rip & ~0xfff) | ((rip + bytes) & 0xfff);

const faultClass: ReadonlySet<number> = new Set([0, 6, 11, 12, 13, 14, 17, 20]);

/** Whether an event pushes RF as 1. */
export const isFault = ({ type, vector }: { readonly type: number; readonly vector: number }): boolean =>
  type === hardwareException && faultClass.has(vector);

/** The event of an information word. */
const eventOf = (word: number, error: number, length: number): Underway => ({
  type: (word >>> 8) & 7,
  vector: word & 0xff,
  length,
  ...((word & 0x800) !== 0 && { error }),
});

/** The event that was in flight before, if this event gives it to the guest. */
export function inflightSource(event: IdtVectoringEvent, sight: Sighted): Source | undefined {
  const { before } = sight;
  if (before.outside === 0 || before.inflight === 0 || !settling.has(event.kind)) return undefined;
  const found = eventOf(before.inflight, before.error, before.length);
  const isDebug = found.type === hardwareException && found.vector === 1;
  return {
    event: found,
    rip: before.rip,
    rf: sight.has('rf', before),
    nmiBlocked: found.type === nmi || sight.has('nmiBlocked', before),
    ...(before.payload !== 0 && (isDebug ? { debug: before.payload } : { cr2: before.payload })),
  };
}

/** What is taken at the boundary where the guest is, by what is missing then. */
export function takenSource(event: IdtVectoringEvent, sight: Sighted): Source | undefined {
  const { before, now } = sight;
  if (!isInstruction(event) || sight.has('shutdown')) return undefined;
  const rf = sight.has('rf', before);
  const nmiBlocked = sight.has('nmiBlocked', before);
  const at = { rip: before.rip, rf, nmiBlocked };
  const gained = now.isr & ~before.isr;
  if (gained !== 0) {
    return { ...at, event: { type: externalInterrupt, vector: externalVectors[31 - Math.clz32(gained)]!, length: 0 } };
  }
  if (now.nmis < before.nmis) return { ...at, event: { type: nmi, vector: 2, length: 0 }, nmiBlocked: true };
  if (before.machineCheck === 1 && now.machineCheck === 0) {
    return { ...at, event: { type: hardwareException, vector: 18, length: 0 } };
  }
  return undefined;
}

/** What the guest's own instruction raises, where nothing comes before it. */
export function raisedSource(event: IdtVectoringEvent, sight: Sighted): Source | undefined {
  const { before } = sight;
  if (before.outside === 1 || before.begun !== 0 || sight.has('halted', before)) return undefined;
  if (before.machineCheck !== 0 || before.debug !== 0 || takenSource(event, sight) !== undefined) return undefined;
  const found = raisedBy(event, sight);
  if (found === undefined) return undefined;
  return {
    rip: before.rip,
    rf: isFault(found.event) || sight.has('rf', before),
    nmiBlocked: sight.has('nmiBlocked', before),
    ...found,
  };
}

type Raised = Pick<Source, 'event'> & Partial<Source>;

const soft = (type: number, vector: number, length: number): Raised => ({ event: { type, vector, length } });
const fault = (vector: number, error: number | undefined, more: Partial<Source> = {}): Raised => ({
  event: { type: hardwareException, vector, length: 0, ...(error !== undefined && { error }) },
  ...more,
});

function raisedBy(event: IdtVectoringEvent, { before, config }: Sighted): Raised | undefined {
  const has = (bit: keyof typeof guestBits): boolean => (before.flags & guestBits[bit]) !== 0;
  switch (event.kind) {
    case 'fault':
      return faultOf(event.vector, (before.flags & veBusy) !== 0);
    case 'movs':
      return fault(14, faults.movs.error, { cr2: faults.movs.address });
    case 'codeBreakpoint':
      return has('rf') || has('movss') ? undefined : fault(1, undefined, { debug: debugBits.codeBreakpoint });
    case 'movdr':
      if (!has('gd')) return undefined;
      return fault(1, undefined, { debug: debugBits.generalDetect, rf: config.rfOnGeneralDetect || has('rf') });
    case 'int3':
      return soft(softwareException, 3, lengths.int3);
    case 'into':
      return soft(softwareException, 4, lengths.into);
    case 'intn':
      return soft(softwareInterrupt, event.vector, lengths.intn);
    case 'int1':
      return config.int1Type === 5
        ? soft(privilegedSoftwareException, 1, lengths.int1)
        : fault(1, undefined, { rip: advanced(before.rip, lengths.int1) });
    case 'iret':
      return iretFault(event.meets);
    default:
      return undefined;
  }
}

const veBusy = 1 << 9;

type FaultVector = (typeof alphabet.fault.args.vector.values)[number];

function faultOf(vector: FaultVector, isBusy: boolean): Raised | undefined {
  const { errors, address } = faults.instruction;
  switch (vector) {
    case 0:
    case 6:
      return fault(vector, undefined);
    case 14:
      return fault(14, errors[14], { cr2: address });
    case 20:
      return isBusy ? undefined : fault(20, undefined);
    default:
      return fault(vector, errors[vector]);
  }
}

function iretFault(meets: 'nothing' | 'gp' | 'pf' | 'page' | 'pml'): Raised | undefined {
  const { errors, address } = faults.iret;
  // IRET has ended the blocking of NMIs before it reads the stack.
  if (meets === 'gp') return fault(13, errors[13], { nmiBlocked: false });
  return meets === 'pf' ? fault(14, errors[14], { nmiBlocked: false, cr2: address }) : undefined;
}

/** What is injected where the guest is. */
export function injectedSource(event: IdtVectoringEvent, { before }: Sighted): Source | undefined {
  if (event.kind !== 'inject' || before.outside === 1) return undefined;
  const { type, vector, error, length = 0, payload }: InjectedEvent = injectedEvents[event.event];
  const isDebug = type === hardwareException && vector === 1;
  return {
    event: { type, vector, length, ...(error !== undefined && { error }) },
    rip: before.rip,
    rf: isFault({ type, vector }) || (before.flags & guestBits.rf) !== 0,
    nmiBlocked: type === nmi || (before.flags & guestBits.nmiBlocked) !== 0,
    ...(payload !== undefined && (isDebug ? { debug: payload } : { cr2: payload })),
  };
}
