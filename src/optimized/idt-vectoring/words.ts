// Places of the sections in the observation, in the order of `spec/idt-vectoring/observation.ts`. Without a hypervisor
// nothing stands behind the tables.

/** Two of them, of {@link deliveryFields} words each. */
export const deliveryWords = 0;
export const deliveryFields = 6;
export const guestWords = 12;
export const pendingWords = 18;
export const programWords = 22;
export const tableWords = 24;
/** Size of the observation of `native`. */
export const nativeSize = 26;
export const exitWords = 26;
export const entryWords = 40;
export const clientWords = 48;
export const hypervisorWords = 52;
/** Size of the observation with a hypervisor. */
export const hypervisedSize = 57;
