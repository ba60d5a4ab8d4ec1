import { hcrEnabled } from '../hardware/cpu-interface.ts';
import { emptyListRegister, isValid, type ListRegister } from '../hardware/list-register.ts';
import { Part } from '../part.ts';
import type { VgicState, VirtualState } from '../state.ts';
import { withCpu, withHardware, withIrq, withVcpu } from '../update.ts';

/** Guest entry in progress: the state, and the list registers as they will be. */
interface Entry {
  readonly state: VgicState;
  readonly listRegisters: readonly ListRegister[];
  /** Set of list registers in use. */
  readonly used: number;
  /** No list register was free. */
  readonly full: boolean;
}

/** Guest entry under the rules of 2015. */
export class Seed2015Offering extends Part {
  enter(state: VgicState, v: number): VgicState {
    const { loadedOn: p, saved, used } = state.software.vcpus[v];
    this.cite('seed-list-registers-outlive-exits');
    let entry: Entry = { state, listRegisters: saved, used, full: false };
    for (const i of this.offered(state, v)) {
      entry = this.offer(entry, v, i);
      if (entry.full) break;
    }
    const hcr = entry.full ? this.hcrWhenFull() : hcrEnabled;
    const cpu = { ...state.hardware.cpus[p], listRegisters: entry.listRegisters, hcr };
    const entered = withHardware(entry.state, withCpu(entry.state.hardware, p, cpu));
    const running = { ...state.software.vcpus[v], running: true, used: entry.used };
    return withVcpu(this.activateListed(entered, v, entry), v, running);
  }

  /** "what is pending, enabled and targeted in the order of the INTIDs, whatever the priorities" */
  offered({ machine, software }: VgicState, v: number): readonly number[] {
    if (!software.distributorOn[machine.vm[v]]) {
      this.cite('seed-distributor-off-offers-nothing');
      return [];
    }
    this.cite('seed-offers-in-intid-order');
    return machine.visible[v].filter((i) => {
      const irq = software.irqs[i];
      return irq.target === v && irq.enabled && this.parts.routing.isPending(irq);
    });
  }

  private offer(entry: Entry, v: number, i: number): Entry {
    const irq = entry.state.software.irqs[i];
    if (irq.id.isSgi) return this.offerSgi(entry, v, i);
    if (this.isPassedOver(irq)) return entry;
    const offered = this.list(entry, v, irq, 0);
    if (offered.full) return offered;
    return { ...offered, state: withIrq(offered.state, i, this.afterOffer(irq)) };
  }

  /** "Each waiting source of an SGI is offered in a list register of its own, the lowest source first." */
  private offerSgi(entry: Entry, v: number, i: number): Entry {
    let offered = entry;
    for (let source = 0; source < 3; source++) {
      const irq = offered.state.software.irqs[i];
      if ((irq.sources & (1 << source)) === 0) continue;
      this.cite('seed-each-sgi-source-has-a-list-register');
      this.cite('sgi-never-has-hw');
      offered = this.list(offered, v, irq, source);
      if (offered.full) break;
      const sources = irq.sources & ~(1 << source);
      const sent = { ...irq, sources, latch: sources !== 0 && this.latchAfterOffer(irq) };
      offered = { ...offered, state: withIrq(offered.state, i, sent) };
    }
    return offered;
  }

  /** "A level-sensitive or mapped interrupt that is queued is not offered again until it is completed." */
  isPassedOver(irq: VirtualState): boolean {
    if (irq.queued) this.cite('seed-queued-interrupt-is-passed-over');
    return irq.queued;
  }

  /** Joins the list register that holds it already, or takes the lowest free one. */
  private list(entry: Entry, v: number, irq: VirtualState, source: number): Entry {
    const { listRegisters, used } = entry;
    const holds = (lr: ListRegister, n: number): boolean =>
      (used & (1 << n)) !== 0 && lr.intid === irq.id.intid && lr.source === source;
    const held = listRegisters.findIndex(holds);
    if (held >= 0) {
      this.cite('seed-pending-joins-its-list-register');
      return { ...entry, listRegisters: listRegisters.with(held, { ...listRegisters[held], pending: true }) };
    }
    const free = listRegisters.findIndex((_, n) => (used & (1 << n)) === 0);
    if (free < 0) return { ...entry, full: true };
    this.cite('seed-lowest-free-list-register-is-taken');
    const listed = {
      ...entry,
      listRegisters: listRegisters.with(free, this.listRegister(irq, source)),
      used: used | (1 << free),
    };
    return irq.pIntId === 0 ? listed : { ...listed, state: this.activateOffered(listed.state, v, irq) };
  }

  /** "pending, priority 0, group 0"; level-sensitive "with the EOI bit", mapped "with HW=1 …, without the EOI bit" */
  listRegister(irq: VirtualState, source: number): ListRegister {
    const pending = { ...emptyListRegister, pending: true, intid: irq.id.intid, source };
    if (irq.pIntId !== 0) {
      this.cite('seed-mapped-interrupt-is-offered-with-hw');
      return { ...pending, hw: true, pIntId: irq.pIntId };
    }
    if (irq.edge) return pending;
    this.cite('seed-level-asks-for-eoi-maintenance');
    return { ...pending, eoi: true };
  }

  /** "Offering a mapped interrupt makes the physical one active." */
  activateOffered(state: VgicState, _v: number, irq: VirtualState): VgicState {
    this.cite('seed-offering-activates-the-physical-interrupt');
    return this.parts.mapping.setPhysicalActive(state, irq, true);
  }

  /** An edge "loses its latch"; a level-sensitive or a mapped interrupt is marked "as queued". */
  afterOffer(irq: VirtualState): VirtualState {
    const latch = irq.edge ? this.latchAfterOffer(irq) : irq.latch;
    return { ...irq, latch, queued: !irq.edge || irq.pIntId !== 0 ? this.queuedAfterOffer(irq) : irq.queued };
  }

  /** For an SGI: whether it stays set while sources remain. */
  latchAfterOffer(irq: VirtualState): boolean {
    this.cite('seed-edge-loses-its-latch-when-offered');
    return irq.id.isSgi;
  }

  queuedAfterOffer(_irq: VirtualState): boolean {
    this.cite('seed-offering-marks-queued');
    return true;
  }

  /** "When no list register is free UIE is set, and nothing further is offered." */
  hcrWhenFull(): typeof hcrEnabled {
    this.cite('seed-overflow-sets-uie-and-stops');
    return { ...hcrEnabled, uie: true };
  }

  /** "makes the physical interrupt of every list register in use with HW=1 active again" */
  activateListed(state: VgicState, v: number, entry: Pick<Entry, 'listRegisters' | 'used'>): VgicState {
    let active = state;
    entry.listRegisters.forEach((lr, n) => {
      if ((entry.used & (1 << n)) === 0 || !lr.hw || !isValid(lr)) return;
      this.cite('seed-entry-activates-what-is-listed-with-hw');
      const irq = active.software.irqs[active.machine.irq(v, lr.intid)];
      active = this.parts.mapping.setPhysicalActive(active, irq, true);
    });
    return active;
  }
}
