/* pc.h: the machine, and the whole of what a frontend needs to run it. Pc owns everything by value;
 * one allocation is one computer, and a process may hold several. Guest time (Clock.now, in
 * instructions) advances only inside pc_run(). Host input (keys, mouse, serial bytes, media) enters
 * only between two calls of pc_run(), and a run is a function of the configuration and of what
 * entered at which Clock.now: nothing else. */
#ifndef GLASS86_PC_H
#define GLASS86_PC_H

#include "cpu/cpu.h"
#include "devices/audio.h"
#include "devices/busmaster.h"
#include "devices/cmos.h"
#include "devices/disk/disk.h"
#include "devices/dma.h"
#include "devices/event.h"
#include "devices/fdc.h"
#include "devices/ferr.h"
#include "devices/fwcfg.h"
#include "devices/i440fx.h"
#include "devices/ide.h"
#include "devices/joystick.h"
#include "devices/kbc.h"
#include "devices/lpt.h"
#include "devices/lptdac.h"
#include "devices/misc.h"
#include "devices/mpu401.h"
#include "devices/opl.h"
#include "devices/pci.h"
#include "devices/pic.h"
#include "devices/piix3.h"
#include "devices/piix4pm.h"
#include "devices/pit.h"
#include "devices/port92.h"
#include "devices/sb.h"
#include "devices/speaker.h"
#include "devices/sermouse.h"
#include "devices/state.h"
#include "devices/uart.h"
#include "devices/vga.h"
#include "mmu/bus.h"
#include "mmu/clock.h"
#include "mmu/line.h"

enum { PC_FLOPPIES = 2, PC_IDE_DRIVES = 4, PC_SERIAL = 2, PC_OPTION_ROMS = 8 };
enum { PC_ROM_SIZE = 0x40000 };

/* Sizes in bytes. RAM is rounded down to 64 KiB and must be at least 256 KiB, at most 3 GiB. */
#define PC_RAM_MIN (256u << 10)
#define PC_RAM_MAX (3u << 30)
#define PC_RAM_DEFAULT (16u << 20)

/* Sound cards; 0 in any field: the card's own, or none. */
typedef enum { PC_FM_NONE, PC_FM_OPL2, PC_FM_OPL3 } PcFm;

/* What is at the printer port instead of a printer. */
typedef enum { PC_LPT_PRINTER, PC_LPT_COVOX, PC_LPT_DISNEY } PcLptDac;

typedef struct {
    PcFm fm;      /* a synthesizer at 388h; a Sound Blaster brings its own */
    SbKind sb;
    u16 sb_base;  /* 0: 220h */
    u8 sb_irq;    /* 2, 5, 7 or 10; 0: 5 */
    u8 sb_dma;    /* 1 or 3, or PC_NONE for channel 0; 0: 1 */
    u8 sb_dma16;  /* 5-7; PC_NONE: none; 0: 5 */
    u16 mpu_base; /* an MPU-401; 0: none, but 330h on a Sound Blaster 16 */
    u8 mpu_irq;   /* 0: 9; that on a Sound Blaster 16 has the card's */
    PcLptDac lpt_dac;
} PcSound;

typedef struct {
    const u8 *data;
    u32 size;
    u32 addr; /* a multiple of 2 KiB in C0000h-EFFFFh; 0: the next free place after the VGA BIOS */
} PcRom;

/* What the machine tells its frontend. All optional. Called from inside pc_run(); a hook must not
 * call back into the machine, except pc_stop(). */
typedef struct {
    void *ctx;
    void (*serial_tx)(void *ctx, int port, u8 byte); /* port 0 = COM1 */
    void (*parallel_tx)(void *ctx, u8 byte);
    void (*midi_tx)(void *ctx, u8 byte);
    /* What a sound card records: see SbConfig.line_in. A function of `when` and `rate` only. */
    void (*line_in)(void *ctx, AudioTime when, u32 rate, s32 level[2]);
    void (*debugcon_tx)(void *ctx, u8 byte);          /* port E9h */
    void (*reset)(void *ctx); /* the guest reset the processor; seen before it restarts */
} PcHooks;

/* Zero everything first: zero means the default. Images and disks must outlive the Pc. */
typedef struct {
    u64 ram; /* bytes; 0: 16 MiB. What lies above an 8086's or 286's reach is left out */
    CpuModel cpu;
    bool no_fpu;
    bool pci; /* a board with PCI: 440FX chipset; needs a 386 or later */
    u64 ips; /* guest instructions per guest second; 0: pc_default_ips(cpu) */

    PcRom bios;    /* 64, 128 or 256 KiB; addr is ignored; data NULL: none, for raw code */
    PcRom vgabios; /* up to 64 KiB at C0000h; data NULL: none */
    VgaCardKind video; /* VGA_CARD_NONE: a VGA */
    u8 ega_switches;   /* VGA_SWITCHES_* */
    u8 ega_memory;     /* 1, 2 or 4 times 64 KiB */
    const u8 *glyphs;  /* a card's character generator: 256 glyphs of so many lines */
    u8 glyph_lines;
    bool border; /* pictures have the overscan border */
    PcRom option_rom[PC_OPTION_ROMS];
    /* C0000h-FFFFFh is writable memory that holds the ROMs. */
    bool shadow_ram;
    /* VGA BIOS and option ROMs are not in memory but offered through QEMU's fw_cfg. Both are set by
     * themselves for a SeaBIOS image, which relies on them; with PCI the host bridge makes RAM of
     * the ROMs, and shadow_ram means nothing. */
    bool fw_cfg;
    FwcfgKernel kernel; /* loaded by an option ROM, through fw_cfg; data NULL: none */

    s64 rtc; /* what the clock shows at power-on, in seconds since 1970-01-01 00:00 */

    Disk *floppy[PC_FLOPPIES]; /* the medium, or NULL: drive empty */
    /* CMOS type of the drive: 1 360K, 2 1.2M, 3 720K, 4 1.44M, 5 2.88M; PC_NONE: no drive; 0: as
     * the medium needs, without one drive A is 1.44M and drive B absent. */
    u8 floppy_type[PC_FLOPPIES];
    Disk *ide[PC_IDE_DRIVES]; /* primary master, slave, secondary master, slave; NULL: no drive */
    bool cd[PC_IDE_DRIVES];   /* a CD-ROM drive, also with no disc in it */
    /* "a", "ca", "cad": a floppy, c hard disk, d CD; empty: those that hold something. */
    char boot[4];
    bool boot_menu; /* our BIOS waits in its boot menu */

    u8 serial_ports;     /* 0: two. 1-2 as given; PC_NONE: none */
    u8 parallel_ports;   /* 0: one; PC_NONE: none */
    PcSound sound;
    bool joystick;   /* a game port with one stick */
    u8 serial_mouse; /* 1: a serial mouse at COM1, 2: at COM2, instead of the PS/2 one; 0: none */
    u16 debug_exit_port; /* 0: no isa-debug-exit device; customary F4h or 501h */
    u16 debugcon_port;   /* 0: E9h */
    PcHooks hooks;
} PcConfig;

enum { PC_NONE = 0xFF };

typedef enum {
    PC_EXIT_TIME,     /* Clock.now == until */
    PC_EXIT_POWEROFF, /* the guest switched itself off */
    /* isa-debug-exit was written (once per reset): Pc.s.exit_value, as the guest wrote it */
    PC_EXIT_DEBUG_EXIT,
    /* Triple fault. Nothing is reset yet: look first, then pc_reset_cpu() is what a PC/AT does by
     * itself, pc_reset() the reset button. */
    PC_EXIT_SHUTDOWN,
    PC_EXIT_BREAK, /* a breakpoint or watchpoint of cpu.h */
    PC_EXIT_STOP,  /* pc_stop() */
    /* HLT with interrupts off for a guest second, by when every command to a device has had its
     * effect. Reported once per halt; pc_run() may go on: time passes, the screen lives. */
    PC_EXIT_HALT_FOREVER,
} PcExit;

typedef struct Pc Pc;

/* Builds a machine as after power-on. `pc` is storage of any content, pc_free() releases what it
 * took. False: err holds one line that names what is wrong and how to repair it; nothing needs
 * freeing. */
bool pc_init(Pc *pc, const PcConfig *cfg, char *err, size_t errlen);
void pc_free(Pc *pc);

/* cold: the mains switch (RAM is zeroed, the clock goes on, CMOS keeps its contents). Otherwise the
 * reset button: every chip and the processor are reset, RAM stays. */
void pc_reset(Pc *pc, bool cold);
/* The processor alone, as the 8042, port 92h and a shutdown cycle do on a PC/AT. */
void pc_reset_cpu(Pc *pc);

/* Runs until Clock.now == until or until something of PcExit happens. Events due at `until` have
 * fired. How a run is cut into calls changes nothing in it. */
PcExit pc_run(Pc *pc, u64 until);
/* From a hook or an event: pc_run() returns PC_EXIT_STOP after this instruction. */
void pc_stop(Pc *pc);
void pc_forget_stop(Pc *pc); /* whoever asked has what he wanted; the request was no guest's */

/* Input. `key` is a code of devices/kbc.h; dx right, dy down, dz wheel towards the user, buttons 1
 * left, 2 right, 4 middle. */
void pc_key(Pc *pc, u16 key, bool down);
void pc_mouse(Pc *pc, int dx, int dy, int dz, unsigned buttons);
void pc_joystick(Pc *pc, const JoystickInput *in);
/* A byte arrives at a serial port. False: the receiver is still busy, offer it again later. */
/* The machine ends here: characters still in its serial ports go out (uart_drain()). */
void pc_drain_serial(const Pc *pc);
bool pc_serial_rx(Pc *pc, int port, u8 byte);

/* Media change; NULL ejects. Returns the medium that was in the drive (the caller owns it). */
Disk *pc_change_floppy(Pc *pc, int drive, Disk *medium);

/* Drives by number: 0 fda, 1 fdb, 2-5 hda-hdd. */
/* Where the medium in drive 0-5 (fda to hdd) fails; NULL: there is no such drive. */
DiskFaults *pc_faults(Pc *pc, int drive);
int pc_drive(const char *name); /* -1: no such name */
int pc_cd_drive(const Pc *pc);  /* the first CD-ROM drive, or -1 */
/* Media change in a floppy or CD-ROM drive; NULL ejects. *old: what was in it, the caller's again.
 * False: err says why not; a disc that the guest has locked only goes by force, but the guest is
 * told of the wish. */
bool pc_may_change(Pc *pc, int drive, const Disk *medium, bool force, char *err, size_t errlen);
bool pc_change_media(Pc *pc, int drive, Disk *medium, bool force, Disk **old, char *err,
                     size_t errlen);

/* Sound: the machine's mixer calls the sink from inside pc_run(), pc_sound_run() and
 * pc_sound_flush(); see audio.h. */
void pc_sound_open(Pc *pc, u32 rate, AudioSink *sink, void *ctx);
void pc_sound_run(Pc *pc);
void pc_sound_flush(Pc *pc);
void pc_sound_restart(Pc *pc); /* guest time went back, and is to be heard from here on */
AudioTime pc_time(const Pc *pc); /* now */

/* Hash over RAM, every chip's state, the processor and the armed events: equal hashes, equal
 * machines. */
u64 pc_hash(const Pc *pc);

u64 pc_default_ips(CpuModel cpu);

/* ---- the machine itself ---------------------------------------------------------------------- */

typedef struct {
    u64 halted_since;
    u32 exit_value; /* of PC_EXIT_DEBUG_EXIT */
    u32 request;    /* what pc_run() shall do after this instruction: REQUEST_* in pc.c */
    bool is_halted, halt_reported;
    u8 pad[6];
} PcState;

typedef struct {
    Pc *pc;
    int port;
} PcSerial;

typedef struct {
    Pci bus;
    I440fx host;
    Piix3 isa;
    BusMaster ide;
    Piix4Pm pm;
    PciFunction vga;
    u8 *vga_rom; /* its expansion ROM, vga_rom_size bytes; NULL: none */
    u32 vga_rom_size, vga_rom_base; /* a power of two; where it is mapped, 0: nowhere */
} PcPci;

struct Pc {
    Clock clock;
    EventQueue queue;
    Bus bus;
    Snap snap;
    Cpu cpu;
    Pic pic;
    Pit pit;
    Dma dma;
    Cmos cmos;
    Speaker speaker;
    Kbc kbc;
    Port92 port92;
    Ferr ferr;
    Uart uart[PC_SERIAL];
    Lpt lpt;
    Fdc fdc;
    Ide ide[2];
    Vga vga;
    Debugcon debugcon;
    DebugExit debug_exit;
    PowerOff power_off;
    Fwcfg fwcfg;
    PcPci pci; /* if cfg.pci */
    Audio audio;
    AudioSource *cone; /* of the speaker */
    Opl opl;
    Sb sb;
    Mpu401 mpu;
    LptDac lpt_dac;
    Joystick joystick;
    Sermouse sermouse;

    u8 *ram; /* [ram_size]; bytes A0000h-FFFFFh exist but are hidden under video memory and ROMs */
    u64 ram_size;
    u8 *rom;  /* C0000h-FFFFFh: PC_ROM_SIZE bytes */
    u8 *bios; /* the BIOS image at the top of the address space */
    u32 bios_size;

    PcState s;
    bool in_cpu; /* inside cpu_run() */
    u64 halted_ticks; /* for people: how long the processor has waited in all */
    PcConfig cfg;
    PcSerial serial[PC_SERIAL];
};

#endif
