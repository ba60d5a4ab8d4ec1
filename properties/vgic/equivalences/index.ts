import type { Equivalence } from '../../../src/engine/property.ts';
import { abortedEntryChangesNothing } from './aborted-entry-changes-nothing.ts';
import { encodingDoesNotMatter } from './encoding-does-not-matter.ts';
import { exitAndEntryChangeNothing } from './exit-and-entry-change-nothing.ts';
import { loadAgainChangesNothing } from './load-again-changes-nothing.ts';
import { moreListRegistersChangeNothing } from './more-list-registers-change-nothing.ts';
import { orderOfArrivalDoesNotMatter } from './order-of-arrival-does-not-matter.ts';
import { otherVmChangesNothing } from './other-vm-changes-nothing.ts';
import { saveAndRestoreChangeNothing } from './save-and-restore-change-nothing.ts';
import { splitCompletionChangesNothing } from './split-completion-changes-nothing.ts';

/** Every equivalence of `vgic`. */
export const equivalences: readonly Equivalence[] = [
  abortedEntryChangesNothing,
  encodingDoesNotMatter,
  exitAndEntryChangeNothing,
  loadAgainChangesNothing,
  moreListRegistersChangeNothing,
  orderOfArrivalDoesNotMatter,
  otherVmChangesNothing,
  saveAndRestoreChangeNothing,
  splitCompletionChangesNothing,
];
