import {
  controls,
  fieldOf,
  type L1,
  type Left,
  type Segment,
  type Vmcs12State as State,
} from '../../model/vmcs12/index.ts';
import { GuestStateLoading } from '../../model/vmcs12/entry/guest-state-loading.ts';
import { HostStateLoading } from '../../model/vmcs12/exit/host-state-loading.ts';
import { MsrLists } from '../../model/vmcs12/exit/msr-lists.ts';
import { fault } from './define.ts';

/** What an entry loads for L2, what an exit loads for L1, and the lists of MSRs. */
export const hostState = [
  fault({
    id: 'ldtr-is-not-loaded',
    breaks: ['entry-loads-guest-state', 'state-survives-the-round-trip', 'other-vmcs-is-untouched'],
    wrong: 'An entry leaves LDTR as the last exit of any L2 left it.',
    parts: {
      guestStateLoading: class extends GuestStateLoading {
        override segment(state: State, name: 'cs' | 'ss' | 'ds' | 'fs' | 'ldtr'): Segment {
          return name === 'ldtr' && state.platform.launched !== 0 ? state.l2.ldtr : super.segment(state, name);
        }
      },
    },
  }),
  fault({
    id: 'base-of-unusable-fs-is-not-loaded',
    breaks: ['base-of-unusable-fs-is-saved', 'state-survives-the-round-trip'],
    wrong: 'An entry with unusable FS loads 0 as its base.',
    parts: {
      guestStateLoading: class extends GuestStateLoading {
        override fsBase(state: State): number {
          const base = super.fsBase(state);
          return fieldOf(state, 'fsAccessRights') === 0x1_0000 ? 0 : base;
        }
      },
    },
  }),
  fault({
    id: 'msr-list-is-not-loaded-at-entry',
    breaks: ['entry-loads-guest-state', 'sysenter-is-always-saved'],
    wrong: 'The VM-entry MSR-load list is loaded before the guest state, which overwrites it.',
    parts: {
      msrLists: class extends MsrLists {
        override loadAtEntry(state: State): State {
          return state;
        }
      },
    },
  }),
  fault({
    id: 'exit-initializes-dr6',
    breaks: ['unswitched-registers-are-in-no-vmcs'],
    wrong: 'An exit gives L1 the DR6 of reset.',
    parts: {
      hostStateLoading: class extends HostStateLoading {
        override load(state: State, left: Left): State {
          const loaded = super.load(state, left);
          return { ...loaded, shared: { ...loaded.shared, dr6: 0xffff_0ff0 } };
        }
      },
    },
  }),
  fault({
    id: 'perf-global-ctrl-is-loaded',
    breaks: ['unswitched-registers-are-in-no-vmcs', 'entry-loads-guest-state'],
    wrong: 'An entry loads IA32_PERF_GLOBAL_CTRL from its field, though no control asks.',
    parts: {
      guestStateLoading: class extends GuestStateLoading {
        override load(state: State): State {
          return { ...super.load(state), sharedPerfGlobal: { value: fieldOf(state, 'perfGlobal') } };
        }
      },
    },
  }),
  fault({
    id: 'fs-base-of-l1-is-that-of-l2',
    breaks: ['l1-registers-come-from-host-fields'],
    wrong: 'After an exit L1 has the base of FS of L2.',
    parts: {
      hostStateLoading: class extends HostStateLoading {
        override registers(state: State): Partial<L1> {
          return { ...super.registers(state), fsBase: state.l2.fs.base };
        }
      },
    },
  }),
  fault({
    id: 'sysenter-cs-of-the-host-is-not-loaded',
    breaks: ['l1-registers-come-from-host-fields'],
    wrong: 'An exit does not load IA32_SYSENTER_CS from the host field.',
    parts: {
      hostStateLoading: class extends HostStateLoading {
        override registers(state: State): Partial<L1> {
          const { sysenterCs: _, ...rest } = super.registers(state);
          return rest;
        }
      },
    },
  }),
  fault({
    id: 'dr7-of-l2-leaks',
    breaks: ['l1-starts-with-fixed-values'],
    wrong: 'After an exit L1 has the DR7 of L2.',
    parts: {
      hostStateLoading: class extends HostStateLoading {
        override load(state: State, left: Left): State {
          const loaded = super.load(state, left);
          return { ...loaded, l1: { ...loaded.l1, dr7: state.l2.dr7 } };
        }
      },
    },
  }),
  fault({
    id: 'debugctl-of-l2-leaks',
    breaks: ['l1-starts-with-fixed-values'],
    wrong: 'After an exit L1 has the IA32_DEBUGCTL of L2.',
    parts: {
      hostStateLoading: class extends HostStateLoading {
        override debugctl(state: State): number {
          return state.l2.debugctl;
        }
      },
    },
  }),
  fault({
    id: 'host-pat-is-loaded-always',
    breaks: ['host-pat-by-its-control'],
    wrong: 'L1 gets the host field PAT, whatever the exit control "load IA32_PAT" is.',
    parts: {
      hostStateLoading: class extends HostStateLoading {
        override pat(state: State): number {
          return fieldOf(state, 'hostPat');
        }
      },
    },
  }),
  fault({
    id: 'pat-of-l1-comes-back',
    breaks: ['host-pat-by-its-control'],
    wrong: 'Without the exit control "load IA32_PAT" L1 gets back the PAT with which it entered.',
    parts: {
      hostStateLoading: class extends HostStateLoading {
        override pat(state: State, left: Left): number {
          return super.pat(state, { ...left, pat: state.l1.pat });
        }
      },
    },
  }),
  fault({
    id: 'efer-of-l2-leaks-whole',
    breaks: ['host-efer-by-its-control'],
    wrong: 'Without the exit control "load IA32_EFER" L1 has the EFER of L2, LMA and LME included.',
    parts: {
      hostStateLoading: class extends HostStateLoading {
        override efer(state: State, left: Left): number {
          return controls(state, 'loadHostEfer') ? super.efer(state, left) : left.efer;
        }
      },
    },
  }),
  fault({
    id: 'bndcfgs-is-cleared-always',
    breaks: ['bndcfgs-is-cleared-by-its-control'],
    wrong: 'An exit clears IA32_BNDCFGS, whatever "clear IA32_BNDCFGS" is.',
    config: { mpx: true },
    parts: {
      hostStateLoading: class extends HostStateLoading {
        override bndcfgs(): number {
          return 0;
        }
      },
    },
  }),
  fault({
    id: 'msr-store-has-the-values-of-l1',
    breaks: ['msr-store-sees-l2'],
    wrong: 'The MSR-store area is written when host state has been loaded: it has the values of L1.',
    parts: {
      msrLists: class extends MsrLists {
        override storeAtExit(state: State): State {
          const stored = super.storeAtExit(state);
          if (stored === state) return state;
          return { ...stored, msrStore: { ...stored.msrStore, sysenterCs: fieldOf(state, 'hostSysenterCs') } };
        }
      },
    },
  }),
  fault({
    id: 'msr-store-ignores-its-count',
    breaks: ['msr-store-sees-l2'],
    wrong: 'All MSRs of the store list are stored where the count is 1.',
    parts: {
      msrLists: class extends MsrLists {
        override storeAtExit(state: State): State {
          const stored = super.storeAtExit(state);
          return stored === state ? state : { ...stored, msrStore: { ...stored.msrStore, pat: state.l2.pat } };
        }
      },
    },
  }),
  fault({
    id: 'msr-list-is-loaded-before-host-state',
    breaks: ['msr-load-overrides-host-state'],
    wrong: 'The VM-exit MSR-load list is loaded before host state, which overwrites PAT.',
    parts: {
      msrLists: class extends MsrLists {
        override loadAtExit(state: State): State {
          return controls(state, 'loadHostPat') ? state : super.loadAtExit(state);
        }
      },
    },
  }),
] as const;
