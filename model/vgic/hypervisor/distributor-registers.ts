import { Part } from '../part.ts';
import type { VgicState, VirtualState } from '../state.ts';
import { replaced, withHardware, withIrq, withSoftware } from '../update.ts';

/** The emulated distributor, as the guest accesses it; `i` is the place of the interrupt in `Software.irqs`. */
export class DistributorRegisters extends Part {
  /** "the list registers of the virtual CPU are folded before it takes effect" */
  trap(state: VgicState, v: number): VgicState {
    if (!state.software.vcpus[v].running) return state;
    this.cite('distributor-access-exits-first');
    return this.parts.run.exit(state, v);
  }

  /** "after every other running virtual CPU of the VM has exited and is folded" */
  stopForActive(state: VgicState, v: number, intid: number): VgicState {
    if (intid < 32) return state;
    let stopped = state;
    for (const other of state.machine.members[state.machine.vm[v]]) {
      if (other === v || !stopped.software.vcpus[other].running) continue;
      this.cite('active-access-of-an-spi-stops-the-vm');
      stopped = this.parts.run.exit(stopped, other);
    }
    return stopped;
  }

  /** GICD_ISENABLER; which virtual CPU writes it does not matter. */
  enable(state: VgicState, i: number, _v: number): VgicState {
    if (this.isFixedEnable(state.software.irqs[i])) return state;
    this.cite('enable-offers-what-is-pending');
    const sampled = this.sampledAtEnable(state, i);
    const enabled = withIrq(sampled, i, { ...sampled.software.irqs[i], enabled: true });
    return this.parts.routing.queue(enabled, i);
  }

  /** "Writes to GICD_ISENABLER and GICD_ICENABLER do not change the enable of an SGI." */
  isFixedEnable(irq: VirtualState): boolean {
    if (irq.id.isSgi) this.cite('sgis-are-always-enabled');
    return irq.id.isSgi;
  }

  /** "takes the line level … from the device", and deactivates "if that sample falls … and the interrupt is not active" */
  sampledAtEnable(state: VgicState, i: number): VgicState {
    const irq = state.software.irqs[i];
    if (!this.isMappedLevel(irq)) return state;
    this.cite('enable-samples-a-mapped-level');
    const line = this.parts.mapping.sample(state, irq);
    const sampled = withIrq(state, i, { ...irq, line });
    if (!this.deactivatesAtEnable(irq, line)) return sampled;
    return this.parts.mapping.setPhysicalActive(sampled, irq, false);
  }

  deactivatesAtEnable(irq: VirtualState, line: boolean): boolean {
    const fell = !irq.active && irq.line && !line;
    if (fell) this.cite('enable-deactivates-what-has-fallen');
    return fell;
  }

  /** GICD_ICENABLER: "changes the enable alone". */
  disable(state: VgicState, i: number): VgicState {
    const irq = state.software.irqs[i];
    if (this.isFixedEnable(irq)) return state;
    this.cite('disable-keeps-pending-and-active');
    return withIrq(state, i, { ...irq, enabled: false });
  }

  /** GICD_ISPENDR: "sets the latch of an interrupt, edge-triggered or level-sensitive, and queues it". */
  setPending(state: VgicState, i: number): VgicState {
    const irq = state.software.irqs[i];
    if (this.ignoresPendingWrite(irq)) return state;
    this.cite('set-pending-sets-the-latch');
    const latched = withIrq(state, i, { ...irq, latch: true });
    return this.parts.routing.queue(irq.pIntId === 0 ? latched : this.physicalAfterSetPending(latched, irq), i);
  }

  /** "changes nothing" */
  ignoresPendingWrite(irq: VirtualState): boolean {
    if (irq.id.isSgi) this.cite('sgi-pending-writes-are-ignored');
    return irq.id.isSgi;
  }

  /** "makes the physical interrupt active, as an interrupt taken by the host would have" */
  physicalAfterSetPending(state: VgicState, irq: VirtualState): VgicState {
    if (this.sparesPhysical(state)) return state;
    this.cite('set-pending-activates-the-physical-interrupt');
    return this.parts.mapping.setPhysicalActive(state, irq, true);
  }

  sparesPhysical({ machine }: VgicState): boolean {
    if (machine.isSeed2015) this.cite('seed-distributor-writes-spare-the-physical-side');
    return machine.isSeed2015;
  }

  /** GICD_ICPENDR. */
  clearPending(state: VgicState, i: number): VgicState {
    const irq = state.software.irqs[i];
    if (this.ignoresPendingWrite(irq)) return state;
    this.cite('clear-pending-clears-the-latch');
    const cleared = withIrq(state, i, { ...irq, latch: false, line: this.lineAfterClear(irq) });
    return irq.pIntId === 0 ? cleared : this.physicalAfterClear(cleared, irq);
  }

  /** "a level-sensitive interrupt whose line is high is still pending" */
  lineAfterClear(irq: VirtualState): boolean {
    if (irq.line && !irq.edge) this.cite('clear-pending-keeps-a-high-level');
    return irq.line;
  }

  physicalAfterClear(state: VgicState, irq: VirtualState): VgicState {
    if (this.sparesPhysical(state)) return state;
    this.cite('clear-pending-clears-physical-pending');
    const { physical, mapping } = this.parts;
    const cleared = physical.setLatch(state.hardware, irq.pIntId, mapping.bankOf(state, irq), false);
    const unlatched = withHardware(state, cleared);
    return this.deactivatesAfterClear(irq) ? mapping.setPhysicalActive(unlatched, irq, false) : unlatched;
  }

  /** "GICD_ICPENDR on a mapped interrupt that is not active deactivates the physical one" */
  deactivatesAfterClear(irq: VirtualState): boolean {
    if (!irq.active) this.cite('clear-pending-deactivates-what-is-not-in-service');
    return !irq.active;
  }

  /** GICD_ISPENDR, read. */
  readPending(state: VgicState, i: number): boolean {
    const irq = state.software.irqs[i];
    if (this.readsDevice(irq)) return this.parts.mapping.sample(state, irq);
    this.cite('pending-read-is-latch-or-line');
    return this.parts.routing.isPending(irq);
  }

  /** "returns the level of the device" */
  readsDevice(irq: VirtualState): boolean {
    const reads = this.isMappedLevel(irq);
    if (reads) this.cite('pending-read-of-a-mapped-level-asks-the-device');
    return reads;
  }

  isMappedLevel(irq: VirtualState): boolean {
    return irq.pIntId !== 0 && !irq.edge;
  }

  /** GICD_ISACTIVER and GICD_ICACTIVER, written by virtual CPU `v`. */
  writeActive(state: VgicState, v: number, i: number, active: boolean): VgicState {
    const irq = state.software.irqs[i];
    this.cite('active-write-sets-the-active-state');
    const activeSource = this.sourceAfterWrite(state, v, irq, active);
    const written = withIrq(state, i, { ...irq, active, activeSource });
    const reached = irq.pIntId === 0 ? written : this.physicalAfterActive(written, irq, active);
    return active ? this.parts.routing.queue(reached, i) : reached;
  }

  /** "makes the writing virtual CPU the source in service" */
  sourceAfterWrite(state: VgicState, v: number, irq: VirtualState, active: boolean): number {
    if (!active || !irq.id.isSgi) return irq.activeSource;
    this.cite('active-write-of-an-sgi-names-the-writer');
    return state.machine.place[v];
  }

  /** "on a mapped interrupt set and clear the physical active state" */
  physicalAfterActive(state: VgicState, irq: VirtualState, active: boolean): VgicState {
    this.cite('active-write-reaches-the-physical-interrupt');
    return this.parts.mapping.setPhysicalActive(state, irq, active);
  }

  /** GICD_ISACTIVER, read: "returns the virtual one, for a mapped interrupt too". */
  readActive(state: VgicState, i: number): boolean {
    this.cite('active-read-is-virtual');
    return state.software.irqs[i].active;
  }

  /** GICD_IPRIORITYR. */
  setPriority(state: VgicState, i: number, priority: number): VgicState {
    const irq = state.software.irqs[i];
    this.citeSpared(state, irq);
    return withIrq(state, i, { ...irq, priority: this.implementedBits(priority) });
  }

  /** "keeps the five upper bits" */
  implementedBits(priority: number): number {
    this.cite('priority-keeps-five-bits');
    return priority & 0xf8;
  }

  private citeSpared(state: VgicState, irq: VirtualState): void {
    if (irq.holder >= 0 && state.software.vcpus[irq.holder].running) {
      this.cite('priority-write-spares-the-list-registers');
    }
  }

  /** GICD_ITARGETSR of an SPI; `cpus` is a set of places in the VM. */
  setTargets(state: VgicState, i: number, cpus: number): VgicState {
    const irq = state.software.irqs[i];
    const members = state.machine.members[irq.id.vm];
    const target = this.targetOf(members, cpus);
    if (irq.holder >= 0 && target !== irq.holder) this.cite('retargeting-moves-nothing-by-itself');
    return withIrq(state, i, { ...irq, target });
  }

  /** "the lowest virtual CPU named, of those that exist"; "if [none], the target is the first one of the VM" */
  targetOf(members: readonly number[], cpus: number): number {
    const named = members.find((_, place) => (cpus & (1 << place)) !== 0);
    this.cite(named === undefined ? 'empty-target-means-the-first-cpu' : 'target-is-the-lowest-existing-cpu');
    return named ?? members[0];
  }

  /** GICD_ICFGR: "sets the trigger of an SPI and changes nothing else". */
  setTrigger(state: VgicState, i: number, edge: boolean): VgicState {
    this.cite('trigger-write-sets-the-trigger-alone');
    return withIrq(state, i, { ...state.software.irqs[i], edge });
  }

  /** GICD_IGROUPR. */
  setGroup(state: VgicState, i: number, group: number): VgicState {
    const irq = state.software.irqs[i];
    this.cite('group-write-sets-the-group');
    this.citeSpared(state, irq);
    return this.parts.routing.queue(withIrq(state, i, { ...irq, group }), i);
  }

  /** GICD_CTLR. */
  switchDistributor(state: VgicState, vm: number, on: boolean): VgicState {
    const was = state.software.distributorOn[vm];
    const switched = withSoftware(state, {
      ...state.software,
      distributorOn: replaced(state.software.distributorOn, vm, on),
    });
    return on && !was && this.requeuesAtEnable(state) ? this.requeue(switched, vm) : switched;
  }

  /** "what was pruned or never queued while the distributor was off waits for its next event", unless the knob says so */
  requeuesAtEnable({ machine }: VgicState): boolean {
    const requeues = machine.config.distEnableRequeues;
    this.cite(requeues ? 'enabling-the-distributor-requeues' : 'switching-the-distributor-moves-nothing');
    return requeues;
  }

  private requeue(state: VgicState, vm: number): VgicState {
    return state.machine.ofVm[vm].reduce((queued, i) => this.parts.routing.queue(queued, i), state);
  }
}
