import { law, Watch } from '../law.ts';
import { classOf, highest, named, type GuestNumber } from '../sighted.ts';

const profiles = ['sdm', 'kvm', 'interleaved'] as const;
const needs = ['apic', 'core', 'descriptor', 'schedule', 'physical', 'steps'] as const;

/** Looks at each virtual CPU while nothing is half done. */
abstract class AtRest extends Watch {
  override step(): string | undefined {
    const { sight } = this;
    if (!sight.isWhole) return undefined;
    for (let v = 0; v < sight.config.vcpus; v++) {
      const found = this.judge(v, (v * 2) as GuestNumber);
      if (found !== undefined) return found;
    }
    return undefined;
  }

  protected abstract judge(v: number, guest: GuestNumber): string | undefined;

  protected mode(v: number): number {
    return this.sight.word('schedule', v, 'mode');
  }

  protected isAsleep(v: number): boolean {
    return this.sight.bit('schedule', v, 'flags', 1);
  }

  protected isOn(v: number): boolean {
    return this.sight.bit('descriptor', v, 'control', 0);
  }

  protected hasIf(v: number): boolean {
    return this.sight.bit('core', v, 'flags', 0);
  }
}

class NothingWaits extends AtRest {
  protected override judge(v: number, guest: GuestNumber): string | undefined {
    const { sight } = this;
    if (!sight.isQuiet) return undefined;
    const inGuest = this.mode(v) !== 0;
    if (!inGuest && !(this.isAsleep(v) && this.hasIf(v))) return undefined;
    this.moments++;
    const { pir, irr } = sight.now[guest];
    const where = `vcpu${v} is ${inGuest ? 'in the guest' : 'asleep'}`;
    if (pir !== 0) return `${where} with ${named(pir)} in PIR, and no physical vector is pending`;
    // While L2 runs, IF of L1 does not hold its interrupts off.
    const open = sight.bit('core', v, 'flags', 4) || sight.isOpen(v);
    const takeable = classOf(highest(irr)) > classOf(sight.ppr(guest));
    return open && takeable ? `${where} and could take ${named(irr)}, which nobody tells it` : undefined;
  }
}

class Announced extends AtRest {
  protected override judge(v: number, guest: GuestNumber): string | undefined {
    const { pir } = this.sight.now[guest];
    if (pir === 0) return undefined;
    this.moments++;
    if ((this.sight.word('descriptor', v, 'control') & 0b11) !== 0) return undefined;
    return `${named(pir)} is in PIR of vcpu${v}, and neither ON nor SN is set`;
  }
}

class SomebodyLooks extends AtRest {
  protected override judge(v: number): string | undefined {
    // One that was told to leave the guest is in the middle of leaving it.
    if (!this.isOn(v) || this.mode(v) === 2) return undefined;
    this.moments++;
    if (!this.sight.isQuiet) return undefined;
    if (this.mode(v) === 1) return `ON is set, vcpu${v} is in the guest, and no notification is pending`;
    return this.isAsleep(v) && this.hasIf(v) ? `ON is set, vcpu${v} is asleep, and nobody wakes it` : undefined;
  }
}

const suppressed = {
  name: 'a device posts to a virtual CPU that was preempted, and to one that sleeps',
  config: { devicePosting: true },
  events: [
    { kind: 'unload', vcpu: 0, preempted: true },
    { kind: 'devicePost', to: 0, vector: 0x31, urgent: false },
    { kind: 'load', vcpu: 0, pcpu: 0 },
    { kind: 'enter', vcpu: 0 },
    { kind: 'post', to: 0, vector: 0x40 },
    { kind: 'arrive', pcpu: 0, physical: 'posted' },
    { kind: 'hlt', vcpu: 0 },
    { kind: 'block', vcpu: 0 },
    { kind: 'devicePost', to: 0, vector: 0xf1, urgent: false },
    { kind: 'arrive', pcpu: 0, physical: 'wakeup' },
  ],
} as const;

/** What holds whenever nobody is in the middle of anything. */
export const rest = [
  law({
    id: 'nobody-waits-for-ever',
    claim: 'Once everything has arrived, whoever is in the guest or asleep has nothing to take.',
    judges: ['nothing-waits-at-rest'],
    needs,
    profiles,
    scenario: suppressed,
    watch: NothingWaits,
  }),
  law({
    id: 'what-is-posted-is-announced',
    claim: 'PIR that is not empty has ON or SN set.',
    judges: ['posted-vector-is-announced'],
    needs,
    profiles,
    scenario: suppressed,
    watch: Announced,
  }),
  law({
    id: 'on-is-looked-at',
    claim: 'ON means that a notification is pending, or that the target looks before it enters.',
    judges: ['on-means-somebody-will-look'],
    needs,
    profiles,
    scenario: suppressed,
    watch: SomebodyLooks,
  }),
];
