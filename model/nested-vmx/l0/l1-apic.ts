import type { LocalApic } from '../../local-apic/index.ts';
import { universe } from '../machine.ts';
import { Part } from '../part.ts';
import type { Chips, NestedState as State, VirtualApic } from '../state.ts';
import { withPhysical } from '../update.ts';

/** L1's local APIC: software of L0; with `l0Apicv` a virtual-APIC page that the processor works on while L1 runs. */
export class L1Apic extends Part {
  /** The registers as they are, with what is posted merged in. */
  read({ chips, vmcs01, runsL2, inGuest, machine }: State): LocalApic {
    if (!machine.config.l0Apicv) return chips.apic;
    const page = vmcs01.guest.virtual;
    if (runsL2 || !inGuest) return page.pir === 0 ? chips.apic : { ...chips.apic, irr: chips.apic.irr | page.pir };
    return { ...chips.apic, irr: page.irr | page.pir, isr: page.isr, tpr: page.tpr };
  }

  /** Something reaches the chips from outside, and may become pending in the local APIC. */
  accept(state: State, change: (chips: Chips) => Chips): State {
    const apic = this.read(state);
    const after = change({ ...state.chips, apic });
    if (!state.machine.config.l0Apicv) return this.kickIfPending(state, { ...state, chips: after }, apic, after.apic);
    const { tmr } = after.apic;
    const chips = { ...after, apic: { ...state.chips.apic, tmr } };
    return this.post({ ...state, chips }, after.apic.irr & ~apic.irr);
  }

  private kickIfPending(before: State, after: State, was: LocalApic, is: LocalApic): State {
    return was.irr === is.irr && before.chips.pic === after.chips.pic ? after : this.parts.host.kick(after);
  }

  /** L0 posts for L1, as any hypervisor does: PIR, ON, and a notification if L1 is in the guest, or a kick. */
  post(state: State, posted: number): State {
    if (posted === 0) return state;
    this.cite('apic-virtualization-of-l0-is-invisible');
    const { vmcs01, runsL2, inGuest } = state;
    const { guest } = vmcs01;
    const virtual = { ...guest.virtual, pir: guest.virtual.pir | posted, on: true };
    const next: State = { ...state, vmcs01: { ...vmcs01, guest: { ...guest, virtual } } };
    return inGuest && !runsL2 ? withPhysical(next, { notification: true }) : this.parts.host.kick(next);
  }

  /** Before L0 looks: what is posted goes into IRR; RVI and SVI of 01 follow IRR and ISR. */
  sync(state: State): State {
    const { chips, vmcs01, machine } = state;
    if (!machine.config.l0Apicv) return state;
    const irr = chips.apic.irr | vmcs01.guest.virtual.pir;
    const apic = irr === chips.apic.irr ? chips.apic : { ...chips.apic, irr };
    const virtual = this.pageOf(apic, vmcs01.guest.virtual);
    return {
      ...state,
      chips: { ...chips, apic },
      vmcs01: { ...vmcs01, guest: { ...vmcs01.guest, virtual } },
    };
  }

  private pageOf({ irr, isr, tpr }: LocalApic, page: VirtualApic): VirtualApic {
    return { ...page, irr, isr, tpr, rvi: universe.max(irr), svi: this.svi(isr, page), pir: 0, on: false };
  }

  /** "SVI … taken past L1's vectors in service": it is that of ISR, whoever has written EOI meanwhile. */
  svi(isr: number, _page: VirtualApic): number {
    return universe.max(isr);
  }

  /** After L1 has left the processor, L0 goes on with what stands in the page. */
  store({ chips, vmcs01, machine }: State): Chips {
    if (!machine.config.l0Apicv) return chips;
    const { irr, isr, tpr } = vmcs01.guest.virtual;
    return { ...chips, apic: { ...chips.apic, irr, isr, tpr } };
  }
}
