"""Calls of our BIOS (tests/fuzz/bios.c)."""
import struct

from common import seed


SERVICES = [0x10, 0x13, 0x15, 0x16, 0x1A, 0x13, 0x14, 0x17, 0x40, 0x11, 0x12, 0x05]
SI, DI, BX, BP, OWN_DS, OWN_ES, OWN_DX = (1 << n for n in range(7))
FLOPPY, HARD, CD = 0, 1, 2  # what DL is for INT 13h: a place in a table of drives


def bios_call(vector, ax, bx=0, cx=0, dx=0, si=0, di=0, bp=0, points=0, ds=0, es=0, key=0, packet=b""):
    """As bios.c takes it; the function is AX as it is."""
    service, which = (SERVICES.index(vector), 0) if vector in SERVICES else (0xFF, vector)
    return (
        struct.pack(
            "<BBHB6HBHHBB", service, 0xFF, ax, which, bx, cx, dx, si, di, bp, points, ds, es, key, len(packet)
        )
        + packet
    )


def calls():
    def inputs(name, board, all_calls):
        for n in range(0, len(all_calls), 8):  # as many as bios.c makes
            seed(
                "bios", name + (str(n // 8) if len(all_calls) > 8 else ""),
                bytes([board]) + b"".join(all_calls[n : n + 8])
            )

    def edd(function, drive, lba, count=1, at=0x10000000):
        return bios_call(
            0x13, function << 8, dx=drive, points=SI, packet=struct.pack("<BBHIQ", 16, 0, count, at, lba)
        )

    for name, drive in (("floppy", FLOPPY), ("hard", HARD)):
        fields = b"".join(bytes([1, 0, n, 2]) for n in range(1, 10))
        inputs(
            "disk-" + name, 0,
            [
                bios_call(0x13, ax, bx=bx, cx=cx, dx=drive | head << 8, points=points | OWN_ES, es=es, packet=packet)
                for ax, bx, cx, head, points, es, packet in (
                    (0x0201, 0, 1, 0, 0, 0x1000, b""), (0x0303, 0x100, 2, 0, 0, 0x1000, b""),
                    (0x0402, 0, 8, 1, 0, 0x1000, b""), (0x0209, 0xFF00, 1, 0, 0, 0x0FF0, b""),
                    (0x0201, 0, 0x5001, 0, 0, 0x1000, b""),
                    (0x0501 if drive else 0x0509, 0, 0x100, 0, BX, 0x60, fields), (0x0800, 0, 0, 0, 0, 0, b""),
                    (0x0C00, 0, 0x301, 0, 0, 0, b""), (0x1500, 0, 0, 0, 0, 0, b""), (0x1600, 0, 0, 0, 0, 0, b""),
                    (0x1703, 0, 0, 0, 0, 0, b""), (0x1800, 0, 0x2709, 0, 0, 0, b""), (0x1000, 0, 0, 0, 0, 0, b""),
                    (0x1100, 0, 0, 0, 0, 0, b""), (0x1400, 0, 0, 0, 0, 0, b""), (0x0000, 0, 0, 0, 0, 0, b""),
                    (0x0100, 0, 0, 0, 0, 0, b""), (0x0900, 0, 0, 0, 0, 0, b""), (0x0A01, 0, 1, 0, 0, 0x1000, b""),
                    (0x0B01, 0, 1, 0, 0, 0x1000, b""), (0x0D00, 0, 0, 0, 0, 0, b""), (0x0600, 0, 0, 0, 0, 0, b"")
                )
            ]
        )
    for name, drive, board in (("hard", HARD, 0), ("cd", CD, 1), ("cd-isa", CD, 0)):
        inputs(
            "edd-" + name, board,
            [
                bios_call(0x13, 0x4100, bx=0x55AA, dx=drive), edd(0x42, drive, 16),
                edd(0x42, drive, 1, 5, 0x0FFF0001), edd(0x43, drive, 3), edd(0x44, drive, 7, 127),
                edd(0x47, drive, 30), bios_call(0x13, 0x4800, dx=drive, points=SI, packet=b"\x42\0".ljust(66, b"\0")),
                bios_call(0x13, 0x4501, dx=drive), edd(0x42, drive, 1 << 40), bios_call(0x13, 0x4502, dx=drive),
                bios_call(0x13, 0x4500, dx=drive), bios_call(0x13, 0x4600, dx=drive),
                bios_call(0x13, 0x4900, dx=drive), bios_call(0x13, 0x4B01, dx=drive, points=SI, packet=b"\x13"),
                bios_call(0x13, 0x1500, dx=drive), bios_call(0x13, 0x4E01, dx=drive),
                bios_call(0x13, 0x0D00, dx=drive), bios_call(0x13, 0x1000, dx=drive)
            ]
        )
    descriptor = struct.pack("<HHBBH", 0xFFFF, 0x1000, 1, 0x93, 0)
    inputs(
        "system", 0,
        [
            bios_call(0x15, 0xE820, cx=20, points=DI), bios_call(0x15, 0xE820, bx=1, cx=24, points=DI),
            bios_call(0x15, 0xE801), bios_call(0x15, 0x8800),
            bios_call(
                0x15, 0x8700, cx=0x80, points=SI,
                packet=bytes(16) + descriptor + descriptor.replace(b"\x10\1", b"\x20\1") + bytes(16)
            ),
            bios_call(0x15, 0x8600, dx=0x2000, points=OWN_DX), bios_call(0x15, 0x8300, dx=0x800, points=BX | OWN_DX),
            bios_call(0x15, 0xC000), bios_call(0x15, 0xC100), bios_call(0x15, 0x2403), bios_call(0x15, 0x2401),
            bios_call(0x15, 0x2402), bios_call(0x15, 0x2400), bios_call(0x15, 0x8400, dx=1, points=OWN_DX),
            bios_call(0x15, 0x5300), bios_call(0x15, 0x5301)
        ]
    )
    inputs(
        "mouse", 1,
        [
            bios_call(0x15, 0xC205, bx=0x300), bios_call(0x15, 0xC207, points=BX, packet=b"\xcb"),
            bios_call(0x15, 0xC200, bx=0x100), bios_call(0x15, 0xC202, bx=0x600), bios_call(0x15, 0xC203, bx=0x300),
            bios_call(0x15, 0xC204), bios_call(0x15, 0xC206, bx=0x100), bios_call(0x15, 0xC201)
        ]
    )
    inputs(
        "power", 1,
        [
            bios_call(0x15, 0x5301), bios_call(0x15, 0x5305), bios_call(0x15, 0x530A, bx=1), bios_call(0x15, 0x530B),
            bios_call(0x15, 0x530E, cx=0x102), bios_call(0x15, 0x5307, bx=1, cx=1), bios_call(0x15, 0x5302),
            bios_call(0x15, 0x5307, bx=1, cx=3)
        ]
    )
    inputs(
        "protected", 0,
        [bios_call(0x15, 0x8900, bx=0x2028, points=SI, packet=bytes(8) + descriptor * 7), bios_call(0x10, 0x0E41)]
    )
    inputs("modes", 0, [bios_call(0x10, ax) for ax in (0x12, 0x0F00, 0x13, 0x04, 0x0D, 0x01, 0x07, 0x93)])
    vbe = [
        bios_call(0x10, 0x4F00, points=DI, packet=b"VBE2"), bios_call(0x10, 0x4F01, cx=0x101, points=DI),
        bios_call(0x10, 0x4F02, bx=0x4112), bios_call(0x10, 0x4F03), bios_call(0x10, 0x4F04, cx=15, dx=0, points=BX),
        bios_call(0x10, 0x4F04, cx=15, dx=1, points=BX), bios_call(0x10, 0x4F04, cx=15, dx=2, points=BX),
        bios_call(0x10, 0x4F02, bx=0x105), bios_call(0x10, 0x4F05, dx=3), bios_call(0x10, 0x4F05, bx=0x100),
        bios_call(0x10, 0x4F06, bx=0, cx=1280), bios_call(0x10, 0x4F06, bx=1), bios_call(0x10, 0x4F06, bx=3),
        bios_call(0x10, 0x4F07, cx=8, dx=9), bios_call(0x10, 0x4F08, bx=0x800),
        bios_call(0x10, 0x4F09, cx=4, points=DI), bios_call(0x10, 0x4F09, bx=1, cx=4, points=DI),
        bios_call(0x10, 0x4F0A), bios_call(0x10, 0x4F15, bx=1, points=DI), bios_call(0x10, 0x4F02, bx=0x10C),
        bios_call(0x10, 0x4F0B)
    ]
    inputs("vbe", 1, vbe)
    inputs(
        "text", 0,
        [
            bios_call(0x10, 0x1301, bx=7, cx=12, dx=0x1848, points=BP, packet=b"line\r\n\7\x08end!"),
            bios_call(0x10, 0x1303, bx=7, cx=3, points=BP, packet=b"a\1b\2c\3"),
            bios_call(0x10, 0x0941, bx=0x1E, cx=2000), bios_call(0x10, 0x0601, bx=0x700, cx=0x101, dx=0x1020),
            bios_call(0x10, 0x0700, cx=0, dx=0xFFFF), bios_call(0x10, 0x0800), bios_call(0x10, 0x0200, dx=0x184F),
            bios_call(0x10, 0x0E0A)
        ]
    )
    inputs(
        "fonts", 0,
        [
            bios_call(0x10, 0x1100, bx=0x1000, cx=4, dx=65, points=BP, packet=bytes(range(64))),
            bios_call(0x10, 0x1112), bios_call(0x10, 0x1114, bx=1), bios_call(0x10, 0x1103, bx=4),
            bios_call(0x10, 0x1130, bx=0x600), bios_call(0x10, 0x1110, bx=0xE00, cx=2, points=BP),
            bios_call(0x10, 0x1121, bx=2, cx=14, points=BP), bios_call(0x10, 0x1124, bx=0, dx=25),
            bios_call(0x10, 0x1201, bx=0x30), bios_call(0x10, 0x1200, bx=0x10), bios_call(0x10, 0x1201, bx=0x33),
            bios_call(0x10, 0x1200, bx=0x34), bios_call(0x10, 0x1201, bx=0x36), bios_call(0x10, 0x1A00),
            bios_call(0x10, 0x1A01, bx=8), bios_call(0x10, 0x1B00, points=DI)
        ]
    )
    inputs(
        "colours", 0,
        [
            bios_call(
                0x10, 0x1000 | al, bx=0x203, cx=0x1000 if al != 0x12 else 4, dx=0, points=OWN_ES if al != 0x12 else 0,
                es=0x1000
            )
            for al in (0, 1, 2, 3, 7, 8, 9, 0x10, 0x12, 0x13, 0x15, 0x17, 0x18, 0x19, 0x1A, 0x1B)
        ]
    )
    inputs(
        "graphics", 0,
        [
            bios_call(0x10, 0x12), bios_call(0x10, 0x0C85, cx=600, dx=470), bios_call(0x10, 0x0D00, cx=600, dx=470),
            bios_call(0x10, 0x0941, bx=0x8F, cx=5), bios_call(0x10, 0x0602, bx=3, cx=0x102, dx=0x1020),
            bios_call(0x10, 0x1C01, cx=7, points=BX), bios_call(0x10, 0x1C02, cx=7, points=BX),
            bios_call(0x10, 0x0B01, bx=0x101), bios_call(0x10, 0x06), bios_call(0x10, 0x0A42, cx=3),
            bios_call(0x10, 0x0501), bios_call(0x10, 0x0100, cx=0x607), bios_call(0x10, 0x0401), bios_call(0x05, 0),
            bios_call(0x17, 0x0041), bios_call(0x17, 0x0100)
        ]
    )
    inputs(
        "keyboard", 0,
        [
            bios_call(0x16, ax, bx=bx, cx=cx, key=key)
            for ax, bx, cx, key in (
                (0x0000, 0, 0, 30), (0x0100, 0, 0, 0x80 | 59), (0x1000, 0, 0, 0x80 | 100), (0x0500, 0, 0x1E61, 0),
                (0x1100, 0, 0, 0), (0x1200, 0, 0, 0x80 | 42), (0x0305, 0x20F, 0, 0), (0x0A00, 0, 0, 0x80 | 58)
            )
        ]
    )
    inputs(
        "clock", 0,
        [
            bios_call(0x1A, ax, cx=cx, dx=dx)
            for ax, cx, dx in (
                (0x0000, 0, 0), (0x0100, 1, 2), (0x0200, 0, 0), (0x0300, 0x1234, 0x5601), (0x0400, 0, 0),
                (0x0500, 0x1999, 0x1231), (0x0600, 0x1234, 0x5700), (0x0700, 0, 0)
            )
        ]
    )
    inputs(
        "pci", 1,
        [
            bios_call(0x1A, 0xB100 | al, bx=bx, cx=cx, dx=dx, di=di, si=si, points=points, packet=packet)
            for al, bx, cx, dx, si, di, points, packet in (
                (1, 0, 0, 0, 0, 0, 0, b""), (2, 0, 0x7010, 0x8086, 0, 0, 0, b""), (3, 0, 0x0300, 0, 0, 0, 0, b""),
                (8, 9, 0, 0, 0, 0x40, 0, b""), (9, 9, 0, 0, 0, 2, 0, b""), (0x0A, 9, 0, 0, 0, 0x20, 0, b""),
                (0x0B, 8, 0x55, 0, 0, 0x60, 0, b""), (0x0C, 8, 0xAA55, 0, 0, 0x60, 0, b""),
                (0x0D, 9, 0xC001, 0, 0, 0x20, 0, b""), (0x06, 0, 0, 0, 0, 0, 0, b""),
                (0x0E, 0, 0, 0, 0, 0, DI, struct.pack("<HHH", 200, 8, 0x60)), (0x0F, 0x300, 0x0B0A, 0, 0, 0, 0, b""),
                (0x81, 0, 0, 0, 0, 0, 0, b""), (9, 9, 0, 0, 0, 3, 0, b""), (8, 0xFFFF, 0, 0, 0, 0, 0, b"")
            )
        ]
    )
    inputs(
        "ports", 0,
        [
            bios_call(0x14, 0x00E3), bios_call(0x14, 0x0141), bios_call(0x14, 0x0300),
            bios_call(0x14, 0x0400, bx=3, cx=0x30B), bios_call(0x14, 0x0501, bx=3), bios_call(0x14, 0x0200),
            bios_call(0x11, 0), bios_call(0x12, 0)
        ]
    )
    # By the tables of bios.c: every service with every function.
    for n in range(8):
        seed(
            "bios", "table%d" % n,
            bytes([n & 1])
            + b"".join(
                struct.pack(
                    "<BBHB6HBHHBB", service, function, 0x0102, 0, 0x0101, 0x0101, n, 0, 0, 0, n & 3, 0, 0, 0, 0
                )
                for service, function in [(k % 5, n * 8 + k) for k in range(8)]
            )
        )
