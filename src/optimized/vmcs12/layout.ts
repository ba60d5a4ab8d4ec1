import { fieldNames, fieldsOf, type FieldGroup, type VmcsFieldName } from '../../../spec/vmcs12/fields.ts';
import { observation } from '../../../spec/vmcs12/observation.ts';
import { bndcfgs, fieldCount } from './field-numbers.ts';
import * as l1 from './registers-of-l1.ts';

type SectionName = keyof typeof observation;
const sectionNames = Object.keys(observation) as readonly SectionName[];
const size = (name: SectionName): number => Object.keys(observation[name].fields).length;

/** Words of the sections that tell what the event itself did, and where they begin. */
export const outcomeWord = 0;
export const valueWord = 1;
export const deliveryWords = size('step');
export const machineWords = deliveryWords + size('delivery');
export const outputWords = machineWords;

/** The sections that show fields, in order, between `machine` and `l1`. */
const groups = sectionNames.slice(sectionNames.indexOf('machine') + 1, sectionNames.indexOf('l1')) as FieldGroup[];

/** Where everything stands in the words of a configuration, with `mpx` or without. */
export class Layout {
  /** The field of each word that shows one, from {@link fieldWords} on; they end with those of the host-state area. */
  readonly fieldAt: Uint8Array;
  readonly fieldWords = machineWords + size('machine');
  /** Where exit information begins, and where the words after the VM-instruction error do. */
  readonly exitWords: number;
  readonly controlWords: number;
  readonly endOfFields: number;
  /** The word of each field. */
  readonly wordOf = new Uint16Array(fieldCount);
  readonly l1Words: number;
  /** Registers of L1 that are shown: without `mpx` the last one is not. */
  readonly l1Count: number;
  readonly sharedWords: number;
  readonly msrStoreWords: number;
  readonly l2Words: number;
  readonly wordCount: number;

  constructor(mpx: boolean) {
    const shown = groups.flatMap((group): readonly VmcsFieldName[] => fieldsOf(group));
    const numbers = shown.map((name) => fieldNames.indexOf(name)).filter((number) => mpx || number !== bndcfgs);
    this.fieldAt = Uint8Array.from(numbers);
    numbers.forEach((number, place) => (this.wordOf[number] = this.fieldWords + place));
    const start = (group: FieldGroup): number => this.wordOf[fieldNames.indexOf(fieldsOf(group)[0])];
    this.exitWords = start('exitInformation');
    this.controlWords = start('instructionError') + 1;
    this.endOfFields = this.fieldWords + numbers.length;
    this.l1Words = this.endOfFields;
    this.l1Count = mpx ? l1.count : l1.count - 1;
    this.sharedWords = this.l1Words + this.l1Count;
    this.msrStoreWords = this.sharedWords + size('shared') + size('sharedPerfGlobal');
    this.l2Words = this.msrStoreWords + size('msrStore');
    this.wordCount = this.l2Words + size('l2') + size('l2Optional');
  }
}

/** The two layouts that there are. */
export const withMpx = new Layout(true);
export const withoutMpx = new Layout(false);
