import { lineVector, picVector } from '../../spec/nested-vmx/universe.ts';
import type { LocalApic, PprOnTie, VectorSet } from '../../model/local-apic/index.ts';
import { universe, type Chips } from '../../model/nested-vmx/index.ts';
import { Interrupts, type Completed } from '../../model/nested-vmx/processor/interrupts.ts';
import { LocalApicPart } from '../../model/nested-vmx/processor/local-apic-part.ts';
import { fault, xen } from './define.ts';

/** L1's local APIC, the I/O APIC and the 8259. */
export const localApic = [
  fault({
    id: 'acceptance-acknowledges-at-once',
    breaks: ['acceptance-changes-irr-alone'],
    wrong: 'An interrupt that comes while nothing is in service goes into ISR at once.',
    profile: 'bare',
    parts: {
      localApic: class extends LocalApicPart {
        override withPending(apic: LocalApic, vector: number): LocalApic {
          const next = super.withPending(apic, vector);
          return apic.isr === 0 ? this.acknowledge(next, vector) : next;
        }
      },
    },
  }),
  fault({
    id: 'second-edge-cancels-the-first',
    breaks: ['pending-vector-absorbs-another'],
    wrong: 'A vector that is accepted while it is pending is pending no more.',
    profile: 'bare',
    parts: {
      localApic: class extends LocalApicPart {
        override withPending(apic: LocalApic, vector: number): LocalApic {
          const next = super.withPending(apic, vector);
          return next === apic ? { ...apic, irr: universe.without(apic.irr, vector) } : next;
        }
      },
    },
  }),
  fault({
    id: 'vector-in-service-is-not-accepted',
    breaks: ['one-pending-while-one-in-service'],
    wrong: 'A vector that comes while it is in service is merged into the one in service (M-24).',
    parts: {
      localApic: class extends LocalApicPart {
        override withPending(apic: LocalApic, vector: number): LocalApic {
          const next = super.withPending(apic, vector);
          return universe.has(apic.isr, vector) ? apic : next;
        }
      },
    },
  }),
  fault({
    id: 'lowest-pending-vector-goes-first',
    breaks: ['highest-vector-is-delivered-first', 'vector-is-chosen-when-it-is-taken', 'l1-takes-it-when-it-opens'],
    wrong: 'Of several pending vectors the lowest one is taken.',
    profile: 'bare',
    parts: {
      localApic: class extends LocalApicPart {
        override highestPending(irr: VectorSet): number {
          super.highestPending(irr);
          return universe.vectors.find((vector) => universe.has(irr, vector)) ?? 0;
        }
      },
    },
  }),
  fault({
    id: 'whole-vector-is-compared-with-ppr',
    breaks: ['delivery-compares-classes', 'hidden-interrupt-makes-no-exit'],
    wrong: 'A vector is compared with PPR as a number, not by its class (M-05).',
    config: { l0Apicv: false },
    parts: {
      localApic: class extends LocalApicPart {
        override compares(vector: number, ppr: number): boolean {
          super.compares(vector, ppr);
          return vector > ppr;
        }
      },
    },
  }),
  fault({
    id: 'tpr-of-l1-is-not-compared',
    breaks: ['hidden-interrupt-makes-no-exit', 'delivery-compares-classes', 'vector-is-chosen-when-it-is-taken'],
    wrong: 'A vector that the TPR of L1 hides makes L2 exit.',
    seen: [xen('A08', 'Nested VMX: Check whether interrupt is blocked by TPR (7fb5c6b9ef)', 2013)],
    config: { l0Apicv: false },
    parts: {
      localApic: class extends LocalApicPart {
        override deliverable(apic: LocalApic): number {
          return super.deliverable({ ...apic, tpr: 0 });
        }
      },
    },
  }),
  fault({
    id: 'isr-of-l1-is-not-compared-while-l2-runs',
    breaks: ['hidden-interrupt-makes-no-exit', 'delivery-compares-classes'],
    wrong:
      'With APIC virtualization for L1 what L1 has in service is left to the processor, which does not look while L2 runs.',
    seen: [xen('A09', 'Nested VMX: Force check ISR when L2 is running (b35d0a2698)', 2013)],
    config: { l0Apicv: true },
    parts: {
      localApic: class extends LocalApicPart {
        override isAbove(vector: number, ppr: number, apic: LocalApic): boolean {
          super.isAbove(vector, ppr, apic);
          return this.compares(vector, apic.tpr);
        }
      },
    },
  }),
  fault({
    id: 'ppr-is-tpr',
    breaks: [
      'ppr-is-the-greater-of-tpr-and-isr',
      'hidden-interrupt-makes-no-exit',
      'eoi-of-l2-frees-l1',
      'delivery-compares-classes',
    ],
    wrong: 'What is in service does not count for PPR.',
    profile: 'bare',
    parts: {
      localApic: class extends LocalApicPart {
        override ppr(apic: LocalApic, onTie?: PprOnTie): number {
          super.ppr(apic, onTie);
          return apic.tpr;
        }
      },
    },
  }),
  fault({
    id: 'ppr-keeps-the-low-half-of-the-vector',
    breaks: ['ppr-is-the-greater-of-tpr-and-isr'],
    wrong: 'PPR is the vector in service, not its class.',
    profile: 'bare',
    parts: {
      localApic: class extends LocalApicPart {
        override ppr(apic: LocalApic, onTie?: PprOnTie): number {
          const ppr = super.ppr(apic, onTie);
          return ppr >> 4 > apic.tpr >> 4 ? universe.max(apic.isr) : ppr;
        }
      },
    },
  }),
  fault({
    id: 'ppr-on-a-tie-is-always-zero',
    breaks: ['ppr-low-half-on-a-tie'],
    wrong: 'The low half of PPR is 0 on a tie, in a processor that said otherwise.',
    profile: 'bare',
    config: { pprOnTie: 'tpr' },
    parts: {
      localApic: class extends LocalApicPart {
        override pprOnTie(tpr: number): number {
          return super.pprOnTie(tpr, 'zero');
        }
      },
    },
  }),
  fault({
    id: 'eoi-clears-the-lowest-in-service',
    breaks: ['eoi-clears-the-highest-in-service', 'eoi-of-l2-reaches-the-apic-of-l1'],
    wrong: 'An EOI clears the lowest bit of ISR.',
    config: { l0Apicv: false },
    parts: {
      localApic: class extends LocalApicPart {
        override completes(isr: VectorSet): number {
          super.completes(isr);
          return universe.vectors.find((vector) => universe.has(isr, vector)) ?? 0;
        }
      },
    },
  }),
  fault({
    id: 'edge-eoi-is-broadcast',
    breaks: ['level-eoi-is-broadcast'],
    wrong: 'The EOI of an edge-triggered vector goes to the I/O APIC too.',
    profile: 'bare',
    parts: {
      localApic: class extends LocalApicPart {
        override broadcasts(apic: LocalApic, vector: number): boolean {
          super.broadcasts(apic, vector);
          return true;
        }
      },
    },
  }),
  fault({
    id: 'io-apic-is-not-told-of-the-eoi',
    breaks: ['level-eoi-is-broadcast'],
    wrong: 'The EOI of the level-triggered vector leaves remote IRR set: the line is dead.',
    parts: {
      interrupts: class extends Interrupts {
        override broadcast(chips: Chips, vector: number): Completed {
          super.broadcast(chips, vector);
          return { chips, broadcast: 0 };
        }
      },
    },
  }),
  fault({
    id: 'line-that-is-still-high-is-forgotten',
    breaks: ['level-eoi-is-broadcast'],
    wrong: 'After the EOI the I/O APIC does not look whether the line is still high.',
    parts: {
      interrupts: class extends Interrupts {
        override broadcast(chips: Chips, vector: number): Completed {
          const done = super.broadcast(chips, vector);
          if (vector !== lineVector || done.broadcast === 0) return done;
          return { ...done, chips: { ...chips, remoteIrr: false } };
        }
      },
    },
  }),
  fault({
    id: 'unacknowledged-line-is-sent-again',
    breaks: ['unacknowledged-level-is-sent-once'],
    wrong: 'The line sends an interrupt each time it goes high, remote IRR or not.',
    profile: 'bare',
    parts: {
      interrupts: class extends Interrupts {
        override waitsForEoi(chips: Chips): boolean {
          super.waitsForEoi(chips);
          return false;
        }
      },
    },
  }),
  fault({
    id: 'pic-obeys-the-tpr',
    breaks: ['pic-bypasses-the-local-apic', 'pic-goes-before-the-local-apic', 'pic-is-acknowledged-once'],
    wrong: 'An interrupt of the 8259 waits while PPR of L1 is of a higher class.',
    parts: {
      interrupts: class extends Interrupts {
        override picIsTaken(pic: boolean, apic: LocalApic): boolean {
          return super.picIsTaken(pic, apic) && this.parts.localApic.ppr(apic) >> 4 < picVector >> 4;
        }
      },
    },
  }),
  fault({
    id: 'pic-acknowledge-marks-the-local-apic',
    breaks: ['pic-bypasses-the-local-apic', 'pic-is-acknowledged-once'],
    wrong: 'The acknowledge of the 8259 takes the deliverable vector of the local APIC into ISR with it (M-43).',
    config: { l0Apicv: false },
    parts: {
      interrupts: class extends Interrupts {
        override acknowledgePic(chips: Chips): Chips {
          const next = super.acknowledgePic(chips);
          const { localApic } = this.parts;
          const vector = localApic.deliverable(next.apic);
          return vector === 0 ? next : { ...next, apic: localApic.acknowledge(next.apic, vector) };
        }
      },
    },
  }),
  fault({
    id: 'local-apic-goes-before-the-pic',
    breaks: ['pic-goes-before-the-local-apic', 'pic-is-acknowledged-once'],
    wrong: 'A deliverable vector of the local APIC goes before the 8259.',
    config: { l0Apicv: false },
    parts: {
      interrupts: class extends Interrupts {
        override picIsTaken(pic: boolean, apic: LocalApic): boolean {
          return super.picIsTaken(pic, apic) && this.parts.localApic.deliverable(apic) === 0;
        }
      },
    },
  }),
  fault({
    id: 'withdrawn-pic-interrupt-stays',
    breaks: ['withdrawn-pic-interrupt-is-gone'],
    wrong: 'What the 8259 has asserted is latched: taking the line back does not help.',
    profile: 'bare',
    parts: {
      interrupts: class extends Interrupts {
        override withdraw(chips: Chips): Chips {
          super.withdraw(chips);
          return chips;
        }
      },
    },
  }),
  fault({
    id: 'pic-asserts-on-after-its-acknowledge',
    breaks: ['pic-is-acknowledged-once'],
    wrong: 'The acknowledge does not reach the 8259, which interrupts again.',
    parts: {
      interrupts: class extends Interrupts {
        override acknowledgePic(chips: Chips): Chips {
          super.acknowledgePic(chips);
          return chips;
        }
      },
    },
  }),
];
