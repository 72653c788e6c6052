/* console.h: the debugger's lines from the terminal, with readline where there is one, and from
 * pipes. */
#ifndef GLASS86_CONSOLE_H
#define GLASS86_CONSOLE_H

#include "frontend/debug.h"

typedef enum {
    CONSOLE_LINE,
    CONSOLE_EOF,
    CONSOLE_LEFT, /* the machine goes on, or the run ended, at somebody else's command */
} ConsoleResult;

void console_open(Debug *d);
void console_close(Debug *d);
/* Waits for a line, looking after window, monitor and gdb meanwhile. *line is to be freed. */
ConsoleResult console_read(Debug *d, const char *prompt, char **line);
/* Ctrl-C: what was typed so far is gone, and the prompt comes again. */
void console_forget_line(void);

#endif
