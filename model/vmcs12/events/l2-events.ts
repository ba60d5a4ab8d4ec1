import type { Skip } from '../../../spec/contract.ts';
import { activityStates } from '../../../spec/vmx/guest-non-register-state.ts';
import type { Vmcs12Event } from '../../../spec/vmcs12/alphabet.ts';
import type { Parts } from '../parts.ts';
import { skips } from '../skips.ts';
import type { Vmcs12State as State } from '../state.ts';
import type { L1Event } from './l1-events.ts';
import type { OutsideEvent } from './outside-events.ts';

/** What L2 executes. */
export type L2Event = Exclude<Vmcs12Event, { kind: L1Event['kind'] | OutsideEvent['kind'] }>;

/** L2 executes an instruction. */
export function l2Event(parts: Parts, state: State, event: L2Event): State | Skip {
  const { exceptions, exitingInstructions, memoryInstructions, apicInstructions, registerInstructions } = parts;
  const { controlRegisterInstructions, msrInstructions } = parts;
  if (state.platform.level === 1) return skips.l1;
  if (state.l2.activity !== activityStates.active) return skips.inactive;
  switch (event.kind) {
    case 'vmcall':
      return exitingInstructions.vmcall(state);
    case 'cpuid':
      return exitingInstructions.cpuid(state);
    case 'taskSwitch':
      return exitingInstructions.taskSwitch(state);
    case 'tripleFault':
      return exitingInstructions.tripleFault(state);
    case 'out':
      return exitingInstructions.out(state);
    case 'outs':
      return exitingInstructions.outs(state);
    case 'hlt':
      return registerInstructions.hlt(state);
    case 'int3':
      return exceptions.int3(state);
    case 'int1':
      return exceptions.int1(state);
    case 'intN':
      return exceptions.intN(state);
    case 'iret':
      return exceptions.iret(state, event.meets);
    case 'fault':
      return exceptions.fault(state, event.exception);
    case 'access':
      return memoryInstructions.access(state, event.what);
    case 'movCr8':
      return apicInstructions.movCr8(state);
    case 'eoi':
      return apicInstructions.eoi(state);
    case 'apicWrite':
      return apicInstructions.apicWrite(state);
    case 'nop':
      return registerInstructions.nop(state);
    case 'movCr0':
      return controlRegisterInstructions.movCr0(state, event.value);
    case 'movCr3':
      return controlRegisterInstructions.movCr3(state, event.value);
    case 'movCr4':
      return controlRegisterInstructions.movCr4(state, event.value);
    case 'clts':
      return controlRegisterInstructions.clts(state);
    case 'lmsw':
      return controlRegisterInstructions.lmsw(state, event.value);
    case 'movDr7':
      return registerInstructions.movDr7(state, event.value);
    case 'wrmsr':
    case 'wrmsrOptional':
      return msrInstructions.wrmsr(state, event.msr, event.value);
    case 'rdmsr':
      return msrInstructions.rdmsr(state, event.msr);
    case 'loadSegment':
      return registerInstructions.loadSegment(state, event.segment, event.value);
    case 'farJump':
      return registerInstructions.farJump(state, event.selector);
    case 'lgdt':
      return registerInstructions.lgdt(state, event.value);
    case 'lidt':
      return registerInstructions.lidt(state, event.value);
    case 'movRsp':
      return registerInstructions.movRsp(state, event.value);
    case 'sti':
      return registerInstructions.sti(state);
    case 'cli':
      return registerInstructions.cli(state);
    case 'popf':
      return registerInstructions.popf(state, event.trapFlag);
    case 'vmfunc':
      return memoryInstructions.vmfunc(state, event.value);
    case 'dirty':
      return memoryInstructions.dirty(state);
    case 'selfIpi':
      return apicInstructions.selfIpi(state, event.vector);
    default:
      return event satisfies never;
  }
}
