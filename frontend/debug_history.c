/* debug_history.c: see debug_history.h. */
#include "frontend/debug_history.h"

#include <inttypes.h>

void history_print(Debug *d, int n, FILE *out)
{
    static CpuPast past[CPU_HISTORY * 8];
    int count = cpu_history(&d->pc->cpu, past, n < (int)ARRAY_LEN(past) ? n : (int)ARRAY_LEN(past));
    for (int k = 0; k < count; k++) {
        char text[200], name[120];
        u8 b[16];
        Insn i;
        int len;
        if (past[k].linear) {
            debug_name_of(d, past[k].addr, name, sizeof name);
            debug_disasm(d, past[k].addr, past[k].addr, past[k].code32, text, sizeof text);
            fprintf(out, "%12" PRIu64 "  0x%08x%s  %s\n", past[k].tick, past[k].addr, name, text);
            continue;
        }
        debug_read_phys(d, past[k].addr, b, 15);
        len = decode(&d->pc->cpu.decode, b, 15, past[k].code32, &i);
        disasm(&i, past[k].addr, text, sizeof text);
        fprintf(out, "%12" PRIu64 "  phys:0x%08x  %s\n", past[k].tick, past[k].addr,
                len ? text : "?");
    }
    if (!count)
        fprintf(out, "nothing has been executed yet\n");
}
