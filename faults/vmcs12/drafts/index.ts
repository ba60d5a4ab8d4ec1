import type { Draft } from '../../draft.ts';
import { draft2010Revised } from './draft-2010-revised.ts';
import { draft2010 } from './draft-2010.ts';

export { mistakesOf2010 } from './mistakes-of-2010.ts';

/** Historic drafts of nested VMX, as far as they write the VMCS of L1. */
export const vmcs12Drafts: readonly Draft[] = [draft2010, draft2010Revised];
