/** Where L0 can come between. */
export const nestedOnly = ['nested'] as const;

/** Where things come from outside at any time, also while L2 cannot execute an instruction. */
export const atAnyTime = ['nested', 'bare'] as const;
