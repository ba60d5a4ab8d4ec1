/** Where L0 can come between. */
export const nestedOnly = ['nested'] as const;
