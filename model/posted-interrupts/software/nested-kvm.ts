import { nestedNotificationVector } from '../../../spec/posted-interrupts/universe.ts';
import type { PhysicalName } from '../machine.ts';
import { Part } from '../part.ts';
import type { PostedInterruptsState as State } from '../state.ts';
import { runsL2, sent, withNested } from '../update.ts';

/** What Linux does otherwise for an L2 (profile `kvm`). */
export class NestedKvm extends Part {
  /** "A notification that is sent while L2 runs is remembered outside IRR of L1, whatever PPR of L1" */
  passesByL1(state: State, v: number, vector: number): boolean {
    return state.machine.isKvm && runsL2(state, v) && vector === nestedNotificationVector;
  }

  remember(state: State): State {
    this.cite('nested-notification-passes-by-l1');
    const { mode, pcpu } = state.vcpus[0].schedule;
    const remembered = withNested(state, { ...state.nested, piPending: true });
    return mode === 1 ? sent(remembered, pcpu, 'nested') : remembered;
  }

  /** "A notification remembered from before an exit to L1 is dropped when L1 enters L2 again." */
  forget(state: State): State {
    if (!state.machine.isKvm || !state.nested.piPending) return state;
    this.cite('remembered-notification-is-dropped-at-entry');
    return withNested(state, { ...state.nested, piPending: false });
  }

  /** Whether the processor takes a physical vector for L2. */
  isNotification(state: State, v: number, physical: PhysicalName): boolean {
    const takes = physical === 'nested' && state.machine.isKvm && runsL2(state, v);
    if (takes) this.cite('nested-notification-passes-by-l1');
    return takes;
  }

  /** "An interrupt for L1 is looked at before the entry of L2" */
  enter(state: State): State {
    const { nested } = this.parts;
    this.cite('exit-to-l1-goes-first');
    const looked = nested.look(this.processRemembered(state), false);
    return runsL2(looked, 0) ? nested.boundary(nested.processorEntry(looked)) : looked;
  }

  /** "is processed at the next entry of L2" */
  processRemembered(state: State): State {
    const { nested } = state;
    if (!nested.piPending) return state;
    this.cite('nested-notification-passes-by-l1');
    const { notification, nested: rules } = this.parts;
    const processed = nested.descriptor.on ? rules.processForL2(notification.take(nested)) : nested;
    return withNested(state, { ...nested, ...processed, piPending: false });
  }
}
