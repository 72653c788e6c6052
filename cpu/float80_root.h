/* float80_root.h: square roots in integers, inline because hot code has one. Only divisions, each
 * of which doubles the digits. */
#ifndef GLASS86_FLOAT80_ROOT_H
#define GLASS86_FLOAT80_ROOT_H

#include "cpu/float80.h"

/* Root of a 32-bit number, 2^30 and up: one step of Newton from the largest root of numbers that
 * begin with the same byte, which is too large by 256 at most. */
static inline u32 f80_root32(u32 v)
{
    static const u16 first[192] = {
        33023, 33276, 33527, 33776, 34023, 34269, 34513, 34755, 34996, 35235, 35472, 35708, 35942,
        36174, 36406, 36635, 36863, 37090, 37316, 37540, 37763, 37984, 38204, 38423, 38641, 38858,
        39073, 39287, 39500, 39712, 39922, 40132, 40340, 40548, 40754, 40959, 41164, 41367, 41569,
        41771, 41971, 42170, 42369, 42566, 42763, 42959, 43154, 43347, 43541, 43733, 43924, 44115,
        44305, 44493, 44682, 44869, 45055, 45241, 45426, 45611, 45794, 45977, 46159, 46340, 46521,
        46701, 46880, 47059, 47237, 47414, 47591, 47767, 47942, 48117, 48291, 48464, 48637, 48809,
        48981, 49151, 49322, 49492, 49661, 49829, 49998, 50165, 50332, 50498, 50664, 50830, 50994,
        51159, 51322, 51485, 51648, 51810, 51972, 52133, 52294, 52454, 52614, 52773, 52931, 53090,
        53247, 53405, 53562, 53718, 53874, 54029, 54184, 54339, 54493, 54647, 54800, 54953, 55106,
        55258, 55409, 55560, 55711, 55861, 56011, 56161, 56310, 56459, 56607, 56755, 56903, 57050,
        57197, 57343, 57490, 57635, 57781, 57926, 58070, 58215, 58359, 58502, 58645, 58788, 58931,
        59073, 59215, 59356, 59497, 59638, 59779, 59919, 60059, 60198, 60337, 60476, 60615, 60753,
        60891, 61029, 61166, 61303, 61439, 61576, 61712, 61848, 61983, 62118, 62253, 62388, 62522,
        62656, 62790, 62923, 63057, 63190, 63322, 63454, 63587, 63718, 63850, 63981, 64112, 64243,
        64373, 64503, 64633, 64763, 64892, 65021, 65150, 65279, 65407, 65535,
    };
    u32 x = first[(v >> 24) - 64];
    x = (x + v / x) / 2; /* not below the root; above it by 256^2 / 2 / 2^15 = 1 at most */
    return x - ((u64)x * x > v);
}

/* Each step doubles the digits: the next ones are the remainder divided by twice the root so far,
 * one too high at most. */
static inline u64 f80_root64(u64 v)
{
    u64 s = f80_root32((u32)(v >> 32)), rem = (v >> 32) - s * s;
    u64 n = rem << 16 | (v >> 16 & 0xFFFF), q = n / (2 * s), u = n % (2 * s);
    u64 root = (s << 16) + q;
    s64 left = (s64)(u << 16 | (v & 0xFFFF)) - (s64)(q * q);
    return left < 0 ? root - 1 : root;
}

/* Root of man * 2^63, or 2^64 if `wide`; bit 63 of man is set. *below: its rounding bits. */
static inline u64 f80_root(u64 man, bool wide, u64 *below)
{
    u64 hi = wide ? man : man >> 1, lo = wide ? 0 : man << 63;
    u64 s = f80_root64(hi), rem = hi - s * s; /* at most 2s: 33 bits */
    u64 u, q = f80_divide_128(rem >> 32, rem << 32 | lo >> 32, 2 * s, &u);
    u128 root = ((u128)s << 32) + q;
    u128 left = ((u128)u << 32 | (u32)lo) - (u128)q * q;
    if (left >> 127) {
        left += 2 * root - 1;
        root--;
    }
    *below = left == 0 ? 0 : left > root ? 1ull << 63 | 1 : 1; /* there are no ties */
    return (u64)root;
}

#endif
