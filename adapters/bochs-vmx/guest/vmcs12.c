// The machine of `vmcs12`: L1 arrives where its host-state fields say, and notes what it finds there.
#include "machine.h"

#define PAGE 0x1000
#define LARGE_PAGE 0x200000
#define MSR_FS_BASE 0xc0000100u
#define MSR_SYSENTER_CS 0x174
#define EFER_AT_RESET 0x500
#define FIELD_INTERRUPTIBILITY 0x4824
#define FIELD_ACTIVITY 0x4826
#define FIELD_PIN_CONTROLS 0x4000
#define FIELD_PROCESSOR_CONTROLS 0x4002
#define MSR_BITMAPS (1u << 28)
#define FIELD_SECONDARY_CONTROLS 0x401e
#define FIELD_ENTRY_INFORMATION 0x4016
#define FIELD_EXIT_REASON 0x4402
#define FIELD_TIMER 0x482e
#define FIELD_RSP 0x681c
#define FIELD_RIP 0x681e
#define FIELD_RFLAGS 0x6820
#define PIN_EXTERNAL_INTERRUPT 1
#define PIN_VIRTUAL_NMIS 0x20
#define PIN_TIMER 0x40
#define VIRTUAL_INTERRUPT_DELIVERY 0x200
#define FLAG_IF 0x200
#define FLAG_RF 0x10000
#define FIELD_MSR_BITMAP 0x2004
#define FIELD_APIC_ACCESS 0x2014
#define FIELD_EXIT_INFORMATION 0x4404
#define FIELD_VECTORING 0x4408
#define APIC_ACCESSES 1
#define REASON_EXCEPTION 0
#define REASON_EXTERNAL_INTERRUPT 1
#define REASON_EPT_VIOLATION 48
#define REASON_EPT_MISCONFIGURATION 49
#define NMI 0x202
#define TYPE_HARDWARE_EXCEPTION 3
#define BLOCKED_NMI 8
#define VALID (1ull << 31)
#define TYPE(information) ((information) >> 8 & 7)
#define TYPE_OTHER 7
#define ENTRY_FAILED (1ull << 31)
#define GDT_BYTES 0x40
#define GATE_TYPE 0x8e
#define NO_TYPE 0x80
#define GENERAL_PROTECTION 13
#define PAGE_FAULT 14
#define EPT_LINK 7
#define EPT_PAGE 0x37
#define EPT_LARGE_PAGE 0xb7

static u8 launched[2];
static u32 current;
static u8 is_made, virtual_nmi_may_be_blocked, stack_is_apic_page;

struct record {
  u64 vector_and_rsp, stack[6], cr2;
};
#define ARRIVED ((volatile u64 *)(u64)VMCS12_ARRIVED)
#define SCRATCH(offset) (*(volatile u64 *)(u64)(VMCS12_SCRATCH + (offset)))
#define RECORDS ((struct record *)(u64)(VMCS12_SCRATCH + VMCS12_RECORDS))

u64 vmcs12_level1_rsp;
extern u8 vmcs12_arrival[], vmcs12_arrival_end[], vmcs12_handler[], vmcs12_eoi[], vmcs12_go_on[];
u32 vmcs12_enter(u32 kind);

// Handlers of L2 change no flag and leave RSP, both of which are looked at. RAX has the vector.
__attribute__((naked, used)) static void assembly(void) {
  asm volatile(
        "vmcs12_handler:\n"
        "  mov %c[scratch]+%c[pointer], %%rdx\n"
        "  lea 64(%%rdx), %%rcx\n"
        "  mov %%rcx, %c[scratch]+%c[pointer]\n"
        "  mov %%eax, (%%rdx)\n"
        "  mov %%esp, 4(%%rdx)\n"
        "  mov (%%rsp), %%rcx\n"
        "  mov %%rcx, 8(%%rdx)\n"
        "  mov 8(%%rsp), %%rcx\n"
        "  mov %%rcx, 16(%%rdx)\n"
        "  mov 16(%%rsp), %%rcx\n"
        "  mov %%rcx, 24(%%rdx)\n"
        "  mov 24(%%rsp), %%rcx\n"
        "  mov %%rcx, 32(%%rdx)\n"
        "  mov 32(%%rsp), %%rcx\n"
        "  mov %%rcx, 40(%%rdx)\n"
        "  mov 40(%%rsp), %%rcx\n"
        "  mov %%rcx, 48(%%rdx)\n"
        "  mov %%cr2, %%rcx\n"
        "  mov %%rcx, 56(%%rdx)\n"
        ".irp offset, 0, 0x800\n"
        ".irp vector, 0x01, 0x02, 0x03, 0x06, 0x20, 0x21, 0x31\n"
        "  movb $%c[gate], %c[idt] + \\offset + 16 * \\vector + 5\n"
        ".endr\n"
        ".endr\n"
        "  jmp *%c[scratch]+%c[ending]\n"
        "vmcs12_eoi:\n"
        "  mov $0x80b, %%ecx\n"
        "  mov $0, %%eax\n"
        "  mov $0, %%edx\n"
        "  wrmsr\n"
        "vmcs12_go_on:\n"
        "  jmp *%c[scratch]+%c[next]\n"
        // Copied to the addresses that HOST_RIP can have.
        "vmcs12_arrival:\n"
        "  lea 0(%%rip), %%rax\n"
        ".set vmcs12_arrival_lea, . - vmcs12_arrival\n"
        "  mov $vmcs12_arrive, %%rcx\n"
        "  jmp *%%rcx\n"
        "vmcs12_arrival_end:\n"
        "vmcs12_arrive:\n"
        "  lea -vmcs12_arrival_lea(%%rax), %%rax\n"
        "  mov %%rax, %c[arrived]\n"
        "  mov %%rsp, %c[arrived]+8\n"
        "  mov %%cs, %%eax\n"
        "  mov %%rax, %c[arrived]+56\n"
        "  pushf\n"
        "  pop %%rax\n"
        "  mov %%rax, %c[arrived]+16\n"
        "  mov vmcs12_level1_rsp, %%rsp\n"
        "  push $0x08\n"
        "  push $1f\n"
        "  lretq\n"
        "1: xor %%eax, %%eax\n"
        "  jmp 3f\n"
        // u32 vmcs12_enter(kind: 0 VMRESUME, 1 VMLAUNCH, 2, 3 the same behind MOV to SS)
        ".globl vmcs12_enter\n"
        "vmcs12_enter:\n"
        "  push %%rbx\n  push %%rbp\n  push %%r12\n  push %%r13\n  push %%r14\n  push %%r15\n"
        "  mov %%rsp, vmcs12_level1_rsp\n"
        "  mov %%edi, %%r8d\n"
        "  mov general_registers, %%rax\n"
        "  mov general_registers+8, %%rcx\n"
        "  mov general_registers+16, %%rdx\n"
        "  mov general_registers+24, %%rbx\n"
        "  mov general_registers+40, %%rbp\n"
        "  mov general_registers+48, %%rsi\n"
        "  mov general_registers+56, %%rdi\n"
        "  mov %%ss, %%r9d\n"
        "  cmp $1, %%r8d\n"
        "  je 5f\n"
        "  ja 6f\n"
        "  vmresume\n  jmp 2f\n"
        "5: vmlaunch\n  jmp 2f\n"
        "6: cmp $3, %%r8d\n"
        "  je 7f\n"
        "  mov %%r9d, %%ss\n  vmresume\n  jmp 2f\n"
        "7: mov %%r9d, %%ss\n  vmlaunch\n"
        "2: mov $1, %%eax\n  jc 3f\n  mov $2, %%eax\n"
        "3: pop %%r15\n  pop %%r14\n  pop %%r13\n  pop %%r12\n  pop %%rbp\n  pop %%rbx\n"
        "  ret\n"
        : : [scratch] "i"(VMCS12_SCRATCH), [pointer] "i"(VMCS12_RECORD_POINTER), [ending] "i"(VMCS12_ENDING),
          [next] "i"(VMCS12_NEXT), [idt] "i"(VMCS12_IDT), [arrived] "i"(VMCS12_ARRIVED), [gate] "i"(GATE_TYPE));
}

static u64 field(u32 encoding) {
  u64 value = 0;
  vmread(encoding, &value);
  return value;
}

static void set_gates(u8 type) {
  for (u32 base = VMCS12_IDT; base <= VMCS12_IDT + 0x800; base += 0x800)
    for (u32 vector = 0; vector < 64; vector++)
      if (vector != GENERAL_PROTECTION && vector != PAGE_FAULT) *(volatile u8 *)(u64)(base + 16 * vector + 5) = type;
}

static void set_page(u32 page, u64 rights) {
  ((volatile u64 *)(u64)VMCS12_EPT_TABLE)[page / PAGE] = rights ? page | 0x30 | rights : 0;
}

static void obstruct(u32 how) {
  stack_is_apic_page = how == 4;
  set_page(VMCS12_IDT, how == 1 ? 0 : how == 2 ? 2 : 7);
  set_gates(how == 3 ? NO_TYPE : GATE_TYPE);
  invept_all();
}

static void make_gates(u64 base) {
  for (u32 vector = 0; vector < 64; vector++) {
    volatile u64 *gate = (volatile u64 *)(base + 16 * vector);
    u64 stub = VMCS12_HANDLERS + 16 * vector;
    gate[0] = (stub & 0xffff) | 0x08 << 16 | (u64)GATE_TYPE << 40 | (stub >> 16) << 48;
    gate[1] = 0;
  }
}

static void make_gdt(u64 base) {
  volatile u64 *entry = (volatile u64 *)base;
  entry[1] = 0x00af9b000000ffff;
  entry[2] = 0x00cf93000000ffff;
  entry[3] = 0x00cf9b000000ffff;
  entry[4] = 0x00c093005000 << 16 | 0x00ff;
  entry[5] = 0x0000820050000000 | 0xffff;
  entry[6] = 0;
}

static void make_stub(u32 vector) {
  volatile u8 *code = (volatile u8 *)(u64)(VMCS12_HANDLERS + 16 * vector);
  u32 distance = (u32)(u64)vmcs12_handler - (u32)(u64)code - 10;
  code[0] = 0xb8;
  for (u32 i = 0; i < 4; i++) code[1 + i] = i ? 0 : (u8)vector;
  code[5] = 0xe9;
  for (u32 i = 0; i < 4; i++) code[6 + i] = (u8)(distance >> 8 * i);
}

// What no sequence changes.
static void make_memory(void) {
  struct { u16 limit; u64 base; } __attribute__((packed)) gdt;
  u64 cr3;
  asm volatile("mov %%cr3, %0; sgdt %1" : "=r"(cr3), "=m"(gdt));
  for (u32 i = 0; i < VMCS12_CR3_COUNT; i++) {
    clear_memory((void *)(u64)(VMCS12_CR3 + i * PAGE), PAGE);
    *(u64 *)(u64)(VMCS12_CR3 + i * PAGE) = PAGE_PDPT | 0x67;
  }
  for (u32 i = 0; i < 2; i++) {
    copy_memory((void *)(u64)(VMCS12_HOST + i * PAGE), (void *)cr3, PAGE);
    copy_memory((void *)(u64)(VMCS12_HOST + 0x4000 + i * PAGE), (void *)gdt.base, GDT_BYTES);
    copy_memory((void *)(u64)(VMCS12_HOST + 0x10000 + i * PAGE), vmcs12_arrival,
                (u64)(vmcs12_arrival_end - vmcs12_arrival));
    clear_memory((void *)(u64)(VMCS12_EPT + i * PAGE), PAGE);
    *(u64 *)(u64)(VMCS12_EPT + i * PAGE) = VMCS12_EPT_PDPT | EPT_LINK;
    make_gates(VMCS12_IDT + i * 0x800);
    make_gdt(VMCS12_GDT + i * 0x800);
  }
  clear_memory((void *)(u64)VMCS12_EPT_PDPT, PAGE);
  *(u64 *)(u64)VMCS12_EPT_PDPT = VMCS12_EPT_DIRECTORY | EPT_LINK;
  clear_memory((void *)(u64)VMCS12_EPT_DIRECTORY, PAGE);
  for (u64 i = 0; i < 16; i++) ((u64 *)(u64)VMCS12_EPT_DIRECTORY)[i] = i * LARGE_PAGE | EPT_LARGE_PAGE;
  *(u64 *)(u64)VMCS12_EPT_DIRECTORY = VMCS12_EPT_TABLE | EPT_LINK;
  for (u64 i = 0; i < 512; i++) ((u64 *)(u64)VMCS12_EPT_TABLE)[i] = i * PAGE | EPT_PAGE;
  set_page(VMCS12_DENIED, 0);
  set_page(VMCS12_MISCONFIGURED, 2);
  for (u32 vector = 0; vector < 64; vector++) make_stub(vector);
  // All MSRs but writes of EOI and ICR.
  for (u32 i = 0; i < PAGE; i++) ((volatile u8 *)(u64)VMCS12_MSR_BITMAP)[i] = 0xff;
  *(volatile u8 *)(u64)(VMCS12_MSR_BITMAP + 0x800 + 0x80b / 8) &= (u8)~(1 << (0x80b & 7));
  *(volatile u8 *)(u64)(VMCS12_MSR_BITMAP + 0x800 + 0x830 / 8) &= (u8)~(1 << (0x830 & 7));
}

// What the first instructions of L1 have not noted.
static void note_registers(void) {
  struct { u16 limit; u64 base; } __attribute__((packed)) gdt;
  u64 value;
  asm volatile("mov %%cr0, %0" : "=r"(value));
  ARRIVED[3] = value;
  asm volatile("mov %%cr3, %0" : "=r"(value));
  ARRIVED[4] = value;
  asm volatile("mov %%cr4, %0" : "=r"(value));
  ARRIVED[5] = value;
  asm volatile("mov %%dr7, %0" : "=r"(value));
  ARRIVED[6] = value;
  asm volatile("sgdt %0" : "=m"(gdt));
  ARRIVED[8] = rdmsr(MSR_FS_BASE);
  ARRIVED[9] = gdt.base;
  ARRIVED[10] = gdt.limit;
  ARRIVED[11] = rdmsr(MSR_SYSENTER_CS);
  ARRIVED[12] = rdmsr(MSR_PAT);
  ARRIVED[13] = rdmsr(MSR_EFER);
}

// Before a sequence has its VMCSs: slot 0 is current and has what vmcs_reset made.
static void vmcs12_begin(void) {
  if (!is_made) make_memory();
  is_made = 1;
  // An L2 that got lost may have written anywhere.
  for (u32 i = 0; i < 2; i++) {
    make_gates(VMCS12_IDT + i * 0x800);
    make_gdt(VMCS12_GDT + i * 0x800);
  }
  launched[0] = launched[1] = virtual_nmi_may_be_blocked = 0;
  current = 0;
  driver_runs = 1; // what L1 is interrupted by is nobody's business
  wrmsr(MSR_EFER, EFER_AT_RESET);
  ((volatile u64 *)(u64)PAGE_PAGE_DIRECTORY)[VMCS12_READ_ONLY / LARGE_PAGE] = 0xe5;
  obstruct(0);
}

// Slot 0 is finished: slot 1 becomes the same.
static void vmcs12_double(void) {
  vmcs_clear(0);
  copy_memory((void *)(u64)(ADDRESS_VMX_REGIONS + 2 * PAGE), (void *)(u64)(ADDRESS_VMX_REGIONS + PAGE), PAGE);
  vmcs_load(0);
}

static void drain_local_apic(void) {
  for (u32 i = 0; i < 4; i++) {
    u32 busy = 0;
    for (u32 word = 0; word < 8; word++)
      busy |= (u32)rdmsr(MSR_X2APIC(0x100) + word) | (u32)rdmsr(MSR_X2APIC(0x200) + word);
    if (!busy) return;
    asm volatile("sti; nop; nop; cli" : : : "memory");
    wrmsr(MSR_X2APIC(0x0b0), 0);
  }
}

static void note_record(u64 *to, const struct record *record) {
  u64 vector = record->vector_and_rsp & 0xffffffff, rsp = record->vector_and_rsp >> 32;
  int has_error = !(rsp & 8);
  const u64 *frame = record->stack + has_error;
  to[0] = vector | (u64)has_error << 8 | (frame[1] & 0xffff) << 16 | (frame[4] & 0xffff) << 32;
  to[1] = has_error ? record->stack[0] : 0;
  to[2] = frame[0];
  to[3] = frame[2];
  to[4] = frame[3];
  to[5] = record->cr2;
  to[6] = 0;
}

// Gives the records of L2's handlers to the interpreter, with the one whose handler has not come to its first instruction.
static void collect_records(void) {
  struct record *end = (struct record *)SCRATCH(VMCS12_RECORD_POINTER);
  u64 rip = field(FIELD_RIP), rsp = field(FIELD_RSP), vector = (rip - VMCS12_HANDLERS) / 16;
  if (rip >= VMCS12_HANDLERS && rip < VMCS12_HANDLERS + 64 * 16 && rip % 16 == 0) {
    end->vector_and_rsp = vector | rsp << 32;
    copy_memory(end->stack, (const void *)rsp, sizeof end->stack);
    asm volatile("mov %%cr2, %0" : "=r"(end->cr2));
    end++;
  }
  u64 count = (u64)(end - RECORDS);
  if (count > HANDLER_CAPACITY) count = HANDLER_CAPACITY;
  for (u64 i = 0; i < count; i++) note_record((u64 *)(u64)(PAGE_RECORDS + 64 * i), RECORDS + i);
  *(volatile u64 *)(u64)(PAGE_HANDLERS + HANDLER_COUNT) = count;
}

// Bochs 2.7 does not let an external interrupt out of an L2 that is entered with IF = 0 before L2 has executed something
// that writes IF.
static int needs_cli(u64 pin) {
  return pin & PIN_EXTERNAL_INTERRUPT && !(field(FIELD_RFLAGS) & FLAG_IF) && field(FIELD_ACTIVITY) == 0 &&
         !(field(FIELD_ENTRY_INFORMATION) & VALID);
}

// 1 where the entry starts at the CLI. It would end blocking by STI or MOV SS: there the one in front of the interrupt does.
static int needs_prefix(u64 pin) {
  if (!needs_cli(pin)) return 0;
  if (!(field(FIELD_INTERRUPTIBILITY) & 3)) return 1;
  u64 place = SCRATCH(VMCS12_INTERRUPT_PLACE);
  if (place) *(volatile u8 *)place = 0xfa;
  return 0;
}

// Whether L2 takes external interrupts, and its EOI is neither virtualized nor an exit.
static int takes_interrupts(u64 pin) {
  return !(pin & PIN_EXTERNAL_INTERRUPT) && field(FIELD_PROCESSOR_CONTROLS) & MSR_BITMAPS &&
         !(field(FIELD_SECONDARY_CONTROLS) & VIRTUAL_INTERRUPT_DELIVERY);
}

static void end_virtual_nmi_blocking(u64 pin) {
  u64 dr7, pat = rdmsr(MSR_PAT), efer = rdmsr(MSR_EFER);
  if (!(pin & PIN_VIRTUAL_NMIS)) return;
  if (virtual_nmi_may_be_blocked && !(field(FIELD_INTERRUPTIBILITY) & BLOCKED_NMI)) {
    asm volatile("mov %%dr7, %0" : "=r"(dr7));
    u64 registers[16];
    copy_memory(registers, general_registers, sizeof registers);
    vmcs_probe();
    copy_memory(general_registers, registers, sizeof registers);
    wrmsr(MSR_PAT, pat);
    wrmsr(MSR_EFER, efer);
    asm volatile("mov %0, %%dr7" : : "r"(dr7));
  }
  virtual_nmi_may_be_blocked = 1;
}

static const u32 exit_information[] = {0x640a, 0x2400, 0x4404, 0x4406, 0x4408, 0x440a, 0x440c, 0x440e};
#define EXIT_INFORMATION (sizeof exit_information / sizeof exit_information[0])

// What Bochs 2.7 saves otherwise than the manual says, and would be in the way of all that comes behind.
static void correct_saved_state(u64 reason, u64 pin, u64 injected, u64 blocking, u64 rflags, u32 flags) {
  u64 information = field(FIELD_EXIT_INFORMATION), vectoring = field(FIELD_VECTORING), rip = field(FIELD_RIP);
  int is_direct = !(vectoring & VALID);
  u64 saved = field(FIELD_RFLAGS);
  if (reason == REASON_EXCEPTION && is_direct && (information & 0x7ff) == NMI) {
    int is_blocked = pin & PIN_VIRTUAL_NMIS && (blocking & BLOCKED_NMI || (injected & (VALID | 0x7ff)) == (VALID | NMI));
    vmwrite(FIELD_INTERRUPTIBILITY, (field(FIELD_INTERRUPTIBILITY) & ~(u64)BLOCKED_NMI) | (is_blocked ? BLOCKED_NMI : 0));
  }
  int is_native = SCRATCH(VMCS12_RECORD_POINTER) != (u64)RECORDS || !(injected & VALID);
  if ((reason == REASON_EXCEPTION && TYPE(information) == TYPE_HARDWARE_EXCEPTION) ||
      ((reason == REASON_EPT_VIOLATION || reason == REASON_EPT_MISCONFIGURATION) && is_direct) ||
      (!is_direct && TYPE(vectoring) == TYPE_HARDWARE_EXCEPTION && is_native))
    vmwrite(FIELD_RFLAGS, saved | FLAG_RF);
  // INT n, INT3 and INT1 that exit leave RF; in Bochs 2.7 they do not. Not of Bochs: the WRMSR by which an event comes from
  // outside is none of L2's instructions.
  else if ((flags & VMCS12_OUTSIDE_FIRST || (reason == REASON_EXCEPTION && TYPE(information) > 4) ||
            (!is_direct && TYPE(vectoring) >= 4)) && rflags & FLAG_RF && rip <= VMCS12_CODE + 3 &&
           (!(injected & VALID) || TYPE(injected) == TYPE_OTHER))
    vmwrite(FIELD_RFLAGS, saved | FLAG_RF);
}

// 0: L1 has arrived, 1, 2: VMfail.
static u32 enter(u32 flags) {
  struct { u16 limit; u64 base; } __attribute__((packed)) gdt;
  u64 cr0, cr3, cr4, pin = 0;
  if (vmread(FIELD_PIN_CONTROLS, &pin)) return vmcs12_enter(1);
  u64 rip = field(FIELD_RIP), timer = field(FIELD_TIMER), blocking = field(FIELD_INTERRUPTIBILITY);
  u64 rflags = field(FIELD_RFLAGS), controls = field(FIELD_PROCESSOR_CONTROLS), before[EXIT_INFORMATION];
  u64 bitmap = field(FIELD_MSR_BITMAP), apic_page = field(FIELD_APIC_ACCESS);
  for (u32 i = 0; i < EXIT_INFORMATION; i++) before[i] = field(exit_information[i]);
  end_virtual_nmi_blocking(pin);
  iret_to_next(); // entry of Bochs 2.7 does not end blocking by NMI
  SCRATCH(VMCS12_RECORD_POINTER) = (u64)RECORDS;
  SCRATCH(VMCS12_ENDING) = (u64)(takes_interrupts(pin) ? vmcs12_eoi : vmcs12_go_on);
  u64 information = field(FIELD_ENTRY_INFORMATION);
  if (information & VALID && TYPE(information) != TYPE_OTHER) SCRATCH(VMCS12_NEXT) = SCRATCH(VMCS12_NEXT_INJECTED);
  if (!(controls & MSR_BITMAPS) && flags & VMCS12_OUTSIDE) {
    vmwrite(FIELD_PROCESSOR_CONTROLS, controls | MSR_BITMAPS);
    vmwrite(FIELD_MSR_BITMAP, VMCS12_MSR_BITMAP);
  }
  if (stack_is_apic_page && field(FIELD_SECONDARY_CONTROLS) & APIC_ACCESSES)
    vmwrite(FIELD_APIC_ACCESS, ((field(FIELD_RSP) & ~15ull) - 8) & ~0xfffull);
  vmwrite(FIELD_PIN_CONTROLS, pin | PIN_TIMER);
  vmwrite(FIELD_TIMER, DEFAULT_FUEL);
  vmwrite(FIELD_RIP, VMCS12_CODE + (flags & VMCS12_INTERRUPT && needs_prefix(pin) ? 0 : 1));
  asm volatile("mov %%cr0, %0; mov %%cr3, %1; mov %%cr4, %2; sgdt %3" : "=r"(cr0), "=r"(cr3), "=r"(cr4), "=m"(gdt));
  int is_launch = !launched[current] ^ !!(flags & VMCS12_WRONG);
  u32 how = vmcs12_enter((u32)is_launch | (flags & VMCS12_MOV_SS ? 2 : 0));
  u64 reason = field(FIELD_EXIT_REASON);
  vmwrite(FIELD_PIN_CONTROLS, pin);
  vmwrite(FIELD_TIMER, timer);
  vmwrite(FIELD_PROCESSOR_CONTROLS, controls);
  vmwrite(FIELD_MSR_BITMAP, bitmap);
  vmwrite(FIELD_APIC_ACCESS, apic_page);
  if (how == 0) {
    note_registers();
    // The hypervisor's own again; what an entry can leave alone stays L1's.
    asm volatile("lgdt %0; mov %1, %%cr3; mov %2, %%cr4; mov %3, %%cr0"
                 : : "m"(gdt), "r"(cr3), "r"(cr4), "r"(cr0) : "memory");
    // An entry that failed leaves all but reason and qualification; Bochs 2.7 does not.
    if (reason & ENTRY_FAILED)
      for (u32 i = 0; i < EXIT_INFORMATION; i++) vmwrite(exit_information[i], before[i]);
    else correct_saved_state(reason, pin, information, blocking, rflags, flags);
  }
  if (how != 0 || reason & ENTRY_FAILED) vmwrite(FIELD_RIP, rip);
  else {
    launched[current] = 1;
    collect_records();
  }
  if (how == 0) {
    obstruct(0);
    iret_to_next();
    drain_local_apic();
  }
  return how;
}

u32 vmcs12_do(u32 action, u64 argument) {
  u64 value;
  switch (action) {
    case VMCS12_BEGIN: vmcs12_begin(); return 0;
    case VMCS12_DOUBLE: vmcs12_double(); return 0;
    case VMCS12_CLEAR: launched[argument & 1] = 0; return vmcs_clear((u32)argument & 1);
    case VMCS12_LOAD: current = argument & 1; return vmcs_load((u32)argument & 1);
    case VMCS12_SET_PAT: wrmsr(MSR_PAT, argument); ARRIVED[12] = rdmsr(MSR_PAT); return 0;
    case VMCS12_SET_DR7:
      asm volatile("mov %1, %%dr7; mov %%dr7, %0" : "=r"(value) : "r"(argument));
      ARRIVED[6] = value;
      return 0;
    case VMCS12_OBSTRUCT: obstruct((u32)argument); return 0;
    case VMCS12_ENTER: return enter((u32)argument);
  }
  return 0;
}
