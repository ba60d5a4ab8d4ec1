// Segments, task state and gates: the same shape for both levels.
#include "machine.h"

// Selectors: 0x08 code and 0x10 data at CPL 0, 0x18 data and 0x20 code at CPL 3, 0x28 TSS, 0x38 32-bit code.
void write_gdt_and_tss(u64 gdt, u64 tss, u64 ring0_stack, u64 ist_stack) {
  u64 *entry = (u64 *)gdt;
  u32 *state = (u32 *)tss;
  entry[0] = 0;
  entry[1] = 0x00af9b000000ffff;
  entry[2] = 0x00cf93000000ffff;
  entry[3] = 0x00cff3000000ffff;
  entry[4] = 0x00affb000000ffff;
  entry[5] = 0x0000890000000067 | (tss & 0xffffff) << 16 | (tss >> 24 & 0xff) << 56;
  entry[6] = tss >> 32;
  entry[7] = 0x00cf9b000000ffff;
  clear_memory(state, 104);
  state[1] = (u32)ring0_stack;
  state[9] = (u32)ist_stack;
  state[25] = 104 << 16; // no I/O permission map
}

void write_idt(u64 idt, const u8 *stubs, u32 dpl) {
  for (u32 vector = 0; vector < 256; vector++) {
    u64 stub = (u64)stubs + 16 * vector;
    u64 *gate = (u64 *)(idt + 16 * vector);
    gate[0] = (stub & 0xffff) | 0x08 << 16 | (u64)(0x8e00 | dpl << 13) << 32 | (stub >> 16 & 0xffff) << 48;
    gate[1] = stub >> 32;
  }
}
