/* textfile.c: see textfile.h. */
#include "frontend/textfile.h"

#include <errno.h>
#include <stdio.h>
#include <stdlib.h>

enum { FIRST = 1 << 16 };

/* 0, or what is wrong: an errno value. */
static int read_all(FILE *f, size_t most, char **text, size_t *size)
{
    for (size_t room = 0, n = 1; n; *size += n) {
        if (*size + 1 >= room) {
            room = room ? room * 2 : FIRST;
            char *grown = realloc(*text, room);
            if (!grown)
                return ENOMEM;
            *text = grown;
        }
        n = fread(*text + *size, 1, room - *size - 1, f);
        if (*size + n > most)
            return EFBIG;
    }
    (*text)[*size] = 0;
    return ferror(f) ? errno ? errno : EIO : 0;
}

char *textfile_read(const char *path, size_t most, size_t *size, char *err, size_t errlen)
{
    FILE *f = fopen(path, "rb");
    char *text = NULL;
    size_t n = 0;
    int e = errno;
    if (f) {
        errno = 0;
        e = read_all(f, most, &text, &n);
        fclose(f);
    }
    if (size)
        *size = n;
    bool binary = !e && !size && memchr(text, 0, n);
    if (!e && !binary)
        return text;
    free(text);
    if (binary)
        snprintf(err, errlen, "cannot read %s: it is no text; check the name", path);
    else if (e == EFBIG)
        snprintf(err, errlen, "cannot read %s: it has more than %zu KiB; check the name", path,
                 most >> 10);
    else
        snprintf(err, errlen, "cannot read %s: %s; check the name", path, strerror(e));
    return NULL;
}
