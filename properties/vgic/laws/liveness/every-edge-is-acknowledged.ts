import type { VgicEvent } from '../../../../spec/vgic/alphabet.ts';
import { law, type VgicBreach } from '../../law.ts';
import { settle } from '../../settle.ts';
import { edgeKey, edgesOf, type EdgeTarget } from '../../trace/edges.ts';
import { AtRest } from './served.ts';

/** INV-12, for SGIs by source. Software that clears a pending state, or unmaps a device, gives up what was pending. */
class EdgeAcknowledged extends AtRest {
  private readonly owed = new Map<number, EdgeTarget>();

  step(event: VgicEvent): VgicBreach | undefined {
    const { machine, inputs, owed } = this;
    this.follow(event);
    this.giveUp(event);
    for (const target of edgesOf(event, inputs, machine.config)) owed.set(edgeKey(inputs, target), target);
    if ((event.kind === 'iar' || event.kind === 'aiar') && machine.reply < 1 << 13) {
      const target = { vcpu: event.vcpu, intid: machine.reply & 0x3ff, source: machine.reply >>> 10 };
      if (owed.delete(edgeKey(inputs, target))) this.moments++;
    }
    return undefined;
  }

  override end(): VgicBreach | undefined {
    if (this.gap) return undefined;
    // A line that nobody serves is taken by the host again and again, before an interrupt of higher INTID.
    const storm = this.inputs.level(0, 34) && !this.inputs.isMapped(0, 34);
    for (const { vcpu, intid, source } of this.owed.values()) {
      if (!this.audible(vcpu, intid) || !this.rests(vcpu) || (intid >= 16 && !this.inputs.isEdge(vcpu, intid)))
        continue;
      if (this.excused.has(this.inputs.key(vcpu, intid))) continue;
      if (intid === 35 && storm && this.inputs.isMapped(vcpu, 35)) continue;
      const what = intid < 16 ? `SGI ${intid} from source ${source}` : `the last edge of interrupt ${intid}`;
      return {
        clause: 'every-edge-is-delivered',
        summary: `${what} was never acknowledged by a guest that has nothing else to do`,
      };
    }
    return undefined;
  }

  private giveUp(event: VgicEvent): void {
    const { inputs, owed } = this;
    switch (event.kind) {
      case 'clearPending':
      case 'setTrigger':
        if (event.intid >= 16) owed.delete(edgeKey(inputs, { ...event, source: 0 }));
        return;
      case 'userSetPending':
        if (event.value) return;
        // The physical interrupt stays active, and cannot fire again.
        if (event.intid === 35) this.excused.add(inputs.key(event.vcpu, event.intid));
        for (let source = 0; source < 3; source++) owed.delete(edgeKey(inputs, { ...event, source }));
        return;
      case 'clearSgiPending':
        owed.delete(edgeKey(inputs, { vcpu: event.vcpu, intid: event.sgi, source: event.source }));
        return;
      case 'unmapPhysical':
        owed.delete(edgeKey(inputs, { vcpu: 0, intid: event.intid, source: 0 }));
        return;
      default:
    }
  }
}

export const everyEdgeIsAcknowledged = law({
  id: 'every-edge-is-acknowledged',
  claim: 'After each edge, and after each SGI from each source, at least one acknowledge follows in the end.',
  judges: [
    'every-edge-is-delivered',
    'unacknowledged-edge-returns-to-the-latch',
    'unacknowledged-sgi-returns-to-its-source',
    'each-sgi-source-is-delivered-once',
    'remaining-sgi-sources-keep-the-latch',
    'second-mapped-edge-waits-for-deactivation',
    'edge-may-be-pending-and-active',
    'aborted-entry-loses-nothing',
    'enable-offers-what-is-pending',
    'retargeted-pending-interrupt-is-served-once',
  ],
  needs: ['reply', 'interface', 'distributor'],
  profiles: ['kvm'],
  scenario: {
    name: 'an edge before, and one during service',
    events: [
      { kind: 'pulse', wire: 'spi33.vm0' },
      { kind: 'enter', vcpu: 0 },
      { kind: 'iar', vcpu: 0 },
      { kind: 'pulse', wire: 'spi33.vm0' },
      { kind: 'exit', vcpu: 0 },
    ],
  },
  watch: EdgeAcknowledged,
  drain: settle,
});
