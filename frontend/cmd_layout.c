/* cmd_layout.c: the command that opens, arranges and closes the full-screen view. */
#include "frontend/cmd.h"
#include "frontend/tui.h"

bool cmd_layout(Debug *d, const char *args)
{
    static const char *const bottoms[TUI_BOTTOMS] = {
        [TUI_OUTPUT] = "output", [TUI_SCREEN] = "screen", [TUI_BREAKS] = "breaks"};
    if (arg_is(&args, "off")) {
        tui_close(d);
        return arg_end(d, args);
    }
    if (d->gdb_command || d->remote)
        return debug_fail(d, "the full-screen view can be opened only from its own terminal");
    if (arg_is(&args, "tui") || !*args)
        return arg_end(d, args) && tui_open(d);
    if (arg_is(&args, "mem")) {
        u32 addr;
        if (!arg_address(d, &args, &addr, NULL) || !arg_end(d, args) || !tui_open(d))
            return false;
        tui_set_memory(d, addr);
        return true;
    }
    for (int n = 0; n < TUI_BOTTOMS; n++)
        if (arg_is(&args, bottoms[n])) {
            if (!arg_end(d, args) || !tui_open(d))
                return false;
            tui_set_bottom(d, (TuiBottom)n);
            return true;
        }
    return debug_fail(d, "layout tui, off, mem A, output, screen or breaks; not `%.20s`", args);
}
