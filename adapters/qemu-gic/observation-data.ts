import type { ObservationData } from '../../spec/observation.ts';
import type { VgicConfiguration } from '../../spec/vgic/configuration.ts';
import { physicalInterrupts, spurious } from '../../spec/vgic/universe.ts';
import { gicLines } from './gic-lines.ts';
import { gicObservation, type GicObservation } from './gic-observation.ts';

/** Sections of the observation that QEMU's registers and lines show. */
export const shownSections = ['reply', 'listRegister', 'interface', 'physical'] as const;

const bit = (words: readonly number[], n: number): number => (words[n >>> 5] >>> (n & 31)) & 1;

/** The physical interrupts of the universe whose bit is set, in the order of the universe. */
function physicalSet(words: readonly number[]): number {
  let set = 0;
  physicalInterrupts.forEach(({ pIntId }, n) => (set |= bit(words, pIntId) << n));
  return set;
}

/**
 * What is seen after an event, in the words of the spec. QEMU has four list registers; of those that the
 * configuration does not have nothing is shown.
 *
 * @param lines the CPU's interrupt inputs, as `gicObservation.linesAfter` gives them
 * @param value what the event returned
 */
export function observationData(
  { nrLr }: VgicConfiguration,
  seen: GicObservation,
  lines: number,
  value: number,
): ObservationData {
  const implemented = (1 << nrLr) - 1;
  const { irq, virq, vfiq } = gicLines.cpu;
  const high = (line: number): number => (lines >>> line) & 1;
  return {
    reply: [{ value, resampled: 0 }],
    listRegister: seen.lr.slice(0, nrLr).map((low) => ({ low, high: 0 })),
    interface: [
      {
        hcr: seen.hcr,
        vmcr: seen.vmcr,
        apr: seen.apr,
        eisr: seen.eisr & implemented,
        elrsr: seen.elrsr & implemented,
        misr: seen.misr,
        lines: high(virq) | (high(vfiq) << 1) | (Number(gicObservation.maintenance(seen)) << 2),
      },
    ],
    physical: [
      {
        pending: physicalSet(seen.pending),
        active: physicalSet(seen.active),
        masked: ~physicalSet(seen.enabled) & ((1 << physicalInterrupts.length) - 1),
        // GICC_HPPIR also shows what is pending and held off by the running priority.
        signalled: high(irq) === 1 ? seen.highestPending : spurious,
      },
    ],
  };
}
