import type { VgicEvent } from '../../../../spec/vgic/alphabet.ts';
import { law, Watch, type VgicBreach } from '../../law.ts';
import { Inputs } from '../../trace/inputs.ts';
import { physicalBitOf } from '../../trace/machine.ts';

/** INV-18, and that the timer of whoever is loaded does drive the line. */
class TimerLine extends Watch {
  private readonly inputs = new Inputs(this.machine.config);

  step(event: VgicEvent): VgicBreach | undefined {
    const { machine, inputs } = this;
    inputs.follow(event);
    for (let p = 0; p < machine.config.pcpus; p++) {
      const v = machine.schedule.tenant(p);
      const high = (machine.physical(p, 'pending') & physicalBitOf(27)) !== 0;
      const due = v >= 0 && inputs.timerFires(v);
      if (due || high) this.moments++;
      if (high === due) continue;
      if (v < 0)
        return {
          clause: 'put-silences-the-timer',
          summary: `the timer line of physical CPU ${p} is high, and nobody is loaded there`,
        };
      return {
        clause: 'timer-asserts-while-enabled-unmasked-and-due',
        summary: `the timer line is ${high ? 'high' : 'low'}, against the timer of virtual CPU ${v}, which is loaded`,
      };
    }
    return undefined;
  }
}

export const timerLineFollowsTheLoadedTimer = law({
  id: 'timer-line-follows-the-loaded-timer',
  claim:
    'The line of the physical timer interrupt is high exactly while the timer of the virtual CPU loaded there should fire.',
  judges: [
    'timer-asserts-while-enabled-unmasked-and-due',
    'put-silences-the-timer',
    'unloaded-timer-expires-without-a-line',
    'reset-stops-the-timer',
  ],
  needs: ['physical'],
  profiles: ['kvm', 'seed-2015'],
  scenario: {
    name: 'a timer expires, and its virtual CPU is taken off',
    events: [
      { kind: 'enter', vcpu: 0 },
      { kind: 'programTimer', vcpu: 0, deadline: 'later', masked: false },
      { kind: 'tick' },
      { kind: 'exit', vcpu: 0 },
      { kind: 'put', vcpu: 0 },
    ],
  },
  watch: TimerLine,
});
