"""Inputs of device.c, and what of them state.c and migrate.c take: accesses to ports (tests/fuzz/ops.c)
and what takes several of them (tests/fuzz/tasks.c)."""
import struct

from common import seed


def out(port, value, size=1):
    return bytes([{1: 0, 2: 0x10, 4: 0x20}[size], 0xFF]) + struct.pack("<H", port) + value.to_bytes(size, "little")


def inp(port):
    return bytes([4, 0xFF]) + struct.pack("<H", port)


def outs(*pairs):
    return b"".join(out(p, v) for p, v in pairs)


def wait(shift=8, n=200):
    return bytes([8 | (shift & 15) << 4, n])


def block(port, count, write):
    return bytes([0x1B if write else 0x0B, 0xFF]) + struct.pack("<HH", port, count)


def memory(at, data):
    parts = [data[i : i + 60] for i in range(0, len(data), 60)]
    return b"".join(
        bytes([0xFA, 0xFF]) + struct.pack("<I", at + 60 * n) + p.ljust(60, b"\0") for n, p in enumerate(parts)
    )


def pci(at, value):
    return out(0xCF8, 0x80000000 | at, 4) + out(0xCFC, value, 4)


def dma(channel, at, count, mode):
    page = {1: 0x83, 2: 0x81, 3: 0x82}[channel]
    return outs(
        (0xD6, 0xC0), (0xD4, 0), (0x0A, 4 | channel), (0x0B, mode | channel), (0x0C, 0), (2 * channel, at & 255),
        (2 * channel, at >> 8 & 255), (page, at >> 16), (2 * channel + 1, count & 255), (2 * channel + 1, count >> 8),
        (0x0A, channel)
    )


# What takes several accesses (tests/fuzz/tasks.c): the number of the task, then its input. A byte that
# chooses a command counts in the task's table; FFh and the command itself says it as it is.


def task(number, data):
    return bytes([0x0F, number]) + data


def raw(command):
    return bytes([0xFF, command])


def dma_setup(at, count, mode):
    return bytes([mode]) + struct.pack("<I", at)[:3] + struct.pack("<H", count)


def fdc(command, at=None, count=511, mode=0x46, drive=0):
    """A command with its parameters, with the DMA channel set up first if memory is named."""
    how = 0x40 | (0x20 if at is not None else 0)
    setup = dma_setup(at, count, mode) if at is not None else b""
    return task(0, bytes([how, drive]) + setup + raw(command[0]) + bytes(command[1:]))


def ata(command, regs=(0, 1, 1, 0, 0), drive=0xE0, write=False, channel=0, master=None, wide=None, dwords=0):
    how = channel | (2 if not wide else 0) | (4 if master is not None else 0) | (8 if write else 0)
    return task(
        1,
        bytes([how, drive]) + (bytes(wide) if wide else b"") + bytes(regs) + raw(command)
        + (bytes([master]) if master is not None else b"") + bytes([dwords]) + (bytes(range(64)) if write else b"")
    )


def atapi(*packet, limit=0xFFFE, master=None, data=b""):
    how = (2 | 4) if master is not None else 0
    packet = bytes(packet).ljust(12, b"\0")
    return task(
        2,
        bytes([how, 0xA0]) + struct.pack("<H", limit) + (bytes([master]) if master is not None else b"")
        + raw(packet[0]) + packet[1:] + b"\0" + data
    )


def regions(*parts, channel=0):
    return task(
        7, bytes([channel]) + b"".join(struct.pack("<IH", at, n) for at, n in (parts + ((0xA000, 0),) * 3)[:3])
    )


def dsp(*command, reset=False, channel=None, setup=b"", play=None):
    how = (
        reset | (2 if channel else 0) | (4 if channel == 5 else 0) | (len(command) - 1) << 3 | (0x20 if play else 0)
        | 0xC0
    )
    return task(4, bytes([how]) + setup + raw(command[0]) + bytes(command[1:]) + (bytes([play]) if play else b""))


def registers(pair, first, values, size=1):
    """Indexed registers from `first` on; `pair` counts in the task's table."""
    return task(5, bytes([pair, first, len(values)]) + b"".join(v.to_bytes(size, "little") for v in values))


def configure(at, value, size=4):
    return task(
        6, b"\xff" + bytes([{1: 0, 2: 1, 4: 2}[size]]) + struct.pack("<H", at) + value.to_bytes(size, "little")
    )


def kbc(command=None, data=(), reads=3):
    how = (command is not None) | min(len(data), 3) << 1 | 8 | reads << 4
    return task(8, bytes([how]) + (raw(command) if command is not None else b"") + bytes(data[:3]))


BUS_MASTER = configure(0x904, 5, 2) + configure(0x920, 0xC001)


def adapter(pair, crtc, port, value):
    """A 6845's registers for text of 80 or 40 columns, and some of it in memory."""
    timing = [
        0x61, 0x50, 0x52, 0x0F, 0x19, 6, 0x19, 0x19, 2, 0x0D, 0x0B, 0x0C, 0, 1, 0, 9, 0x5E, 0x2B, 0x5D, 0x28, 0x0D,
        0x5E, 0x6E, 0xA3, 0xFF
    ]
    return [
        outs((port, value)), registers(pair, 0, timing), memory(0xB8000, bytes(range(60))),
        memory(0xB0000, bytes(range(60)))
    ]


def controllers():
    """Each controller at work: inputs of `device`, and by their operations of `state` and `migrate` too."""
    ready = fdc((0x08,)) * 4 + fdc((0x03, 0xDF, 0x02)) + fdc((0x07, 0))
    here = (0, 0, 0, 1, 2, 18, 27, 255)
    return {
        "floppy-read": (
            0,
            [
                ready, fdc((0xE6,) + here, 0x2000), fdc((0xE6, 4, 0, 1, 5, 2, 18, 27, 255), 0x3F00, 8191),
                fdc((0x4A, 0)), fdc((0x42,) + here, 0x4000, 4095), fdc((0xCC,) + here, 0x2000), fdc((0x04, 0)),
                fdc((0x0E,)), fdc((0x10,))
            ]
        ),
        "floppy-write": (
            0,
            [
                ready, fdc((0xC5,) + here, 0x2000, 1023, 0x4A),
                fdc((0xC9, 0, 0, 0, 2, 2, 18, 27, 255), 0x2000, 511, 0x4A),
                memory(0x3000, bytes((0, 0, n, 2)[k] for n in range(1, 10) for k in range(4))), fdc((0x0F, 0, 0)),
                fdc((0x4D, 0, 2, 9, 0x54, 0xF6), 0x3000, 35, 0x4A), fdc((0xE6,) + here, 0x2000)
            ]
        ),
        "floppy-pio": (
            0,
            [
                ready, fdc((0x03, 0xDF, 0x03)), fdc((0x13, 0, 0x57, 0)), fdc((0xE6,) + here),
                fdc((0xC5,) + here) + bytes(64)
            ]
        ),
        "floppy-scan": (
            0,
            [
                ready, fdc((0xD1,) + here, 0x2000, 511, 0x4A), fdc((0xD9,) + here, 0x2000, 511, 0x4A),
                fdc((0xDD, 0, 0, 0, 1, 2, 18, 27, 2), 0x2000, 511, 0x4A), fdc((0x16, 0x80) + here[1:]),
                fdc((0x8F, 0, 3)), fdc((0xCF, 0, 2)), fdc((0x12, 0x84)), fdc((0x94,)), fdc((0x14,)), fdc((0x18,)),
                fdc((0x33, 0, 0, 0, 0, 0)), fdc((0x1F,))
            ]
        ),
        "disk-pio": (
            0,
            [
                ata(0xEC), ata(0x20, (0, 3, 5, 0, 0)), ata(0x30, (0, 2, 6, 0, 0), write=True), ata(0x40),
                ata(0x91, drive=0xAF), ata(0x20, drive=0xA0), ata(0x70), ata(0x90), ata(0xE7),
                ata(0xEF, (3, 0x42, 0, 0, 0))
            ]
        ),
        "disk-multiple": (
            0,
            [
                ata(0xC6, (0, 4, 0, 0, 0)), ata(0xC4, (0, 9, 0, 0, 0), dwords=1),
                ata(0xC5, (0, 5, 0, 0, 0), write=True), ata(0x24, (0, 2, 9, 0, 0), wide=(0, 0, 0, 0, 0)),
                ata(0x34, (0, 1, 9, 0, 0), wide=(0, 0, 0, 0, 0), write=True),
                ata(0x29, (0, 3, 0, 0, 0), wide=(0,) * 5), ata(0x39, (0, 3, 0, 0, 0), wide=(0,) * 5, write=True),
                ata(0x27, wide=(0,) * 5), ata(0xF8), ata(0x42, wide=(0,) * 5)
            ]
        ),
        "disk-features": (
            0,
            [ata(0xEF, (n, 0x44, 0, 0, 0)) for n in (2, 3, 0x55, 0x82, 0xAA)]
            + [ata(c) for c in (0xE1, 0xE5, 0xE3, 0xE0, 0xE6, 0xB0, 0xE4)]
            + [
                ata(0xE8, write=True), ata(0xEC, drive=0xB0), ata(0x08, channel=1), ata(0xA1, channel=1, drive=0xA0),
                ata(0xEC, channel=1, drive=0xA0)
            ]
        ),
        "disk-master": (
            1,
            [
                BUS_MASTER, regions((0x9000, 512), (0xFFFF0, 512), (0xFFFFFFF0, 0)),
                ata(0xC8, (0, 2, 0, 0, 0), master=9), regions((0x9000, 1024)), ata(0xCA, (0, 2, 8, 0, 0), master=1),
                wait(), regions((0xA0000, 4096)), ata(0x25, (0, 8, 0, 0, 0), wide=(0,) * 5, master=9), wait(),
                out(0xC000, 0), inp(0xC002)
            ]
        ),
        "disc-read": (
            0,
            [
                atapi(0x03, 0, 0, 0, 18), atapi(0x00), atapi(0x12, 0, 0, 0, 36), atapi(0x25),
                atapi(0x28, 0, 0, 0, 0, 16, 0, 0, 2), atapi(0xA8, 0, 0, 0, 0, 17, 0, 0, 0, 1, limit=512),
                atapi(0xBE, 0, 0, 0, 0, 16, 0, 0, 1, 0xF8, 0, 0), atapi(0xB9, 0, 0, 0, 2, 0, 0, 2, 16, 0x10, 0, 0),
                atapi(0x1B, 0, 0, 0, 2), atapi(0x1E, 0, 0, 0, 1)
            ]
        ),
        "disc-info": (
            0,
            [
                atapi(0x03, 0, 0, 0, 18), atapi(0x43, 2, 0, 0, 0, 0, 1, 3, 0x24, 0),
                atapi(0x43, 0, 0, 0, 0, 0, 0xAA, 0, 12, 0x40), atapi(0x43, 0, 2, 0, 0, 0, 0, 4, 0),
                atapi(0x5A, 0, 0x3F, 0, 0, 0, 0, 1, 0), atapi(0x46, 0, 0, 0, 0, 0, 0, 1, 0),
                atapi(0x4A, 1, 0, 0, 0x10, 0, 0, 0, 8), atapi(0x51, 0, 0, 0, 0, 0, 0, 0, 34),
                atapi(0x52, 1, 0, 0, 0, 1, 0, 0, 36), atapi(0x42, 2, 0x40, 1, 0, 0, 1, 0, 24),
                atapi(0xBD, 0, 0, 0, 0, 0, 0, 0, 0, 8), atapi(0x44, 0, 0, 0, 0, 0, 0, 0, 8)
            ]
        ),
        "disc-sound": (
            0,
            [
                atapi(0x03, 0, 0, 0, 18), atapi(0x45, 0, 0, 0, 0, 19, 0, 0, 9), wait(), atapi(0x4B),
                atapi(0x47, 0, 0, 0, 2, 18, 0, 2, 30), wait(), atapi(0x42, 2, 0x40, 1, 0, 0, 0, 0, 16),
                atapi(0x4B, 0, 0, 0, 0, 0, 0, 0, 1), atapi(0x4E), atapi(0x48, 0, 0, 0, 1, 1, 0, 1, 1),
                atapi(0xA5, 0, 0, 0, 0, 1, 0, 0, 0, 2), atapi(0xBA, 0, 0, 0, 0, 5), atapi(0x2B, 0, 0, 0, 0, 9),
                atapi(0xBB, 0, 255, 255),
                atapi(
                    0x55, 0x10, 0, 0, 0, 0, 0, 0, 24, limit=24,
                    data=bytes(8) + b"\x0e\x0e\4\0\0\0\0\0\1\xff\2\xff\0\0\0\0"
                )
            ]
        ),
        "disc-master": (
            1,
            [
                BUS_MASTER, atapi(0x03, 0, 0, 0, 18), regions((0x9000, 2048), (0xFFF00, 512), channel=1),
                atapi(0x28, 0, 0, 0, 0, 16, 0, 0, 2, master=9), wait()
            ]
        ),
        "sound-8": (
            2 | 0x2000,
            [
                dsp(0xD1, reset=True), dsp(0x40, 0xA6),
                dsp(0x14, 0xFF, 0, channel=1, setup=dma_setup(0x1000, 255, 0x48), play=200), dsp(0x48, 0x3F, 0),
                dsp(0x1C, channel=1, setup=dma_setup(0x1000, 255, 0x58), play=250), dsp(0xDA), dsp(0xD0), dsp(0xD4),
                dsp(0x75, 0x40, 0, reset=True, channel=1, setup=dma_setup(0x8000, 99, 0x48), play=90),
                dsp(0x7D, channel=1, setup=dma_setup(0x1000, 255, 0x58), play=9),
                dsp(0x24, 9, 0, reset=True, channel=1, setup=dma_setup(0x9000, 99, 0x44), play=90)
            ]
        ),
        "sound-16": (
            2 | 0xE000,
            [
                dsp(0x41, 0xAC, 0x44, reset=True),
                dsp(0xB6, 0x30, 0xFF, 0, channel=5, setup=dma_setup(0x1FF00, 511, 0x58), play=250), dsp(0xD5),
                dsp(0xD6),
                registers(
                    6, 0x30,
                    [
                        0xF8, 0x80, 8, 0xFF, 1, 2, 3, 4, 0x40, 0x80, 0, 31, 21, 0, 0, 0x80, 0x40, 0xF0, 0x10, 0x90,
                        0x20
                    ]
                ),
                dsp(0xD9), wait(), dsp(0xBE, 0x10, 20, 0, channel=5, setup=dma_setup(0xFFFFF, 99, 0x54), play=99),
                dsp(0xC6, 0, 255, 255, channel=1, setup=dma_setup(0, 0, 0x48), play=50)
            ]
        ),
        "sound-pro": (
            4 | 0x2000,
            [
                dsp(0xA8, reset=True), dsp(0x14, 0xFF, 0, channel=1, setup=dma_setup(0x1000, 255, 0x58), play=99),
                registers(6, 0x0A, [1, 2, 0x28, 3, 0x20, 5]), dsp(0x20), dsp(0xE1), dsp(0x0E, 1, 2),
                dsp(0xE2, 0x9C, channel=1, setup=dma_setup(0x700, 3, 0x44)), dsp(0x30), dsp(0x38, 0x90),
                dsp(0x80, 9, 0, play=40), dsp(0xF2), dsp(0x10, 0x55),
                dsp(0x90, channel=1, setup=dma_setup(0x1000, 255, 0x58), play=99), dsp(0xD1)
            ]
        ),
        "dma": (
            0,
            [
                task(3, bytes([n]) + dma_setup(0xFF00 + n, 300, mode) + b"\4")
                for n, mode in enumerate((0x88, 0x84, 0x94, 0x68, 0xC0, 0x81, 0xB4, 0x1C))
            ]
        ),
        "video": (
            0x1000,
            [
                outs((0x3C2, 0x67), (0x3C6, 0xFF)), registers(0, 0, [3, 1, 15, 0, 6]),
                registers(
                    2, 0,
                    [
                        0x5F, 0x4F, 0x50, 0x82, 0x55, 0x81, 0xBF, 0x1F, 0, 0x4F, 0x0D, 0x0E, 0, 0, 7, 0x80, 0x9C,
                        0x0E, 0x8F, 0x28, 0x1F, 0x96, 0xB9, 0xA3, 0xFF
                    ]
                ),
                registers(1, 0, [0, 0, 0, 0, 0, 0x10, 0x0E, 0, 255]), b"\x0d", registers(4, 0, [1, 2, 3, 4]),
                registers(4, 0x30, [0x0C, 0x35, 15, 8, 5]), registers(1, 5, [0x40, 5]), registers(0, 4, [14]),
                b"\x0d", wait(), registers(10, 7, list(range(30)))
            ]
        ),
        "ega": (
            0x6800,
            adapter(2, 0x3D4, 0x3C2, 0x67)
            + [
                registers(0, 0, [3, 1, 15, 0, 6]), registers(1, 0, [0, 0, 0, 0, 0, 0x10, 6, 0, 255]),
                registers(4, 0, [1, 2, 3, 4]), registers(4, 0x30, [1, 0, 15, 0]), b"\x0d",
                outs((0x3DC, 0), (0x3DB, 0)), wait()
            ]
        ),
        "hercules": (
            0x800,
            adapter(3, 0x3B4, 0x3BF, 3)
            + [
                outs((0x3B8, 0x8A)), b"\x0d", outs((0x3B8, 0x28), (0x3B9, 0), (0x3BB, 0)), b"\x0d", wait(),
                inp(0x3BA)
            ]
        ),
        "cga-modes": (
            0x1800,
            adapter(2, 0x3D4, 0x3D9, 0x3F)
            + [outs((0x3D8, v)) + b"\x0d" for v in (0x28, 0x29, 0x0A, 0x0E, 0x1A, 0x2D)]
        ),
        "serial-mouse": (
            0x40,
            [
                outs((0x2FB, 0x83), (0x2F8, 96), (0x2F9, 0), (0x2FB, 2), (0x2F9, 15), (0x2FC, 11)), wait(),
                bytes([0x0E, 120, 5, 0x0E, 140, 250]), wait()
            ]
            + [inp(0x2F8), inp(0x2FA)] * 4
        ),
        "disney": (
            0x2010,
            [
                outs((0x37A, 4))
                + b"".join(outs((0x378, v), (0x37A, 0xC), (0x37A, 4)) + inp(0x379) for v in range(0, 250, 10)),
                wait()
            ]
        ),
        "covox": (0x2020, [outs((0x378, v)) + wait(2, 9) for v in range(0, 250, 10)]),
        "timers": (
            0x2000,
            [
                outs(
                    (0x43, 0x30 | mode << 1 | n << 6), (0x40 + n, 9 + n), (0x40 + n, mode & 1), (0x43, 0xC0 | 2 << n),
                    (0x61, 3)
                )
                + inp(0x40 + n) * 2 + wait(3)
                for n in range(3)
                for mode in range(6)
            ]
        ),
        "modes": (
            0x1001,
            [configure(0x1004, 3, 2), configure(0x1010, 0xE0000000)]
            + [
                registers(9, 0, v, 2) + b"\x0d"
                for v in (
                    (0xB0C5, 640, 480, 8, 0x41, 0, 640, 960, 3, 5), (0xB0C5, 320, 200, 4, 1, 1, 320),
                    (0xB0C5, 800, 600, 16, 0x61, 0, 1024, 600, 7, 9),
                    (0xB0C4, 1280, 1024, 32, 0xC1, 15, 0x4000, 1, 1, 1),
                    (0, 65535, 65535, 24, 1, 255, 65535, 65535, 65535, 65535), (0, 640, 480, 15, 0, 0)
                )
            ]
        ),
        "power": (
            1,
            [
                configure(0xB40, 0x601), configure(0xB80, 1, 1), configure(0xBD2, 1, 1), configure(0xB90, 0x701),
                outs((0xB2, 0xF1)), out(0x602, 0x521, 2), out(0x604, 1, 2), wait(), inp(0x600), inp(0x608),
                out(0xAFE2, 0xFFFF, 2), inp(0xAFE0), outs((0xB2, 0xF0)), configure(0xB58, 0xFFFFFFFF),
                out(0x604, 0x2001, 2), wait()
            ]
        ),
        "chipset": (
            1,
            [configure(0x59 + n, 0x13 * n, 1) for n in range(8)]
            + [
                configure(0x72, 0x4A, 1), configure(0x860, 0x8B0A0980), configure(0x84C, 0xFF, 1),
                configure(0x1030, 0xC0001), configure(0x941, 0x8000, 2), configure(0x10, 0xFFFFFFFF)
            ]
            + [registers(11, n, [0] * 20) for n in (0, 3, 7, 8, 0x10, 0x11, 0x12, 0x19, 0x20)]
        ),
        "keyboard": (
            0,
            [
                kbc(0xAA), kbc(0x60, (0x47,)), kbc(None, (0xF4,)), kbc(None, (0xED, 7)), kbc(None, (0xF0, 1)),
                kbc(None, (0xF3, 0x20)), kbc(None, (0xF2,)), kbc(None, (0xFB, 0x1C)),
                bytes([0x0E, 1, 30, 0x0E, 1, 100]), kbc(0xD4, (0xF2,)), kbc(0xD4, (0xF3, 200)), kbc(0xD4, (0xF4,)),
                kbc(0xD4, (0xE8, 3)), bytes([0x0E, 120, 5, 9, 0x0E, 140, 200, 9]), wait(), kbc(0xD4, (0xE9,), 7),
                kbc(0xD4, (0xEB,), 9), kbc(0xD4, (0xEE,)), kbc(0xD4, (0xEC,)), kbc(0xA9), kbc(0xC0), kbc(0xD0),
                kbc(0xD2, (0x55,)), kbc(0xD3, (9,)), kbc(0xFE)
            ]
        )
    }


def devices():
    isa, board, sb = b"\0\0", b"\1\0", b"\2\0"
    seed("device", "ide-identify", isa + outs((0x1F6, 0xA0), (0x1F7, 0xEC)) + wait() + block(0x1F0, 256, False))
    seed(
        "device", "ide-write",
        isa + outs((0x1F6, 0xE0), (0x1F2, 3), (0x1F3, 5), (0x1F4, 0), (0x1F5, 0), (0x1F7, 0xC5)) + wait()
        + block(0x1F0, 256, True) + wait() + block(0x1F0, 600, True) + wait() + outs((0x1F7, 0x20))
    )
    seed(
        "device", "ide-dma",
        board + pci(0x904, 5) + pci(0x920, 0xC001)
        + memory(0x8000, struct.pack("<IIII", 0x9000, 0x200, 0xFFFFFFF0, 0x80000000)) + out(0xC004, 0x8000, 4)
        + outs((0x1F6, 0xE0), (0x1F2, 2), (0x1F7, 0xC8), (0xC000, 9)) + wait() + inp(0xC002)
        + outs((0x1F7, 0xCA), (0xC000, 1)) + wait()
    )
    seed(
        "device", "atapi",
        isa + outs((0x176, 0xA0), (0x174, 0), (0x175, 8), (0x177, 0xA0)) + wait()
        + b"".join(out(0x170, v, 2) for v in (0x28, 0, 0x1000, 0, 0x0100, 0)) + wait() + block(0x170, 1024, False)
        + wait() + outs((0x177, 0xA0)) + wait() + b"".join(out(0x170, v, 2) for v in (0x43, 0, 0, 0, 0xFFFF, 0))
        + wait()
    )
    floppy = b"".join(out(0x3F5, v) + wait(8) for v in (0xE6, 0, 0, 0, 1, 2, 18, 27, 255))
    seed(
        "device", "fdc-read",
        isa + outs((0x3F2, 0x1C)) + wait() + outs((0x3F5, 7), (0x3F5, 0)) + wait() + out(0x3F5, 8) + inp(0x3F5)
        + inp(0x3F5) + dma(2, 0x2000, 511, 0x44) + floppy + wait() + inp(0x3F5) * 7
    )
    seed(
        "device", "fdc-format",
        isa + outs((0x3F2, 0x1C)) + wait() + dma(2, 0xFFFF, 0xFFFF, 0x58)
        + b"".join(out(0x3F5, v) for v in (0x4D, 0, 2, 18, 0x54, 0xF6)) + wait() + inp(0x3F5) * 7 + outs((0x3F2, 0))
    )
    seed(
        "device", "sb",
        sb + outs((0x226, 1), (0x226, 0)) + wait(4) + dma(1, 0x1000, 255, 0x58)
        + outs((0x22C, 0xD1), (0x22C, 0x40), (0x22C, 0xA6), (0x22C, 0x48), (0x22C, 0xFF), (0x22C, 0), (0x22C, 0x1C))
        + wait()
        + outs((0x224, 0x22), (0x225, 0xFF), (0x22C, 0xC6), (0x22C, 0x20), (0x22C, 1), (0x22C, 0), (0x22C, 0xDA))
        + wait()
    )
    seed(
        "device", "opl-mpu",
        b"\x0a\0"
        + outs(
            (0x388, 5), (0x389, 1), (0x38A, 5), (0x38B, 1), (0x388, 0x20), (0x389, 0x21), (0x388, 0xA0),
            (0x389, 0x98), (0x388, 0xB0), (0x389, 0x31), (0x331, 0x3F), (0x330, 0x90), (0x330, 60), (0x388, 4),
            (0x389, 0x81)
        )
        + wait()
    )
    vga = (
        b"".join(out(0x3C4, v, 2) for v in (0x0100, 0x0101, 0x0F02, 0x0604))
        + b"".join(
            out(0x3D4, v, 2)
            for v in (
                0x0E11, 0x5F00, 0x4F01, 0x5002, 0x8203, 0x5404, 0x8005, 0x0B06, 0x3E07, 0x4109, 0x9CDF12 & 0xFFFF,
                0x2813, 0xE317
            )
        )
        + out(0x3CE, 0x4005, 2) + out(0x3CE, 0x0506, 2)
    )
    poke = bytes([0x25, 8]) + struct.pack("<HI", 0x100, 0x12345678) + bytes([0x26, 8]) + struct.pack("<H", 0x200)
    seed("device", "vga", isa + vga + poke + wait() + b"\x0d")
    seed(
        "device", "vga-dispi",
        board
        + b"".join(
            out(0x1CE, i, 2) + out(0x1CF, v, 2)
            for i, v in ((4, 0), (1, 640), (2, 480), (3, 32), (4, 0x41), (6, 800), (8, 5), (9, 7))
        )
        + b"\x25\xff\xfc\xff\xff\xe0\1\2\3\4" + wait() + b"\x0d"
    )
    seed(
        "device", "cga",
        b"\0\x18" + outs((0x3D8, 0x1A), (0x3D4, 1), (0x3D5, 255), (0x3D4, 9), (0x3D5, 31), (0x3D9, 0x3F)) + poke
        + wait() + b"\x0d"
    )
    seed(
        "device", "board",
        isa
        + outs(
            (0x43, 0x34), (0x40, 0), (0x40, 2), (0x43, 0xB6), (0x42, 1), (0x42, 0), (0x61, 3), (0x70, 0xB),
            (0x71, 0x72), (0x70, 0xA), (0x71, 0x23), (0x20, 0x11), (0x21, 8), (0x21, 4), (0x21, 1), (0x21, 0),
            (0x64, 0x60), (0x60, 0x47), (0x64, 0xD4), (0x60, 0xF4), (0x64, 0xD1), (0x60, 0xDD), (0x92, 2),
            (0xA0, 0x20)
        )
        + wait() + bytes([0x0E, 1, 30, 0x0E, 120, 5, 9, 0x0E, 160, 65]) + wait()
    )
    seed(
        "device", "uart-lpt",
        isa
        + outs(
            (0x3FB, 0x83), (0x3F8, 1), (0x3F9, 0), (0x3FB, 3), (0x3FA, 0xC7), (0x3FC, 0x1B), (0x3F9, 15), (0x3F8, 65),
            (0x378, 66), (0x37A, 1), (0x37A, 0)
        )
        + wait() + inp(0x3F8)
    )
    seed(
        "device", "pci",
        board + b"".join(pci(a, 0xFFFFFFFF) for a in (0x10, 0x59, 0x860, 0x880, 0x910, 0x920, 0xB40, 0x1010, 0x1030))
        + pci(0x58, 0x33333333) + out(0xCF9, 2) + out(0xB2, 1) + wait()
    )
    seed(
        "device", "media",
        isa + b"\x0c\0\0\0\x0c\0\1\0\x0c\1\0\0\x0c\1\1\1" + outs((0x3F2, 0x1C)) + wait() + inp(0x3F7)
    )
    for name, (choices, steps) in controllers().items():
        seed("device", name, struct.pack("<H", choices) + b"".join(steps))
