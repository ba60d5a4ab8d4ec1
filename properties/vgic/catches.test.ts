import { describe, expect, it } from 'vitest';
import type { AnyConfiguration, AnyEvent } from '../../spec/alphabet.ts';
import type { WordImplementation } from '../../spec/contract.ts';
import { vgicFaults } from '../../faults/vgic/index.ts';
import { ModelImplementation, type Property } from '../../src/engine/index.ts';
import { configured, judgeByLaw, projected, randomSequences } from '../../test/vgic-play.ts';
import { vgicUnderCheck } from './index.ts';

/** For each property a fault that it catches by itself, without a model to compare with. */
const catches: Readonly<Record<string, string>> = {
  'acknowledges-do-not-outnumber-edges': 'latch-stays-set-when-offered',
  'acknowledges-the-best-candidate': 'lower-priority-is-acknowledged-first',
  'active-priorities-count-acknowledges': 'eoi-of-a-special-intid-drops-a-priority',
  'level-acknowledge-needs-assertion': 'level-pending-is-copied-back',
  'active-interrupt-stays-listed': 'disabling-orphans-an-active-interrupt',
  'list-registers-empty-outside-the-guest': 'list-registers-survive-the-exit',
  'no-two-list-registers-alike': 'each-sgi-source-gets-a-list-register',
  'on-at-most-one-list': 'retargeting-queues-at-once',
  'overflow-asks-for-maintenance': 'underflow-is-not-asked-for',
  'overflow-waits-behind-higher-priorities': 'overflow-is-served-in-order-of-arrival',
  'asserted-level-is-acknowledged': 'assertion-of-an-interrupt-in-flight-is-dropped',
  'every-edge-is-acknowledged': 'aborted-entry-discards-what-was-offered',
  'every-edge-is-somewhere': 'edge-pending-is-not-copied-back',
  'active-physical-interrupt-has-a-virtual-one': 'withdrawn-interrupt-leaves-the-physical-one-active',
  'active-physical-interrupt-is-silent': 'active-interrupt-is-signalled',
  'hardware-interrupt-never-pending-and-active': 'hw-interrupt-is-offered-pending-and-active',
  'physical-deactivation-at-completion': 'eoir-in-mode-1-deactivates-the-physical-interrupt',
  'physical-interrupt-active-under-its-list-register': 'host-handler-deactivates-a-mapped-interrupt',
  'sgi-never-hardware-mapped': 'sgi-is-offered-with-hw',
  'shared-interrupt-has-one-state': 'active-state-of-an-spi-is-banked',
  'timer-line-follows-the-loaded-timer': 'timer-runs-on-without-its-guest',
  'interrupt-lines-follow-the-candidate': 'priority-equal-to-the-mask-is-signalled',
  'maintenance-status-is-current': 'misr-is-latched',
  'register-reads-are-truthful': 'saved-pending-state-includes-the-line',
  'aborted-entry-changes-nothing': 'aborted-entry-discards-what-was-offered',
  'encoding-does-not-matter': 'gicv3-list-register-has-the-gicv2-priority',
  'exit-and-entry-change-nothing': 'active-bit-is-not-restored',
  'load-again-changes-nothing': 'active-priorities-are-lost-at-load',
  'more-list-registers-change-nothing': 'only-two-list-registers-are-used',
  'order-of-arrival-does-not-matter': 'overflow-is-dropped',
  'other-vm-changes-nothing': 'load-leaves-the-physical-active-state',
  'save-and-restore-change-nothing': 'restore-does-not-queue',
  'split-completion-changes-nothing': 'dir-drops-a-priority',
};

/** Sequences to find the fault in. */
const enough = 2000;

function finds(
  property: Property,
  fault: WordImplementation,
  config: AnyConfiguration,
  events: readonly AnyEvent[],
  n: number,
): boolean {
  if (property.kind === 'law') return judgeByLaw(property, fault, config, events).breach !== undefined;
  const other = property.variant(config, events, (among) => n % among);
  if (other === undefined) return false;
  return projected(property, fault, config, events) !== projected(property, fault, other.config, other.events);
}

describe('without a model', () => {
  it.each(vgicUnderCheck.properties.map((property) => [property.id, property] as const))(
    '%s catches a fault',
    (id, property) => {
      const fault = vgicFaults.find((one) => one.id === catches[id]);
      if (fault?.model === undefined) expect.fail(`no fault for ${id}`);
      const profile = fault.profile ?? 'kvm';
      expect(property.profiles ?? [profile]).toContain(profile);
      const implementation: WordImplementation = new ModelImplementation(
        vgicUnderCheck.spec,
        fault.model(() => {}),
      );
      const { scenario } = property;
      if (finds(property, implementation, configured({ profile, ...scenario.config }), scenario.events, 0)) return;
      let n = 0;
      for (const { config, events } of randomSequences(profile, enough, 41)) {
        if (finds(property, implementation, config, events, n++)) return;
      }
      expect.fail(`${fault.id} is not caught in ${enough} sequences`);
    },
  );
});
