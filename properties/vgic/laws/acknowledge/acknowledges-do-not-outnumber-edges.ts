import type { VgicEvent } from '../../../../spec/vgic/alphabet.ts';
import { law, Watch, type VgicBreach } from '../../law.ts';
import { Inputs } from '../../trace/inputs.ts';
import { edgeKey, edgesOf, type EdgeTarget } from '../../trace/edges.ts';

/**
 * INV-13. Edges coalesce in the latch: besides the one in a list register there is one delivery outstanding, and for a
 * mapped interrupt a further one in the physical distributor. Once nobody of the VM runs, list register and latch are one.
 */
class NoMoreThanEdges extends Watch {
  private readonly inputs = new Inputs(this.machine.config);
  private readonly outstanding = new Map<number, number>();

  step(event: VgicEvent): VgicBreach | undefined {
    const { machine, inputs, outstanding } = this;
    inputs.follow(event);
    // An edge may have been latched in the physical distributor before it was mapped.
    const latched: readonly EdgeTarget[] =
      event.kind === 'mapPhysical' ? [{ vcpu: 0, intid: event.intid, source: 0 }] : [];
    for (const target of [...edgesOf(event, inputs, machine.config), ...latched]) {
      const key = edgeKey(inputs, target);
      const most = target.intid === 35 ? 3 : 2;
      outstanding.set(key, Math.min((outstanding.get(key) ?? 0) + 1, most));
    }
    // Without its trigger an interrupt is at rest.
    if (event.kind === 'setTrigger') outstanding.delete(edgeKey(inputs, { ...event, source: 0 }));
    this.merge();
    if ((event.kind !== 'iar' && event.kind !== 'aiar') || machine.reply >= 1 << 13) return undefined;
    return this.judge(event.vcpu, machine.reply & 0x3ff, (machine.reply >>> 10) & 7);
  }

  private judge(vcpu: number, intid: number, source: number): VgicBreach | undefined {
    const { inputs, outstanding } = this;
    if (intid >= 1020 || (intid >= 16 && !inputs.isEdge(vcpu, intid))) return undefined;
    const key = edgeKey(inputs, { vcpu, intid, source });
    const left = (outstanding.get(key) ?? 0) - 1;
    this.moments++;
    outstanding.set(key, Math.max(left, 0));
    if (left >= 0) return undefined;
    return intid < 16
      ? {
          clause: 'each-sgi-source-is-delivered-once',
          summary: `SGI ${intid} from source ${source} was acknowledged once too often`,
        }
      : {
          clause: 'edges-coalesce-in-the-latch',
          summary: `edge-triggered interrupt ${intid} was acknowledged once too often`,
        };
  }

  /** What came back from the list registers has merged with the latch. */
  private merge(): void {
    const { machine, outstanding } = this;
    if (machine.config.profile !== 'kvm' || machine.schedule.running.includes(1)) return;
    for (const [key, count] of outstanding) {
      const mappedEdge = ((key >> 2) & 63) === 35;
      if (count > 1 && !mappedEdge) outstanding.set(key, 1);
    }
  }
}

export const acknowledgesDoNotOutnumberEdges = law({
  id: 'acknowledges-do-not-outnumber-edges',
  claim:
    'An edge-triggered interrupt, or an SGI from one source, is acknowledged no more often than it was made pending, edges that coalesce counting once.',
  judges: [
    'edges-coalesce-in-the-latch',
    'edge-latch-moves-into-the-list-register',
    'each-sgi-source-is-delivered-once',
    'same-sgi-from-the-same-source-coalesces',
  ],
  needs: ['reply'],
  profiles: ['kvm', 'seed-2015'],
  scenario: {
    name: 'one edge, and a guest that asks twice',
    events: [
      { kind: 'pulse', wire: 'spi33.vm0' },
      { kind: 'enter', vcpu: 0 },
      { kind: 'iar', vcpu: 0 },
      { kind: 'eoir', vcpu: 0 },
      { kind: 'exit', vcpu: 0 },
      { kind: 'enter', vcpu: 0 },
      { kind: 'iar', vcpu: 0 },
    ],
  },
  watch: NoMoreThanEdges,
});
