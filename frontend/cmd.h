/* cmd.h: the table of the debugger's commands. It alone feeds the dispatcher, help, apropos,
 * completion and
 * docs/debugger.md. A command is in the table when it works, and only then. */
#ifndef GLASS86_CMD_H
#define GLASS86_CMD_H

#include "frontend/debug.h"

typedef bool CmdFn(Debug *d, const char *args); /* false: d->error */

typedef enum { COMPLETE_NOTHING, COMPLETE_EXPR, COMPLETE_FILE, COMPLETE_COMMAND } CmdComplete;

typedef struct {
    const char *name;  /* one word or two: "info gdt" */
    const char *alias; /* other names, with blanks between them; NULL: none */
    const char *args;
    CmdFn *fn;
    const char *help; /* sentences; the first is the summary */
    CmdComplete complete;
} Cmd;

typedef struct {
    const char *title;
    const Cmd *rows; /* ends with name == NULL */
} CmdGroup;

extern const CmdGroup cmd_groups[]; /* ends with title == NULL */

bool cmd_exists(const char *name); /* exactly so, no abbreviation */
void cmd_docs(FILE *f); /* docs/debugger.md */
/* Words that could stand at the end of `line`: the nth, to be freed; NULL: no more. */
char *cmd_completion(Debug *d, const char *line, int n, bool *files);

/* ---- for commands: taking arguments apart ---- */

bool arg_end(Debug *d, const char *args);                             /* nothing may follow */
bool arg_number(Debug *d, const char **args, u64 max, u64 *v);        /* an expression */
bool arg_address(Debug *d, const char **args, u32 *addr, bool *phys); /* phys NULL: linear only */
bool arg_length(Debug *d, const char **args, u32 *len);               /* ,+N */
void arg_word(const char **args, char *word, size_t size);
bool arg_is(const char **args, const char *word); /* takes this word if it is next */
/* "..." with escapes, or everything up to a blank. */
bool arg_string(Debug *d, const char **args, char *text, size_t size);
bool arg_on_off(Debug *d, const char **args, bool *on);
/* Lines up to `end`, from where the command came from. */
bool cmd_opens_block(const char *line); /* whether this command wants them */
bool cmd_block(Debug *d, char ***line, int *count);

/* cmd_script.c; their rows stand beside help in debug_cmd.c */
CmdFn cmd_source, cmd_define, cmd_hook_stop, cmd_echo, cmd_printf, cmd_assert;

CmdFn cmd_layout; /* cmd_layout.c; its row stands beside screen in cmd_device.c */

/* Rows: cmd_run.c, cmd_back.c, cmd_break.c, cmd_data.c, cmd_code.c, cmd_system.c, cmd_device.c,
 * cmd_state.c, cmd_study.c, cmd_dos.c, cmd_script.c */
extern const Cmd cmds_run[], cmds_back[], cmds_break[], cmds_watch[], cmds_manage[],
    cmds_registers[], cmds_memory[], cmds_code[], cmds_system[], cmds_devices[], cmds_screen[],
    cmds_states[], cmds_study[], cmds_dos[], cmds_script[];

#endif
