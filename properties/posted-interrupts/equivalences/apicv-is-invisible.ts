import type { PostedInterruptsEvent } from '../../../spec/posted-interrupts/alphabet.ts';
import { equivalence } from '../equivalence.ts';
import { endsTheClaim, mirrored } from './mirror.ts';
import { WhatGuestsSee } from './what-guests-see.ts';

/** What the guests see up to the first event of which the claim says nothing. */
class WhatGuestsSeeSoFar extends WhatGuestsSee {
  private over = false;

  override step(event: PostedInterruptsEvent): void {
    this.over ||= endsTheClaim(event);
    if (!this.over) super.step(event);
  }
}

/** VID-10. */
export const apicvIsInvisible = equivalence({
  id: 'virtual-delivery-is-injection',
  claim: 'Virtual-interrupt delivery and injection by software deliver the same, and show the same registers.',
  judges: ['apicv-is-invisible'],
  needs: ['delivery', 'reply'],
  profiles: ['sdm', 'kvm'],
  scenario: {
    name: 'vectors of three classes, posted while the guest runs',
    events: [
      { kind: 'enter', vcpu: 0 },
      { kind: 'tpr', vcpu: 0, priority: 0x20 },
      { kind: 'post', to: 0, vector: 0x21 },
      { kind: 'arrive', pcpu: 0, physical: 'posted' },
      { kind: 'selfIpi', vcpu: 0, vector: 0x3f },
      { kind: 'read', vcpu: 0, register: 'ppr' },
      { kind: 'eoi', vcpu: 0 },
      { kind: 'tpr', vcpu: 0, priority: 0 },
    ],
  },
  variant: (side) => mirrored(side, true),
  project: WhatGuestsSeeSoFar,
});
