import type { VmcsFieldName } from '../../../spec/vmcs12/fields.ts';
import { injections, instructionErrors, type ControlBit, type Injection } from '../../../spec/vmcs12/universe.ts';
import { put } from '../bits.ts';
import { Part } from '../part.ts';
import type { Vmcs12State as State } from '../state.ts';
import { fieldOf, vmcsOf, withFields, withOutcome } from '../update.ts';
import { allControlBits, definedBits, read, type FieldValues } from '../vmcs.ts';

/** VMX instructions of L1, but for entries. */
export class VmxInstructions extends Part {
  vmread(state: State, field: VmcsFieldName): State {
    if (state.platform.current < 0) return this.failInvalid(state);
    if (this.isAbsent(state, field)) return this.fail(state, instructionErrors.unsupportedField);
    this.cite('vmread-gives-the-last-write');
    this.cite('lazy-state-is-invisible');
    const vmcs = vmcsOf(state);
    const done = withOutcome(state, 'succeed');
    return { ...done, step: { ...done.step, value: read(vmcs, field), defined: definedBits(vmcs, field) } };
  }

  /** "VMWRITE takes any value; only the next entry judges it." */
  vmwrite(state: State, field: VmcsFieldName, value: number): State {
    if (state.platform.current < 0) return this.failInvalid(state);
    if (this.isAbsent(state, field)) return this.fail(state, instructionErrors.unsupportedField);
    this.cite('vmread-gives-the-last-write');
    this.cite('lazy-state-is-invisible');
    return this.write(state, { [field]: value });
  }

  /** "VMWRITE of an exit-information field writes it, or fails with error 13." */
  vmwriteExit(state: State, field: VmcsFieldName, value: number): State {
    if (state.platform.current < 0) return this.failInvalid(state);
    this.cite('exit-information-can-be-written');
    if (!state.machine.config.writesExitInformation) return this.fail(state, instructionErrors.readOnlyField);
    return this.write(state, { [field]: value });
  }

  /** A control field is read, one bit of it changed, and the field written. */
  control(state: State, control: ControlBit, on: boolean): State {
    if (state.platform.current < 0) return this.failInvalid(state);
    this.cite('vmread-gives-the-last-write');
    const { field, bit } = allControlBits[control];
    return this.write(state, { [field]: put(fieldOf(state, field), 1 << bit, on) });
  }

  /** L1 asks for an event; error code and length are written where the event has them. */
  inject(state: State, event: Injection): State {
    if (state.platform.current < 0) return this.failInvalid(state);
    this.cite('vmread-gives-the-last-write');
    const injection: { readonly information: number; readonly errorCode?: number; readonly length?: number } =
      injections[event];
    return this.write(state, {
      entryInterruption: injection.information,
      ...(injection.errorCode !== undefined && { entryErrorCode: injection.errorCode }),
      ...(injection.length !== undefined && { entryLength: injection.length }),
    });
  }

  /** What VMWRITE leaves in the VMCS. */
  write(state: State, values: FieldValues): State {
    return withOutcome(withFields(state, values), 'succeed');
  }

  /** "VMCLEAR makes the launch state clear, after which the VMCS is not current; its fields are as they were." */
  vmclear(state: State, slot: number): State {
    this.cite('vmclear-and-vmptrld-keep-the-fields');
    const { platform } = state;
    const current = platform.current === slot ? -1 : platform.current;
    return this.switched({ ...state, platform: { ...platform, current, launched: platform.launched & ~(1 << slot) } });
  }

  /** "VMPTRLD makes a VMCS current" */
  vmptrld(state: State, slot: number): State {
    this.cite('vmclear-and-vmptrld-keep-the-fields');
    if (slot !== state.platform.current) this.cite('other-vmcs-is-untouched');
    return this.switched({ ...state, platform: { ...state.platform, current: slot } });
  }

  /** What an implementation that moves fields late has to do before another VMCS is current: to be found here done. */
  switched(state: State): State {
    this.cite('lazy-state-is-invisible');
    return withOutcome(state, 'succeed');
  }

  /** "Where the processor has no IA32_BNDCFGS, VMREAD and VMWRITE of its field fail with error 12" */
  isAbsent(state: State, field: VmcsFieldName): boolean {
    if (field !== 'bndcfgs' || state.machine.config.mpx) return false;
    this.cite('field-without-feature-is-refused');
    return true;
  }

  /** VMfailInvalid: "no VMCS changes" */
  failInvalid(state: State): State {
    this.cite('vmfail-invalid-without-a-vmcs');
    return withOutcome(state, 'failInvalid');
  }

  /** VMfailValid of an instruction that is not an entry. */
  fail(state: State, error: number): State {
    return withOutcome(withFields(state, { instructionError: error }), 'failValid');
  }
}
