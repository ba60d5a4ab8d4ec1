import { debugBits } from '../../spec/idt-vectoring/universe.ts';
import { eventTypes, interruptionInformation } from '../../spec/vmx/interruption-information.ts';
import {
  externalInterrupt,
  isException,
  isHardwareException,
  withGuest,
  withInflight,
  type EntryFields,
  type IdtVectoringState as State,
  type VectoredEvent,
} from '../../model/idt-vectoring/index.ts';
import { Injection } from '../../model/idt-vectoring/processor/injection.ts';
import { Entries } from '../../model/idt-vectoring/vmx/entries.ts';
import { LoneExits } from '../../model/idt-vectoring/vmx/software/lone-exits.ts';
import { acrn, fault, kvm, openVmm } from './define.ts';

/** What was in flight is injected once more after the exit that follows. */
const repeating = (isRepeated: (event: VectoredEvent) => boolean): typeof LoneExits =>
  class extends LoneExits {
    override kick(state: State, reason: 'externalInterrupt' | 'preemptionTimer'): State {
      const { inflight } = state.hypervisor;
      const kicked = super.kick(state, reason);
      if (inflight === undefined || !isRepeated(inflight) || kicked.guest.shutdown) return kicked;
      return this.parts.entries.enter(withInflight(kicked, inflight));
    }
  };

/** VM entries: what is injected, and what injection does. */
export const entries = [
  fault({
    id: 'exception-waits-for-if-0',
    breaks: [
      'injection-comes-first',
      'hardware-exception-is-injected-again',
      'injected-fields-decide-the-frame',
      'bit-12-is-not-carried',
      'one-event-in-flight',
    ],
    wrong: 'An exception of low priority is injected only if IF is 0; else it is forgotten.',
    seen: [acrn('E53', 'hv: exception: low prioirity exception inject fix (fea541bdd)', 2019)],
    config: { intercepts: 'none', paging: 'ept' },
    parts: {
      entries: class extends Entries {
        override chosen(state: State): VectoredEvent | undefined {
          const event = super.chosen(state);
          const waits = event !== undefined && isHardwareException(event) && event.vector === 6;
          return waits && state.guest.interruptFlag ? undefined : event;
        }
      },
    },
  }),
  fault({
    id: 'exception-waits-for-if-1',
    breaks: [
      'injection-comes-first',
      'hardware-exception-is-injected-again',
      'injection-is-not-intercepted',
      'bit-12-is-not-carried',
    ],
    wrong: 'An exception is injected only if IF is 1, as an interrupt is; else it is forgotten.',
    config: { intercepts: 'none', paging: 'ept' },
    parts: {
      entries: class extends Entries {
        override chosen(state: State): VectoredEvent | undefined {
          const event = super.chosen(state);
          const waits = event !== undefined && isHardwareException(event);
          return waits && !state.guest.interruptFlag ? undefined : event;
        }
      },
    },
  }),
  fault({
    id: 'pending-interrupt-overtakes-what-is-in-flight',
    breaks: ['one-event-in-flight', 'injection-comes-first', 'bit-12-is-not-carried'],
    wrong: 'An interrupt that is pending at the entry is injected in place of the event in flight (M-40).',
    parts: {
      entries: class extends Entries {
        override chosen(state: State): VectoredEvent | undefined {
          const event = super.chosen(state);
          const vector = this.parts.externalInterrupts.deliverable(state);
          return event !== undefined && vector !== 0 ? externalInterrupt(vector) : event;
        }
      },
    },
  }),
  fault({
    id: 'payload-takes-an-entry-of-its-own',
    breaks: [
      'finite-obstacles-finite-entries',
      'injection-comes-first',
      'reflected-exception-is-given-to-the-guest',
      'hardware-exception-is-injected-again',
      'repeated-obstacles-repeat-injection',
    ],
    wrong: 'An entry that writes CR2 or DR6 injects nothing: the event comes with the entry that follows.',
    parts: {
      entries: class extends Entries {
        override inject(state: State, event: VectoredEvent): State {
          const { payload, ...bare } = event;
          return payload === undefined ? super.inject(state, event) : withInflight(state, bare);
        }
      },
    },
  }),
  fault({
    id: 'injected-event-is-intercepted',
    breaks: ['injection-is-not-intercepted', 'repeated-obstacles-repeat-injection'],
    wrong: 'The exception bitmap is asked about an event that VM entry injects (M-41).',
    config: { intercepts: 'all' },
    parts: {
      entries: class extends Entries {
        override inject(state: State, event: VectoredEvent): State {
          const { interception, exits } = this.parts;
          if (!interception.isIntercepted(state, event)) return super.inject(state, event);
          return super.inject(exits.exit(state, { reason: 0, interruption: event }), event);
        }
      },
    },
  }),
  fault({
    id: 'bit-12-reaches-the-entry',
    breaks: [
      'bit-12-is-not-carried',
      'injection-comes-first',
      'virtual-nmi-by-window',
      'injected-fields-decide-the-frame',
    ],
    wrong: 'Bit 12 of the IDT-vectoring information is copied: the entry fails (M-31).',
    config: { intercepts: 'none', paging: 'ept' },
    parts: {
      entries: class extends Entries {
        override information(event: VectoredEvent): number {
          return (super.information(event) | interruptionInformation.nmiUnblockingDueToIret) >>> 0;
        }
      },
    },
  }),
  fault({
    id: 'injection-is-not-cleared',
    breaks: [
      'reflected-exception-is-given-to-the-guest',
      'injection-comes-first',
      'every-event-has-one-fate',
      'one-event-in-flight',
      'asynchronous-exit-follows-injection',
    ],
    wrong: 'The request is not cleared by the injection: the exception is injected again after the next exit.',
    seen: [acrn('E54', 'HV: fix the issue of ACRN_REQUEST_EXCP flag is not cleared. (25741b62d)', 2019)],
    parts: { loneExits: repeating(isHardwareException) },
  }),
  fault({
    id: 'interrupt-is-injected-twice',
    breaks: [
      'external-interrupt-is-injected-again',
      'injection-comes-first',
      'every-event-has-one-fate',
      'one-event-in-flight',
      'asynchronous-exit-follows-injection',
    ],
    wrong: 'The copy of an interrupt that was injected is cleared only by an exit that the copy knows of.',
    seen: [openVmm('E58', "virt_mshv_vtl: tdx: don't double inject events (#1139) (4d695f27a)", 2025)],
    parts: { loneExits: repeating(({ type }) => type === eventTypes.externalInterrupt) },
  }),
  fault({
    id: 'entry-lacks-bs-in-a-shadow',
    breaks: [
      'software-sets-single-step-in-a-shadow',
      'entry-refuses-shadow-without-single-step',
      'injection-comes-first',
      'delivery-discards-pending-debug',
    ],
    wrong: 'BS is not set before an entry with TF 1 in a shadow or in HLT: the entry fails.',
    seen: [kvm('E47', 'KVM: VMX: Set vmcs.PENDING_DBG.BS on #DB in STI/MOVSS blocking shadow (b9bed78e2fa9)', 2022)],
    config: { intercepts: 'debug' },
    parts: {
      entries: class extends Entries {
        // A fault that is lost with its entry would be raised, and lost, for ever: traps only.
        override fields(...[state, event]: Parameters<Entries['fields']>): EntryFields {
          const fields = super.fields(state, event);
          const isTrap = state.program.begun === undefined;
          return isTrap ? { ...fields, pendingDebug: fields.pendingDebug & ~debugBits.singleStep } : fields;
        }
      },
    },
  }),
  fault({
    id: 'injected-soft-event-returns-to-rip',
    breaks: [
      'injected-fields-decide-the-frame',
      'soft-event-is-injected-again-with-length',
      'soft-event-returns-past-itself',
    ],
    wrong: 'The VM-entry instruction length is not looked at.',
    parts: {
      injection: class extends Injection {
        override carried(event: VectoredEvent): VectoredEvent {
          const carried = super.carried(event);
          return carried.length === undefined ? carried : { ...carried, length: 0 };
        }
      },
    },
  }),
  fault({
    id: 'injected-exception-pushes-no-error-code',
    breaks: ['injected-fields-decide-the-frame', 'error-code-of-its-vector', 'one-event-in-flight'],
    wrong: 'The VM-entry exception error code is not pushed.',
    parts: {
      injection: class extends Injection {
        override carried(event: VectoredEvent): VectoredEvent {
          const { error: _, ...carried } = super.carried(event);
          return carried;
        }
      },
    },
  }),
  fault({
    id: 'hardware-breakpoint-is-taken-for-int3',
    breaks: ['injection-type-is-not-the-vector', 'injected-fields-decide-the-frame'],
    wrong: 'Type 3 with vector 3 returns past an INT3 that is not there.',
    parts: {
      injection: class extends Injection {
        override carried(event: VectoredEvent): VectoredEvent {
          const carried = super.carried(event);
          return isException(carried, 3) ? { ...carried, length: 1 } : carried;
        }
      },
    },
  }),
  fault({
    id: 'injected-int-14-writes-cr2',
    breaks: ['injection-type-is-not-the-vector', 'injection-writes-no-payload', 'intn-is-no-exception'],
    wrong: 'Injecting vector 14 as a software interrupt writes CR2.',
    parts: {
      injection: class extends Injection {
        override sideEffects(state: State, event: VectoredEvent): State {
          const written = super.sideEffects(state, event);
          const isInt14 = event.type === eventTypes.softwareInterrupt && event.vector === 14;
          return isInt14 ? withGuest(written, { cr2: written.guest.rip }) : written;
        }
      },
    },
  }),
  fault({
    id: 'injected-page-fault-clears-cr2',
    breaks: ['injection-writes-no-payload'],
    wrong: 'Injecting #PF writes CR2, with an address that nobody gave.',
    parts: {
      injection: class extends Injection {
        override payload(state: State, event: VectoredEvent): State {
          const written = super.payload(state, event);
          return event.vector === 14 ? withGuest(written, { cr2: 0 }) : written;
        }
      },
    },
  }),
  fault({
    id: 'injected-debug-exception-sets-bs',
    breaks: ['injection-writes-no-payload', 'obstacles-do-not-show-in-the-frame'],
    wrong: 'Injecting #DB sets BS in DR6.',
    parts: {
      injection: class extends Injection {
        override payload(state: State, event: VectoredEvent): State {
          const written = super.payload(state, event);
          if (event.vector !== 1) return written;
          return withGuest(written, { dr6: written.guest.dr6 | debugBits.singleStep });
        }
      },
    },
  }),
];
