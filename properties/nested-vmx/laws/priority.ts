import type { NestedVmxEvent } from '../../../spec/nested-vmx/alphabet.ts';
import { eventTypes } from '../../../spec/vmx/interruption-information.ts';
import { pendingBits } from '../bits.ts';
import { law, Watch, type Wrong } from '../law.ts';
import { byte, classOf, highest, named, setOf, typeOf } from '../sighted.ts';

class AboveEverything extends Watch {
  override step(event: NestedVmxEvent): Wrong | undefined {
    const { sight } = this;
    const vector = sight.taken(event);
    if (setOf(vector) === 0) return undefined;
    this.moments++;
    const { irr, isr, tpr, pending } = sight.before;
    const name = `${byte(vector)} was taken`;
    if (pending & pendingBits.pic) {
      return { clause: 'pic-goes-before-the-local-apic', summary: `${name} while the 8259 asserted` };
    }
    if ((irr & setOf(vector)) === 0) return `${name}, and was not in IRR`;
    if (highest(irr) > vector) return `${name} while ${byte(highest(irr))} was pending`;
    if (classOf(tpr) >= classOf(vector)) return `${name} with TPR ${byte(tpr)}`;
    if (classOf(highest(isr)) >= classOf(vector)) return `${name} while ${named(isr)} was in service`;
    return undefined;
  }
}

class Ppr extends Watch {
  override step(): string | undefined {
    const { config, now } = this.sight;
    const service = classOf(highest(now.isr));
    if (now.isr === 0 && now.tpr === 0) return undefined;
    this.moments++;
    const tie = config.pprOnTie === 'tpr' ? now.tpr : service << 4;
    const ppr = classOf(now.tpr) > service ? now.tpr : classOf(now.tpr) < service ? service << 4 : tie;
    if (now.ppr === ppr) return undefined;
    return `PPR is ${byte(now.ppr)} with TPR ${byte(now.tpr)} and ISR {${named(now.isr)}}`;
  }
}

class NoneInL2 extends Watch {
  override step(event: NestedVmxEvent): string | undefined {
    const { sight } = this;
    const information = sight.reachedL2;
    if (typeOf(information) !== eventTypes.externalInterrupt || event.kind === 'l1Enter') return undefined;
    if (!sight.has('externalInterruptExiting')) return undefined;
    this.moments++;
    const { before, now } = sight;
    const vector = setOf(information & 0xff);
    if ((now.visr & ~before.visr) === vector && vector !== 0 && now.isr === before.isr) return undefined;
    return `${byte(information & 0xff)} reached L2 with external-interrupt exiting, and was no virtual interrupt`;
  }
}

/** Who is taken before whom. */
export const priority = [
  law({
    id: 'taken-above-everything',
    claim: 'A vector that is taken is the highest pending, and of a class above TPR and everything in service.',
    judges: [
      'taken-is-above-everything',
      'hidden-interrupt-makes-no-exit',
      'vector-is-chosen-when-it-is-taken',
      'pic-goes-before-the-local-apic',
    ],
    needs: ['delivery', 'exit', 'apic', 'pending'],
    scenario: {
      name: 'two of a class and one above them, taken by acknowledged exits',
      config: { preset: 'acknowledge' },
      events: [
        { kind: 'interrupt', vector: 0x31 },
        { kind: 'interrupt', vector: 0x3e },
        { kind: 'l1Enter' },
        { kind: 'l2Nop' },
        { kind: 'interrupt', vector: 0x40 },
        { kind: 'l1Enter' },
        { kind: 'l2Nop' },
      ],
    },
    watch: AboveEverything,
  }),
  law({
    id: 'ppr-follows-from-tpr-and-isr',
    claim: 'PPR of L1 is what TPR and ISR make it, whoever runs and whoever wrote the EOI.',
    judges: ['ppr-is-the-greater-of-tpr-and-isr', 'eoi-of-l2-frees-l1'],
    needs: ['apic'],
    scenario: {
      name: 'L2 ends the service of what it got directly',
      config: { preset: 'direct' },
      events: [
        { kind: 'l1Tpr', priority: 0x1f },
        { kind: 'interrupt', vector: 0x20 },
        { kind: 'l1Enter' },
        { kind: 'l2Nop' },
        { kind: 'l2Eoi' },
      ],
    },
    watch: Ppr,
  }),
  law({
    id: 'no-external-interrupt-in-l2',
    claim: 'With external-interrupt exiting, what L2 gets of type 0 is injected by L1, or virtual.',
    judges: ['no-external-interrupt-in-l2-with-exiting'],
    needs: ['delivery', 'exit', 'apic', 'virtualApic'],
    scenario: {
      name: 'a virtual interrupt, then one for L1',
      config: { preset: 'virtual', apicVirtualization: 'virtual' },
      events: [
        { kind: 'l1Pend', vector: 0x31 },
        { kind: 'l1Enter' },
        { kind: 'interrupt', vector: 0x40 },
        { kind: 'l2Nop' },
        { kind: 'l2Nop' },
      ],
    },
    watch: NoneInL2,
  }),
];
