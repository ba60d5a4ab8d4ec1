import { classOf, type LocalApic } from './local-apic.ts';
import { highest, insert, remove } from './vector-set.ts';

/** Virtual-interrupt delivery by the processor: guest interrupt status, VPPR, and recognition, over a virtual-APIC page. */
export class VirtualInterrupts {
  readonly page: LocalApic;
  /** Requesting virtual interrupt; 0: none. */
  rvi = 0;
  /** Servicing virtual interrupt; 0: none. */
  svi = 0;
  vppr = 0;
  recognized = false;

  constructor(page: LocalApic) {
    this.page = page;
  }

  reset(): void {
    this.rvi = 0;
    this.svi = 0;
    this.vppr = 0;
    this.recognized = false;
  }

  /** PPR virtualization. */
  virtualizePpr(): void {
    const { tpr } = this.page;
    this.vppr = classOf(tpr) >= classOf(this.svi) ? tpr : this.svi & 0xf0;
  }

  /** Evaluation of pending virtual interrupts; `window` is "interrupt-window exiting". */
  evaluate(window: boolean): void {
    this.recognized = !window && classOf(this.rvi) > classOf(this.vppr);
  }

  /** TPR virtualization. */
  writeTpr(value: number, window: boolean): void {
    this.page.tpr = value;
    this.virtualizePpr();
    this.evaluate(window);
  }

  /** EOI virtualization up to the EOI-exit bitmap: who calls it exits or evaluates. Returns the vector, 0 if none. */
  endOfInterrupt(): number {
    const vector = this.svi;
    remove(this.page.isr, vector);
    this.svi = highest(this.page.isr);
    this.virtualizePpr();
    return vector;
  }

  /** Self-IPI virtualization. */
  selfIpi(vector: number, window: boolean): void {
    insert(this.page.irr, vector);
    this.raiseRvi(vector);
    this.evaluate(window);
  }

  /** "RVI becomes the maximum of its old value and the highest bit that was found in PIR." */
  raiseRvi(vector: number): void {
    if (vector > this.rvi) this.rvi = vector;
  }

  /** The registers' part of the delivery of the virtual interrupt in RVI, which is taken on trust. Returns the vector. */
  deliver(): number {
    const { page, rvi: vector } = this;
    insert(page.isr, vector);
    this.svi = vector;
    this.vppr = vector & 0xf0;
    remove(page.irr, vector);
    this.rvi = highest(page.irr);
    this.recognized = false;
    return vector;
  }

  /** Software makes the guest interrupt status fit the page. */
  restoreStatus(): void {
    this.rvi = highest(this.page.irr);
    this.svi = highest(this.page.isr);
  }
}
