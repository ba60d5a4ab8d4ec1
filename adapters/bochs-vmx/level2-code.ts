/** Little-endian bytes of a number. */
function bytes(value: number | bigint, count: number): number[] {
  const wide = BigInt(value);
  return Array.from({ length: count }, (_, i) => Number((wide >> BigInt(8 * i)) & 0xffn));
}

/** MOV of a constant to EAX, ECX, EDX, or RAX. */
const loadEax = (value: number): number[] => [0xb8, ...bytes(value, 4)];
const loadEcx = (value: number): number[] => [0xb9, ...bytes(value, 4)];
const loadEdx = (value: number): number[] => [0xba, ...bytes(value, 4)];
const loadRax = (value: number | bigint): number[] => [0x48, 0xb8, ...bytes(value, 8)];

/**
 * Instructions of L2 as machine code for 64-bit mode. Those that need operands load them into RAX, RCX, RDX first, so
 * that one entry here may be several instructions; the named one is the last.
 */
export const level2Code = {
  nop: [0x90],
  cli: [0xfa],
  sti: [0xfb],
  hlt: [0xf4],
  pause: [0xf3, 0x90],
  /** IRETQ with whatever is on the stack. */
  iret: [0x48, 0xcf],
  /** IRETQ to the instruction behind it, RFLAGS as they are. */
  iretToNext: [
    [0x48, 0x89, 0xe1], // mov rcx, rsp
    [0x8c, 0xd0, 0x50, 0x51, 0x9c], // mov eax, ss; push rax; push rcx; pushf
    [0x8c, 0xc8, 0x50], // mov eax, cs; push rax
    [0x48, 0x8d, 0x05, 3, 0, 0, 0, 0x50], // lea rax, [rip + 3]; push rax
    [0x48, 0xcf],
  ].flat(),
  vmcall: [0x0f, 0x01, 0xc1],
  vmfunc: [0x0f, 0x01, 0xd4],
  cpuid: [0x0f, 0xa2],
  /** For ever. */
  loop: [0xeb, 0xfe],
  int3: [0xcc],
  int1: [0xf1],
  /** Only outside 64-bit mode. */
  into: [0xce],
  int: (vector: number): number[] => [0xcd, vector],
  ud2: [0x0f, 0x0b],
  /** #DE; its address is 2 bytes on. */
  divideByZero: [0x31, 0xc9, 0xf7, 0xf1],
  /** #GP(0) by a non-canonical address; its address is 10 bytes on. */
  generalProtection: [...loadRax(1n << 62n), 0x48, 0x8b, 0x00],
  /** MOV RAX, [address]: one instruction of 10 bytes. */
  load: (address: number | bigint): number[] => [0x48, 0xa1, ...bytes(address, 8)],
  /** MOV [address], RAX: one instruction of 10 bytes. */
  store: (address: number | bigint): number[] => [0x48, 0xa3, ...bytes(address, 8)],
  /** MOV SS; its address is 5 bytes on. */
  movSs: [...loadEax(0x10), 0x8e, 0xd0],
  /** POPF that sets or clears TF, after reading RFLAGS. */
  popfTf: (on: boolean): number[] => [
    0x9c,
    ...(on ? [0x48, 0x81, 0x0c, 0x24, ...bytes(0x100, 4)] : [0x48, 0x81, 0x24, 0x24, ...bytes(~0x100, 4)]),
    0x9d,
  ],
  movToCr0: (value: number): number[] => [...loadEax(value), 0x0f, 0x22, 0xc0],
  movToCr3: (value: number): number[] => [...loadEax(value), 0x0f, 0x22, 0xd8],
  movToCr4: (value: number): number[] => [...loadEax(value), 0x0f, 0x22, 0xe0],
  movToCr8: (value: number): number[] => [...loadEax(value), 0x44, 0x0f, 0x22, 0xc0],
  movToDr7: (value: number): number[] => [...loadEax(value), 0x0f, 0x23, 0xf8],
  movFromDr7: [0x0f, 0x21, 0xf8],
  clts: [0x0f, 0x06],
  lmsw: (value: number): number[] => [...loadEax(value), 0x0f, 0x01, 0xf0],
  /** 5 + 5 + 5 bytes of loads, then WRMSR. */
  wrmsr: (msr: number, value: number | bigint): number[] => [
    ...loadEcx(msr),
    ...loadEax(Number(BigInt.asUintN(32, BigInt(value)))),
    ...loadEdx(Number(BigInt.asUintN(32, BigInt(value) >> 32n))),
    0x0f,
    0x30,
  ],
  /** 5 bytes of load, then RDMSR. */
  rdmsr: (msr: number): number[] => [...loadEcx(msr), 0x0f, 0x32],
  out: (port: number): number[] => [0xe6, port],
  in: (port: number): number[] => [0xe4, port],
  lgdt: (address: number): number[] => [0x0f, 0x01, 0x14, 0x25, ...bytes(address, 4)],
  lidt: (address: number): number[] => [0x0f, 0x01, 0x1c, 0x25, ...bytes(address, 4)],
  /** MOV DS, AX with a selector; 5 bytes of load, then the instruction. */
  movDs: (selector: number): number[] => [...loadEax(selector), 0x8e, 0xd8],
} as const;
