import type { Model } from '../spec/contract.ts';
import { programs, type AtomicStep, type Program } from '../spec/posted-interrupts/steps.ts';
import {
  partClasses,
  PostedInterruptsModel,
  type Descriptor,
  type PartClasses,
  type PostedInterruptsState,
  type TargetStep,
} from '../model/posted-interrupts/index.ts';

/** A model whose software or processor takes the steps of some operations in another order, or leaves some out. */
const ordered = (changed: Partial<Record<Program, readonly AtomicStep[]>>): Partial<PartClasses> => ({
  order: class extends partClasses.order {
    override program(operation: Program): readonly AtomicStep[] {
      return changed[operation] ?? programs[operation];
    }
  },
});

const without = (operation: Program, ...left: readonly AtomicStep[]): readonly AtomicStep[] =>
  (programs[operation] as readonly AtomicStep[]).filter((step) => !left.includes(step));

/** The steps of an operation with one of them put after another one. */
function moved(operation: Program, step: AtomicStep, after: AtomicStep): readonly AtomicStep[] {
  const rest = without(operation, step);
  const place = rest.indexOf(after) + 1;
  return [...rest.slice(0, place), step, ...rest.slice(place)];
}

/** Races: what goes wrong in the order of steps. */
export const deviations = {
  'sync clears ON after it has read PIR': ordered({ enter: moved('enter', 'clear-on', 'exchange-word-2') }),
  'the look of a blocking CPU clears ON after it has read PIR': ordered({
    block: moved('block', 'check-clear-on', 'check-exchange-word-2'),
  }),
  'the processor clears ON after it has read PIR': ordered({
    notification: moved('notification', 'processor-clear-on', 'merge-word-2'),
  }),
  'a poster sets ON before PIR': ordered({ post: moved('post', 'set-pir', 'set-on') }),
  'sync comes before the target is marked as in the guest': ordered({
    enter: moved('enter', 'publish-in-guest', 'write-rvi'),
  }),
  'no look at PIR after SN is cleared': {
    scheduling: class extends partClasses.scheduling {
      override announcesAfterLoad(): boolean {
        return false;
      }
    },
  },
  'the look at PIR comes before SN is cleared': {
    ...ordered({ load: ['unlist', 'read-pir-word-1', 'read-pir-word-2', 'set-on-after-load', 'set-control'] }),
    targetSteps: class extends partClasses.targetSteps {
      override take(state: PostedInterruptsState, step: TargetStep): PostedInterruptsState {
        const next = super.take(state, step);
        return step === 'read-pir-word-2' && next.steps.target === undefined ? this.at(next, 'set-control') : next;
      }
    },
  },
  'the look of a blocking CPU ignores PIR': ordered({
    block: without('block', 'check-test-on', 'check-clear-on', 'check-exchange-word-1', 'check-exchange-word-2'),
  }),
  'a blocking CPU looks before it is marked': ordered({ block: moved('block', 'mark-blocked', 'decide') }),
  'NV is switched without a look at ON': ordered({ block: without('block', 'test-on-after-switch') }),
  'a poster that finds ON set returns before it has set PIR': {
    posting: class extends partClasses.posting {
      override setPir(descriptor: Descriptor, vector: number): Descriptor | undefined {
        return descriptor.on ? undefined : super.setPir(descriptor, vector);
      }
    },
  },
} as const satisfies Readonly<Record<string, Partial<PartClasses>>>;

/** The model with a deviation. */
export const deviating =
  (parts: Partial<PartClasses>) =>
  (cite: (clause: string) => void): Model =>
    new PostedInterruptsModel({ cite, parts }) as unknown as Model;
