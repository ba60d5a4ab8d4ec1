import type { Law } from '../../../src/engine/property.ts';
import { acknowledgesDoNotOutnumberEdges } from './acknowledge/acknowledges-do-not-outnumber-edges.ts';
import { acknowledgesTheBestCandidate } from './acknowledge/acknowledges-the-best-candidate.ts';
import { activePrioritiesCountAcknowledges } from './acknowledge/active-priorities-count-acknowledges.ts';
import { levelAcknowledgeNeedsAssertion } from './acknowledge/level-acknowledge-needs-assertion.ts';
import { activeInterruptStaysListed } from './lists/active-interrupt-stays-listed.ts';
import { listRegistersEmptyOutsideTheGuest } from './lists/list-registers-empty-outside-the-guest.ts';
import { noTwoListRegistersAlike } from './lists/no-two-list-registers-alike.ts';
import { onAtMostOneList } from './lists/on-at-most-one-list.ts';
import { overflowAsksForMaintenance } from './lists/overflow-asks-for-maintenance.ts';
import { overflowWaitsBehindHigherPriorities } from './lists/overflow-waits-behind-higher-priorities.ts';
import { assertedLevelIsAcknowledged } from './liveness/asserted-level-is-acknowledged.ts';
import { everyEdgeIsAcknowledged } from './liveness/every-edge-is-acknowledged.ts';
import { everyEdgeIsSomewhere } from './liveness/every-edge-is-somewhere.ts';
import { activePhysicalInterruptHasAVirtualOne } from './mapped/active-physical-interrupt-has-a-virtual-one.ts';
import { activePhysicalInterruptIsSilent } from './mapped/active-physical-interrupt-is-silent.ts';
import { hardwareInterruptNeverPendingAndActive } from './mapped/hardware-interrupt-never-pending-and-active.ts';
import { physicalDeactivationAtCompletion } from './mapped/physical-deactivation-at-completion.ts';
import { physicalInterruptActiveUnderItsListRegister } from './mapped/physical-interrupt-active-under-its-list-register.ts';
import { sgiNeverHardwareMapped } from './mapped/sgi-never-hardware-mapped.ts';
import { sharedInterruptHasOneState } from './mapped/shared-interrupt-has-one-state.ts';
import { timerLineFollowsTheLoadedTimer } from './mapped/timer-line-follows-the-loaded-timer.ts';
import { interruptLinesFollowTheCandidate } from './status/interrupt-lines-follow-the-candidate.ts';
import { maintenanceStatusIsCurrent } from './status/maintenance-status-is-current.ts';
import { registerReadsAreTruthful } from './status/register-reads-are-truthful.ts';

/** Every law of `vgic`. */
export const laws: readonly Law[] = [
  acknowledgesDoNotOutnumberEdges,
  acknowledgesTheBestCandidate,
  activePrioritiesCountAcknowledges,
  levelAcknowledgeNeedsAssertion,
  activeInterruptStaysListed,
  listRegistersEmptyOutsideTheGuest,
  noTwoListRegistersAlike,
  onAtMostOneList,
  overflowAsksForMaintenance,
  overflowWaitsBehindHigherPriorities,
  assertedLevelIsAcknowledged,
  everyEdgeIsAcknowledged,
  everyEdgeIsSomewhere,
  activePhysicalInterruptHasAVirtualOne,
  activePhysicalInterruptIsSilent,
  hardwareInterruptNeverPendingAndActive,
  physicalDeactivationAtCompletion,
  physicalInterruptActiveUnderItsListRegister,
  sgiNeverHardwareMapped,
  sharedInterruptHasOneState,
  timerLineFollowsTheLoadedTimer,
  interruptLinesFollowTheCandidate,
  maintenanceStatusIsCurrent,
  registerReadsAreTruthful,
];
