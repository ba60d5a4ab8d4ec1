import { control } from '../machine.ts';
import { Part } from '../part.ts';
import type { Guest, NestedState as State, Vmcs } from '../state.ts';
import { noEvent } from '../events.ts';
import type { Machine } from '../machine.ts';

/** Controls that L0 sets whatever L1 wants: what comes from outside goes to L0, and NMIs of a guest are virtual. */
const own = control.externalInterruptExiting | control.acknowledgeInterrupt | control.nmiExiting | control.virtualNmis;

/** Controls that 02 takes from 12 as they are; the windows and the exceptions that L1 asks for come by themselves. */
const fromL1 =
  control.interruptWindow |
  control.nmiWindow |
  control.hltExiting |
  control.monitorTrapFlag |
  control.invalidOpcodeExiting |
  control.virtualInterruptDelivery;

/** With APIC virtualization for L1. */
const apicv = control.apicAccess | control.virtualInterruptDelivery | control.postedInterrupts;

/** What L0 writes into the VMCSs that it makes. */
export class Composition extends Part {
  /** The controls of 01. */
  controls01({ config }: Machine): number {
    return config.l0Apicv ? own | apicv : own;
  }

  /** The controls of 02, from those of 12. */
  controls02(controls12: number): number {
    return own | (controls12 & fromL1) | this.apicAccess02(controls12);
  }

  /** L2 reaches the registers only where they are virtualized for it; the local APIC of L1 is software. */
  apicAccess02(controls12: number): number {
    return controls12 & control.virtualInterruptDelivery ? controls12 & control.apicAccess : 0;
  }

  /** Whether the EPT under L1's IDT or L2's has the page: L0's own, and L1's above it. */
  idt(state: State): boolean {
    return !state.l0.trapDelivery && (!state.runsL2 || state.vmcs12.idt);
  }

  /** The current VMCS with the controls that follow from 12, and nothing of L0's armed. */
  recompose(state: State): Guest {
    const { guest } = state.runsL2 ? state.vmcs02 : state.vmcs01;
    const controls = state.runsL2 ? this.controls02(state.vmcs12.controls) : this.controls01(state.machine);
    return { ...guest, controls, idt: this.idt(state), timer: false };
  }

  /** 02 for an entry that L1 has asked for. */
  compose02(state: State): Vmcs {
    const { vmcs12 } = state;
    const { core, controls, virtual } = vmcs12;
    const { virtualInterrupts, loading } = this.parts;
    const loaded = loading.guestState(core);
    const evaluates = (controls & control.virtualInterruptDelivery) !== 0;
    return {
      guest: {
        core: { ...loaded, nmiBlocking: loading.nmiBlocking(loaded) },
        controls: this.controls02(controls),
        virtual: evaluates ? virtualInterrupts.entry(virtual, controls) : virtual,
        idt: vmcs12.idt,
        mtf: false,
        timer: false,
      },
      entry: noEvent,
    };
  }
}
