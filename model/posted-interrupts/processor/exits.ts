import { exitReasons } from '../../../spec/posted-interrupts/universe.ts';
import { Part } from '../part.ts';
import type { Core, PostedInterruptsState as State, VirtualApic } from '../state.ts';
import { guestOf, withGuest, withSchedule } from '../update.ts';

/** What an exit reports; what is absent is 0. */
export interface ExitReport {
  readonly reason: number;
  readonly qualification?: number;
  readonly interruption?: number;
  readonly idtVectoring?: number;
}

/** VM exits. */
export class Exits extends Part {
  /** Virtual CPU `v` leaves the guest. */
  exit(state: State, v: number, report: ExitReport): State {
    return withSchedule(this.report(state, v, report), v, { mode: 0 });
  }

  /** The processor's part of an exit: software has not noticed yet. */
  report(state: State, v: number, { reason, qualification, interruption, idtVectoring }: ExitReport): State {
    const exit = {
      ...state.exit,
      reason: (0x8000_0000 | reason) >>> 0,
      qualification: qualification ?? 0,
      interruption: interruption ?? 0,
      idtVectoring: idtVectoring ?? 0,
    };
    const { virtual, core } = guestOf(state, v);
    const left = withGuest(state, v, { virtual: this.unrecognized(virtual), core: this.coreAfterExit(core) });
    return { ...left, exit };
  }

  /** HLT, IF and blocking are saved as they are. */
  coreAfterExit(core: Core): Core {
    return core;
  }

  /** "Recognition does not survive a VM exit." */
  unrecognized(virtual: VirtualApic): VirtualApic {
    if (!virtual.recognized) return virtual;
    this.cite('exit-ends-recognition');
    return { ...virtual, recognized: false };
  }

  /** An access to the local APIC that the processor does not virtualize. */
  access(state: State, v: number, offset: number, isWrite: boolean): State {
    if (state.machine.isX2apic) return this.exit(state, v, this.msrAccess(isWrite));
    const { apicv } = guestOf(state, v).virtual;
    return this.exit(state, v, apicv ? this.apicWrite(offset) : this.apicAccess(offset, isWrite));
  }

  /** "exits with reason 31 or 32" */
  msrAccess(isWrite: boolean): ExitReport {
    this.cite('x2apic-access-exits-as-msr');
    return { reason: isWrite ? exitReasons.wrmsr : exitReasons.rdmsr };
  }

  /** "the qualification holds page offset and direction" */
  apicAccess(offset: number, isWrite: boolean): ExitReport {
    this.cite('xapic-access-exits-with-its-offset');
    return { reason: exitReasons.apicAccess, qualification: offset | (Number(isWrite) << 12) };
  }

  /** "exits with reason 56, trap-like; the qualification is the page offset" */
  apicWrite(offset: number): ExitReport {
    this.cite('xapic-write-exits-after-the-write');
    return { reason: exitReasons.apicWrite, qualification: offset };
  }

  /** "exit with reason 28; the qualification names CR8 and the direction" */
  cr8Access(state: State, v: number, isWrite: boolean): State {
    this.cite('cr8-exits-without-tpr-shadow');
    return this.exit(state, v, { reason: exitReasons.crAccess, qualification: isWrite ? 0x08 : 0x18 });
  }
}
