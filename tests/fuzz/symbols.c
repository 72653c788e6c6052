/* symbols.c: symbol files of any kind. */
#include "frontend/symbols.h"
#include "tests/fuzz/fuzz.h"

void fuzz_start(void)
{
}

void fuzz_one(const u8 *data, size_t size)
{
    Symbols s = {0};
    char err[400] = "";
    u32 at;
    int n = symbols_load(&s, fuzz_file("x.map", data, size), 0x1000, err, sizeof err);
    if (n < 0 && (!*err || strchr(err, '\n')))
        panic("a refusal without one line of text: %s", err);
    symbols_at(&s, 0x1234);
    symbols_find(&s, "main", 4, &at);
    symbols_clear(&s);
}
