import { physicalInterrupts, spurious } from '../../../spec/vgic/universe.ts';
import { Part } from '../part.ts';
import type { Hardware, PhysicalState } from '../state.ts';
import { replaced, withCpu } from '../update.ts';

const placeOf: Readonly<Record<number, number>> = Object.fromEntries(
  physicalInterrupts.map(({ pIntId }, place) => [pIntId, place]),
);

/** The physical distributor, and the CPU interface of the host. */
export class PhysicalDistributor extends Part {
  /** "A PPI has a state of its own for each physical CPU", "an SPI has one state for all": the bank `p` sees. */
  bank(pIntId: number, p: number): number {
    if (!physicalInterrupts[placeOf[pIntId]].banked) {
      if (p !== 0) this.cite('spi-active-state-is-shared');
      return 0;
    }
    if (p !== 0) this.cite('ppi-state-is-banked');
    return p;
  }

  /** Place in `Hardware.interrupts` of an interrupt as physical CPU `p` sees it. */
  slot(pIntId: number, p: number): number {
    return this.bank(pIntId, p) * physicalInterrupts.length + placeOf[pIntId];
  }

  /** The interrupt as physical CPU `p` sees it. */
  of(hardware: Hardware, pIntId: number, p: number): PhysicalState {
    return hardware.interrupts[this.slot(pIntId, p)];
  }

  /** With another state of the interrupt that physical CPU `p` sees. */
  put(hardware: Hardware, pIntId: number, p: number, interrupt: PhysicalState): Hardware {
    return { ...hardware, interrupts: replaced(hardware.interrupts, this.slot(pIntId, p), interrupt) };
  }

  /** "pending if its latch is set, or if it is level-sensitive and its line is high" */
  isPending(interrupt: PhysicalState): boolean {
    return interrupt.latch || (!interrupt.edge && interrupt.line);
  }

  /** "An active physical interrupt is not signalled", nor is a disabled or a masked one. */
  maySignal(interrupt: PhysicalState): boolean {
    if (interrupt.active) this.cite('active-interrupt-is-never-signalled');
    if (!interrupt.enabled) this.cite('disabled-interrupt-is-never-signalled');
    return !interrupt.active && interrupt.enabled && !interrupt.masked;
  }

  /** SPIs are routed to physical CPU 0. */
  isRoutedTo(pIntId: number, p: number): boolean {
    return p === 0 || physicalInterrupts[placeOf[pIntId]].banked;
  }

  /** "Until the host drops the priority of an acknowledged interrupt, no interrupt of the same priority is signalled." */
  holdsOff(hardware: Hardware, p: number): boolean {
    return hardware.cpus[p].hostAcknowledged !== 0;
  }

  /** INTID of the interrupt signalled to the host on physical CPU `p`, else 1023. */
  signalled(hardware: Hardware, p: number): number {
    let lowest = spurious;
    for (const { pIntId } of physicalInterrupts) {
      if (!this.isRoutedTo(pIntId, p)) continue;
      const interrupt = this.of(hardware, pIntId, p);
      if (!this.isPending(interrupt) || !this.maySignal(interrupt)) continue;
      if (lowest !== spurious) this.cite('lowest-physical-intid-is-signalled-first');
      else lowest = pIntId;
    }
    if (lowest === spurious || !this.holdsOff(hardware, p)) return lowest;
    this.cite('acknowledged-host-interrupt-holds-off-equals');
    return spurious;
  }

  /** A level-sensitive line changes. */
  setLine(hardware: Hardware, pIntId: number, p: number, high: boolean): Hardware {
    const interrupt = this.of(hardware, pIntId, p);
    if (interrupt.line === high) return hardware;
    this.cite('physical-pending-is-latch-or-level-line');
    const latch = this.latchAfterLine(interrupt, high);
    return this.put(hardware, pIntId, p, { ...interrupt, line: high, latch });
  }

  /** "A falling line ends only the pending state that the line caused; a latch set by a register write stays." */
  latchAfterLine(interrupt: PhysicalState, high: boolean): boolean {
    if (!high && interrupt.latch) this.cite('physical-falling-line-keeps-the-latch');
    return interrupt.latch;
  }

  /** "A rising edge sets the latch …; further edges while it is set are absorbed." */
  pulse(hardware: Hardware, pIntId: number): Hardware {
    this.cite('physical-edge-sets-the-latch-once');
    return this.put(hardware, pIntId, 0, { ...this.of(hardware, pIntId, 0), latch: true });
  }

  /** The host reads GICC_IAR while `pIntId` is signalled: "clears the latch, makes the interrupt active". */
  acknowledge(hardware: Hardware, pIntId: number, p: number): Hardware {
    this.cite('host-acknowledge-moves-pending-to-active');
    const interrupt = { ...this.of(hardware, pIntId, p), latch: false, active: true };
    const acknowledged = this.put(hardware, pIntId, p, interrupt);
    if (this.isPending(interrupt)) this.cite('high-line-stays-pending-while-active');
    return withCpu(acknowledged, p, { ...acknowledged.cpus[p], hostAcknowledged: pIntId });
  }

  /** The host writes GICC_EOIR. "With EOImode 1 [it] drops the priority; the interrupt stays active." */
  dropPriority(hardware: Hardware, p: number): Hardware {
    return withCpu(hardware, p, { ...hardware.cpus[p], hostAcknowledged: 0 });
  }

  /** Deactivation, by whatever means: "makes an interrupt that is still pending signallable at once". */
  deactivate(hardware: Hardware, pIntId: number, p: number): Hardware {
    const interrupt = this.of(hardware, pIntId, p);
    if (!interrupt.active) return hardware;
    if (this.isPending(interrupt)) this.cite('deactivated-interrupt-is-signalled-again-at-once');
    return this.put(hardware, pIntId, p, { ...interrupt, active: false });
  }

  /** GICD_ISACTIVER and GICD_ICACTIVER: "acknowledges nothing and changes no pending state". */
  setActive(hardware: Hardware, pIntId: number, p: number, active: boolean): Hardware {
    if (!active) return this.deactivate(hardware, pIntId, p);
    const interrupt = this.of(hardware, pIntId, p);
    return interrupt.active ? hardware : this.put(hardware, pIntId, p, { ...interrupt, active });
  }

  /** GICD_ISPENDR and GICD_ICPENDR. */
  setLatch(hardware: Hardware, pIntId: number, p: number, latch: boolean): Hardware {
    const interrupt = this.of(hardware, pIntId, p);
    return interrupt.latch === latch ? hardware : this.put(hardware, pIntId, p, { ...interrupt, latch });
  }

  /** GICD_ISENABLER and GICD_ICENABLER. */
  setEnabled(hardware: Hardware, pIntId: number, p: number, enabled: boolean): Hardware {
    return this.put(hardware, pIntId, p, { ...this.of(hardware, pIntId, p), enabled });
  }

  /** The host masks an interrupt in the place of leaving it active. */
  setMasked(hardware: Hardware, pIntId: number, p: number, masked: boolean): Hardware {
    const interrupt = this.of(hardware, pIntId, p);
    return interrupt.masked === masked ? hardware : this.put(hardware, pIntId, p, { ...interrupt, masked });
  }
}
