/** Wherever a hypervisor stands around the guest: rules of VM exits and VM entries. */
export const hypervised = ['reinject', 'drop', 'drop-exceptions'] as const;

/** What a correct hypervisor does. */
export const reinjecting = ['reinject'] as const;

/** What the guest can rely on, with a correct hypervisor or without one. */
export const guestSees = ['reinject', 'native'] as const;

/** What a hypervisor does that drops, so that the answer can be computed. */
export const dropping = ['drop', 'drop-exceptions'] as const;
