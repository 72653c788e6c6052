/* option_table.h: one row per option. Private to the option_*.c files and their tests. */
#ifndef GLASS86_OPTION_TABLE_H
#define GLASS86_OPTION_TABLE_H

#include "frontend/options.h"

enum {
    OPT_FLAG = 1,   /* no argument; in glass86.conf `key = on|off` */
    OPT_REPEAT = 2, /* may be given several times; otherwise the last one wins */
    OPT_HIDDEN = 4, /* not in -help, man page or completion */
    OPT_ACTION = 8, /* only on the command line: never in glass86.conf or -dump-config */
};

typedef struct Option Option;
struct Option {
    const char *name;    /* without dashes; also the key in glass86.conf */
    const char *arg;     /* form of the argument, NULL for flags */
    unsigned flags;      /* OPT_* */
    const char *initial; /* default as text for -help and -dump-config; NULL: none */
    const char *choices; /* completion: words, or "FILE"; NULL: nothing to offer */
    bool (*parse)(Options *o, const Option *row, const char *text);
    size_t field;     /* offset in Options, for the generic parsers */
    const char *help; /* sentences for -help and the man page */
};

typedef struct {
    const char *title;
    const Option *rows; /* ends with name == NULL */
} OptionGroup;

extern const OptionGroup option_groups[]; /* ends with title == NULL */

const Option *option_find(const char *name);
const char *option_nearest(const char *name); /* NULL: nothing resembles it */

/* Sets o->error to "-name: ..." (the caller's text) and returns false. */
bool option_error(Options *o, const Option *row, const char *fmt, ...)
    __attribute__((format(printf, 3, 4)));

/* Value parsers (option_parse.c). */
bool parse_flag(Options *o, const Option *row, const char *text);
bool parse_gdb(Options *o, const Option *row, const char *text);
bool parse_magic(Options *o, const Option *row, const char *text);
bool parse_script(Options *o, const Option *row, const char *text);
bool parse_string(Options *o, const Option *row, const char *text);
bool parse_choice(Options *o, const Option *row, const char *text);
bool parse_audio(Options *o, const Option *row, const char *text);
bool parse_audio_in(Options *o, const Option *row, const char *text);
bool parse_boot(Options *o, const Option *row, const char *text);
bool parse_chardev(Options *o, const Option *row, const char *text);
bool parse_video(Options *o, const Option *row, const char *text);
bool parse_cpu(Options *o, const Option *row, const char *text);
bool parse_debugcon(Options *o, const Option *row, const char *text);
bool parse_device(Options *o, const Option *row, const char *text);
bool parse_display(Options *o, const Option *row, const char *text);
bool parse_drive(Options *o, const Option *row, const char *text);
bool parse_entry(Options *o, const Option *row, const char *text);
bool parse_filter(Options *o, const Option *row, const char *text);
bool parse_golden(Options *o, const Option *row, const char *text);
bool parse_golden_record(Options *o, const Option *row, const char *text);
bool parse_log_limit(Options *o, const Option *row, const char *text);
bool parse_history(Options *o, const Option *row, const char *text);
bool parse_image(Options *o, const Option *row, const char *text);
bool parse_ips(Options *o, const Option *row, const char *text);
bool parse_load(Options *o, const Option *row, const char *text);
bool parse_log(Options *o, const Option *row, const char *text);
bool parse_max_insns(Options *o, const Option *row, const char *text);
bool parse_medium(Options *o, const Option *row, const char *text);
bool parse_memory(Options *o, const Option *row, const char *text);
bool parse_option_rom(Options *o, const Option *row, const char *text);
bool parse_pattern(Options *o, const Option *row, const char *text);
bool parse_regs(Options *o, const Option *row, const char *text);
bool parse_rtc(Options *o, const Option *row, const char *text);
bool parse_scale(Options *o, const Option *row, const char *text);
bool parse_savevm_at(Options *o, const Option *row, const char *text);
bool parse_screendump(Options *o, const Option *row, const char *text);
bool parse_serial(Options *o, const Option *row, const char *text);
bool parse_speed(Options *o, const Option *row, const char *text);
bool parse_timeout(Options *o, const Option *row, const char *text);
bool parse_type_at(Options *o, const Option *row, const char *text);

#endif
