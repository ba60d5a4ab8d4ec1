import type { L1Event, L2Event } from '../events.ts';
import { invalidOpcode, plain } from '../events.ts';
import { control } from '../machine.ts';
import { withBroadcast } from '../outputs.ts';
import { Part } from '../part.ts';
import type { RegisterInstruction } from '../processor/instructions.ts';
import { hasActed } from '../shown.ts';
import type { BareState as State, Chips, Vmcs12 } from '../state.ts';

/** Instructions on the bare machine: first the boundary before, and then, if that did not act, the instruction. */
export class BareExecution extends Part {
  step(state: State, event: L1Event | L2Event): State {
    const after = this.parts.bareBoundaries.boundary(state);
    if (hasActed(after.out)) return after;
    return after.runsL2 ? this.ofL2(after, event as L2Event) : this.ofL1(after, event as L1Event);
  }

  // L1.

  private ofL1(state: State, event: L1Event): State {
    switch (event.kind) {
      case 'l1Wait':
        return state;
      case 'l1Nop':
        return this.l1(state, 'nop');
      case 'l1Sti':
        return this.l1(state, 'sti');
      case 'l1Cli':
        return this.l1(state, 'cli');
      case 'l1MovSs':
        return this.l1(state, 'movSs');
      case 'l1Hlt':
        return this.l1(state, 'hlt');
      case 'l1Iret':
        return this.l1Iret(state);
      case 'l1Eoi':
        return this.eoi(this.l1(state, 'nop'));
      case 'l1Tpr':
        return this.writeTpr(this.l1(state, 'nop'), event.priority);
      case 'l1Enter':
        return this.parts.bareEntries.enter(state);
      default:
        return this.write(this.l1(state, 'nop'), event);
    }
  }

  private l1(state: State, instruction: RegisterInstruction): State {
    return { ...state, l1: this.parts.instructions.effect(state.l1, instruction) };
  }

  /** "blocks further ones until its IRET" */
  private l1Iret(state: State): State {
    const next = this.l1(state, 'iret');
    return { ...next, l1: { ...next.l1, nmiBlocking: false } };
  }

  private write(state: State, event: Parameters<Part['parts']['vmcsWrites']['write']>[1]): State {
    const { guest, entry, expired } = state;
    const { core, controls, idt, virtual } = guest;
    const before: Vmcs12 = { core, controls, idt, virtual, entry, expired };
    const after = this.parts.vmcsWrites.write(before, event);
    return {
      ...state,
      guest: { ...guest, core: after.core, controls: after.controls, idt: after.idt, virtual: after.virtual },
      entry: after.entry,
      expired: after.expired,
    };
  }

  // L2.

  private ofL2(state: State, event: L2Event): State {
    switch (event.kind) {
      case 'l2Wait':
        return state;
      case 'l2Nop':
        return this.l2(state, 'nop');
      case 'l2Sti':
        return this.l2(state, 'sti');
      case 'l2Cli':
        return this.l2(state, 'cli');
      case 'l2MovSs':
        return this.l2(state, 'movSs');
      case 'l2Iret':
        return this.l2(state, 'iret');
      case 'l2Hlt':
        return this.interceptable(state, 'hlt', () => this.l2(state, 'hlt'));
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

  private interceptable(
    state: State,
    instruction: Parameters<Part['parts']['instructions']['intercept']>[1],
    execute: () => State,
  ): State {
    const exit = this.parts.instructions.intercept(state.guest.controls, instruction);
    return exit === undefined ? execute() : this.parts.bareExits.exit(state, exit);
  }

  private l2(state: State, instruction: RegisterInstruction): State {
    return { ...state, guest: this.parts.instructions.complete(state.guest, instruction) };
  }

  private raiseInvalidOpcode(state: State): State {
    this.cite('exception-of-l2-goes-before-interrupts-behind-it');
    return this.parts.bareBoundaries.deliverToL2(state, plain(invalidOpcode));
  }

  private isVirtualized({ guest }: State): boolean {
    return (guest.controls & control.virtualInterruptDelivery) !== 0;
  }

  private l2Eoi(state: State): State {
    const next = this.l2(state, 'nop');
    if (!this.isVirtualized(state)) {
      this.cite('eoi-of-l2-reaches-the-apic-of-l1');
      this.cite('eoi-of-l2-frees-l1');
      return this.eoi(next);
    }
    const { guest } = next;
    const virtual = this.parts.virtualInterrupts.eoi(guest.virtual, guest.controls);
    return { ...next, guest: { ...guest, virtual } };
  }

  private l2Tpr(state: State, tpr: number): State {
    const next = this.l2(state, 'nop');
    if (!this.isVirtualized(state)) {
      this.cite('eoi-of-l2-reaches-the-apic-of-l1');
      return this.writeTpr(next, tpr);
    }
    const { guest } = next;
    const virtual = this.parts.virtualInterrupts.writeTpr(guest.virtual, tpr, guest.controls);
    return { ...next, guest: { ...guest, virtual } };
  }

  // The local APIC.

  private eoi(state: State): State {
    const { chips, broadcast } = this.parts.interrupts.eoi(state.chips);
    return withBroadcast(this.withChips(state, chips), broadcast);
  }

  private writeTpr(state: State, tpr: number): State {
    return this.withChips(state, { ...state.chips, apic: { ...state.chips.apic, tpr } });
  }

  private withChips(state: State, chips: Chips): State {
    return { ...state, chips };
  }
}
