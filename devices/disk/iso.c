/* iso.c: CDs. An ISO 9660 image is the data blocks of one track, which a plain layer holds; a cue
 * sheet (CDRWIN's text format) lists tracks in BINARY files, with 2,048 to 2,352 bytes per frame.
 * Frames that only exist as data get the sync, header, EDC and ECC that ECMA-130 (clauses 14-16)
 * gives mode 1 frames, so that READ CD can hand out all 2,352 bytes.
 *
 * Positions are those of the disc: the first frame after the two seconds' lead-in is 0. */
#include "devices/disk/layer.h"

#include <ctype.h>
#include <errno.h>
#include <stdio.h>
#include <stdlib.h>
#include <strings.h>

/* ---- a frame around 2,048 bytes -------------------------------------------------------------- */

static u8 bcd(u32 v)
{
    return (u8)(v / 10 % 16 << 4 | v % 10);
}

/* ECMA-130 14.3: polynomial (x^16+x^15+x^2+1)(x^16+x^2+x+1), bits reversed. */
static u32 edc(const u8 *p, int n)
{
    u32 crc = 0;
    while (n--) {
        crc ^= *p++;
        for (int i = 0; i < 8; i++)
            crc = crc >> 1 ^ (crc & 1 ? 0xD8018001u : 0);
    }
    return crc;
}

/* Multiplication by x in GF(2^8) modulo x^8+x^4+x^3+x^2+1 (annex A). */
static u8 gf_double(u8 v)
{
    return (u8)(v << 1 ^ (v & 0x80 ? 0x1D : 0));
}

/* Division by x+1, which solves the two parity equations. */
static u8 gf_third(u8 v)
{
    u8 r = v; /* 1/(x+1) = x^k for a fixed k: found by running through the powers of x */
    for (int i = 0; i < 255; i++, r = gf_double(r))
        if ((u8)(gf_double(r) ^ r) == v)
            return r;
    return 0;
}

/* One Reed-Solomon product code: `vectors` code words of `length` bytes, word n's byte i being
 * number n * word_step + i * byte_step of the table (modulo its size); parity follows. */
static void parity(const u8 *table, int size, int vectors, int length, int word_step, int byte_step,
                   u8 *out)
{
    u8 third[256];
    for (int i = 0; i < 256; i++)
        third[i] = gf_third((u8)i);
    for (int n = 0; n < vectors; n++) {
        u8 a = 0, b = 0;
        int at = (n >> 1) * word_step + (n & 1);
        for (int i = 0; i < length; i++) {
            u8 v = table[at];
            at += byte_step;
            if (at >= size)
                at -= size;
            a = gf_double(a ^ v);
            b ^= v;
        }
        out[n] = third[gf_double(a) ^ b];
        out[n + vectors] = out[n] ^ b;
    }
}

void cd_frame_make(u32 frame, const u8 *data, u8 *dst)
{
    u32 at = frame + 150;
    memset(dst, 0, CD_FRAME);
    memset(dst + 1, 0xFF, 10);
    dst[12] = bcd(at / 75 / 60);
    dst[13] = bcd(at / 75 % 60);
    dst[14] = bcd(at % 75);
    dst[15] = 1;
    memcpy(dst + 16, data, CD_BLOCK);
    store_le(dst + 2064, 4, edc(dst, 2064));
    parity(dst + 12, 2064, 86, 24, 2, 86, dst + 2076);
    parity(dst + 12, 2236, 52, 43, 86, 88, dst + 2248);
}

DiskToc *cd_toc_single(u32 blocks)
{
    DiskToc *t = calloc(1, sizeof *t);
    if (t) {
        t->count = 1;
        t->track[0] = (DiskTrack){.number = 1, .control = 4, .mode = 1};
        t->track[1] = (DiskTrack){.number = 0xAA, .control = 4, .start = blocks};
    }
    return t;
}

/* ---- the layer of a cue sheet ---------------------------------------------------------------- */

enum { FILES_MAX = 99, EXTENTS_MAX = 300, CUE_MAX = 256 * 1024 };

/* A run of frames. `file` < 0: silence, or empty data frames. */
typedef struct {
    u32 start, frames;
    int file;
    u64 at;         /* of the first frame in the file */
    u16 size, data; /* bytes per frame there, and where its 2,048 bytes of data begin */
    u8 mode;
} Extent;

typedef struct {
    DiskLayer layer;
    HostFile file[FILES_MAX];
    int files;
    Extent extent[EXTENTS_MAX];
    int extents;
} CueLayer;

static const Extent *find(const CueLayer *c, u64 frame)
{
    int low = 0, high = c->extents - 1;
    while (low <= high) {
        int mid = (low + high) / 2;
        const Extent *e = &c->extent[mid];
        if (frame < e->start)
            high = mid - 1;
        else if (frame - e->start >= e->frames)
            low = mid + 1;
        else
            return e;
    }
    return NULL;
}

static int cue_block(const CueLayer *c, u64 frame, u8 *dst)
{
    const Extent *e = find(c, frame);
    if (!e || e->file < 0) {
        memset(dst, 0, CD_BLOCK);
        return 0;
    }
    u64 at = e->at + (frame - e->start) * e->size + (e->mode ? e->data : 0);
    return file_read(&c->file[e->file], at, dst, CD_BLOCK);
}

static int cue_read(DiskLayer *l, u64 lba, u32 count, u8 *dst)
{
    u8 block[CD_BLOCK];
    for (; count; count--, lba++, dst += DISK_SECTOR) {
        int e = cue_block((const CueLayer *)l, lba / 4, block);
        if (e)
            return e;
        memcpy(dst, block + lba % 4 * DISK_SECTOR, DISK_SECTOR);
    }
    return 0;
}

static int cue_read_frame(DiskLayer *l, u32 frame, u8 *dst)
{
    const CueLayer *c = (const CueLayer *)l;
    const Extent *e = find(c, frame);
    if (e && e->file >= 0 && e->size == CD_FRAME)
        return file_read(&c->file[e->file], e->at + (u64)(frame - e->start) * CD_FRAME, dst,
                         CD_FRAME);
    if (!e || (e->file < 0 && !e->mode)) {
        memset(dst, 0, CD_FRAME);
        return 0;
    }
    u8 data[CD_BLOCK];
    int err = cue_block(c, frame, data);
    if (!err)
        cd_frame_make(frame, data, dst);
    return err;
}

static int cue_flush(DiskLayer *l)
{
    return 0;
}

static void cue_close(DiskLayer *l)
{
    CueLayer *c = (CueLayer *)l;
    for (int i = 0; i < c->files; i++)
        file_close(&c->file[i]);
    free(c);
}

static const DiskLayerOps cue_ops = {
    .read = cue_read, .flush = cue_flush, .close = cue_close, .read_frame = cue_read_frame};

/* ---- reading the sheet ----------------------------------------------------------------------- */

bool cue_probe(const u8 *head, const ImageSource *s)
{
    size_t n = strlen(s->path);
    char word[DISK_SECTOR + 1];
    memcpy(word, head, DISK_SECTOR);
    word[DISK_SECTOR] = 0;
    if (strlen(word) < DISK_SECTOR && strlen(word) < s->file.size)
        return false; /* no text */
    return (n > 4 && !strcasecmp(s->path + n - 4, ".cue") && strcasestr(word, "FILE")) ||
           (!strncasecmp(word, "FILE ", 5) && strcasestr(word, "TRACK "));
}

/* A track as the sheet has it. Indexes count frames from the start of the file. */
typedef struct {
    u8 number, mode;
    u16 size, data;
    int file;
    u32 pregap, postgap; /* frames that are in no file */
    u32 index0, index1;  /* UINT32_MAX: not given */
} SheetTrack;

typedef struct {
    ImageSource *s;
    CueLayer *c;
    SheetTrack track[DISK_CD_TRACKS];
    int tracks, line;
    u32 at;  /* layout: position on the disc */
    u64 pos; /* and in the file */
} Sheet;

static bool wrong(Sheet *p, const char *what)
{
    image_error(p->s, "line %d: %s; mend the cue sheet, or name the image itself", p->line, what);
    return false;
}

/* Next word of the line, quoted or not; in place. */
static char *word(char **line)
{
    char *p = *line;
    while (*p && isspace((u8)*p))
        p++;
    char end = 0;
    if (*p == '"')
        end = *p++;
    char *start = p;
    while (*p && (end ? *p != end : !isspace((u8)*p)))
        p++;
    if (*p)
        *p++ = 0;
    *line = p;
    return start;
}

static bool msf(const char *text, u32 *frames)
{
    unsigned m, s, f;
    char end;
    if (sscanf(text, "%3u:%2u:%2u%c", &m, &s, &f, &end) != 3 || s > 59 || f > 74)
        return false;
    *frames = (m * 60 + s) * 75 + f;
    return true;
}

static bool on_file(Sheet *p, char *line)
{
    char path[4096], *name = word(&line), *type = word(&line);
    if (strcasecmp(type, "BINARY"))
        return wrong(p, "only FILE ... BINARY can be read");
    if (p->c->files == FILES_MAX)
        return wrong(p, "more than 99 files");
    if (!image_reference(p->s, name, path, sizeof path) ||
        !file_open(&p->c->file[p->c->files], path, false, p->s->note, p->s->notelen, p->s->err,
                   p->s->errlen))
        return false;
    p->c->files++;
    return true;
}

static bool on_track(Sheet *p, char *line)
{
    static const struct {
        const char *name;
        u16 size, data;
        u8 mode;
    } kinds[] = {{"MODE1/2048", 2048, 0, 1},  {"MODE1/2352", 2352, 16, 1},
                 {"MODE2/2048", 2048, 0, 2},  {"MODE2/2336", 2336, 8, 2},
                 {"MODE2/2352", 2352, 24, 2}, {"CDI/2336", 2336, 8, 2},
                 {"CDI/2352", 2352, 24, 2},   {"AUDIO", 2352, 0, 0}};
    int number = atoi(word(&line));
    const char *kind = word(&line);
    if (!p->c->files)
        return wrong(p, "a TRACK before any FILE");
    if (number < 1 || number > 99 || (p->tracks && number != p->track[p->tracks - 1].number + 1))
        return wrong(p, "track numbers must ascend by one, up to 99");
    for (size_t i = 0; i < ARRAY_LEN(kinds); i++)
        if (!strcasecmp(kind, kinds[i].name)) {
            p->track[p->tracks++] = (SheetTrack){.number = (u8)number,
                                                 .mode = kinds[i].mode,
                                                 .size = kinds[i].size,
                                                 .data = kinds[i].data,
                                                 .file = p->c->files - 1,
                                                 .index0 = UINT32_MAX,
                                                 .index1 = UINT32_MAX};
            return true;
        }
    return wrong(p, "the kind of track is unknown");
}

static bool on_position(Sheet *p, char *line, bool index, bool after)
{
    int number = index ? atoi(word(&line)) : 0;
    u32 frames;
    if (!p->tracks || !msf(word(&line), &frames))
        return wrong(p, "wanted a position mm:ss:ff after a TRACK");
    SheetTrack *t = &p->track[p->tracks - 1];
    if (!index)
        *(after ? &t->postgap : &t->pregap) = frames;
    else if (number < 2)
        *(number ? &t->index1 : &t->index0) = frames;
    return true;
}

static bool on_line(Sheet *p, char *line)
{
    const char *verb = word(&line);
    p->line++;
    if (!strcasecmp(verb, "FILE"))
        return on_file(p, line);
    if (!strcasecmp(verb, "TRACK"))
        return on_track(p, line);
    if (!strcasecmp(verb, "INDEX"))
        return on_position(p, line, true, false);
    if (!strcasecmp(verb, "PREGAP") || !strcasecmp(verb, "POSTGAP"))
        return on_position(p, line, false, toupper((u8)verb[1]) == 'O');
    return true; /* REM, CATALOG, TITLE, FLAGS and the like */
}

/* ---- laying the tracks out ------------------------------------------------------------------- */

static bool add_extent(Sheet *p, const SheetTrack *t, int file, u32 frames)
{
    CueLayer *c = p->c;
    if (!frames)
        return true;
    if (c->extents == EXTENTS_MAX || frames > UINT32_MAX / 8 || p->at > UINT32_MAX / 8) {
        image_error(p->s, "the disc is longer than any; mend the cue sheet");
        return false;
    }
    c->extent[c->extents++] = (Extent){.start = p->at,
                                       .frames = frames,
                                       .file = file,
                                       .at = p->pos,
                                       .size = t->size,
                                       .data = t->data,
                                       .mode = t->mode};
    p->at += frames;
    return true;
}

/* The track's frames in its file: from its first index to that of the next track, or the end. */
static bool add_track(Sheet *p, int n, DiskToc *toc)
{
    const SheetTrack *t = &p->track[n];
    bool first = n == 0 || t[-1].file != t->file, last = n + 1 == p->tracks || t[1].file != t->file;
    if (t->index1 == UINT32_MAX) {
        image_error(p->s, "track %d has no INDEX 01; mend the cue sheet", t->number);
        return false;
    }
    u32 from = first ? 0 : t->index0 != UINT32_MAX ? t->index0 : t->index1, to;
    if (first)
        p->pos = 0;
    u64 size = p->c->file[t->file].size;
    if (last)
        to = from + (u32)(size > p->pos ? (size - p->pos) / t->size & 0x3FFFFFFF : 0);
    else
        to = t[1].index0 != UINT32_MAX ? t[1].index0 : t[1].index1;
    if (to == UINT32_MAX || t->index1 < from || t->index1 > to || to < from) {
        image_error(p->s, "the positions of track %d do not ascend, or pass the end of the file; "
                          "mend the cue sheet, or fetch the image again", t->number);
        return false;
    }
    if (!add_extent(p, t, -1, t->pregap))
        return false;
    toc->track[toc->count++] =
        (DiskTrack){t->number, t->mode ? 4 : 0, t->mode, p->at + (t->index1 - from)};
    if (!add_extent(p, t, t->file, to - from))
        return false;
    p->pos += (u64)(to - from) * t->size;
    return add_extent(p, t, -1, t->postgap);
}

static bool lay_out(Sheet *p, DiskToc *toc)
{
    for (int i = 0; i < p->tracks; i++)
        if (!add_track(p, i, toc))
            return false;
    if (!p->tracks || !p->at) {
        image_error(p->s, "lists no track; mend the cue sheet, or name the image itself");
        return false;
    }
    toc->track[toc->count] =
        (DiskTrack){0xAA, toc->track[toc->count - 1].control, 0, p->at};
    return true;
}

static bool read_sheet(Sheet *p, char *text, DiskToc *toc)
{
    for (char *line = text; line;) {
        char *end = strchr(line, '\n');
        if (end)
            *end = 0;
        if (!on_line(p, line))
            return false;
        line = end ? end + 1 : NULL;
    }
    return lay_out(p, toc);
}

DiskLayer *cue_open(ImageSource *s)
{
    if (s->file.size > CUE_MAX)
        return image_error(s, "is too long for a cue sheet; name the cue sheet or the image");
    Sheet *p = calloc(1, sizeof *p);
    CueLayer *c = calloc(1, sizeof *c);
    DiskToc *toc = calloc(1, sizeof *toc);
    char *text = calloc(1, s->file.size + 1);
    int e = ENOMEM;
    bool ok = p && c && toc && text && !(e = file_read(&s->file, 0, text, s->file.size));
    if (!ok)
        image_error(s, "cannot be read: %s; check the file", strerror(e));
    if (ok) {
        *p = (Sheet){.s = s, .c = c};
        c->layer.ops = &cue_ops;
        ok = read_sheet(p, text, toc);
    }
    if (ok) {
        s->bytes = (u64)p->at * CD_BLOCK;
        s->kind = DISK_CD;
        s->toc = toc;
        s->read_only = true;
        file_close(&s->file);
    } else {
        if (c)
            cue_close(&c->layer);
        free(toc);
    }
    free(text);
    free(p);
    return ok ? &c->layer : NULL;
}

/* A track image without its sheet: frames of 2,352 bytes, which begin with the sync pattern. */
bool bin_probe(const u8 *head, const ImageSource *s)
{
    static const u8 sync[12] = {0,    0xFF, 0xFF, 0xFF, 0xFF, 0xFF,
                                0xFF, 0xFF, 0xFF, 0xFF, 0xFF, 0};
    return !memcmp(head, sync, sizeof sync) && s->file.size >= CD_FRAME &&
           (head[15] == 1 || head[15] == 2);
}

DiskLayer *bin_open(ImageSource *s)
{
    u8 head[16];
    u64 frames = s->file.size / CD_FRAME;
    int e = file_read(&s->file, 0, head, sizeof head);
    CueLayer *c = calloc(1, sizeof *c);
    if (e || !c || frames > UINT32_MAX / 8 || !(s->toc = cd_toc_single((u32)frames))) {
        free(c);
        return image_error(s, "cannot be read as a CD: %s; check the file",
                           strerror(e ? e : frames > UINT32_MAX / 8 ? EFBIG : ENOMEM));
    }
    u8 mode = head[15] == 2 ? 2 : 1;
    s->toc->track[0].mode = mode;
    c->layer.ops = &cue_ops;
    c->extents = 1;
    c->extent[0] = (Extent){
        .frames = (u32)frames, .size = CD_FRAME, .data = mode == 2 ? 24 : 16, .mode = mode};
    c->files = 1;
    c->file[0] = s->file;
    s->bytes = frames * CD_BLOCK;
    s->kind = DISK_CD;
    s->read_only = true;
    return &c->layer;
}
