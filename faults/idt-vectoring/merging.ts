import {
  isException,
  withGuest,
  withInflight,
  withTables,
  type Attempt,
  type Combined,
  type HypervisorObstacle,
  type IdtVectoringState as State,
  type Payload,
  type VectoredEvent,
} from '../../model/idt-vectoring/index.ts';
import { ExternalInterrupts } from '../../model/idt-vectoring/processor/external-interrupts.ts';
import { VirtualMachine } from '../../model/idt-vectoring/vmx/virtual-machine.ts';
import { Merging } from '../../model/idt-vectoring/vmx/software/merging.ts';
import { bhyve, fault, kvm, xen } from './define.ts';
import { isOfGate } from './of-gate.ts';

/** Faults that the hypervisor gets to know while it has an event in hand. */
export const merging = [
  fault({
    id: 'nested-fault-overwrites-the-exception',
    breaks: ['nested-fault-of-the-guest-merges-with-exception', 'fault-found-by-emulation-is-a-nested-fault'],
    wrong:
      'A fault that is found while an exception is delivered takes its place: there is no #DF and no triple fault.',
    seen: [bhyve('E24', 'Handle nested exceptions in bhyve (r268889)', 2014)],
    parts: {
      merging: class extends Merging {
        override withException(_state: State, _first: VectoredEvent, second: VectoredEvent): Combined {
          return second;
        }
      },
    },
  }),
  fault({
    id: 'first-event-is-injected-again',
    breaks: ['nested-fault-of-the-guest-supersedes-others', 'fault-found-by-emulation-is-a-nested-fault'],
    wrong: 'An interrupt or a soft event is injected again where its delivery raised a fault of the guest (M-30).',
    parts: {
      merging: class extends Merging {
        override withOthers(state: State, first: VectoredEvent, second: VectoredEvent): Combined {
          const superseding = super.withOthers(state, first, second);
          return isOfGate(second) ? superseding : first;
        }
      },
    },
  }),
  fault({
    id: 'fault-found-by-emulation-waits',
    breaks: ['fault-found-by-emulation-is-a-nested-fault'],
    wrong: 'A fault that emulation finds is held back, and lost, because an event is in flight.',
    seen: [
      kvm(
        'E44',
        'KVM: x86: pending exceptions must not be blocked by an injected event (4020da3b9f0c)',
        2021,
        'heading',
      ),
    ],
    parts: {
      merging: class extends Merging {
        override mergeFound(state: State, first: VectoredEvent): State {
          return withInflight(state, first);
        }
      },
    },
  }),
  fault({
    id: 'merged-page-fault-leaves-cr2',
    breaks: ['new-page-fault-writes-cr2', 'page-fault-then-page-fault-is-double-fault'],
    wrong: 'CR2 is written only if what is injected in the end is #PF: #DF leaves it.',
    seen: [xen('E13', 'x86/svm Fixes and cleanup to svm_inject_event() (8dab867c81)', 2018)],
    parts: {
      merging: class extends Merging {
        override payload(event: VectoredEvent, found: VectoredEvent): Payload | undefined {
          const payload = super.payload(event, found);
          return isException(event, 14) ? payload : undefined;
        }
      },
    },
  }),
  fault({
    id: 'merged-fault-pushes-rf-0',
    breaks: [
      'new-fault-is-injected-with-rf',
      'obstacles-do-not-show-in-the-frame',
      'nested-fault-of-the-guest-merges-with-exception',
      'indirect-exit-keeps-rip-and-flags',
    ],
    wrong: 'RF is not set for a fault that the hypervisor found: it pushes 0.',
    parts: {
      merging: class extends Merging {
        override resumeFlag(state: State, event: VectoredEvent): boolean {
          super.resumeFlag(state, event);
          return false;
        }
      },
    },
  }),
  fault({
    id: 'found-fault-is-given-without-combining',
    breaks: ['fault-found-by-emulation-is-a-nested-fault', 'nested-fault-of-the-guest-merges-with-exception'],
    wrong: 'A fault that emulation finds is injected as any fault is, whatever was being delivered.',
    parts: {
      virtualMachine: class extends VirtualMachine {
        override findByEmulation(state: State, attempt: Attempt, found: VectoredEvent): State {
          const exited = this.parts.deliveryExits.obstructed(state, attempt, 'apicAccess');
          const raised = withGuest(exited, { resumeFlag: true });
          return withInflight(raised, found, this.parts.payloads.of(found));
        }
      },
    },
  }),
  fault({
    id: 'repair-is-not-lasting',
    breaks: [
      'finite-obstacles-finite-entries',
      'repeated-obstacles-repeat-injection',
      'vectoring-valid-for-injected-events',
      'injection-comes-first',
      'payload-is-not-applied-again',
    ],
    wrong: 'What a delivery met is repaired too late: the next attempt meets it once more.',
    parts: {
      virtualMachine: class extends VirtualMachine {
        override obstruct(state: State, attempt: Attempt, obstacle: HypervisorObstacle): State {
          const { obstacles } = state.tables;
          const left = attempt.injected ? state : withTables(state, { obstacles: [obstacle, ...obstacles] });
          return super.obstruct(left, attempt, obstacle);
        }
      },
    },
  }),
  fault({
    id: 'interrupt-is-taken-outside',
    breaks: ['nothing-is-delivered-outside', 'one-event-in-flight', 'external-is-acknowledged-once'],
    wrong: 'An interrupt that arrives between an exit and the entry is delivered at once (M-40).',
    parts: {
      externalInterrupts: class extends ExternalInterrupts {
        override pend(state: State, vector: number): State {
          const pending = super.pend(state, vector);
          const isTaken = state.hypervisor.outside && this.deliverable(pending) === vector;
          return isTaken ? this.take(pending, vector) : pending;
        }
      },
    },
  }),
];
