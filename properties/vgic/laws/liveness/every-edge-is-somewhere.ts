import type { VgicEvent } from '../../../../spec/vgic/alphabet.ts';
import { anomalyText, Ledger } from '../../../../src/engine/ledger.ts';
import { law, Watch, type VgicBreach } from '../../law.ts';
import { Inputs } from '../../trace/inputs.ts';
import { edgeKey, edgesOf, type EdgeTarget } from '../../trace/edges.ts';
import { bitOf, pending, physicalBitOf } from '../../trace/machine.ts';

const sgis = [0, 1, 15] as const;
const spis = [32, 33, 34, 35] as const;

/**
 * Conservation. What was accepted and not yet acknowledged waits in the latch (of an SGI: among its sources), in a list
 * register, or in the physical distributor; and whatever waits there was accepted. Where places become one, what they
 * held has coalesced.
 */
class SomewhereAlways extends Watch {
  private readonly inputs = new Inputs(this.machine.config);
  private readonly ledger = new Ledger();
  private readonly open = new Map<number, number>();
  private at = 0;

  step(event: VgicEvent): VgicBreach | undefined {
    const { machine, inputs, ledger } = this;
    this.at++;
    inputs.follow(event);
    for (const target of edgesOf(event, inputs, machine.config)) {
      const key = edgeKey(inputs, target);
      ledger.accept(named(target), this.at);
      this.open.set(key, (this.open.get(key) ?? 0) + 1);
    }
    if ((event.kind === 'iar' || event.kind === 'aiar') && machine.reply < 1 << 13) {
      const breach = this.deliver({ vcpu: event.vcpu, intid: machine.reply & 0x3ff, source: machine.reply >>> 10 });
      if (breach !== undefined) return breach;
    }
    return this.compare(event);
  }

  private deliver(target: EdgeTarget): VgicBreach | undefined {
    const { inputs, ledger } = this;
    if (target.intid >= 16 && (target.intid < 32 || !inputs.isEdge(target.vcpu, target.intid))) return undefined;
    const owner = { ...target, vcpu: inputs.owner(target.vcpu, target.intid) };
    const key = edgeKey(inputs, owner);
    this.moments++;
    this.open.set(key, Math.max((this.open.get(key) ?? 0) - 1, 0));
    const anomaly = ledger.deliver(named(owner), this.at);
    return (
      anomaly && {
        clause: target.intid < 16 ? 'each-sgi-source-is-delivered-once' : 'edges-coalesce-in-the-latch',
        summary: anomalyText(anomaly),
      }
    );
  }

  private compare(event: VgicEvent): VgicBreach | undefined {
    const { machine, inputs } = this;
    for (let v = 0; v < machine.config.vcpus; v++) {
      for (const intid of sgis) {
        for (let source = 0; source < 3; source++) {
          const breach = this.compareOne(event, { vcpu: v, intid, source });
          if (breach !== undefined) return breach;
        }
      }
      if (v !== machine.firstOf(machine.vm(v))) continue;
      for (const intid of spis) {
        if (!inputs.isEdge(v, intid)) continue;
        const breach = this.compareOne(event, { vcpu: v, intid, source: 0 });
        if (breach !== undefined) return breach;
      }
    }
    return undefined;
  }

  private compareOne(event: VgicEvent, target: EdgeTarget): VgicBreach | undefined {
    const { ledger } = this;
    const key = edgeKey(this.inputs, target);
    const open = this.open.get(key) ?? 0;
    const places = this.places(target);
    if (open === places) return undefined;
    this.open.set(key, places);
    if (starts(event, target)) {
      for (let n = open; n < places; n++) ledger.accept(named(target), this.at);
    } else if (places > open) {
      return {
        clause: target.intid < 16 ? 'each-sgi-source-is-delivered-once' : 'edges-coalesce-in-the-latch',
        summary: `${named(target)} is pending in ${places} places, for ${open} acceptances`,
      };
    }
    if (places === 0 && !givesUp(event, target)) {
      const [anomaly] = ledger.lost(({ key: name }) => (name === named(target) ? undefined : 'elsewhere'));
      return {
        clause: 'every-edge-is-delivered',
        summary: anomaly === undefined ? `${named(target)} is lost` : anomalyText(anomaly),
      };
    }
    for (let n = places; n < open; n++) ledger.withdraw(named(target), this.at);
    return undefined;
  }

  /** In how many places a pending state is kept. */
  private places({ vcpu, intid, source }: EdgeTarget): number {
    const { machine, inputs } = this;
    const sourceBit = 1 << (sgis.findIndex((sgi) => sgi === intid) * 3 + source);
    const latched =
      intid < 16 ? machine.software(vcpu, 'sources') & sourceBit : machine.software(vcpu, 'latch') & bitOf(intid);
    let count = latched === 0 ? 0 : 1;
    for (let p = 0; p < machine.config.pcpus; p++) {
      const v = machine.schedule.runner(p);
      if (v < 0 || (intid < 32 ? v !== vcpu : machine.vm(v) !== machine.vm(vcpu))) continue;
      const n = machine.holding(p, intid, pending);
      if (n >= 0 && (intid >= 16 || machine.source(p, n) === source)) count++;
    }
    if (intid === 35 && inputs.isMapped(vcpu, 35) && (machine.physical(0, 'pending') & physicalBitOf(41)) !== 0)
      count++;
    return count;
  }
}

const named = ({ vcpu, intid, source }: EdgeTarget): string =>
  intid < 16
    ? `SGI ${intid} from source ${source} for virtual CPU ${vcpu}`
    : `the edge of interrupt ${intid} of virtual CPU ${vcpu}'s VM`;

/** Whether an event makes an interrupt one that is kept account of. */
const starts = (event: VgicEvent, { intid }: EdgeTarget): boolean =>
  (event.kind === 'mapPhysical' || event.kind === 'setTrigger') && event.intid === intid;

/** Whether software gave up what was pending. */
function givesUp(event: VgicEvent, { intid }: EdgeTarget): boolean {
  switch (event.kind) {
    case 'clearPending':
    case 'userSetPending':
    case 'setTrigger':
    case 'unmapPhysical':
      return event.intid === intid;
    case 'clearSgiPending':
      return event.sgi === intid;
    default:
      return false;
  }
}

export const everyEdgeIsSomewhere = law({
  id: 'every-edge-is-somewhere',
  claim:
    'Accepted edges and SGIs are those acknowledged, those that coalesced, and those pending in a place that can be named, at every moment.',
  judges: [
    'every-edge-is-delivered',
    'edges-coalesce-in-the-latch',
    'edge-sets-the-pending-latch',
    'edge-latch-moves-into-the-list-register',
    'unacknowledged-edge-returns-to-the-latch',
    'unacknowledged-sgi-returns-to-its-source',
    'lowest-sgi-source-is-offered-first',
    'remaining-sgi-sources-keep-the-latch',
    'sgi-records-its-sender',
    'set-sgi-pending-adds-a-source',
    'each-sgi-source-is-delivered-once',
    'aborted-entry-loses-nothing',
    'acknowledge-moves-pending-to-active',
    'second-mapped-edge-waits-for-deactivation',
  ],
  needs: ['reply', 'listRegister', 'physical', 'software'],
  profiles: ['kvm'],
  scenario: {
    name: 'an edge is offered, comes back, and is acknowledged while another is latched',
    events: [
      { kind: 'pulse', wire: 'spi33.vm0' },
      { kind: 'enter', vcpu: 0 },
      { kind: 'exit', vcpu: 0 },
      { kind: 'enter', vcpu: 0 },
      { kind: 'pulse', wire: 'spi33.vm0' },
      { kind: 'iar', vcpu: 0 },
    ],
  },
  watch: SomewhereAlways,
});
