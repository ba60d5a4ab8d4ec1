// The first ATA disk, by programmed I/O: how blocks of sequences come in and answers go out.
#include "machine.h"

enum { DATA = 0x1f0, COUNT = 0x1f2, LBA0, LBA1, LBA2, DEVICE, COMMAND, CONTROL = 0x3f6 };
enum { BUSY = 0x80, REQUEST = 0x08, FAILED = 0x01, READ_SECTORS = 0x20, WRITE_SECTORS = 0x30, NO_INTERRUPT = 2 };

static void wait_for(u8 bits) {
  for (u32 i = 0; i < 100000000; i++) {
    u8 status = in8(COMMAND);
    if (status & BUSY) continue;
    if (status & FAILED) give_up("the disk reports an error");
    if ((status & bits) == bits) return;
  }
  give_up("the disk does not answer");
}

static void command(u32 sector, u32 count, u8 code) {
  out8(CONTROL, NO_INTERRUPT);
  wait_for(0);
  out8(COUNT, (u8)count); // 0 means 256
  out8(LBA0, (u8)sector);
  out8(LBA1, (u8)(sector >> 8));
  out8(LBA2, (u8)(sector >> 16));
  out8(DEVICE, (u8)(0xe0 | (sector >> 24 & 15)));
  out8(COMMAND, code);
}

void disk_read(u32 sector, u32 count, void *to) {
  while (count) {
    u32 part = count < 256 ? count : 256;
    command(sector, part, READ_SECTORS);
    for (u32 i = 0; i < part; i++) {
      u64 words = 256;
      wait_for(REQUEST);
      asm volatile("rep insw" : "+D"(to), "+c"(words) : "d"(DATA) : "memory");
    }
    sector += part;
    count -= part;
  }
}

void disk_write(u32 sector, u32 count, const void *from) {
  while (count) {
    u32 part = count < 256 ? count : 256;
    command(sector, part, WRITE_SECTORS);
    for (u32 i = 0; i < part; i++) {
      u64 words = 256;
      wait_for(REQUEST);
      asm volatile("rep outsw" : "+S"(from), "+c"(words) : "d"(DATA) : "memory");
    }
    wait_for(0);
    sector += part;
    count -= part;
  }
}
