import { controls, fieldOf, type FieldValues, type L2, type Vmcs12State as State } from '../../model/vmcs12/index.ts';
import { GuestStateLoading } from '../../model/vmcs12/entry/guest-state-loading.ts';
import { SavedMsrs } from '../../model/vmcs12/exit/saved-msrs.ts';
import { SavedRegisters } from '../../model/vmcs12/exit/saved-registers.ts';
import { Boundary } from '../../model/vmcs12/l2/boundary.ts';
import { fault, kvm, patchOf2010 } from './define.ts';

const debugControls = kvm(
  'B22',
  'KVM: nVMX: Allow to disable VM_{ENTRY_LOAD,EXIT_SAVE}_DEBUG_CONTROLS (2996fca0690f)',
  2014,
  'hearsay',
);

/** MSRs and DR7: saved and loaded by controls, or without one. */
export const gates = [
  fault({
    id: 'pat-is-saved-by-the-entry-control',
    breaks: ['unsaved-pat-keeps-what-l1-wrote', 'pat-is-saved-by-the-exit-control', 'other-vmcs-is-untouched'],
    wrong: 'PAT is saved where the entry control "load IA32_PAT" is 1 (M-09).',
    seen: [patchOf2010],
    parts: {
      savedMsrs: class extends SavedMsrs {
        override savesPat(state: State): boolean {
          return controls(state, 'loadPat');
        }
      },
    },
  }),
  fault({
    id: 'pat-is-never-saved',
    breaks: ['pat-is-saved-by-the-exit-control'],
    wrong: 'PAT is not saved, whatever "save IA32_PAT" is.',
    parts: {
      savedMsrs: class extends SavedMsrs {
        override pat(): FieldValues {
          return {};
        }
      },
    },
  }),
  fault({
    id: 'pat-is-saved-if-both-controls-say-so',
    breaks: ['pat-is-saved-by-the-exit-control', 'unsaved-pat-keeps-what-l1-wrote'],
    wrong: 'PAT is saved where both "save IA32_PAT" and "load IA32_PAT" are 1.',
    parts: {
      savedMsrs: class extends SavedMsrs {
        override savesPat(state: State): boolean {
          return super.savesPat(state) && controls(state, 'loadPat');
        }
      },
    },
  }),
  fault({
    id: 'efer-is-saved-always',
    breaks: ['unsaved-efer-keeps-what-l1-wrote', 'efer-is-saved-by-the-exit-control'],
    wrong: 'EFER is saved at every exit.',
    parts: {
      savedMsrs: class extends SavedMsrs {
        override savesEfer(): boolean {
          return true;
        }
      },
    },
  }),
  fault({
    id: 'efer-is-never-saved',
    breaks: ['efer-is-saved-by-the-exit-control'],
    wrong: 'EFER is not saved, whatever "save IA32_EFER" is.',
    parts: {
      savedMsrs: class extends SavedMsrs {
        override efer(): FieldValues {
          return {};
        }
      },
    },
  }),
  fault({
    id: 'debugctl-is-copied-always',
    breaks: ['unsaved-debugctl-keeps-what-l1-wrote', 'debugctl-is-saved-with-debug-controls'],
    wrong: 'IA32_DEBUGCTL is saved at every exit.',
    seen: [patchOf2010, debugControls],
    parts: {
      savedMsrs: class extends SavedMsrs {
        override savesDebugctl(): boolean {
          return true;
        }
      },
    },
  }),
  fault({
    id: 'debugctl-is-looked-at-in-the-msr-bitmap',
    breaks: ['debugctl-is-saved-with-debug-controls', 'debug-exception-clears-lbr-and-btf'],
    wrong: 'IA32_DEBUGCTL is not saved where the MSR bitmap catches WRMSR: "without MSR bitmaps, cannot change".',
    seen: [patchOf2010],
    parts: {
      savedMsrs: class extends SavedMsrs {
        override debugctl(state: State): FieldValues {
          const saved = super.debugctl(state);
          return this.parts.msrInstructions.exits(state, 'debugctl') ? {} : saved;
        }
      },
    },
  }),
  fault({
    id: 'debug-trap-leaves-debugctl',
    breaks: ['debug-exception-clears-lbr-and-btf', 'direct-exit-changes-no-shared-register'],
    wrong: 'A debug trap that is delivered in L2 leaves LBR and BTF.',
    parts: {
      boundary: class extends Boundary {
        override debugctlAfterTrap(l2: L2): number {
          return l2.debugctl;
        }
      },
    },
  }),
  fault({
    id: 'dr7-is-saved-always',
    breaks: ['dr7-is-saved-with-debug-controls'],
    wrong: 'DR7 is saved at every exit.',
    seen: [debugControls],
    parts: {
      savedRegisters: class extends SavedRegisters {
        override savesDr7(): boolean {
          return true;
        }
      },
    },
  }),
  fault({
    id: 'dr7-is-never-saved',
    breaks: ['dr7-is-saved-with-debug-controls'],
    wrong: 'DR7 is not saved, whatever "save debug controls" is.',
    parts: {
      savedRegisters: class extends SavedRegisters {
        override dr7(): FieldValues {
          return {};
        }
      },
    },
  }),
  fault({
    id: 'dr7-is-loaded-always',
    breaks: ['msrs-are-loaded-by-their-entry-controls'],
    wrong: 'DR7 is loaded at every entry.',
    seen: [debugControls],
    parts: {
      guestStateLoading: class extends GuestStateLoading {
        override dr7(state: State): number {
          return fieldOf(state, 'dr7');
        }
      },
    },
  }),
  fault({
    id: 'debugctl-is-loaded-always',
    breaks: ['msrs-are-loaded-by-their-entry-controls'],
    wrong: 'IA32_DEBUGCTL is loaded at every entry.',
    seen: [debugControls],
    parts: {
      guestStateLoading: class extends GuestStateLoading {
        override debugctl(state: State): number {
          return fieldOf(state, 'debugctl');
        }
      },
    },
  }),
  fault({
    id: 'pat-is-loaded-by-the-save-control',
    breaks: ['msrs-are-loaded-by-their-entry-controls', 'pat-is-saved-by-the-exit-control'],
    wrong: 'The entry loads PAT where the exit control "save IA32_PAT" is 1.',
    parts: {
      guestStateLoading: class extends GuestStateLoading {
        override pat(state: State): number {
          return controls(state, 'savePat') ? fieldOf(state, 'pat') : state.l1.pat;
        }
      },
    },
  }),
  fault({
    id: 'bndcfgs-is-loaded-always',
    breaks: ['msrs-are-loaded-by-their-entry-controls', 'bndcfgs-is-always-saved'],
    wrong: 'IA32_BNDCFGS is loaded at every entry.',
    config: { mpx: true },
    parts: {
      guestStateLoading: class extends GuestStateLoading {
        override bndcfgs(state: State): number {
          return fieldOf(state, 'bndcfgs');
        }
      },
    },
  }),
  fault({
    id: 'bndcfgs-is-saved-by-the-clear-control',
    breaks: ['bndcfgs-is-always-saved'],
    wrong: 'IA32_BNDCFGS is saved only where "clear IA32_BNDCFGS" is 1.',
    config: { mpx: true },
    parts: {
      savedMsrs: class extends SavedMsrs {
        override bndcfgs(state: State): FieldValues {
          const saved = super.bndcfgs(state);
          return controls(state, 'clearBndcfgs') ? saved : {};
        }
      },
    },
  }),
  fault({
    id: 'sysenter-is-saved-by-msr-bitmaps',
    breaks: ['sysenter-is-always-saved'],
    wrong: 'SYSENTER_CS is not saved where the MSR bitmap lets L2 write it without an exit.',
    parts: {
      savedMsrs: class extends SavedMsrs {
        override sysenter(state: State): FieldValues {
          const saved = super.sysenter(state);
          return this.parts.msrInstructions.exits(state, 'sysenterCs') ? saved : { sysenterEsp: saved.sysenterEsp! };
        }
      },
    },
  }),
  fault({
    id: 'perf-global-ctrl-is-saved',
    breaks: ['perf-global-ctrl-is-never-saved'],
    wrong: 'IA32_PERF_GLOBAL_CTRL is saved, though no control asks.',
    parts: {
      savedMsrs: class extends SavedMsrs {
        override perfGlobal(state: State): FieldValues {
          return { perfGlobal: state.sharedPerfGlobal.value };
        }
      },
    },
  }),
  fault({
    id: 'efer-of-l1-is-not-adjusted',
    breaks: ['efer-at-entry', 'ia32e-mode-guest-follows-lma'],
    wrong: 'Without "load IA32_EFER" L2 starts with the EFER of L1 as it is, whatever "IA-32e mode guest" says.',
    parts: {
      guestStateLoading: class extends GuestStateLoading {
        override efer(state: State): number {
          const efer = super.efer(state);
          return controls(state, 'loadEfer') ? efer : state.l1.efer;
        }
      },
    },
  }),
  fault({
    id: 'efer-is-loaded-always',
    breaks: ['efer-at-entry', 'ia32e-mode-guest-follows-lma'],
    wrong: 'EFER is loaded from its field at every entry.',
    parts: {
      guestStateLoading: class extends GuestStateLoading {
        override efer(state: State): number {
          return fieldOf(state, 'efer');
        }
      },
    },
  }),
] as const;
