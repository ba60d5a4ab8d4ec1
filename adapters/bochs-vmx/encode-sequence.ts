import { entryFlags, level1Instructions, operationCodes, watchCapacity } from './guest-layout.ts';
import { idtVectoringActions } from './idt-vectoring/layout.ts';
import type { MachineSequence, Operation } from './operation.ts';
import { vmcs12Actions } from './vmcs12/layout.ts';

/** The byte-code of a sequence. */
export function encodeSequence({ watch, operations }: MachineSequence): Uint8Array {
  if (watch.length > watchCapacity) throw new RangeError(`a sequence can watch ${watchCapacity} places at most`);
  const code: number[] = [];
  if (watch.length > 0) {
    code.push(operationCodes.watch);
    encodeNumber(code, watch.length);
    for (const source of watch) encodeNumber(code, source);
  }
  for (const operation of operations) encodeOperation(code, operation);
  code.push(operationCodes.end);
  return Uint8Array.from(code);
}

function encodeOperation(code: number[], operation: Operation): void {
  switch (operation.kind) {
    case 'set':
      code.push(operationCodes.set);
      encodeNumber(code, operation.source);
      encodeNumber(code, operation.value);
      return;
    case 'get':
      code.push(operationCodes.get);
      encodeNumber(code, operation.source);
      return;
    case 'snapshot':
      code.push(operationCodes.snapshot);
      return;
    case 'enter':
      code.push(operationCodes.enter);
      encodeNumber(
        code,
        (operation.unwatched === true ? entryFlags.unwatched : 0) |
          (operation.by === undefined ? 0 : entryFlags[operation.by]),
      );
      return;
    case 'window':
      code.push(operationCodes.window);
      encodeNumber(code, operation.nops ?? 0);
      return;
    case 'interrupt-flag':
      code.push(operationCodes.interruptFlag, operation.on ? 1 : 0);
      return;
    case 'iret':
      code.push(operationCodes.iret);
      return;
    case 'copy':
      code.push(operationCodes.copy);
      encodeNumber(code, operation.address);
      encodeNumber(code, operation.bytes.length);
      for (const byte of operation.bytes) code.push(byte);
      return;
    case 'invept':
      code.push(operationCodes.invept);
      return;
    case 'vmclear':
    case 'vmptrld':
      code.push(operationCodes[operation.kind]);
      encodeNumber(code, operation.slot);
      return;
    case 'fuel':
      code.push(operationCodes.fuel);
      encodeNumber(code, operation.ticks);
      return;
    case 'drive':
      code.push(operationCodes.drive);
      return;
    case 'boundary':
      code.push(operationCodes.boundary, operation.stiBlocksNmi ? 1 : 0);
      encodePart(code, operation.instruction);
      return;
    case 'level1':
      code.push(operationCodes.level1, level1Instructions[operation.does]);
      return;
    case 'change':
      code.push(operationCodes.change);
      encodeNumber(code, operation.source);
      encodeNumber(code, operation.clear);
      encodeNumber(code, operation.set);
      return;
    case 'pend':
      code.push(operationCodes.pend);
      encodeNumber(code, operation.vector);
      return;
    case 'stay':
      code.push(operationCodes.stay);
      encodeNumber(code, operation.slots);
      return;
    case 'peek':
      code.push(operationCodes.peek);
      encodeNumber(code, operation.places);
      return;
    case 'vmcs12':
      code.push(operationCodes.vmcs12, vmcs12Actions[operation.action]);
      encodeNumber(code, operation.argument);
      return;
    case 'idtVectoring':
      code.push(operationCodes.idtVectoring, idtVectoringActions[operation.action]);
      encodeNumber(code, operation.argument);
      return;
    case 'outside':
      code.push(operationCodes.outside);
      encodePart(code, operation.operations);
      return;
  }
}

/** Operations that the hypervisor may skip, behind their length. */
function encodePart(code: number[], operations: readonly Operation[]): void {
  const part: number[] = [];
  for (const operation of operations) encodeOperation(part, operation);
  encodeNumber(code, part.length);
  for (const byte of part) code.push(byte);
}

/** LEB128; negative numbers stand for their 64-bit two's complement. */
function encodeNumber(code: number[], value: number | bigint): void {
  if (typeof value === 'number' && value >= 0) {
    let rest = value;
    for (; rest >= 0x80; rest = Math.floor(rest / 0x80)) code.push((rest % 0x80) | 0x80);
    code.push(rest);
    return;
  }
  let rest = BigInt.asUintN(64, BigInt(value));
  for (; rest >= 0x80n; rest >>= 7n) code.push(Number(rest & 0x7fn) | 0x80);
  code.push(Number(rest));
}
