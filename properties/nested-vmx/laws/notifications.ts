import type { NestedVmxEvent } from '../../../spec/nested-vmx/alphabet.ts';
import { notificationVector } from '../../../spec/nested-vmx/universe.ts';
import { pendingBits } from '../bits.ts';
import { law, Watch, type Wrong } from '../law.ts';
import { highest, setOf } from '../sighted.ts';

const notification = setOf(notificationVector);

class Processed extends Watch {
  override step(event: NestedVmxEvent): Wrong | undefined {
    const { sight } = this;
    const { before, now } = sight;
    if (sight.effects('processed') === 0) {
      const exits = sight.exit('kind') === 1 && sight.taken(event) === notificationVector;
      if (exits) this.moments++;
      return exits && sight.has('postedInterrupts') ? 'the notification vector exits' : undefined;
    }
    this.moments++;
    if (!sight.has('postedInterrupts')) return 'posted interrupts are processed without the control';
    if ((before.irr & notification) === 0 || highest(before.irr) !== notificationVector) {
      const clause = 'notification-obeys-l1-priority';
      return { clause, summary: 'posted interrupts are processed, and the notification vector was not deliverable' };
    }
    if (before.pending & pendingBits.pic) {
      return { clause: 'other-vectors-exit', summary: 'posted interrupts are processed while the 8259 asserts' };
    }
    if (now.irr & notification || (now.isr & ~before.isr) !== 0)
      return 'the notification vector did not just leave IRR';
    if (now.pir !== 0 || now.on) return 'PIR or ON is left after the processing';
    if (now.virr !== (before.virr | before.pir)) return 'VIRR is not what it was with PIR';
    if (now.rvi !== Math.max(before.rvi, highest(before.pir))) return 'RVI is not the highest of itself and PIR';
    if (now.l2.activity === before.l2.activity) return undefined;
    return { clause: 'processing-leaves-l2-halted', summary: 'the processing changes the activity of L2' };
  }
}

/** Posted-interrupt processing for L2. */
export const notifications = [
  law({
    id: 'notifications-are-processed',
    claim:
      'With posted interrupts the notification vector takes PIR into VIRR, without exit, and leaves IRR without ISR.',
    judges: [
      'notification-is-processed-without-exit',
      'notification-obeys-l1-priority',
      'processing-leaves-l2-halted',
      'other-vectors-exit',
    ],
    needs: ['delivery', 'exit', 'effects', 'apic', 'levels', 'pending', 'virtualApic'],
    scenario: {
      name: 'a notification that was pending before the entry',
      config: { preset: 'posted', apicVirtualization: 'posted' },
      events: [
        { kind: 'post', vector: 0x31 },
        { kind: 'interrupt', vector: 0xf2 },
        { kind: 'l1Enter' },
        { kind: 'l2Nop' },
        { kind: 'l2Nop' },
      ],
    },
    watch: Processed,
  }),
];
