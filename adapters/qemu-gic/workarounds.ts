import { gicMap } from './gic-map.ts';
import { qtestCommand as q } from './qtest-command.ts';

/**
 * Deviations of QEMU 7.2 that the adapter steps around, because as known deviations they would hide others: decision
 * 006. `workarounds.test.ts` shows each of them without the step, and fails as soon as QEMU does not need it any more.
 */
export const workarounds = {
  /**
   * `completion-does-not-signal`. A completion of the guest that deactivates a physical interrupt which is still pending
   * makes it signallable at once, as a write of GICC_DIR would. QEMU looks for what to signal only at the next access
   * to the distributor or the physical CPU interface, so it is given one that changes nothing: GICD_ISENABLER ignores
   * zeros.
   */
  afterCompletion: [q.writeByte(gicMap.GICD_ISENABLER, 0)] as readonly string[],
} as const;
