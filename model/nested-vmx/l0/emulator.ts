import type { L1Event, L2Event } from '../events.ts';
import { invalidOpcode, plain } from '../events.ts';
import { control } from '../machine.ts';
import { withBroadcast } from '../outputs.ts';
import { Part } from '../part.ts';
import type { Interceptable, RegisterInstruction } from '../processor/instructions.ts';
import type { NestedState as State } from '../state.ts';
import { currentOf, withCurrent, withGuest, withL0 } from '../update.ts';

/** Instructions that L0 executes in the place of the processor. */
export class Emulator extends Part {
  // What any emulated instruction does.

  /** "ends blocking, moves the position and makes an MTF exit pending like one that the processor executes" */
  skipInstruction(state: State): State {
    return this.register(state, 'nop');
  }

  register(state: State, instruction: RegisterInstruction): State {
    this.cite('emulated-instruction-is-an-instruction');
    const { guest } = currentOf(state);
    const after = this.parts.instructions.effect(guest.core, instruction);
    const core = instruction === 'iret' ? { ...after, nmiBlocking: this.nmiBlockingAfterIret(state) } : after;
    const next = withGuest(state, { core });
    return this.owesMtf(state) ? withL0(next, { mtf: true }) : next;
  }

  private nmiBlockingAfterIret(state: State): boolean {
    if (!state.runsL2) return false;
    return this.parts.instructions.nmiBlockingAfterIret(state.vmcs02.guest.core, state.vmcs12.controls);
  }

  owesMtf({ runsL2, vmcs12 }: State): boolean {
    if (!runsL2 || (vmcs12.controls & control.monitorTrapFlag) === 0) return false;
    this.cite('mtf-exits-after-each-instruction');
    return true;
  }

  // The local APIC of L1, written by L1, or by L2 that L1 lets through.

  eoi(state: State): State {
    if (state.runsL2) {
      this.cite('eoi-of-l2-reaches-the-apic-of-l1');
      this.cite('eoi-of-l2-frees-l1');
    }
    const { chips, broadcast } = this.parts.interrupts.eoi(state.chips);
    return withBroadcast({ ...this.skipInstruction(state), chips }, broadcast);
  }

  writeTpr(state: State, tpr: number): State {
    if (state.runsL2) this.cite('eoi-of-l2-reaches-the-apic-of-l1');
    const { chips } = state;
    return { ...this.skipInstruction(state), chips: { ...chips, apic: { ...chips.apic, tpr } } };
  }

  // Whole instructions, where L0 was made to emulate one.

  l1(state: State, event: L1Event): State {
    switch (event.kind) {
      case 'l1Wait':
        return state;
      case 'l1Nop':
        return this.register(state, 'nop');
      case 'l1Sti':
        return this.register(state, 'sti');
      case 'l1Cli':
        return this.register(state, 'cli');
      case 'l1MovSs':
        return this.register(state, 'movSs');
      case 'l1Hlt':
        return this.register(state, 'hlt');
      case 'l1Iret':
        return this.register(state, 'iret');
      case 'l1Eoi':
        return this.eoi(state);
      case 'l1Tpr':
        return this.writeTpr(state, event.priority);
      case 'l1Enter':
        return this.parts.nestedEntry.enter(state);
      default:
        return { ...this.skipInstruction(state), vmcs12: this.parts.vmcsWrites.write(state.vmcs12, event) };
    }
  }

  l2(state: State, event: L2Event): State {
    switch (event.kind) {
      case 'l2Wait':
        return state;
      case 'l2Nop':
        return this.register(state, 'nop');
      case 'l2Sti':
        return this.register(state, 'sti');
      case 'l2Cli':
        return this.register(state, 'cli');
      case 'l2MovSs':
        return this.register(state, 'movSs');
      case 'l2Iret':
        return this.register(state, 'iret');
      case 'l2Hlt':
        return this.interceptable(state, 'hlt', () => this.register(state, 'hlt'));
      case 'l2Vmcall':
        return this.interceptable(state, 'vmcall', () => state);
      case 'l2Read':
        return this.interceptable(state, 'read', () => state);
      case 'l2InvalidOpcode':
        return this.interceptable(state, 'invalidOpcode', () => this.raiseInvalidOpcode(state));
      case 'l2Eoi':
        return this.interceptable(state, 'apicAccess', () => this.l2Eoi(state));
      case 'l2Tpr':
        return this.interceptable(state, 'apicAccess', () => this.l2Tpr(state, event.priority));
      default:
        return event satisfies never;
    }
  }

  /** L1 has asked for an exit: it gets it, whoever executes. */
  private interceptable(state: State, instruction: Interceptable, execute: () => State): State {
    const exit = this.parts.instructions.intercept(state.vmcs12.controls, instruction);
    return exit === undefined ? execute() : this.parts.reflection.exit(state, exit);
  }

  private raiseInvalidOpcode(state: State): State {
    this.cite('exception-of-l2-goes-before-interrupts-behind-it');
    return withL0(state, { inflight: plain(invalidOpcode) });
  }

  private isVirtualized({ vmcs12 }: State): boolean {
    return (vmcs12.controls & control.virtualInterruptDelivery) !== 0;
  }

  l2Eoi(state: State): State {
    if (!this.isVirtualized(state)) return this.eoi(state);
    const { guest } = state.vmcs02;
    const virtual = this.parts.virtualInterrupts.eoi(guest.virtual, state.vmcs12.controls);
    return this.skipInstruction(withCurrent(state, { guest: { ...guest, virtual } }));
  }

  l2Tpr(state: State, tpr: number): State {
    if (!this.isVirtualized(state)) return this.writeTpr(state, tpr);
    const { guest } = state.vmcs02;
    const virtual = this.parts.virtualInterrupts.writeTpr(guest.virtual, tpr, state.vmcs12.controls);
    return this.skipInstruction(withCurrent(state, { guest: { ...guest, virtual } }));
  }
}
