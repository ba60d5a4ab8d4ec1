/**
 * The wires of the GIC on QEMU's `virt` board with one CPU, as QEMU's object tree names them (7.2).
 *
 * PPIs 26, 27, 29 and 30 belong to the CPU's timers and 23 to its PMU, but a CPU that never runs never drives them.
 * PPI 25 is the maintenance interrupt: the GIC drives it itself, so nobody else may.
 */
export const gicLines = {
  /** Object whose inputs are the lines of devices. */
  gicPath: '/machine/unattached/device[1]',
  /** Object whose inputs are the interrupt signals that the GIC gives to the CPU. */
  cpuPath: '/machine/unattached/device[0]',
  /** Inputs of the CPU, by which the changes that qtest reports are numbered. */
  cpu: { irq: 0, fiq: 1, virq: 2, vfiq: 3 },
  /** INTID of the maintenance interrupt; its level is seen as bit 25 of GICD_ISPENDR0. */
  maintenance: 25,
  /** The GIC's input for a PPI (16-31) or an SPI (32-287). QEMU aborts when it is given another. */
  inputOf(intid: number): number {
    if (!Number.isInteger(intid) || intid < 16 || intid > 287) throw new RangeError(`INTID ${intid} has no line`);
    return intid < 32 ? 256 + intid : intid - 32;
  },
} as const;
