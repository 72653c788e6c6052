#!/usr/bin/env python3
"""Makes the seeds of the corpora: what a fuzzer would need long to find by itself.

    tests/fuzz/seeds.py [DIR]      tests/fuzz/corpus by default

Images are made with qemu-img (or left as they are without it), everything else here. Files that
`make fuzz` found lie beside them under other names and are left alone."""
import os
import struct
import subprocess
import sys
import tempfile
import zlib

OUT = sys.argv[1] if len(sys.argv) > 1 else os.path.join(os.path.dirname(__file__), "corpus")


def seed(target, name, data):
    os.makedirs(os.path.join(OUT, target), exist_ok=True)
    with open(os.path.join(OUT, target, name), "wb") as f:
        f.write(data if isinstance(data, bytes) else data.encode())


# ---- text --------------------------------------------------------------------------------------

def texts():
    seed("config", "media", "fda = a.img,ro\nhda = fat:dir\ndrive = file=x.vhd,if=ide,index=1,"
         "format=vhd,snapshot=on\nboot = ca,menu=on\ncdrom = cd.cue\n# remark\n")
    seed("config", "machine", "cpu = 486,fpu=off\nm = 8M\nM = pci\nips = 20M\nrtc = base=1990-01-02T03:04:05\n"
         "device = sb16,iobase=0x240,irq=7,dma=3\ndevice = isa-debug-exit,raw=on\noption-rom = x.rom@0xd0000\n")
    seed("config", "host", "display = none\nserial = tcp:localhost:99,server\nserial = file:x\nspeed = 50%\n"
         "timeout = 1.5\ntype-at = 2,dir\\n{ctrl-c}\nexpect = a+(b|c)\nlog = int,io\ndfilter = 0x3c0..0x3df\n"
         "savevm-at = 100,x\nhistory = 64M\nregs = eax=1,esp=0x7000\nload = x@0:7c00\n")
    def files(name, *text):
        """Files of options, each line one, as many to a seed as the target takes."""
        for n in range(0, len(text), 16):
            seed("config", "%s%d" % (name, n // 16), "\f".join(line + "\n" for line in text[n:n + 16]))

    seed("config", "all-machine", "image = a,,b.img,ro,snapshot\nfdb = b.img\nhdb = b,format=raw\nhdc = c,overlay=o\nhdd = d,fault=read:1-2\n"
         "drive = file=f,if=floppy,ro\ndrive = media=cdrom,index=3\ndrive = file=x,refs=any,fault=write:3,media=disk,overlay=y\noverlay = o\n"
         "snapshot = yes\nboot = order=cad\ncpu = pentium-mmx\nm = 640K\nM = isa\nrtc = localtime\nbios = b\nvga = ega,monitor=cd,memory=128\n"
         "vgabios = v\noption-rom = x@d0000\noption-rom = y\nappend = a b\ncore = slow\nentry = 0:7c00\n"
         "device = sb16,iobase=0x260,irq=10,dma=0,dma16=6\ndevice = mpu401,irq=9,iobase=0x300\ndevice = opl3\ndevice = covox\n")
    seed("config", "all-host", "nographic = on\nscale = 3\nfullscreen = on\naspect = square\nborder = on\nscaling = integer\nrenderer = software\n"
         "audio = wav:x\naudio-in = wav:y\nmidi = alsa:14\njoystick = keys\nspeed = max\nserial = msmouse\nserial = unix:s,server\n"
         "parallel = file:p\ndebugcon = stdio,port=0x402\nsandbox = on\nbatch = on\nno-reboot = on\non-triple-fault = exit\nmax-insns = 5M\n"
         "fail-on = [0-9]{3}\ntype-at = 2.5,{enter}a\\n\nscreendump = a.png\nscreendump = b.txt\nhash = on\nloadvm = s\nrecord = r\n"
         "stats = s.json\ngolden-record = 5M,g\nd = insn,exc\nD = log\ndfilter = 0-ffff,0x100000+16\nlog-limit = 1M\n")
    seed("config", "all-debugger", "display = text\ndbg = on\nex = b 0x7c00\nx = script\nS = on\ns = on\ngdb = tcp:1234\nmonitor = pty\nhistory = 0\n"
         "magic-break = si\nincoming = tcp:localhost:9,server\nreplay = r\naudio = sdl,latency=40\ndevice = isa-debug-exit,iobase=0xf4,iosize=4\n")
    files("refused-machine", "image", "image = ", "drive = if=scsi,file=x", "drive = index=9,file=x", "drive = file=x,index=2,if=floppy",
          "drive = ro=maybe", "drive = format=", "drive = overlay=", "drive = fault=x:1", "drive = media=tape", "drive = zz", "drive = file=",
          "drive = media=cdrom,if=floppy", "boot = x", "boot = menu=7", "boot = k=v", "boot = ", "m = 1K", "m = x", "m = 99999999999G", "cpu = ", "cpu = z80",
          "cpu = 486,x", "cpu = help", "vga = ega,monitor=x", "vga = ega,memory=1", "vga = ega,x", "vga = cga,monitor=cd", "vga = x", "vga = x=1", "ips = x",
          "ips = 1", "rtc = x=y", "rtc = 1979-01-01", "rtc = 1995-02-30T25:61:00", "option-rom = x@1", "option-rom = @d0000", "load = x", "load = x@zz",
          "entry = 0", "regs = zz=1", "regs = ax=0x10000", "regs = ax", "M = mca", "device = isa-debug-exit,iobase=0", "device = isa-debug-exit,x",
          "device = adlib,x", "device = sb16,irq=4", "device = sb1,dma16=5", "device = sb2,iobase=0x221", "device = sbpro,iobase=x", "device = mpu401,x",
          "device = mpu401,irq=1", "device = disney,x", "device = z", "device = sb16,dma=99999999999999999999")
    files("refused-host", "scale = 0", "audio = sdl,latency=1", "audio = sdl,x", "audio = x", "audio-in = x", "speed = 0%", "speed = 50", "speed = 999999%",
          "serial = x", "serial = tcp:1:2:3", "serial = msmouse\nserial = msmouse", "serial = null\nserial = null\nserial = null", "parallel = file:",
          "debugcon = null,port=0", "ex = ", "s = 2", "gdb = x", "magic-break = ax", "max-insns = 0", "golden-record = x", "golden-record = 1,", "timeout = x",
          "timeout = 99999999999", "expect = ", "expect = (", "type-at = x", "type-at = x,y", "type-at = 1,{zz}", "savevm-at = 5", "savevm-at = x,y",
          "screendump = x.gif", "d = x", "dfilter = x", "dfilter = 5-1", "log-limit = x", "history = 5K", "display = x", "aspect = x", "joystick = x",
          "on-triple-fault = x", "help = on", "config = x", "golden = x", "nothing = 1", "noequals", "= 5", "fda", "fda = ", "batch = maybe",
          "record = a\nreplay = b", "loadvm = a\nincoming = null", "replay = a\nload = x@0:0", "d = all", "\0", "x" * 1100)
    seed("symbols", "nm-sizes", "00007c00 00000010 T start\n00007c10 t helper\nc0007c20 00000004 b data\n         w weak\nzzzz T x\n00007c30 Tt y\n")
    seed("symbols", "ld-map", "Memory map\n\n .text          0x00007c00      0x200 boot.o\n                0x00007c00                start\n"
         "                0x00007e00                _end = .\n                0x00007e10                PROVIDE (end = .)\n"
         "                0x00000000                . = 0x0\n                0x00007e20                (bracket\n")
    seed("symbols", "watcom", "Address        Symbol\n=======        ======\n\n0000:0010      main_\n0000:0020*     unused_\n0001:0004+     local_\n"
         "10000:0000     beyond_\n")
    seed("symbols", "borland", "  Address         Publics by Name\n\n 0000:0291       _main\n 0000:1234 idle  _unused\n 0000:0000 Abs   __AHSHIFT\n"
         " 0000:0002 Res   _no\n\nProgram entry point at 0000:0000\n")
    seed("symbols", "ms-link", " Start  Stop   Length Name                   Class\n 00000H 0000FH 00010H _TEXT                  CODE\n\n"
         "  Address         Publics by Name\n\n 0000:0010  Abs  __acrtused\n 0001:0005       $i8_output\n 0FFF:FFFFh      @last\n")
    seed("symbols", "numbers", "0x7c00 a\n7C00h b\n12345678901234567 c\nFFFFFFFFF d\n7c 7c e\n7c00 1a\n7c00 .\n7c00 " + "n" * 250 + "\n7c00 na-me\n0000 ok\r\n")
    seed("symbols", "nothing", "no symbol in here\n")
    seed("symbols", "nm", "00000500 T main\n00000510 t helper\n         U outside\n")
    seed("symbols", "map", " Start  Stop   Length Name               Class\n\n  Address         Publics by Value\n\n"
         " 0000:0010       _main\n 0000:7C20       _loop\n")
    seed("symbols", "nasm", "---- Section .text ------\n\nReal              Virtual           Name\n"
         "            7C00              7C00  start\n            7C10              7C10  start.loop\n")
    header = struct.pack("<4s12sHHIIIIIHHHHHH", b"\x7fELF", b"\1\1\1" + bytes(9), 2, 3, 1, 0x500, 52, 52, 0,
                         52, 32, 0, 40, 3, 2)
    section = struct.Struct("<10I")
    syms = bytes(16) + struct.pack("<IIIBBH", 1, 0x500, 4, 0x12, 0, 1)
    names = b"\0main\0"
    elf = header + section.pack(*[0] * 10) + section.pack(0, 2, 0, 0, 172, len(syms), 2, 0, 4, 16) + \
        section.pack(0, 3, 0, 0, 172 + len(syms), len(names), 0, 0, 1, 0)
    seed("symbols", "elf", elf + syms + names)
    seed("symbols", "elf-short", elf[:60])
    for n, (at, value) in enumerate(((0x20, 0xFFFFFFF0), (0x2E, 1), (0x30, 0xFFFF), (52 + 40 + 16, 0xFFFFFFF8), (52 + 40 + 20, 0xFFFFFFFF),
                                     (52 + 40 + 24, 0xFFFFFF), (52 + 80 + 16, 0xFFFFFFFE), (52 + 80 + 20, 2), (172 + 16, 9), (172 + 30, 0), (172 + 28, 0x13))):
        spoiled = bytearray(elf + syms + names)
        spoiled[at:at + 2] = struct.pack("<I", value)[:2]
        if value > 0xFFFF:
            spoiled[at:at + 4] = struct.pack("<I", value)
        seed("symbols", "elf-spoiled%d" % n, bytes(spoiled))
    seed("command", "look", "info registers\ninfo sregs\nx/4xw 0x600\nx/3i $eip\ndisas 0x600,+8\ninfo gdt\ninfo ivt 8\n"
         "info mem\nwalk 0x600\ninfo pic\ninfo vga\ninfo ide\ninfo usage\nexplain\nbt\nhistory 20\nscreen\n")
    seed("command", "run", "b 0x602\nc\nsi 3\nni\nrsi\nrc\nwhen 0x600\ngoto-insn 5\ninfo timeline\nfinish\nuntil 0x600\n")
    seed("command", "break", "b 0x602 if $eax==1\nbpio 0x60-0x64 r\nbpint 0x10 ah=2\nbpexc pf\nwatch 0x500,4 if val==3\n"
         "bpinsn +10\nbpmode\nbpcr CR3\nbptext C:.>\ncondition 1 $ebx>2\nignore 1 3\nlog 0x600 \"%x %s\",$eax,0x500\n"
         "c 20\ninfo b\nd 1\ndisable\n")
    seed("command", "change", "set $eax=5\nset byte[0x500]=1\nset $v=$eax*3+(1<<4)\np/x $v\ndisplay/i $eip\nsi\n"
         "find 0,+0x10000,cd 10\nfind 0x600,+64\nfind next changed\noutb 0x70 0xf\ninb 0x71\nirq 1 raise\nnmi\n"
         "type \"dir\\n\"\nsendkey ctrl-alt-del\nc 3\nreset cold\nspeed 50%\nassert 1\nprintf \"%d\\n\",3\n")
    seed("command", "study", "info sensitive\ninfo stats\ninfo shadow on\nc 5\ninfo shadow\ntrace on regs mem\nsi 4\n"
         "trace off\ndos mcb\ndos psp\ndos int21 on\ninfo faults\ninfo tlb\nbranch 1\nhash\ninfo events\nhelp x\napropos dma\n")
    seed("command", "expressions", "?1+2*3<<4&7|8^1\n?$eax ? byte[0x500] : word[ds:si]\n?'A'+0x10h-0b101\n=$x=~5\n"
         "=word[0x500]=0xffff\n?0x1234:5678\n?phys:0x600\n?!-1&&0||1\n?dword[dword[0x500]+4]\n")
    seed("gdb", "usual", "qSupported:swbreak+;xmlRegisters=i386\n?\ng\nm600,10\nM500,2:aabb\np8\nP0=78563412\nZ0,602,1\n"
         "vCont;c\nz0,602,1\ns\nc600\nbs\nbc\nD\nk\n")
    seed("gdb", "queries", "qXfer:features:read:target.xml:0,fff\nqRcmd,696e666f20726567697374657273\nqfThreadInfo\nqC\n"
         "qAttached\nHg0\nX500,3:}\x03ab\nZ2,500,4\nZ3,500,1\nZ4,500,2\nZ1,600,1\nqOffsets\nvMustReplyEmpty\n"
         "QStartNoAckMode\nT1\nG00\nqRcmd,q\n")
    seed("gdb", "another-future", "s\ns\nbs\nM600,1:90\ns\nqRcmd,6272616e63682031\nbs\n")
    def packets(name, guest, *text):
        seed("gdb", name, ("guest %s\n" % guest if guest else "") + "".join(line + "\n" for line in text))

    def monitor(line):
        return "qRcmd," + line.encode().hex()

    packets("continue", "dos", "vCont?", "vCont;c", "\x60\x03", "vCont;s:1", "vCont;C05", "vCont;S05;c", "vCont;t", "vCont", "vMustReplyEmpty", "c3103", "s3100", "S05",
            "c zz", "R00", "!", "i", "bs", "bc", "bx", "b", "\x60$s#73\x03", "D", "?", "vKill;1", "D;1", "c", "k", "?")
    packets("registers", "protected", *("p%x" % n for n in range(0x12)), "p1f", "p20", "p27", "p28", "pffffffff", *("P%x=%s" % (n, "21430000") for n in range(0x10)),
            "P10=000102030405060708ff", "P18=7f030000", "P19=00380000", "P1a=ffff0000", "P1b=01000000", "P1c=02000000", "P1d=03000000", "P1e=04000000",
            "P1f=ff0f0000", "P1f=00", "Pzz=1", "G" + "10" * 64, "G" + "08000000" * 16 + "00" * 112, "G", "g", "s", "g")
    packets("points", "dos", "Z2,722,2", "c", "c", "z2,722,2", "Z3,3400,4", "c", "z3,3400,4", "Z4,722,1", "c", "bc", "bc", "z4,722,1", "Z0,700,1", "Z0,700,1", "c", "z0,700,1",
            "Z1,3115,1", "c", "z1,3115,1", "Z5,1,1", "Z2,1,0", "Z2,1,1001", "Z2", "Z0,x,1", "z0,9999,1", *("Z1,%x,1" % n for n in range(12)), "c", "D")
    packets("memory", "protected", "m4000,40", "m7000,4", "m400000,4", "mffffffff,10", "m0,2000", "mfffffffffff,1", "m,1", "m0", "M4000,2:90", "M4000,1:9090", "M9000,2:0000",
            "M400000,1:00", "M600,ffffffff:00", "M600,0:", "X600,0:", "X600,4:a}\x03}\x04}]", "X600,2:}", "X600,3:abc}", "Mffffffff,2:0102", "c", "m600,4")
    packets("features", None, "qSupported", "qXfer:features:read:target.xml:0,40", "qXfer:features:read:target.xml:40,1000", "qXfer:features:read:target.xml:ffffffff,1",
            "qXfer:features:read:target.xml:z", "qXfer:features:read:x.xml:0,1", "qXfer:memory-map:read::0,1", "qXfer:features:read:target.xml:0,ffffffff", "qAttached:1",
            "qsThreadInfo", "qTStatus", "qSymbol::", "QNonStop:1", "Hc-1", "T1", "QStartNoAckMode", "`$g#00", "g", "`$g$g#67", "`$m0,1#zz", "`#$##", "m" + "0" * 590 + ",1")
    packets("monitor", "dos", *(monitor(line) for line in (
            "help", "dos int21 on", "b 0x3115 if $ax==0x100", "watch 0x722,2", "bpint 0x21", "bpio 0x60-0x64", "x/200xb 0", "info ivt", "c", "si 3", "trace on", "define x",
            "layout tui", "source x", "zz")), "c", "s", "c", monitor("d"), monitor("dos int21 off"), "c", "qRcmd,", "qRcmd,4", "qRcmd,zz", monitor("bpinsn +50"), "c", "bc", "bs",
            monitor("rsi 5"), monitor("reset"), "c")
    packets("faults", "protected", monitor("bpfault"), "c", "c", "c", monitor("explain"), "bs", "s", "g", "Z2,31f0,4", "c", "Z0,c0004000,1", "c", "M2860,8:0000000000000000",
            "M2868,8:0000000000000000", "M2840,8:0000000000000000", "c", "c", "?", "s", "bc")
    seed("gdb", "raw", "`+$g#67$m0,10#00-\x03$?#3f\n$$$#")
    seed("replay", "inputs", b"\2" b"100 key a down\n2000 key a up\n3000 mouse 3 -4 0 1\n5000 serial 0 41\n"
         b"6000 joystick 10 20 255 255 1 0\n7000 reset warm\n8000 reset cold\n9000 cpu-reset\n10000 medium 0 0000000000000000 -\n"
         b"20000 hash ram=00000000\n30000 end\n")
    seed("replay", "back", b"\2" b"100 key a down\n200 key a up\n50 back 0\n60 key b down\n70 edited\n80 end\n")
    seed("replay", "lines", b"\1glass86 run log 1\nmachine cpu=486\nrtc 0\ndrive fda 0123456789abcdef x y\n5 end\n")
    seed("replay", "raw", b"\0glass86 run log 1 ~00000000\n")


# ---- what people say to the debugger -------------------------------------------------------------

REGISTERS = """eax ecx edx ebx esp ebp esi edi ax cx dx bx sp bp si di al cl dl bl ah ch dh bh eip ip pc eflags flags
es cs ss ds fs gs ldtr tr cr0 cr2 cr3 cr4 dr0 dr1 dr2 dr3 dr6 dr7 cf pf af zf sf tf if df of iopl nt rf vm ac vif vip id
cpl pe pg a20 insn tsc ips halted mm0 mm7 fctrl fstat ftag""".split()


def debugger():
    """Lines for the debugger, at most 40 each, to one of the guests of guests.c."""
    def lines(name, guest, *text):
        head = "guest %s\n" % guest if guest else ""
        seed("command", name, head + "\n".join(text) + "\n")

    sums = ["?" + "+".join("$" + r for r in REGISTERS[n:n + 16]) for n in range(0, len(REGISTERS), 16)]
    lines("registers", "protected", "info creg", "info dreg", "info fpu", "info mode", *sums, *(
        "=$%s=0x%x" % (r, 0x4000 + n) for n, r in enumerate(("eax", "bx", "ch", "eip", "eflags", "zf", "iopl", "mm3", "dr2", "cr2"))),
        "=$ds=0x58", "=$fs=0x0c", "=$gs=0", "=$es=0x1234", "=$cs.base=1", "=$gdtr.limit=0xffff", "=$idtr.base=0x2800",
        "=$ldtr=0x30", "=$tr=0x48", "=$ss.attr=0x93", "=$ds.sel=8", "=$cpl=3", "=$insn=0",
        "?$cs.base+$ss.limit+$ds.attr+$es.sel+$fs.type+$gs.dpl+$cs.p+$cs.g+$cs.db+$gdtr.base+$idtr.limit+$ldtr.base+$tr.type",
        "c 2", "info sregs")
    lines("tables", "protected", "info gdt", "info gdt 7", "info ldt", "info ldt 1", "info idt", "info idt 0x31", "info tss",
          "info mem", "walk 0x7000", "walk 0x400000", "walk 0xc0001234", "walk 0x800000", "walk 0x9000", "xp/4xw 0x10000",
          "set dword[0x2040]=0xffffffff", "set dword[0x2044]=0x0000ffff", "set dword[0x280c]=0x00008500", "set $gdtr.limit=0xffff",
          "set $idtr.limit=0x7ff", "set $tr.limit=5", "set $ldtr.attr=0", "info gdt", "info idt", "info tss", "info ldt",
          "set $tr.attr=0x81", "set $tr.limit=0x2b", "info tss", "set dword[0x10004]=0x00010067", "set dword[0x10008]=0xfffffff7",
          "info mem", "walk 0x400000", "walk 0x8fffff", "set $cr3=0xfffff000", "info mem", "info tlb", "walk 0")
    lines("faults", "protected", "bpfault if $vec==14", "c", "explain", "d", "tb 0x4400", "bpexc gp if $err==0x48", "bpexc 8", "c",
          "c 3", "info faults", "explain", "info faults 64", *("explain %d" % n for n in range(1, 20)), "bt", "info sensitive",
          "info usage", "info stats", "info tlb", "c", "explain", "history 40")
    lines("faults-spoiled", "protected", "set word[0x282e]=0", "set byte[0x286d]=0x82", "set byte[0x2865]=0xee", "c", "explain",
          "set dword[0x31f0]=0x3200", "set $gdtr.limit=0x5f", "c", "explain", "explain 1", "explain 2", "explain 3", "reset",
          "reset cold", "info mode")
    lines("explain-each", "protected", "bpfault", *["c 3", "explain", "c 2", "explain"] * 9)
    lines("shadow", "protected", "info shadow on", "c", "info shadow", "set dword[0x11018]=0x00006001", "set dword[0x10000]=0",
          "info shadow", "set dword[0x10000]=0x11007", "c", "info shadow off", "info shadow", "info stats", "info tlb",
          "set $cr0=1", "info shadow", "info shadow x")
    lines("att", "protected", "set syntax att", "x/24i 0x4000", "x/30i 0x4100", "disas 0x4200,+80", "u /intel 0x4300,+60",
          "disas /att /10 0x4400", "history 8", "c", "history 60", "display/i $pc", "si 5", "set byte[0x5000]=0xf2",
          "set qword[0x5001]=0x660ff2a4d80c8b67", "set qword[0x5009]=0xdd5c24fcd9ee9bdf", "set qword[0x5011]=0x0fa4c805c8100002",
          "set qword[0x5019]=0xff2d00200000ff18", "set qword[0x5021]=0x0f01c8c4c5f3c08a", "x/40i 0x5000", "x/40i 0xc0005000",
          "set syntax intel", "x/40i 0x5001", "golden-record x", "set syntax x")
    lines("att16", "dos", "disas /att 0x3100,+40", "set syntax att", "x/12i 0:0x700", "disas /att /12 0300:0100", "si 8", "history",
          "golden-record x", "ni", "golden-record x", "trace on regs mem", "si 5", "trace off", "trace on ring 5", "si 9", "trace off",
          "trace on range 0x700,+32", "c", "trace")
    lines("dos", "dos", "dos mcb", "dos psp", "dos psp 0x300", "dos psp 0x2ff", "dos files", "dos devices", "dos drives",
          "set word[0x3032]=0xff", "set dword[0x3034]=0x02000000", "dos psp", "set byte[0x3080]=0xff", "set word[0x3032]=0",
          "dos psp", "set dword[0xe00]=0x00a00400", "set word[0xe04]=0", "dos files", "set dword[0xa48]=0x00a00048", "dos devices",
          "set byte[0xa47]=0xff", "set dword[0xa3c]=0xfffff000", "dos drives", "set word[0x1243]=0xf000", "dos drives",
          "set word[0x2003]=0", "dos mcb", "set word[0x2003]=0x7f", "set word[0x2ff3]=0xffff", "dos mcb", "dos files")
    lines("dos-none", None, "dos mcb", "dos psp", "dos psp 1", "dos files", "dos devices", "dos drives", "dos int21 x")
    lines("dos-chain", "dos", "set word[0x2013]=0xfffe", "dos mcb", "set byte[0xb000]=0x4d", "set word[0xb003]=0xfff", "dos mcb",
          "set byte[0x10000]=0x4d", "set word[0x10003]=0xefff", "dos mcb", "set word[0x10003]=1", "set byte[0x10020]=0x5a", "dos mcb",
          "set dword[0xa2a]=0xffffffff", "dos files", "dos psp")
    lines("int21", "dos", "dos int21 on", "c", "c", "c", "dos int21 off", "set byte[0x720]=0xff", "dos int21 on", "c",
          "set word[0x3400]=0x4c00", "set word[0x311c]=0x40c", "set dword[0x702]=0xffff0000", "c", "set byte[0x711]=0xcf", "c")
    lines("int21-files", "dos", "=qword[0x3400]=0x0300001000003d82", "=qword[0x340c]=0xffff200000053f00", "=qword[0x3418]=0x0000ffff00054202",
          "=qword[0x3424]=0xfff0002000054eff", "=qword[0x3430]=0xffffffffffff09ff", "=qword[0x343c]=0x030003000300714e",
          "=qword[0x3448]=0x000000ff00000600", "=qword[0x3454]=0xffff000000000aff", "=word[0x3300]=0x00ff", "=word[0x311c]=0x460",
          "=dword[0x3014]=0xffff", "dos int21 on", "c", "=$ds.base=0xffffffff", "=$es=0xffff", "c", "c")
    lines("dos-memory-full", "dos", "set qword[0x3100]=0x31c08ed88e0400b8", "set qword[0x3108]=0xf3fff0b90010bff6", "set dword[0x3110]=0xfeeba4",
          "set qword[0x4000]=0x100004d", "set qword[0x4008]=0", "set byte[0x2000]=0", *["c"] * 10, *["dos mcb", "dos psp"] * 10)
    lines("breaks", "dos", "b 0:0x700 if $ah==0x3d", "c", "tb 0x3115", "pb 0x3117", "pb phys:0x3118", "bpint 0x21 ah=0x40", "bpint 0x21 ah=x",
          "bpint 256", "bpexc 13", "bpexc #ud", "bpexc zz", "bpfault", "bpmode", "bpcr msr 0x10", "bpcr CR4", "bpcr dr7 if $val", "bpcr",
          "bpmagic", "bpmagic si", "bpmagic ax", "bpio 0x3f8-0x3ff w if $port==0x3f8", "bpio 0x64-0x60", "bpinsn 100", "bpinsn +0.5s",
          "bpinsn 1.2.3s", "bpinsn 99999999999999s", "c 5", "info b", "disable 1 2", "enable", "condition 1", "condition 2 $eax",
          "ignore 2 3", "d 1 2 99", "c", "info breakpoints", "d")
    lines("watches", "dos", "watch 0x722,2", "c 3", "rwatch 0x3400,4 if $val!=0", "c", "awatch 0x722,1", "c", "pwatch 0x720,4", "c", "d",
          "watch 0,0", "watch 0xffffffff,2", "watch 0x700,5000", "watch ds:0x400", "rwatch 0x3000,4096", "c 2", "d", "watch 0x722,2 if $val",
          "c", "c", "rc", "rc", "info timeline", "when 0x722,+2", "when", "when 0x3000", "goto-insn 40", "rsi 3", "rni", "rfinish", "rni 5", "si 20",
          "set $ax=1", "si 5", "info timeline", "branch 1", "branch 7", "branch drop 1", "goto-insn 0", "hash", "rc")
    lines("gates", "protected", "bpcr cr3", "bpmode if $vm", "bpmode", "c 4", "bpcr", "c 2", "d", "bpint 0x30", "c", "finish", "ni 3", "until 0x4040",
          "rfinish", "rc", "bpexc pf if $err&2", "c", "rsi 40", "rni 2", "goto-insn 300", "watch 0x31f0,4 if $val>0x3400", "c", "rc", "tb 0x4290",
          "c", "si", "info tss", "bt", "bt 3", "x/4i", "d", "b phys:0x4000", "c 9", "when 0x31f0,+4", "info timeline")
    lines("timelines", "dos", "tb 0x3120", "c", "goto-insn 10", "set $ax=1", "si 5", "info timeline", "branch 1", "info timeline", "goto-insn 20",
          "set byte[0x3300]=1", "watch 0x722,2 if $val>3", "c", "branch 2", "rc", "info timeline", "branch drop 1", "branch drop 3", "branch drop 9", "goto-insn 0",
          "rsi", "rni", "inb 0x71", "c", "when 0x722,+2", "when 0x3300", "goto-insn 5", "type a", "c", "reset", "c", "goto-insn 3", "info timeline", "nmi", "si",
          "branch", "until 0x700", "finish", "rfinish")
    lines("blocks", "dos", "define calls", "b 0x3115", "c", "p $arg0+$argc", "echo $arg0", "end", "calls 3 4", "hook-stop", "p/x $ax", "end", "commands 1",
          "echo one\\n", "si 2", "commands 1", "c", "end", "end", "c", "c", "tb 0x3117", "commands", "calls )", "end", "c", "define calls", "calls", "calls", "end",
          "calls", "define 1x", "end", "help calls", "apropos user", "commands 99", "end", "define unfinished", "c", "c")
    lines("calls", "dos", "set dword[0x3100]=0x90000de8", "set qword[0x3110]=0x030001209ae58955", "set qword[0x3120]=0xfeebe58955",
          *["si", "bt"] * 7, "bt 1", "rfinish", "bt", "finish", "=$bp=0xfffe", "bt", "=$sp=0", "bt", "=$ss=0xffff", "bt", "=$bp=$sp", "bt")
    lines("ends", "dos", "set dword[0x3100]=0xf4e605b0", "c", "c", "reset", "=$cs=0x300", "=$ip=0x100", "=dword[0x3100]=0xf4fa", "c", "c", "si",
          "nmi", "c", "=$ip=0x100", "=dword[0x3100]=0x06010f", "=$idtr.limit=0", "set word[0x3100]=0x03cd", "c", "c", "si", "explain", "q 5", "c", "q")
    lines("lines", "dos", "define calls", "b 0x3115", "c $arg0", "p $argc", "end", "calls 3", "hook-stop", "p/x $ax", "end", "commands 1",
          "echo one\\n", "c", "end", "c", "define calls", "calls", "end", "calls", "define 1x", "define", "help calls", "help dos", "help x", "help",
          "apropos stack", "apropos", "help zz", "info", "i r", "source x", "stop", "commands 9", "commands", "q 3", "end", "c", "display/i $pc")
    lines("prints", "dos", *("p/%s 0x8041" % f for f in "xduotcasz"), "p -1", "p 300:100", "p $nothing", 'printf "%d %u %x %o %c %s %p %%\\n",1,2,3,4,0x41,0x3300,0x700',
          'printf "%s"', 'printf "%q",1', 'printf x', "echo \\e[2J\\0\\\\", "assert $ax==0", "assert", "x/3s 0x3300", "x/2xg 0x3400", "x/8cb 0x3300",
          "x/5dh", "x/4tw 0x3400", "x/ob 0x3400", "x/2a 0x3400", "xp/4ub 0xffffffff", "x/2xw 0xfffffffe", "x/0x 0", "x/99999999b 0", "x/q 0",
          "xp/i 0", "display/4xb 0x3400", "display $ax", "display", "undisplay 1", "undisplay 9", "p", "p/x", "?[$ds.base+1]+{word}0x3400+{qword}$pc")
    lines("finds", "dos", 'find 0,+0x20000,"GAME"', "find 0x3000,+0x1000,cd 21", "find 0x3000,+0x1000,c", "find 0x3000,+64", "c", "find next changed",
          "find next same", "find next <", "find next >", "find next >1", "find next <0xffff", "find next =0x10", "find next x", "find 0,+0xffffffff",
          "find 0,+0", "find", 'find 0,+8,""', "dump x 0,+16", "restore x 0", "dump x", "info symbol 0x700", "sym x", "save breakpoints x", "loadvm x",
          "savevm x", "diff now now", "diff x", "info snapshots x", "screendump x.png", "screendump x", "wait", "trace on file x", "golden-record x",
          "layout", "layout zz", "change fda x", "eject fdb", "hash")
    for board, choices in enumerate((0x0, 0x1, 0x8e, 0x1800, 0x2800, 0x0800, 0x0102, 0x0200)):
        lines("board%d" % board, "dos %x" % choices, "info irq", "info pic", "info pit", "info rtc", "info dma", "info kbc", "info vga", "info ide",
              "info fdc", "info uart", "info events", "info mode", "info fpu", "screen", "outb 0x43 0x37", "outb 0x43 0xb6", "outb 0x42 0", "outb 0x42 0x12",
              "outb 0x61 3", "outb 0x21 0xf0", "irq 3 raise", "irq 4 raise", "irq 14 raise", "irq 5 lower", "info pic", "outb 0x20 0x68", "outb 0x3f2 0x1c",
              "outb 0xb 0x56", "outb 0xc0 1", "outw 0x1f0 1", "inl 0xcf8", "outl 0xcf8 0x80000000", "c", "info pit", "info dma", "info irq")
    lines("devices", "dos", "fault", "fault fda read:0-5", "fault hda timeout:1", "fault cdrom missing:16-17", "fault hdc write:3", "fault", "fault fda off",
          "fault hdz read:1", "fault hda read:9-2", "type \"a{ctrl-c}B\\n\"", "type {", "sendkey ctrl-alt-del", "sendkey f13", "mouse_move 5 -3 1",
          "mouse_move 2000 0", "mouse_button 7", "c", "info kbc", "outb 0x64 0xa8", "outb 0x64 0xd4", "outb 0x60 0xf4", "mouse_move 1 1", "c", "speed max",
          "speed real", "speed 0", "speed 5%", "nmi", "c", "bptext C:.GAMES|x+", "bptext (", "bptext a*", "set dword[0xb8000]=0x07780778", "outb 0x3f8 0x78",
          "outb 0xe9 0x78", "c", "info events", "reset", "c")
    lines("screen-text", "dos 1800", *("outw 0x3d4 0x%04x" % v for v in (0x7100, 0x5001, 0x1f04, 0x1906, 0x1c07, 0x0709, 0x000c, 0x000d)),
          "outb 0x3d8 0x29", "screen", "bptext abc", "set word[0x3400]=0x0200", "set dword[0x3100]=0xb80068fa", "set dword[0x3104]=0x0000bf07",
          "set dword[0x3108]=0xab0761b8", "set dword[0x310c]=0xab40ab40", "set word[0x3110]=0xfeeb", "c", "screen", "info vga", "rc")
    lines("completion", None, "define mine", "si", "end", "=$mine=1", *("\t" + word for word in (
        "", "in", "info ", "info g", "help inf", "p $e", "p $mi", "mi", "set $eax+$cs.b", "dump ", "x/i ", "apropos x")))
    lines("errors", None, "x/", "b )", "b 0x600 if", "b 0x600 if )", "p 1/0", "p 1%0", "p 1<<99", "p ((((((((1", "p 'a", "p 0x", "p 99999999999999999999",
          "?1?2:3?4:5", "?~!-+1", "?1>=2<=3!=4", "?phys:", "?1:2:3", "?ds:", "?cs:ip+1", "?f000:fff0", "?byte[", "?{word", "set", "set var", "set var $x=3",
          "set $x", "set 1=2", "set byte[0xffffffff]=1", "set dword[0xfffffffe]=1", "set $eax", "=phys:0x500=1", "=$argc=1", "info x", "rsi 100001",
          "goto-insn 99999999", "until", "finish", "c x", "si 0", "unknown")


# ---- files of other kinds ------------------------------------------------------------------------

def goldens():
    """Golden tests: every line and register of the format, each core (a test's line chooses it), and refusals."""
    head = "golden 1\n\n"
    seed("golden", "real", head + "test add, signed overflow\ncpu 386-\ncode 0103 ; add [bp+di],ax\n"
         "init eax=7fff ebp=2000 edi=10 eip=100 ss=3000\nmem 32010 0100\nthen eflags=896\nafter 32010 0080\n\n"
         "test many\ncpu 8086-286\ncode f3ab\ninit ecx=8 edi=fffc es=1000\nundefined cf of af\nthen ecx=0 edi=c\n"
         "after 1fffc 0000\n\ntest halts\ncode f4\nthen halted=1\n\ntest for ever\ncode ebfe\n")
    seed("golden", "setup", head + "# remark\nsetup real\ninit ebp=900 esp=800 eip=1000 es=2000:00020000:0000ffff:093\n"
         "mem 20000 030020011010500a\nmem 100000 f4\n\ntest a\nfrom real\ncpu 8086\ncode 0f ; pop cs\ninit edx=6c65\n"
         "mem 800 1f00\nthen esp=802 cs=001f:000001f0:0000ffff:093\n\nsetup other\ninit ds=1\n"
         "test b\nfrom other\ncode 90\ncode 90\n")
    seed("golden", "exceptions", head + "test divide\ncpu pentium-mmx\ncode f6f1\nexception 0\n\ntest gate\ncode cd80\n"
         "init cr0=1 cpl=3\nexception 13 402\nthen cs=0\n\ntest int3\ncode cc\nexception 3\nthen eip=1\n\ntest invalid\n"
         "cpu 386-pentium-mmx\ncode 0f0b\ninit cr0=1\nexception 6\n\n"
         "test delivered\ncode cd21\nmem 84 00010020\nthen eip=100 cs=2000\n")
    seed("golden", "ports", head + "test in\ncpu 386-\ncode e571\nin 71 2 1234\nthen eax=1234\n\ntest out\ncpu 386-\ncode 66ef\n"
         "init eax=12345678 edx=3f8\nout 3f8 4 12345678\nthen eax=0\n\ntest ins\ncpu 286-\ncode f36c\ninit ecx=2 edx=60 edi=500\n"
         "in 60 1 fa\nin 60 1 0\nafter 500 fa00\n\ntest wrong\ncode e471\nin 70 1 0\n")
    seed("golden", "registers", head + "test all\ncpu pentium\ncode 9b\ninit eax=1 ebx=2 ecx=3 edx=4 esi=5 edi=6 ebp=7 esp=8\n"
         "init eflags=3202 cr0=11 cr2=1 cr3=2000 cr4=10 dr0=1 dr1=2 dr2=3 dr3=4 dr6=ffff0ff0 dr7=403 cpl=0\n"
         "init es=8:0:ffffffff:c93 fs=0 gs=10:0:fffff:497 ldtr=28:3000:ff:82 tr=30:4000:67:8b gdtr=5000:ff idtr=6000:7ff\n"
         "init fcw=37e fsw=b881 ftw=1234 fop=7ff fcs=8 fip=100 fds=10 fdp=200\n" +
         "".join("init st%d=%04x:80000000:%08x msr%x=1:2\n" % (n, 0x3fff + n, n, n) for n in range(8)) +
         "then fsw=0 ss=0 es=8\n")
    seed("golden", "paging", head + "setup paged\ninit cr0=80000001 cr3=10000 cs=8:0:ffffffff:c9b ss=10:0:ffffffff:c93\n"
         "init esp=800 eip=1000\nmem 10000 03100100\nmem 11000 03000000\nmem 11004 03100000\n\ntest fault\nfrom paged\ncpu 486-\n"
         "code a100004000\nmem 1000 a100004000\nexception 14 0\nthen cr2=400000\n\n"
         "test above\nfrom paged\ncode 90\nmem ffffffff 90\nafter fffff000 f4\n")
    seed("golden", "names", head + "setup " + "s" * 90 + "\ntest " + "n\x1b[2J " * 20 + "\nfrom " + "s" * 79 +
         "\ncode 90 ; " + "blank " * 20 + "\n")
    for n, text in enumerate(("golden 2\n", "\x1f\x8b\x08", "test x\n", head + "test a\n", head + "test a\ncode 9\n",
                              head + "test a\ninit eax=100000000\ncode 90\n", head + "test a\ncpu 486-286\ncode 90\n",
                              head + "test a\nthen eax=1\ncode 90\n", head + "test a\nmem ffffffff 9090\ncode 90\n")):
        seed("golden", "refused%d" % n, text.encode("latin-1"))


def kernels():
    """Multiboot kernels for 4 MiB: ELF with a segment and its zeros, flat ones, and addresses that do not fit."""
    def header(flags, *fields):
        sums = (0x1BADB002, flags, -(0x1BADB002 + flags) & 0xFFFFFFFF)
        return struct.pack("<%dI" % (3 + len(fields)), *sums, *fields)

    def elf(*segments, entry=0x100010):
        """Each segment: kind, offset, virtual and physical address, bytes, room."""
        head = struct.pack("<4s12sHHIIIIIHHHHHH", b"\x7fELF", b"\1\1\1" + bytes(9), 2, 3, 1, entry, 52, 0, 0,
                           52, 32, len(segments), 40, 0, 0)
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
    seed("kernel", "elf-headers-outside", elf((1, 84, at, at, 64, 64)).replace(struct.pack("<II", 0x100010, 52),
                                                                             struct.pack("<iI", 0x100010, 0xFFFFFFF0)))
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
        body = b"WAVE" + extra + chunk(b"fmt ", struct.pack("<HHIIHH", kind, sides, rate, rate * frame, frame, bits)) + \
            chunk(b"data", data, said)
        return chunk(b"RIFF", body)

    moments = b"".join(moment(*m) for m in (
        (0, 1, 0, 0), (3, 1000, 0, 44100), (7, 44100, 0, 11025), (1, 1193182, 4, 4000), (9, 8000, 0, 0), (1, 1, 31, 22050),
        (0xFFFFFF, 3, 31, 8000), (5, 0x1000000, 12, 48000), (40, 44100, 0, 44100), (2, 7, 0, 200000), (80, 44100, 0, 5000),
        (1, 8000, 0, 1000)))
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


# ---- registers, code ---------------------------------------------------------------------------

def out(port, value, size=1):
    return bytes([{1: 0, 2: 0x10, 4: 0x20}[size], 0xFF]) + struct.pack("<H", port) + \
        value.to_bytes(size, "little")


def inp(port):
    return bytes([4, 0xFF]) + struct.pack("<H", port)


def outs(*pairs):
    return b"".join(out(p, v) for p, v in pairs)


def wait(shift=10, n=200):
    return bytes([8 | (shift & 15) << 4, n])


def block(port, count, write):
    return bytes([0x1B if write else 0x0B, 0xFF]) + struct.pack("<HH", port, count)


def memory(at, data):
    parts = [data[i:i + 60] for i in range(0, len(data), 60)]
    return b"".join(bytes([0xFA, 0xFF]) + struct.pack("<I", at + 60 * n) + p.ljust(60, b"\0")
                    for n, p in enumerate(parts))


def pci(at, value):
    return out(0xCF8, 0x80000000 | at, 4) + out(0xCFC, value, 4)


def dma(channel, at, count, mode):
    page = {1: 0x83, 2: 0x81, 3: 0x82}[channel]
    return outs((0x0A, 4 | channel), (0x0B, mode | channel), (0x0C, 0), (2 * channel, at & 255),
                (2 * channel, at >> 8 & 255), (page, at >> 16), (2 * channel + 1, count & 255),
                (2 * channel + 1, count >> 8), (0x0A, channel))


def devices():
    isa, board, sb = b"\0\0", b"\1\0", b"\2\0"
    seed("device", "ide-identify", isa + outs((0x1F6, 0xA0), (0x1F7, 0xEC)) + wait() + block(0x1F0, 256, False))
    seed("device", "ide-write", isa + outs((0x1F6, 0xE0), (0x1F2, 3), (0x1F3, 5), (0x1F4, 0), (0x1F5, 0), (0x1F7, 0xC5)) +
         wait() + block(0x1F0, 256, True) + wait() + block(0x1F0, 600, True) + wait() + outs((0x1F7, 0x20)))
    seed("device", "ide-dma", board + pci(0x904, 5) + pci(0x920, 0xC001) +
         memory(0x8000, struct.pack("<IIII", 0x9000, 0x200, 0xFFFFFFF0, 0x80000000)) + out(0xC004, 0x8000, 4) +
         outs((0x1F6, 0xE0), (0x1F2, 2), (0x1F7, 0xC8), (0xC000, 9)) + wait() + inp(0xC002) +
         outs((0x1F7, 0xCA), (0xC000, 1)) + wait())
    seed("device", "atapi", isa + outs((0x176, 0xA0), (0x174, 0), (0x175, 8), (0x177, 0xA0)) + wait() +
         b"".join(out(0x170, v, 2) for v in (0x28, 0, 0x1000, 0, 0x0100, 0)) + wait() + block(0x170, 1024, False) + wait() +
         outs((0x177, 0xA0)) + wait() + b"".join(out(0x170, v, 2) for v in (0x43, 0, 0, 0, 0xFFFF, 0)) + wait())
    floppy = b"".join(out(0x3F5, v) + wait(8) for v in (0xE6, 0, 0, 0, 1, 2, 18, 27, 255))
    seed("device", "fdc-read", isa + outs((0x3F2, 0x1C)) + wait() + outs((0x3F5, 7), (0x3F5, 0)) + wait() + out(0x3F5, 8) +
         inp(0x3F5) + inp(0x3F5) + dma(2, 0x2000, 511, 0x44) + floppy + wait() + inp(0x3F5) * 7)
    seed("device", "fdc-format", isa + outs((0x3F2, 0x1C)) + wait() + dma(2, 0xFFFF, 0xFFFF, 0x58) +
         b"".join(out(0x3F5, v) for v in (0x4D, 0, 2, 18, 0x54, 0xF6)) + wait() + inp(0x3F5) * 7 + outs((0x3F2, 0)))
    seed("device", "sb", sb + outs((0x226, 1), (0x226, 0)) + wait(4) + dma(1, 0x1000, 255, 0x58) +
         outs((0x22C, 0xD1), (0x22C, 0x40), (0x22C, 0xA6), (0x22C, 0x48), (0x22C, 0xFF), (0x22C, 0), (0x22C, 0x1C)) + wait() +
         outs((0x224, 0x22), (0x225, 0xFF), (0x22C, 0xC6), (0x22C, 0x20), (0x22C, 1), (0x22C, 0), (0x22C, 0xDA)) + wait())
    seed("device", "opl-mpu", b"\x0a\0" + outs((0x388, 5), (0x389, 1), (0x38A, 5), (0x38B, 1), (0x388, 0x20), (0x389, 0x21), (0x388, 0xA0),
         (0x389, 0x98), (0x388, 0xB0), (0x389, 0x31), (0x331, 0x3F), (0x330, 0x90), (0x330, 60), (0x388, 4), (0x389, 0x81)) + wait())
    vga = b"".join(out(0x3C4, v, 2) for v in (0x0100, 0x0101, 0x0F02, 0x0604)) + \
        b"".join(out(0x3D4, v, 2) for v in (0x0E11, 0x5F00, 0x4F01, 0x5002, 0x8203, 0x5404, 0x8005, 0x0B06, 0x3E07, 0x4109, 0x9CDF12 & 0xFFFF,
                                            0x2813, 0xE317)) + out(0x3CE, 0x4005, 2) + out(0x3CE, 0x0506, 2)
    poke = bytes([0x25, 8]) + struct.pack("<HI", 0x100, 0x12345678) + bytes([0x26, 8]) + struct.pack("<H", 0x200)
    seed("device", "vga", isa + vga + poke + wait() + b"\x0d")
    seed("device", "vga-dispi", board + b"".join(out(0x1CE, i, 2) + out(0x1CF, v, 2) for i, v in
         ((4, 0), (1, 640), (2, 480), (3, 32), (4, 0x41), (6, 800), (8, 5), (9, 7))) + b"\x25\xff\xfc\xff\xff\xe0\1\2\3\4" + wait() + b"\x0d")
    seed("device", "cga", b"\0\x18" + outs((0x3D8, 0x1A), (0x3D4, 1), (0x3D5, 255), (0x3D4, 9), (0x3D5, 31), (0x3D9, 0x3F)) + poke + wait() + b"\x0d")
    seed("device", "board", isa + outs((0x43, 0x34), (0x40, 2), (0x40, 0), (0x43, 0xB6), (0x42, 1), (0x42, 0), (0x61, 3), (0x70, 0xB), (0x71, 0x72),
         (0x70, 0xA), (0x71, 0x23), (0x20, 0x11), (0x21, 8), (0x21, 4), (0x21, 1), (0x21, 0), (0x64, 0x60), (0x60, 0x47), (0x64, 0xD4), (0x60, 0xF4),
         (0x64, 0xD1), (0x60, 0xDD), (0x92, 2), (0xA0, 0x20)) + wait() + bytes([0x0E, 1, 30, 0x0E, 120, 5, 9, 0x0E, 160, 65]) + wait())
    seed("device", "uart-lpt", isa + outs((0x3FB, 0x83), (0x3F8, 1), (0x3F9, 0), (0x3FB, 3), (0x3FA, 0xC7), (0x3FC, 0x1B), (0x3F9, 15), (0x3F8, 65),
         (0x378, 66), (0x37A, 1), (0x37A, 0)) + wait() + inp(0x3F8))
    seed("device", "pci", board + b"".join(pci(a, 0xFFFFFFFF) for a in (0x10, 0x59, 0x860, 0x880, 0x910, 0x920, 0xB40, 0x1010, 0x1030)) +
         pci(0x58, 0x33333333) + out(0xCF9, 2) + out(0xB2, 1) + wait())
    seed("device", "media", isa + b"\x0c\0\0\0\x0c\0\1\0\x0c\1\0\0\x0c\1\1\1" + outs((0x3F2, 0x1C)) + wait() + inp(0x3F7))
    for n in range(10):
        calls = [(0, 0x0013), (1, 0x0201), (1, 0x4200), (2, 0xE820), (3, 0x0000), (4, 0x0200), (0, 0x4F02), (0, 0x1300), (5, 0x0104), (0, 0x1123)]
        vector, ax = calls[n]
        regs = struct.pack("<8H", ax, 0x0001, 0x0000, 0x0200 if n % 2 else 0x4112, 0, 0x100, 0x1000, 0x2000)
        seed("bios", "call%d" % n, bytes([vector]) + regs + bytes([0]) + struct.pack("<HH", 0x1000, 0x2000) + b"\x1c" +
             bytes([vector]) + bytes.fromhex("034f") + regs[2:] + b"\0" + struct.pack("<HHB", 0xA000, 0xFFFF, 3))


def code(name, model, mode, text, core=0, edits=b"", flags=0x3202):
    regs = b"".join(struct.pack("<H" if n % 2 == 0 else "<I", v) for n, v in
                    enumerate((0x1234, 0x20000, 0x40, 0x500, 0, 0x21000, 0x600, 0x700)))
    seed("cpu", name, struct.pack("<H", model | mode << 3 | core << 8) + regs + struct.pack("<H", flags) + b"\1\0\x09\0" +
         bytes([len(edits) // 10]) + edits + bytes.fromhex(text))


def programs():
    PENTIUM, I8086, I286, I386, P6 = 0, 1, 2, 3, 5
    code("real", PENTIUM, 0, "b8fffff7e3f3a4cd10e8000058ff36000660b9ff00f366abe2fe0f01e0cf")
    code("real-8086", I8086, 0, "d4000fd6c8100000f2a48ed0f6f1fff0cc", core=1)
    code("real-x87", PENTIUM, 0, "d9e8d9ebdec1d9fad9f2dd36000 6dd260006d9c9df e0d9fedbe3".replace(" ", ""))
    code("real-to-pm", I386, 0, "0f01160005 0f200066 83c8010f22c0ea0b8008000f00d8".replace(" ", ""), core=2)
    code("v86", PENTIUM, 1, "9c589dfafbcd21cfe460ee0f01e08ed8", edits=b"")
    code("pm16", I286, 2, "0f00d80f00d09a00003800ea000030000f02c00f03d8c8100003c9cf", core=1)
    code("pm32", PENTIUM, 3, "9a00000000380 0ea0000000030000f00d00f0203b84000000f00d8ccf4".replace(" ", ""))
    code("pm32-tasks", I386, 3, "ea00000000 3000cd09cfea0000000028 00".replace(" ", ""))
    code("paged0", P6, 4, "0f20d80f22d80f013d00f00100a100f00100f00fb00b0fc70b0f30b91b0000000f320fa20f0fb0".replace(" ", ""), core=2)
    code("paged3", PENTIUM, 5, "a1fcff0100c705fcff010001000000cd8060618ed0dd05fefffeff0f34cf", core=1)
    code("self-modifying", PENTIUM, 3, "c6050a08010090eb0090909090f3aabf00080100b910000000f3ab")


# ---- folders and images ------------------------------------------------------------------------

def folders():
    def entry(sector, slot, name, attr, cluster, size):
        return bytes([100 + (-100 & 7) + 0, sector << 4 | slot]) + name.ljust(11) + bytes([attr]) + struct.pack("<HH", cluster, size)

    for kind in range(4):
        seed("folder", "names%d" % kind, bytes([kind]) + entry(0, 5, b"..", 0x10, 0, 0) + entry(0, 6, b"CON", 0x20, 3, 5) +
             entry(0, 7, b"A/B", 0x20, 3, 5) + entry(0, 8, b"LINK", 0x20, 2, 900) + entry(0, 9, b"SUB", 0x10, 2, 0) + b"\xff")
        seed("folder", "tables%d" % kind, bytes([kind]) + b"\0\1\0\4\0\x07\xff\x0f\0\3\0\5\0\6" + entry(0, 4, b"NEW", 0x20, 2, 4000) + b"\xff" +
             b"\0\1\0\0\0\x0f" + bytes(16) + b"\xff")
    for n, name in enumerate(("../secret", "..", "a/b", "/etc/hostname", "LINK")):  # long names, on the floppy's root directory
        units = (name + "\0").ljust(13, "\uffff").encode("utf-16-le")
        short = b"NAME%d   TXT" % n
        total = 0
        for c in short:
            total = ((total >> 1) + ((total & 1) << 7) + c) & 255
        long_entry = b"\x41" + units[:10] + b"\x0f\0" + bytes([total]) + units[10:22] + b"\0\0" + units[22:26]
        seed("folder", "long%d" % n, b"\0" + b"\0\x13\0" + struct.pack("<HB", 0x100, 31) + long_entry +
             b"\0\x13\0" + struct.pack("<HB", 0x120, 31) + short + b"\x20" + bytes(14) + struct.pack("<HI", 2, 5) + b"\xff")
    seed("folder", "deleted", b"\1" + b"".join(b"\0\x3f\0" + bytes([n * 32, 0, 0, 0xE5]) for n in range(8)) + b"\xff")


IMAGES = [("qcow2", "qcow2", "cluster_size=512", 3), ("qcow2-v2", "qcow2", "compat=0.10,cluster_size=512", 3),
          ("vhd", "vpc", "subformat=dynamic", 2), ("vhd-fixed", "vpc", "subformat=fixed", 2),
          ("vdi", "vdi", "static=off", 4), ("vmdk", "vmdk", "subformat=monolithicSparse", 5),
          ("vmdk-stream", "vmdk", "subformat=streamOptimized", 5)]


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
    imd = b"IMD 1.18: 01/01/1990 00:00:00\r\nremark\x1a" + track + bytes([1]) + b"\x5a" * 512 + \
        bytes([2, 0xF6, 0, 2, 0, 3])
    seed("image", "imd", bytes([6]) + imd)
    head = bytearray(b"TD\0\0\x15\0\0\0\0\1")
    body = struct.pack("<BBBB", 1, 0, 0, 0) + struct.pack("<BBBBBB", 0, 0, 1, 2, 0, 0) + struct.pack("<HB", 5, 1) + b"\0\1ab" + b"\xff"
    seed("image", "teledisk", bytes([7]) + bytes(head) + bytes(2) + body)
    iso = bytearray(36 * 1024)
    iso[32768:32776] = b"\1CD001\1\0"
    iso[32768 + 80:32768 + 84] = struct.pack("<I", 18)
    seed("image", "iso", bytes([8]) + bytes(iso[32768 - 64:32768 + 2048]))
    seed("image", "teledisk-packed", bytes([7]) + b"td" + bytes(head[2:]) + bytes(2) + bytes(range(1, 200)))
    bpb = bytearray(512)
    bpb[0:36] = b"\xeb\x3c\x90GLASS86 " + struct.pack("<HBHBHHBHHHII", 512, 1, 1, 2, 224, 2880, 0xF0, 9, 18, 2, 0, 0)[:25]
    bpb[510:] = b"\x55\xaa"
    seed("image", "floppy", bytes([0]) + bytes(bpb))
    mbr = bytearray(512)
    mbr[446:462] = bytes([0x80, 1, 1, 0, 6, 15, 0xFF, 0xFF]) + struct.pack("<II", 63, 64000)
    mbr[510:] = b"\x55\xaa"
    seed("image", "hard", bytes([0x40]) + bytes(mbr))
    seed("image", "cue", bytes([31]) + b'FILE "x.bin" BINARY\n  TRACK 01 MODE1/2352\n    INDEX 01 00:00:00\n'
         b'  TRACK 02 AUDIO\n    PREGAP 00:00:02\n    INDEX 00 00:00:10\n    INDEX 01 00:00:12\n')
    seed("image", "cue-escape", bytes([31]) + b'FILE "../../../etc/hostname" BINARY\n  TRACK 01 MODE1/2048\n    INDEX 01 00:00:00\n')
    seed("image", "overlay", bytes([30]) + b"G86OVLY\n" + struct.pack("<II", 1, 4096) + bytes(512))
    edit = lambda where, data: struct.pack("<HB", where, len(data) - 1) + data
    seed("image", "overlay-empty", bytes([29]))
    seed("image", "overlay-blocks", bytes([29]) + edit(40, struct.pack("<Q", 3)) + b"".join(
        edit(512 + 32 * n, struct.pack("<QQ", n % 5, n + 1)) for n in range(6)))
    seed("image", "overlay-control-characters", bytes([29]) + edit(32, bytes(8)) + edit(64, b"a\n\x1b[2J"))
    seed("image", "vhd-dynamic", bytes([28]) + edit(2048, b"\xff"))
    seed("image", "vhd-in-memory", bytes([28 | 0x80]) + edit(1536 + 4, b"\xff\xff\xff\xff"))
    seed("image", "vhd-parent", bytes([28]) + edit(60, struct.pack(">I", 4)) + edit(512 + 64, "x.img".encode("utf-16-be")))
    xdf = bytearray(bpb)
    xdf[19:26] = struct.pack("<HBHH", 3680, 0xF9, 11, 23)
    seed("image", "floppy-xdf", bytes([26, 0]) + bytes(xdf))
    for n in range(4):
        seed("image", "floppy-size%d" % n, bytes([26 | n << 5, n]) + bytes(bpb))
    seed("image", "cd", bytes([27 | 0x60]) + bytes(iso[32768:32768 + 100]) + bytes(1948) + b"\xffCD001\x01")
    head = struct.pack("<4sIIQQQQIQQQ", b"KDMV", 1, 3, 64, 8, 0, 0, 4, 0, 2, 5)
    grains = struct.pack("<4I", 6, 0, 14, 1).ljust(512, b"\0") + struct.pack("<4I", 0, 22, 0, 0).ljust(512, b"\0")
    seed("image", "vmdk-small", bytes([5]) + head.ljust(1024, b"\0") + struct.pack("<2I", 3, 4).ljust(512, b"\0") + grains +
         bytes(512) + bytes(range(256)) * 16)
    packed = zlib.compress(bytes(4096))
    head = struct.pack("<4sIIQQQQIQQQ", b"KDMV", 3, 0x30001, 64, 8, 0, 0, 4, 0, 2, 5)
    seed("image", "vmdk-packed", bytes([5]) + head.ljust(1024, b"\0") + struct.pack("<2I", 3, 4).ljust(512, b"\0") + grains +
         bytes(512) + struct.pack("<QI", 0, len(packed)) + packed + bytes(512))
    seed("image", "vmdk-extents", bytes([5 | 0x80]) + b'# Disk DescriptorFile\nversion=1\nparentCID=ffffffff\n'
         b'RW 1 FLAT "x.img" 0\nRW 63 ZERO\nRW 4 FLAT "../x.img" 0\n')


def states():
    for n in range(2, 7):
        seed("state", "edits%d" % n, bytes([n, n & 1, n]) + b"".join(
            struct.pack("<I", n * 7919 * k)[:3] + bytes([n]) + bytes([255 - k] * (n + 1)) for k in range(1, 12)))
        seed("migrate", "edits%d" % n, bytes([n]) + b"".join(
            struct.pack("<I", n * 104729 * k)[:3] + bytes([n]) + bytes([k] * (n + 1)) for k in range(1, 8)))
    seed("state", "unedited", b"\2\0\0")
    seed("state", "body", b"\1" + b"machine".ljust(16, b"\0") + struct.pack("<IIQ", 0, 1, 8) + b"cpu=486\n")
    seed("state", "raw", b"\0GLASS86\x1a\1\0\0\0\4\3\2\1" + bytes(40))
    seed("migrate", "unedited", b"\2")
    head = struct.Struct("<IIQQ")
    seed("migrate", "pages", b"\1" + head.pack(2, 0, 3, 1) + bytes(4096) + head.pack(3, 0, 1, 0) + head.pack(4, 0, 16, 0) + bytes(16) + head.pack(5, 0, 0, 0))
    seed("migrate", "raw", b"\0G86MOVE\x01" + head.pack(1, 0, 1 << 20, 0))


texts()
debugger()
goldens()
kernels()
waves()
devices()
programs()
folders()
images()
states()
