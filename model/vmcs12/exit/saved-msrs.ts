import { Part } from '../part.ts';
import type { Vmcs12State as State } from '../state.ts';
import { controls, withFields } from '../update.ts';
import type { FieldValues } from '../vmcs.ts';

/** Saving MSRs, each by its gate. */
export class SavedMsrs extends Part {
  save(state: State): State {
    return withFields(state, {
      ...this.sysenter(state),
      ...this.pat(state),
      ...this.efer(state),
      ...this.debugctl(state),
      ...this.bndcfgs(state),
      ...this.perfGlobal(state),
    });
  }

  /** "saved at every exit: no control asks" */
  sysenter({ l2 }: State): FieldValues {
    this.cite('sysenter-is-always-saved');
    return { sysenterCs: l2.sysenterCs, sysenterEsp: l2.sysenterEsp };
  }

  /** "With 'save IA32_PAT' the field takes the PAT of L2, whatever the entry control is." */
  pat(state: State): FieldValues {
    const saves = this.savesPat(state);
    this.cite(saves ? 'pat-is-saved-by-the-exit-control' : 'unsaved-pat-keeps-what-l1-wrote');
    return saves ? { pat: state.l2.pat } : {};
  }

  savesPat(state: State): boolean {
    return controls(state, 'savePat');
  }

  efer(state: State): FieldValues {
    const saves = this.savesEfer(state);
    this.cite(saves ? 'efer-is-saved-by-the-exit-control' : 'unsaved-efer-keeps-what-l1-wrote');
    return saves ? { efer: state.l2.efer } : {};
  }

  savesEfer(state: State): boolean {
    return controls(state, 'saveEfer');
  }

  /** "what the MSR holds at the exit, whoever changed it" */
  debugctl(state: State): FieldValues {
    const saves = this.savesDebugctl(state);
    this.cite(saves ? 'debugctl-is-saved-with-debug-controls' : 'unsaved-debugctl-keeps-what-l1-wrote');
    return saves ? { debugctl: state.l2.debugctl } : {};
  }

  savesDebugctl(state: State): boolean {
    return controls(state, 'saveDebugControls');
  }

  /** "saved at every exit where the processor has it" */
  bndcfgs({ machine, l2 }: State): FieldValues {
    if (!machine.config.mpx) return {};
    this.cite('bndcfgs-is-always-saved');
    return { bndcfgs: l2.bndcfgs };
  }

  /** "stays as L1 wrote it: the model has no control that saves or loads it" */
  perfGlobal(_state: State): FieldValues {
    this.cite('perf-global-ctrl-is-never-saved');
    this.cite('unswitched-registers-are-in-no-vmcs');
    return {};
  }
}
