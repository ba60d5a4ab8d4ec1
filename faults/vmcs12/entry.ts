import type { Skip } from '../../spec/contract.ts';
import type { VmcsFieldName } from '../../spec/vmcs12/fields.ts';
import { instructionErrors } from '../../spec/vmcs12/universe.ts';
import {
  bits,
  fieldOf,
  withFields,
  withOutcome,
  type EntryBy,
  type FieldValues,
  type Left,
  type Vmcs,
  type Vmcs12State as State,
} from '../../model/vmcs12/index.ts';
import { ControlChecks } from '../../model/vmcs12/entry/control-checks.ts';
import { Entry } from '../../model/vmcs12/entry/entry.ts';
import { GuestStateChecks } from '../../model/vmcs12/entry/guest-state-checks.ts';
import { HostStateChecks } from '../../model/vmcs12/entry/host-state-checks.ts';
import { LateFailure } from '../../model/vmcs12/entry/late-failure.ts';
import { VmxInstructions } from '../../model/vmcs12/l1/vmx-instructions.ts';
import { fault, kvm, unitTests } from './define.ts';

const qualificationTest = unitTests(
  'B37',
  'Check EXIT_QUALIFICATION on VM-Enter failures due to bad guest state (149c2513)',
  2020,
  'heading',
);

/** VMX instructions of L1, and entries that fail. */
export const entry = [
  fault({
    id: 'vmread-gives-the-composed-value',
    breaks: ['vmread-gives-the-last-write', 'lazy-state-is-invisible'],
    wrong: 'VMREAD of TSC offset gives the sum with that of L0.',
    parts: {
      vmxInstructions: class extends VmxInstructions {
        override vmread(state: State, field: VmcsFieldName): State {
          const done = super.vmread(state, field);
          if (field !== 'tscOffset' || done.step.value !== fieldOf(state, field)) return done;
          return { ...done, step: { ...done.step, value: state.l0.vmcs02.tscOffset ?? done.step.value } };
        }
      },
    },
  }),
  fault({
    id: 'vmwrite-judges-the-value',
    breaks: ['vmread-gives-the-last-write'],
    wrong: 'VMWRITE refuses a value of CR4 with which an entry would fail.',
    parts: {
      vmxInstructions: class extends VmxInstructions {
        override vmwrite(state: State, field: VmcsFieldName, value: number): State {
          const isBad = field === 'cr4' && !bits.any(value, bits.cr4.vmxe);
          if (!isBad || state.platform.current < 0) return super.vmwrite(state, field, value);
          return this.fail(state, instructionErrors.unsupportedField);
        }
      },
    },
  }),
  fault({
    id: 'exit-information-is-read-only',
    breaks: ['exit-information-can-be-written'],
    wrong: 'VMWRITE of an exit-information field fails, though the processor says that it can be written.',
    config: { writesExitInformation: true },
    parts: {
      vmxInstructions: class extends VmxInstructions {
        override vmwriteExit(state: State, field: VmcsFieldName, value: number): State {
          if (state.platform.current < 0) return super.vmwriteExit(state, field, value);
          return this.fail(state, instructionErrors.readOnlyField);
        }
      },
    },
  }),
  fault({
    id: 'absent-field-can-be-read',
    breaks: ['field-without-feature-is-refused'],
    wrong: 'VMREAD and VMWRITE know the field IA32_BNDCFGS, though the processor does not have the MSR.',
    config: { mpx: false },
    parts: {
      vmxInstructions: class extends VmxInstructions {
        override isAbsent(): boolean {
          return false;
        }
      },
    },
  }),
  fault({
    id: 'vmfail-is-valid-without-a-vmcs',
    breaks: ['vmfail-invalid-without-a-vmcs'],
    wrong: 'Without a current VMCS instructions end in VMfailValid.',
    parts: {
      vmxInstructions: class extends VmxInstructions {
        override failInvalid(state: State): State {
          return withOutcome(state, 'failValid');
        }
      },
    },
  }),
  fault({
    id: 'resume-of-a-clear-vmcs-has-the-error-of-launch',
    breaks: ['launch-state-decides-the-instruction'],
    wrong: 'VMRESUME of a clear VMCS fails with error 4, too.',
    parts: {
      entry: class extends Entry {
        override errorOfLaunchState(): number {
          return instructionErrors.launchOfLaunched;
        }
      },
    },
  }),
  fault({
    id: 'entry-leaves-the-vmcs-clear',
    breaks: ['entry-makes-launched'],
    wrong: 'A VMCS does not become launched before the exit.',
    parts: {
      entry: class extends Entry {
        override launched(state: State): State {
          return state;
        }
      },
    },
  }),
  fault({
    id: 'failed-entry-makes-launched',
    breaks: [
      'entry-makes-launched',
      'early-failure-changes-the-error-alone',
      'late-failure-writes-reason-and-qualification-alone',
    ],
    wrong: 'An entry that fails late makes the VMCS launched.',
    parts: {
      lateFailure: class extends LateFailure {
        override fail(state: State, reason: number, qualification: number, left: Left): State {
          return this.parts.entry.launched(super.fail(state, reason, qualification, left));
        }
      },
    },
  }),
  fault({
    id: 'vmclear-leaves-the-vmcs-launched',
    breaks: ['vmclear-and-vmptrld-keep-the-fields'],
    wrong: 'VMCLEAR does not change the launch state.',
    parts: {
      vmxInstructions: class extends VmxInstructions {
        override vmclear(state: State, slot: number): State {
          const cleared = super.vmclear(state, slot);
          return { ...cleared, platform: { ...cleared.platform, launched: state.platform.launched } };
        }
      },
    },
  }),
  fault({
    id: 'vmclear-leaves-the-vmcs-current',
    breaks: ['vmclear-and-vmptrld-keep-the-fields'],
    wrong: 'A VMCS stays current when it is cleared.',
    parts: {
      vmxInstructions: class extends VmxInstructions {
        override vmclear(state: State, slot: number): State {
          const cleared = super.vmclear(state, slot);
          return { ...cleared, platform: { ...cleared.platform, current: state.platform.current } };
        }
      },
    },
  }),
  fault({
    id: 'mov-ss-does-not-forbid-an-entry',
    breaks: ['entry-after-mov-ss-fails'],
    wrong: 'VMLAUNCH and VMRESUME do not look at blocking by MOV SS.',
    parts: {
      entry: class extends Entry {
        override enter(state: State, by: EntryBy): State | readonly State[] | Skip {
          return super.enter(state, by === 'movSs' ? 'right' : by);
        }
      },
    },
  }),
  fault({
    id: 'virtual-nmis-do-not-need-nmi-exiting',
    breaks: ['invalid-controls-fail-early'],
    wrong: 'An entry accepts "virtual NMIs" without "NMI exiting", and "NMI-window exiting" without "virtual NMIs".',
    parts: {
      controlChecks: class extends ControlChecks {
        override nmis(): boolean {
          return false;
        }
      },
    },
  }),
  fault({
    id: 'reserved-event-type-is-injected',
    breaks: ['invalid-controls-fail-early'],
    wrong: 'An entry injects an event of the reserved type 1.',
    parts: {
      controlChecks: class extends ControlChecks {
        override injection(state: State, vmcs: Vmcs): boolean {
          return this.parts.entry.injectedType(vmcs) !== 1 && super.injection(state, vmcs);
        }
      },
    },
  }),
  fault({
    id: 'zero-length-is-injected-without-the-feature',
    breaks: ['zero-length-injection'],
    wrong: 'An entry injects a software event with instruction length 0, though the processor does not say so.',
    config: { zeroLengthInjection: false },
    parts: {
      controlChecks: class extends ControlChecks {
        override length(): boolean {
          return false;
        }
      },
    },
  }),
  fault({
    id: 'host-cr4-is-not-checked',
    breaks: ['invalid-host-state-fails-early'],
    wrong: 'An entry accepts host CR4 with VMXE = 0.',
    parts: {
      hostStateChecks: class extends HostStateChecks {
        override cr4(): boolean {
          return false;
        }
      },
    },
  }),
  fault({
    id: 'early-failure-is-handled-like-an-exit',
    breaks: ['early-failure-changes-the-error-alone'],
    wrong: 'A check of controls or host state that fails writes the exit reason.',
    seen: [kvm('B01', 'kvm: nVMX: Handle deferred early VMLAUNCH/VMRESUME failure properly (4f350c6dbcb9)', 2017)],
    parts: {
      entry: class extends Entry {
        override failEarly(state: State, error: number): State {
          return super.failEarly(withFields(state, { exitReason: 0x8000_0021 }), error);
        }
      },
    },
  }),
  fault({
    id: 'early-failure-leaves-registers-of-l2',
    breaks: ['early-failure-changes-the-error-alone'],
    wrong: 'After VMfailValid L1 goes on with CR3 and CR4 of L2.',
    seen: [kvm('B02', 'KVM: nVMX: restore host state in nested_vmx_vmexit for VMFail (bd18bffca353)', 2018, 'hearsay')],
    parts: {
      entry: class extends Entry {
        override failEarly(state: State, error: number): State {
          const failed = super.failEarly(state, error);
          return { ...failed, l1: { ...failed.l1, cr3: fieldOf(state, 'cr3'), cr4: fieldOf(state, 'cr4') } };
        }
      },
    },
  }),
  fault({
    id: 'link-pointer-is-not-checked',
    breaks: ['invalid-guest-state-fails-late'],
    wrong: 'An entry does not look at the VMCS link pointer.',
    parts: {
      guestStateChecks: class extends GuestStateChecks {
        override linkPointer(): boolean {
          return false;
        }
      },
    },
  }),
  fault({
    id: 'activity-is-not-checked-against-the-injection',
    breaks: ['invalid-guest-state-fails-late'],
    wrong: 'An entry injects whatever L1 asks for into shutdown and wait-for-SIPI.',
    parts: {
      guestStateChecks: class extends GuestStateChecks {
        override activity(): boolean {
          return false;
        }
      },
    },
  }),
  fault({
    id: 'qualification-of-a-late-failure-is-left',
    breaks: [
      'qualification-of-a-late-failure',
      'late-failure-writes-reason-and-qualification-alone',
      'msr-loading-fails-late',
    ],
    wrong: 'An entry that fails late leaves the qualification of an earlier exit.',
    seen: [qualificationTest],
    parts: {
      lateFailure: class extends LateFailure {
        override fields(_state: State, exitReason: number): FieldValues {
          return { exitReason };
        }
      },
    },
  }),
  fault({
    id: 'qualification-of-the-pdptes-is-zero',
    breaks: ['qualification-of-a-late-failure', 'any-failing-check-may-give-the-qualification'],
    wrong: 'An entry that fails for its PDPTEs has qualification 0.',
    config: { guestMode: 'pae' },
    parts: {
      lateFailure: class extends LateFailure {
        override invalidGuestState(state: State, qualifications: readonly number[]): readonly State[] {
          return super.invalidGuestState(
            state,
            qualifications.map((qualification) => (qualification === 2 ? 0 : qualification)),
          );
        }
      },
    },
  }),
  fault({
    id: 'msr-that-fails-is-counted-from-zero',
    breaks: ['msr-loading-fails-late'],
    wrong: 'An entry that cannot load an MSR has its place in the list as qualification, counted from 0.',
    parts: {
      lateFailure: class extends LateFailure {
        override fields(state: State, exitReason: number, exitQualification: number): FieldValues {
          const isOfMsr = (exitReason & 0xff) === 34;
          return super.fields(state, exitReason, isOfMsr ? exitQualification - 1 : exitQualification);
        }
      },
    },
  }),
  fault({
    id: 'late-failure-clears-the-valid-bit',
    breaks: ['late-failure-writes-reason-and-qualification-alone'],
    wrong: 'An entry that fails late clears the valid bit of the event that was to be injected (M-08).',
    parts: {
      lateFailure: class extends LateFailure {
        override fields(state: State, exitReason: number, exitQualification: number): FieldValues {
          const entryInterruption = fieldOf(state, 'entryInterruption') & 0x7fff_ffff;
          return { ...super.fields(state, exitReason, exitQualification), entryInterruption };
        }
      },
    },
  }),
  fault({
    id: 'late-failure-writes-all-exit-information',
    breaks: ['late-failure-writes-reason-and-qualification-alone'],
    wrong: 'An entry that fails late clears the interruption and IDT-vectoring information.',
    seen: [qualificationTest],
    parts: {
      lateFailure: class extends LateFailure {
        override fields(state: State, exitReason: number, exitQualification: number): FieldValues {
          const fields = super.fields(state, exitReason, exitQualification);
          return { ...fields, exitInterruption: 0, idtVectoring: 0, exitInstructionLength: 0 };
        }
      },
    },
  }),
  fault({
    id: 'late-failure-stores-msrs',
    breaks: ['late-failure-loads-host-state'],
    wrong: 'An entry that fails late writes the MSR-store area.',
    parts: {
      lateFailure: class extends LateFailure {
        override stored(state: State): State {
          const { sysenterCs } = state.l1;
          if (fieldOf(state, 'exitMsrStoreCount') === 0) return state;
          return { ...state, msrStore: { ...state.msrStore, sysenterCs } };
        }
      },
    },
  }),
  fault({
    id: 'late-failure-returns-without-host-state',
    breaks: ['late-failure-loads-host-state'],
    wrong: 'After an entry that fails late L1 goes on behind VMLAUNCH with what it had.',
    parts: {
      lateFailure: class extends LateFailure {
        override fail(state: State, reason: number, qualification: number, left: Left): State {
          return { ...super.fail(state, reason, qualification, left), l1: state.l1 };
        }
      },
    },
  }),
] as const;
