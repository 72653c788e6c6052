"""Files of options and symbols."""
import struct

from common import seed


def texts():
    seed(
        "config", "media",
        "fda = a.img,ro\nhda = fat:dir\ndrive = file=x.vhd,if=ide,index=1,"
        "format=vhd,snapshot=on\nboot = ca,menu=on\ncdrom = cd.cue\n# remark\n"
    )
    seed(
        "config", "machine",
        "cpu = 486,fpu=off\nm = 8M\nM = pci\nips = 20M\nrtc = base=1990-01-02T03:04:05\n"
        "device = sb16,iobase=0x240,irq=7,dma=3\ndevice = isa-debug-exit,raw=on\noption-rom = x.rom@0xd0000\n"
    )
    seed(
        "config", "host",
        "display = none\nserial = tcp:localhost:99,server\nserial = file:x\nspeed = 50%\n"
        "timeout = 1.5\ntype-at = 2,dir\\n{ctrl-c}\nexpect = a+(b|c)\nlog = int,io\ndfilter = 0x3c0..0x3df\n"
        "savevm-at = 100,x\nhistory = 64M\nregs = eax=1,esp=0x7000\nload = x@0:7c00\n"
    )

    def files(name, *text):
        """Files of options, each line one, as many to a seed as the target takes."""
        for n in range(0, len(text), 16):
            seed("config", "%s%d" % (name, n // 16), "\f".join(line + "\n" for line in text[n : n + 16]))

    seed(
        "config", "all-machine",
        "image = a,,b.img,ro,snapshot\nfdb = b.img\nhdb = b,format=raw\nhdc = c,overlay=o\nhdd = d,fault=read:1-2\n"
        "drive = file=f,if=floppy,ro\ndrive = media=cdrom,index=3\ndrive = file=x,refs=any,fault=write:3,media=disk,overlay=y\noverlay = o\n"
        "snapshot = yes\nboot = order=cad\ncpu = pentium-mmx\nm = 640K\nM = isa\nrtc = localtime\nbios = b\nvga = ega,monitor=cd,memory=128\n"
        "vgabios = v\noption-rom = x@d0000\noption-rom = y\nappend = a b\ncore = slow\nentry = 0:7c00\n"
        "device = sb16,iobase=0x260,irq=10,dma=0,dma16=6\ndevice = mpu401,irq=9,iobase=0x300\ndevice = opl3\ndevice = covox\n"
    )
    seed(
        "config", "all-host",
        "nographic = on\nscale = 3\nfullscreen = on\naspect = square\nborder = on\nscaling = integer\nrenderer = software\n"
        "audio = wav:x\naudio-in = wav:y\nmidi = alsa:14\njoystick = keys\nspeed = max\nserial = msmouse\nserial = unix:s,server\n"
        "parallel = file:p\ndebugcon = stdio,port=0x402\nsandbox = on\nbatch = on\nno-reboot = on\non-triple-fault = exit\nmax-insns = 5M\n"
        "fail-on = [0-9]{3}\ntype-at = 2.5,{enter}a\\n\nscreendump = a.png\nscreendump = b.txt\nhash = on\nloadvm = s\nrecord = r\n"
        "stats = s.json\ngolden-record = 5M,g\nd = insn,exc\nD = log\ndfilter = 0-ffff,0x100000+16\nlog-limit = 1M\n"
    )
    seed(
        "config", "all-debugger",
        "display = text\ndbg = on\nex = b 0x7c00\nx = script\nS = on\ns = on\ngdb = tcp:1234\nmonitor = pty\nhistory = 0\n"
        "magic-break = si\nincoming = tcp:localhost:9,server\nreplay = r\naudio = sdl,latency=40\ndevice = isa-debug-exit,iobase=0xf4,iosize=4\n"
    )
    files(
        "refused-machine", "image", "image = ", "drive = if=scsi,file=x", "drive = index=9,file=x",
        "drive = file=x,index=2,if=floppy", "drive = ro=maybe", "drive = format=", "drive = overlay=",
        "drive = fault=x:1", "drive = media=tape", "drive = zz", "drive = file=", "drive = media=cdrom,if=floppy",
        "boot = x", "boot = menu=7", "boot = k=v", "boot = ", "m = 1K", "m = x", "m = 99999999999G", "cpu = ",
        "cpu = z80", "cpu = 486,x", "cpu = help", "vga = ega,monitor=x", "vga = ega,memory=1", "vga = ega,x",
        "vga = cga,monitor=cd", "vga = x", "vga = x=1", "ips = x", "ips = 1", "rtc = x=y", "rtc = 1979-01-01",
        "rtc = 1995-02-30T25:61:00", "option-rom = x@1", "option-rom = @d0000", "load = x", "load = x@zz",
        "entry = 0", "regs = zz=1", "regs = ax=0x10000", "regs = ax", "M = mca", "device = isa-debug-exit,iobase=0",
        "device = isa-debug-exit,x", "device = adlib,x", "device = sb16,irq=4", "device = sb1,dma16=5",
        "device = sb2,iobase=0x221", "device = sbpro,iobase=x", "device = mpu401,x", "device = mpu401,irq=1",
        "device = disney,x", "device = z", "device = sb16,dma=99999999999999999999"
    )
    files(
        "refused-host", "scale = 0", "audio = sdl,latency=1", "audio = sdl,x", "audio = x", "audio-in = x",
        "speed = 0%", "speed = 50", "speed = 999999%", "serial = x", "serial = tcp:1:2:3",
        "serial = msmouse\nserial = msmouse", "serial = null\nserial = null\nserial = null", "parallel = file:",
        "debugcon = null,port=0", "ex = ", "s = 2", "gdb = x", "magic-break = ax", "max-insns = 0",
        "golden-record = x", "golden-record = 1,", "timeout = x", "timeout = 99999999999", "expect = ", "expect = (",
        "type-at = x", "type-at = x,y", "type-at = 1,{zz}", "savevm-at = 5", "savevm-at = x,y", "screendump = x.gif",
        "d = x", "dfilter = x", "dfilter = 5-1", "log-limit = x", "history = 5K", "display = x", "aspect = x",
        "joystick = x", "on-triple-fault = x", "help = on", "config = x", "golden = x", "nothing = 1", "noequals",
        "= 5", "fda", "fda = ", "batch = maybe", "record = a\nreplay = b", "loadvm = a\nincoming = null",
        "replay = a\nload = x@0:0", "d = all", "\0", "x" * 1100
    )
    seed(
        "symbols", "nm-sizes",
        "00007c00 00000010 T start\n00007c10 t helper\nc0007c20 00000004 b data\n         w weak\nzzzz T x\n00007c30 Tt y\n"
    )
    seed(
        "symbols", "ld-map",
        "Memory map\n\n .text          0x00007c00      0x200 boot.o\n                0x00007c00                start\n"
        "                0x00007e00                _end = .\n                0x00007e10                PROVIDE (end = .)\n"
        "                0x00000000                . = 0x0\n                0x00007e20                (bracket\n"
    )
    seed(
        "symbols", "watcom",
        "Address        Symbol\n=======        ======\n\n0000:0010      main_\n0000:0020*     unused_\n0001:0004+     local_\n"
        "10000:0000     beyond_\n"
    )
    seed(
        "symbols", "borland",
        "  Address         Publics by Name\n\n 0000:0291       _main\n 0000:1234 idle  _unused\n 0000:0000 Abs   __AHSHIFT\n"
        " 0000:0002 Res   _no\n\nProgram entry point at 0000:0000\n"
    )
    seed(
        "symbols", "ms-link",
        " Start  Stop   Length Name                   Class\n 00000H 0000FH 00010H _TEXT                  CODE\n\n"
        "  Address         Publics by Name\n\n 0000:0010  Abs  __acrtused\n 0001:0005       $i8_output\n 0FFF:FFFFh      @last\n"
    )
    seed(
        "symbols", "numbers",
        "0x7c00 a\n7C00h b\n12345678901234567 c\nFFFFFFFFF d\n7c 7c e\n7c00 1a\n7c00 .\n7c00 " + "n" * 250
        + "\n7c00 na-me\n0000 ok\r\n"
    )
    seed("symbols", "nothing", "no symbol in here\n")
    seed("symbols", "nm", "00000500 T main\n00000510 t helper\n         U outside\n")
    seed(
        "symbols", "map",
        " Start  Stop   Length Name               Class\n\n  Address         Publics by Value\n\n"
        " 0000:0010       _main\n 0000:7C20       _loop\n"
    )
    seed(
        "symbols", "nasm",
        "---- Section .text ------\n\nReal              Virtual           Name\n"
        "            7C00              7C00  start\n            7C10              7C10  start.loop\n"
    )
    header = struct.pack(
        "<4s12sHHIIIIIHHHHHH", b"\x7fELF", b"\1\1\1" + bytes(9), 2, 3, 1, 0x500, 52, 52, 0, 52, 32, 0, 40, 3, 2
    )
    section = struct.Struct("<10I")
    syms = bytes(16) + struct.pack("<IIIBBH", 1, 0x500, 4, 0x12, 0, 1)
    names = b"\0main\0"
    elf = (
        header + section.pack(*[0] * 10) + section.pack(0, 2, 0, 0, 172, len(syms), 2, 0, 4, 16)
        + section.pack(0, 3, 0, 0, 172 + len(syms), len(names), 0, 0, 1, 0)
    )
    seed("symbols", "elf", elf + syms + names)
    seed("symbols", "elf-short", elf[:60])
    for n, (at, value) in enumerate(
        (
            (0x20, 0xFFFFFFF0), (0x2E, 1), (0x30, 0xFFFF), (52 + 40 + 16, 0xFFFFFFF8), (52 + 40 + 20, 0xFFFFFFFF),
            (52 + 40 + 24, 0xFFFFFF), (52 + 80 + 16, 0xFFFFFFFE), (52 + 80 + 20, 2), (172 + 16, 9), (172 + 30, 0),
            (172 + 28, 0x13)
        )
    ):
        spoiled = bytearray(elf + syms + names)
        spoiled[at : at + 2] = struct.pack("<I", value)[:2]
        if value > 0xFFFF:
            spoiled[at : at + 4] = struct.pack("<I", value)
        seed("symbols", "elf-spoiled%d" % n, bytes(spoiled))
    seed(
        "command", "look",
        "info registers\ninfo sregs\nx/4xw 0x600\nx/3i $eip\ndisas 0x600,+8\ninfo gdt\ninfo ivt 8\n"
        "info mem\nwalk 0x600\ninfo pic\ninfo vga\ninfo ide\ninfo usage\nexplain\nbt\nhistory 20\nscreen\n"
    )
    seed(
        "command", "run",
        "b 0x602\nc\nsi 3\nni\nrsi\nrc\nwhen 0x600\ngoto-insn 5\ninfo timeline\nfinish\nuntil 0x600\n"
    )
    seed(
        "command", "break",
        "b 0x602 if $eax==1\nbpio 0x60-0x64 r\nbpint 0x10 ah=2\nbpexc pf\nwatch 0x500,4 if val==3\n"
        'bpinsn +10\nbpmode\nbpcr CR3\nbptext C:.>\ncondition 1 $ebx>2\nignore 1 3\nlog 0x600 "%x %s",$eax,0x500\n'
        "c 20\ninfo b\nd 1\ndisable\n"
    )
    seed(
        "command", "change",
        "set $eax=5\nset byte[0x500]=1\nset $v=$eax*3+(1<<4)\np/x $v\ndisplay/i $eip\nsi\n"
        "find 0,+0x10000,cd 10\nfind 0x600,+64\nfind next changed\noutb 0x70 0xf\ninb 0x71\nirq 1 raise\nnmi\n"
        'type "dir\\n"\nsendkey ctrl-alt-del\nc 3\nreset cold\nspeed 50%\nassert 1\nprintf "%d\\n",3\n'
    )
    seed(
        "command", "study",
        "info sensitive\ninfo stats\ninfo shadow on\nc 5\ninfo shadow\ntrace on regs mem\nsi 4\n"
        "trace off\ndos mcb\ndos psp\ndos int21 on\ninfo faults\ninfo tlb\nbranch 1\nhash\ninfo events\nhelp x\napropos dma\n"
    )
    seed(
        "command", "expressions",
        "?1+2*3<<4&7|8^1\n?$eax ? byte[0x500] : word[ds:si]\n?'A'+0x10h-0b101\n=$x=~5\n"
        "=word[0x500]=0xffff\n?0x1234:5678\n?phys:0x600\n?!-1&&0||1\n?dword[dword[0x500]+4]\n"
    )
    seed(
        "gdb", "usual",
        "qSupported:swbreak+;xmlRegisters=i386\n?\ng\nm600,10\nM500,2:aabb\np8\nP0=78563412\nZ0,602,1\n"
        "vCont;c\nz0,602,1\ns\nc600\nbs\nbc\nD\nk\n"
    )
    seed(
        "gdb", "queries",
        "qXfer:features:read:target.xml:0,fff\nqRcmd,696e666f20726567697374657273\nqfThreadInfo\nqC\n"
        "qAttached\nHg0\nX500,3:}\x03ab\nZ2,500,4\nZ3,500,1\nZ4,500,2\nZ1,600,1\nqOffsets\nvMustReplyEmpty\n"
        "QStartNoAckMode\nT1\nG00\nqRcmd,q\n"
    )
    seed("gdb", "another-future", "s\ns\nbs\nM600,1:90\ns\nqRcmd,6272616e63682031\nbs\n")

    def packets(name, guest, *text):
        seed("gdb", name, ("guest %s\n" % guest if guest else "") + "".join(line + "\n" for line in text))

    def monitor(line):
        return "qRcmd," + line.encode().hex()

    packets(
        "continue", "dos", "vCont?", "vCont;c", "\x60\x03", "vCont;s:1", "vCont;C05", "vCont;S05;c", "vCont;t",
        "vCont", "vMustReplyEmpty", "c3103", "s3100", "S05", "c zz", "R00", "!", "i", "bs", "bc", "bx", "b",
        "\x60$s#73\x03",
        "D", "?", "vKill;1", "D;1", "c", "k", "?"
    )
    packets(
        "registers", "protected", *("p%x" % n for n in range(0x12)), "p1f", "p20", "p27", "p28", "pffffffff",
        *("P%x=%s" % (n, "21430000") for n in range(0x10)), "P10=000102030405060708ff", "P18=7f030000",
        "P19=00380000", "P1a=ffff0000", "P1b=01000000", "P1c=02000000", "P1d=03000000", "P1e=04000000",
        "P1f=ff0f0000", "P1f=00", "Pzz=1", "G" + "10" * 64, "G" + "08000000" * 16 + "00" * 112, "G", "g", "s",
        "g"
    )
    packets(
        "points", "dos", "Z2,722,2", "c", "c", "z2,722,2", "Z3,3400,4", "c", "z3,3400,4", "Z4,722,1", "c", "bc", "bc",
        "z4,722,1", "Z0,700,1", "Z0,700,1", "c", "z0,700,1", "Z1,3115,1", "c", "z1,3115,1", "Z5,1,1", "Z2,1,0",
        "Z2,1,1001", "Z2", "Z0,x,1", "z0,9999,1", *("Z1,%x,1" % n for n in range(12)), "c",
        "D"
    )
    packets(
        "memory", "protected", "m4000,40", "m7000,4", "m400000,4", "mffffffff,10", "m0,2000", "mfffffffffff,1", "m,1",
        "m0", "M4000,2:90", "M4000,1:9090", "M9000,2:0000", "M400000,1:00", "M600,ffffffff:00", "M600,0:", "X600,0:",
        "X600,4:a}\x03}\x04}]", "X600,2:}", "X600,3:abc}", "Mffffffff,2:0102", "c", "m600,4"
    )
    packets(
        "features", None, "qSupported", "qXfer:features:read:target.xml:0,40",
        "qXfer:features:read:target.xml:40,1000", "qXfer:features:read:target.xml:ffffffff,1",
        "qXfer:features:read:target.xml:z", "qXfer:features:read:x.xml:0,1", "qXfer:memory-map:read::0,1",
        "qXfer:features:read:target.xml:0,ffffffff", "qAttached:1", "qsThreadInfo", "qTStatus", "qSymbol::",
        "QNonStop:1", "Hc-1", "T1", "QStartNoAckMode", "`$g#00",
        "g", "`$g$g#67",
        "`$m0,1#zz",
        "`#$##",
        "m" + "0" * 590 + ",1"
    )
    packets(
        "monitor", "dos",
        *(
            monitor(line)
            for line in (
                "help", "dos int21 on", "b 0x3115 if $ax==0x100", "watch 0x722,2", "bpint 0x21", "bpio 0x60-0x64",
                "x/200xb 0", "info ivt", "c", "si 3", "trace on", "define x", "layout tui", "source x", "zz"
            )
        ),
        "c", "s", "c", monitor("d"), monitor("dos int21 off"), "c", "qRcmd,", "qRcmd,4", "qRcmd,zz",
        monitor("bpinsn +50"), "c", "bc", "bs", monitor("rsi 5"), monitor("reset"),
        "c"
    )
    packets(
        "faults", "protected", monitor("bpfault"), "c", "c", "c", monitor("explain"), "bs", "s", "g", "Z2,31f0,4",
        "c", "Z0,c0004000,1", "c", "M2860,8:0000000000000000", "M2868,8:0000000000000000", "M2840,8:0000000000000000",
        "c", "c", "?", "s", "bc"
    )
    seed("gdb", "raw", "`+$g#67$m0,10#00-\x03$?#3f\n$$$#")
    seed(
        "replay", "inputs",
        b"\2"
        b"100 key a down\n2000 key a up\n3000 mouse 3 -4 0 1\n5000 serial 0 41\n"
        b"6000 joystick 10 20 255 255 1 0\n7000 reset warm\n8000 reset cold\n9000 cpu-reset\n10000 medium 0 0000000000000000 -\n"
        b"20000 hash ram=00000000\n30000 end\n"
    )
    seed("replay", "back", b"\2" b"100 key a down\n200 key a up\n50 back 0\n60 key b down\n70 edited\n80 end\n")
    seed("replay", "lines", b"\1glass86 run log 1\nmachine cpu=486\nrtc 0\ndrive fda 0123456789abcdef x y\n5 end\n")
    seed("replay", "raw", b"\0glass86 run log 1 ~00000000\n")
