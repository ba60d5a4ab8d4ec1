import type { NestedVmxEvent } from '../../../spec/nested-vmx/alphabet.ts';
import { frames, handlerEntry } from '../../../spec/nested-vmx/universe.ts';
import { eventTypes } from '../../../spec/vmx/interruption-information.ts';
import { isOpen, levelBits, pendingBits } from '../bits.ts';
import { law, Watch, type Wrong } from '../law.ts';
import { byte, typeOf } from '../sighted.ts';

class Entered extends Watch {
  override step({ kind }: NestedVmxEvent): Wrong | undefined {
    const { sight } = this;
    const to = sight.delivery('level');
    if (to === 0) return undefined;
    this.moments++;
    const [before, now] = to === 1 ? [sight.before.l1, sight.now.l1] : [sight.before.l2, sight.now.l2];
    const name = `after a delivery to L${to}`;
    if (now.activity !== 0) return { clause: 'delivery-wakes', summary: `${name} that level is not active` };
    if (now.flags & levelBits.if) return `${name} IF is 1`;
    if (now.flags & (levelBits.sti | levelBits.movss)) return `${name} there is blocking by STI or MOV SS`;
    if (now.frames !== Math.min(frames, before.frames + 1)) return `${name} nothing more is to be returned to`;
    const pushed = (before.flags & levelBits.if) >> 1;
    if (sight.delivery('interrupts') !== pushed) return `a delivery to L${to} pushes another IF than ${pushed}`;
    if (to === 1) return undefined;
    const vector = sight.delivery('information') & 0xff;
    if (sight.has('monitorTrapFlag') && (sight.now.pending & pendingBits.mtf) === 0) {
      return { clause: 'mtf-exits-after-a-delivery', summary: `${name} no MTF exit is pending` };
    }
    if (now.position !== handlerEntry + vector) return `${name} it stands at ${byte(now.position)}`;
    const from = kind === 'l1Enter' && before.position < handlerEntry ? 0 : before.position;
    const position = sight.delivery('position');
    if (position === from) return undefined;
    return { clause: 'delivery-wakes', summary: `L2 stood at ${byte(from)}, and ${byte(position)} was pushed` };
  }
}

class Open extends Watch {
  override step({ kind }: NestedVmxEvent): Wrong | undefined {
    const { sight } = this;
    const to = sight.delivery('level');
    if (to === 0 || (to === 2 && kind === 'l1Enter')) return undefined;
    const type = typeOf(sight.delivery('information'));
    const { flags } = to === 1 ? sight.before.l1 : sight.before.l2;
    if (type === eventTypes.externalInterrupt) {
      this.moments++;
      if (isOpen(flags)) return undefined;
      const summary = `an interrupt was delivered to L${to} with IF 0 or blocking`;
      return to === 1 ? { clause: 'l1-takes-it-when-it-opens', summary } : summary;
    }
    if (type !== eventTypes.nmi) return undefined;
    this.moments++;
    const blocks = levelBits.movss | (sight.config.stiBlocksNmi ? levelBits.sti : 0);
    if ((flags & blocks) === 0) return undefined;
    return { clause: 'mov-ss-blocks-nmi-delivery', summary: `an NMI was delivered to L${to} with blocking` };
  }
}

const scenario = {
  name: 'an interrupt that wakes L2 from HLT, and one for L1',
  config: { preset: 'direct' },
  events: [
    { kind: 'l1GuestActivity', activity: 'hlt' },
    { kind: 'interrupt', vector: 0x31 },
    { kind: 'l1Enter' },
    { kind: 'l2Wait' },
    { kind: 'l2Vmcall' },
    { kind: 'interrupt', vector: 0x40 },
    { kind: 'l1Sti' },
    { kind: 'l1Nop' },
    { kind: 'l1Nop' },
  ],
} as const;

/** What a delivery does, and what holds it off. */
export const deliveries = [
  law({
    id: 'handlers-begin-alike',
    claim: 'A delivery wakes the level, clears IF, ends blocking, and pushes what it interrupted.',
    judges: [
      'delivery-clears-if-and-iret-restores-it',
      'delivery-wakes',
      'vectoring-entry-ends-blocking',
      'mtf-exits-after-a-delivery',
    ],
    needs: ['delivery', 'levels', 'pending'],
    scenario,
    watch: Entered,
  }),
  law({
    id: 'delivered-only-if-open',
    claim: 'Interrupts are delivered with IF 1 and without blocking, NMIs without blocking by MOV SS.',
    judges: [
      'direct-interrupt-obeys-l2',
      'l1-takes-it-when-it-opens',
      'interrupt-after-the-first-opening',
      'mov-ss-blocks-one-instruction',
      'mov-ss-blocks-nmi-delivery',
    ],
    needs: ['delivery', 'levels'],
    scenario,
    watch: Open,
  }),
];
