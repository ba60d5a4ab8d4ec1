import type { level1Instructions } from './guest-layout.ts';
import type { idtVectoringActions } from './idt-vectoring/layout.ts';
import type { Source } from './source.ts';
import type { vmcs12Actions } from './vmcs12/layout.ts';

/** One operation of L1's hypervisor. */
export type Operation =
  /** Writes a place; answers only if that is refused (VMfail) or faults. */
  | { readonly kind: 'set'; readonly source: Source; readonly value: number | bigint }
  /** Reads a place; answers `value`. */
  | { readonly kind: 'get'; readonly source: Source }
  /** Answers `snapshot`: the watched places now. */
  | { readonly kind: 'snapshot' }
  /** VM entry; answers `level2` for each event that L2's handlers recorded, then `exit`. */
  | {
      readonly kind: 'enter';
      /** The instruction; absent: what the launch state of the VMCS asks for. */
      readonly by?: 'launch' | 'resume';
      /** Leaves the VMX-preemption timer to the sequence: nothing ends an L2 that runs for ever but the deadline. */
      readonly unwatched?: boolean;
    }
  /** STI, NOPs, CLI in L1; answers `level1` for each interrupt. */
  | { readonly kind: 'window'; readonly nops?: number }
  /** Sets L1's RFLAGS.IF until the next exit clears it. */
  | { readonly kind: 'interrupt-flag'; readonly on: boolean }
  /** IRET in L1. */
  | { readonly kind: 'iret' }
  /** Writes physical memory. */
  | { readonly kind: 'copy'; readonly address: number; readonly bytes: Uint8Array }
  /** Drops what the processor has cached of the EPT. */
  | { readonly kind: 'invept' }
  /** VMCLEAR or VMPTRLD of one of the VMCSs; answers `value`. */
  | { readonly kind: 'vmclear'; readonly slot: number }
  | { readonly kind: 'vmptrld'; readonly slot: number }
  /** From now on, ticks until a stay in L2 is ended by the VMX-preemption timer (exit reason 52). */
  | { readonly kind: 'fuel'; readonly ticks: number }
  /** From now on L1 is driven: `boundary`, `level1`, `stay` count, and its handlers do not end blocking by NMI. */
  | { readonly kind: 'drive' }
  /** The boundary of L1; answers `taken` if that takes something, and else does the instruction. */
  | { readonly kind: 'boundary'; readonly stiBlocksNmi: boolean; readonly instruction: readonly Operation[] }
  /** An instruction of a driven L1, or an NMI for it. */
  | { readonly kind: 'level1'; readonly does: keyof typeof level1Instructions }
  /** Clears and sets bits of a place. */
  | { readonly kind: 'change'; readonly source: Source; readonly clear: number; readonly set: number }
  /** Makes a virtual interrupt of L2 pending. */
  | { readonly kind: 'pend'; readonly vector: number }
  /** VM entry, where the code of L2 is a stay of so many slots; answers `delivered` for each event of L2, then `stay`. */
  | { readonly kind: 'stay'; readonly slots: number }
  /** Answers `snapshot` of the first watched places only. */
  | { readonly kind: 'peek'; readonly places: number }
  /** What L1 does if the last stay ended by an exit of its own. */
  | { readonly kind: 'outside'; readonly operations: readonly Operation[] }
  /** Of the machine of `idt-vectoring`; answers `words` for an event. */
  | { readonly kind: 'idtVectoring'; readonly action: keyof typeof idtVectoringActions; readonly argument: number }
  /** Of the machine of `vmcs12`; answers `level2` for each event of L2, then `value`. */
  | { readonly kind: 'vmcs12'; readonly action: keyof typeof vmcs12Actions; readonly argument: number | bigint };

/** What L1 does, from the initial state on. */
export interface MachineSequence {
  /** Places that every exit and snapshot shows. */
  readonly watch: readonly Source[];
  readonly operations: readonly Operation[];
}
