import { gicLines } from './gic-lines.ts';

const hex = (value: number): string => `0x${(value >>> 0).toString(16)}`;

/**
 * The lines of the qtest protocol that drive the GIC. QEMU 7.2 aborts on a malformed line (a missing argument, a length
 * of 0, an input that does not exist), so commands are made here and nowhere else.
 */
export const qtestCommand = {
  /** Reads a word. */
  read: (address: number): string => `readl ${hex(address)}`,
  /** Reads two adjacent words; the reply has the one at `address` first. */
  readPair: (address: number): string => `readq ${hex(address)}`,
  /** Reads adjacent words, in base64: with `read`, QEMU spends three times as long printing hexadecimal digits. */
  readBlock: (address: number, words: number): string => `b64read ${hex(address)} ${words * 4}`,
  /** Writes a word. */
  write: (address: number, value: number): string => `writel ${hex(address)} ${hex(value)}`,
  /** Writes a byte; only the distributor's registers can be written so. */
  writeByte: (address: number, value: number): string => `writeb ${hex(address)} ${hex(value & 0xff)}`,
  /**
   * Writes the bit of an interrupt to a register of the distributor that has one bit per interrupt and ignores zeros.
   * As a byte: QEMU takes a word apart into four bytes and updates its outputs after each.
   */
  writeBit: (register: number, intid: number): string =>
    qtestCommand.writeByte(register + (intid >>> 3), 1 << (intid & 7)),
  /** Writes the same byte everywhere in a range of words, one word after the other. */
  fill: (address: number, words: number, byte: number): string => `memset ${hex(address)} ${words * 4} ${hex(byte)}`,
  /** Drives the line of a PPI or SPI. */
  setLine: (intid: number, high: boolean): string =>
    `set_irq_in ${gicLines.gicPath} unnamed-gpio-in ${gicLines.inputOf(intid)} ${high ? 1 : 0}`,
  /** From now on changes of the CPU's interrupt inputs are reported. */
  watchCpu: (): string => `irq_intercept_in ${gicLines.cpuPath}`,
} as const;
