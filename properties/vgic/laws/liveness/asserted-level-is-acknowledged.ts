import type { VgicEvent } from '../../../../spec/vgic/alphabet.ts';
import { law, type VgicBreach } from '../../law.ts';
import { settle } from '../../settle.ts';
import { AtRest } from './served.ts';

const levels = [27, 30, 32, 34] as const;

/**
 * INV-10. A guest at rest has lowered the line of everything that it acknowledged, so a line that is still high was
 * never delivered. An interrupt whose line userspace has written is not judged: the hypervisor believes userspace.
 */
class LevelAcknowledged extends AtRest {
  /** What was acknowledged last and is not completed. */
  private serving = -1;

  step(event: VgicEvent): VgicBreach | undefined {
    const { inputs } = this;
    this.follow(event);
    // The hypervisor believes userspace: that a line is low which is high, or that a mapped interrupt is not pending
    // whose physical interrupt stays active. What is in service is completed on both sides all the same.
    if (event.kind === 'userLineLevel' || event.kind === 'userSetPending') {
      const { vcpu, intid } = event;
      const stuck = inputs.isMapped(vcpu, intid) && intid !== this.serving;
      if (stuck || inputs.level(vcpu, intid)) this.excused.add(inputs.key(vcpu, intid));
    }
    // What was edge-triggered while its line rose has been delivered as an edge.
    if (event.kind === 'setTrigger') this.excused.add(inputs.key(event.vcpu, event.intid));
    // Linux loses what is made pending by a register write between the completion by another virtual CPU and its exit.
    if (
      event.kind === 'setPending' &&
      inputs.isMapped(event.vcpu, event.intid) &&
      this.machine.schedule.running.includes(1)
    ) {
      this.excused.add(inputs.key(event.vcpu, event.intid));
    }
    if (event.kind === 'iar') {
      this.serving = this.machine.reply & 0x3ff;
      if (levels.some((intid) => intid === this.serving)) this.moments++;
    }
    if (event.kind === 'eoir') this.serving = -1;
    return undefined;
  }

  override end(): VgicBreach | undefined {
    const { machine, inputs } = this;
    if (this.gap) return undefined;
    for (let v = 0; v < machine.config.vcpus; v++) {
      if (!this.rests(v)) continue;
      for (const intid of levels) {
        if (!inputs.level(v, intid) || !this.audible(v, intid) || this.excused.has(inputs.key(v, intid))) continue;
        if (intid === 34 && !inputs.isMapped(v, intid)) continue;
        return {
          clause: 'level-interrupt-is-eventually-delivered',
          summary: `the line of interrupt ${intid} is high, and a guest that has nothing else to do is not told`,
        };
      }
    }
    return undefined;
  }
}

export const assertedLevelIsAcknowledged = law({
  id: 'asserted-level-is-acknowledged',
  claim:
    'A level-sensitive line that stays high is acknowledged in the end by a guest that completes what it acknowledges and permits everything.',
  judges: [
    'level-interrupt-is-eventually-delivered',
    'asserted-mapped-level-is-offered-again',
    'high-line-after-completion-fires-again',
    'aborted-entry-loses-nothing',
    'clear-pending-keeps-a-high-level',
    'load-tells-the-timer-level',
    'prune-moves-retargeted-to-the-tail',
  ],
  needs: ['reply', 'interface', 'distributor'],
  profiles: ['kvm'],
  scenario: {
    name: 'two lines, one list register, the second while the first is in service',
    config: { nrLr: 1 },
    events: [
      { kind: 'raise', wire: 'spi32.vm0' },
      { kind: 'enter', vcpu: 0 },
      { kind: 'iar', vcpu: 0 },
      { kind: 'raise', wire: 'p40' },
      { kind: 'hostIrq', pcpu: 0 },
      { kind: 'abortEntry', vcpu: 0 },
    ],
  },
  watch: LevelAcknowledged,
  drain: settle,
});
