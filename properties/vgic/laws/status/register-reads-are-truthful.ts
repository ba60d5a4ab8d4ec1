import type { VgicEvent } from '../../../../spec/vgic/alphabet.ts';
import { booted } from '../../../../spec/vgic/universe.ts';
import { law, Watch, type VgicBreach } from '../../law.ts';
import { runningPriority } from '../../trace/candidate.ts';
import { Inputs } from '../../trace/inputs.ts';
import { bitOf } from '../../trace/machine.ts';

/** What software reads, against what the implementation shows of itself, and against the devices. */
class ReadsAreTruthful extends Watch {
  private readonly inputs = new Inputs(this.machine.config);
  private readonly masks = new Uint8Array(this.machine.config.vcpus).fill(booted.priorityMask);

  step(event: VgicEvent): VgicBreach | undefined {
    const { machine, inputs } = this;
    inputs.follow(event);
    const { reply } = machine;
    const seed = machine.config.profile === 'seed-2015';
    switch (event.kind) {
      case 'rpr': {
        this.moments++;
        const running = runningPriority(machine, machine.schedule.pcpu[event.vcpu]);
        if (running > 0xff ? (reply & 0xf8) === 0xf8 : reply === running) return undefined;
        return {
          clause: 'running-priority-is-the-highest-active-one',
          summary: `GICV_RPR returned 0x${reply.toString(16)} against GICH_APR`,
        };
      }
      case 'readActive':
        this.moments++;
        return this.compare(event, machine.distributor(event.vcpu, 'active'), 'active-read-is-virtual');
      case 'userReadPending':
        this.moments++;
        return this.compare(event, machine.software(event.vcpu, 'latch'), 'user-pending-read-is-the-latch-alone');
      case 'readPending': {
        this.moments++;
        if (!inputs.isMapped(event.vcpu, event.intid) || inputs.isEdge(event.vcpu, event.intid)) {
          return this.compare(event, machine.distributor(event.vcpu, 'pending'), 'pending-read-is-latch-or-line');
        }
        const level = inputs.level(event.vcpu, event.intid) ? 1 : 0;
        // The latch of the physical interrupt counts as its level too: nothing sets it for a level-sensitive one.
        return reply === level ? undefined : untrue('pending-read-of-a-mapped-level-asks-the-device', event);
      }
      case 'pmr':
        this.masks[event.vcpu] = event.mask;
        return undefined;
      case 'wakes':
        return seed ? undefined : this.wakes(event);
      default:
        return undefined;
    }
  }

  private compare(event: Reading, word: number, clause: VgicBreach['clause']): VgicBreach | undefined {
    return this.machine.reply === ((word & bitOf(event.intid)) === 0 ? 0 : 1) ? undefined : untrue(clause, event);
  }

  private wakes(event: Extract<VgicEvent, { kind: 'wakes' }>): VgicBreach | undefined {
    const { machine, inputs } = this;
    const v = event.vcpu;
    const awaited =
      machine.software(v, 'listed') &
      machine.distributor(v, 'pending') &
      machine.distributor(v, 'enabled') &
      ~machine.distributor(v, 'active');
    const [intid] = [0, 1, 15, 27, 30, 32, 33, 34, 35].filter(
      (it) => (awaited & bitOf(it)) !== 0 && inputs.priority(v, it) < this.masks[v],
    );
    this.moments++;
    const due = intid !== undefined && inputs.distributorOn(v) ? 1 : 0;
    if (machine.reply === due) return undefined;
    return {
      clause: due === 1 ? 'wakes-for-a-deliverable-interrupt' : 'no-wake-for-disabled-or-active',
      summary:
        due === 1
          ? `interrupt ${intid} is deliverable, and does not wake`
          : 'nothing is deliverable, and the virtual CPU wakes',
    };
  }
}

type Reading = Extract<VgicEvent, { kind: 'readActive' | 'readPending' | 'userReadPending' }>;

const untrue = (clause: VgicBreach['clause'], { kind, intid }: Reading): VgicBreach => ({
  clause,
  summary: `${kind} of interrupt ${intid} returned what is not so`,
});

export const registerReadsAreTruthful = law({
  id: 'register-reads-are-truthful',
  claim:
    'Running priority, pending and active bits that software reads, and the answer whether something wakes WFI, agree with the state that is shown.',
  judges: [
    'running-priority-is-the-highest-active-one',
    'idle-running-priority-is-the-lowest',
    'active-read-is-virtual',
    'user-pending-read-is-the-latch-alone',
    'pending-read-is-latch-or-line',
    'pending-read-of-a-mapped-level-asks-the-device',
    'wakes-for-a-deliverable-interrupt',
    'no-wake-for-disabled-or-active',
    'no-wake-for-masked-priority',
    'no-wake-while-the-distributor-is-off',
  ],
  needs: ['reply', 'interface', 'distributor', 'software'],
  scenario: {
    name: 'pending, then active, read back',
    events: [
      { kind: 'raise', wire: 'spi32.vm0' },
      { kind: 'readPending', vcpu: 0, intid: 32 },
      { kind: 'wakes', vcpu: 0 },
      { kind: 'enter', vcpu: 0 },
      { kind: 'iar', vcpu: 0 },
      { kind: 'rpr', vcpu: 0 },
      { kind: 'readActive', vcpu: 0, intid: 32 },
    ],
  },
  watch: ReadsAreTruthful,
});
