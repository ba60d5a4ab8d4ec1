/** Only under the rules of Linux 6.12. */
export const kvm = ['kvm'] as const;

/** Wherever a hypervisor stands between the guest and the hardware. */
export const anyHypervisor = ['kvm', 'seed-2015'] as const;

/** Only under the rules of the patch of seed 002. */
export const seed2015 = ['seed-2015'] as const;

/** Rules of the hardware that nothing but direct access to its registers reaches. */
export const arch = ['arch'] as const;

/** Where list registers carry priorities and groups. */
export const notSeed2015 = ['kvm', 'arch'] as const;
