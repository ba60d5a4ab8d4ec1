import { interruptibility } from '../../../spec/vmx/guest-non-register-state.ts';
import { any, cr0, efer, put, rflags } from '../bits.ts';
import { Part } from '../part.ts';
import type { L2, Segment, Vmcs12State as State } from '../state.ts';
import { controls, fieldOf, isPaePaging, vmcsOf } from '../update.ts';
import { isDefined, read } from '../vmcs.ts';

const shadows = interruptibility.blockingBySti | interruptibility.blockingByMovSs;

/** Loading guest state. */
export class GuestStateLoading extends Part {
  /** "L2 starts with the guest state of the fields" */
  load(state: State): State {
    this.cite('entry-loads-guest-state');
    this.cite('state-survives-the-round-trip');
    const { controlRegisters } = this.parts;
    const vmcs = vmcsOf(state);
    const blocking = read(vmcs, 'interruptibility');
    const status = this.interruptStatus(state);
    const eferOfL2 = this.efer(state);
    const isRfUndefined = !isDefined(vmcs, 'rflags');
    const l2: L2 = {
      cr0: controlRegisters.composed(state, 'cr0', read(vmcs, 'cr0')),
      cr3: read(vmcs, 'cr3'),
      cr4: controlRegisters.composed(state, 'cr4', read(vmcs, 'cr4')),
      dr7: this.dr7(state),
      rsp: read(vmcs, 'rsp'),
      rip: read(vmcs, 'rip'),
      rflags: put(read(vmcs, 'rflags'), isRfUndefined ? rflags.rf : 0, false),
      isRfUndefined,
      cs: this.segment(state, 'cs'),
      ss: this.segment(state, 'ss'),
      ds: this.segment(state, 'ds'),
      fs: { ...this.segment(state, 'fs'), base: this.fsBase(state) },
      ldtr: this.segment(state, 'ldtr'),
      gdtr: { base: read(vmcs, 'gdtrBase'), limit: read(vmcs, 'gdtrLimit') },
      idtr: { base: read(vmcs, 'idtrBase'), limit: read(vmcs, 'idtrLimit') },
      sysenterCs: read(vmcs, 'sysenterCs'),
      sysenterEsp: read(vmcs, 'sysenterEsp'),
      pat: this.pat(state),
      efer: eferOfL2,
      debugctl: this.debugctl(state),
      bndcfgs: this.bndcfgs(state),
      pdptes: this.pdptes(state, eferOfL2),
      activity: read(vmcs, 'activity'),
      shadow: blocking & shadows,
      nmiBlocking: any(blocking, interruptibility.blockingByNmi),
      pendingDebug: read(vmcs, 'pendingDebug'),
      rvi: status & 0xff,
      svi: status >>> 8,
      pmlIndex: read(vmcs, 'pmlIndex'),
      timer: this.timer(state),
      eptp: controls(state, 'ept') ? read(vmcs, 'eptp') : 0,
    };
    return { ...state, l2 };
  }

  segment(state: State, name: 'cs' | 'ss' | 'ds' | 'fs' | 'ldtr'): Segment {
    const vmcs = vmcsOf(state);
    return {
      selector: read(vmcs, `${name}Selector`),
      base: read(vmcs, `${name}Base`),
      limit: read(vmcs, `${name}Limit`),
      accessRights: read(vmcs, `${name}AccessRights`),
    };
  }

  /** "loaded by the next entry, even if FS is unusable" */
  fsBase(state: State): number {
    this.cite('base-of-unusable-fs-is-saved');
    return fieldOf(state, 'fsBase');
  }

  // "of the fields where the entry control is 1, and with those of L1 where it is 0"

  dr7(state: State): number {
    this.cite('msrs-are-loaded-by-their-entry-controls');
    return controls(state, 'loadDebugControls') ? fieldOf(state, 'dr7') : state.l1.dr7;
  }

  debugctl(state: State): number {
    return controls(state, 'loadDebugControls') ? fieldOf(state, 'debugctl') : state.l1Debugctl.value;
  }

  pat(state: State): number {
    return controls(state, 'loadPat') ? fieldOf(state, 'pat') : state.l1.pat;
  }

  bndcfgs(state: State): number {
    return controls(state, 'loadBndcfgs') ? fieldOf(state, 'bndcfgs') : state.l1Bndcfgs.value;
  }

  /** "of the field if 'load IA32_EFER' is 1, else of L1, in which LMA is 'IA-32e mode guest' and, with paging, LME too" */
  efer(state: State): number {
    this.cite('efer-at-entry');
    if (controls(state, 'loadEfer')) return fieldOf(state, 'efer');
    const follows = any(fieldOf(state, 'cr0'), cr0.pg) ? efer.lma | efer.lme : efer.lma;
    return put(state.l1.efer, follows, controls(state, 'ia32eModeGuest'));
  }

  /** "With EPT, an entry into PAE paging takes the PDPTEs from the fields, not from memory." */
  pdptes(state: State, eferOfL2: number): readonly [number, number] {
    if (!isPaePaging(fieldOf(state, 'cr0'), eferOfL2)) return [0, 0];
    if (!controls(state, 'ept')) return this.parts.paging.pdptesInMemory(fieldOf(state, 'cr3'));
    this.cite('pdptes-are-loaded-from-fields-with-ept');
    return [fieldOf(state, 'pdpte0'), fieldOf(state, 'pdpte1')];
  }

  /** RVI and SVI. */
  interruptStatus(state: State): number {
    return controls(state, 'virtualInterruptDelivery') ? fieldOf(state, 'interruptStatus') : 0;
  }

  timer(state: State): number {
    return controls(state, 'preemptionTimer') ? fieldOf(state, 'timerValue') : 0;
  }
}
