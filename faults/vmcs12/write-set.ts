import {
  fieldOf,
  vmcsOf,
  withFields,
  type EventInFlight,
  type FieldValues,
  type Vmcs12State as State,
} from '../../model/vmcs12/index.ts';
import { ControlFields } from '../../model/vmcs12/exit/control-fields.ts';
import { SavedNonRegister } from '../../model/vmcs12/exit/saved-non-register.ts';
import { Delivery } from '../../model/vmcs12/l2/delivery.ts';
import { MemoryInstructions } from '../../model/vmcs12/l2/memory-instructions.ts';
import { fault, patchOf2010 } from './define.ts';

/** Fields that an exit leaves alone. */
export const writeSet = [
  fault({
    id: 'tsc-offset-is-copied',
    breaks: ['tsc-offset-keeps-what-l1-wrote', 'exit-writes-guest-state-and-exit-information-only'],
    wrong: "An exit copies TSC offset back: the sum with L0's own (M-10).",
    seen: [patchOf2010],
    parts: {
      controlFields: class extends ControlFields {
        override otherControls(state: State): FieldValues {
          return { ...super.otherControls(state), tscOffset: state.l0.vmcs02.tscOffset ?? fieldOf(state, 'tscOffset') };
        }
      },
    },
  }),
  fault({
    id: 'controls-are-copied',
    breaks: ['controls-keep-what-l1-wrote', 'exit-writes-guest-state-and-exit-information-only'],
    wrong: 'An exit copies the processor-based controls of the VMCS that L0 has composed.',
    seen: [patchOf2010],
    parts: {
      controlFields: class extends ControlFields {
        override controls(state: State): FieldValues {
          return { processorControls: state.l0.vmcs02.processorControls ?? fieldOf(state, 'processorControls') };
        }
      },
    },
  }),
  fault({
    id: 'pin-controls-are-copied',
    breaks: ['controls-keep-what-l1-wrote', 'exit-writes-guest-state-and-exit-information-only'],
    wrong: 'An exit copies the pin-based controls of the VMCS that L0 has composed.',
    parts: {
      controlFields: class extends ControlFields {
        override controls(state: State): FieldValues {
          return { pinControls: state.l0.vmcs02.pinControls ?? fieldOf(state, 'pinControls') };
        }
      },
    },
  }),
  fault({
    id: 'instruction-error-is-copied',
    breaks: ['exit-leaves-instruction-error', 'exit-writes-guest-state-and-exit-information-only'],
    wrong: 'An exit copies the VM-instruction error of the VMCS that L0 has composed (M-10).',
    seen: [patchOf2010],
    parts: {
      controlFields: class extends ControlFields {
        override instructionError(state: State): FieldValues {
          return { instructionError: state.l0.vmcs02.instructionError ?? 0 };
        }
      },
    },
  }),
  fault({
    id: 'link-pointer-is-copied',
    breaks: ['link-pointer-never-changes'],
    wrong: "An exit copies the VMCS link pointer: L0's own (M-10).",
    seen: [patchOf2010],
    parts: {
      savedNonRegister: class extends SavedNonRegister {
        override linkPointer(state: State): FieldValues {
          return { linkPointer: state.l0.vmcs02.linkPointer ?? fieldOf(state, 'linkPointer') };
        }
      },
    },
  }),
  fault({
    id: 'vpid-is-copied',
    breaks: ['other-controls-keep-what-l1-wrote', 'exit-writes-guest-state-and-exit-information-only'],
    wrong: 'An exit copies the VPID under which L0 runs L2.',
    parts: {
      controlFields: class extends ControlFields {
        override otherControls(state: State): FieldValues {
          return { ...super.otherControls(state), vpid: state.l0.vmcs02.vpid ?? fieldOf(state, 'vpid') };
        }
      },
    },
  }),
  fault({
    id: 'eptp-is-copied',
    breaks: ['eptp-changes-by-vm-function-alone', 'exit-writes-guest-state-and-exit-information-only'],
    wrong: "An exit copies the EPT pointer: that of L0's merged tables.",
    parts: {
      controlFields: class extends ControlFields {
        override otherControls(state: State): FieldValues {
          return { ...super.otherControls(state), eptp: state.l0.vmcs02.eptp ?? fieldOf(state, 'eptp') };
        }
      },
    },
  }),
  fault({
    id: 'eptp-of-vm-function-is-lost',
    breaks: ['vm-function-writes-eptp', 'eptp-changes-by-vm-function-alone'],
    wrong: 'VM function 0 switches the EPT pointer in use and leaves the field.',
    parts: {
      memoryInstructions: class extends MemoryInstructions {
        override eptpWritten(state: State): State {
          return state;
        }
      },
    },
  }),
  fault({
    id: 'read-shadow-is-written',
    breaks: ['masks-and-shadows-keep-what-l1-wrote', 'exit-writes-guest-state-and-exit-information-only'],
    wrong: 'An exit copies the read shadow of CR0 that hardware had for L2.',
    parts: {
      controlFields: class extends ControlFields {
        override masks(state: State): FieldValues {
          return { cr0Shadow: state.l2.cr0.shadow };
        }
      },
    },
  }),
  fault({
    id: 'host-cr3-follows-l1',
    breaks: ['host-state-keeps-what-l1-wrote', 'exit-writes-guest-state-and-exit-information-only'],
    wrong: 'An exit stores the CR3 with which L1 entered in the host-state area.',
    parts: {
      controlFields: class extends ControlFields {
        override hostState(state: State): FieldValues {
          return { hostCr3: state.l1.cr3 };
        }
      },
    },
  }),
  fault({
    id: 'entry-valid-bit-is-left',
    breaks: ['exit-clears-entry-valid-bit', 'injected-event-is-delivered-once'],
    wrong: 'An exit leaves the valid bit of the VM-entry interruption information: the event is injected again (M-08).',
    seen: [patchOf2010],
    parts: {
      controlFields: class extends ControlFields {
        override entryEvent(): FieldValues {
          return {};
        }
      },
    },
  }),
  fault({
    id: 'entry-information-is-cleared-whole',
    breaks: ['exit-keeps-the-rest-of-entry-information'],
    wrong: 'An exit clears the VM-entry interruption information, not its valid bit alone.',
    parts: {
      controlFields: class extends ControlFields {
        override entryEvent(): FieldValues {
          return { entryInterruption: 0 };
        }
      },
    },
  }),
  fault({
    id: 'entry-length-is-that-of-the-event-in-flight',
    breaks: [
      'entry-error-code-and-length-stay',
      'vmcs-is-still-while-l2-runs',
      'event-delivered-again-by-l0-is-delivered-once',
    ],
    wrong: 'L0 prepares the event that it delivers again in the VM-entry instruction length of L1.',
    parts: {
      delivery: class extends Delivery {
        override deliverAgain(
          state: State,
          event: EventInFlight,
        ): { readonly state: State; readonly event: EventInFlight } {
          const again = super.deliverAgain(state, event);
          return { ...again, state: withFields(again.state, { entryLength: event.length }) };
        }
      },
    },
  }),
  fault({
    id: 'ia32e-mode-guest-is-left',
    breaks: ['ia32e-mode-guest-follows-lma'],
    wrong: 'An exit leaves "IA-32e mode guest", though the processor says that it saves EFER.LMA.',
    config: { savesEferLma: true },
    parts: {
      controlFields: class extends ControlFields {
        override entryControls(): FieldValues {
          return {};
        }
      },
    },
  }),
  fault({
    id: 'ia32e-mode-guest-follows-lme',
    breaks: ['ia32e-mode-guest-follows-lma', 'ia32e-mode-guest-stays-without-the-feature'],
    wrong: 'An exit takes "IA-32e mode guest" from EFER.LME, whether or not paging is on.',
    config: { savesEferLma: true },
    parts: {
      controlFields: class extends ControlFields {
        override entryControls(state: State): FieldValues {
          const { entryControls } = super.entryControls(state);
          if (entryControls === undefined) return {};
          return { entryControls: ((entryControls & ~0x200) | ((state.l2.efer & 0x100) << 1)) >>> 0 };
        }
      },
    },
  }),
  fault({
    id: 'ia32e-mode-guest-is-written-without-the-feature',
    breaks: ['ia32e-mode-guest-stays-without-the-feature'],
    wrong: 'An exit makes "IA-32e mode guest" follow EFER.LMA, though the processor does not say so.',
    config: { savesEferLma: false },
    parts: {
      controlFields: class extends ControlFields {
        override entryControls(state: State): FieldValues {
          const others = fieldOf(state, 'entryControls') & ~0x200;
          return { entryControls: (others | ((state.l2.efer & 0x400) >>> 1)) >>> 0 };
        }
      },
    },
  }),
  fault({
    id: 'other-vmcs-is-written-too',
    breaks: ['other-vmcs-is-untouched'],
    wrong: 'An exit saves GDTR and IDTR into both VMCSs of L1.',
    parts: {
      savedNonRegister: class extends SavedNonRegister {
        override save(state: State, exit: Parameters<SavedNonRegister['save']>[1]): State {
          const saved = super.save(state, exit);
          const { tables } = vmcsOf(saved);
          const [first, second] = saved.vmcss;
          return {
            ...saved,
            vmcss: [
              { ...first, tables },
              { ...second, tables },
            ],
          };
        }
      },
    },
  }),
] as const;
