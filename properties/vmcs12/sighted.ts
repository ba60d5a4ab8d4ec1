import type { Vmcs12Event } from '../../spec/vmcs12/alphabet.ts';
import type { Vmcs12Configuration } from '../../spec/vmcs12/configuration.ts';
import { fieldNames, fieldSpec, type VmcsFieldName } from '../../spec/vmcs12/fields.ts';
import { observation } from '../../spec/vmcs12/observation.ts';
import type { ControlBit } from '../../spec/vmcs12/universe.ts';
import type { Seen } from '../../src/engine/property.ts';
import { allDefined, defineByExit, type AtExit } from './definedness.ts';
import { controlPlaces, fieldNumbers, fieldPlaces, placeOf, words, type SectionName, type WordName } from './words.ts';

/** Outcomes of section `step`. */
export const outcome = {
  none: 0,
  succeed: 1,
  failInvalid: 2,
  failValid: 3,
  entered: 4,
  exited: 5,
  entryFailed: 6,
} as const;

/** What is seen of a VMCS, and of what else the law needs. */
type Words = Uint32Array;

/** What follows from the sections that are needed. */
interface Extent {
  readonly reads: readonly (readonly [place: number, section: string, field: string])[];
  readonly fields: readonly number[];
  readonly knowsDefinedness: boolean;
}

const extents = new WeakMap<readonly SectionName[], Map<boolean, Extent>>();

/** Worked out once for each list of sections. */
function extentOf(needs: readonly SectionName[], config: Vmcs12Configuration): Extent {
  const byMpx = extents.get(needs) ?? new Map<boolean, Extent>();
  extents.set(needs, byMpx);
  const known = byMpx.get(config.mpx);
  if (known !== undefined) return known;
  const shown = new Set<string>(needs.filter((section) => observation[section].count(config) > 0));
  const extent: Extent = {
    reads: words.flatMap(([section, field], place) => (shown.has(section) ? [[place, section, field] as const] : [])),
    fields: fieldNames.flatMap((name, number) => (shown.has(fieldSpec(name).group) ? [number] : [])),
    knowsDefinedness: basis.every((section) => shown.has(section)),
  };
  byMpx.set(config.mpx, extent);
  return extent;
}

/** The sections that definedness follows from. */
const basis: readonly SectionName[] = ['step', 'machine', 'registers', 'segments', 'exitInformation', 'controls'];

const ia32eModeGuest = 1 << controlPlaces.ia32eModeGuest.bit;

/** What a law looks at: the implementation's own words, now and after the event before, and which bits are defined. */
export class Sighted implements AtExit {
  readonly config: Vmcs12Configuration;
  readonly now: Words = new Uint32Array(words.length);
  readonly before: Words = new Uint32Array(words.length);
  /** Numbers of the fields of the VMCS that the law needs. */
  readonly fields: readonly number[];
  /** The first event has not been followed: `before` is not known. */
  isFirst = true;
  /** Definedness of the fields of each VMCS. */
  private readonly masks = [allDefined(), allDefined()] as const;
  private readonly reads: Extent['reads'];
  /** The law needs what definedness follows from. */
  private readonly knowsDefinedness: boolean;

  constructor(config: Vmcs12Configuration, needs: readonly SectionName[]) {
    this.config = config;
    const { reads, fields, knowsDefinedness } = extentOf(needs, config);
    this.reads = reads;
    this.fields = fields;
    this.knowsDefinedness = knowsDefinedness;
  }

  look(seen: Seen, event: Vmcs12Event): void {
    const { now, reads, knowsDefinedness } = this;
    for (const [place, section, field] of reads) now[place] = seen.get(section, 0, field);
    if (!knowsDefinedness || this.slot < 0) return;
    const masks = this.masks[this.slot]!;
    if (this.outcome === outcome.exited) defineByExit(this, masks);
    else if (this.outcome === outcome.succeed) this.defineByWrite(event, masks);
    else if (this.outcome === outcome.entryFailed) this.define(masks, 'exitReason', 'exitQualification');
  }

  /** What is now is what was before the next event. */
  keep(): void {
    this.before.set(this.now);
    this.isFirst = false;
  }

  get outcome(): number {
    return this.now[placeOf('step.outcome')]!;
  }

  /** Slot of the current VMCS; -1 without one. */
  get slot(): number {
    return this.now[placeOf('machine.current')]! - 1;
  }

  word(name: WordName): number {
    return this.now[placeOf(name)]!;
  }

  was(name: WordName): number {
    return this.before[placeOf(name)]!;
  }

  field(name: VmcsFieldName): number {
    return this.now[fieldPlaces[fieldNumbers[name]]!]!;
  }

  fieldBefore(name: VmcsFieldName): number {
    return this.before[fieldPlaces[fieldNumbers[name]]!]!;
  }

  /** Whether a control of the current VMCS is 1. */
  has(control: ControlBit): boolean {
    const { field, bit } = controlPlaces[control];
    return ((this.field(field) >>> bit) & 1) !== 0;
  }

  /** Whether a control of the VMCS was 1 before the event. */
  had(control: ControlBit): boolean {
    const { field, bit } = controlPlaces[control];
    return ((this.fieldBefore(field) >>> bit) & 1) !== 0;
  }

  /** The bits of a field of the current VMCS that are defined. */
  defined(number: number): number {
    return this.slot < 0 ? 0xffff_ffff : this.masks[this.slot]![number]!;
  }

  /** The same by name. */
  definedOf(name: VmcsFieldName): number {
    return this.defined(fieldNumbers[name]);
  }

  /** Name of the first field that is needed, is not excepted, and has changed in a defined bit. */
  changed(isExcepted: (name: VmcsFieldName) => boolean = () => false): VmcsFieldName | undefined {
    const { now, before, fields } = this;
    for (const number of fields) {
      const place = fieldPlaces[number]!;
      if (((now[place]! ^ before[place]!) & this.defined(number)) === 0) continue;
      const name = fieldNames[number]!;
      if (!isExcepted(name)) return name;
    }
    return undefined;
  }

  get iretBitIsOpen(): boolean {
    return this.has('nmiExiting') && !this.has('virtualNmis');
  }

  get ept(): boolean {
    return this.has('ept');
  }

  get lma(): boolean | undefined {
    if (!this.config.savesEferLma) return undefined;
    return (this.field('entryControls') & ia32eModeGuest) !== 0;
  }

  private defineByWrite(event: Vmcs12Event, masks: Uint32Array): void {
    if ('field' in event && event.kind !== 'vmread') this.define(masks, event.field);
  }

  private define(masks: Uint32Array, ...names: readonly VmcsFieldName[]): void {
    for (const name of names) masks[fieldNumbers[name]] = 0xffff_ffff;
  }
}
