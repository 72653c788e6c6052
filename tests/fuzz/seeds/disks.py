"""What a guest writes to a folder, disk images, run logs, states and machines that move."""
import os
import struct
import subprocess
import tempfile
import zlib

from common import OUT, seed
from devices import controllers


def folders():
    def entry(sector, slot, name, attr, cluster, size):
        return (
            bytes([100 + (-100 & 7) + 0, sector << 4 | slot]) + name.ljust(11) + bytes([attr])
            + struct.pack("<HH", cluster, size)
        )

    for kind in range(4):
        seed(
            "folder", "names%d" % kind,
            bytes([kind]) + entry(0, 5, b"..", 0x10, 0, 0) + entry(0, 6, b"CON", 0x20, 3, 5)
            + entry(0, 7, b"A/B", 0x20, 3, 5) + entry(0, 8, b"LINK", 0x20, 2, 900) + entry(0, 9, b"SUB", 0x10, 2, 0)
            + b"\xff"
        )
        seed(
            "folder", "tables%d" % kind,
            bytes([kind]) + b"\0\1\0\4\0\x07\xff\x0f\0\3\0\5\0\6" + entry(0, 4, b"NEW", 0x20, 2, 4000) + b"\xff"
            + b"\0\1\0\0\0\x0f" + bytes(16) + b"\xff"
        )
    for n, name in enumerate(
        ("../secret", "..", "a/b", "/etc/hostname", "LINK")
    ):  # long names, on the floppy's root directory
        units = (name + "\0").ljust(13, "\uffff").encode("utf-16-le")
        short = b"NAME%d   TXT" % n
        total = 0
        for c in short:
            total = ((total >> 1) + ((total & 1) << 7) + c) & 255
        long_entry = b"\x41" + units[:10] + b"\x0f\0" + bytes([total]) + units[10:22] + b"\0\0" + units[22:26]
        seed(
            "folder", "long%d" % n,
            b"\0" + b"\0\x13\0" + struct.pack("<HB", 0x100, 31) + long_entry + b"\0\x13\0"
            + struct.pack("<HB", 0x120, 31) + short + b"\x20" + bytes(14) + struct.pack("<HI", 2, 5) + b"\xff"
        )
    seed("folder", "deleted", b"\1" + b"".join(b"\0\x3f\0" + bytes([n * 32, 0, 0, 0xE5]) for n in range(8)) + b"\xff")


IMAGES = [
    ("qcow2", "qcow2", "cluster_size=512", 3), ("qcow2-v2", "qcow2", "compat=0.10,cluster_size=512", 3),
    ("vhd", "vpc", "subformat=dynamic", 2), ("vhd-fixed", "vpc", "subformat=fixed", 2),
    ("vdi", "vdi", "static=off", 4), ("vmdk", "vmdk", "subformat=monolithicSparse", 5),
    ("vmdk-stream", "vmdk", "subformat=streamOptimized", 5)
]


def images():
    with tempfile.TemporaryDirectory() as tmp:
        raw, made = os.path.join(tmp, "raw"), os.path.join(tmp, "made")
        with open(raw, "wb") as f:
            f.write(bytes(range(256)) * 4)
            f.truncate(32768)
        for name, fmt, options, how in IMAGES:
            if os.path.exists(os.path.join(OUT, "image", name)):
                continue  # they hold dates and random numbers
            try:
                subprocess.run(["qemu-img", "convert", "-f", "raw", "-O", fmt, "-o", options, raw, made], check=True)
            except (OSError, subprocess.CalledProcessError):
                continue
            with open(made, "rb") as f:
                data = f.read()
            data = data[:12288] + (data[-512:] if len(data) > 12800 else data[12288:])
            seed("image", name, bytes([how]) + data)
            seed("image", name + "-probed", bytes([0x80]) + data[:4096])
    track = bytes([5, 0, 0, 4, 2, 1, 2, 3, 4])
    imd = (
        b"IMD 1.18: 01/01/1990 00:00:00\r\nremark\x1a" + track + bytes([1]) + b"\x5a" * 512
        + bytes([2, 0xF6, 0, 2, 0, 3])
    )
    seed("image", "imd", bytes([6]) + imd)
    head = bytearray(b"TD\0\0\x15\0\0\0\0\1")
    body = (
        struct.pack("<BBBB", 1, 0, 0, 0) + struct.pack("<BBBBBB", 0, 0, 1, 2, 0, 0) + struct.pack("<HB", 5, 1)
        + b"\0\1ab" + b"\xff"
    )
    seed("image", "teledisk", bytes([7]) + bytes(head) + bytes(2) + body)
    iso = bytearray(36 * 1024)
    iso[32768:32776] = b"\1CD001\1\0"
    iso[32768 + 80 : 32768 + 84] = struct.pack("<I", 18)
    seed("image", "iso", bytes([8]) + bytes(iso[32768 - 64 : 32768 + 2048]))
    seed("image", "teledisk-packed", bytes([7]) + b"td" + bytes(head[2:]) + bytes(2) + bytes(range(1, 200)))
    bpb = bytearray(512)
    bpb[0:36] = (
        b"\xeb\x3c\x90GLASS86 " + struct.pack("<HBHBHHBHHHII", 512, 1, 1, 2, 224, 2880, 0xF0, 9, 18, 2, 0, 0)[:25]
    )
    bpb[510:] = b"\x55\xaa"
    seed("image", "floppy", bytes([0]) + bytes(bpb))
    mbr = bytearray(512)
    mbr[446:462] = bytes([0x80, 1, 1, 0, 6, 15, 0xFF, 0xFF]) + struct.pack("<II", 63, 64000)
    mbr[510:] = b"\x55\xaa"
    seed("image", "hard", bytes([0x40]) + bytes(mbr))
    seed(
        "image", "cue",
        bytes([31]) + b'FILE "x.bin" BINARY\n  TRACK 01 MODE1/2352\n    INDEX 01 00:00:00\n'
        b"  TRACK 02 AUDIO\n    PREGAP 00:00:02\n    INDEX 00 00:00:10\n    INDEX 01 00:00:12\n"
    )
    seed(
        "image", "cue-escape",
        bytes([31]) + b'FILE "../../../etc/hostname" BINARY\n  TRACK 01 MODE1/2048\n    INDEX 01 00:00:00\n'
    )
    seed("image", "overlay", bytes([30]) + b"G86OVLY\n" + struct.pack("<II", 1, 4096) + bytes(512))
    edit = lambda where, data: struct.pack("<HB", where, len(data) - 1) + data
    seed("image", "overlay-empty", bytes([29]))
    seed(
        "image", "overlay-blocks",
        bytes([29]) + edit(40, struct.pack("<Q", 3))
        + b"".join(edit(512 + 32 * n, struct.pack("<QQ", n % 5, n + 1)) for n in range(6))
    )
    seed("image", "overlay-control-characters", bytes([29]) + edit(32, bytes(8)) + edit(64, b"a\n\x1b[2J"))
    seed("image", "vhd-dynamic", bytes([28]) + edit(2048, b"\xff"))
    seed("image", "vhd-in-memory", bytes([28 | 0x80]) + edit(1536 + 4, b"\xff\xff\xff\xff"))
    seed(
        "image", "vhd-parent",
        bytes([28]) + edit(60, struct.pack(">I", 4)) + edit(512 + 64, "x.img".encode("utf-16-be"))
    )
    xdf = bytearray(bpb)
    xdf[19:26] = struct.pack("<HBHH", 3680, 0xF9, 11, 23)
    seed("image", "floppy-xdf", bytes([26, 0]) + bytes(xdf))
    for n in range(4):
        seed("image", "floppy-size%d" % n, bytes([26 | n << 5, n]) + bytes(bpb))
    seed("image", "cd", bytes([27 | 0x60]) + bytes(iso[32768 : 32768 + 100]) + bytes(1948) + b"\xffCD001\x01")
    head = struct.pack("<4sIIQQQQIQQQ", b"KDMV", 1, 3, 64, 8, 0, 0, 4, 0, 2, 5)
    grains = struct.pack("<4I", 6, 0, 14, 1).ljust(512, b"\0") + struct.pack("<4I", 0, 22, 0, 0).ljust(512, b"\0")
    seed(
        "image", "vmdk-small",
        bytes([5]) + head.ljust(1024, b"\0") + struct.pack("<2I", 3, 4).ljust(512, b"\0") + grains + bytes(512)
        + bytes(range(256)) * 16
    )
    packed = zlib.compress(bytes(4096))
    head = struct.pack("<4sIIQQQQIQQQ", b"KDMV", 3, 0x30001, 64, 8, 0, 0, 4, 0, 2, 5)
    seed(
        "image", "vmdk-packed",
        bytes([5]) + head.ljust(1024, b"\0") + struct.pack("<2I", 3, 4).ljust(512, b"\0") + grains + bytes(512)
        + struct.pack("<QI", 0, len(packed)) + packed + bytes(512)
    )
    seed(
        "image", "vmdk-extents",
        bytes([5 | 0x80]) + b"# Disk DescriptorFile\nversion=1\nparentCID=ffffffff\n"
        b'RW 1 FLAT "x.img" 0\nRW 63 ZERO\nRW 4 FLAT "../x.img" 0\n'
    )


def states():
    def edits(n, bytes_each, count):
        return bytes([count]) + b"".join(
            struct.pack("<BHBB", n * 3 + k, n * 7919 * k & 0xFFFF, 0, bytes_each + k & 255) for k in range(count)
        )

    for n in range(2, 7):
        seed("state", "edits%d" % n, bytes([n, n & 1, n, 255]) + edits(n, 255 - n, 11))
        seed("migrate", "edits%d" % n, bytes([n, 255]) + edits(n, n, 7))
    for name, (choices, steps) in controllers().items():  # half of it before, the other after
        choices &= 0xDFFF  # nobody listens
        cut = len(steps) // 2
        steps = b"".join(steps[:cut]) + b"\xff\0" + b"".join(steps[cut:])
        seed("state", "at-work-" + name, b"\2" + struct.pack("<H", choices) + steps)
        if not choices:
            seed("migrate", "at-work-" + name, b"\2" + steps)
    seed("state", "unedited", b"\2\0\0\xff\0")
    seed("state", "body", b"\1" + b"machine".ljust(16, b"\0") + struct.pack("<IIQ", 0, 1, 8) + b"cpu=486\n")
    seed("state", "raw", b"\0GLASS86\x1a\1\0\0\0\4\3\2\1" + bytes(40))
    seed("migrate", "unedited", b"\2\xff\0")
    head = struct.Struct("<IIQQ")
    seed(
        "migrate", "pages",
        b"\1" + head.pack(2, 0, 3, 1) + bytes(4096) + head.pack(3, 0, 1, 0) + head.pack(4, 0, 16, 0) + bytes(16)
        + head.pack(5, 0, 0, 0)
    )
    seed("migrate", "raw", b"\0G86MOVE\x01" + head.pack(1, 0, 1 << 20, 0))
