import type { VmcsFieldName } from '../../../spec/vmcs12/fields.ts';
import type { ControlBit } from '../../../spec/vmcs12/universe.ts';
import { exitReasons } from '../../../spec/vmx/exit-reasons.ts';
import { bits } from '../../../model/vmcs12/index.ts';
import type { Vmcs12Event } from '../../../spec/vmcs12/alphabet.ts';
import type { WordName } from '../words.ts';
import { hex, law, Watch, type ClauseName, type Wrong } from '../law.ts';
import { outcome, type Sighted } from '../sighted.ts';

/** Exits before which the event itself has changed nothing of L2. */
const plain: ReadonlySet<number> = new Set([
  exitReasons.externalInterrupt,
  exitReasons.init,
  exitReasons.cpuid,
  exitReasons.hlt,
  exitReasons.vmcall,
  exitReasons.crAccess,
  exitReasons.drAccess,
  exitReasons.ioInstruction,
  exitReasons.rdmsr,
  exitReasons.wrmsr,
]);

/** An exit by which L2 is saved as it was seen before the event. */
export const isPlainExit = (sight: Sighted): boolean =>
  sight.outcome === outcome.exited && sight.was('machine.level') === 2 && plain.has(sight.field('exitReason'));

type Pair = readonly [field: VmcsFieldName, word: WordName, clause: ClauseName, gate?: ControlBit];

const pairs: readonly Pair[] = [
  ['cr3', 'l2.cr3', 'cr3-is-always-saved'],
  ['rsp', 'l2.rsp', 'rsp-and-rflags-are-saved'],
  ['rip', 'l2.rip', 'rip-of-an-instruction-that-exits'],
  ['csSelector', 'l2.cs', 'usable-segments-are-saved-whole'],
  ['ssSelector', 'l2.ss', 'usable-segments-are-saved-whole'],
  ['dsSelector', 'l2.ds', 'usable-segments-are-saved-whole'],
  ['fsSelector', 'l2.fs', 'usable-segments-are-saved-whole'],
  ['ldtrSelector', 'l2.ldtr', 'usable-segments-are-saved-whole'],
  ['fsBase', 'l2.fsBase', 'base-of-unusable-fs-is-saved'],
  ['gdtrBase', 'l2.gdtrBase', 'descriptor-tables-are-saved'],
  ['gdtrLimit', 'l2.gdtrLimit', 'descriptor-tables-are-saved'],
  ['idtrBase', 'l2.idtrBase', 'descriptor-tables-are-saved'],
  ['idtrLimit', 'l2.idtrLimit', 'descriptor-tables-are-saved'],
  ['sysenterCs', 'l2.sysenterCs', 'sysenter-is-always-saved'],
  ['sysenterEsp', 'l2.sysenterEsp', 'sysenter-is-always-saved'],
  ['pat', 'l2.pat', 'pat-is-saved-by-the-exit-control', 'savePat'],
  ['efer', 'l2.efer', 'efer-is-saved-by-the-exit-control', 'saveEfer'],
  ['dr7', 'l2.dr7', 'dr7-is-saved-with-debug-controls', 'saveDebugControls'],
  ['activity', 'l2.activity', 'activity-is-that-before-the-exit'],
  ['interruptibility', 'l2.blocking', 'shadow-is-saved-as-before-the-exit'],
];

const optionalPairs: readonly Pair[] = [
  ['debugctl', 'l2Optional.debugctl', 'debugctl-is-saved-with-debug-controls', 'saveDebugControls'],
  ['timerValue', 'l2Optional.timer', 'timer-is-saved-by-the-exit-control', 'saveTimer'],
  ['pendingDebug', 'l2Optional.pendingDebug', 'pending-debug-in-a-mov-ss-shadow'],
  ['interruptStatus', 'l2.rviSvi', 'interrupt-status-is-saved-as-held', 'virtualInterruptDelivery'],
];

const firstOf = (list: readonly Pair[], ...more: readonly ClauseName[]): [ClauseName, ...ClauseName[]] => {
  const [first, ...rest] = [...new Set([...list.map(([, , clause]) => clause), ...more])];
  return [first!, ...rest];
};

/** The first field that is not what L2 had. */
function unlike(sight: Sighted, list: readonly Pair[]): Wrong | undefined {
  for (const [field, word, clause, gate] of list) {
    if (gate !== undefined && !sight.has(gate)) continue;
    const found = sight.field(field);
    const had = sight.was(word);
    if (found !== had) return { clause, summary: `${field} is saved as ${hex(found)}, and L2 had ${hex(had)}` };
  }
  return undefined;
}

const segments = ['ss', 'ds', 'fs', 'ldtr'] as const;

class Saved extends Watch {
  override step(): Wrong | undefined {
    const { sight } = this;
    if (!isPlainExit(sight)) return undefined;
    this.moments++;
    const flags = (sight.field('rflags') & ~bits.rflags.rf) >>> 0;
    if (flags !== sight.was('l2.rflags')) {
      return { clause: 'rsp-and-rflags-are-saved', summary: `RFLAGS is saved as ${hex(flags)}` };
    }
    for (const [bit, segment] of segments.entries()) {
      const usable = (sight.field(`${segment}AccessRights`) & bits.accessRights.unusable) === 0;
      if (usable !== (((sight.was('l2.usable') >>> bit) & 1) !== 0)) {
        const clause = usable ? 'unusable-segment-keeps-its-selector' : 'usable-segments-are-saved-whole';
        return { clause, summary: `${segment} is saved as ${usable ? 'usable' : 'unusable'}` };
      }
    }
    return controlRegisters(sight) ?? unlike(sight, pairs);
  }
}

/** Outside L1's mask as L2 reads it, under it as the field was at the entry. */
function controlRegisters(sight: Sighted): Wrong | undefined {
  for (const register of ['cr0', 'cr4'] as const) {
    const found = sight.field(register);
    const mask = sight.field(`${register}Mask`);
    if ((found ^ sight.was(`l2.${register}`)) & ~mask) {
      return { clause: `${register}-is-what-l2-left`, summary: `${register} is saved as ${hex(found)}` };
    }
    if ((found ^ sight.fieldBefore(register)) & mask) {
      return { clause: `${register}-bits-of-l1-mask-come-back`, summary: `${register} is saved as ${hex(found)}` };
    }
  }
  return undefined;
}

class OptionalSaved extends Watch {
  override step(): Wrong | undefined {
    const { sight } = this;
    if (!isPlainExit(sight)) return undefined;
    this.moments++;
    if (sight.config.mpx && sight.field('bndcfgs') !== sight.was('l2Optional.bndcfgs')) {
      return { clause: 'bndcfgs-is-always-saved', summary: `BNDCFGS is saved as ${hex(sight.field('bndcfgs'))}` };
    }
    return unlike(sight, optionalPairs);
  }
}

class ReadShadows extends Watch {
  override step(_: Vmcs12Event): Wrong | undefined {
    const { sight } = this;
    if (sight.word('machine.level') !== 2) return undefined;
    for (const register of ['cr0', 'cr4'] as const) {
      const mask = sight.field(`${register}Mask`);
      if (mask !== 0) this.moments++;
      const differs = (sight.word(`l2.${register}`) ^ sight.field(`${register}Shadow`)) & mask;
      if (differs !== 0) return `L2 reads ${register} ${hex(sight.word(`l2.${register}`))}, not the read shadow`;
    }
    return undefined;
  }
}

export const saved = [
  law({
    id: 'exit-saves-what-l2-had',
    claim: 'An exit before which nothing happened saves what L2 saw of itself, by the controls of the exit alone.',
    judges: firstOf(
      pairs,
      'unusable-segment-keeps-its-selector',
      'cr0-is-what-l2-left',
      'cr4-is-what-l2-left',
      'cr0-bits-of-l1-mask-come-back',
      'cr4-bits-of-l1-mask-come-back',
      'rip-of-a-halted-guest',
      'state-survives-the-round-trip',
    ),
    needs: [
      'step',
      'machine',
      'controls',
      'masks',
      'registers',
      'segments',
      'tables',
      'msrs',
      'nonRegister',
      'exitInformation',
      'l2',
    ],
    scenario: {
      name: 'L2 changes registers with TS under the mask of L1',
      events: [
        { kind: 'vmwriteControl', field: 'cr0Mask', value: 1 },
        { kind: 'control', bit: 'savePat', on: true },
        { kind: 'enter', by: 'right' },
        { kind: 'movCr0', value: 0x8000_0033 },
        { kind: 'wrmsr', msr: 'pat', value: 1 },
        { kind: 'sti' },
        { kind: 'vmcall' },
      ],
    },
    watch: Saved,
  }),
  law({
    id: 'exit-saves-optional-state',
    claim: 'The same of state that not every processor has.',
    judges: firstOf(optionalPairs, 'bndcfgs-is-always-saved'),
    needs: [
      'step',
      'machine',
      'controls',
      'debugctl',
      'bndcfgs',
      'timer',
      'pendingDebug',
      'interruptStatus',
      'exitInformation',
      'l2',
      'l2Optional',
    ],
    scenario: {
      name: 'L2 writes DEBUGCTL and BNDCFGS, and the timer ticks',
      events: [
        { kind: 'control', bit: 'saveDebugControls', on: true },
        { kind: 'controlOptional', bit: 'preemptionTimer', on: true },
        { kind: 'controlOptional', bit: 'saveTimer', on: true },
        { kind: 'enter', by: 'right' },
        { kind: 'wrmsrOptional', msr: 'debugctl', value: 1 },
        { kind: 'wrmsrOptional', msr: 'bndcfgs', value: 2 },
        { kind: 'tick' },
        { kind: 'vmcall' },
      ],
    },
    watch: OptionalSaved,
  }),
  law({
    id: 'l2-reads-the-shadows-of-l1',
    claim: 'Under the masks of L1 the CR0 and CR4 that L2 reads are the read shadows of L1.',
    judges: ['l2-reads-the-shadow-under-the-mask'],
    needs: ['machine', 'masks', 'l2'],
    scenario: {
      name: 'L2 sets TS, which L1 masks, to what the shadow has',
      events: [
        { kind: 'vmwriteControl', field: 'cr0Mask', value: 1 },
        { kind: 'vmwriteControl', field: 'cr0Shadow', value: 1 },
        { kind: 'enter', by: 'right' },
        { kind: 'movCr0', value: 0x8001_003b },
      ],
    },
    watch: ReadShadows,
  }),
];
