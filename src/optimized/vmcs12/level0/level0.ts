/** What L0 keeps for itself. Nothing of it can be seen. */
export class Level0 {
  /** L0 has the FPU of L2: TS of CR0 is not L2's own, and 1 in hardware. */
  hasFpu = false;
  /** L0 traps PGE of CR4, and keeps it 1 in hardware. */
  trapsPge = false;
  /** L0 has taken the IDT of L2 out of its EPT. */
  obstructs = false;
  /** Blocking by NMI of an L2 whose IRET must not end it: hardware's own ends with any IRET. */
  keepsNmisBlocked = false;
  /** The MSR bitmap in force: a bit for each MSR that L1 or L0 traps. */
  mergedBitmap = 0;

  reset(): void {
    this.hasFpu = false;
    this.trapsPge = false;
    this.obstructs = false;
    this.keepsNmisBlocked = false;
    this.mergedBitmap = 0;
  }
}
