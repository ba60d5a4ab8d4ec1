import { classOf, type LocalApic } from '../../model/local-apic/index.ts';
import { IoApic } from '../../model/posted-interrupts/devices/io-apic.ts';
import { LocalApicPart, withVcpu, type PostedInterruptsState as State } from '../../model/posted-interrupts/index.ts';
import { Emulation } from '../../model/posted-interrupts/software/emulation.ts';
import { fault, kvm, openVmm, xen } from './define.ts';

/** The local APIC, whether or not the processor virtualizes it, and the I/O APIC behind it. */
export const localApic = [
  fault({
    id: 'lowest-vector-is-delivered-first',
    breaks: [
      'highest-vector-is-delivered-first',
      'threshold-is-the-class-that-tpr-hides',
      'injection-commits-the-vector',
    ],
    wrong: 'The lowest pending vector is the one that is delivered.',
    config: { apicv: 'off', nested: false },
    parts: {
      localApic: class extends LocalApicPart {
        override highestPending(irr: number): number {
          return this.vectors.max(irr & -irr);
        }
      },
    },
  }),
  fault({
    id: 'whole-vector-is-compared-with-ppr',
    breaks: [
      'delivery-compares-classes',
      'equal-class-waits-for-eoi',
      'evaluation-compares-rvi-with-vppr',
      'woken-cpu-looks-again',
      'block-ends-for-a-deliverable-interrupt',
    ],
    wrong: 'A vector is deliverable if it is greater than PPR, low halves included: 0x3f nests into 0x31 (M-22).',
    config: { nested: false },
    parts: {
      localApic: class extends LocalApicPart {
        override compares(vector: number, ppr: number): boolean {
          return vector > ppr;
        }
      },
    },
  }),
  fault({
    id: 'equal-class-is-deliverable',
    breaks: [
      'delivery-compares-classes',
      'equal-class-waits-for-eoi',
      'evaluation-compares-rvi-with-vppr',
      'woken-cpu-looks-again',
      'block-ends-for-a-deliverable-interrupt',
    ],
    wrong: 'A vector of the class of PPR is deliverable.',
    config: { nested: false },
    parts: {
      localApic: class extends LocalApicPart {
        override compares(vector: number, ppr: number): boolean {
          return classOf(vector) >= classOf(ppr);
        }
      },
    },
  }),
  fault({
    id: 'ppr-ignores-what-is-in-service',
    breaks: ['ppr-is-the-greater-of-tpr-and-isr', 'equal-class-waits-for-eoi', 'higher-class-nests'],
    wrong: 'PPR is TPR, whatever is in service.',
    config: { apicv: 'off', nested: false },
    parts: {
      localApic: class extends LocalApicPart {
        override ppr({ tpr }: LocalApic): number {
          return tpr;
        }
      },
    },
  }),
  fault({
    id: 'ppr-keeps-the-low-half-of-the-vector-in-service',
    breaks: ['ppr-is-the-greater-of-tpr-and-isr'],
    wrong: 'PPR is the whole vector in service where its class is above that of TPR.',
    config: { apicv: 'off' },
    parts: {
      localApic: class extends LocalApicPart {
        override ppr({ tpr, isr }: LocalApic): number {
          return Math.max(tpr, this.vectors.max(isr));
        }
      },
    },
  }),
  fault({
    id: 'ppr-on-a-tie-is-that-of-another-processor',
    breaks: ['ppr-low-half-on-a-tie', 'ppr-is-the-greater-of-tpr-and-isr'],
    wrong: 'Where TPR and the vector in service are of one class, PPR has the low half that the knob does not name.',
    config: { apicv: 'off' },
    parts: {
      localApic: class extends LocalApicPart {
        override pprOnTie(tpr: number, onTie: 'tpr' | 'zero'): number {
          return onTie === 'tpr' ? tpr & 0xf0 : tpr;
        }
      },
    },
  }),
  fault({
    id: 'illegal-vector-is-accepted',
    breaks: ['illegal-vectors-are-not-accepted'],
    wrong: 'A vector below 16 is taken for a valid one.',
    parts: {
      localApic: class extends LocalApicPart {
        override isIllegal(): boolean {
          return false;
        }
      },
    },
  }),
  fault({
    id: 'vector-in-service-absorbs-another',
    breaks: ['one-pending-while-one-in-service', 'acceptance-sets-irr'],
    wrong: 'A vector that arrives while it is in service is dropped: one event is lost (M-24).',
    config: { apicv: 'off' },
    parts: {
      localApic: class extends LocalApicPart {
        override withPending(apic: LocalApic, vector: number): LocalApic {
          return this.vectors.has(apic.isr, vector) ? apic : super.withPending(apic, vector);
        }
      },
    },
  }),
  fault({
    id: 'delivery-leaves-irr',
    breaks: ['delivery-moves-irr-to-isr', 'injection-commits-the-vector', 'virtual-delivery-takes-rvi'],
    wrong: 'Delivery sets ISR and leaves IRR: the vector is delivered again after its EOI.',
    parts: {
      localApic: class extends LocalApicPart {
        override acknowledge(apic: LocalApic, vector: number): LocalApic {
          return { ...apic, isr: this.vectors.with(apic.isr, vector) };
        }
      },
    },
  }),
  fault({
    id: 'delivery-clears-irr-only',
    breaks: ['delivery-moves-irr-to-isr', 'injection-commits-the-vector', 'virtual-delivery-takes-rvi'],
    wrong: 'Delivery clears IRR and does not set ISR: the handler is interrupted by its equals.',
    parts: {
      localApic: class extends LocalApicPart {
        override acknowledge(apic: LocalApic, vector: number): LocalApic {
          return { ...apic, irr: this.vectors.without(apic.irr, vector) };
        }
      },
    },
  }),
  fault({
    id: 'eoi-completes-the-lowest-vector-in-service',
    breaks: ['eoi-clears-the-highest-in-service'],
    wrong: 'EOI clears the vector of the handler that was entered first, not the highest in service (M-21).',
    config: { apicv: 'off' },
    parts: {
      localApic: class extends LocalApicPart {
        override completes(isr: number): number {
          return this.vectors.max(isr & -isr);
        }
      },
    },
  }),
  fault({
    id: 'eoi-completes-everything',
    breaks: ['eoi-clears-the-highest-in-service'],
    wrong: 'EOI clears all of ISR.',
    config: { apicv: 'off' },
    parts: {
      localApic: class extends LocalApicPart {
        override complete(apic: LocalApic): LocalApic {
          return { ...apic, isr: 0 };
        }
      },
    },
  }),
  fault({
    id: 'edge-eoi-is-broadcast',
    breaks: ['level-eoi-is-broadcast'],
    wrong: 'The EOI of an edge-triggered vector goes to the I/O APIC too.',
    parts: {
      localApic: class extends LocalApicPart {
        override broadcasts(): boolean {
          return true;
        }
      },
    },
  }),
  fault({
    id: 'level-eoi-stays-inside',
    breaks: ['level-eoi-is-broadcast', 'eoi-exit-is-completed-by-software', 'asserted-level-returns-after-eoi'],
    wrong: 'No EOI goes to the I/O APIC: a line is sent once and never again.',
    parts: {
      localApic: class extends LocalApicPart {
        override broadcasts(): boolean {
          return false;
        }
      },
    },
  }),
  fault({
    id: 'tmr-is-set-too-late',
    breaks: ['tmr-follows-the-acceptance'],
    wrong: 'TMR is not set when a level-triggered vector becomes pending: its EOI finds an edge-triggered one.',
    seen: [xen('C41', 'x86/vIRQ: IRR and TMR race condition bug fix (b4799791c1)', 2012)],
    parts: {
      localApic: class extends LocalApicPart {
        override withTrigger(apic: LocalApic): LocalApic {
          return apic;
        }
      },
    },
  }),
  fault({
    id: 'tmr-is-never-cleared',
    breaks: ['tmr-follows-the-acceptance'],
    wrong: 'TMR stays 1 when an edge-triggered interrupt of the vector is accepted.',
    parts: {
      localApic: class extends LocalApicPart {
        override withTrigger(apic: LocalApic, vector: number, level: boolean): LocalApic {
          return level ? super.withTrigger(apic, vector, level) : apic;
        }
      },
    },
  }),
  fault({
    id: 'disabled-apic-accepts',
    breaks: ['disabled-apic-accepts-nothing', 'refused-level-is-sent-when-enabled', 'acceptance-sets-irr'],
    wrong: 'A vector becomes pending in a local APIC that software has disabled.',
    seen: [
      xen('C48', "x86/HVM: don't mark evtchn upcall vector as pending when vLAPIC is disabled (f5d0279839)", 2022),
    ],
    parts: {
      localApic: class extends LocalApicPart {
        override isRefusedWhenDisabled(): boolean {
          return false;
        }
      },
    },
  }),
  fault({
    id: 'disabled-apic-delivers-nothing',
    breaks: ['disabled-apic-keeps-what-is-pending'],
    wrong: 'A vector that was pending when the local APIC was disabled is not serviced.',
    seen: [
      kvm(
        'C47',
        'KVM: LAPIC: Fix pending interrupt in IRR blocked by software disable LAPIC (bb34e690e934)',
        2019,
        'heading',
      ),
    ],
    parts: {
      localApic: class extends LocalApicPart {
        override isServed({ enabled }: LocalApic): boolean {
          return enabled;
        }
      },
    },
  }),
  fault({
    id: 'disable-drops-what-is-posted',
    breaks: ['disabled-apic-keeps-what-is-pending'],
    wrong: 'Disabling the local APIC discards what is posted and not yet in IRR.',
    seen: [
      openVmm('C46', 'virt_support_apic: preserve staged interrupts across an APIC enable/disable (f32f5a767)', 2026),
    ],
    config: { apicv: 'on' },
    parts: {
      emulation: class extends Emulation {
        override disable(state: State, v: number): State {
          const next = super.disable(state, v);
          const vcpu = next.vcpus[v];
          return withVcpu(next, v, { ...vcpu, descriptor: { ...vcpu.descriptor, pir: 0 } });
        }
      },
    },
  }),
  fault({
    id: 'disable-drops-irr',
    breaks: ['disabled-apic-keeps-what-is-pending'],
    wrong: 'Disabling the local APIC clears IRR.',
    parts: {
      emulation: class extends Emulation {
        override disable(state: State, v: number): State {
          const next = super.disable(state, v);
          const vcpu = next.vcpus[v];
          return withVcpu(next, v, { ...vcpu, apic: { ...vcpu.apic, irr: 0 } });
        }
      },
    },
  }),
  fault({
    id: 'enable-sends-no-line',
    breaks: ['refused-level-is-sent-when-enabled'],
    wrong: 'A line that was refused is not sent when the local APIC is enabled.',
    parts: {
      emulation: class extends Emulation {
        override enable(state: State, v: number): State {
          const vcpu = state.vcpus[v];
          return withVcpu(state, v, { ...vcpu, apic: { ...vcpu.apic, enabled: true } });
        }
      },
    },
  }),
  fault({
    id: 'asserted-level-is-sent-again-and-again',
    breaks: ['asserted-level-is-sent-once'],
    wrong: 'Remote IRR does not hold a line off.',
    parts: {
      ioApic: class extends IoApic {
        override waitsForEoi(): boolean {
          return false;
        }
      },
    },
  }),
  fault({
    id: 'asserted-level-is-forgotten-after-eoi',
    breaks: ['asserted-level-returns-after-eoi'],
    wrong: 'A line that is still high after its EOI is not sent again.',
    parts: {
      ioApic: class extends IoApic {
        override sendAgain(state: State): State {
          return state;
        }
      },
    },
  }),
  fault({
    id: 'ipi-goes-to-the-sender',
    breaks: ['ipi-is-posted-to-its-target', 'post-sets-pir-first', 'self-post-needs-no-notification'],
    wrong: 'A write of ICR sends to the first virtual CPU whatever ID it names.',
    config: { vcpus: 2 },
    parts: {
      emulation: class extends Emulation {
        override destination(): number {
          return 0;
        }
      },
    },
  }),
];
