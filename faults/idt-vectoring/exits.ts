import { exitReasons } from '../../spec/vmx/exit-reasons.ts';
import { eventTypes, interruptionInformation } from '../../spec/vmx/interruption-information.ts';
import {
  hasLength,
  type Attempt,
  type Exit,
  type ExitReport,
  type IdtVectoringState as State,
  type VectoredEvent,
} from '../../model/idt-vectoring/index.ts';
import { DeliveryExits } from '../../model/idt-vectoring/vmx/delivery-exits.ts';
import { Exits } from '../../model/idt-vectoring/vmx/exits.ts';
import { Interception } from '../../model/idt-vectoring/vmx/interception.ts';
import { LoneExits } from '../../model/idt-vectoring/vmx/software/lone-exits.ts';
import { fault } from './define.ts';

/** What a VM exit reports: IDT-vectoring information, interruption information, qualification, length. */
export const exits = [
  fault({
    id: 'vectoring-type-follows-the-vector',
    breaks: ['vectoring-names-the-interrupted-event'],
    wrong: 'The IDT-vectoring information calls INT3, INTO and INT1 hardware exceptions.',
    parts: {
      exits: class extends Exits {
        override vectoringFields(attempt: Attempt | undefined): Partial<Exit> {
          if (attempt === undefined || !hasLength(attempt.event) || attempt.event.vector > 31) {
            return super.vectoringFields(attempt);
          }
          return super.vectoringFields({ ...attempt, event: { ...attempt.event, type: eventTypes.hardwareException } });
        }
      },
    },
  }),
  fault({
    id: 'vectoring-invalid-for-a-full-log',
    breaks: [
      'vectoring-valid-for-exits-of-delivery',
      'vectoring-valid-for-injected-events',
      'vectoring-names-the-interrupted-event',
    ],
    wrong: 'A full PML log during delivery exits without IDT-vectoring information.',
    config: { paging: 'ept' },
    parts: {
      exits: class extends Exits {
        override vectoring(report: ExitReport): Attempt | undefined {
          const vectoring = super.vectoring(report);
          return report.reason === exitReasons.pageModificationLogFull ? undefined : vectoring;
        }
      },
    },
  }),
  fault({
    id: 'vectoring-invalid-for-injected-events',
    breaks: ['vectoring-valid-for-injected-events'],
    wrong: 'An event that VM entry injected is not reported when its delivery is cut short.',
    parts: {
      deliveryExits: class extends DeliveryExits {
        override vectoringOfInjected(): undefined {
          return undefined;
        }
      },
    },
  }),
  fault({
    id: 'vectoring-valid-for-the-event-that-exits',
    breaks: ['vectoring-invalid-for-direct-exits'],
    wrong: 'An exception that exits by itself is reported as IDT-vectoring information too.',
    config: { intercepts: 'all' },
    parts: {
      interception: class extends Interception {
        override vectoringOfDirectExit(event: VectoredEvent): Attempt {
          return { event, resumeFlag: false, injected: false, first: event };
        }
      },
    },
  }),
  fault({
    id: 'vectoring-valid-for-double-fault',
    breaks: ['vectoring-invalid-for-double-fault'],
    wrong: 'The exit of #DF has the event that led to it as IDT-vectoring information (M-37).',
    config: { intercepts: 'df' },
    parts: {
      interception: class extends Interception {
        override vectoringOfDoubleFault(attempt: Attempt): Attempt {
          return attempt;
        }
      },
    },
  }),
  fault({
    id: 'vectoring-valid-for-triple-fault',
    breaks: ['vectoring-invalid-for-triple-fault'],
    wrong: 'The exit of a triple fault has the #DF that led to it as IDT-vectoring information (M-37).',
    parts: {
      exits: class extends Exits {
        override vectoringOfTripleFault(attempt: Attempt | undefined): Attempt | undefined {
          return attempt;
        }
      },
    },
  }),
  fault({
    id: 'vectoring-of-a-delivery-that-is-over',
    breaks: ['vectoring-invalid-outside-delivery', 'asynchronous-exit-follows-injection'],
    wrong: 'An exit after the handler was reached still names its event in the IDT-vectoring information.',
    parts: {
      exits: class extends Exits {
        override exit(state: State, report: ExitReport): State {
          const { event } = state.delivery.first;
          const isOver = report.vectoring === undefined && report.interruption === undefined && event !== undefined;
          if (!isOver) return super.exit(state, report);
          return super.exit(state, {
            ...report,
            vectoring: { event, resumeFlag: false, injected: true, first: event },
          });
        }
      },
    },
  }),
  fault({
    id: 'kick-precedes-the-injection',
    breaks: ['asynchronous-exit-follows-injection', 'injection-comes-first'],
    wrong: 'An exit that is due at VM entry comes before the delivery of the injected event.',
    parts: {
      loneExits: class extends LoneExits {
        override kick(state: State, reason: 'externalInterrupt' | 'preemptionTimer'): State {
          if (state.hypervisor.inflight === undefined) return super.kick(state, reason);
          return this.roundTrip(state, exitReasons[reason]);
        }
      },
    },
  }),
  fault({
    id: 'vectoring-error-code-lacks-ext',
    breaks: ['vectoring-error-code'],
    wrong: 'Bit 0 of the IDT-vectoring error code is 0.',
    parts: {
      exits: class extends Exits {
        override vectoringError(event: VectoredEvent): number {
          return super.vectoringError(event) & ~1;
        }
      },
    },
  }),
  fault({
    id: 'vectoring-length-is-0',
    breaks: ['vectoring-length', 'task-gate-exits'],
    wrong: 'The instruction length is not saved when the delivery of a soft event is cut short.',
    parts: {
      exits: class extends Exits {
        override vectoringLength(): number {
          return 0;
        }
      },
    },
  }),
  fault({
    id: 'qualification-lacks-the-address',
    breaks: ['direct-exit-names-the-exception', 'interception-asks-the-raised-exception-first'],
    wrong: 'The exit of #PF or #DB has qualification 0.',
    config: { intercepts: 'all' },
    parts: {
      interception: class extends Interception {
        override qualification(): number {
          return 0;
        }
      },
    },
  }),
  fault({
    id: 'task-switch-names-no-source',
    breaks: ['task-gate-exits'],
    wrong: 'Bits 31:30 of the qualification do not tell that the task gate is in the IDT.',
    parts: {
      deliveryExits: class extends DeliveryExits {
        override taskSwitch(state: State, attempt: Attempt): State {
          return this.exit(state, attempt, { reason: exitReasons.taskSwitch, qualification: 0x40 });
        }
      },
    },
  }),
  fault({
    id: 'apic-access-looks-like-a-read',
    breaks: ['apic-access-during-delivery'],
    wrong: 'The access type of an APIC access during delivery is that of a read of an instruction.',
    parts: {
      deliveryExits: class extends DeliveryExits {
        override apicAccess(): ExitReport {
          return { reason: exitReasons.apicAccess };
        }
      },
    },
  }),
  fault({
    id: 'misconfiguration-looks-like-a-violation',
    breaks: ['vectoring-valid-for-exits-of-delivery', 'vectoring-valid-for-injected-events'],
    wrong: 'An EPT misconfiguration during delivery exits as an EPT violation.',
    config: { paging: 'ept' },
    parts: {
      exits: class extends Exits {
        override exit(state: State, report: ExitReport): State {
          const isMisconfiguration = report.reason === exitReasons.eptMisconfiguration;
          return super.exit(state, isMisconfiguration ? { ...report, reason: exitReasons.eptViolation } : report);
        }
      },
    },
  }),
  fault({
    id: 'exit-leaves-the-entry-information-valid',
    breaks: ['entry-information-is-cleared-at-exit'],
    wrong: 'Bit 31 of the VM-entry interruption information outlives the exit: the event is injected once more (M-08).',
    parts: {
      exits: class extends Exits {
        override injection(state: State): number {
          super.injection(state);
          return state.entry.interruption === 0 ? 0 : interruptionInformation.valid;
        }
      },
    },
  }),
];
