import type { VgicEvent } from '../../../spec/vgic/alphabet.ts';
import { virtualInterrupts } from '../../../spec/vgic/universe.ts';
import { equivalence, type Projection } from '../equivalence.ts';
import type { Machine } from '../trace/machine.ts';

/** Everything that follows from completions, once each is complete: all but GICH_VMCR, which shows the mode. */
class AllButTheMode implements Projection {
  private readonly machine: Machine;
  private readonly steps: string[] = [];

  constructor(machine: Machine) {
    this.machine = machine;
  }

  step(event: VgicEvent): void {
    // The two halves of a completion: looked at after the next event.
    if (event.kind === 'eoir' || event.kind === 'dir') return;
    const { machine } = this;
    const { config } = machine;
    const words = [event.kind, machine.reply];
    for (let p = 0; p < config.pcpus; p++) {
      for (const field of ['hcr', 'apr', 'eisr', 'elrsr', 'misr', 'lines'] as const)
        words.push(machine.interface(p, field));
      for (const field of ['pending', 'active', 'masked', 'signalled'] as const) words.push(machine.physical(p, field));
      for (let n = 0; n < config.nrLr; n++) words.push(machine.low(p, n), machine.high(p, n));
    }
    this.steps.push(words.join());
  }

  result(): string {
    return this.steps.join('\n');
  }
}

export const splitCompletionChangesNothing = equivalence({
  id: 'split-completion-changes-nothing',
  claim: 'With EOImode 1, EOIR and DIR together do what EOIR alone does with EOImode 0.',
  judges: [
    'dir-deactivates',
    'eoi-deactivates-in-mode-0',
    'eoi-drops-lowest-active-priority',
    'dir-keeps-the-active-priorities',
    'unlisted-dir-is-counted',
    'unlisted-eoi-is-counted',
    'virtual-deactivation-deactivates-the-physical-interrupt',
  ],
  needs: ['reply', 'listRegister', 'interface', 'physical'],
  profiles: ['kvm', 'arch'],
  scenario: {
    name: 'one interrupt is completed',
    events: [
      { kind: 'raise', wire: 'p40' },
      { kind: 'hostIrq', pcpu: 0 },
      { kind: 'enter', vcpu: 0 },
      { kind: 'iar', vcpu: 0 },
      { kind: 'eoir', vcpu: 0 },
      { kind: 'exit', vcpu: 0 },
    ],
  },
  variant({ config, events }) {
    if (config.eoiMode !== 0 || events.some(({ kind }) => kind === 'eoiMode')) return undefined;
    // Only one interrupt is ever dropped and not deactivated, so all other writes to GICV_DIR are skipped.
    const split = events.flatMap((event): readonly VgicEvent[] => {
      if (event.kind === 'dir') return [];
      if (event.kind !== 'eoir') return [event];
      const { vcpu } = event;
      return [event, ...virtualInterrupts.map(({ intid }): VgicEvent => ({ kind: 'dir', vcpu, intid: intid as 0 }))];
    });
    return { config: { ...config, eoiMode: 1 }, events: split };
  },
  project: AllButTheMode,
});
