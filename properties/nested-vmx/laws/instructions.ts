import type { NestedVmxEvent } from '../../../spec/nested-vmx/alphabet.ts';
import { isOpen, levelBits, pendingBits } from '../bits.ts';
import { law, Watch, type ClauseName, type Wrong } from '../law.ts';
import { byte } from '../sighted.ts';

/** What never completes, or is no instruction. */
const others: ReadonlySet<NestedVmxEvent['kind']> = new Set<NestedVmxEvent['kind']>([
  'l1Wait',
  'l1Enter',
  'l2Wait',
  'l2Vmcall',
  'l2InvalidOpcode',
  'l2Read',
]);
const completes = (kind: NestedVmxEvent['kind']): boolean =>
  (kind.startsWith('l1') || kind.startsWith('l2')) && !others.has(kind);

const { sti, movss } = levelBits;
const flag = levelBits.if;
const blocking = sti | movss;
const wraps = 0xff;

class Completes extends Watch {
  /** Instructions that L2 has completed since the entry. */
  private completed = 0;

  override step({ kind }: NestedVmxEvent): Wrong | undefined {
    const { sight } = this;
    if (sight.entry('outcome') === 1) this.completed = 0;
    const acted = sight.delivery('level') !== 0 || sight.exit('kind') !== 0 || sight.effects('processed') !== 0;
    if (acted || !completes(kind)) return undefined;
    this.moments++;
    const ofL2 = kind.startsWith('l2');
    const [before, now] = ofL2 ? [sight.before.l2, sight.now.l2] : [sight.before.l1, sight.now.l1];
    const wrong = flagsAfter(kind, before.flags, now.flags) ?? framesAfter(kind, before.frames, now.frames);
    if (wrong !== undefined || !ofL2) return wrong;
    this.completed = (this.completed + 1) & wraps;
    if (now.position !== this.completed) {
      const clause = 'emulated-instruction-is-an-instruction';
      return {
        clause,
        summary: `${kind} completes, and L2 stands at ${byte(now.position)} instead of +${this.completed}`,
      };
    }
    const armed = (sight.now.pending & pendingBits.mtf) !== 0;
    if (armed === sight.has('monitorTrapFlag')) return undefined;
    const clause = 'mtf-exits-after-each-instruction';
    return { clause, summary: `${kind} completes, and ${armed ? 'an' : 'no'} MTF exit is pending` };
  }
}

function flagsAfter(kind: NestedVmxEvent['kind'], before: number, now: number): Wrong | undefined {
  const name = kind.slice(2);
  const shadow = name === 'MovSs' ? movss : name === 'Sti' && (before & flag) === 0 ? sti : 0;
  if ((now & blocking) !== shadow) {
    const clause: ClauseName = name === 'Sti' ? 'interrupt-after-the-first-opening' : 'mov-ss-blocks-one-instruction';
    return { clause, summary: `${kind} leaves blocking ${byte((now & blocking) >> 2)}` };
  }
  if (name === 'Iret') return undefined;
  const expected = name === 'Sti' ? flag : name === 'Cli' ? 0 : before & flag;
  return (now & flag) === expected ? undefined : `${kind} leaves IF ${isOpen(now) ? 1 : 0}`;
}

/** The IF that an IRET brings is that of a frame, which only the delivery showed. */
function framesAfter(kind: NestedVmxEvent['kind'], before: number, now: number): Wrong | undefined {
  const expected = kind.endsWith('Iret') ? Math.max(0, before - 1) : before;
  if (now === expected) return undefined;
  const clause = 'delivery-clears-if-and-iret-restores-it';
  return { clause, summary: `${kind} leaves ${now} interrupted contexts of ${before}` };
}

class ReturnedFlags extends Watch {
  /** RFLAGS.IF of the frames of each level, the last one last. */
  private readonly pushed: [number[], number[]] = [[], []];

  override step({ kind }: NestedVmxEvent): string | undefined {
    const { sight, pushed } = this;
    if (sight.exit('kind') !== 0) pushed[0] = [];
    const to = sight.delivery('level');
    if (to !== 0) {
      const frames = pushed[to === 1 ? 0 : 1];
      frames.push(sight.delivery('interrupts'));
      if (frames.length > 4) frames.shift();
      return undefined;
    }
    if (sight.entry('outcome') === 1) pushed[0] = [];
    const returns = kind === 'l1Iret' || kind === 'l2Iret';
    if (!returns || sight.exit('kind') !== 0 || sight.effects('processed') !== 0) return undefined;
    const of = kind === 'l1Iret' ? 0 : 1;
    const level = of === 0 ? sight.now.l1 : sight.now.l2;
    const interrupts = pushed[of].pop();
    if (interrupts === undefined) return undefined;
    this.moments++;
    const is = (level.flags & flag) >> 1;
    return is === interrupts ? undefined : `${kind} brings IF ${is}, and ${interrupts} was pushed`;
  }
}

const scenario = {
  name: 'an injected event, and an IRET from its handler between instructions with blocking',
  events: [
    { kind: 'l1Inject', event: 'invalidOpcode' },
    { kind: 'l1Enter' },
    { kind: 'l2MovSs' },
    { kind: 'l2Nop' },
    { kind: 'l2Iret' },
    { kind: 'l2Cli' },
    { kind: 'l2Sti' },
  ],
} as const;

/** What instructions do where nothing comes between, whoever executes them. */
export const instructions = [
  law({
    id: 'instructions-complete',
    claim: 'An instruction that no boundary stopped moves the position, ends blocking or sets its own, and arms MTF.',
    judges: [
      'interrupt-after-the-first-opening',
      'mov-ss-blocks-one-instruction',
      'mtf-exits-after-each-instruction',
      'delivery-clears-if-and-iret-restores-it',
    ],
    needs: ['entry', 'delivery', 'exit', 'effects', 'levels', 'pending'],
    scenario,
    watch: Completes,
  }),
  law({
    id: 'iret-brings-what-was-pushed',
    claim: 'IRET brings the IF that the delivery pushed.',
    judges: ['delivery-clears-if-and-iret-restores-it'],
    needs: ['entry', 'delivery', 'exit', 'effects', 'levels'],
    scenario,
    watch: ReturnedFlags,
  }),
];
