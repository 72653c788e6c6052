/* gdb.c: what comes over gdb's line. Each line of the input is a packet, which gets its checksum
 * here; one that begins with a backquote goes out as it is, and so does what has no line feed. */
#include "frontend/gdbstub.h"
#include "tests/fuzz/fuzz.h"
#include "tests/fuzz/session.h"

enum { PACKETS = 60, PACKET = 600 };

void fuzz_start(void)
{
    fuzz_null();
}

static void packet(Debug *d, const u8 *at, size_t n)
{
    char out[PACKET + 8];
    u8 sum = 0;
    n = n < PACKET ? n : PACKET;
    for (size_t i = 0; i < n; i++)
        sum = (u8)(sum + at[i]);
    out[0] = '$';
    memcpy(out + 1, at, n);
    snprintf(out + 1 + n, 4, "#%02x", sum);
    gdbstub_feed(d, (u8 *)out, n + 4);
}

void fuzz_one(const u8 *data, size_t size)
{
    Session *s = fuzz_session_new(&data, &size);
    Debug *d = s->debug;
    fuzz_forbid_files(true);
    gdbstub_open_test(d);
    for (int n = 0; n < PACKETS && size; n++) {
        const u8 *end = memchr(data, '\n', size);
        size_t len = end ? (size_t)(end - data) : size;
        if (end && *data != '`')
            packet(d, data, len);
        else
            gdbstub_feed(d, data, len);
        gdbstub_reply(d);
        fuzz_session_run(s);
        gdbstub_poll(d);
        len += end != NULL;
        data += len;
        size -= len;
    }
    fuzz_forbid_files(false);
    fuzz_session_free(s);
}
