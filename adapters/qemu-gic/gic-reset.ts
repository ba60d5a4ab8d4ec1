import { gicFields, packFields } from './gic-fields.ts';
import { gicMap } from './gic-map.ts';
import { qtestCommand as q } from './qtest-command.ts';

/**
 * Puts the registers for INTIDs 0-63, list registers and both CPU interfaces back to their reset values, and lowers the
 * lines of the given interrupts. What a sequence can reach with other interrupts is not covered.
 *
 * The order matters. The distributor goes off first: while it is off QEMU does not look for the interrupt to signal,
 * which is what makes writes to it slow, and no line of the CPU moves. Lines go low before pending is cleared, or a
 * level interrupt would stay pending. The list registers are emptied before GICH_HCR and GICH_VMCR change.
 */
export function resetCommands(linesOf: readonly number[]): readonly string[] {
  const vmcr = packFields(gicFields.GICH_VMCR, { VMABP: 3, VMBP: 2 });
  return [
    q.write(gicMap.GICD_CTLR, 0),
    q.write(gicMap.GICC_CTLR, 0),
    ...linesOf.map((intid) => q.setLine(intid, false)),
    // Up to and with GICH_LR3; between GICH_APR and GICH_LR0 nothing can be written.
    q.fill(gicMap.GICH_APR, 8, 0),
    q.write(gicMap.GICH_HCR, 0),
    q.write(gicMap.GICH_VMCR, vmcr),
    q.fill(gicMap.GICD_ICENABLER, 2, 0xff),
    q.fill(gicMap.GICD_ICACTIVER, 2, 0xff),
    q.fill(gicMap.GICD_ICPENDR, 2, 0xff),
    q.fill(gicMap.GICD_CPENDSGIR, 4, 0xff),
    q.fill(gicMap.GICD_IGROUPR, 2, 0),
    q.fill(gicMap.GICD_ICFGR + 4, 3, 0),
    q.fill(gicMap.GICD_IPRIORITYR, 16, 0),
    q.write(gicMap.GICC_PMR, 0),
    q.write(gicMap.GICC_BPR, 0),
    q.write(gicMap.GICC_ABPR, 1),
    // GICC_APR0-3 and, right behind them, GICC_NSAPR0-3.
    q.fill(gicMap.GICC_APR, 8, 0),
  ];
}
