/* config.c: a file of options. Nothing is started; images are only named. */
#include "frontend/options.h"
#include "tests/fuzz/fuzz.h"

void fuzz_start(void)
{
}

void fuzz_one(const u8 *data, size_t size)
{
    static Options o;
    options_init(&o);
    bool ok = options_read_file(&o, fuzz_file("glass86.conf", data, size)) && options_apply(&o);
    if (!ok && (!*o.error || strchr(o.error, '\n')))
        panic("a refusal without one line of text: %s", o.error);
    if (ok)
        options_dump(&o, fuzz_null());
    options_free(&o);
}
