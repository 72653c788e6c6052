/* ops_simple.c: the fast core once more, for instructions whose memory operand has no index: most
 * have none, and adding a zero that was shifted costs a fifth of a load. page.c picks. */
#define FAST(name) simple_##name
#define NO_INDEX
#include "cpu/ops_fast.c"
