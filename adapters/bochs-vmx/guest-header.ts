import * as layout from './guest-layout.ts';
import { idtVectoringActions, idtVectoringArguments, idtVectoringWords } from './idt-vectoring/layout.ts';
import { vmcs12Actions, vmcs12Entry, vmcs12Layout, vmcs12Scratch } from './vmcs12/layout.ts';

const upper = (name: string): string => name.replace(/([a-z0-9])([A-Z])/g, '$1_$2').toUpperCase();

/** Names and numbers that the sources of the guest need, from {@link layout}. */
function constants(): readonly (readonly [name: string, value: number])[] {
  const groups: readonly (readonly [prefix: string, group: Readonly<Record<string, number>>])[] = [
    ['ADDRESS', layout.guestAddresses],
    ['HANDLER', layout.handlerPage],
    ['ACTION', layout.handlerActions],
    ['DRIVER', layout.driverPage],
    ['STAY', layout.staySlots],
    ['STAY', layout.stayDeviations],
    ['LEVEL1', layout.level1Instructions],
    ['SOURCE', layout.sourceKinds],
    ['REGISTER', layout.registers],
    ['OP', layout.operationCodes],
    ['ENTRY', layout.entryFlags],
    ['ANSWER', layout.answerTags],
    ['STATUS', layout.endStatuses],
    ['DISK', layout.diskLayout],
    ['SIGNAL', layout.signals],
    ['IDT_ACTION', idtVectoringActions],
    ['IDT_ARGUMENT', idtVectoringArguments],
    ['VMCS12', vmcs12Layout],
    ['VMCS12', vmcs12Scratch],
    ['VMCS12', vmcs12Actions],
    ['VMCS12', vmcs12Entry],
  ];
  return [
    ...groups.flatMap(([prefix, group]) =>
      Object.entries(group).map(([name, value]) => [`${prefix}_${upper(name)}`, value] as const),
    ),
    ...layout.arenaPages.map((page) => [`PAGE_${upper(page)}`, layout.pageAddress(page)] as const),
    ['ARENA_PAGES', layout.arenaPages.length],
    ['DEFAULT_FUEL', layout.defaultFuel],
    ['WATCH_CAPACITY', layout.watchCapacity],
    ['STACK_TOP', layout.stackTop],
    ['IDT_VECTORING_WORDS', idtVectoringWords.length],
    ['IDT_VECTORING_GUEST', idtVectoringWords.indexOf('rip')],
    ['IDT_VECTORING_CLIENT', idtVectoringWords.indexOf('clientReason')],
  ];
}

/** The layout as a C header. */
export const cHeader = (): string =>
  ['#pragma once', ...constants().map(([name, value]) => `#define ${name} 0x${value.toString(16)}u`), ''].join('\n');

/** The layout as an include of nasm. */
export const assemblerInclude = (): string =>
  [...constants().map(([name, value]) => `%define ${name} 0x${value.toString(16)}`), ''].join('\n');
