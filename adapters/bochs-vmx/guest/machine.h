// Instructions that C has no words for, and what the files of the hypervisor share.
#pragma once
#include <stdint.h>
#include "layout.h"

typedef uint8_t u8;
typedef uint16_t u16;
typedef uint32_t u32;
typedef uint64_t u64;

#define MSR_FEATURE_CONTROL 0x3a
#define MSR_APIC_BASE 0x1b
#define MSR_PAT 0x277
#define MSR_EFER 0xc0000080u
#define MSR_X2APIC(offset) (0x800 + ((offset) >> 4))

static inline u64 rdmsr(u32 msr) {
  u32 low, high;
  asm volatile("rdmsr" : "=a"(low), "=d"(high) : "c"(msr) : "memory");
  return (u64)high << 32 | low;
}
static inline void wrmsr(u32 msr, u64 value) {
  asm volatile("wrmsr" : : "c"(msr), "a"((u32)value), "d"((u32)(value >> 32)) : "memory");
}
static inline void out8(u16 port, u8 value) { asm volatile("outb %0, %1" : : "a"(value), "d"(port)); }
static inline u8 in8(u16 port) {
  u8 value;
  asm volatile("inb %1, %0" : "=a"(value) : "d"(port));
  return value;
}

// VMX instructions answer 0, 1 (VMfailInvalid) or 2 (VMfailValid).
static inline u32 vmread(u64 field, u64 *value) {
  int invalid, valid;
  u64 result = 0;
  asm volatile("vmread %3, %0" : "+r"(result), "=@ccc"(invalid), "=@ccz"(valid) : "r"(field) : "memory");
  *value = result;
  return invalid ? 1 : valid ? 2 : 0;
}
static inline u32 vmwrite(u64 field, u64 value) {
  int invalid, valid;
  asm volatile("vmwrite %3, %2" : "=@ccc"(invalid), "=@ccz"(valid) : "r"(field), "r"(value) : "memory");
  return invalid ? 1 : valid ? 2 : 0;
}
#define VMX_ADDRESS_INSTRUCTION(name)                                                                       \
  static inline u32 name(u64 address) {                                                                     \
    int invalid, valid;                                                                                     \
    asm volatile(#name " %2" : "=@ccc"(invalid), "=@ccz"(valid) : "m"(address) : "memory");                \
    return invalid ? 1 : valid ? 2 : 0;                                                                     \
  }
VMX_ADDRESS_INSTRUCTION(vmxon)
VMX_ADDRESS_INSTRUCTION(vmclear)
VMX_ADDRESS_INSTRUCTION(vmptrld)
static inline u32 invept_all(void) {
  struct { u64 eptp, zero; } descriptor = {0, 0};
  int invalid, valid;
  asm volatile("invept %2, %3" : "=@ccc"(invalid), "=@ccz"(valid) : "m"(descriptor), "r"(2ull) : "memory");
  return invalid ? 1 : valid ? 2 : 0;
}

static inline void copy_memory(void *to, const void *from, u64 bytes) {
  asm volatile("rep movsb" : "+D"(to), "+S"(from), "+c"(bytes) : : "memory");
}
static inline void clear_memory(void *to, u64 bytes) {
  u64 count = bytes / 4;
  asm volatile("rep stosl" : "+D"(to), "+c"(count) : "a"(0) : "memory");
}

// entry.asm
extern u64 general_registers[16];
extern u8 entry_kind; // bits: 0 VMLAUNCH, 1 directly behind a MOV to SS
extern u8 level1_stubs[], level2_stubs[], leave_level2[], level2_return[], probe_code[], resume_code[], resume_code_end[];
extern u64 resume_address;
u32 enter_level2(void);
void enable_wide_registers(void);
void copy_pages(u64 to, u64 from, u64 count);
extern const u8 helper_code[], helper_code_end[];
void load_descriptors(const void *gdt_pointer, const void *idt_pointer);

// Ends blocking by NMI.
static inline void iret_to_next(void) {
  u64 scratch;
  asm volatile("mov %%ss, %0; push %0; lea 8(%%rsp), %0; push %0; pushf; mov %%cs, %0; push %0;"
               "lea 1f(%%rip), %0; push %0; iretq; 1: nop"
               : "=&r"(scratch) : : "memory");
}

// main.c
void give_up(const char *why) __attribute__((noreturn));

// disk.c
void disk_read(u32 sector, u32 count, void *to);
void disk_write(u32 sector, u32 count, const void *from);

// descriptors.c
void write_gdt_and_tss(u64 gdt, u64 tss, u64 ring0_stack, u64 ist_stack);
void write_idt(u64 idt, const u8 *stubs, u32 dpl);

// arena.c
void arena_create(void);
void arena_reset(void);

// vmcs.c
void vmx_start(void);
void vmcs_reset(void);
int vmcs_probe(void);
int vmcs_forget_events(void);
u32 vmcs_clear(u32 slot);
u32 vmcs_load(u32 slot);
// VMLAUNCH or VMRESUME by the launch state, or as the flags of `enter` say.
u32 vmcs_enter(u32 flags, u64 fuel);

// processor.c
void processor_start(void);
// Back to the state at the start of a sequence; 0 if that is impossible.
int processor_reset(void);

// interpreter.c
// Runs one sequence, answers where its answer ends.
u8 *interpret(const u8 *program, const u8 *program_end, u8 *answer, const u8 *answer_end, u32 *status);
void level1_event(u32 vector, u64 error_code, int has_error_code);

// driver.c
#define STAY_RECORDS 64
struct stay_record {
  u32 vector, has_error, error, slot, rip, interrupts;
};
extern u8 driver_runs;
extern struct stay_record stay_records[STAY_RECORDS];
extern u32 stay_record_count;
void driver_start(void);
void driver_event(u32 vector);
u32 driver_boundary(u32 sti_blocks_nmi);
void driver_instruction(u32 which);
void driver_pend(u32 vector);
u32 driver_stay(u32 end, u64 fuel, u32 *slot, u32 *inside, u32 *deviation);

// helper.c
void helper_start(void);
void helper_send_sipi(void);

// idt-vectoring.c
extern u64 idt_vectoring_words[IDT_VECTORING_WORDS];
int idt_vectoring_do(u32 action, u32 argument);

// vmcs12.c
u32 vmcs12_do(u32 action, u64 argument);
