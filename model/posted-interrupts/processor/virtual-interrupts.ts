import type { VectorSet } from '../../local-apic/index.ts';
import { classOf } from '../../local-apic/index.ts';
import { universe } from '../machine.ts';
import { Part } from '../part.ts';
import type { Guest, VirtualApic } from '../state.ts';

/** Virtual-interrupt delivery: what the processor does to the virtual-APIC page and the guest interrupt status. */
export class VirtualInterrupts extends Part {
  /** "VPPR becomes VTPR if VTPR[7:4] is not less than SVI[7:4], else SVI with its low half cleared." */
  virtualizedPpr(tpr: number, svi: number): number {
    this.cite('ppr-virtualization');
    this.cite('ppr-virtualization-has-three-causes');
    return classOf(tpr) >= classOf(svi) ? tpr : svi & 0xf0;
  }

  virtualizePpr(guest: Guest): Guest {
    const ppr = this.virtualizedPpr(guest.apic.tpr, guest.virtual.svi);
    return ppr === guest.apic.ppr ? guest : { ...guest, apic: { ...guest.apic, ppr } };
  }

  /** "recognizes a virtual interrupt if RVI[7:4] is greater than VPPR[7:4], and ends recognition if not" */
  evaluate(guest: Guest): Guest {
    this.cite('evaluation-has-five-causes');
    const recognized = this.recognizes(guest);
    if (recognized === guest.virtual.recognized) return guest;
    return { ...guest, virtual: { ...guest.virtual, recognized } };
  }

  recognizes(guest: Guest): boolean {
    const { localApic } = this.parts;
    const { rvi } = guest.virtual;
    this.cite('evaluation-compares-rvi-with-vppr');
    if (this.windowPrevents(guest.virtual)) return false;
    if (rvi === 0) this.cite('zero-is-no-vector');
    return localApic.isServed(guest.apic) && localApic.isAbove(rvi, guest.apic.ppr, guest.apic);
  }

  /** "Evaluation recognizes nothing while 'interrupt-window exiting' is 1." */
  windowPrevents({ window }: VirtualApic): boolean {
    if (window) this.cite('window-prevents-recognition');
    return window;
  }

  /** "VM entry performs PPR virtualization and evaluates pending virtual interrupts" */
  vmEntry(guest: Guest): Guest {
    this.cite('entry-evaluates');
    return this.evaluate(this.virtualizePpr(guest));
  }

  /** "a write of TPR or CR8 performs PPR virtualization, evaluates, and does not exit" */
  writeTpr(guest: Guest, tpr: number): Guest {
    this.cite('tpr-virtualization-evaluates');
    return this.evaluate(this.virtualizePpr({ ...guest, apic: { ...guest.apic, tpr } }));
  }

  /** The vector that EOI virtualization is for: "the vector in SVI, whatever the highest bit of VISR is" */
  completes({ virtual, apic }: Guest): number {
    const { svi } = virtual;
    if (universe.max(apic.isr) !== svi) this.cite('eoi-takes-svi-and-not-visr');
    if (svi === 0) this.cite('zero-is-no-vector');
    if (svi === 0 && apic.isr === 0) this.cite('eoi-without-service-does-nothing');
    return svi;
  }

  /** "clears the bit of SVI in VISR, sets SVI to the highest bit left or 0, and performs PPR virtualization" */
  completeEoi(guest: Guest, vector: number): Guest {
    this.cite('eoi-virtualization');
    const isr = universe.without(guest.apic.isr, vector);
    const svi = this.sviAfterEoi(isr);
    return this.virtualizePpr({ ...guest, apic: { ...guest.apic, isr }, virtual: { ...guest.virtual, svi } });
  }

  sviAfterEoi(isr: VectorSet): number {
    return universe.max(isr);
  }

  /** "exits with reason 45 …, trap-like, and evaluates nothing; else it evaluates" */
  exitsOnEoi({ virtual }: Guest, vector: number): boolean {
    this.cite('eoi-exit-comes-before-evaluation');
    return universe.has(virtual.eoiExit, vector);
  }

  /** "sets the bit of the vector in VIRR, raises RVI to it if it is higher, and evaluates" */
  selfIpi(guest: Guest, vector: number): Guest {
    this.cite('self-ipi-virtualization');
    const irr = universe.with(guest.apic.irr, vector);
    const rvi = Math.max(guest.virtual.rvi, vector);
    return this.evaluate({ ...guest, apic: { ...guest.apic, irr }, virtual: { ...guest.virtual, rvi } });
  }

  /** The registers after the delivery of the virtual interrupt in RVI. */
  deliver(guest: Guest): Guest {
    this.cite('virtual-delivery-takes-rvi');
    const { rvi } = guest.virtual;
    if (!universe.has(guest.apic.irr, rvi)) this.cite('virtual-delivery-trusts-rvi');
    this.cite('highest-vector-is-delivered-first');
    const apic = { ...this.parts.localApic.acknowledge(guest.apic, rvi), ppr: this.pprAfterDelivery(rvi) };
    const virtual = {
      ...guest.virtual,
      svi: rvi,
      rvi: this.rviAfterDelivery(apic.irr),
      recognized: this.recognizedAfterDelivery(),
    };
    return { ...guest, apic, virtual };
  }

  /** "VPPR to its class with a low half of 0" */
  pprAfterDelivery(vector: number): number {
    return vector & 0xf0;
  }

  /** "RVI to the highest bit left in VIRR or 0" */
  rviAfterDelivery(irr: VectorSet): number {
    return universe.max(irr);
  }

  /** "nothing is recognized again before the next evaluation" */
  recognizedAfterDelivery(): boolean {
    this.cite('delivery-ends-recognition');
    return false;
  }
}
