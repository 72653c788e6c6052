/* ops_flat.c: the fast core once more, for 32-bit programs in flat segments, where a limit check
 * and the addition of a base change nothing; and like ops_simple.c without an index. page.c picks;
 * that the segments are flat is part of what a decoded page is looked up by (MODE_FLAT). */
#define FAST(name) flat_##name
#define NO_INDEX
#define FLAT
#include "cpu/ops_fast.c"
