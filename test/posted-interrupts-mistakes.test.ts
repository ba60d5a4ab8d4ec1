import { classOf, type LocalApic } from '../model/local-apic/index.ts';
import {
  partClasses,
  universe,
  type Core,
  type Descriptor,
  type Guest,
  type PostedInterruptsState as State,
  type VirtualCpu,
} from '../model/posted-interrupts/index.ts';
import { distinguishes, type Mistake } from './posted-interrupts/mistake.ts';
import { alone } from './posted-interrupts/player.ts';

const local: readonly Mistake[] = [
  {
    what: 'M-14 an exit from HLT leaves the guest active',
    parts: {
      exits: class extends partClasses.exits {
        override coreAfterExit(core: Core): Core {
          return { ...core, halted: false };
        }
      },
    },
    config: { ...alone, hltExiting: false },
    see: (player) => player.run('enter').run('hlt').run('exit').flags('core', 'flags'),
    right: ['if', 'halted'],
    wrong: ['if'],
  },
  {
    what: 'M-21 EOI does not clear the highest vector in service',
    parts: {
      localApic: class extends partClasses.localApic {
        override completes(isr: number): number {
          return this.vectors.max(isr & -isr);
        }
      },
    },
    config: { ...alone, apicv: 'off' },
    see: (player) => {
      player.run('post', { vector: 0x21 }).run('enter').run('post', { vector: 0x31 }).run('exit').run('enter');
      return player.run('eoi').set('apic', 'isr');
    },
    right: [0x21],
    wrong: [0x31],
  },
  {
    what: 'M-22 the whole vector is compared with PPR',
    parts: {
      localApic: class extends partClasses.localApic {
        override compares(vector: number, ppr: number): boolean {
          return vector > ppr;
        }
      },
    },
    config: alone,
    see: (player) => player.run('post', { vector: 0x31 }).run('enter').run('selfIpi', { vector: 0x3f }).delivered,
    right: [0x31],
    wrong: [0x31, 0x3f],
  },
  {
    what: 'M-23 a second post of a pending vector notifies again',
    parts: {
      posting: class extends partClasses.posting {
        override setPir(descriptor: Descriptor, vector: number): Descriptor {
          return { ...descriptor, pir: universe.with(descriptor.pir, vector), on: false };
        }
      },
    },
    config: alone,
    see: (player) => player.run('enter').run('post').run('post').sent,
    right: [],
    wrong: ['posted@0'],
  },
  {
    what: 'M-24 a vector in service absorbs another',
    parts: {
      localApic: class extends partClasses.localApic {
        override withPending(apic: LocalApic, vector: number): LocalApic {
          return this.vectors.has(apic.isr, vector) ? apic : super.withPending(apic, vector);
        }
      },
    },
    config: { ...alone, apicv: 'off' },
    see: (player) => player.run('post').run('enter').run('post').set('apic', 'irr'),
    right: [0x20],
    wrong: [],
  },
  {
    what: 'M-25 RVI is evaluated at every boundary',
    parts: {
      eventDelivery: class extends partClasses.eventDelivery {
        override boundary(state: State, v: number): State {
          const [vcpu] = state.vcpus;
          const evaluated = { ...vcpu, ...this.parts.virtualInterrupts.evaluate(vcpu) };
          return super.boundary(v === 0 ? { ...state, vcpus: [evaluated] } : state, v);
        }
      },
    },
    config: { ...alone, profile: 'arch', devicePosting: false },
    see: (player) => {
      player.run('setPending', { vector: 0x40, on: true }).run('setStatus', { rvi: 0x31, svi: 0 });
      return player.run('vmEntry').run('nop').delivered;
    },
    right: [0x31],
    wrong: [0x31, 0x40],
  },
  {
    what: 'M-25 TPR virtualization does not evaluate',
    parts: {
      virtualInterrupts: class extends partClasses.virtualInterrupts {
        override writeTpr(guest: Guest, tpr: number): Guest {
          return this.virtualizePpr({ ...guest, apic: { ...guest.apic, tpr } });
        }
      },
    },
    config: alone,
    see: (player) => {
      player.run('enter').run('tpr', { priority: 0x30 }).run('selfIpi', { vector: 0x31 });
      return player.run('tpr', { priority: 0 }).delivered;
    },
    right: [0x31],
    wrong: [],
  },
  {
    what: 'M-26 software completes the EOI once more after an EOI exit',
    parts: {
      emulation: class extends partClasses.emulation {
        override completeEoi(state: State, v: number): State {
          return this.eoi(state, v);
        }
      },
    },
    config: alone,
    see: (player) => {
      player.run('post', { vector: 0x20 }).run('enter').run('selfIpi', { vector: 0x31 });
      return player.run('eoi').set('apic', 'isr');
    },
    right: [0x20],
    wrong: [],
  },
  {
    what: 'M-27 a virtual interrupt is recognized with an open window',
    parts: {
      virtualInterrupts: class extends partClasses.virtualInterrupts {
        override windowPrevents(): boolean {
          return false;
        }
      },
    },
    config: { ...alone, profile: 'arch', devicePosting: false },
    see: (player) => {
      player.run('setStatus', { rvi: 0x31, svi: 0 }).run('setWindow');
      return player.run('vmEntry', { interruptFlag: false }).flags('virtualApic', 'flags');
    },
    right: ['apicv', 'window'],
    wrong: ['apicv', 'recognized', 'window'],
  },
  {
    what: 'M-28 an event in flight is acknowledged again',
    parts: {
      entry: class extends partClasses.entry {
        override chooseInflight(state: State, v: number): { readonly state: State; readonly info: number } {
          const { state: chosen, info } = super.chooseInflight(state, v);
          const [vcpu] = chosen.vcpus;
          const apic = this.parts.localApic.acknowledge(vcpu.apic, info & 0xff);
          return { state: { ...chosen, vcpus: [{ ...vcpu, apic }] }, info };
        }
      },
    },
    config: alone,
    see: (player) => {
      player.run('post').run('obstruct').run('enter').run('post').run('enter');
      return [player.set('apic', 'irr'), player.set('apic', 'isr')];
    },
    right: [[0x20], [0x20]],
    wrong: [[], [0x20]],
  },
  {
    what: 'C34 no sync before an entry that injects an event',
    parts: {
      entry: class extends partClasses.entry {
        override synced(state: State, v: number): State {
          return state.vcpus[v].core.nmi ? state : super.synced(state, v);
        }
      },
    },
    config: alone,
    see: (player) => player.run('post').run('nmi').run('enter').delivered,
    right: [0x02, 0x20],
    wrong: [0x02],
  },
  {
    what: 'C35 the threshold is computed only where something is pending above it',
    parts: {
      entry: class extends partClasses.entry {
        override thresholdAtEntry({ apic, virtual }: VirtualCpu): number {
          return classOf(apic.tpr) === 0 ? super.thresholdAtEntry({ apic, virtual } as VirtualCpu) : virtual.threshold;
        }
      },
    },
    config: { ...alone, apicv: 'off' },
    see: (player) => {
      player.run('enter').run('tpr', { priority: 0x30 }).run('exit').run('post', { vector: 0x3e }).run('enter');
      return player.run('tpr', { priority: 0 }).exit;
    },
    right: 43,
    wrong: 0,
  },
  {
    what: 'C37 SVI is 0 after every EOI',
    parts: {
      virtualInterrupts: class extends partClasses.virtualInterrupts {
        override sviAfterEoi(): number {
          return 0;
        }
      },
    },
    config: alone,
    see: (player) => {
      player.run('post', { vector: 0x20 }).run('enter').run('selfIpi', { vector: 0xf1 }).run('eoi');
      return player.see('virtualApic', 'svi');
    },
    right: 0x20,
    wrong: 0,
  },
];

distinguishes('a rule that is wrong', local);
