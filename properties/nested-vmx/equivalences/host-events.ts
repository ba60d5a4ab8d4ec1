import type { NestedVmxEvent } from '../../../spec/nested-vmx/alphabet.ts';
import { equivalence, type NestedVmxEquivalence, type Side } from '../equivalence.ts';
import type { ClauseName } from '../law.ts';
import { everySection } from './nested-is-bare.ts';
import { WholeTrace } from './trace.ts';

type Pick = (n: number) => number;

/** Puts events of L0 before the events of a sequence: before each, or before every second one or so. */
const inserted =
  (hosts: readonly NestedVmxEvent[]) =>
  ({ config, events }: Side, pick: Pick): Side => {
    const share = 1 + pick(3);
    const more = events.flatMap((event) => (pick(share) === 0 ? [hosts[pick(hosts.length)]!, event] : [event]));
    return { config, events: more };
  };

const scenario: NestedVmxEquivalence['scenario'] = {
  name: 'an interrupt that waits for L1 behind an injected event, and an NMI behind it',
  events: [
    { kind: 'interrupt', vector: 0x31 },
    { kind: 'l1Inject', event: 'softwareInterrupt' },
    { kind: 'l1Enter' },
    { kind: 'l2MovSs' },
    { kind: 'nmi' },
    { kind: 'l1Sti' },
    { kind: 'l1Nop' },
    { kind: 'l1Iret' },
    { kind: 'l1Eoi' },
  ],
};

const insertion = (
  id: string,
  claim: string,
  judges: readonly [ClauseName, ...ClauseName[]],
  hosts: readonly NestedVmxEvent[],
) =>
  equivalence({
    id,
    claim,
    judges,
    needs: everySection,
    profiles: ['nested'],
    scenario,
    variant: inserted(hosts),
    project: WholeTrace,
  });

/** NVMX-INJ-22: whatever L0 does between changes nothing, one thing that it does at a time. */
export const hostEvents = [
  insertion(
    'host-exits-change-nothing',
    'An exit that L0 handles, inserted anywhere, changes nothing.',
    ['host-exit-is-a-stutter'],
    [{ kind: 'hostExit' }],
  ),
  insertion(
    'looks-change-nothing',
    'What becomes pending after L0 has looked takes effect where it does without the look.',
    ['race-before-the-entry-is-closed', 'windows-are-armed-per-level'],
    [{ kind: 'hostLook' }],
  ),
  insertion(
    'windows-of-l0-change-nothing',
    "Windows that L0's own software asks for are nowhere seen.",
    ['host-window-is-no-interrupt', 'l0-window-is-not-reported', 'windows-are-armed-per-level'],
    [{ kind: 'hostWindow' }],
  ),
  insertion(
    'interrupted-deliveries-change-nothing',
    'A delivery that a violation of L0 interrupts is what it is without it.',
    ['in-flight-event-is-delivered-first', 'vectoring-of-l0-does-not-leak', 'events-of-l2-never-reach-l1'],
    [{ kind: 'hostTrap', on: 'delivery' }],
  ),
  insertion(
    'emulated-instructions-are-instructions',
    'An instruction that L0 emulates, or lets be executed again, does what it does by itself.',
    ['emulated-instruction-is-an-instruction'],
    [
      { kind: 'hostTrap', on: 'emulation' },
      { kind: 'hostTrap', on: 'instruction' },
    ],
  ),
  insertion(
    'migration-changes-nothing',
    'Saving and restoring the virtual CPU, or moving it, changes nothing.',
    ['migration-and-restore-keep-everything'],
    [{ kind: 'hostSaveRestore' }, { kind: 'hostMigrate' }],
  ),
];
