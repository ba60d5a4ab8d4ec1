import type { VgicEvent } from '../../../spec/vgic/alphabet.ts';
import { equivalence, type Projection } from '../equivalence.ts';
import type { Machine } from '../trace/machine.ts';

/** Everything but the layout: replies, software, the physical side, and the list registers field by field. */
class ApartFromTheLayout implements Projection {
  private readonly machine: Machine;
  private readonly steps: string[] = [];

  constructor(machine: Machine) {
    this.machine = machine;
  }

  step(event: VgicEvent): void {
    const { machine } = this;
    const { config } = machine;
    const words = [event.kind, machine.reply];
    for (let p = 0; p < config.pcpus; p++) {
      for (const field of ['hcr', 'apr', 'eisr', 'elrsr', 'misr', 'lines'] as const)
        words.push(machine.interface(p, field));
      for (const field of ['pending', 'active', 'masked', 'signalled'] as const) words.push(machine.physical(p, field));
      words.push(machine.priorityMask(p), machine.interface(p, 'vmcr') & 0x00ff_ffff);
      for (let n = 0; n < config.nrLr; n++) {
        words.push(
          machine.state(p, n),
          machine.intid(p, n),
          machine.priority(p, n),
          machine.group(p, n),
          machine.source(p, n),
        );
        words.push(machine.hw(p, n) ? machine.pIntId(p, n) : -1, machine.eoi(p, n) ? 1 : 0);
      }
    }
    for (let v = 0; v < config.vcpus; v++) {
      for (const field of ['enabled', 'pending', 'active'] as const) words.push(machine.distributor(v, field));
      for (const field of ['latch', 'line', 'listed', 'sources'] as const) words.push(machine.software(v, field));
    }
    this.steps.push(words.join());
  }

  result(): string {
    return this.steps.join('\n');
  }
}

export const encodingDoesNotMatter = equivalence({
  id: 'encoding-does-not-matter',
  claim: 'GICv2 and GICv3 list registers hold the same in another layout.',
  judges: [
    'ich-lr-layout',
    'gich-lr-layout',
    'ich-lr-holds-the-sgi-source-in-the-intid',
    'ich-vmcr-layout',
    'gich-vmcr-layout',
  ],
  needs: ['reply', 'listRegister', 'interface', 'physical', 'distributor', 'software'],
  scenario: {
    name: 'a mapped interrupt is acknowledged',
    events: [
      { kind: 'raise', wire: 'p40' },
      { kind: 'hostIrq', pcpu: 0 },
      { kind: 'enter', vcpu: 0 },
      { kind: 'iar', vcpu: 0 },
    ],
  },
  variant: ({ config, events }) => ({
    config: { ...config, encoding: config.encoding === 'gicv2' ? 'gicv3' : 'gicv2' },
    events,
  }),
  project: ApartFromTheLayout,
});
