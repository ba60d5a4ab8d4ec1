// What the two files of the machine of `idt-vectoring` share.
#pragma once
#include "machine.h"

#define FIELD_CS 0x0802
#define FIELD_SS 0x0804
#define FIELD_APIC_ACCESS 0x2014
#define FIELD_VE_INFORMATION 0x202a
#define FIELD_PROCESSOR_CONTROLS 0x4002
#define FIELD_PIN_CONTROLS 0x4000
#define FIELD_ENTRY_INFORMATION 0x4016
#define FIELD_ENTRY_ERROR 0x4018
#define FIELD_ENTRY_LENGTH 0x401a
#define FIELD_SECONDARY_CONTROLS 0x401e
#define FIELD_EXIT_REASON 0x4402
#define FIELD_VECTORING 0x4408
#define FIELD_VECTORING_ERROR 0x440a
#define FIELD_EXIT_LENGTH 0x440c
#define FIELD_SS_LIMIT 0x4804
#define FIELD_CS_RIGHTS 0x4816
#define FIELD_SS_RIGHTS 0x4818
#define FIELD_INTERRUPTIBILITY 0x4824
#define FIELD_QUALIFICATION 0x6400
#define FIELD_CR0 0x6800
#define FIELD_RSP 0x681c
#define FIELD_RIP 0x681e
#define FIELD_RFLAGS 0x6820
#define VIRTUAL_NMIS 0x20u
#define INTERRUPT_WINDOW 4u
#define NMI_WINDOW (1u << 22)
#define VIRTUALIZE_APIC_ACCESSES 1u
#define EPT_VIOLATION_VE (1u << 18)
#define REASON_INTERRUPT_WINDOW 7
#define REASON_NMI_WINDOW 8
#define REASON_VMCALL 18
#define REASON_APIC_ACCESS 44
#define REASON_EPT_VIOLATION 48
#define REASON_EPT_MISCONFIGURATION 49
#define VALID (1u << 31)
#define HAS_ERROR 0x800u
#define TYPE(information) ((information) >> 8 & 7)
#define SHADOWS 3
#define BLOCKED_NMI 8
#define FLAG_IF 0x200
#define FLAG_TF 0x100
#define FLAG_RF 0x10000
#define FLAG_AC 0x40000
#define CR0_AM 0x40000
// EPT entries: all rights, write-back; no write, absent, and no #VE for either.
#define EPT_ALL 0x37ull
#define EPT_READ_ONLY ((1ull << 63) | 0x31)
#define EPT_ABSENT (1ull << 63)
#define EPT_WRITE_ONLY 2
#define VE_BUSY (*(volatile u32 *)(u64)(PAGE_IO_BITMAP_A + 4))
#define CODE_ACCESSED (*(volatile u8 *)(u64)(PAGE_DESCRIPTORS + 8 + 5))
#define TSS_RSP0 (*(volatile u64 *)(u64)(PAGE_DESCRIPTORS + 0x804))
#define TSS_IST1 (*(volatile u64 *)(u64)(PAGE_DESCRIPTORS + 0x824))
#define GATE(vector) ((volatile u8 *)(u64)(PAGE_IDT + 16 * (vector)))
#define STUBS PAGE_RECORDS
#define STUB_BYTES 16
#define FRAMES 8
#define OBSTACLES 3
#define DELIVERIES 2
// Not canonical, not present in the page tables of L2; of `fault`, and of an IRET.
#define NOT_CANONICAL (1ull << 62)
#define FAULT_ADDRESS 0xa000
#define MOVS_ADDRESS 0xa800
// Bochs reads RFLAGS first.
#define IRET_ADDRESS (0xc000 - 16)

struct instruction {
  u8 kind, argument, cause, meets;
};

extern struct idt_machine {
  u32 policy;
  // The handler where L2 is, 0 for the main program; frames under it.
  u32 context, depth, frames;
  struct instruction begun;
  struct {
    u32 context, vector;
    struct instruction begun;
  } frame[FRAMES];
  u32 obstacles;
  u8 obstacle[OBSTACLES];
  u32 outside, inflight, inflight_error, inflight_length, pending_nmis, irr, isr, mcip, pending_check, shutdown, device_reads;
  u32 described[4], described_count, secondary, processor;
} idt_machine;
#define machine idt_machine

#define words idt_vectoring_words

static inline u64 field(u32 encoding) {
  u64 value = 0;
  vmread(encoding, &value);
  return value;
}

static inline u64 cr2(void) {
  u64 value;
  asm volatile("mov %%cr2, %0" : "=r"(value));
  return value;
}

static inline u64 dr6(void) {
  u64 value;
  asm volatile("mov %%dr6, %0" : "=r"(value));
  return value;
}

static inline u32 page_of(u32 depth) { return depth & 1 ? PAGE_DATA_A : PAGE_CODE; }

// idt-delivery.c
void idt_ept(u32 page, u64 entry);
void idt_ept_present(u32 page);
void idt_unexpected(u64 what);
u32 idt_enter(u32 iret_meets, u32 windows);
void idt_put_code(u64 address, const u8 *bytes, u32 count);
u32 idt_seen_flags(u64 flags);
void idt_reached(u64 from, u64 stack, u64 resumes);
int idt_is_cut(u32 reason);
void idt_cut(u32 reason);
void idt_give(void);
void idt_settle(void);
void idt_inject(u32 information, u32 error, u32 length);
u32 idt_highest(u32 set);
int idt_boundary(void);
extern u32 idt_deliveries;
