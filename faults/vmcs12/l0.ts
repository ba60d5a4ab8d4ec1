import { fieldSpec, type VmcsFieldName } from '../../spec/vmcs12/fields.ts';
import {
  controls,
  fieldOf,
  read,
  vmcsOf,
  withFields,
  withL2,
  written,
  type EventInFlight,
  type FieldValues,
  type MsrName,
  type Vmcs,
  type Vmcs12State as State,
} from '../../model/vmcs12/index.ts';
import { Entry } from '../../model/vmcs12/entry/entry.ts';
import { PhysicalExits } from '../../model/vmcs12/l0/physical-exits.ts';
import { VmxInstructions } from '../../model/vmcs12/l1/vmx-instructions.ts';
import { Delivery } from '../../model/vmcs12/l2/delivery.ts';
import { MsrInstructions } from '../../model/vmcs12/l2/msr-instructions.ts';
import { fault, kvm, patchOf2010 } from './define.ts';

interface Again {
  readonly state: State;
  readonly event: EventInFlight;
}

/** What L0 does while L2 runs, and when it moves fields. */
export const l0 = [
  fault({
    id: 'exit-information-is-written-on-physical-exits',
    breaks: ['physical-exit-leaves-no-trace', 'vmcs-is-still-while-l2-runs'],
    wrong: "An exit that L0 handles writes its exit information into L1's VMCS.",
    seen: [patchOf2010],
    parts: {
      physicalExits: class extends PhysicalExits {
        override vmcsOfL1(vmcs: Vmcs, information: FieldValues): Vmcs {
          return written(vmcs, information);
        }
      },
    },
  }),
  fault({
    id: 'guest-state-is-saved-on-physical-exits',
    breaks: ['physical-exit-leaves-no-trace', 'vmcs-is-still-while-l2-runs'],
    wrong: "An exit that L0 handles saves RIP and RSP of L2 into L1's VMCS.",
    parts: {
      physicalExits: class extends PhysicalExits {
        override handled(state: State, information: FieldValues): State {
          const { rip, rsp } = state.l2;
          return withFields(super.handled(state, information), { rip, rsp });
        }
      },
    },
  }),
  fault({
    id: 'emulation-reads-hardware',
    breaks: ['physical-exit-leaves-no-trace', 'cr0-is-what-l2-left', 'cr4-is-what-l2-left'],
    wrong: 'L0 emulates with CR0 and CR4 of hardware, and writes them back as those of L2.',
    parts: {
      physicalExits: class extends PhysicalExits {
        override emulated(state: State): State {
          const { controlRegisters } = this.parts;
          const { cr0, cr4 } = state.l2;
          return withL2(state, {
            cr0: controlRegisters.composed(state, 'cr0', cr0.hardware),
            cr4: controlRegisters.composed(state, 'cr4', cr4.hardware),
          });
        }
      },
    },
  }),
  fault({
    id: 'physical-exit-starts-the-timer-anew',
    breaks: ['timer-goes-on-through-physical-exits', 'physical-exit-leaves-no-trace'],
    wrong: 'Each exit that L0 handles enters L2 again with the timer value that L1 wrote.',
    seen: [kvm('B21', 'KVM: nVMX: Fully support nested VMX preemption timer (7854cbca81cc)', 2013, 'hearsay')],
    parts: {
      physicalExits: class extends PhysicalExits {
        override timerOfReentry(state: State): number {
          return controls(state, 'preemptionTimer') ? fieldOf(state, 'timerValue') : 0;
        }
      },
    },
  }),
  fault({
    id: 'event-is-delivered-again-without-its-length',
    breaks: [
      'event-delivered-again-by-l0-is-delivered-once',
      'delivery-builds-the-frame',
      'instruction-length-of-an-event-in-flight',
    ],
    wrong: 'L0 delivers a software event again with instruction length 0.',
    parts: {
      delivery: class extends Delivery {
        override deliverAgain(state: State, event: EventInFlight): Again {
          const again = super.deliverAgain(state, event);
          return { ...again, event: { ...event, length: 0 } };
        }
      },
    },
  }),
  fault({
    id: 'event-is-delivered-again-on-a-used-stack',
    breaks: ['event-delivered-again-by-l0-is-delivered-once', 'delivery-builds-the-frame'],
    wrong: 'The frame of an event that L0 delivers again lies under what the first try has pushed.',
    parts: {
      delivery: class extends Delivery {
        override deliverAgain(state: State, event: EventInFlight): Again {
          const again = super.deliverAgain(state, event);
          return { ...again, state: withL2(again.state, { rsp: this.rspAfter(state.l2, event) }) };
        }
      },
    },
  }),
  fault({
    id: 'error-code-is-lost-when-an-event-is-delivered-again',
    breaks: [
      'event-delivered-again-by-l0-is-delivered-once',
      'delivery-builds-the-frame',
      'error-codes-are-those-of-the-events',
      'physical-exit-leaves-no-trace',
    ],
    wrong: 'L0 delivers an event again with error code 0.',
    parts: {
      delivery: class extends Delivery {
        override deliverAgain(state: State, event: EventInFlight): Again {
          const again = super.deliverAgain(state, event);
          return event.errorCode === undefined ? again : { ...again, event: { ...event, errorCode: 0 } };
        }
      },
    },
  }),
  fault({
    id: 'wrmsr-writes-the-field-at-once',
    breaks: ['vmcs-is-still-while-l2-runs', 'unsaved-pat-keeps-what-l1-wrote'],
    wrong: "WRMSR of PAT in L2 goes into the field of L1's VMCS.",
    parts: {
      msrInstructions: class extends MsrInstructions {
        override written(state: State, msr: MsrName, value: number): State {
          const done = super.written(state, msr, value);
          return msr === 'pat' ? withFields(done, { pat: value }) : done;
        }
      },
    },
  }),
  fault({
    id: 'wrmsr-writes-the-register-of-l1',
    breaks: ['registers-of-l1-are-still-while-l2-runs'],
    wrong: 'WRMSR of PAT in L2 changes what L0 keeps as the PAT of L1.',
    parts: {
      msrInstructions: class extends MsrInstructions {
        override written(state: State, msr: MsrName, value: number): State {
          const done = super.written(state, msr, value);
          return msr === 'pat' ? { ...done, l1: { ...done.l1, pat: value } } : done;
        }
      },
    },
  }),
  fault({
    id: 'late-fields-are-lost-by-vmptrld',
    breaks: ['lazy-state-is-invisible', 'other-vmcs-is-untouched', 'vmclear-and-vmptrld-keep-the-fields'],
    wrong: 'Segments and tables of the last exit are dropped when another VMCS becomes current (M-13).',
    parts: {
      vmxInstructions: class extends VmxInstructions {
        override vmptrld(state: State, slot: number): State {
          const { platform, l0: host, vmcss } = state;
          if (platform.current < 0 || platform.current === slot) return super.vmptrld(state, slot);
          const { segments, tables } = host.vmcs12AtEntry;
          const lost = { ...vmcsOf(state), segments, tables };
          return super.vmptrld({ ...state, vmcss: platform.current === 0 ? [lost, vmcss[1]] : [vmcss[0], lost] }, slot);
        }
      },
    },
  }),
  fault({
    id: 'late-fields-are-written-over-vmwrite',
    breaks: ['lazy-state-is-invisible', 'entry-loads-guest-state'],
    wrong: 'DS and the bases of the tables of the last exit are moved at the next entry, over what L1 wrote (M-13).',
    parts: {
      entry: class extends Entry {
        override vmcs12OfEntry(state: State): State {
          if (!this.isLaunched(state)) return state;
          const { ds, gdtr, idtr } = state.l2;
          return withFields(state, { dsSelector: ds.selector, gdtrBase: gdtr.base, idtrBase: idtr.base });
        }
      },
    },
  }),
  fault({
    id: 'vmread-gives-the-field-of-the-entry',
    breaks: ['lazy-state-is-invisible', 'vmread-gives-the-last-write'],
    wrong: 'VMREAD of a field that is moved late gives its value before the entry.',
    parts: {
      vmxInstructions: class extends VmxInstructions {
        override vmread(state: State, field: VmcsFieldName): State {
          const done = super.vmread(state, field);
          const { group } = fieldSpec(field);
          const isLate = (group === 'segments' || group === 'tables') && this.parts.entry.isLaunched(state);
          if (!isLate) return done;
          return { ...done, step: { ...done.step, value: read(state.l0.vmcs12AtEntry, field) } };
        }
      },
    },
  }),
] as const;
