// The hypervisor: starts VMX operation, then runs blocks of sequences from the disk for ever.
#include "machine.h"

#define SECTOR 512
// A sequence's answer may take this much: watched sources, records, values.
#define ANSWER_MAX_BYTES 0x10000

// First sector of a block and of its answer. The sum is that of the words of the payload.
struct header {
  u32 magic, number, bytes, count, sum;
};

static u32 sum_of(const u32 *word, u32 bytes) {
  u32 sum = 0;
  for (u32 i = 0; i < bytes / 4; i++) sum += word[i];
  return sum;
}

static void signal(u8 code) { out8(0xe9, code); }

void give_up(const char *why) {
  signal(SIGNAL_FATAL);
  while (*why) out8(0xe9, (u8)*why++);
  out8(0xe9, '\n');
  for (const char *stop = "Shutdown"; *stop; stop++) out8(0x8900, (u8)*stop);
  for (;;) asm volatile("cli; hlt");
}

static u32 padded(u32 bytes) { return (bytes + 3) & ~3u; }

// The payload: per sequence its length in bytes and its operations, padded to words. The answer likewise, with the
// status between length and answer.
static void run_block(const struct header *in, struct header *out) {
  const u8 *next = (const u8 *)(u64)ADDRESS_INPUT;
  u8 *answer = (u8 *)(u64)ADDRESS_OUTPUT;
  const u8 *answer_end = answer + ADDRESS_BLOCK_MAX_BYTES;
  u32 count = 0;
  for (u32 status = STATUS_DONE; count < in->count && status != STATUS_TAINTED; count++) {
    u32 bytes = *(const u32 *)next;
    u8 *start = answer + 8, *end = start;
    const u8 *limit = answer_end - start < ANSWER_MAX_BYTES ? answer_end : start + ANSWER_MAX_BYTES;
    signal(SIGNAL_SEQUENCE);
    end = interpret(next + 4, next + 4 + bytes, start, limit, &status);
    if (!processor_reset()) status = STATUS_TAINTED;
    ((u32 *)answer)[0] = (u32)(end - start);
    ((u32 *)answer)[1] = status;
    while (end < answer + 8 + padded((u32)(end - start))) *end++ = 0;
    answer = end;
    next += 4 + padded(bytes);
  }
  out->magic = DISK_MAGIC;
  out->number = in->number;
  out->bytes = (u32)(answer - (u8 *)(u64)ADDRESS_OUTPUT);
  out->count = count;
  out->sum = sum_of((const u32 *)(u64)ADDRESS_OUTPUT, out->bytes);
}

void kernel_main(void) {
  static u8 sector[SECTOR] __attribute__((aligned(4)));
  const struct header *header = (const struct header *)sector;
  u32 expected = 1;
  if ((u64)level2_stubs != ADDRESS_LEVEL2_HANDLERS) give_up("the handlers of L2 are not where they should be");
  processor_start();
  helper_start();
  arena_create();
  vmx_start();
  if (!processor_reset()) give_up("the local APIC does not come to rest");
  signal(SIGNAL_READY);
  for (;;) {
    disk_read(DISK_INPUT_SECTOR, 1, sector);
    if (header->magic != DISK_MAGIC || header->number != expected) continue;
    if (header->bytes > ADDRESS_BLOCK_MAX_BYTES) give_up("a block is too long");
    disk_read(DISK_INPUT_SECTOR + 1, (header->bytes + SECTOR - 1) / SECTOR, (void *)(u64)ADDRESS_INPUT);
    if (sum_of((const u32 *)(u64)ADDRESS_INPUT, header->bytes) != header->sum) give_up("a block arrived damaged");
    struct header answer;
    run_block(header, &answer);
    disk_write(DISK_OUTPUT_SECTOR + 1, (answer.bytes + SECTOR - 1) / SECTOR, (void *)(u64)ADDRESS_OUTPUT);
    copy_memory(sector, &answer, sizeof answer);
    disk_write(DISK_OUTPUT_SECTOR, 1, sector);
    signal(SIGNAL_BLOCK_DONE);
    expected++;
  }
}
