/* config.c: files of options, with a form feed between two. Nothing is started; images are only
 * named. */
#include "frontend/options.h"
#include "tests/fuzz/fuzz.h"

enum { FILES = 16 };

void fuzz_start(void)
{
}

static void one_file(const u8 *data, size_t size)
{
    static Options o;
    options_init(&o);
    bool ok = options_read_file(&o, fuzz_file("glass86.conf", data, size)) && options_apply(&o);
    if (!ok && (!*o.error || strchr(o.error, '\n')))
        panic("a refusal without one line of text: %s", o.error);
    fuzz_note(ok ? "taken" : o.error);
    if (ok)
        options_dump(&o, fuzz_null());
    options_free(&o);
}

void fuzz_one(const u8 *data, size_t size)
{
    for (int n = 0; n < FILES && size; n++) {
        const u8 *end = memchr(data, '\f', size);
        size_t length = end ? (size_t)(end - data) : size;
        one_file(data, length);
        length += end != NULL;
        data += length;
        size -= length;
    }
}
