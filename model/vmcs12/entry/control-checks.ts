import { eventTypes } from '../../../spec/vmx/interruption-information.ts';
import { Part } from '../part.ts';
import type { Vmcs12State as State } from '../state.ts';
import { fieldOf, vmcsOf } from '../update.ts';
import { has, type Vmcs } from '../vmcs.ts';

/** Checks on VMX controls. Each says whether its kind of controls is invalid. */
export class ControlChecks extends Part {
  /** "An entry with controls that do not fit together fails with error 7." */
  fail(state: State): boolean {
    const vmcs = vmcsOf(state);
    const failed =
      this.nmis(vmcs) ||
      this.virtualApic(vmcs) ||
      this.ept(vmcs) ||
      this.timer(vmcs) ||
      this.missingFeature(state, vmcs) ||
      this.injection(state, vmcs);
    if (failed) this.cite('invalid-controls-fail-early');
    return failed;
  }

  nmis(vmcs: Vmcs): boolean {
    if (has(vmcs, 'virtualNmis') && !has(vmcs, 'nmiExiting')) return true;
    return has(vmcs, 'nmiWindowExiting') && !has(vmcs, 'virtualNmis');
  }

  virtualApic(vmcs: Vmcs): boolean {
    const delivers = has(vmcs, 'virtualInterruptDelivery');
    if ((has(vmcs, 'apicRegisters') || delivers) && !has(vmcs, 'tprShadow')) return true;
    return delivers && (!has(vmcs, 'externalInterruptExiting') || has(vmcs, 'apicAccesses'));
  }

  ept(vmcs: Vmcs): boolean {
    if (has(vmcs, 'ept')) return false;
    return has(vmcs, 'pml') || (has(vmcs, 'vmFunctions') && has(vmcs, 'eptpSwitching'));
  }

  timer(vmcs: Vmcs): boolean {
    return has(vmcs, 'saveTimer') && !has(vmcs, 'preemptionTimer');
  }

  /** "the controls for it make an entry fail" */
  missingFeature(state: State, vmcs: Vmcs): boolean {
    if (state.machine.config.mpx) return false;
    const failed = has(vmcs, 'clearBndcfgs') || has(vmcs, 'loadBndcfgs');
    if (failed) this.cite('field-without-feature-is-refused');
    return failed;
  }

  injection(state: State, vmcs: Vmcs): boolean {
    const type = this.parts.entry.injectedType(vmcs);
    if (type === undefined) return false;
    return type === 1 || this.length(state, type);
  }

  /** "Injecting a software event with instruction length 0 fails with error 7, or is done" */
  length(state: State, type: number): boolean {
    const isSoftware = type >= eventTypes.softwareInterrupt && type <= eventTypes.softwareException;
    if (!isSoftware || fieldOf(state, 'entryLength') !== 0) return false;
    this.cite('zero-length-injection');
    return !state.machine.config.zeroLengthInjection;
  }
}
