import { equivalence } from '../equivalence.ts';
import { GuestTrace } from '../trace/guest-trace.ts';

/** What the guest reads until more is listed than four list registers can hold. */
class UntilOverflow extends GuestTrace {
  protected override ends(): boolean {
    for (let v = 0; v < this.machine.config.vcpus; v++) if (this.demand(v) > 4) return true;
    return false;
  }
}

export const moreListRegistersChangeNothing = equivalence({
  id: 'more-list-registers-change-nothing',
  claim: 'While nothing overflows, four and sixteen list registers are the same to the guest.',
  judges: [
    'only-own-interrupts-are-offered',
    'unused-list-registers-are-empty',
    'list-is-sorted-only-when-it-overflows',
  ],
  needs: ['reply', 'listRegister', 'distributor', 'software'],
  profiles: ['kvm'],
  scenario: {
    name: 'three interrupts',
    config: { nrLr: 4 },
    events: [
      { kind: 'setPriority', vcpu: 0, intid: 32, priority: 0x40 },
      { kind: 'pulse', wire: 'spi33.vm0' },
      { kind: 'raise', wire: 'spi32.vm0' },
      { kind: 'sendSgi', vcpu: 0, sgi: 1, filter: 2, cpus: 0x1 },
      { kind: 'enter', vcpu: 0 },
      { kind: 'iar', vcpu: 0 },
    ],
  },
  variant({ config, events }) {
    if (config.nrLr < 4) return undefined;
    return { config: { ...config, nrLr: config.nrLr === 4 ? 16 : 4 }, events };
  },
  project: UntilOverflow,
});
