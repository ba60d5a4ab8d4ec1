import type { FieldValues, L2, Vmcs12State as State } from '../../model/vmcs12/index.ts';
import { controls, fieldOf } from '../../model/vmcs12/index.ts';
import { GuestStateLoading } from '../../model/vmcs12/entry/guest-state-loading.ts';
import { SavedNonRegister } from '../../model/vmcs12/exit/saved-non-register.ts';
import { ApicInstructions } from '../../model/vmcs12/l2/apic-instructions.ts';
import { MemoryInstructions } from '../../model/vmcs12/l2/memory-instructions.ts';
import { Paging } from '../../model/vmcs12/l2/paging.ts';
import { fault } from './define.ts';

/** PDPTEs, interrupt status, PML: what virtualization features keep in the guest-state area. */
export const features = [
  fault({
    id: 'pdptes-are-not-saved',
    breaks: ['pdptes-are-saved-with-ept-in-pae-mode'],
    wrong: 'The PDPTEs that L2 has loaded are not saved.',
    config: { guestMode: 'pae' },
    parts: {
      savedNonRegister: class extends SavedNonRegister {
        override pdptes(): FieldValues {
          return {};
        }
      },
    },
  }),
  fault({
    id: 'pdptes-are-saved-from-memory',
    breaks: ['pdptes-are-saved-with-ept-in-pae-mode'],
    wrong: 'The PDPTEs are saved as CR3 finds them in memory, not as L2 uses them.',
    config: { guestMode: 'pae' },
    parts: {
      savedNonRegister: class extends SavedNonRegister {
        override pdptes(state: State): FieldValues {
          const saved = super.pdptes(state);
          if (saved.pdpte0 === undefined) return saved;
          const [pdpte0, pdpte1] = this.parts.paging.pdptesInMemory(state.l2.cr3);
          return { pdpte0, pdpte1 };
        }
      },
    },
  }),
  fault({
    id: 'pdptes-are-loaded-from-memory',
    breaks: ['pdptes-are-loaded-from-fields-with-ept', 'pdptes-are-saved-with-ept-in-pae-mode'],
    wrong: 'An entry with EPT takes the PDPTEs from memory.',
    config: { guestMode: 'pae' },
    parts: {
      guestStateLoading: class extends GuestStateLoading {
        override pdptes(state: State, eferOfL2: number): readonly [number, number] {
          const loaded = super.pdptes(state, eferOfL2);
          const none = loaded[0] === 0 && loaded[1] === 0;
          return none ? loaded : this.parts.paging.pdptesInMemory(fieldOf(state, 'cr3'));
        }
      },
    },
  }),
  fault({
    id: 'pdptes-are-not-loaded-by-mov-to-cr3',
    breaks: ['pdptes-are-saved-with-ept-in-pae-mode'],
    wrong: 'L2 goes on with the PDPTEs of the entry when it loads CR3.',
    config: { guestMode: 'pae' },
    parts: {
      paging: class extends Paging {
        override withPdptes(state: State): State {
          return state;
        }
      },
    },
  }),
  fault({
    id: 'svi-is-not-saved',
    breaks: ['interrupt-status-is-saved-as-held'],
    wrong: 'Of the guest interrupt status only RVI is saved.',
    parts: {
      savedNonRegister: class extends SavedNonRegister {
        override interruptStatus(state: State): FieldValues {
          const { interruptStatus } = super.interruptStatus(state);
          return interruptStatus === undefined ? {} : { interruptStatus: interruptStatus & 0xff };
        }
      },
    },
  }),
  fault({
    id: 'rvi-of-a-self-ipi-is-not-saved',
    breaks: ['interrupt-status-is-saved-as-held', 'msr-access-exits-by-bitmap'],
    wrong: 'A self-IPI of L2 goes into the virtual-APIC page, and RVI stays as it was at the entry.',
    parts: {
      apicInstructions: class extends ApicInstructions {
        override selfIpi(state: State): ReturnType<ApicInstructions['selfIpi']> {
          return super.selfIpi(state, state.l2.rvi);
        }
      },
    },
  }),
  fault({
    id: 'interrupt-status-is-saved-always',
    breaks: ['interrupt-status-stays-without-delivery'],
    wrong: 'The guest interrupt status is saved without virtual-interrupt delivery, too.',
    parts: {
      savedNonRegister: class extends SavedNonRegister {
        override interruptStatus(state: State): FieldValues {
          return { interruptStatus: state.l2.rvi | (state.l2.svi << 8) };
        }
      },
    },
  }),
  fault({
    id: 'pml-index-is-not-saved',
    breaks: ['pml-index-counts-down'],
    wrong: 'The PML index is not saved.',
    parts: {
      savedNonRegister: class extends SavedNonRegister {
        override pmlIndex(): FieldValues {
          return {};
        }
      },
    },
  }),
  fault({
    id: 'pml-index-goes-round-in-the-log',
    breaks: ['pml-index-counts-down', 'full-pml-log-exits'],
    wrong: 'The PML index goes from 0 to 511: the log is never full.',
    parts: {
      memoryInstructions: class extends MemoryInstructions {
        override nextIndex(l2: L2): number {
          const next = super.nextIndex(l2);
          return next === 0xffff ? 511 : next;
        }
      },
    },
  }),
  fault({
    id: 'pml-index-is-that-of-l0',
    breaks: ['pml-index-stays-without-pml'],
    wrong: 'Without PML an exit saves the index of the log that L0 keeps for itself.',
    parts: {
      savedNonRegister: class extends SavedNonRegister {
        override pmlIndex(state: State): FieldValues {
          const saved = super.pmlIndex(state);
          return controls(state, 'pml') ? saved : { pmlIndex: 511 };
        }
      },
    },
  }),
  fault({
    id: 'full-pml-log-is-not-noticed',
    breaks: ['full-pml-log-exits'],
    wrong: 'A write that PML cannot log takes effect.',
    parts: {
      memoryInstructions: class extends MemoryInstructions {
        override isLogFull(): boolean {
          return false;
        }
      },
    },
  }),
] as const;
