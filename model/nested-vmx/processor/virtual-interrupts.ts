import { classOf } from '../../local-apic/index.ts';
import { control, universe } from '../machine.ts';
import { Part } from '../part.ts';
import type { VirtualApic } from '../state.ts';

/** Virtual-interrupt delivery and posted-interrupt processing. */
export class VirtualInterrupts extends Part {
  virtualizePpr(page: VirtualApic): VirtualApic {
    const { tpr, svi } = page;
    const ppr = classOf(tpr) >= classOf(svi) ? tpr : svi & 0xf0;
    return ppr === page.ppr ? page : { ...page, ppr };
  }

  evaluate(page: VirtualApic, controls: number): VirtualApic {
    const recognized = this.recognizes(page, controls);
    return recognized === page.recognized ? page : { ...page, recognized };
  }

  /** "recognizes RVI if its class is above that of VPPR, unless 'interrupt-window exiting' is 1" */
  recognizes({ rvi, ppr }: VirtualApic, controls: number): boolean {
    return (controls & control.interruptWindow) === 0 && classOf(rvi) > classOf(ppr);
  }

  /** "Entry with 'virtual-interrupt delivery' virtualizes PPR and recognizes RVI" */
  entry(page: VirtualApic, controls: number): VirtualApic {
    this.cite('entry-evaluates-rvi');
    return this.evaluate(this.virtualizePpr(page), controls);
  }

  /** "moves from VIRR to VISR; RVI, SVI and VPPR follow" */
  deliver(page: VirtualApic): VirtualApic {
    this.cite('virtual-interrupt-is-delivered-without-exit');
    const { rvi } = page;
    const irr = universe.without(page.irr, rvi);
    return {
      ...page,
      irr,
      isr: universe.with(page.isr, rvi),
      ppr: rvi & 0xf0,
      svi: rvi,
      rvi: universe.max(irr),
      recognized: false,
    };
  }

  eoi(page: VirtualApic, controls: number): VirtualApic {
    this.cite('accesses-of-l2-stay-with-l2');
    const isr = universe.without(page.isr, page.svi);
    return this.evaluate(this.virtualizePpr({ ...page, isr, svi: universe.max(isr) }), controls);
  }

  writeTpr(page: VirtualApic, tpr: number, controls: number): VirtualApic {
    this.cite('accesses-of-l2-stay-with-l2');
    return this.evaluate(this.virtualizePpr({ ...page, tpr }), controls);
  }

  /** "ON is cleared, PIR goes into VIRR, and RVI is raised to its highest bit" */
  process(page: VirtualApic, controls: number): VirtualApic {
    const { irr, pir, rvi } = page;
    const raised = Math.max(rvi, universe.max(pir));
    return this.evaluate({ ...page, irr: irr | pir, rvi: raised, pir: 0, on: false }, controls);
  }

  /** "After an exit nothing is recognized; RVI and SVI stay in the VMCS as they are." */
  afterExit(page: VirtualApic): VirtualApic {
    if (!page.recognized) return page;
    this.cite('exit-ends-recognition');
    return { ...page, recognized: false };
  }

  /** Posts: "PIR and ON that another agent sets stay in memory until the notification is processed." */
  post(page: VirtualApic, vector: number): VirtualApic {
    this.cite('posting-alone-reaches-nobody');
    return { ...page, pir: universe.with(page.pir, vector), on: true };
  }

  /** "RVI that L1 has raised is not looked at before the next entry" */
  pend(page: VirtualApic, vector: number): VirtualApic {
    this.cite('rvi-waits-for-an-evaluation');
    return { ...page, irr: universe.with(page.irr, vector), rvi: Math.max(page.rvi, vector) };
  }
}
