import { booted } from '../../spec/vgic/universe.ts';
import { gicMap } from './gic-map.ts';
import { qtestCommand as q } from './qtest-command.ts';

/**
 * Deviations of QEMU 7.2 that would hide others from the search, because they show in words and clauses where much else
 * would show too. The adapter steps around them; `workarounds.test.ts` shows each without the step, and fails as soon
 * as QEMU no longer needs it. Decision 007 says why these and no others.
 */
export const workarounds = {
  /**
   * `completion-does-not-signal`: a physical interrupt that is still pending when the guest's completion deactivates
   * it must be signalled at once (GICV_EOIR and GICV_DIR act as GICC_DIR does). QEMU looks for what to signal only at
   * the next access to the distributor or the physical CPU interface. This one changes nothing else: GICD_ISENABLER
   * ignores zeros.
   */
  afterCompletion: [q.writeByte(gicMap.GICD_ISENABLER, 0)] as readonly string[],

  /**
   * `abpr-without-floor`: GICV_ABPR must not fall below its minimum, 3. In QEMU it does, so the guest writes one more
   * than what GICV_BPR is, rather than one more than what it wrote there.
   */
  abprFor: (bpr: number): number => Math.max(bpr, booted.bpr) + 1,
} as const;
