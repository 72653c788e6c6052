/* option_table.c: every option of glass86, one row each. An option is here when it works, and
 * only then. */
#include "frontend/option_table.h"

#include "frontend/models.h"

#define AT(field) offsetof(Options, field)

#define CHARDEVS "stdio mon:stdio file: tcp: unix: pty null"

#define DEVICES "isa-debug-exit adlib opl3 sb1 sb2 sbpro sb16 mpu401 covox disney"

#ifdef HAVE_SDL
#define DISPLAYS "none text sdl"
#define SOUNDS   "none wav: sdl"
#else
#define DISPLAYS "none text"
#define SOUNDS   "none wav:"
#endif

static const Option media[] = {
    {"image", "IMAGE[,ro]", OPT_REPEAT, NULL, "FILE", parse_image, 0,
     "floppy, hard disk or CD image, recognized by its content; put into the first free drive. "
     "Raw, "
     "VHD, qcow2, VDI, VMDK, IMD, TeleDisk, ISO 9660 and cue sheets are known. A Multiboot kernel "
     "is loaded and started"},
    {"fda", "F[,ro]", 0, NULL, "FILE", parse_medium, AT(drive[DRIVE_FDA]),
     "image in floppy drive A"},
    {"fdb", "F[,ro]", 0, NULL, "FILE", parse_medium, AT(drive[DRIVE_FDB]),
     "image in floppy drive B"},
    {"hda", "F[,ro]", 0, NULL, "FILE", parse_medium, AT(drive[DRIVE_HDA]), "first hard disk"},
    {"hdb", "F[,ro]", 0, NULL, "FILE", parse_medium, AT(drive[DRIVE_HDB]), "second hard disk"},
    {"hdc", "F[,ro]", 0, NULL, "FILE", parse_medium, AT(drive[DRIVE_HDC]), "third hard disk"},
    {"hdd", "F[,ro]", 0, NULL, "FILE", parse_medium, AT(drive[DRIVE_HDD]), "fourth hard disk"},
    {"cdrom", "F", 0, NULL, "FILE", parse_medium, AT(cdrom),
     "CD in a CD-ROM drive: an ISO 9660 image, or a cue sheet with its tracks"},
    {"drive",
     "file=F,if=floppy|ide,index=N,media=disk|cdrom,format=F,readonly=on,snapshot=on,overlay=F,"
     "fault=KIND:FIRST-LAST",
     OPT_REPEAT, NULL, NULL, parse_drive, 0,
     "a drive in long form; if=ide and the first free index if not given; media=cdrom without "
     "file= "
     "is an empty CD-ROM drive; fault= makes sectors fail (KIND: read, write, missing, timeout), "
     "may be repeated"},
    {"snapshot", NULL, OPT_FLAG, NULL, NULL, parse_flag, AT(snapshot),
     "writes go to memory and are lost at the end; no image is touched"},
    {"overlay", "F", 0, NULL, "FILE", parse_string, AT(overlay),
     "writes go to the file F, which is made if need be; no image is touched. With several disks, "
     "the "
     "others have F.hdb and so on"},
    {"commit-overlay", "F", OPT_ACTION, NULL, "FILE", parse_string, AT(commit),
     "no run: write overlay F back into its image, which is the only other argument"},
    {"rebase-overlay", "F", OPT_ACTION, NULL, "FILE", parse_string, AT(rebase),
     "no run: make overlay F one of another image of the same size, without changing what is seen; "
     "the arguments are the old and the new image"},
    {"boot", "ORDER[,menu=on]", 0, NULL, "a c d ac ca cd dc acd", parse_boot, 0,
     "boot order of a (floppy), c (hard disk) and d (CD), e.g. ca; by default those of them that "
     "hold "
     "something. menu=on waits in the boot menu, which F12 or Esc shows otherwise"},
    {0},
};

static const Option machine[] = {
    {"cpu", "MODEL[,fpu=off]", 0, "pentium", MODEL_NAMES " help", parse_cpu, 0,
     "processor: 8086, 286, 386, 486, pentium, pentium-mmx or 686; help describes them"},
    {"m", "N[K|M|G]", 0, NULL, NULL, parse_memory, 0,
     "RAM; a bare number is MiB; 16 MiB by default, 1 MiB for an 8086"},
    {"M", "isa|pci", 0, "isa", "isa pci", parse_choice, AT(board),
     "board: isa is a PC/AT, pci one with a 440FX chipset, as QEMU and Bochs have it; needs -cpu "
     "386 "
     "or later"},
    {"ips", "N[K|M|G]", 0, NULL, NULL, parse_ips, 0,
     "guest instructions per guest second; by default typical of the model"},
    {"rtc", "base=utc|localtime|DATE", 0, NULL, "base=utc base=localtime", parse_rtc, 0,
     "what the clock shows at power-on; by default the host's local time, but 1995-08-24T12:00:00 "
     "with "
     "-batch or -display none, so that runs repeat"},
    {"bios", "F", 0, NULL, "FILE", parse_string, AT(bios), "another system BIOS"},
    {"vga", "std|ega|cga|hercules", 0, NULL, "std ega cga hercules", parse_video, AT(video),
     "the adapter: a VGA with VESA modes (default), IBM's EGA or CGA, or a Hercules card with a "
     "monochrome monitor. ega[,monitor=ecd|cd|mono][,memory=64|128|256]: on an enhanced colour "
     "(default), a colour or a monochrome display, with so many KiB (default 256)"},
    {"vgabios", "F", 0, NULL, "FILE", parse_string, AT(vgabios),
     "another VGA BIOS; none for no VGA BIOS"},
    {"option-rom", "F[@ADDR]", OPT_REPEAT, NULL, "FILE", parse_option_rom, 0,
     "a further option ROM, at a physical address or in the next free place"},
    {"append", "TEXT", 0, NULL, NULL, parse_string, AT(append),
     "what follows the name of a Multiboot kernel on its command line"},
    {"core", "fast|trampoline|slow", OPT_HIDDEN, NULL, "fast trampoline slow", parse_choice,
     AT(core), "which of the interpreter's cores runs; all give the same run"},
    {"device", "NAME[,KEY=VALUE]...", OPT_REPEAT, NULL, DEVICES, parse_device, 0,
     "a further card. isa-debug-exit[,iobase=0xf4][,raw=on]: a port by which the guest ends the "
     "run with status (v<<1)|1, or v with raw=on. Sound (docs/sound.md): adlib; opl3; sb1, sb2, "
     "sbpro or sb16[,iobase=0x220][,irq=5][,dma=1][,dma16=5]; mpu401[,iobase=0x330][,irq=9]; "
     "covox or disney in place of the printer"},
    {"load", "F@SEG:OFF", OPT_REPEAT, NULL, "FILE", parse_load, 0,
     "raw code into memory; the machine then starts without a BIOS, at -entry or the first -load"},
    {"entry", "SEG:OFF", 0, NULL, NULL, parse_entry, 0, "where raw code starts"},
    {"regs", "REG=N,...", OPT_REPEAT, NULL, NULL, parse_regs, 0,
     "registers at the start of raw code, e.g. eax=1,esp=0x7000"},
    {0},
};

static const Option host[] = {
    {"display", "KIND", 0, NULL, DISPLAYS, parse_display, AT(display),
     "where the screen is shown: sdl (a window), text (in the terminal), none; by default the "
     "first that works"},
    {"nographic", NULL, OPT_FLAG, NULL, NULL, parse_flag, AT(nographic),
     "no screen; the first serial port on the terminal, as -display none -serial mon:stdio"},
    {"scale", "N", 0, NULL, NULL, parse_scale, 0, "size of the window: 1 to 10 times the guest's"},
    {"fullscreen", NULL, OPT_FLAG, NULL, NULL, parse_flag, AT(fullscreen), "start in full screen"},
    {"aspect", "4:3|square", 0, NULL, "4:3 square", parse_choice, AT(aspect),
     "shape of the picture: 4:3 as on the monitor (default), or square pixels"},
    {"border", "off|on", 0, NULL, "off on", parse_choice, AT(border),
     "show the overscan border around the picture, also in screenshots; off by default"},
    {"scaling", "sharp|integer|smooth", 0, NULL, "sharp integer smooth", parse_choice, AT(scaling),
     "how the picture fills the window: sharp pixels, fitted to its shape (default), whole "
     "multiples only, or smooth"},
    {"renderer", "card|software", 0, NULL, "card software", parse_choice, AT(renderer),
     "who draws the window: the graphics card where there is one (default), or the processor"},
    {"audio", "none|wav:F|sdl[,latency=MS]", 0, NULL, SOUNDS, parse_audio, 0,
     "where sound goes: the host's sound device, with so many milliseconds of sound in between (60 "
     "if not given); a WAV file, which is the same in every run; nowhere. By default sdl with a "
     "window, else none"},
    {"audio-in", "wav:F", 0, NULL, "wav:", parse_audio_in, 0,
     "what a Sound Blaster records: a WAV file that plays from power-on in guest time"},
    {"midi", "F.mid|alsa[:PORT]|fluidsynth[:F.sf2]", 0, NULL, "FILE alsa fluidsynth", parse_string,
     AT(midi),
     "where goes what the guest plays on a MIDI port: a standard MIDI file, ALSA's sequencer, or "
     "FluidSynth with a sound font, which plays into the machine's sound"},
    {"joystick", "none|keys|sdl", 0, NULL, "none keys sdl", parse_choice, AT(joystick),
     "a game port with what is plugged in: the host's game controllers, or the keypad (0 and the "
     "point are the buttons)"},
    {"speed", "max|real|N%", 0, NULL, "max real", parse_speed, 0,
     "host throttle; real with a screen, max with -display none"},
    {"serial", "DEV", OPT_REPEAT, NULL, CHARDEVS, parse_serial, 0,
     "COM1, then COM2: stdio, mon:stdio, file:F, tcp:HOST:PORT[,server], unix:F[,server], pty, "
     "null, or msmouse: a serial mouse, which then is the host's mouse"},
    {"parallel", "DEV", 0, NULL, CHARDEVS, parse_chardev, AT(parallel),
     "the printer port, likewise"},
    {"debugcon", "DEV[,port=N]", 0, NULL, CHARDEVS, parse_debugcon, AT(debugcon),
     "the debug port, 0xe9 if not given, likewise"},
    {"sandbox", "on|off", 0, "off", "on off", parse_choice, AT(sandbox),
     "on: once all is open, the process gives up its rights: no file can be opened any more, no "
     "program started, no connection made, but for what the options name (docs/sandbox.md). Linux "
     "only"},
    {0},
};

static const Option run[] = {
    {"batch", NULL, OPT_FLAG, NULL, NULL, parse_flag, AT(batch),
     "nothing is asked, the run ends by itself where a window would stay open, and the clock "
     "starts at a fixed "
     "date"},
    {"no-reboot", NULL, OPT_FLAG, NULL, NULL, parse_flag, AT(no_reboot),
     "end the run with status 0 where the guest would reboot"},
    {"on-triple-fault", "ACTION", 0, NULL, "report reset stop exit", parse_choice, AT(triple),
     "report, reset, stop or exit; by default report, then stop in a window and exit elsewhere"},
    {"max-insns", "N[K|M|G]", 0, NULL, NULL, parse_max_insns, 0, "end after N instructions"},
    {"timeout", "SECONDS", 0, NULL, NULL, parse_timeout, 0, "end after so many guest seconds"},
    {"expect", "RE", OPT_REPEAT, NULL, NULL, parse_pattern, AT(expect),
     "end with status 0 when this POSIX extended expression is seen on the text screen, a serial "
     "port or "
     "port 0xe9; with several, when all were seen"},
    {"fail-on", "RE", OPT_REPEAT, NULL, NULL, parse_pattern, AT(fail_on),
     "end with status 92 when this is seen"},
    {"type-at", "T,TEXT", OPT_REPEAT, NULL, NULL, parse_type_at, 0,
     "type TEXT after T guest seconds; \\n Enter, \\t Tab, \\e Esc, \\\\ backslash, {ctrl-c} keys "
     "by name"},
    {"screendump", "F.png|F.txt", OPT_REPEAT, NULL, "FILE", parse_screendump, 0,
     "write the last screen as a picture or as text"},
    {"hash", NULL, OPT_FLAG, NULL, NULL, parse_flag, AT(hash),
     "last line of output: `hash INSN HEX` over the whole machine; equal hashes, equal machines"},
    {"savevm-at", "N,F", OPT_REPEAT, NULL, NULL, parse_savevm_at, 0,
     "save the machine's state to F after N instructions"},
    {"loadvm", "F", 0, NULL, "FILE", parse_string, AT(loadvm),
     "start from a saved state; machine and media must be those it was saved with"},
    {"incoming", "DEV", 0, NULL, CHARDEVS, parse_chardev, AT(incoming),
     "wait at unix:F or tcp:HOST:PORT for a machine that another glass86 sends with `migrate`, and "
     "go on with it; options and media must be the same"},
    {"record", "F", 0, NULL, "FILE", parse_string, AT(record),
     "log every input from outside with its instruction count, for -replay"},
    {"replay", "F", 0, NULL, "FILE", parse_string, AT(replay),
     "repeat a recorded run, taking no other input; status 94 if it goes another way"},
    {"stats", "F.json", 0, NULL, "FILE", parse_string, AT(stats), "write figures about the run"},
    {"golden", "FILE...", OPT_REPEAT | OPT_ACTION, NULL, "FILE", parse_golden, 0,
     "run these golden tests (docs/golden-format.md; - is the standard input) on every core and "
     "model they hold for, and end with status 0 if all pass"},
    {"golden-record", "N,F", OPT_REPEAT, NULL, NULL, parse_golden_record, 0,
     "append the instruction after the first N, and what it does, to F as a golden test"},
    {0},
};

static const Option logging[] = {
    {"d", "LIST", 0, NULL, "insn int exc io mmu pf dev irq sens reset guest_errors", parse_log, 0,
     "log insn (every instruction), int (software interrupts), exc (exceptions), io (port "
     "accesses), mmu (paging, CR3, INVLPG, A20), pf (page faults), dev (device events and DMA), "
     "irq (hardware interrupts), sens (sensitive but unprivileged instructions), reset, "
     "guest_errors (accesses to ports and memory that are not there)"},
    {"D", "F", 0, NULL, "FILE", parse_string, AT(log_file),
     "log to a file, not to the standard error output"},
    {"dfilter", "RANGE,...", 0, NULL, NULL, parse_filter, 0,
     "log only these ports and linear code addresses, e.g. 0x3f8-0x3ff,0x60+5"},
    {"log-limit", "N[K|M|G]", 0, "4G", NULL, parse_log_limit, 0,
     "files that the guest makes grow (-D, file:F of a port, the debugger's `trace on file F`) "
     "end, with a word, when they have this size; a bare number is MiB, 0 for no limit"},
    {0},
};

static const Option debugging[] = {
    {"dbg", NULL, OPT_FLAG, NULL, NULL, parse_flag, AT(dbg),
     "start in the debugger, before the first instruction; Ctrl-C calls it later"},
    {"tui", NULL, OPT_FLAG, NULL, NULL, parse_flag, AT(tui),
     "as -dbg, with registers, code, stack, memory and the guest's screen all over the terminal"},
    {"ex", "COMMAND", OPT_REPEAT, NULL, NULL, parse_script, 0,
     "a command for the debugger, before it asks for others; with -batch the run ends after the "
     "last one"},
    {"x", "F", OPT_REPEAT, NULL, "FILE", parse_script, 0, "a file of commands, likewise"},
    {"S", NULL, OPT_FLAG, NULL, NULL, parse_flag, AT(stop_first),
     "stop before the first instruction, and wait for gdb, the monitor or the debugger"},
    {"s", NULL, OPT_FLAG, NULL, NULL, parse_gdb, AT(gdb), "as -gdb tcp::1234"},
    {"gdb", "DEV", 0, NULL, CHARDEVS, parse_gdb, AT(gdb),
     "wait for gdb at tcp::PORT, unix:F, stdio or pty"},
    {"monitor", "DEV", 0, NULL, CHARDEVS, parse_chardev, AT(monitor),
     "the debugger's commands from this device, also while the machine runs"},
    {"history", "N[K|M|G]", 0, "256M", NULL, parse_history, 0,
     "memory for going back in time, wherever the debugger can be called; 0 turns it off"},
    {"magic-break", "REG", 0, NULL, "bx cx dx si di bp sp", parse_magic, AT(magic),
     "`xchg bx,bx` (or another register with itself) stops in the debugger"},
    {0},
};

static const Option about[] = {
    {"config", "F", OPT_ACTION, NULL, "FILE", parse_string, AT(config_file),
     "read this file and not glass86.conf; none reads no file"},
    {"dump-config", NULL, OPT_FLAG | OPT_ACTION, NULL, NULL, parse_flag, AT(dump_config),
     "print the effective configuration as a file for -config"},
    {"help", NULL, OPT_FLAG | OPT_ACTION, NULL, NULL, parse_flag, AT(help), "print this"},
    {"h", NULL, OPT_FLAG | OPT_ACTION | OPT_HIDDEN, NULL, NULL, parse_flag, AT(help), "the same"},
    {"version", NULL, OPT_FLAG | OPT_ACTION, NULL, NULL, parse_flag, AT(version),
     "print the version"},
    {"help-man", NULL, OPT_FLAG | OPT_ACTION | OPT_HIDDEN, NULL, NULL, parse_flag, AT(help_man),
     "man page"},
    {"help-bash", NULL, OPT_FLAG | OPT_ACTION | OPT_HIDDEN, NULL, NULL, parse_flag, AT(help_bash),
     "bash completion"},
    {"help-zsh", NULL, OPT_FLAG | OPT_ACTION | OPT_HIDDEN, NULL, NULL, parse_flag, AT(help_zsh),
     "zsh completion"},
    {"help-debugger", NULL, OPT_FLAG | OPT_ACTION | OPT_HIDDEN, NULL, NULL, parse_flag,
     AT(help_debugger), "the debugger's manual"},
    {"help-opcodes", NULL, OPT_FLAG | OPT_ACTION | OPT_HIDDEN, NULL, NULL, parse_flag,
     AT(help_opcodes), "the table of instructions"},
    {0},
};

const OptionGroup option_groups[] = {
    {"Disks", media},
    {"Machine", machine},
    {"Screen, speed, ports", host},
    {"Runs and tests", run},
    {"Logging", logging},
    {"Debugger", debugging},
    {"Help", about},
    {NULL, NULL},
};
