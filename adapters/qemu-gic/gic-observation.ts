import { gicLines } from './gic-lines.ts';
import { gicMap } from './gic-map.ts';
import { qtestCommand as q } from './qtest-command.ts';
import type { LineChange, Reply } from './qtest-reply.ts';

/** What the GIC shows after a step. Words of the distributor are for INTIDs 0-31 and 32-63. */
export interface GicObservation {
  readonly lr: readonly number[];
  readonly hcr: number;
  readonly vmcr: number;
  readonly misr: number;
  readonly eisr: number;
  readonly elrsr: number;
  readonly apr: number;
  readonly enabled: readonly number[];
  readonly pending: readonly number[];
  readonly active: readonly number[];
  readonly runningPriority: number;
  readonly highestPending: number;
}

const blockOffset = (address: number): number => (address - gicMap.GICH_HCR) / 4;

/** The registers that are read after each step without changing anything, and how their replies are understood. */
export const gicObservation = {
  /**
   * One block for the whole hypervisor interface: though 58 of its 68 words are of no use, it costs less than two
   * commands. GICD_ISENABLER and the CPU interface's pair (GICC_RPR, GICC_HPPIR) are cheap in the same way.
   */
  commands: [
    q.readBlock(gicMap.GICH_HCR, blockOffset(gicMap.GICH_LR) + 4),
    q.readPair(gicMap.GICD_ISENABLER),
    q.readPair(gicMap.GICD_ISPENDR),
    q.readPair(gicMap.GICD_ISACTIVER),
    q.readPair(gicMap.GICC_RPR),
  ] as readonly string[],

  /** Decodes the replies to {@link gicObservation.commands}, which begin at `from`. */
  decode(replies: readonly Reply[], from = 0): GicObservation {
    const block = replies[from].words;
    const lr0 = blockOffset(gicMap.GICH_LR);
    const [runningPriority, highestPending] = replies[from + 4].words;
    return {
      lr: [block[lr0], block[lr0 + 1], block[lr0 + 2], block[lr0 + 3]],
      hcr: block[blockOffset(gicMap.GICH_HCR)],
      vmcr: block[blockOffset(gicMap.GICH_VMCR)],
      misr: block[blockOffset(gicMap.GICH_MISR)],
      eisr: block[blockOffset(gicMap.GICH_EISR0)],
      elrsr: block[blockOffset(gicMap.GICH_ELRSR0)],
      apr: block[blockOffset(gicMap.GICH_APR)],
      enabled: replies[from + 1].words,
      pending: replies[from + 2].words,
      active: replies[from + 3].words,
      runningPriority,
      highestPending,
    };
  },

  /** The CPU's interrupt inputs after some changes: bit n is input n (see `gicLines.cpu`). */
  linesAfter(before: number, changes: readonly LineChange[]): number {
    let lines = before;
    for (const { line, high } of changes) lines = high ? lines | (1 << line) : lines & ~(1 << line);
    return lines;
  },

  /** Whether the maintenance interrupt is asserted. It is never enabled, nor driven by others, so pending is its level. */
  maintenance({ pending }: GicObservation): boolean {
    return ((pending[0] >>> gicLines.maintenance) & 1) === 1;
  },
} as const;
