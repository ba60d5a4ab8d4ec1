/**
 * The layouts of GICH_LR, GICH_HCR and GICH_VMCR. List registers are kept in the GICv2 layout under both encodings: the
 * guest sees a GICv2 in both, so every field of an ICH_LR_EL2 that is ever used has its place there. HCR and VMCR are the
 * same words in both (with five bits of priority, the three low bits of ICH_VMCR_EL2.VPMR are zero).
 */

export const lrVirtualId = 0x3ff;
export const lrPhysicalIdShift = 10;
export const lrPhysicalId = 0x3ff << 10;
export const lrSourceShift = 10;
export const lrSource = 7 << 10;
export const lrEoi = 1 << 19;
export const lrPriorityShift = 23;
export const lrPending = 1 << 28;
export const lrActive = 1 << 29;
export const lrState = lrPending | lrActive;
export const lrStateShift = 28;
export const lrGroup1 = 1 << 30;
export const lrHw = 1 << 31;

export const hcrEn = 1 << 0;
export const hcrUie = 1 << 1;
export const hcrLrenpie = 1 << 2;
export const hcrNpie = 1 << 3;
export const hcrEoiCountShift = 27;

export const vmcrGroup0 = 1 << 0;
export const vmcrGroup1 = 1 << 1;
export const vmcrAckCtl = 1 << 2;
export const vmcrFiqEn = 1 << 3;
export const vmcrCbpr = 1 << 4;
/** The bits that GICV_CTLR shows, but for EOImode. */
export const vmcrControl = 0x1f;
export const vmcrEoiMode = 1 << 9;
export const vmcrAbprShift = 18;
export const vmcrBprShift = 21;
export const vmcrBinaryPoints = 0x3f << 18;
/** Where the five upper bits of the priority mask are: a priority is compared as these five bits, everywhere. */
export const vmcrPmrShift = 27;

/** GICV_RPR when no priority is active. */
export const idlePriority = 0xff;
