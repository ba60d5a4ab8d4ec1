import { guestAddresses } from './guest-layout.ts';

/** Files that a machine is made of. */
export interface MachineFiles {
  readonly rom: string;
  readonly kernel: string;
  readonly vgaRom: string;
  readonly disk: string;
  readonly log: string;
}

/**
 * The configuration of a headless machine of the newest Intel model that Bochs 2.7 has. The second CPU waits for SIPI
 * until it is to send one itself, see `guest/helper.c`. Time is counted in instructions (`clock: sync=none`), so that the same input gives the same output. MSRs that Bochs does not have
 * raise #GP, as on a processor, and are not ignored.
 */
export const bochsConfiguration = ({ rom, kernel, vgaRom, disk, log }: MachineFiles): string =>
  [
    'config_interface: textconfig',
    'display_library: rfb, options="timeout=0"',
    'cpu: model=tigerlake, count=2, ips=1000000, reset_on_triple_fault=0, ignore_bad_msrs=0',
    'memory: guest=32, host=32',
    `romimage: file=${rom}`,
    `vgaromimage: file=${vgaRom}`,
    `optramimage1: file=${kernel}, address=0x${guestAddresses.kernel.toString(16)}`,
    'ata0: enabled=1, ioaddr1=0x1f0, ioaddr2=0x3f0, irq=14',
    `ata0-master: type=disk, mode=flat, path=${disk}, cylinders=0`,
    `log: ${log}`,
    'panic: action=fatal',
    // One line per failed entry, which is nothing unusual here.
    'error: action=ignore',
    'info: action=ignore',
    'debug: action=ignore',
    'clock: sync=none',
    'port_e9_hack: enabled=1',
    'plugin_ctrl: speaker=0, gameport=0, extfpuirq=0, parallel=0, biosdev=0',
    // No driver looks for sound hardware.
    'sound: waveoutdrv=dummy, waveindrv=dummy, midioutdrv=dummy',
    '',
  ].join('\n');

/** An extension ROM that does nothing. Bochs starts with none, and no package's path is needed. */
export function emptyVgaRom(): Uint8Array {
  const rom = new Uint8Array(512);
  rom.set([0x55, 0xaa, rom.length / 512, 0xcb]);
  rom[rom.length - 1] = -rom.reduce((sum, byte) => sum + byte, 0);
  return rom;
}

/** Debian's Bochs has the debugger and stops before the first instruction: continue. */
export const debuggerCommands = 'c\n';
