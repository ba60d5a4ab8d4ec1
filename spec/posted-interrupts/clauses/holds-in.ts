/** Wherever software stands around the processor and events are whole. */
export const hypervised = ['sdm', 'kvm'] as const;

/** Under the manuals' rules alone: where Linux differs for an L2, or hardware that it does not run nested on. */
export const sdmOnly = ['sdm'] as const;

/** Only with Linux's shortcuts for an L2. */
export const kvmOnly = ['kvm'] as const;

/** Rules of the processor that show in whole events, with or without software around it. */
export const whole = ['sdm', 'kvm', 'arch'] as const;

/** Rules of the processor that nothing but direct access to its state reaches. */
export const arch = ['arch'] as const;

/** Software and the device, in whole events or in steps. */
export const posting = ['sdm', 'kvm', 'interleaved'] as const;

/** Rules about the order of steps, which only other agents between the steps can tell. */
export const steps = ['interleaved'] as const;
