import { faultLengths, faults, instructionLengths as lengths } from '../../../spec/idt-vectoring/universe.ts';
import { universe } from '../machine.ts';
import { Part } from '../part.ts';
import type { Begun, Guest, IdtVectoringState as State, Instruction } from '../state.ts';
import { withGuest } from '../update.ts';
import { hardwareException, type VectoredEvent } from '../vectored-event.ts';

type FaultVector = Extract<Instruction, { kind: 'fault' }>['vector'];

/** What an instruction has that begins. */
export function begin(instruction: Instruction): Begun {
  const { kind } = instruction;
  const faulty = kind === 'fault' || kind === 'movs' || kind === 'codeBreakpoint';
  return {
    instruction,
    cause: faulty || (kind === 'iret' && (instruction.meets === 'gp' || instruction.meets === 'pf')),
  };
}

/** Executes the instruction that has begun. */
export class Instructions extends Part {
  execute(state: State, { instruction, cause }: Begun): State {
    const { debugging, softEvents, iret } = this.parts;
    const { interruptFlag, shadow } = state.guest;
    switch (instruction.kind) {
      case 'nop':
        return this.complete(state, lengths.nop);
      case 'sti':
        return this.complete(state, lengths.sti, interruptFlag ? this.stiAgain() : this.sti());
      case 'cli':
        return this.complete(state, lengths.cli, { interruptFlag: false });
      case 'movss':
        return this.complete(state, lengths.movss, shadow === 'movss' ? {} : this.movSs());
      case 'popf':
        return this.complete(state, lengths.popf, { trapFlag: instruction.tf });
      case 'hlt':
        return this.complete(state, lengths.hlt, { halted: true });
      case 'eoi':
        return this.eoi(state);
      case 'fault':
        return this.fault(state, instruction.vector, cause);
      case 'movs':
        return this.movs(state, cause);
      case 'movdr':
        return debugging.movDr(state, instruction.to);
      case 'codeBreakpoint':
        return debugging.codeBreakpoint(state, cause);
      case 'dataBreakpoint':
        return debugging.dataBreakpoint(state);
      case 'int3':
        return softEvents.softwareException(state, 3, lengths.int3);
      case 'into':
        return softEvents.softwareException(state, 4, lengths.into);
      case 'int1':
        return softEvents.int1(state);
      case 'intn':
        return softEvents.intN(state, instruction.vector);
      case 'iret':
        return iret.execute(state, instruction.meets, cause);
      default:
        return instruction satisfies never;
    }
  }

  private complete(state: State, length: number, effects?: Partial<Guest>): State {
    return this.parts.completion.complete(state, length, effects);
  }

  /** "STI that sets IF from 0 holds external interrupts back until the next instruction completes" */
  sti(): Partial<Guest> {
    this.cite('sti-casts-a-shadow');
    return { interruptFlag: true, shadow: 'sti' };
  }

  /** "STI with IF 1 casts none" */
  stiAgain(): Partial<Guest> {
    this.cite('sti-casts-a-shadow');
    return {};
  }

  /** "holds external interrupts, NMIs and debug traps back"; a second one in a row casts no shadow. */
  movSs(): Partial<Guest> {
    this.cite('movss-casts-a-shadow');
    return { shadow: 'movss' };
  }

  eoi(state: State): State {
    const { isr } = state.guest;
    if (isr === 0) return this.complete(state, lengths.eoi);
    const isrAfter = universe.without(isr, this.parts.externalInterrupts.completes(state));
    return this.complete(state, lengths.eoi, { isr: isrAfter });
  }

  fault(state: State, vector: FaultVector, cause: boolean): State {
    const length = faultLengths[vector];
    if (!cause) return this.complete(state, length);
    if (vector !== 20) return this.parts.exceptions.raise(state, this.faultOf(vector));
    if (state.guest.veBusy) return this.complete(this.busyVirtualizationException(state), length);
    return this.parts.exceptions.raise(this.virtualizationException(state), hardwareException(20));
  }

  faultOf(vector: Exclude<FaultVector, 20>): VectoredEvent {
    const { errors, address } = faults.instruction;
    if (vector === 0 || vector === 6) return hardwareException(vector);
    return vector === 14 ? hardwareException(14, errors[14], address) : hardwareException(vector, errors[vector]);
  }

  /** "#VE writes its information area" */
  virtualizationException(state: State): State {
    this.cite('ve-marks-its-area-busy');
    return withGuest(state, { veBusy: true });
  }

  /** "keeps further ones away: the access gives an EPT violation instead" */
  busyVirtualizationException(state: State): State {
    this.cite('ve-marks-its-area-busy');
    return this.parts.environment.accessWhileVeBusy(state);
  }

  movs(state: State, cause: boolean): State {
    const read = this.readDevice(state);
    const { error, address } = faults.movs;
    if (!cause) return this.complete(read, lengths.movs);
    return this.parts.exceptions.raise(read, hardwareException(14, error, address));
  }

  /** "one read for each time that the instruction is executed up to its fault" */
  readDevice(state: State): State {
    this.cite('execution-again-reads-the-device-again');
    return withGuest(state, { deviceReads: state.guest.deviceReads + 1 });
  }
}
