import type {
  FieldValues,
  L2,
  MaskedRegister,
  PartClasses,
  Vmcs12State as State,
  VmExit,
} from '../../model/vmcs12/index.ts';
import { bits, controls, fieldOf, vmcsOf, withFields, written, type Vmcs } from '../../model/vmcs12/index.ts';
import { Entry } from '../../model/vmcs12/entry/entry.ts';
import { GuestStateLoading } from '../../model/vmcs12/entry/guest-state-loading.ts';
import { LateFailure } from '../../model/vmcs12/entry/late-failure.ts';
import { ControlFields } from '../../model/vmcs12/exit/control-fields.ts';
import { ExitInformation } from '../../model/vmcs12/exit/exit-information.ts';
import { MsrLists } from '../../model/vmcs12/exit/msr-lists.ts';
import { ReturnPoint } from '../../model/vmcs12/exit/return-point.ts';
import { SavedMsrs } from '../../model/vmcs12/exit/saved-msrs.ts';
import { SavedNonRegister } from '../../model/vmcs12/exit/saved-non-register.ts';
import { SavedRegisters } from '../../model/vmcs12/exit/saved-registers.ts';
import { SavedSegments } from '../../model/vmcs12/exit/saved-segments.ts';
import { ControlRegisters } from '../../model/vmcs12/l0/control-registers.ts';
import { PhysicalExits } from '../../model/vmcs12/l0/physical-exits.ts';
import { VmxInstructions } from '../../model/vmcs12/l1/vmx-instructions.ts';
import { Boundary } from '../../model/vmcs12/l2/boundary.ts';
import { Exceptions } from '../../model/vmcs12/l2/exceptions.ts';
import { Signals } from '../../model/vmcs12/l2/signals.ts';

const lazy = (l2: L2): FieldValues => ({ dsSelector: l2.ds.selector, gdtrBase: l2.gdtr.base, idtrBase: l2.idtr.base });

/** Mistakes that were made, each as one rule that is replaced. */
export const mistakes: Readonly<Record<string, Partial<PartClasses>>> = {
  // The patch of 2010, as it was reviewed.
  'TSC_OFFSET is copied': {
    controlFields: class extends ControlFields {
      override otherControls({ l0 }: State): FieldValues {
        return { tscOffset: l0.vmcs02.tscOffset ?? 0 };
      }
    },
  },
  'controls are copied': {
    controlFields: class extends ControlFields {
      override controls({ l0 }: State): FieldValues {
        return { processorControls: l0.vmcs02.processorControls ?? 0 };
      }
    },
  },
  'PAT is saved by the entry control': {
    savedMsrs: class extends SavedMsrs {
      override savesPat(state: State): boolean {
        return controls(state, 'loadPat');
      }
    },
  },
  'the valid bit of the injected event is left': {
    controlFields: class extends ControlFields {
      override entryEvent(): FieldValues {
        return {};
      }
    },
  },
  'the VM-instruction error is copied': {
    controlFields: class extends ControlFields {
      override instructionError({ l0 }: State): FieldValues {
        return { instructionError: l0.vmcs02.instructionError ?? 0 };
      }
    },
  },
  'the link pointer is copied': {
    savedNonRegister: class extends SavedNonRegister {
      override linkPointer({ l0 }: State): FieldValues {
        return { linkPointer: l0.vmcs02.linkPointer ?? 0 };
      }
    },
  },
  'DEBUGCTL is copied always': {
    savedMsrs: class extends SavedMsrs {
      override savesDebugctl(): boolean {
        return true;
      }
    },
  },
  'CR0 is rebuilt for TS alone': {
    savedRegisters: class extends SavedRegisters {
      override cr0({ l2 }: State): number {
        return bits.merge(bits.cr0.ts & ~l2.cr0.owned, l2.cr0.shadow, l2.cr0.hardware);
      }
    },
  },
  "bits under L1's mask are those of hardware (the formula of the reply)": {
    savedRegisters: class extends SavedRegisters {
      override cr0(state: State): number {
        const { hardware, shadow, owned } = state.l2.cr0;
        return bits.merge(owned | this.parts.controlRegisters.mask(state, 'cr0'), hardware, shadow);
      }
    },
  },
  'CR4 is that of hardware': {
    savedRegisters: class extends SavedRegisters {
      override cr4({ l2 }: State): FieldValues {
        return { cr4: l2.cr4.hardware };
      }
    },
  },
  'exit information is written on physical exits': {
    physicalExits: class extends PhysicalExits {
      override vmcsOfL1(vmcs: Vmcs, information: FieldValues): Vmcs {
        return written(vmcs, information);
      }
    },
  },
  // Section 6 of the rules: M-08, M-11 to M-14.
  'the valid bit is cleared by a failed entry': {
    lateFailure: class extends LateFailure {
      override fields(state: State, exitReason: number, exitQualification: number): FieldValues {
        const entryInterruption = fieldOf(state, 'entryInterruption') & 0x7fff_ffff;
        return { exitReason, exitQualification, entryInterruption };
      }
    },
  },
  'valid bits are those of an earlier exit': {
    exitInformation: class extends ExitInformation {
      override invalid({ l0 }: State, field: 'exitInterruption' | 'idtVectoring'): number {
        return l0.vmcs02[field] ?? 0;
      }
    },
  },
  'the read shadow is saved': {
    savedRegisters: class extends SavedRegisters {
      override cr0(state: State): number {
        const { controlRegisters } = this.parts;
        const mask = controlRegisters.mask(state, 'cr0');
        return bits.merge(mask, controlRegisters.shadow(state, 'cr0'), super.cr0(state));
      }
    },
  },
  'lazy fields are lost by VMPTRLD': {
    vmxInstructions: class extends VmxInstructions {
      override vmptrld(state: State, slot: number): State {
        const { platform, l0 } = state;
        if (platform.current < 0 || platform.current === slot) return super.vmptrld(state, slot);
        const { segments, tables } = l0.vmcs12AtEntry;
        const lost = { ...vmcsOf(state), segments, tables };
        return super.vmptrld(
          { ...state, vmcss: platform.current === 0 ? [lost, state.vmcss[1]] : [state.vmcss[0], lost] },
          slot,
        );
      }
    },
  },
  'lazy fields are written over VMWRITE': {
    entry: class extends Entry {
      override vmcs12OfEntry(state: State): State {
        return this.isLaunched(state) ? withFields(state, lazy(state.l2)) : state;
      }
    },
  },
  'activity is saved as active': {
    savedNonRegister: class extends SavedNonRegister {
      override activity(): number {
        return 0;
      }
    },
  },
  // Areas A and B of the history.
  'an interrupt exit is always acknowledged (A02)': {
    signals: class extends Signals {
      override acknowledged(_state: State, vector: number): number {
        return (0x8000_0000 | vector) >>> 0;
      }
    },
  },
  'the timer is not looked at after an injection (A14)': {
    boundary: class extends Boundary {
      override timerIsDue(state: State): boolean {
        return super.timerIsDue(state) && state.delivery.event === 0;
      }
    },
  },
  'a SIPI exits from every state (A23)': {
    signals: class extends Signals {
      override takesSipi(): boolean {
        return true;
      }
    },
  },
  'what exits from HLT has woken it (A25)': {
    signals: class extends Signals {
      override leavingHlt(state: State): State {
        return { ...state, l2: { ...state.l2, activity: 0 } };
      }
    },
  },
  'a failed control check is handled like an exit (B01)': {
    entry: class extends Entry {
      override failEarly(state: State, error: number): State {
        return super.failEarly(withFields(state, { exitReason: 0x8000_0021 }), error);
      }
    },
  },
  'page faults are not filtered by their error code (B08)': {
    exceptions: class extends Exceptions {
      override pageFaultExits(state: State): boolean {
        return controls(state, 'interceptPf');
      }
    },
  },
  'an NMI exits without interruption information (B11)': {
    exitInformation: class extends ExitInformation {
      override interruption(state: State, exit: VmExit): number {
        const { interruption, ...rest } = exit;
        return interruption === 0x8000_0202 ? super.interruption(state, rest) : super.interruption(state, exit);
      }
    },
  },
  "L2 sees the effective value under L1's mask (B12)": {
    controlRegisters: class extends ControlRegisters {
      override composedShadow(_state: State, _register: MaskedRegister, value: number): number {
        return value;
      }
    },
  },
  "accesses under L1's mask do not reach L1 (B13)": {
    controlRegisters: class extends ControlRegisters {
      override exits(): boolean {
        return false;
      }
    },
  },
  'CR3 is saved without EPT alone (B18)': {
    savedRegisters: class extends SavedRegisters {
      override cr3(state: State): FieldValues {
        return controls(state, 'ept') ? {} : super.cr3(state);
      }
    },
  },
  'each physical exit starts the timer anew (B21)': {
    physicalExits: class extends PhysicalExits {
      override timerOfReentry(state: State): number {
        return controls(state, 'preemptionTimer') ? fieldOf(state, 'timerValue') : 0;
      }
    },
  },
  'DR7 is saved at every exit (B22)': {
    savedRegisters: class extends SavedRegisters {
      override savesDr7(): boolean {
        return true;
      }
    },
  },
  'DEBUGCTL is loaded at every entry (B22)': {
    guestStateLoading: class extends GuestStateLoading {
      override debugctl(state: State): number {
        return fieldOf(state, 'debugctl');
      }
    },
  },
  'RF is saved as it is (B24)': {
    returnPoint: class extends ReturnPoint {
      override rf(state: State): boolean | undefined {
        return this.current(state);
      }
    },
  },
  'the instruction length is that of an earlier exit (B25)': {
    exitInformation: class extends ExitInformation {
      override instruction(): FieldValues {
        return {};
      }
    },
  },
  'blocking by SMI is saved (B27)': {
    savedNonRegister: class extends SavedNonRegister {
      override smiBlocking(): number {
        return 4;
      }
    },
  },
  'the base of unusable FS is lost (B29)': {
    savedSegments: class extends SavedSegments {
      override baseOfUnusableFs(): number {
        return 0xdead;
      }
    },
  },
  'the MSR-store area has the values of L1 (B36)': {
    msrLists: class extends MsrLists {
      override storeAtExit(state: State): State {
        const { sysenterCs, pat } = state.l1;
        return fieldOf(state, 'exitMsrStoreCount') === 0 ? state : { ...state, msrStore: { sysenterCs, pat } };
      }
    },
  },
  'a late failure has a stale qualification (B37)': {
    lateFailure: class extends LateFailure {
      override fields(_state: State, exitReason: number): FieldValues {
        return { exitReason };
      }
    },
  },
  'an NMI blocks NMIs before its exit (B39)': {
    savedNonRegister: class extends SavedNonRegister {
      override isNmiBlocking(state: State, exit: VmExit): boolean {
        return exit.interruption === 0x8000_0202 || super.isNmiBlocking(state, exit);
      }
    },
  },
};
