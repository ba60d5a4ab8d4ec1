import { universe, type VirtualCpu, type PostedInterruptsState as State } from '../../model/posted-interrupts/index.ts';
import { Entry } from '../../model/posted-interrupts/software/entry.ts';
import { Sync } from '../../model/posted-interrupts/software/sync.ts';
import { acrn, fault } from './define.ts';

/** Software takes what is posted before an entry: whole events. */
export const sync = [
  fault({
    id: 'sync-empties-pir-and-fills-nothing',
    breaks: [
      'sync-moves-pir-into-irr',
      'sync-exchanges-each-word',
      'sync-ignores-masking',
      'virtual-delivery-takes-rvi',
    ],
    wrong: 'Sync clears PIR and IRR stays as it was.',
    config: { apicv: 'on' },
    parts: {
      sync: class extends Sync {
        override exchange(vcpu: VirtualCpu, vectors: number): VirtualCpu {
          return { ...super.exchange(vcpu, vectors), apic: vcpu.apic };
        }
      },
    },
  }),
  fault({
    id: 'sync-leaves-pir',
    breaks: [
      'sync-moves-pir-into-irr',
      'sync-exchanges-each-word',
      'sync-ignores-masking',
      'sync-clears-on-before-pir',
    ],
    wrong: 'Sync copies PIR into IRR and does not clear it: what was posted once is delivered again and again.',
    config: { apicv: 'on' },
    parts: {
      sync: class extends Sync {
        override exchange(vcpu: VirtualCpu, vectors: number): VirtualCpu {
          const next = super.exchange(vcpu, vectors);
          return { ...next, descriptor: { ...next.descriptor, pir: vcpu.descriptor.pir } };
        }
      },
    },
  }),
  fault({
    id: 'sync-leaves-on',
    breaks: ['sync-moves-pir-into-irr', 'sync-clears-on-before-pir', 'sync-ignores-masking'],
    wrong: 'Sync does not clear ON: nobody notifies the target any more.',
    config: { apicv: 'on' },
    parts: {
      sync: class extends Sync {
        override clearOn(vcpu: VirtualCpu): VirtualCpu {
          super.clearOn(vcpu);
          return vcpu;
        }
      },
    },
  }),
  fault({
    id: 'sync-overwrites-irr',
    breaks: ['sync-moves-pir-into-irr', 'sync-exchanges-each-word', 'sync-ignores-masking'],
    wrong: 'Sync replaces IRR by PIR: what was pending is lost.',
    config: { apicv: 'on' },
    parts: {
      sync: class extends Sync {
        override exchange(vcpu: VirtualCpu, vectors: number): VirtualCpu {
          const next = super.exchange(vcpu, vectors);
          const irr = vcpu.descriptor.pir & vectors;
          return irr === 0 ? next : { ...next, apic: { ...next.apic, irr } };
        }
      },
    },
  }),
  fault({
    id: 'sync-ignores-on',
    breaks: ['sync-without-on-moves-nothing', 'sync-precedes-every-entry'],
    wrong: 'Sync moves PIR with ON 0.',
    profile: 'interleaved',
    parts: {
      sync: class extends Sync {
        override isAnnounced(vcpu: VirtualCpu): boolean {
          super.isAnnounced(vcpu);
          return true;
        }
      },
    },
  }),
  fault({
    id: 'sync-waits-for-if',
    breaks: [
      'sync-ignores-masking',
      'sync-moves-pir-into-irr',
      'sync-precedes-every-entry',
      'recognized-interrupt-waits-for-if',
    ],
    wrong: 'Sync is put off while IF is 0.',
    config: { apicv: 'on' },
    parts: {
      sync: class extends Sync {
        override isAnnounced(vcpu: VirtualCpu): boolean {
          return super.isAnnounced(vcpu) && vcpu.core.interruptFlag;
        }
      },
    },
  }),
  fault({
    id: 'sync-leaves-rvi',
    breaks: ['sync-writes-rvi', 'software-keeps-rvi-and-svi', 'entry-evaluates', 'virtual-delivery-takes-rvi'],
    wrong: 'Sync does not write RVI: what is in VIRR is not delivered.',
    config: { apicv: 'on' },
    parts: {
      sync: class extends Sync {
        override writeRvi(vcpu: VirtualCpu): VirtualCpu {
          super.writeRvi(vcpu);
          return vcpu;
        }
      },
    },
  }),
  fault({
    id: 'sync-lets-rvi-only-rise',
    breaks: ['sync-writes-rvi', 'acknowledged-vector-reaches-svi'],
    wrong: 'Sync never writes a lower value to RVI: with nothing pending a stale one stays.',
    config: { apicv: 'on', nested: true },
    parts: {
      sync: class extends Sync {
        override writeRvi(vcpu: VirtualCpu): VirtualCpu {
          const next = super.writeRvi(vcpu);
          return next.virtual.rvi < vcpu.virtual.rvi ? vcpu : next;
        }
      },
    },
  }),
  fault({
    id: 'sync-with-apicv-off-writes-rvi',
    breaks: ['sync-with-apicv-off'],
    wrong: 'Sync writes RVI although APICv is off.',
    config: { apicv: 'off', devicePosting: true },
    parts: {
      sync: class extends Sync {
        override writesRvi(state: State, v: number): boolean {
          const writes = super.writesRvi(state, v);
          return writes || !state.vcpus[v].virtual.apicv;
        }
      },
    },
  }),
  fault({
    id: 'sync-is-left-out-with-apicv-off',
    breaks: ['sync-moves-pir-into-irr', 'sync-with-apicv-off', 'sync-precedes-every-entry', 'sync-ignores-masking'],
    wrong: 'With APICv off nobody takes what devices post.',
    seen: [
      {
        project: 'Linux KVM/x86',
        change: 'KVM: x86: check PIR even for vCPUs with disabled APICv',
        year: 2021,
        evidence: 'hearsay',
      },
    ],
    config: { apicv: 'off', devicePosting: true },
    parts: {
      sync: class extends Sync {
        override isAnnounced(vcpu: VirtualCpu): boolean {
          return super.isAnnounced(vcpu) && vcpu.virtual.apicv;
        }
      },
    },
  }),
  fault({
    id: 'sync-writes-rvi-of-l2',
    breaks: [
      'sync-leaves-rvi-of-l2',
      'acknowledged-vector-reaches-svi',
      'sync-writes-rvi',
      'virtual-interrupt-of-l2-goes-first',
    ],
    wrong: 'While L2 runs, sync writes the highest vector of L1 to the RVI of L2.',
    config: { apicv: 'on', nested: true },
    parts: {
      sync: class extends Sync {
        override finish(state: State, v: number, isAnnounced: boolean): State {
          const next = super.finish(state, v, isAnnounced);
          const { core, virtual, apic } = next.vcpus[v];
          if (!core.l2 || !virtual.apicv) return next;
          const rvi = universe.max(apic.irr);
          return { ...next, nested: { ...next.nested, virtual: { ...next.nested.virtual, rvi } } };
        }
      },
    },
  }),
  fault({
    id: 'entry-does-not-sync',
    breaks: [
      'sync-precedes-every-entry',
      'software-keeps-rvi-and-svi',
      'entry-evaluates',
      'sync-ignores-masking',
      'virtual-delivery-takes-rvi',
    ],
    wrong: 'Software enters without a sync.',
    config: { apicv: 'on' },
    parts: {
      entry: class extends Entry {
        override synced(state: State, v: number): State {
          super.synced(state, v);
          return state;
        }
      },
    },
  }),
  fault({
    id: 'entry-that-injects-does-not-sync',
    breaks: [
      'sync-precedes-every-entry',
      'entry-evaluates',
      'software-keeps-rvi-and-svi',
      'sync-ignores-masking',
      'reinjection-acknowledges-nothing',
    ],
    wrong: 'Sync is left out where the entry injects an event in flight or an NMI.',
    seen: [acrn('C34', 'hv: virq: update apicv irr/rvi before handle vmcs event injection (7f2b9a1c7)', 2018)],
    config: { apicv: 'on' },
    parts: {
      entry: class extends Entry {
        override synced(state: State, v: number): State {
          const { core } = state.vcpus[v];
          const next = super.synced(state, v);
          return core.inflight !== 0 || core.nmi ? state : next;
        }
      },
    },
  }),
];
