import { eventTypes } from '../../spec/vmx/interruption-information.ts';
import type { InjectedEvent } from '../../spec/idt-vectoring/universe.ts';
import {
  hasLength,
  isException,
  isHardwareException,
  withGuest,
  withInflight,
  type Attempt,
  type Client,
  type Hypervisor,
  type IdtVectoringState as State,
  type Payload,
  type VectoredEvent,
} from '../../model/idt-vectoring/index.ts';
import { Injector } from '../../model/idt-vectoring/processor/injector.ts';
import { Clients } from '../../model/idt-vectoring/vmx/software/clients.ts';
import { HypervisorInjection } from '../../model/idt-vectoring/vmx/software/hypervisor-injection.ts';
import { Migration } from '../../model/idt-vectoring/vmx/software/migration.ts';
import { Reflection } from '../../model/idt-vectoring/vmx/software/reflection.ts';
import { TaskSwitches } from '../../model/idt-vectoring/vmx/software/task-switches.ts';
import { acrn, fault, haxm, kvm, xen } from './define.ts';

/** What the hypervisor gives the guest by itself: reflection, task switches, L1, injection, migration. */
export const hypervisor = [
  fault({
    id: 'reflected-debug-exception-has-an-error-code',
    breaks: ['reflected-exception-is-given-to-the-guest', 'error-code-of-its-vector'],
    wrong: '#DB is given to the guest with an error code, where the processor lets it pass.',
    seen: [xen('E14', "x86/HVM: don't inject #DB with error code (057e0e72d2)", 2015)],
    config: { intercepts: 'debug', noHwErrCodeCheck: true },
    parts: {
      reflection: class extends Reflection {
        override given(event: VectoredEvent): VectoredEvent {
          return isException(event, 1) ? { ...event, error: 0 } : event;
        }
      },
    },
  }),
  fault({
    id: 'reflected-gp-is-an-interrupt',
    breaks: ['reflected-exception-is-given-to-the-guest', 'injection-comes-first'],
    wrong:
      '#GP is injected without a type where an interrupt can be: as an external interrupt, without its error code.',
    seen: [acrn('E56', 'hv: fix general protection injection (d8d617626)', 2018)],
    config: { intercepts: 'faults' },
    parts: {
      reflection: class extends Reflection {
        override reflect(state: State, event: VectoredEvent, unblockedNmis: boolean): State {
          const { interruptFlag, shadow } = state.guest;
          const isUntyped = event.vector === 13 && interruptFlag && shadow === 'none';
          const given = isUntyped ? { type: eventTypes.externalInterrupt, vector: 13 } : event;
          return super.reflect(state, given, unblockedNmis);
        }
      },
    },
  }),
  fault({
    id: 'reflected-int1-returns-to-itself',
    breaks: ['reflected-exception-is-given-to-the-guest'],
    wrong: '#DB of INT1 is given to the guest as a fault: it returns to the INT1.',
    config: { intercepts: 'debug', int1Type: 5 },
    parts: {
      reflection: class extends Reflection {
        override given(event: VectoredEvent): VectoredEvent {
          const isInt1 = event.type === eventTypes.privilegedSoftwareException;
          return isInt1 ? { type: eventTypes.hardwareException, vector: event.vector } : event;
        }
      },
    },
  }),
  fault({
    id: 'reflected-exception-has-no-payload',
    breaks: ['reflected-exception-is-given-to-the-guest'],
    wrong: 'CR2 and DR6 are not written when an intercepted #PF or #DB is given to the guest.',
    config: { intercepts: 'all' },
    parts: {
      reflection: class extends Reflection {
        override payload(): undefined {
          return undefined;
        }
      },
    },
  }),
  fault({
    id: 'task-switch-forgets-the-length',
    breaks: ['task-switch-consumes-the-event', 'task-gate-reaches-the-handler', 'soft-event-returns-past-itself'],
    wrong: 'The task switch of INT n saves the RIP of the INT n.',
    parts: {
      taskSwitches: class extends TaskSwitches {
        override perform(state: State, attempt: Attempt): State {
          const { length: _, ...event } = attempt.event;
          return super.perform(state, { ...attempt, event });
        }
      },
    },
  }),
  fault({
    id: 'task-switch-reaches-no-handler',
    breaks: ['task-gate-reaches-the-handler', 'every-event-has-one-fate', 'task-switch-consumes-the-event'],
    wrong: 'The task switch of an interrupt or an NMI is handled as an exit only: the event is lost.',
    parts: {
      taskSwitches: class extends TaskSwitches {
        override perform(state: State, attempt: Attempt): State {
          if (hasLength(attempt.event) || isHardwareException(attempt.event)) return super.perform(state, attempt);
          return this.parts.entries.enter(withInflight(state, this.inflightAfter(attempt.event)));
        }
      },
    },
  }),
  fault({
    id: 'task-switch-injects-the-event-again',
    breaks: ['task-switch-consumes-the-event'],
    wrong: 'The event whose task switch was performed stays in flight and is injected again, through an ordinary gate.',
    parts: {
      taskSwitches: class extends TaskSwitches {
        override perform(state: State, attempt: Attempt): State {
          return this.parts.handlers.reach(super.perform(state, attempt), attempt, false);
        }
      },
    },
  }),
  fault({
    id: 'client-sees-no-event',
    breaks: ['client-gets-the-event'],
    wrong: 'An EPT violation is handed to L1 without IDT-vectoring information.',
    config: { paging: 'ept' },
    parts: {
      clients: class extends Clients {
        override exitOfClient(event: VectoredEvent): Client {
          return { ...super.exitOfClient(event), vectoring: 0, error: 0, length: 0 };
        }
      },
    },
  }),
  fault({
    id: 'client-gets-no-length',
    breaks: ['client-gets-the-event'],
    wrong: 'The instruction length of a soft event is not handed to L1.',
    config: { paging: 'ept' },
    parts: {
      clients: class extends Clients {
        override exitOfClient(event: VectoredEvent): Client {
          return { ...super.exitOfClient(event), length: 0 };
        }
      },
    },
  }),
  fault({
    id: 'event-injected-by-client-is-lost',
    breaks: ['client-gets-the-event', 'every-event-has-one-fate', 'obstacles-do-not-show-in-the-frame'],
    wrong: 'What L1 injects after an EPT violation of its own does not reach the guest.',
    config: { paging: 'ept' },
    parts: {
      clients: class extends Clients {
        override injectedByClient(): undefined {
          return undefined;
        }
      },
    },
  }),
  fault({
    id: 'injected-fault-pushes-rf-0',
    breaks: ['new-fault-is-injected-with-rf', 'exit-saves-rf-of-the-image'],
    wrong: 'RF is not set before a fault of the making of software is injected.',
    parts: {
      injector: class extends Injector {
        override resumeFlag(state: State, event: InjectedEvent): boolean {
          super.resumeFlag(state, event);
          return state.guest.resumeFlag;
        }
      },
    },
  }),
  fault({
    id: 'new-page-fault-leaves-cr2',
    breaks: ['new-page-fault-writes-cr2'],
    wrong: '#PF of the making of software is injected without its address.',
    parts: {
      hypervisorInjection: class extends HypervisorInjection {
        override payload(event: InjectedEvent): Payload | undefined {
          const payload = super.payload(event);
          return payload?.register === 'cr2' ? undefined : payload;
        }
      },
    },
  }),
  fault({
    id: 'new-event-is-injected-without-a-type',
    breaks: [
      'injected-fields-decide-the-frame',
      'injection-type-is-not-the-vector',
      'injection-of-length-0',
      'intn-is-no-exception',
    ],
    wrong: 'Software interrupts of user space are injected as external interrupts.',
    parts: {
      hypervisorInjection: class extends HypervisorInjection {
        override given(event: InjectedEvent): VectoredEvent {
          const { type, vector } = super.given(event);
          return type === eventTypes.softwareInterrupt ? { type: eventTypes.externalInterrupt, vector } : event;
        }
      },
    },
  }),
  fault({
    id: 'migration-loses-the-event-in-flight',
    breaks: ['migration-keeps-the-event-in-flight', 'every-event-has-one-fate', 'migration-is-invisible'],
    wrong: 'An event in flight is neither saved nor injected.',
    seen: [acrn('E57', 'apicv: cancel event injection if vcpu is scheduled out (189329e0d)', 2018)],
    parts: {
      migration: class extends Migration {
        override inflight(kept: Hypervisor): Hypervisor {
          return { ...super.inflight(kept), inflight: undefined, payload: undefined };
        }
      },
    },
  }),
  fault({
    id: 'migration-loses-the-payload',
    breaks: ['migration-keeps-the-event-in-flight'],
    wrong: 'The address of #PF or the bits of #DB are not saved with the event in flight.',
    parts: {
      migration: class extends Migration {
        override inflight(kept: Hypervisor): Hypervisor {
          return { ...super.inflight(kept), payload: undefined };
        }
      },
    },
  }),
  fault({
    id: 'migration-loses-the-length',
    breaks: ['migration-keeps-the-event-in-flight', 'migration-is-invisible'],
    wrong: 'The instruction length is not saved with a soft event in flight.',
    parts: {
      migration: class extends Migration {
        override inflight(kept: Hypervisor): Hypervisor {
          const { inflight } = super.inflight(kept);
          if (inflight?.length === undefined) return kept;
          return { ...kept, inflight: { ...inflight, length: 0 } };
        }
      },
    },
  }),
  fault({
    id: 'migration-saves-one-nmi',
    breaks: ['migration-keeps-every-nmi'],
    wrong: 'One pending NMI is saved though two are pending.',
    seen: [kvm('E03', 'KVM: x86: Save/restore all NMIs when multiple NMIs are pending (ab2ee212a57b)', 2023)],
    parts: {
      migration: class extends Migration {
        override nmis(count: number): number {
          return Math.min(1, super.nmis(count));
        }
      },
    },
  }),
  fault({
    id: 'migration-ends-the-shadow',
    breaks: ['migration-is-invisible', 'asynchronous-exit-keeps-shadows', 'migration-keeps-every-nmi'],
    wrong: 'The shadow of STI or MOV SS is not saved.',
    parts: {
      migration: class extends Migration {
        override guest(state: State): State {
          return withGuest(super.guest(state), { shadow: 'none' });
        }
      },
    },
  }),
  fault({
    id: 'migration-opens-nmis',
    breaks: ['migration-keeps-every-nmi', 'migration-is-invisible', 'nmi-blocked-from-delivery-to-iret'],
    wrong: 'Blocking by NMI is not saved: the handler of an NMI can be interrupted by another one.',
    parts: {
      migration: class extends Migration {
        override guest(state: State): State {
          return withGuest(super.guest(state), { nmiBlocked: false });
        }
      },
    },
  }),
  fault({
    id: 'restored-sti-shadow-with-if-0',
    breaks: [
      'migration-is-invisible',
      'entry-refuses-sti-with-if-0',
      'migration-keeps-every-nmi',
      'obstacles-do-not-show-in-the-frame',
    ],
    wrong: 'Blocking by STI is restored with IF 0: the entry fails.',
    seen: [haxm('E60', 'Fix incorrect interruptibility_state before vmx entry. (6958731)', 2019)],
    config: { intercepts: 'none', paging: 'ept' },
    parts: {
      migration: class extends Migration {
        override guest(state: State): State {
          const kept = super.guest(state);
          return kept.guest.interruptFlag ? kept : withGuest(kept, { shadow: 'sti' });
        }
      },
    },
  }),
];
