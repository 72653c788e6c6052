/* options.h: what the user asked for. One table (option_table.c) describes every option; it feeds
 * the command line, glass86.conf, -dump-config, -help, the man page and the shell completions.
 *
 * Work goes in two steps: options_read_*() gather (option, text) pairs, options_apply() turns
 * them into the typed fields below. Between the two the command line replaces what glass86.conf
 * said. */
#ifndef GLASS86_OPTIONS_H
#define GLASS86_OPTIONS_H

#include "devices/pc.h"
#include "mmu/base.h"

#include <stdio.h>

typedef enum {
    DRIVE_FDA,
    DRIVE_FDB,
    DRIVE_HDA,
    DRIVE_HDB,
    DRIVE_HDC,
    DRIVE_HDD,
    DRIVE_COUNT
} DriveSlot;

#define HISTORY_MIN (1u << 20) /* bytes */

typedef struct {
    const char *file; /* NULL: nothing there */
    DiskOptions how;
    bool cd; /* a CD-ROM drive, also without a file */
} DriveOption;

typedef enum { DISPLAY_AUTO, DISPLAY_NONE, DISPLAY_TEXT, DISPLAY_SDL } DisplayKind;
typedef enum { JOYSTICK_AUTO, JOYSTICK_NONE, JOYSTICK_KEYS, JOYSTICK_SDL } JoystickKind;
typedef enum { SOUND_AUTO, SOUND_NONE, SOUND_SDL, SOUND_WAV } SoundKind;
typedef enum { ASPECT_AUTO, ASPECT_4_3, ASPECT_SQUARE } AspectKind;
typedef enum { VIDEO_AUTO, VIDEO_STD, VIDEO_EGA, VIDEO_CGA, VIDEO_HERCULES } VideoKind;
typedef enum { EGA_AUTO, EGA_ECD, EGA_CD, EGA_MONO } EgaMonitor;
typedef enum { BORDER_AUTO, BORDER_OFF, BORDER_ON } BorderKind;
typedef enum { SCALING_AUTO, SCALING_SHARP, SCALING_INTEGER, SCALING_SMOOTH } ScalingKind;
typedef enum { RENDERER_AUTO, RENDERER_CARD, RENDERER_SOFTWARE } RendererKind;
typedef enum { TRIPLE_AUTO, TRIPLE_REPORT, TRIPLE_RESET, TRIPLE_STOP, TRIPLE_EXIT } TripleAction;
typedef enum { BOARD_AUTO, BOARD_ISA, BOARD_PCI } BoardKind;
typedef enum { SANDBOX_AUTO, SANDBOX_ON, SANDBOX_OFF } SandboxKind;
typedef enum { RTC_AUTO, RTC_UTC, RTC_LOCALTIME, RTC_DATE } RtcBase;

/* Sound comes from the machine 60 times a second: with less than a frame's worth a device would
 * run out between two of them. */
enum { AUDIO_LATENCY_MS = 60, AUDIO_LATENCY_LEAST = 20 };
enum { SPEED_AUTO = -1, SPEED_MAX = 0 }; /* else percent of real time */

enum {
    LOG_IO = 1 << 0,
    LOG_RESET = 1 << 1,
    LOG_INT = 1 << 2,  /* software interrupts */
    LOG_IRQ = 1 << 3,  /* hardware interrupts */
    LOG_EXC = 1 << 4,  /* exceptions */
    LOG_INSN = 1 << 5, /* every instruction */
    LOG_MMU = 1 << 6,  /* paging switched, CR3, INVLPG, A20 */
    LOG_PF = 1 << 7,   /* page faults */
    LOG_DEV = 1 << 8,  /* events of devices, DMA */
    LOG_SENS = 1 << 9, /* sensitive but unprivileged instructions */
    LOG_GUEST = 1 << 10, /* accesses to what is not there */
};

enum {
    MAX_IMAGES = 6,
    MAX_SERIAL = 2,
    MAX_OPTION_ROMS = 8,
    MAX_LOADS = 16,
    MAX_REGS = 32,
    MAX_TYPED = 64,
    MAX_PATTERNS = 16,
    MAX_DUMPS = 8,
    MAX_SAVES = 16,
    MAX_FILTERS = 16,
    MAX_GOLDEN = 512,
    MAX_GOLDEN_AT = 16,
    MAX_SCRIPTS = 64,
};

typedef struct {
    const char *file;
    u32 addr; /* physical; 0: the first free place */
} RomOption;

typedef struct {
    const char *file;
    u16 seg;
    u32 off;
} LoadOption;

typedef struct {
    const struct RegInfo *reg;
    u32 value;
} RegOption;

typedef struct {
    const char *re[MAX_PATTERNS]; /* POSIX extended, known to compile */
    int count;
} PatternList;

typedef struct {
    u64 us; /* guest microseconds after power-on */
    const char *text;
} TypeOption;

typedef struct {
    u64 insn;
    const char *file;
} SaveOption;

typedef struct {
    u32 first, last;
} RangeOption;

typedef struct {
    u64 at; /* instructions */
    const char *file;
} GoldenOption;
/* -ex and -x, in the order given. */
typedef struct {
    const char *text; /* a command, or a file's name */
    bool is_file;
} ScriptOption;

/* One use of an option, kept as text for -dump-config and for errors that name their source. */
typedef struct OptionUse {
    const struct Option *row;
    const char *text;
    const char *file; /* NULL: the command line */
    int line;
    bool dropped; /* overridden later */
} OptionUse;

typedef struct Options {
    /* media */
    DriveOption image[MAX_IMAGES]; /* bare arguments, not yet assigned to a drive */
    int image_count;
    DriveOption drive[DRIVE_COUNT];
    DriveOption cdrom; /* in the third IDE place, or the first free one */
    bool snapshot;
    const char *overlay;
    char boot[4]; /* order, letters a, c and d; empty: the machine's own */
    bool boot_menu;

    /* machine */
    BoardKind board;
    u64 memory; /* bytes; 0: the machine's own */
    int cpu;    /* a CpuModel */
    bool no_fpu;
    u64 ips; /* 0: typical of the model */
    RtcBase rtc;
    s64 rtc_date; /* seconds since 1970-01-01 of the clock's face, with RTC_DATE */
    const char *bios, *vgabios;
    VideoKind video;
    EgaMonitor ega_monitor;
    int ega_memory; /* KiB; 0: 256 */
    const char *append; /* command line of a Multiboot kernel */
    RomOption option_rom[MAX_OPTION_ROMS];
    int option_rom_count;
    LoadOption load[MAX_LOADS];
    int load_count;
    bool has_entry;
    u16 entry_seg;
    u32 entry_off;
    RegOption reg[MAX_REGS];
    int reg_count;
    PcSound sound;
    u16 debug_exit_port; /* 0: no isa-debug-exit */
    bool debug_exit_raw;
    u16 debugcon_port; /* 0: E9h */
    int core;          /* 1 + CpuCore; 0: the fastest */

    /* host side */
    DisplayKind display;
    int scale; /* 0: as large as fits well */
    bool fullscreen;
    AspectKind aspect;
    ScalingKind scaling;
    BorderKind border;
    RendererKind renderer;
    SoundKind audio;
    const char *audio_file; /* of SOUND_WAV */
    const char *audio_in;   /* WAV file; NULL: nothing comes in */
    const char *midi;       /* NULL: what is played is lost */
    JoystickKind joystick;
    u8 serial_mouse;        /* 1: at COM1, 2: at COM2; 0: none */
    int audio_latency;      /* of SOUND_SDL, in ms */
    int speed; /* SPEED_AUTO, SPEED_MAX or percent */
    const char *serial[MAX_SERIAL];
    int serial_count;
    const char *parallel, *debugcon;
    bool nographic;
    SandboxKind sandbox;

    /* what to do, and when to end */
    bool batch, no_reboot;
    TripleAction triple;
    u64 max_insns;  /* 0: no limit */
    u64 timeout_us; /* guest microseconds; 0: no limit */
    PatternList expect, fail_on;
    TypeOption typed[MAX_TYPED];
    int typed_count;
    const char *screendump[MAX_DUMPS];
    int screendump_count;
    const char *stats;
    bool hash;
    const char *golden[MAX_GOLDEN]; /* golden tests to run; then there is no machine */
    int golden_count;
    GoldenOption golden_at[MAX_GOLDEN_AT];
    int golden_at_count;
    const char *loadvm; /* a state to start from */
    const char *incoming; /* where a machine comes from another process */
    SaveOption save[MAX_SAVES];
    int save_count;
    const char *record, *replay; /* run logs */
    u32 log;
    const char *log_file;
    u64 log_limit; /* bytes; 0: none */
    RangeOption filter[MAX_FILTERS];
    int filter_count;

    /* debugger */
    bool dbg, tui, stop_first;
    const char *gdb, *monitor; /* character devices; NULL: none */
    ScriptOption script[MAX_SCRIPTS];
    int script_count;
    u64 history;       /* bytes for the machine's past; 0: none is kept */
    const char *magic; /* register of -magic-break, or NULL */

    /* requests that end before any machine is built */
    bool help, version, dump_config, help_man, help_bash, help_zsh, help_debugger,
        help_opcodes;
    const char *cpu_help, *config_file;
    const char *commit, *rebase; /* commands on an overlay; images are what they work on */

    /* book-keeping */
    OptionUse *use;
    int use_count, use_room;
    char **kept; /* strings that live as long as the options */
    int kept_count, kept_room;
    char error[512];
} Options;

void options_init(Options *o);
void options_free(Options *o);

/* Gather. false: o->error says what is wrong and how to put it right. */
bool options_read_args(Options *o, int argc, char **argv);
bool options_read_file(Options *o, const char *path);

/* Turns everything gathered into fields; false as above. */
bool options_apply(Options *o);

const char *options_use_name(const OptionUse *u); /* name of the option, without dashes */

/* Copies n bytes of s as a string that lives as long as the options. */
char *options_keep(Options *o, const char *s, size_t n);

/* What the table knows, as text. */
void options_dump(const Options *o, FILE *f);
void options_help(FILE *f);
void options_man(FILE *f);
void options_bash(FILE *f);
void options_zsh(FILE *f);
void opcode_docs(FILE *f); /* docs/opcodes.md */

#endif
