import type { VgicConfiguration } from '../../spec/vgic/configuration.ts';
import { booted, physicalInterrupts } from '../../spec/vgic/universe.ts';
import { gicFields, packFields } from './gic-fields.ts';
import { gicMap } from './gic-map.ts';
import { resetCommands } from './gic-reset.ts';
import { qtestCommand as q } from './qtest-command.ts';

/** GICD_ICFGR has two bits per interrupt, of which the upper one means edge-triggered. */
const makeEdgeTriggered = (intid: number): string =>
  q.writeByte(gicMap.GICD_ICFGR + (intid >>> 2), 2 << (2 * (intid & 3)));

/**
 * From whatever was before to the state after reset of profile `arch`: physical interrupts enabled and idle, all of
 * the same priority and in group 0; the host splits priority drop and deactivation; the virtual interface runs.
 */
export function bootCommands({ eoiMode, groups }: VgicConfiguration): readonly string[] {
  const both = groups === 'both' ? 1 : 0;
  const vmcr = packFields(gicFields.GICH_VMCR, {
    EnableGrp0: 1,
    EnableGrp1: both,
    AckCtl: both,
    EOImode: eoiMode,
    VMABP: booted.abpr,
    VMBP: booted.bpr,
    VMPriMask: booted.priorityMask >>> 3,
  });
  const intids = physicalInterrupts.map(({ pIntId }) => pIntId);
  return [
    ...resetCommands(intids),
    ...physicalInterrupts.filter(({ trigger }) => trigger === 'edge').map(({ pIntId }) => makeEdgeTriggered(pIntId)),
    ...intids.map((intid) => q.writeByte(gicMap.GICD_IPRIORITYR + intid, booted.priority)),
    ...intids.map((intid) => q.writeBit(gicMap.GICD_ISENABLER, intid)),
    q.write(gicMap.GICC_PMR, 0xff),
    q.write(gicMap.GICC_CTLR, packFields(gicFields.CTLR, { EnableGrp0: 1, EOImode: 1 })),
    q.write(gicMap.GICD_CTLR, 1),
    q.write(gicMap.GICH_VMCR, vmcr),
    q.write(gicMap.GICH_HCR, packFields(gicFields.GICH_HCR, { En: 1 })),
  ];
}
