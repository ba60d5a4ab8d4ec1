// Runs sequences of operations and writes down what it sees. The codes are listed in guest-layout.ts.
#include "machine.h"

#define NMI_VECTOR 2
#define FIRST_INTERRUPT 32
// An operation whose VMX instruction failed is refused like one that faults, with this in place of a vector.
#define REFUSED 256
#define ANSWER_RESERVE 512
#define EVENT_CAPACITY 64

static struct {
  const u8 *next, *end;
  u8 *answer, *answer_end;
  u32 status, running, interrupt_flag, events, watched, inside;
  u64 fuel;
  u8 event[EVENT_CAPACITY];
  struct { u64 source, value; } watch[WATCH_CAPACITY];
  void *recover[5];
  u32 fault_vector;
  u64 fault_code;
} run;

static u64 operand(void) {
  u64 value = 0;
  for (u32 shift = 0; run.next < run.end; shift += 7) {
    u8 byte = *run.next++;
    value |= (u64)(byte & 0x7f) << shift;
    if (!(byte & 0x80)) break;
  }
  return value;
}

static void put(u64 value) {
  for (; value >= 0x80; value >>= 7) *run.answer++ = (u8)value | 0x80;
  *run.answer++ = (u8)value;
}

// Called by the stubs of L1. Interrupts are noted; an exception abandons the operation that caused it.
void level1_event(u32 vector, u64 error_code, int has_error_code) {
  if (driver_runs && (vector == NMI_VECTOR || vector >= FIRST_INTERRUPT)) {
    driver_event(vector);
    return;
  }
  if (vector == NMI_VECTOR || vector >= FIRST_INTERRUPT || !run.running) {
    if (run.events < EVENT_CAPACITY) run.event[run.events++] = (u8)vector;
    if (!run.running && vector < FIRST_INTERRUPT && vector != NMI_VECTOR) give_up("exception in the hypervisor");
    return;
  }
  run.fault_vector = vector;
  run.fault_code = has_error_code ? error_code : 0;
  __builtin_longjmp(run.recover, 1);
}

static u64 read_register(u32 name) {
  u64 value = 0;
  switch (name) {
    case REGISTER_DR0: asm volatile("mov %%dr0, %0" : "=r"(value)); break;
    case REGISTER_DR1: asm volatile("mov %%dr1, %0" : "=r"(value)); break;
    case REGISTER_DR2: asm volatile("mov %%dr2, %0" : "=r"(value)); break;
    case REGISTER_DR3: asm volatile("mov %%dr3, %0" : "=r"(value)); break;
    case REGISTER_DR6: asm volatile("mov %%dr6, %0" : "=r"(value)); break;
    case REGISTER_DR7: asm volatile("mov %%dr7, %0" : "=r"(value)); break;
    case REGISTER_CR0: asm volatile("mov %%cr0, %0" : "=r"(value)); break;
    case REGISTER_CR2: asm volatile("mov %%cr2, %0" : "=r"(value)); break;
    case REGISTER_CR3: asm volatile("mov %%cr3, %0" : "=r"(value)); break;
    case REGISTER_CR4: asm volatile("mov %%cr4, %0" : "=r"(value)); break;
    case REGISTER_CR8: asm volatile("mov %%cr8, %0" : "=r"(value)); break;
    case REGISTER_RFLAGS: asm volatile("pushf; pop %0" : "=r"(value)); break;
  }
  return value;
}

static void write_register(u32 name, u64 value) {
  switch (name) {
    case REGISTER_DR0: asm volatile("mov %0, %%dr0" : : "r"(value)); break;
    case REGISTER_DR1: asm volatile("mov %0, %%dr1" : : "r"(value)); break;
    case REGISTER_DR2: asm volatile("mov %0, %%dr2" : : "r"(value)); break;
    case REGISTER_DR3: asm volatile("mov %0, %%dr3" : : "r"(value)); break;
    case REGISTER_DR6: asm volatile("mov %0, %%dr6" : : "r"(value)); break;
    case REGISTER_DR7: asm volatile("mov %0, %%dr7" : : "r"(value)); break;
    case REGISTER_CR2: asm volatile("mov %0, %%cr2" : : "r"(value)); break;
    case REGISTER_CR8: asm volatile("mov %0, %%cr8" : : "r"(value)); break;
  }
}

static u32 read_source(u64 source, u64 *value) {
  u64 id = source >> 3;
  switch (source & 7) {
    case SOURCE_VMCS: return vmread(id, value);
    case SOURCE_MSR: *value = rdmsr((u32)id); break;
    case SOURCE_MEMORY64: *value = *(volatile u64 *)id; break;
    case SOURCE_MEMORY32: *value = *(volatile u32 *)id; break;
    case SOURCE_MEMORY8: *value = *(volatile u8 *)id; break;
    case SOURCE_REGISTER: *value = read_register((u32)id); break;
    case SOURCE_PORT: *value = in8((u16)id); break;
    case SOURCE_GENERAL: *value = general_registers[id & 15]; break;
  }
  return 0;
}

static u32 write_source(u64 source, u64 value) {
  u64 id = source >> 3;
  switch (source & 7) {
    case SOURCE_VMCS: return vmwrite(id, value);
    case SOURCE_MSR: wrmsr((u32)id, value); break;
    case SOURCE_MEMORY64: *(volatile u64 *)id = value; break;
    case SOURCE_MEMORY32: *(volatile u32 *)id = (u32)value; break;
    case SOURCE_MEMORY8: *(volatile u8 *)id = (u8)value; break;
    case SOURCE_REGISTER: write_register((u32)id, value); break;
    case SOURCE_PORT: out8((u16)id, (u8)value); break;
    case SOURCE_GENERAL: general_registers[id & 15] = value; break;
  }
  return 0;
}

static void put_fault(u32 vector, u64 code) {
  put(ANSWER_FAULT);
  put(vector);
  put(code);
}

static void put_value(u32 failed, u64 value) {
  put(ANSWER_VALUE);
  put(failed);
  put(value);
}

// Only what changed since the last time: most sources seldom do.
static void put_changes(u32 places) {
  for (u32 i = 0; i < places && i < run.watched; i++) {
    u64 value = 0;
    read_source(run.watch[i].source, &value);
    if (value == run.watch[i].value) continue;
    run.watch[i].value = value;
    put(i + 1);
    put(value);
  }
  put(0);
}

static void put_records(void) {
  volatile u64 *count = (volatile u64 *)(u64)(PAGE_HANDLERS + HANDLER_COUNT);
  const u64 *record = (const u64 *)(u64)PAGE_RECORDS;
  if (*(volatile u64 *)(u64)(PAGE_HANDLERS + HANDLER_OVERFLOW)) run.status = STATUS_RECORDS_OVERFLOW;
  for (u64 i = 0; i < *count && i < HANDLER_CAPACITY; i++, record += 8) {
    put(ANSWER_LEVEL2);
    put(record[0] & 0xff);
    put(record[0] >> 8 & 1);
    put(record[0] >> 16 & 0xffff);
    put(record[0] >> 32 & 0xffff);
    for (u32 word = 1; word < 7; word++) put(record[word]);
  }
  *count = 0;
}

// Leaves RFLAGS.IF as the sequence has set it; what that lets in is reported at once.
static void put_events(void) {
  do {
    asm volatile("cli");
    for (u32 i = 0; i < run.events; i++) {
      put(ANSWER_LEVEL1);
      put(run.event[i]);
    }
    run.events = 0;
    if (run.interrupt_flag) asm volatile("sti; nop" : : : "memory");
  } while (*(volatile u32 *)&run.events);
}

static void enter(u32 flags) {
  u32 how = vmcs_enter(flags, run.fuel);
  if (how == 0) run.interrupt_flag = 0; // an exit clears RFLAGS
  put_records();
  put(ANSWER_EXIT);
  put(how);
  put_changes(run.watched);
}

static void watch(u64 count) {
  run.watched = 0;
  for (u64 i = 0; i < count; i++) {
    u64 source = operand();
    if (run.watched == WATCH_CAPACITY) continue;
    run.watch[run.watched].source = source;
    run.watch[run.watched++].value = 0;
  }
}

static void copy(u64 address, u64 bytes) {
  if (bytes > (u64)(run.end - run.next)) bytes = (u64)(run.end - run.next);
  const u8 *from = run.next;
  run.next += bytes;
  copy_memory((void *)address, from, bytes);
}

static void window(u64 nops) {
  u64 count = nops + 1;
  asm volatile("sti; 1: nop; dec %0; jnz 1b; cli" : "+r"(count) : : "memory");
}

static void skip(u64 bytes) {
  if (bytes > (u64)(run.end - run.next)) bytes = (u64)(run.end - run.next);
  run.next += bytes;
}

static void boundary(u32 sti_blocks_nmi, u64 instruction_bytes) {
  u32 taken = driver_boundary(sti_blocks_nmi);
  if (!taken) return;
  skip(instruction_bytes);
  put(ANSWER_TAKEN);
  put(taken & 0xff);
  put(taken >> 9);
}

static void stay(u32 end) {
  u32 slot, deviation, how = driver_stay(end, run.fuel, &slot, &run.inside, &deviation);
  for (u32 i = 0; i < stay_record_count; i++) {
    const struct stay_record *record = stay_records + i;
    put(ANSWER_DELIVERED);
    put(record->vector);
    put(record->has_error);
    put(record->error);
    put(record->slot);
    put(record->rip);
    put(record->interrupts);
  }
  if (stay_record_count == STAY_RECORDS) run.status = STATUS_RECORDS_OVERFLOW;
  put(ANSWER_STAY);
  put(how);
  put(slot);
  put(run.inside);
  put(deviation);
  put_changes(run.watched);
}

static void idt_vectoring(u32 action, u32 argument) {
  if (!idt_vectoring_do(action, argument)) return;
  put(ANSWER_WORDS);
  put(IDT_VECTORING_WORDS);
  for (u32 i = 0; i < IDT_VECTORING_WORDS; i++) put(idt_vectoring_words[i]);
}

static u32 change_source(u64 source, u64 clear, u64 set) {
  u64 value = 0;
  u32 failed = read_source(source, &value);
  return failed ? failed : write_source(source, (value & ~clear) | set);
}

// One operation; 0 at the end of the sequence.
static int step(void) {
  u64 a, b = 0, c;
  u32 failed = 0;
  switch (*run.next++) {
    case OP_END: return 0;
    case OP_SET: a = operand(); b = operand(); failed = write_source(a, b); break;
    case OP_GET: a = operand(); failed = read_source(a, &b); put_value(failed, b); return 1;
    case OP_WATCH: a = operand(); watch(a); break;
    case OP_SNAPSHOT: put(ANSWER_SNAPSHOT); put_changes(run.watched); break;
    case OP_ENTER: a = operand(); enter((u32)a); break;
    case OP_WINDOW: a = operand(); window(a); break;
    case OP_COPY: a = operand(); b = operand(); copy(a, b); break;
    case OP_INTERRUPT_FLAG: run.interrupt_flag = operand() != 0; break;
    case OP_IRET: iret_to_next(); break;
    case OP_INVEPT: failed = invept_all(); break;
    case OP_VMCLEAR: a = operand(); put_value(vmcs_clear((u32)a), 0); break;
    case OP_VMPTRLD: a = operand(); put_value(vmcs_load((u32)a), 0); break;
    case OP_FUEL: run.fuel = operand(); break;
    case OP_DRIVE: driver_start(); break;
    case OP_BOUNDARY: a = operand(); b = operand(); boundary((u32)a, b); break;
    case OP_LEVEL1: a = operand(); driver_instruction((u32)a); break;
    case OP_CHANGE: a = operand(); b = operand(); c = operand(); failed = change_source(a, b, c); break;
    case OP_PEND: a = operand(); driver_pend((u32)a); break;
    case OP_STAY: a = operand(); stay((u32)a); break;
    case OP_PEEK: a = operand(); put(ANSWER_SNAPSHOT); put_changes((u32)a); break;
    case OP_VMCS12: a = operand(); b = operand(); failed = vmcs12_do((u32)a, b); put_records(); put_value(failed, 0); return 1;
    case OP_IDT_VECTORING: a = operand(); b = operand(); idt_vectoring((u32)a, (u32)b); break;
    case OP_OUTSIDE: a = operand(); if (run.inside) skip(a); break;
    default: run.status = STATUS_UNKNOWN_OPERATION; return 0;
  }
  if (failed) put_fault(REFUSED + failed, 0);
  return 1;
}

u8 *interpret(const u8 *program, const u8 *program_end, u8 *answer, const u8 *answer_end, u32 *status) {
  u8 *volatile start_of_step;
  run.next = program;
  run.end = program_end;
  run.answer = answer;
  run.answer_end = (u8 *)answer_end - ANSWER_RESERVE;
  run.status = STATUS_DONE;
  run.interrupt_flag = run.events = run.watched = run.inside = 0;
  run.fuel = DEFAULT_FUEL;
  start_of_step = answer;
  if (__builtin_setjmp(run.recover)) {
    run.answer = start_of_step;
    put_fault(run.fault_vector, run.fault_code);
    put_events();
  }
  run.running = 1;
  while (run.next < run.end && run.status == STATUS_DONE) {
    if (run.answer > run.answer_end) {
      run.status = STATUS_OUTPUT_OVERFLOW;
      break;
    }
    start_of_step = run.answer;
    int more = step();
    put_events();
    if (!more) break;
  }
  run.running = driver_runs = 0;
  asm volatile("cli");
  *status = run.status;
  return run.answer;
}
