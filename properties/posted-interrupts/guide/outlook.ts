import type { PostedInterruptsState } from '../../../model/posted-interrupts/index.ts';

/** What weights and choices depend on, looked up once per event. Virtual CPUs are bits of a mask. */
export interface Outlook {
  /** In the guest; of those not halted; of those with something in service, and with IF 0. */
  inGuest: number;
  awake: number;
  serving: number;
  closed: number;
  /** Awake, and L1 runs. */
  bare: number;
  /** Loaded and outside; of those the ones that can enter, have something to take, or can look by `block`. */
  outside: number;
  enterable: number;
  eager: number;
  halted: number;
  /** Not loaded and not asleep. */
  loadable: number;
  asleep: number;
  /** Virtual CPUs whose local APIC is disabled. */
  disabled: number;
  /** Without a pending NMI; with an IDT. */
  withoutNmi: number;
  withIdt: number;
  /** Physical CPUs on which nobody is loaded. */
  freePcpus: number;
  /** Pending physical vectors, four bits per physical CPU. */
  pending: number;
  linesHigh: number;
  l2: boolean;
  l2Enterable: boolean;
  apicv: boolean;
  assigned: boolean;
  /** Agents of atomic steps that are in the middle of something: the target is bit 0. */
  busy: number;
}

export const newOutlook = (): Outlook => ({
  inGuest: 0,
  awake: 0,
  serving: 0,
  closed: 0,
  bare: 0,
  outside: 0,
  enterable: 0,
  eager: 0,
  halted: 0,
  loadable: 0,
  asleep: 0,
  disabled: 0,
  withoutNmi: 0,
  withIdt: 0,
  freePcpus: 0,
  pending: 0,
  linesHigh: 0,
  l2: false,
  l2Enterable: false,
  apicv: false,
  assigned: false,
  busy: 0,
});

/** Looks around. */
export function survey(state: PostedInterruptsState, out: Outlook): void {
  const { vcpus, physical, machine, steps } = state;
  out.inGuest = out.awake = out.serving = out.closed = out.bare = out.outside = out.enterable = out.eager = 0;
  out.halted = out.loadable = out.asleep = out.disabled = out.withoutNmi = out.withIdt = out.pending = 0;
  out.freePcpus = (1 << physical.length) - 1;
  out.l2 = vcpus[0].core.l2;
  out.apicv = vcpus[0].virtual.apicv;
  out.assigned = state.assigned;
  out.linesHigh = state.ioapic.level;
  for (let v = 0; v < vcpus.length; v++) {
    const vcpu = vcpus[v];
    const { schedule, core, apic } = vcpu;
    const bit = 1 << v;
    if (!apic.enabled) out.disabled |= bit;
    if (!core.nmi) out.withoutNmi |= bit;
    if (!core.obstructed) out.withIdt |= bit;
    if (schedule.blocked) out.asleep |= bit;
    if (schedule.loaded) out.freePcpus &= ~(1 << schedule.pcpu);
    else if (!schedule.blocked) out.loadable |= bit;
    if (schedule.mode !== 0) {
      const guest = v === 0 && core.l2 ? state.nested : vcpu;
      out.inGuest |= bit;
      if (guest.core.halted || (core.halted && !core.l2)) continue;
      out.awake |= bit;
      if (!(v === 0 && core.l2)) out.bare |= bit;
      if (guest.apic.isr !== 0) out.serving |= bit;
      if (!guest.core.interruptFlag || guest.core.blocking !== 'none') out.closed |= bit;
    } else if (schedule.loaded) {
      out.outside |= bit;
      if (core.halted) out.halted |= bit;
      if (core.halted && machine.config.hltExiting) continue;
      out.enterable |= bit;
      if ((apic.irr | vcpu.descriptor.pir | core.inflight) !== 0 || core.nmi) out.eager |= bit;
    }
  }
  for (let p = 0; p < physical.length; p++) out.pending |= physical[p].pending << (4 * p);
  const { core } = vcpus[0];
  out.l2Enterable =
    (out.bare & 1) !== 0 && machine.config.nested && core.blocking !== 'movss' && !core.obstructed && !core.nmi;
  out.busy =
    Number(steps.target !== undefined) |
    (Number(steps.posters[0].step !== undefined) << 1) |
    (Number(steps.posters[1].step !== undefined) << 2);
}
