"""Golden tests, Multiboot kernels, WAV files."""
import struct

from common import seed


def goldens():
    """Golden tests: every line and register of the format, each core (a test's line chooses it), and refusals."""
    head = "golden 1\n\n"
    seed(
        "golden", "real",
        head + "test add, signed overflow\ncpu 386-\ncode 0103 ; add [bp+di],ax\n"
        "init eax=7fff ebp=2000 edi=10 eip=100 ss=3000\nmem 32010 0100\nthen eflags=896\nafter 32010 0080\n\n"
        "test many\ncpu 8086-286\ncode f3ab\ninit ecx=8 edi=fffc es=1000\nundefined cf of af\nthen ecx=0 edi=c\n"
        "after 1fffc 0000\n\ntest halts\ncode f4\nthen halted=1\n\ntest for ever\ncode ebfe\n"
    )
    seed(
        "golden", "setup",
        head + "# remark\nsetup real\ninit ebp=900 esp=800 eip=1000 es=2000:00020000:0000ffff:093\n"
        "mem 20000 030020011010500a\nmem 100000 f4\n\ntest a\nfrom real\ncpu 8086\ncode 0f ; pop cs\ninit edx=6c65\n"
        "mem 800 1f00\nthen esp=802 cs=001f:000001f0:0000ffff:093\n\nsetup other\ninit ds=1\n"
        "test b\nfrom other\ncode 90\ncode 90\n"
    )
    seed(
        "golden", "exceptions",
        head + "test divide\ncpu pentium-mmx\ncode f6f1\nexception 0\n\ntest gate\ncode cd80\n"
        "init cr0=1 cpl=3\nexception 13 402\nthen cs=0\n\ntest int3\ncode cc\nexception 3\nthen eip=1\n\ntest invalid\n"
        "cpu 386-pentium-mmx\ncode 0f0b\ninit cr0=1\nexception 6\n\n"
        "test delivered\ncode cd21\nmem 84 00010020\nthen eip=100 cs=2000\n"
    )
    seed(
        "golden", "ports",
        head + "test in\ncpu 386-\ncode e571\nin 71 2 1234\nthen eax=1234\n\ntest out\ncpu 386-\ncode 66ef\n"
        "init eax=12345678 edx=3f8\nout 3f8 4 12345678\nthen eax=0\n\ntest ins\ncpu 286-\ncode f36c\ninit ecx=2 edx=60 edi=500\n"
        "in 60 1 fa\nin 60 1 0\nafter 500 fa00\n\ntest wrong\ncode e471\nin 70 1 0\n"
    )
    seed(
        "golden", "registers",
        head + "test all\ncpu pentium\ncode 9b\ninit eax=1 ebx=2 ecx=3 edx=4 esi=5 edi=6 ebp=7 esp=8\n"
        "init eflags=3202 cr0=11 cr2=1 cr3=2000 cr4=10 dr0=1 dr1=2 dr2=3 dr3=4 dr6=ffff0ff0 dr7=403 cpl=0\n"
        "init es=8:0:ffffffff:c93 fs=0 gs=10:0:fffff:497 ldtr=28:3000:ff:82 tr=30:4000:67:8b gdtr=5000:ff idtr=6000:7ff\n"
        "init fcw=37e fsw=b881 ftw=1234 fop=7ff fcs=8 fip=100 fds=10 fdp=200\n"
        + "".join("init st%d=%04x:80000000:%08x msr%x=1:2\n" % (n, 0x3FFF + n, n, n) for n in range(8))
        + "then fsw=0 ss=0 es=8\n"
    )
    seed(
        "golden", "paging",
        head + "setup paged\ninit cr0=80000001 cr3=10000 cs=8:0:ffffffff:c9b ss=10:0:ffffffff:c93\n"
        "init esp=800 eip=1000\nmem 10000 03100100\nmem 11000 03000000\nmem 11004 03100000\n\ntest fault\nfrom paged\ncpu 486-\n"
        "code a100004000\nmem 1000 a100004000\nexception 14 0\nthen cr2=400000\n\n"
        "test above\nfrom paged\ncode 90\nmem ffffffff 90\nafter fffff000 f4\n"
    )
    seed(
        "golden", "names",
        head + "setup " + "s" * 90 + "\ntest " + "n\x1b[2J " * 20 + "\nfrom " + "s" * 79 + "\ncode 90 ; "
        + "blank " * 20 + "\n"
    )
    for n, text in enumerate(
        (
            "golden 2\n", "\x1f\x8b\x08", "test x\n", head + "test a\n", head + "test a\ncode 9\n",
            head + "test a\ninit eax=100000000\ncode 90\n", head + "test a\ncpu 486-286\ncode 90\n",
            head + "test a\nthen eax=1\ncode 90\n", head + "test a\nmem ffffffff 9090\ncode 90\n"
        )
    ):
        seed("golden", "refused%d" % n, text.encode("latin-1"))


def kernels():
    """Multiboot kernels for 4 MiB: ELF with a segment and its zeros, flat ones, and addresses that do not fit."""

    def header(flags, *fields):
        sums = (0x1BADB002, flags, -(0x1BADB002 + flags) & 0xFFFFFFFF)
        return struct.pack("<%dI" % (3 + len(fields)), *sums, *fields)

    def elf(*segments, entry=0x100010):
        """Each segment: kind, offset, virtual and physical address, bytes, room."""
        head = struct.pack(
            "<4s12sHHIIIIIHHHHHH", b"\x7fELF", b"\1\1\1" + bytes(9), 2, 3, 1, entry, 52, 0, 0, 52, 32, len(segments),
            40, 0, 0
        )
        return head + b"".join(struct.pack("<8I", *s, 5, 4096) for s in segments) + header(3) + bytes(range(64))

    at = 0x100000
    flat = bytes(4) + header(0x10003, at + 4, at, 0, at + 0x2000, at + 0x24) + b"\xf4" * 64
    seed("kernel", "elf", elf((1, 84, at, at, 64, 8192)))
    seed("kernel", "elf-high", elf((1, 116, 0xC0000000 + at, at, 64, 64), (4, 0, 0, 0, 0, 0), entry=0xC0000004 + at))
    seed("kernel", "elf-two", elf((1, 116, at, at, 16, 16), (1, 120, at + 0x80000, at + 0x80000, 16, 0x20000)))
    seed("kernel", "elf-low-and-high", elf((1, 116, 0x1000, 0x1000, 16, 16), (1, 116, at, at, 16, 16)))
    seed("kernel", "elf-beyond", elf((1, 100, at, at, 0xFFFFFFFF, 0xFFFFFFFF)))
    seed("kernel", "elf-large", elf((1, 84, 0xFFFFFFF0, 0xFFFFFFF0, 16, 0xFFFFFFF0)))
    seed("kernel", "elf-more-than-room", elf((1, 84, at, at, 32, 16)))
    seed("kernel", "elf-over-bios", elf((1, 84, 0x8F000, 0x8F000, 64, 0x2000)))
    seed("kernel", "elf-no-segment", elf())
    seed(
        "kernel", "elf-headers-outside",
        elf((1, 84, at, at, 64, 64)).replace(
            struct.pack("<II", 0x100010, 52), struct.pack("<iI", 0x100010, 0xFFFFFFF0)
        )
    )
    seed("kernel", "elf-64", elf((1, 84, at, at, 64, 64)).replace(b"ELF\1", b"ELF\2"))
    seed("kernel", "flat", flat)
    seed("kernel", "flat-bounded", bytes(4) + header(0x10000, at + 4, at, at + 0x30, 0, at + 0x20) + bytes(64))
    seed("kernel", "flat-ends-before", bytes(4) + header(0x10000, at + 4, at, at - 1, 0, at + 0x20) + bytes(64))
    seed("kernel", "flat-elsewhere", bytes(4) + header(0x10000, at, at + 4, 0, 0, 0) + bytes(64))
    seed("kernel", "flat-truncated", header(0x10000, at))
    seed("kernel", "required", header(0x10008, at, at, 0, 0, at + 0x20) + bytes(64))
    seed("kernel", "boot-sector", flat.ljust(510, b"\0") + b"\x55\xaa")
    seed("kernel", "no-header", bytes(range(256)))


def waves():
    """WAV files, behind the twelve moments at which they are heard."""

    def moment(count, hz, shift, rate):
        return struct.pack("<I", count)[:3] + struct.pack("<I", hz - 1)[:3] + struct.pack("<BH", shift, rate // 4)

    def chunk(name, data, said=None):
        return name + struct.pack("<I", len(data) if said is None else said) + data

    def wav(sides, bits, rate, data, extra=b"", kind=1, said=None):
        frame = sides * bits // 8
        body = (
            b"WAVE" + extra + chunk(b"fmt ", struct.pack("<HHIIHH", kind, sides, rate, rate * frame, frame, bits))
            + chunk(b"data", data, said)
        )
        return chunk(b"RIFF", body)

    moments = b"".join(
        moment(*m)
        for m in (
            (0, 1, 0, 0), (3, 1000, 0, 44100), (7, 44100, 0, 11025), (1, 1193182, 4, 4000), (9, 8000, 0, 0),
            (1, 1, 31, 22050), (0xFFFFFF, 3, 31, 8000), (5, 0x1000000, 12, 48000), (40, 44100, 0, 44100),
            (2, 7, 0, 200000), (80, 44100, 0, 5000), (1, 8000, 0, 1000)
        )
    )
    ramp = bytes(range(256))
    seed("audio", "mono8", moments + wav(1, 8, 8000, ramp))
    seed("audio", "stereo16", moments + wav(2, 16, 44100, ramp * 2))
    seed("audio", "stereo8", moments + wav(2, 8, 1000, ramp))
    seed("audio", "mono16", moments + wav(1, 16, 192000, ramp * 4))
    seed("audio", "chunks", moments + wav(2, 16, 22050, ramp, chunk(b"LIST", b"abcde") + b"\0" + chunk(b"fact", b"")))
    seed("audio", "cut", moments + wav(2, 16, 22050, ramp[:101], said=0xFFFFFFFF))
    seed("audio", "chunk-of-4-gigabytes", moments + wav(2, 16, 22050, ramp, chunk(b"LIST", b"", 0xFFFFFFFF)))
    seed("audio", "empty", moments + wav(1, 16, 11025, b""))
    seed("audio", "no-rate", moments + wav(1, 16, 0, ramp))
    seed("audio", "three-sides", moments + wav(3, 16, 8000, ramp))
    seed("audio", "24-bits", moments + wav(1, 24, 8000, ramp))
    seed("audio", "not-pcm", moments + wav(1, 16, 8000, ramp, kind=2))
    seed("audio", "short-format", moments + chunk(b"RIFF", b"WAVE" + chunk(b"fmt ", b"\1\0\1\0")))
