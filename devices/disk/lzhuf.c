/* lzhuf.c: see lzhuf.h. A stream of symbols: 0-255 are bytes, 256 and up are copies of symbol -
 * 253 bytes (3 to 60) from the last 4,096, which begin as blanks. Symbols have a Huffman code
 * that adapts to their frequency (Gallager's sibling property, with all counts halved when the
 * root's reaches 32,768). A copy's distance is 12 bits: the upper six in a fixed code whose
 * lengths are 3 (once), 4 (3 times), 5 (8), 6 (12), 7 (24) and 8 (16), the lower six as they
 * are.
 *
 * Nodes are numbered by ascending count: siblings are 2n and 2n+1, the root is the last. A child
 * number of NODES or more is a leaf: symbol + NODES. */
#include "devices/disk/lzhuf.h"

enum { SYMBOLS = 314, NODES = 2 * SYMBOLS - 1, ROOT = NODES - 1, COUNT_MAX = 0x8000 };
enum { WINDOW = 4096, LOOK_AHEAD = 60, COPY_BASE = 253 };

typedef struct {
    const u8 *src;
    u64 len, at;
    u32 bits;
    int have;
    bool ended;
    u16 count[NODES + 1];                /* one more: a sentinel larger than all */
    u16 child[NODES];                    /* left child (the right is the next), or leaf */
    u16 parent[NODES + SYMBOLS];         /* of nodes, and of leaves at NODES + symbol */
    u8 upper[256], upper_len[256];       /* fixed code, by its first eight bits */
    u8 window[WINDOW];
} Decoder;

static u32 get_bit(Decoder *d)
{
    if (!d->have) {
        if (d->at == d->len) {
            d->ended = true;
            return 0;
        }
        d->bits = d->src[d->at++];
        d->have = 8;
    }
    return d->bits >> --d->have & 1;
}

static u32 get_bits(Decoder *d, int n)
{
    u32 v = 0;
    while (n--)
        v = v << 1 | get_bit(d);
    return v;
}

static void set_child(Decoder *d, int node, u16 child)
{
    d->child[node] = child;
    d->parent[child] = (u16)node;
    if (child < NODES)
        d->parent[child + 1] = (u16)node;
}

static void begin(Decoder *d)
{
    static const u8 how_many[] = {1, 3, 8, 12, 24, 16};
    int node, code = 0, first = 0;
    for (node = 0; node < SYMBOLS; node++) {
        d->count[node] = 1;
        set_child(d, node, (u16)(NODES + node));
    }
    for (int left = 0; node <= ROOT; node++, left += 2) {
        d->count[node] = (u16)(d->count[left] + d->count[left + 1]);
        set_child(d, node, (u16)left);
    }
    d->count[NODES] = 0xFFFF;
    d->parent[ROOT] = 0;
    for (int len = 3; len <= 8; len++)
        for (int i = 0; i < how_many[len - 3]; i++, code++)
            for (int k = 0; k < 1 << (8 - len); k++, first++) {
                d->upper[first] = (u8)code;
                d->upper_len[first] = (u8)len;
            }
    memset(d->window, ' ', sizeof d->window);
}

/* Halves the counts of the leaves, and builds the tree above them anew. */
static void rebuild(Decoder *d)
{
    int leaves = 0;
    for (int i = 0; i < NODES; i++)
        if (d->child[i] >= NODES) {
            d->count[leaves] = (u16)((d->count[i] + 1) / 2);
            d->child[leaves++] = d->child[i];
        }
    for (int left = 0, node = SYMBOLS; node < NODES; left += 2, node++) {
        u16 sum = (u16)(d->count[left] + d->count[left + 1]);
        int k = node - 1;
        while (k >= 0 && sum < d->count[k])
            k--;
        k++;
        memmove(&d->count[k + 1], &d->count[k], (size_t)(node - k) * sizeof d->count[0]);
        memmove(&d->child[k + 1], &d->child[k], (size_t)(node - k) * sizeof d->child[0]);
        d->count[k] = sum;
        d->child[k] = (u16)left;
    }
    for (int i = 0; i < NODES; i++)
        set_child(d, i, d->child[i]);
}

/* Counts a symbol: every node on its way to the root gets one more, after changing places with the
 * last node of the same count. */
static void update(Decoder *d, int symbol)
{
    if (d->count[ROOT] == COUNT_MAX)
        rebuild(d);
    int node = d->parent[NODES + symbol];
    do {
        u16 count = ++d->count[node];
        int to = node + 1;
        if (count > d->count[to]) {
            while (count > d->count[to + 1])
                to++;
            d->count[node] = d->count[to];
            d->count[to] = count;
            u16 a = d->child[node], b = d->child[to];
            set_child(d, to, a);
            set_child(d, node, b);
            node = to;
        }
        node = d->parent[node];
    } while (node);
}

static int get_symbol(Decoder *d)
{
    int node = d->child[ROOT];
    while (node < NODES && !d->ended)
        node = d->child[node + (int)get_bit(d)];
    if (d->ended)
        return 0;
    update(d, node - NODES);
    return node - NODES;
}

static u32 get_distance(Decoder *d)
{
    u32 head = get_bits(d, 8), len = d->upper_len[head];
    u32 rest = len - 2; /* six lower bits; 8 - len of them are read already */
    u32 low = head;
    while (rest--)
        low = low << 1 | get_bit(d);
    return (u32)d->upper[head] << 6 | (low & 63);
}

u64 lzhuf_decode(const u8 *src, u64 len, u8 *dst, u64 room)
{
    Decoder decoder = {.src = src, .len = len}, *d = &decoder;
    u64 n = 0;
    u32 at = WINDOW - LOOK_AHEAD;
    begin(d);
    while (n < room) {
        int symbol = get_symbol(d);
        if (d->ended)
            break;
        u32 copy = symbol < 256 ? 1 : (u32)(symbol - COPY_BASE), from = 0;
        if (symbol >= 256) {
            from = at - get_distance(d) - 1;
            if (d->ended)
                break;
        }
        for (; copy && n < room; copy--, from++) {
            u8 v = symbol < 256 ? (u8)symbol : d->window[from % WINDOW];
            dst[n++] = v;
            d->window[at++ % WINDOW] = v;
        }
    }
    return n;
}
