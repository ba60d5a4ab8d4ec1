// L1's own processor state: descriptor tables, MSRs, local APIC, and their reset between sequences.
#include "machine.h"

#define X2APIC_TPR MSR_X2APIC(0x080)
#define X2APIC_EOI MSR_X2APIC(0x0b0)
#define X2APIC_SPURIOUS MSR_X2APIC(0x0f0)
#define X2APIC_ISR MSR_X2APIC(0x100)
#define X2APIC_IRR MSR_X2APIC(0x200)
#define X2APIC_TIMER MSR_X2APIC(0x320)
#define X2APIC_LINT0 MSR_X2APIC(0x350)
#define MASKED 0x10000
#define X2APIC_INITIAL_COUNT MSR_X2APIC(0x380)

static u8 gdt[0x40] __attribute__((aligned(16)));
static u8 tss[0x68] __attribute__((aligned(16)));
static u8 idt[0x1000] __attribute__((aligned(16)));

static const struct { u32 msr; u64 value; } msr_defaults[] = {
    {MSR_PAT, 0x0007040600070406}, {0x174, 0}, {0x175, 0}, {0x176, 0}, {0xc0000102, 0},
};

void processor_start(void) {
  struct { u16 limit; u64 base; } __attribute__((packed)) gdt_pointer = {sizeof gdt - 1, (u64)gdt},
                                                          idt_pointer = {sizeof idt - 1, (u64)idt};
  write_gdt_and_tss((u64)gdt, (u64)tss, 0, 0);
  write_idt((u64)idt, level1_stubs, 0);
  load_descriptors(&gdt_pointer, &idt_pointer);
  enable_wide_registers();
  wrmsr(MSR_APIC_BASE, rdmsr(MSR_APIC_BASE) | 0xc00);
  wrmsr(X2APIC_SPURIOUS, 0x1ff);
}

static u32 any_bit(u32 first_msr) {
  u32 bits = 0;
  for (u32 i = 0; i < 8; i++) bits |= (u32)rdmsr(first_msr + i);
  return bits;
}

// Both interrupt controllers from scratch, all lines masked; the interval timer with nothing to count.
static void reset_pic(void) {
  static const u8 writes[][2] = {{0x20, 0x11}, {0x21, 0x20}, {0x21, 4}, {0x21, 1}, {0x21, 0xff}, {0xa0, 0x11},
                                 {0xa1, 0x28}, {0xa1, 2},    {0xa1, 1}, {0xa1, 0xff}, {0x43, 0x30}};
  for (u32 i = 0; i < sizeof writes / sizeof writes[0]; i++) out8(writes[i][0], writes[i][1]);
}

int processor_reset(void) {
  iret_to_next(); // an NMI that was held back is taken here
  reset_pic();
  wrmsr(X2APIC_LINT0, MASKED);
  wrmsr(X2APIC_TIMER, MASKED);
  wrmsr(X2APIC_INITIAL_COUNT, 0);
  wrmsr(X2APIC_TPR, 0);
  for (u32 i = 0; any_bit(X2APIC_ISR) | any_bit(X2APIC_IRR); i++) {
    if (i == 600) return 0;
    wrmsr(X2APIC_EOI, 0);
    asm volatile("sti; nop; nop; cli" : : : "memory");
  }
  for (u32 i = 0; i < sizeof msr_defaults / sizeof msr_defaults[0]; i++)
    wrmsr(msr_defaults[i].msr, msr_defaults[i].value);
  asm volatile("mov %0, %%cr2; mov %0, %%dr0; mov %0, %%dr1; mov %0, %%dr2; mov %0, %%dr3" : : "r"(0ull));
  asm volatile("mov %0, %%dr6; mov %1, %%dr7" : : "r"(0xffff0ff0ull), "r"(0x400ull));
  clear_memory(general_registers, sizeof general_registers);
  arena_reset();
  invept_all();
  if (!vmcs_probe() || !vmcs_forget_events()) return 0;
  vmcs_reset();
  return 1;
}
