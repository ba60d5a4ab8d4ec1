import {
  bits,
  controls,
  read,
  type FieldValues,
  type MaskedRegister,
  type Segment,
  type SegmentName,
  type Vmcs12State as State,
  type VmExit,
} from '../../model/vmcs12/index.ts';
import { SavedRegisters } from '../../model/vmcs12/exit/saved-registers.ts';
import { SavedSegments } from '../../model/vmcs12/exit/saved-segments.ts';
import { bochs, fault, kvm, patchOf2010, xen } from './define.ts';

/** What the wrong ways to save CR0 and CR4 have in common. */
abstract class OfHardware extends SavedRegisters {
  protected hardware(state: State, register: MaskedRegister): number {
    return state.l2[register].hardware;
  }
}

/** Control registers, RSP, RFLAGS, segments and tables as an exit saves them. */
export const savedRegisters = [
  fault({
    id: 'cr0-is-rebuilt-for-ts-alone',
    breaks: ['cr0-bits-of-l1-mask-come-back', 'cr0-is-what-l2-left'],
    wrong: 'Of CR0 only TS is looked up in the read shadow; all other bits are saved from hardware.',
    seen: [patchOf2010],
    parts: {
      savedRegisters: class extends OfHardware {
        override cr0(state: State): number {
          return bits.merge(bits.cr0.ts & ~state.l2.cr0.owned, state.l2.cr0.shadow, this.hardware(state, 'cr0'));
        }
      },
    },
  }),
  fault({
    id: 'cr0-bits-of-l1-mask-are-those-of-hardware',
    breaks: ['cr0-bits-of-l1-mask-come-back', 'cr0-is-what-l2-left'],
    wrong: "Bits of CR0 under L1's mask are saved from hardware, where L0 holds TS for itself (M-12).",
    seen: [patchOf2010],
    parts: {
      savedRegisters: class extends OfHardware {
        override cr0(state: State): number {
          const effective = super.cr0(state);
          return bits.merge(this.parts.controlRegisters.mask(state, 'cr0'), this.hardware(state, 'cr0'), effective);
        }
      },
    },
  }),
  fault({
    id: 'cr0-is-that-of-hardware',
    breaks: ['cr0-is-what-l2-left', 'cr0-bits-of-l1-mask-come-back'],
    wrong: 'CR0 is saved from hardware, with the bits that L0 sets for itself.',
    parts: {
      savedRegisters: class extends OfHardware {
        override cr0(state: State): number {
          return this.hardware(state, 'cr0');
        }
      },
    },
  }),
  fault({
    id: 'cr0-read-shadow-is-saved',
    breaks: ['cr0-bits-of-l1-mask-come-back', 'cr0-is-what-l2-left'],
    wrong: "Bits of CR0 under L1's mask are saved from L1's read shadow: what L2 reads (M-12).",
    parts: {
      savedRegisters: class extends SavedRegisters {
        override cr0(state: State): number {
          const { controlRegisters } = this.parts;
          const effective = super.cr0(state);
          return bits.merge(controlRegisters.mask(state, 'cr0'), controlRegisters.shadow(state, 'cr0'), effective);
        }
      },
    },
  }),
  fault({
    id: 'cr4-is-that-of-hardware',
    breaks: ['cr4-is-what-l2-left', 'cr4-bits-of-l1-mask-come-back'],
    wrong: 'CR4 is saved from hardware, with the bits that L0 sets for itself.',
    seen: [patchOf2010],
    parts: {
      savedRegisters: class extends OfHardware {
        override cr4(state: State): FieldValues {
          return { cr4: this.hardware(state, 'cr4') };
        }
      },
    },
  }),
  fault({
    id: 'cr4-read-shadow-is-saved',
    breaks: ['cr4-bits-of-l1-mask-come-back', 'cr4-is-what-l2-left'],
    wrong: "Bits of CR4 under L1's mask are saved from L1's read shadow.",
    parts: {
      savedRegisters: class extends SavedRegisters {
        override cr4(state: State): FieldValues {
          const { controlRegisters } = this.parts;
          const { cr4 = 0 } = super.cr4(state);
          return {
            cr4: bits.merge(controlRegisters.mask(state, 'cr4'), controlRegisters.shadow(state, 'cr4'), cr4),
          };
        }
      },
    },
  }),
  fault({
    id: 'cr4-is-saved-only-where-l0-traps-it',
    breaks: ['cr4-is-what-l2-left'],
    wrong: 'Bits of CR4 that L2 owns in hardware are not read back at the exit.',
    seen: [xen('B16', 'vvmx: fixes after CR4 trapping optimizations (8b022d0005)', 2018)],
    parts: {
      savedRegisters: class extends SavedRegisters {
        override cr4(state: State): FieldValues {
          const { cr4 = 0 } = super.cr4(state);
          return { cr4: bits.merge(state.l2.cr4.owned, this.parts.controlRegisters.shadow(state, 'cr4'), cr4) };
        }
      },
    },
  }),
  fault({
    id: 'cr3-is-not-saved-with-ept',
    breaks: ['cr3-is-always-saved'],
    wrong: 'With EPT the CR3 that L2 has loaded without an exit is not read back.',
    seen: [kvm('B18', 'KVM: nVMX: Fix guest CR3 read-back on VM-exit', 2013, 'hearsay')],
    parts: {
      savedRegisters: class extends SavedRegisters {
        override cr3(state: State): FieldValues {
          const saved = super.cr3(state);
          return controls(state, 'ept') ? {} : saved;
        }
      },
    },
  }),
  fault({
    id: 'cr3-is-not-saved-without-ept',
    breaks: ['cr3-is-always-saved'],
    wrong: 'Without EPT CR3 is not saved, as hardware holds that of the shadow page tables.',
    parts: {
      savedRegisters: class extends SavedRegisters {
        override cr3(state: State): FieldValues {
          const saved = super.cr3(state);
          return controls(state, 'ept') ? saved : {};
        }
      },
    },
  }),
  fault({
    id: 'rsp-is-older-than-the-instruction',
    breaks: ['rsp-and-rflags-are-saved'],
    wrong: 'RSP is saved as the last entry loaded it, not as L2 has left it.',
    seen: [xen('B30', 'nestedsvm: fix VMEXIT emulation (ac46875641)', 2012)],
    parts: {
      savedRegisters: class extends SavedRegisters {
        override save(state: State, exit: VmExit): State {
          const { rsp, ...rest } = state.l2;
          const saved = super.save({ ...state, l2: { ...rest, rsp: this.rspAtEntry(state) } }, exit);
          return { ...saved, l2: { ...saved.l2, rsp } };
        }

        private rspAtEntry({ l0 }: State): number {
          return read(l0.vmcs12AtEntry, 'rsp');
        }
      },
    },
  }),
  fault({
    id: 'rflags-are-saved-with-if-of-l1',
    breaks: ['rsp-and-rflags-are-saved'],
    wrong: 'RFLAGS.IF is saved as 0: interrupts are off in the hypervisor.',
    parts: {
      savedRegisters: class extends SavedRegisters {
        override rflags(state: State, rf: boolean): number {
          return bits.put(super.rflags(state, rf), bits.rflags.if, false);
        }
      },
    },
  }),
  fault({
    id: 'limit-of-ds-is-that-of-64-bit-mode',
    breaks: ['usable-segments-are-saved-whole'],
    wrong: 'The limit of DS is saved as 4 GBytes, as 64-bit mode ignores it.',
    parts: {
      savedSegments: class extends SavedSegments {
        override usable(name: SegmentName, segment: Segment): FieldValues {
          return super.usable(name, name === 'ds' ? { ...segment, limit: 0xffff_ffff } : segment);
        }
      },
    },
  }),
  fault({
    id: 'segments-are-saved-without-access-rights',
    breaks: ['usable-segments-are-saved-whole'],
    wrong: 'The access rights of a data segment that L2 has loaded are not saved.',
    parts: {
      savedSegments: class extends SavedSegments {
        override usable(name: SegmentName, segment: Segment): FieldValues {
          const { [`${name}AccessRights` as const]: _, ...rest } = super.usable(name, segment);
          return rest;
        }
      },
    },
  }),
  fault({
    id: 'unusable-segment-loses-its-selector',
    breaks: ['unusable-segment-keeps-its-selector'],
    wrong: 'The selector of an unusable segment is saved as 0.',
    parts: {
      savedSegments: class extends SavedSegments {
        override unusable(name: SegmentName, segment: Segment): FieldValues {
          return super.unusable(name, { ...segment, selector: 0 });
        }
      },
    },
  }),
  fault({
    id: 'unusable-segment-is-saved-without-bit-16',
    breaks: ['unusable-segment-keeps-its-selector'],
    wrong: 'The access rights of an unusable segment are saved as 0.',
    parts: {
      savedSegments: class extends SavedSegments {
        override unusable(name: SegmentName, segment: Segment): FieldValues {
          return { ...super.unusable(name, segment), [`${name}AccessRights`]: 0 };
        }
      },
    },
  }),
  fault({
    id: 'base-of-unusable-fs-is-lost',
    breaks: ['base-of-unusable-fs-is-saved', 'rest-of-unusable-segment-is-open'],
    wrong: 'The base of FS is saved as 0 if FS is unusable.',
    seen: [
      bochs(
        'B29',
        'VMX: fixed VirtualBox VMX guest Guru Meditation - FS.BASE get corrupted after saving/restoring unusable selector (7cdeecf19)',
        2011,
      ),
    ],
    parts: {
      savedSegments: class extends SavedSegments {
        override baseOfUnusableFs(): number {
          return 0;
        }
      },
    },
  }),
  fault({
    id: 'limits-of-tables-are-not-saved',
    breaks: ['descriptor-tables-are-saved'],
    wrong: 'Of GDTR and IDTR only the bases are saved.',
    parts: {
      savedSegments: class extends SavedSegments {
        override tables(state: State): FieldValues {
          const { gdtrLimit: _gdtr, idtrLimit: _idtr, ...bases } = super.tables(state);
          return bases;
        }
      },
    },
  }),
] as const;
