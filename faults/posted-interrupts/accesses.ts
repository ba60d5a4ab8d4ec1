import {
  withCore,
  type Core,
  type ExitReport,
  type RegisterName,
  type PostedInterruptsState as State,
} from '../../model/posted-interrupts/index.ts';
import { EventDelivery } from '../../model/posted-interrupts/processor/event-delivery.ts';
import { Exits } from '../../model/posted-interrupts/processor/exits.ts';
import { Instructions } from '../../model/posted-interrupts/processor/instructions.ts';
import { fault, openVmm } from './define.ts';

/** Accesses of the local APIC, and the exits that they cause. */
export const accesses = [
  fault({
    id: 'tpr-shadow-is-not-used',
    breaks: ['tpr-shadow-virtualizes-tpr', 'xapic-access-exits-with-its-offset', 'x2apic-access-exits-as-msr'],
    wrong: 'Accesses of TPR exit in spite of "use TPR shadow".',
    config: { apicv: 'off' },
    parts: {
      instructions: class extends Instructions {
        override isTprShadowed(): boolean {
          return false;
        }
      },
    },
  }),
  fault({
    id: 'cr8-exit-names-the-other-direction',
    breaks: ['cr8-exits-without-tpr-shadow'],
    wrong: 'The exit qualification of MOV to CR8 is that of MOV from CR8.',
    config: { apicv: 'absent', tprShadow: false },
    parts: {
      exits: class extends Exits {
        override cr8Access(state: State, v: number, isWrite: boolean): State {
          return super.cr8Access(state, v, !isWrite);
        }
      },
    },
  }),
  fault({
    id: 'cr8-is-the-whole-tpr',
    breaks: ['cr8-is-the-class-of-tpr'],
    wrong: 'MOV from CR8 reads all eight bits of TPR.',
    parts: {
      instructions: class extends Instructions {
        override cr8(tpr: number): number {
          super.cr8(tpr);
          return tpr;
        }
      },
    },
  }),
  fault({
    id: 'register-words-are-mixed-up',
    breaks: ['registers-hold-32-vectors-each'],
    wrong: 'The registers of IRR, ISR and TMR hold 64 vectors each.',
    parts: {
      instructions: class extends Instructions {
        override word(apic: State['vcpus'][number]['apic'], set: 'irr' | 'isr' | 'tmr', n: number): number {
          return super.word(apic, set, n >> 1);
        }
      },
    },
  }),
  fault({
    id: 'ppr-is-read-as-tpr',
    breaks: ['ppr-is-the-greater-of-tpr-and-isr', 'apicv-does-not-exit', 'ppr-virtualization'],
    wrong: 'A read of PPR returns TPR.',
    config: { nested: false },
    parts: {
      instructions: class extends Instructions {
        override value(state: State, v: number, register: RegisterName): number {
          return super.value(state, v, register === 'ppr' ? 'tpr' : register);
        }
      },
    },
  }),
  fault({
    id: 'x2apic-write-exits-as-a-read',
    breaks: ['x2apic-access-exits-as-msr'],
    wrong: 'Every x2APIC access exits as RDMSR.',
    config: { mode: 'x2apic' },
    parts: {
      exits: class extends Exits {
        override msrAccess(): ExitReport {
          return super.msrAccess(false);
        }
      },
    },
  }),
  fault({
    id: 'xapic-exit-has-no-direction',
    breaks: ['xapic-access-exits-with-its-offset'],
    wrong: 'The exit qualification of an APIC access has the offset alone.',
    config: { mode: 'xapic', apicv: 'off' },
    parts: {
      exits: class extends Exits {
        override apicAccess(offset: number): ExitReport {
          return super.apicAccess(offset, false);
        }
      },
    },
  }),
  fault({
    id: 'apic-write-exits-as-an-access',
    breaks: ['xapic-write-exits-after-the-write'],
    wrong: 'A write of ICR or SVR with APICv exits fault-like, with reason 44.',
    config: { mode: 'xapic', apicv: 'on' },
    parts: {
      exits: class extends Exits {
        override apicWrite(offset: number): ExitReport {
          super.apicWrite(offset);
          return { reason: 44, qualification: offset | 0x1000 };
        }
      },
    },
  }),
  fault({
    id: 'hlt-goes-on',
    breaks: ['hlt-exits-or-halts'],
    wrong: 'HLT that does not exit does not halt.',
    config: { hltExiting: false },
    parts: {
      instructions: class extends Instructions {
        override hlt(state: State, v: number): State {
          const next = super.hlt(state, v);
          return state.machine.config.hltExiting ? next : withCore(next, v, { halted: false });
        }
      },
    },
  }),
  fault({
    id: 'delivery-keeps-hlt',
    breaks: ['delivery-ends-hlt'],
    wrong: 'A halted guest stays halted when an event is delivered to it.',
    seen: [openVmm('C50', 'virt_whp: Unhalt the VP when injecting a deliverability notification (b31bde38c)', 2026)],
    config: { hltExiting: false },
    parts: {
      eventDelivery: class extends EventDelivery {
        override haltedAfterDelivery(core: Core): boolean {
          super.haltedAfterDelivery(core);
          return core.halted;
        }
      },
    },
  }),
];
