#!/usr/bin/env python3
"""Makes the seeds of the corpora: what a fuzzer would need long to find by itself.

    tests/fuzz/seeds.py [DIR]      tests/fuzz/corpus by default

Programs are assembled by nasm, images made with qemu-img (or left as they are without it), everything
else here. Files that
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


def wait(shift=8, n=200):
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
    return outs((0xD6, 0xC0), (0xD4, 0), (0x0A, 4 | channel), (0x0B, mode | channel), (0x0C, 0), (2 * channel, at & 255),
                (2 * channel, at >> 8 & 255), (page, at >> 16), (2 * channel + 1, count & 255),
                (2 * channel + 1, count >> 8), (0x0A, channel))


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
    return task(1, bytes([how, drive]) + (bytes(wide) if wide else b"") + bytes(regs) + raw(command) +
                (bytes([master]) if master is not None else b"") + bytes([dwords]) + (bytes(range(64)) if write else b""))


def atapi(*packet, limit=0xFFFE, master=None, data=b""):
    how = (2 | 4) if master is not None else 0
    packet = bytes(packet).ljust(12, b"\0")
    return task(2, bytes([how, 0xA0]) + struct.pack("<H", limit) + (bytes([master]) if master is not None else b"") +
                raw(packet[0]) + packet[1:] + b"\0" + data)


def regions(*parts, channel=0):
    return task(7, bytes([channel]) + b"".join(struct.pack("<IH", at, n) for at, n in (parts + ((0xA000, 0),) * 3)[:3]))


def dsp(*command, reset=False, channel=None, setup=b"", play=None):
    how = reset | (2 if channel else 0) | (4 if channel == 5 else 0) | (len(command) - 1) << 3 | (0x20 if play else 0) | 0xC0
    return task(4, bytes([how]) + setup + raw(command[0]) + bytes(command[1:]) + (bytes([play]) if play else b""))


def registers(pair, first, values, size=1):
    """Indexed registers from `first` on; `pair` counts in the task's table."""
    return task(5, bytes([pair, first, len(values)]) + b"".join(v.to_bytes(size, "little") for v in values))


def configure(at, value, size=4):
    return task(6, b"\xff" + bytes([{1: 0, 2: 1, 4: 2}[size]]) + struct.pack("<H", at) + value.to_bytes(size, "little"))


def kbc(command=None, data=(), reads=3):
    how = (command is not None) | min(len(data), 3) << 1 | 8 | reads << 4
    return task(8, bytes([how]) + (raw(command) if command is not None else b"") + bytes(data[:3]))


BUS_MASTER = configure(0x904, 5, 2) + configure(0x920, 0xC001)


def adapter(pair, crtc, port, value):
    """A 6845's registers for text of 80 or 40 columns, and some of it in memory."""
    timing = [0x61, 0x50, 0x52, 0x0F, 0x19, 6, 0x19, 0x19, 2, 0x0D, 0x0B, 0x0C, 0, 1, 0, 9, 0x5E, 0x2B, 0x5D, 0x28, 0x0D, 0x5E, 0x6E, 0xA3, 0xFF]
    return [outs((port, value)), registers(pair, 0, timing), memory(0xB8000, bytes(range(60))), memory(0xB0000, bytes(range(60)))]


def controllers():
    """Each controller at work: inputs of `device`, and by their operations of `state` and `migrate` too."""
    ready = fdc((0x08,)) * 4 + fdc((0x03, 0xDF, 0x02)) + fdc((0x07, 0))
    here = (0, 0, 0, 1, 2, 18, 27, 255)
    return {
        "floppy-read": (0, [ready, fdc((0xE6,) + here, 0x2000), fdc((0xE6, 4, 0, 1, 5, 2, 18, 27, 255), 0x3F00, 8191), fdc((0x4A, 0)),
                            fdc((0x42,) + here, 0x4000, 4095), fdc((0xCC,) + here, 0x2000), fdc((0x04, 0)), fdc((0x0E,)), fdc((0x10,))]),
        "floppy-write": (0, [ready, fdc((0xC5,) + here, 0x2000, 1023, 0x4A), fdc((0xC9, 0, 0, 0, 2, 2, 18, 27, 255), 0x2000, 511, 0x4A),
                             memory(0x3000, bytes((0, 0, n, 2)[k] for n in range(1, 10) for k in range(4))), fdc((0x0F, 0, 0)),
                             fdc((0x4D, 0, 2, 9, 0x54, 0xF6), 0x3000, 35, 0x4A), fdc((0xE6,) + here, 0x2000)]),
        "floppy-pio": (0, [ready, fdc((0x03, 0xDF, 0x03)), fdc((0x13, 0, 0x57, 0)), fdc((0xE6,) + here), fdc((0xC5,) + here) + bytes(64)]),
        "floppy-scan": (0, [ready, fdc((0xD1,) + here, 0x2000, 511, 0x4A), fdc((0xD9,) + here, 0x2000, 511, 0x4A),
                            fdc((0xDD, 0, 0, 0, 1, 2, 18, 27, 2), 0x2000, 511, 0x4A), fdc((0x16, 0x80) + here[1:]), fdc((0x8F, 0, 3)),
                            fdc((0xCF, 0, 2)), fdc((0x12, 0x84)), fdc((0x94,)), fdc((0x14,)), fdc((0x18,)), fdc((0x33, 0, 0, 0, 0, 0)), fdc((0x1F,))]),
        "disk-pio": (0, [ata(0xEC), ata(0x20, (0, 3, 5, 0, 0)), ata(0x30, (0, 2, 6, 0, 0), write=True), ata(0x40), ata(0x91, drive=0xAF),
                         ata(0x20, drive=0xA0), ata(0x70), ata(0x90), ata(0xE7), ata(0xEF, (3, 0x42, 0, 0, 0))]),
        "disk-multiple": (0, [ata(0xC6, (0, 4, 0, 0, 0)), ata(0xC4, (0, 9, 0, 0, 0), dwords=1), ata(0xC5, (0, 5, 0, 0, 0), write=True),
                              ata(0x24, (0, 2, 9, 0, 0), wide=(0, 0, 0, 0, 0)), ata(0x34, (0, 1, 9, 0, 0), wide=(0, 0, 0, 0, 0), write=True),
                              ata(0x29, (0, 3, 0, 0, 0), wide=(0,) * 5), ata(0x39, (0, 3, 0, 0, 0), wide=(0,) * 5, write=True),
                              ata(0x27, wide=(0,) * 5), ata(0xF8), ata(0x42, wide=(0,) * 5)]),
        "disk-features": (0, [ata(0xEF, (n, 0x44, 0, 0, 0)) for n in (2, 3, 0x55, 0x82, 0xAA)] +
                          [ata(c) for c in (0xE1, 0xE5, 0xE3, 0xE0, 0xE6, 0xB0, 0xE4)] + [ata(0xE8, write=True), ata(0xEC, drive=0xB0), ata(0x08, channel=1),
                          ata(0xA1, channel=1, drive=0xA0), ata(0xEC, channel=1, drive=0xA0)]),
        "disk-master": (1, [BUS_MASTER, regions((0x9000, 512), (0xFFFF0, 512), (0xFFFFFFF0, 0)), ata(0xC8, (0, 2, 0, 0, 0), master=9),
                            regions((0x9000, 1024)), ata(0xCA, (0, 2, 8, 0, 0), master=1), wait(),
                            regions((0xA0000, 4096)), ata(0x25, (0, 8, 0, 0, 0), wide=(0,) * 5, master=9), wait(), out(0xC000, 0), inp(0xC002)]),
        "disc-read": (0, [atapi(0x03, 0, 0, 0, 18), atapi(0x00), atapi(0x12, 0, 0, 0, 36), atapi(0x25), atapi(0x28, 0, 0, 0, 0, 16, 0, 0, 2),
                          atapi(0xA8, 0, 0, 0, 0, 17, 0, 0, 0, 1, limit=512), atapi(0xBE, 0, 0, 0, 0, 16, 0, 0, 1, 0xF8, 0, 0),
                          atapi(0xB9, 0, 0, 0, 2, 0, 0, 2, 16, 0x10, 0, 0), atapi(0x1B, 0, 0, 0, 2), atapi(0x1E, 0, 0, 0, 1)]),
        "disc-info": (0, [atapi(0x03, 0, 0, 0, 18), atapi(0x43, 2, 0, 0, 0, 0, 1, 3, 0x24, 0), atapi(0x43, 0, 0, 0, 0, 0, 0xAA, 0, 12, 0x40),
                          atapi(0x43, 0, 2, 0, 0, 0, 0, 4, 0), atapi(0x5A, 0, 0x3F, 0, 0, 0, 0, 1, 0), atapi(0x46, 0, 0, 0, 0, 0, 0, 1, 0),
                          atapi(0x4A, 1, 0, 0, 0x10, 0, 0, 0, 8), atapi(0x51, 0, 0, 0, 0, 0, 0, 0, 34), atapi(0x52, 1, 0, 0, 0, 1, 0, 0, 36),
                          atapi(0x42, 2, 0x40, 1, 0, 0, 1, 0, 24), atapi(0xBD, 0, 0, 0, 0, 0, 0, 0, 0, 8), atapi(0x44, 0, 0, 0, 0, 0, 0, 0, 8)]),
        "disc-sound": (0, [atapi(0x03, 0, 0, 0, 18), atapi(0x45, 0, 0, 0, 0, 19, 0, 0, 9), wait(), atapi(0x4B), atapi(0x47, 0, 0, 0, 2, 18, 0, 2, 30), wait(), atapi(0x42, 2, 0x40, 1, 0, 0, 0, 0, 16),
                           atapi(0x4B, 0, 0, 0, 0, 0, 0, 0, 1), atapi(0x4E), atapi(0x48, 0, 0, 0, 1, 1, 0, 1, 1), atapi(0xA5, 0, 0, 0, 0, 1, 0, 0, 0, 2),
                           atapi(0xBA, 0, 0, 0, 0, 5), atapi(0x2B, 0, 0, 0, 0, 9), atapi(0xBB, 0, 255, 255),
                           atapi(0x55, 0x10, 0, 0, 0, 0, 0, 0, 24, limit=24, data=bytes(8) + b"\x0e\x0e\4\0\0\0\0\0\1\xff\2\xff\0\0\0\0")]),
        "disc-master": (1, [BUS_MASTER, atapi(0x03, 0, 0, 0, 18), regions((0x9000, 2048), (0xFFF00, 512), channel=1), atapi(0x28, 0, 0, 0, 0, 16, 0, 0, 2, master=9), wait()]),
        "sound-8": (2 | 0x2000, [dsp(0xD1, reset=True), dsp(0x40, 0xA6), dsp(0x14, 0xFF, 0, channel=1, setup=dma_setup(0x1000, 255, 0x48), play=200),
                                 dsp(0x48, 0x3F, 0), dsp(0x1C, channel=1, setup=dma_setup(0x1000, 255, 0x58), play=250), dsp(0xDA), dsp(0xD0), dsp(0xD4),
                                 dsp(0x75, 0x40, 0, reset=True, channel=1, setup=dma_setup(0x8000, 99, 0x48), play=90), dsp(0x7D, channel=1, setup=dma_setup(0x1000, 255, 0x58), play=9), dsp(0x24, 9, 0, reset=True, channel=1, setup=dma_setup(0x9000, 99, 0x44), play=90)]),
        "sound-16": (2 | 0xE000, [dsp(0x41, 0xAC, 0x44, reset=True), dsp(0xB6, 0x30, 0xFF, 0, channel=5, setup=dma_setup(0x1FF00, 511, 0x58), play=250), dsp(0xD5), dsp(0xD6),
                                  registers(6, 0x30, [0xF8, 0x80, 8, 0xFF, 1, 2, 3, 4, 0x40, 0x80, 0, 31, 21, 0, 0, 0x80, 0x40, 0xF0, 0x10, 0x90, 0x20]), dsp(0xD9), wait(),
                                  dsp(0xBE, 0x10, 20, 0, channel=5, setup=dma_setup(0xFFFFF, 99, 0x54), play=99), dsp(0xC6, 0, 255, 255, channel=1, setup=dma_setup(0, 0, 0x48), play=50)]),
        "sound-pro": (4 | 0x2000, [dsp(0xA8, reset=True), dsp(0x14, 0xFF, 0, channel=1, setup=dma_setup(0x1000, 255, 0x58), play=99), registers(6, 0x0A, [1, 2, 0x28, 3, 0x20, 5]), dsp(0x20), dsp(0xE1),
                                   dsp(0x0E, 1, 2), dsp(0xE2, 0x9C, channel=1, setup=dma_setup(0x700, 3, 0x44)), dsp(0x30), dsp(0x38, 0x90), dsp(0x80, 9, 0, play=40), dsp(0xF2), dsp(0x10, 0x55), dsp(0x90, channel=1, setup=dma_setup(0x1000, 255, 0x58), play=99), dsp(0xD1)]),
        "dma": (0, [task(3, bytes([n]) + dma_setup(0xFF00 + n, 300, mode) + b"\4") for n, mode in enumerate((0x88, 0x84, 0x94, 0x68, 0xC0, 0x81, 0xB4, 0x1C))]),
        "video": (0x1000, [outs((0x3C2, 0x67), (0x3C6, 0xFF)), registers(0, 0, [3, 1, 15, 0, 6]), registers(2, 0, [0x5F, 0x4F, 0x50, 0x82, 0x55, 0x81, 0xBF, 0x1F, 0, 0x4F, 0x0D, 0x0E, 0, 0, 7, 0x80,
                           0x9C, 0x0E, 0x8F, 0x28, 0x1F, 0x96, 0xB9, 0xA3, 0xFF]), registers(1, 0, [0, 0, 0, 0, 0, 0x10, 0x0E, 0, 255]), b"\x0d", registers(4, 0, [1, 2, 3, 4]),
                          registers(4, 0x30, [0x0C, 0x35, 15, 8, 5]), registers(1, 5, [0x40, 5]), registers(0, 4, [14]), b"\x0d", wait(), registers(10, 7, list(range(30)))]),
        "ega": (0x6800, adapter(2, 0x3D4, 0x3C2, 0x67) + [registers(0, 0, [3, 1, 15, 0, 6]), registers(1, 0, [0, 0, 0, 0, 0, 0x10, 6, 0, 255]), registers(4, 0, [1, 2, 3, 4]),
                       registers(4, 0x30, [1, 0, 15, 0]), b"\x0d", outs((0x3DC, 0), (0x3DB, 0)), wait()]),
        "hercules": (0x800, adapter(3, 0x3B4, 0x3BF, 3) + [outs((0x3B8, 0x8A)), b"\x0d", outs((0x3B8, 0x28), (0x3B9, 0), (0x3BB, 0)), b"\x0d", wait(), inp(0x3BA)]),
        "cga-modes": (0x1800, adapter(2, 0x3D4, 0x3D9, 0x3F) + [outs((0x3D8, v)) + b"\x0d" for v in (0x28, 0x29, 0x0A, 0x0E, 0x1A, 0x2D)]),
        "serial-mouse": (0x40, [outs((0x2FB, 0x83), (0x2F8, 96), (0x2F9, 0), (0x2FB, 2), (0x2F9, 15), (0x2FC, 11)), wait(), bytes([0x0E, 120, 5, 0x0E, 140, 250]), wait()] + [inp(0x2F8), inp(0x2FA)] * 4),
        "disney": (0x2010, [outs((0x37A, 4)) + b"".join(outs((0x378, v), (0x37A, 0xC), (0x37A, 4)) + inp(0x379) for v in range(0, 250, 10)), wait()]),
        "covox": (0x2020, [outs((0x378, v)) + wait(2, 9) for v in range(0, 250, 10)]),
        "timers": (0x2000, [outs((0x43, 0x30 | mode << 1 | n << 6), (0x40 + n, 9 + n), (0x40 + n, mode & 1), (0x43, 0xC0 | 2 << n), (0x61, 3)) + inp(0x40 + n) * 2 + wait(3)
                            for n in range(3) for mode in range(6)]),
        "modes": (0x1001, [configure(0x1004, 3, 2), configure(0x1010, 0xE0000000)] + [registers(9, 0, v, 2) + b"\x0d" for v in (
                           (0xB0C5, 640, 480, 8, 0x41, 0, 640, 960, 3, 5), (0xB0C5, 320, 200, 4, 1, 1, 320), (0xB0C5, 800, 600, 16, 0x61, 0, 1024, 600, 7, 9),
                           (0xB0C4, 1280, 1024, 32, 0xC1, 15, 0x4000, 1, 1, 1), (0, 65535, 65535, 24, 1, 255, 65535, 65535, 65535, 65535), (0, 640, 480, 15, 0, 0))]),
        "power": (1, [configure(0xB40, 0x601), configure(0xB80, 1, 1), configure(0xBD2, 1, 1), configure(0xB90, 0x701), outs((0xB2, 0xF1)), out(0x602, 0x521, 2), out(0x604, 1, 2), wait(),
                      inp(0x600), inp(0x608), out(0xAFE2, 0xFFFF, 2), inp(0xAFE0), outs((0xB2, 0xF0)), configure(0xB58, 0xFFFFFFFF), out(0x604, 0x2001, 2), wait()]),
        "chipset": (1, [configure(0x59 + n, 0x13 * n, 1) for n in range(8)] + [configure(0x72, 0x4A, 1), configure(0x860, 0x8B0A0980), configure(0x84C, 0xFF, 1), configure(0x1030, 0xC0001),
                        configure(0x941, 0x8000, 2), configure(0x10, 0xFFFFFFFF)] + [registers(11, n, [0] * 20) for n in (0, 3, 7, 8, 0x10, 0x11, 0x12, 0x19, 0x20)]),
        "keyboard": (0, [kbc(0xAA), kbc(0x60, (0x47,)), kbc(None, (0xF4,)), kbc(None, (0xED, 7)), kbc(None, (0xF0, 1)), kbc(None, (0xF3, 0x20)), kbc(None, (0xF2,)), kbc(None, (0xFB, 0x1C)),
                         bytes([0x0E, 1, 30, 0x0E, 1, 100]), kbc(0xD4, (0xF2,)), kbc(0xD4, (0xF3, 200)), kbc(0xD4, (0xF4,)), kbc(0xD4, (0xE8, 3)), bytes([0x0E, 120, 5, 9, 0x0E, 140, 200, 9]), wait(),
                         kbc(0xD4, (0xE9,), 7), kbc(0xD4, (0xEB,), 9), kbc(0xD4, (0xEE,)), kbc(0xD4, (0xEC,)), kbc(0xA9), kbc(0xC0), kbc(0xD0), kbc(0xD2, (0x55,)), kbc(0xD3, (9,)), kbc(0xFE)]),
    }


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
    seed("device", "board", isa + outs((0x43, 0x34), (0x40, 0), (0x40, 2), (0x43, 0xB6), (0x42, 1), (0x42, 0), (0x61, 3), (0x70, 0xB), (0x71, 0x72),
         (0x70, 0xA), (0x71, 0x23), (0x20, 0x11), (0x21, 8), (0x21, 4), (0x21, 1), (0x21, 0), (0x64, 0x60), (0x60, 0x47), (0x64, 0xD4), (0x60, 0xF4),
         (0x64, 0xD1), (0x60, 0xDD), (0x92, 2), (0xA0, 0x20)) + wait() + bytes([0x0E, 1, 30, 0x0E, 120, 5, 9, 0x0E, 160, 65]) + wait())
    seed("device", "uart-lpt", isa + outs((0x3FB, 0x83), (0x3F8, 1), (0x3F9, 0), (0x3FB, 3), (0x3FA, 0xC7), (0x3FC, 0x1B), (0x3F9, 15), (0x3F8, 65),
         (0x378, 66), (0x37A, 1), (0x37A, 0)) + wait() + inp(0x3F8))
    seed("device", "pci", board + b"".join(pci(a, 0xFFFFFFFF) for a in (0x10, 0x59, 0x860, 0x880, 0x910, 0x920, 0xB40, 0x1010, 0x1030)) +
         pci(0x58, 0x33333333) + out(0xCF9, 2) + out(0xB2, 1) + wait())
    seed("device", "media", isa + b"\x0c\0\0\0\x0c\0\1\0\x0c\1\0\0\x0c\1\1\1" + outs((0x3F2, 0x1C)) + wait() + inp(0x3F7))
    for name, (choices, steps) in controllers().items():
        seed("device", name, struct.pack("<H", choices) + b"".join(steps))


# ---- calls of the BIOS -------------------------------------------------------------------------

SERVICES = [0x10, 0x13, 0x15, 0x16, 0x1A, 0x13, 0x14, 0x17, 0x40, 0x11, 0x12, 0x05]
SI, DI, BX, BP, OWN_DS, OWN_ES, OWN_DX = (1 << n for n in range(7))
FLOPPY, HARD, CD = 0, 1, 2  # what DL is for INT 13h: a place in a table of drives


def bios_call(vector, ax, bx=0, cx=0, dx=0, si=0, di=0, bp=0, points=0, ds=0, es=0, key=0, packet=b""):
    """As bios.c takes it; the function is AX as it is."""
    service, which = (SERVICES.index(vector), 0) if vector in SERVICES else (0xFF, vector)
    return struct.pack("<BBHB6HBHHBB", service, 0xFF, ax, which, bx, cx, dx, si, di, bp, points, ds, es, key,
                       len(packet)) + packet


def calls():
    def inputs(name, board, all_calls):
        for n in range(0, len(all_calls), 8):  # as many as bios.c makes
            seed("bios", name + (str(n // 8) if len(all_calls) > 8 else ""), bytes([board]) + b"".join(all_calls[n:n + 8]))

    def edd(function, drive, lba, count=1, at=0x10000000):
        return bios_call(0x13, function << 8, dx=drive, points=SI, packet=struct.pack("<BBHIQ", 16, 0, count, at, lba))

    for name, drive in (("floppy", FLOPPY), ("hard", HARD)):
        fields = b"".join(bytes([1, 0, n, 2]) for n in range(1, 10))
        inputs("disk-" + name, 0, [bios_call(0x13, ax, bx=bx, cx=cx, dx=drive | head << 8, points=points | OWN_ES, es=es, packet=packet)
                                   for ax, bx, cx, head, points, es, packet in (
            (0x0201, 0, 1, 0, 0, 0x1000, b""), (0x0303, 0x100, 2, 0, 0, 0x1000, b""), (0x0402, 0, 8, 1, 0, 0x1000, b""),
            (0x0209, 0xFF00, 1, 0, 0, 0x0FF0, b""), (0x0201, 0, 0x5001, 0, 0, 0x1000, b""), (0x0501 if drive else 0x0509, 0, 0x100, 0, BX, 0x60, fields),
            (0x0800, 0, 0, 0, 0, 0, b""), (0x0C00, 0, 0x301, 0, 0, 0, b""),
            (0x1500, 0, 0, 0, 0, 0, b""), (0x1600, 0, 0, 0, 0, 0, b""), (0x1703, 0, 0, 0, 0, 0, b""), (0x1800, 0, 0x2709, 0, 0, 0, b""),
            (0x1000, 0, 0, 0, 0, 0, b""), (0x1100, 0, 0, 0, 0, 0, b""), (0x1400, 0, 0, 0, 0, 0, b""), (0x0000, 0, 0, 0, 0, 0, b""),
            (0x0100, 0, 0, 0, 0, 0, b""), (0x0900, 0, 0, 0, 0, 0, b""), (0x0A01, 0, 1, 0, 0, 0x1000, b""), (0x0B01, 0, 1, 0, 0, 0x1000, b""),
            (0x0D00, 0, 0, 0, 0, 0, b""), (0x0600, 0, 0, 0, 0, 0, b""))])
    for name, drive, board in (("hard", HARD, 0), ("cd", CD, 1), ("cd-isa", CD, 0)):
        inputs("edd-" + name, board, [
            bios_call(0x13, 0x4100, bx=0x55AA, dx=drive), edd(0x42, drive, 16), edd(0x42, drive, 1, 5, 0x0FFF0001), edd(0x43, drive, 3),
            edd(0x44, drive, 7, 127), edd(0x47, drive, 30), bios_call(0x13, 0x4800, dx=drive, points=SI, packet=b"\x42\0".ljust(66, b"\0")),
            bios_call(0x13, 0x4501, dx=drive), edd(0x42, drive, 1 << 40), bios_call(0x13, 0x4502, dx=drive), bios_call(0x13, 0x4500, dx=drive),
            bios_call(0x13, 0x4600, dx=drive), bios_call(0x13, 0x4900, dx=drive), bios_call(0x13, 0x4B01, dx=drive, points=SI, packet=b"\x13"),
            bios_call(0x13, 0x1500, dx=drive), bios_call(0x13, 0x4E01, dx=drive), bios_call(0x13, 0x0D00, dx=drive), bios_call(0x13, 0x1000, dx=drive)])
    descriptor = struct.pack("<HHBBH", 0xFFFF, 0x1000, 1, 0x93, 0)
    inputs("system", 0, [
        bios_call(0x15, 0xE820, cx=20, points=DI), bios_call(0x15, 0xE820, bx=1, cx=24, points=DI), bios_call(0x15, 0xE801), bios_call(0x15, 0x8800),
        bios_call(0x15, 0x8700, cx=0x80, points=SI, packet=bytes(16) + descriptor + descriptor.replace(b"\x10\1", b"\x20\1") + bytes(16)),
        bios_call(0x15, 0x8600, dx=0x2000, points=OWN_DX), bios_call(0x15, 0x8300, dx=0x800, points=BX | OWN_DX), bios_call(0x15, 0xC000),
        bios_call(0x15, 0xC100), bios_call(0x15, 0x2403), bios_call(0x15, 0x2401), bios_call(0x15, 0x2402), bios_call(0x15, 0x2400),
        bios_call(0x15, 0x8400, dx=1, points=OWN_DX), bios_call(0x15, 0x5300), bios_call(0x15, 0x5301)])
    inputs("mouse", 1, [
        bios_call(0x15, 0xC205, bx=0x300), bios_call(0x15, 0xC207, points=BX, packet=b"\xcb"), bios_call(0x15, 0xC200, bx=0x100), bios_call(0x15, 0xC202, bx=0x600),
        bios_call(0x15, 0xC203, bx=0x300), bios_call(0x15, 0xC204), bios_call(0x15, 0xC206, bx=0x100), bios_call(0x15, 0xC201)])
    inputs("power", 1, [
        bios_call(0x15, 0x5301), bios_call(0x15, 0x5305), bios_call(0x15, 0x530A, bx=1), bios_call(0x15, 0x530B), bios_call(0x15, 0x530E, cx=0x102),
        bios_call(0x15, 0x5307, bx=1, cx=1), bios_call(0x15, 0x5302), bios_call(0x15, 0x5307, bx=1, cx=3)])
    inputs("protected", 0, [bios_call(0x15, 0x8900, bx=0x2028, points=SI, packet=bytes(8) + descriptor * 7), bios_call(0x10, 0x0E41)])
    inputs("modes", 0, [bios_call(0x10, ax) for ax in (0x12, 0x0F00, 0x13, 0x04, 0x0D, 0x01, 0x07, 0x93)])
    vbe = [bios_call(0x10, 0x4F00, points=DI, packet=b"VBE2"), bios_call(0x10, 0x4F01, cx=0x101, points=DI), bios_call(0x10, 0x4F02, bx=0x4112),
           bios_call(0x10, 0x4F03), bios_call(0x10, 0x4F04, cx=15, dx=0, points=BX), bios_call(0x10, 0x4F04, cx=15, dx=1, points=BX),
           bios_call(0x10, 0x4F04, cx=15, dx=2, points=BX), bios_call(0x10, 0x4F02, bx=0x105), bios_call(0x10, 0x4F05, dx=3), bios_call(0x10, 0x4F05, bx=0x100),
           bios_call(0x10, 0x4F06, bx=0, cx=1280), bios_call(0x10, 0x4F06, bx=1), bios_call(0x10, 0x4F06, bx=3), bios_call(0x10, 0x4F07, cx=8, dx=9),
           bios_call(0x10, 0x4F08, bx=0x800), bios_call(0x10, 0x4F09, cx=4, points=DI), bios_call(0x10, 0x4F09, bx=1, cx=4, points=DI),
           bios_call(0x10, 0x4F0A), bios_call(0x10, 0x4F15, bx=1, points=DI), bios_call(0x10, 0x4F02, bx=0x10C), bios_call(0x10, 0x4F0B)]
    inputs("vbe", 1, vbe)
    inputs("text", 0, [
        bios_call(0x10, 0x1301, bx=7, cx=12, dx=0x1848, points=BP, packet=b"line\r\n\7\x08end!"), bios_call(0x10, 0x1303, bx=7, cx=3, points=BP, packet=b"a\1b\2c\3"),
        bios_call(0x10, 0x0941, bx=0x1E, cx=2000), bios_call(0x10, 0x0601, bx=0x700, cx=0x101, dx=0x1020), bios_call(0x10, 0x0700, cx=0, dx=0xFFFF),
        bios_call(0x10, 0x0800), bios_call(0x10, 0x0200, dx=0x184F), bios_call(0x10, 0x0E0A)])
    inputs("fonts", 0, [
        bios_call(0x10, 0x1100, bx=0x1000, cx=4, dx=65, points=BP, packet=bytes(range(64))), bios_call(0x10, 0x1112), bios_call(0x10, 0x1114, bx=1),
        bios_call(0x10, 0x1103, bx=4), bios_call(0x10, 0x1130, bx=0x600), bios_call(0x10, 0x1110, bx=0xE00, cx=2, points=BP), bios_call(0x10, 0x1121, bx=2, cx=14, points=BP),
        bios_call(0x10, 0x1124, bx=0, dx=25), bios_call(0x10, 0x1201, bx=0x30), bios_call(0x10, 0x1200, bx=0x10), bios_call(0x10, 0x1201, bx=0x33),
        bios_call(0x10, 0x1200, bx=0x34), bios_call(0x10, 0x1201, bx=0x36), bios_call(0x10, 0x1A00), bios_call(0x10, 0x1A01, bx=8), bios_call(0x10, 0x1B00, points=DI)])
    inputs("colours", 0, [bios_call(0x10, 0x1000 | al, bx=0x203, cx=0x1000 if al != 0x12 else 4, dx=0, points=OWN_ES if al != 0x12 else 0, es=0x1000)
                          for al in (0, 1, 2, 3, 7, 8, 9, 0x10, 0x12, 0x13, 0x15, 0x17, 0x18, 0x19, 0x1A, 0x1B)])
    inputs("graphics", 0, [bios_call(0x10, 0x12), bios_call(0x10, 0x0C85, cx=600, dx=470), bios_call(0x10, 0x0D00, cx=600, dx=470), bios_call(0x10, 0x0941, bx=0x8F, cx=5),
                           bios_call(0x10, 0x0602, bx=3, cx=0x102, dx=0x1020), bios_call(0x10, 0x1C01, cx=7, points=BX), bios_call(0x10, 0x1C02, cx=7, points=BX),
                           bios_call(0x10, 0x0B01, bx=0x101), bios_call(0x10, 0x06), bios_call(0x10, 0x0A42, cx=3), bios_call(0x10, 0x0501), bios_call(0x10, 0x0100, cx=0x607),
                           bios_call(0x10, 0x0401), bios_call(0x05, 0), bios_call(0x17, 0x0041), bios_call(0x17, 0x0100)])
    inputs("keyboard", 0, [bios_call(0x16, ax, bx=bx, cx=cx, key=key) for ax, bx, cx, key in (
        (0x0000, 0, 0, 30), (0x0100, 0, 0, 0x80 | 59), (0x1000, 0, 0, 0x80 | 100), (0x0500, 0, 0x1E61, 0), (0x1100, 0, 0, 0), (0x1200, 0, 0, 0x80 | 42),
        (0x0305, 0x20F, 0, 0), (0x0A00, 0, 0, 0x80 | 58))])
    inputs("clock", 0, [bios_call(0x1A, ax, cx=cx, dx=dx) for ax, cx, dx in (
        (0x0000, 0, 0), (0x0100, 1, 2), (0x0200, 0, 0), (0x0300, 0x1234, 0x5601), (0x0400, 0, 0), (0x0500, 0x1999, 0x1231), (0x0600, 0x1234, 0x5700), (0x0700, 0, 0))])
    inputs("pci", 1, [bios_call(0x1A, 0xB100 | al, bx=bx, cx=cx, dx=dx, di=di, si=si, points=points, packet=packet)
                      for al, bx, cx, dx, si, di, points, packet in (
        (1, 0, 0, 0, 0, 0, 0, b""), (2, 0, 0x7010, 0x8086, 0, 0, 0, b""), (3, 0, 0x0300, 0, 0, 0, 0, b""), (8, 9, 0, 0, 0, 0x40, 0, b""), (9, 9, 0, 0, 0, 2, 0, b""),
        (0x0A, 9, 0, 0, 0, 0x20, 0, b""), (0x0B, 8, 0x55, 0, 0, 0x60, 0, b""), (0x0C, 8, 0xAA55, 0, 0, 0x60, 0, b""), (0x0D, 9, 0xC001, 0, 0, 0x20, 0, b""),
        (0x06, 0, 0, 0, 0, 0, 0, b""), (0x0E, 0, 0, 0, 0, 0, DI, struct.pack("<HHH", 200, 8, 0x60)), (0x0F, 0x300, 0x0B0A, 0, 0, 0, 0, b""),
        (0x81, 0, 0, 0, 0, 0, 0, b""), (9, 9, 0, 0, 0, 3, 0, b""), (8, 0xFFFF, 0, 0, 0, 0, 0, b""))])
    inputs("ports", 0, [bios_call(0x14, 0x00E3), bios_call(0x14, 0x0141), bios_call(0x14, 0x0300), bios_call(0x14, 0x0400, bx=3, cx=0x30B), bios_call(0x14, 0x0501, bx=3),
                        bios_call(0x14, 0x0200), bios_call(0x11, 0), bios_call(0x12, 0)])
    # By the tables of bios.c: every service with every function.
    for n in range(8):
        seed("bios", "table%d" % n, bytes([n & 1]) + b"".join(
            struct.pack("<BBHB6HBHHBB", service, function, 0x0102, 0, 0x0101, 0x0101, n, 0, 0, 0, n & 3, 0, 0, 0, 0)
            for service, function in [(k % 5, n * 8 + k) for k in range(8)]))


# ---- programs for the processor ----------------------------------------------------------------

# What cpu.c calls the modes, and its models.
REAL, V86, PM16, PM32, PAGED0, PAGED3 = range(6)
PENTIUM, I8086, I286, I386, I486, P6 = range(6)
WIDE = {PM32, PAGED0, PAGED3}
ESCAPES = range(0xD8, 0xE0)


def code(name, model, mode, program, core=0, edits=(), flags=0x3202, more=b"", watch=b""):
    """`more`: what more() makes; `watch`: a breakpoint and two watches; `edits`: addresses, 8 bytes."""
    choice = model | mode << 3 | core << 8 | (0x80 if more else 0) | (0xC00 if watch else 0)
    regs = b"".join(struct.pack("<H" if n % 2 == 0 else "<I", v) for n, v in
                    enumerate((0x1234, 0x20000, 0x40, 0x500, 0, 0x21000, 0x600, 0x700)))
    seed("cpu", name, struct.pack("<H", choice) + regs + struct.pack("<H", flags) +
         (b"\1\0\x09\0" if model not in (I8086, I286) else b"") + more + watch + bytes([len(edits)]) +
         b"".join(struct.pack("<H", at - 0x1000) + what.ljust(8, b"\0") for at, what in edits) + program)


def more(cr0=0, cr4=0, control=0x37F, top=0, numbers=bytes(range(8)), a20=True, dr=()):
    """State that few programs need: FPU registers are bytes (cpu.c), dr: DR0-DR3 and DR7."""
    return struct.pack("<I", cr0)[:3] + struct.pack("<HHB", cr4, control, top) + numbers + \
        bytes([(0 if a20 else 1) | (2 if dr else 0)]) + b"".join(struct.pack("<I", v) for v in dr)


def assemble(mode, text):
    """nasm's bytes of a program that lies where cpu.c puts it; `data` is an address it may write to."""
    head = "bits 32\norg 10800h\ndata equ 20400h\n" if mode in WIDE else "bits 16\norg 800h\ndata equ 2000h\n"
    with tempfile.TemporaryDirectory() as tmp:
        source, made = os.path.join(tmp, "a.asm"), os.path.join(tmp, "a.bin")
        with open(source, "w") as f:
            f.write(head + text)
        subprocess.run(["nasm", "-w-all", "-f", "bin", "-o", made, source], check=True)
        with open(made, "rb") as f:
            return f.read()


def program(name, model, mode, text, **rest):
    code(name, model, mode, assemble(mode, text), **rest)


# ---- every opcode

MODRM = {op for op in range(0x40) if op & 7 < 4} | {0x62, 0x63, 0x69, 0x6B} | set(range(0x80, 0x90)) | \
    {0xC0, 0xC1, 0xC4, 0xC6, 0xC7} | set(range(0xD0, 0xD4)) | {0xF6, 0xF7, 0xFE, 0xFF}
GROUPS = {0x80, 0x81, 0x82, 0x83, 0x8F, 0xC0, 0xC1, 0xC6, 0xC7, 0xD0, 0xD1, 0xD2, 0xD3, 0xF6, 0xF7, 0xFE, 0xFF}
BYTES = {op: 1 for op in [*range(0x70, 0x80), *range(0xB0, 0xB8), *range(0xE0, 0xE8), 0x6A, 0x6B, 0x80, 0x82, 0x83,
                          0xA8, 0xC0, 0xC1, 0xC6, 0xCD, 0xD4, 0xD5, 0xEB] + [8 * n + 4 for n in range(8)]}
WORDS = {0x68, 0x69, 0x81, 0xA9, 0xC7, 0xE8, 0xE9, *range(0xB8, 0xC0), *(8 * n + 5 for n in range(8))}
# Not swept: prefixes, what leaves (far jumps, returns), what loads SP, and selectors out of thin air.
ALONE = {0x07, 0x0F, 0x17, 0x1F, 0x26, 0x2E, 0x36, 0x3E, 0x5C, 0x61, 0x64, 0x65, 0x66, 0x67, 0x8E, 0x9A, 0x9D, 0xC2, 0xC3,
         0xC5, 0xC8, 0xC9, 0xCA, 0xCB, 0xCF, 0xEA, 0xF0, 0xF2, 0xF3, 0xF4, *ESCAPES}
MODRM_0F = {0, 1, 2, 3, *range(0x18, 0x20), 0x20, 0x21, 0x24, *range(0x40, 0x50), *range(0x60, 0x77), 0x7E, 0x7F,
            *range(0x90, 0xA0), *range(0xA3, 0xA6), *range(0xAB, 0xC0), 0xC0, 0xC1, 0xC7, *range(0xD0, 0xFF)}
MMX = {*range(0x60, 0x6C), 0x6E, 0x6F, *range(0x71, 0x77), 0x7E, 0x7F, 0xD1, 0xD2, 0xD3, 0xD5, 0xD8, 0xD9, 0xDB, 0xDC, 0xDD, 0xDF, 0xE1,
       0xE2, 0xE5, 0xE8, 0xE9, 0xEB, 0xEC, 0xED, 0xEF, 0xF1, 0xF2, 0xF3, 0xF5, 0xF8, 0xF9, 0xFA, 0xFC, 0xFD, 0xFE}
SINCE_0F = {I386: {0, 1, 2, 3, 6, 0x20, 0x21, 0x24, *range(0x80, 0xA2), 0xA3, 0xA4, 0xA5, 0xA8, 0xA9, 0xAB, 0xAC, 0xAD, 0xAF, 0xB3, 0xB6, 0xB7,
                *range(0xBA, 0xC0)},
            I486: {8, 9, 0xB0, 0xB1, 0xC0, 0xC1, *range(0xC8, 0xD0)}, PENTIUM: {0x31, 0x32, 0xA2, 0xC7},
            P6: {0x0B, 0x33, *range(0x40, 0x50), 0x77, 0xAE, *MMX}}
GROUPS_0F = {0, 1, 0xAE, 0xBA, 0xC7}
SHIFTS = {0x71: (2, 4, 6), 0x72: (2, 4, 6), 0x73: (2, 6)}  # registers only
BYTES_0F = {0xA4: 1, 0xAC: 1, 0xBA: 1}


def operand(reg, memory, wide, more=0):
    """A ModR/M byte with this register field, and a displacement: memory of its own by the field, or SI,
    whose bytes are no jumps and returns, should a handler step into one."""
    at = 8 * (reg & 1) + 16 * (reg >> 2) + more
    if not memory:
        return bytes([0xC6 | reg << 3])
    return bytes([reg << 3 | 5]) + struct.pack("<I", 0x20400 + at) if wide else \
        bytes([reg << 3 | 6]) + struct.pack("<H", 0x2000 + at)


def two_byte(model):
    """The second table of a model, without what loads control registers, leaves, or is not there."""
    order = [I386, I486, PENTIUM, P6]
    return sorted(set().union(*(SINCE_0F[m] for m in order[:order.index(model) + 1]))) if model in order else [0, 1, 2, 3, 6]


def sweep(mode, prefixes=b"", opcodes=range(256), second=False):
    """Each opcode, of the first or the second table, with a register and with memory, by sizes as prefixes say."""
    wide = mode in WIDE
    wide_data, wide_address = wide != (0x66 in prefixes), wide != (0x67 in prefixes)
    modrm, groups, alone = (MODRM_0F, GROUPS_0F, ()) if second else (MODRM, GROUPS, ALONE)
    made = b""
    for op in opcodes:
        if op in alone:
            continue
        head = prefixes + (b"\x0f" if second else b"") + bytes([op])
        if second:
            number = BYTES_0F.get(op, (4 if wide_data else 2) if 0x80 <= op < 0x90 else 0)
        else:
            number = (4 if wide_data else 2) if op in WORDS else (4 if wide_address else 2) if 0xA0 <= op < 0xA4 else \
                BYTES.get(op, 0)
        if op not in modrm:
            made += head + bytes(number)
            continue
        if second and op in SHIFTS:
            made += b"".join(head + operand(reg, False, wide) + b"\5" for reg in SHIFTS[op])
            continue
        for reg in range(8) if op in groups else [2]:
            if not second and op in (0xFE, 0xFF) and 2 <= reg <= 5:
                continue
            extra = (1 if op == 0xF6 else 4 if wide_data else 2) if op in (0xF6, 0xF7) and not second and reg < 2 else 0
            for memory in (False, True):
                made += head + operand(reg, memory, wide_address) + bytes(number + extra)
    return made


FORMS = {0xD8: range(0xC0, 0x100), 0xD9: [*range(0xC0, 0xD1), 0xE0, 0xE1, 0xE4, 0xE5, *range(0xE8, 0xEF), *range(0xF0, 0x100)],
         0xDA: [0xE9], 0xDB: [0xE0, 0xE1, 0xE2, 0xE3, 0xE4], 0xDC: range(0xC0, 0x100), 0xDD: [*range(0xC0, 0xC8), *range(0xD0, 0xE8), 0xE9],
         0xDE: [*range(0xC0, 0xD0), 0xD9, *range(0xE0, 0x100)], 0xDF: [0xC0, 0xC1, 0xE0]}
FORMS_P6 = {0xDA: range(0xC0, 0xE0), 0xDB: [*range(0xC0, 0xE0), *range(0xE8, 0xF8)], 0xDF: range(0xE8, 0xF8)}


def x87(mode, model):
    """Each register form of D8-DF, then each memory form; what saves comes before what loads."""
    forms = [(form, op) for op in ESCAPES for form in [*FORMS[op], *(FORMS_P6.get(op, []) if model == P6 else [])]]
    made = b"".join(bytes([op, form]) for form, op in sorted(forms))
    return made + b"".join(bytes([op]) + operand(reg, True, mode in WIDE, 0x80 * (op & 7)) for reg in (6, 7, 0, 1, 2, 3, 4, 5) for op in ESCAPES)


NUMBERS = """
numbers:  dt 0.0, 1.0, -1.0, 0.5, 3.14159, 1.0e-4000, 1.0e4900, -32769.25, 0.7071, 9.3e18, -0.0, 64.0
          dw 0,0,0,8000h,7FFFh, 0,0,0,0C000h,0FFFFh, 1,0,0,0A000h,7FFFh   ; infinity, NaNs
          dw 1,0,0,0,0, 0,0,0,8000h,0, 5,0,0,0,3FFFh, 0,0,0,0,7FFFh       ; denormal, what the 387 dropped
.end:     dt 1.0
"""


def x87_on_numbers(ops):
    """Each pair of neighbouring numbers through each operation."""
    one = "fld tword [esi]\nfld tword [esi+10]\n%s\nfnclex\nffree st0\nffree st1\nfincstp\n"
    return assemble(PM32, "fninit\nmov esi,numbers\nagain:\n" + "".join(one % op for op in ops) +
                    "add esi,10\ncmp esi,numbers.end\njb near again\nmov esi,numbers\nxor dword [mode],0F7Fh\nfldcw [mode]\n"
                    "jmp again\nmode: dd 37Fh\n" + NUMBERS)


def sweeps():
    def swept(name, model, mode, core, parts, **rest):
        code("sweep-" + name, model, mode, b"".join(parts), core=core, **rest)

    def second(mode, model, prefixes=b""):
        return sweep(mode, prefixes, two_byte(model), True)

    swept("real-8086", I8086, REAL, 0, [sweep(REAL, b"", [op for op in range(256) if op not in (*range(0x60, 0x70), 0xC0, 0xC1)])])
    swept("real-286", I286, REAL, 1, [sweep(REAL), second(REAL, I286)])
    swept("real", P6, REAL, 1, [sweep(REAL, b"\x66")])
    swept("real-wide", PENTIUM, REAL, 0, [sweep(REAL, b"\x66\x67", range(0x80)), second(REAL, PENTIUM, b"\x66")])
    swept("v86", I486, V86, 2, [sweep(V86), second(V86, I486)], flags=0x0202)
    swept("pm16", I286, PM16, 0, [sweep(PM16), second(PM16, I286)])
    swept("pm16-486", I486, PM16, 1, [second(PM16, I486, b"\x67"), sweep(PM16, b"\x66", range(0xA0, 0x100))])
    swept("pm32", I486, PM32, 0, [sweep(PM32), second(PM32, I486, b"\x66")])
    swept("pm32-narrow", P6, PM32, 1, [sweep(PM32, b"\x66"), sweep(PM32, b"\x67", range(0x40))])
    swept("pm32-0f", P6, PM32, 1, [second(PM32, P6)])
    swept("paged0-0f", P6, PAGED0, 2, [second(PAGED0, P6)])
    swept("paged3", PENTIUM, PAGED3, 0, [sweep(PAGED3)], flags=0x0202)
    swept("paged3-0f", P6, PAGED3, 0, [second(PAGED3, P6)], flags=0x0202)
    repeated = b"".join(assemble(REAL, "mov ecx,3\nmov esi,2000h\nmov edi,2004h\n") + p + bytes([op]) for p in
                        (b"\xf3", b"\xf2", b"\xf3\x66", b"\xf3\x67", b"\x2e\xf3") for op in [*range(0xA4, 0xA8), *range(0xAA, 0xB0), *range(0x6C, 0x70)])
    code("sweep-strings", PENTIUM, REAL, b"\xba\x80\0" + repeated + b"\xfd" + repeated[:300])
    code("sweep-x87-real", I286, REAL, x87(REAL, I286))
    code("sweep-x87", PENTIUM, PM32, x87(PM32, PENTIUM), core=1, more=more())
    code("sweep-x87-unmasked", P6, PAGED3, x87(PAGED3, P6), more=more(cr0=0x20, control=0x40, numbers=bytes(range(8, 16))))
    code("x87-functions", PENTIUM, PM32, x87_on_numbers(
        "f2xm1 fyl2x fptan fpatan fxtract fprem1 fprem fyl2xp1 fsqrt fsincos frndint fscale fsin fcos".split()), more=more(cr0=0x20))
    code("x87-arithmetic", P6, PM32, x87_on_numbers(
        ["fadd st0,st1", "fsub st0,st1", "fmul st0,st1", "fdiv st0,st1", "fdivr st1,st0", "fcom st1", "fucomi st0,st1", "fxam", "fabs",
         "fst dword [data]", "fst qword [data]", "fist word [data]", "fist dword [data]", "fistp qword [data]", "fbstp [data]", "fbld [data]"]),
         core=1, more=more(cr0=0x20))
    code("sweep-mmx", P6, PM32, assemble(PM32, "mov eax,80FF7F01h\nmovd mm3,eax\nmovd mm2,eax\npsllq mm2,8\n") +
         sweep(PM32, b"", sorted(MMX), True) * 2, core=2)


# ---- programs

def programs():
    sweeps()
    code("real", PENTIUM, REAL, bytes.fromhex("b8fffff7e3f3a4cd10e8000058ff36000660b9ff00f366abe2fe0f01e0cf"))
    code("real-8086", I8086, REAL, bytes.fromhex("d4000fd6c8100000f2a48ed0f6f1fff0cc"), core=1)
    program("real-to-pm", I386, REAL, "lgdt [500h]\nmov eax,cr0\nor al,1\nmov cr0,eax\njmp 8:0B80h\nlldt ax\n", core=2)
    program("v86", PENTIUM, V86, "pushf\npop ax\npopf\ncli\nsti\nint 21h\niret\nin al,60h\nout dx,al\nsmsw ax\nmov ds,ax\n")
    program("v86-vme", PENTIUM, V86, "cli\npushf\nsti\npushf\npopf\nint 21h\npushfd\npopfd\nint 9\nhlt\npush word 202h\npush cs\n"
            "push word next\niret\nnext: int3\nint 80h\n", more=more(cr4=1), flags=0x0202, edits=[(0x3048, b"\xff\xff\xff\x00")])
    program("pm16", I286, PM16, "lldt ax\nsldt ax\nmov ax,40h\nlldt ax\nstr ax\nlar cx,ax\nlsl cx,ax\nverr ax\nverw ax\narpl ax,cx\n"
            "call 38h:0\ncall 48h:0\nint 19h\nmov ss,ax\npush 23h\npush 7000h\npush 1Bh\npush outer\nretf\nouter: call 3Bh:0\nint 29h\ncli\n",
            core=1)
    program("pm32", PENTIUM, PM32, "push 1\ncall 38h:0\nmov ax,40h\nlldt ax\nsldt ax\nmov fs,ax\nmov ax,58h\nmov gs,ax\nmov eax,[gs:4000h]\n"
            "mov eax,[gs:100h]\nlar ecx,ax\nlsl ecx,ax\nverr ax\nverw ax\nint3\ninto\ncall 60h:conforming\nconforming: retf\n"
            "push 23h\npush 7000h\npush 1Bh\npush outer\nretf\nouter: push 1\ncall 3Bh:0\ncli\nhlt\nint 80h\nmov ax,10h\nmov ds,ax\n")
    program("pm32-tasks", I386, PM32, "call 30h:0\nint 9\ncall 48h:0\nmov ax,28h\nltr ax\nint 19h\njmp 30h:0\niret\n")
    program("pm32-task-trap", I486, PM32, "int 9\nnop\ncall 30h:0\npushfd\nor dword [esp],4000h\npopfd\niret\n",
            edits=[(0x3464, b"\1\0\x68\0"), (0x3060, b"\x40\0\0\0\1\0\x68\0")])
    program("pm32-to-v86", I486, PM32, "push 0\npush 0\npush 1000h\npush 1000h\npush 1000h\npush 6FF0h\npush 20202h\npush 1000h\n"
            "push 800h+v86-$$\niret\nv86: bits 16\nmov ax,cs\nmov ds,ax\nint 21h\npushf\ncli\nhlt\nout 80h,al\n")
    program("paged0", P6, PAGED0, "mov eax,cr3\nmov cr3,eax\ninvlpg [100h]\nadd al,[eax]\nlsl eax,[eax]\nxadd [eax],eax\ncmpxchg [eax],ecx\n"
            "cmpxchg8b [ebx]\nmov ecx,1Bh\nrdmsr\ncpuid\nud2\n", core=2)
    program("paged0-large", P6, PAGED0, "mov eax,[40010800h]\nmov eax,[400000h]\nmov [410000h],eax\nmov eax,[0C10000h]\ninvlpg [410000h]\n"
            "or dword [8004h],100h\nmov eax,cr3\nmov cr3,eax\nmov eax,[420000h]\nmov eax,cr4\nxor al,90h\nmov cr4,eax\nmov eax,[430000h]\n"
            "mov eax,cr0\nxor eax,10000h\nmov cr0,eax\nand byte [9080h],0FDh\nmov [20000h],eax\ninvlpg [20000h]\nmov [20000h],eax\n"
            "and byte [9084h],0FEh\nmov eax,cr3\nmov cr3,eax\nmov eax,[21000h]\nmov eax,[20FFEh]\nmov [20FFEh],eax\n",
            more=more(cr0=0x10000, cr4=0x90), edits=[(0x8004, b"\x83\0\0\0\x83\1\0\0")])
    program("paged3", PENTIUM, PAGED3, "mov eax,[1FFFCh]\nmov dword [1FFFDh],1\nint 80h\npusha\npopa\nmov ss,eax\nfld qword [1FFFEh]\n"
            "mov byte [22000h],1\nmov eax,[23000h]\nmov eax,[24FFEh]\nxchg [22FFFh],ax\nmovsd\ncall 3Bh:0\nsysenter\niret\n",
            core=1, edits=[(0x9088, b"\5\x20\2\0\3\x30\2\0"), (0x9094, b"\0\0\0\0\0\0\0\0")])
    program("paged3-aligned", I486, PAGED3, "pushfd\nor dword [esp],40000h\npopfd\nmov eax,[data+1]\nmov ax,[data+1]\nfld qword [data+4]\n"
            "fld tword [data+2]\nmovsd\npush eax\ninc esp\npush eax\n", more=more(cr0=0x40000))
    program("self-modifying", PENTIUM, PM32, "mov byte [next],90h\nnext: jmp $+2\nnop\nnop\nmov ecx,3\nrep stosb\nmov edi,after\nmov ecx,4\nmov al,40h\n"
            "rep stosb\nafter: inc ecx\ninc ecx\ninc ecx\ninc ecx\nxor byte [next],7Bh\njmp next\n")
    program("self-replacing", PENTIUM, PM32, "cld\nmov esi,$$\nmov edi,20FF0h\nmov ecx,40h\nrep movsb\ncall 20FF0h+part-$$\nmov edi,20000h\nmov ecx,400h\nmov eax,90909090h\n"
            "rep stosd\nmov byte [20FFFh],0C3h\ncall 20800h\nmov edi,20000h\nmov ecx,3FFh\nmov al,41h\nrep stosb\ncall 20900h\nret\n"
            "part: mov eax,[20FF0h]\nadd dword [20FF0h+part-$$+20],eax\nmov ecx,12345678h\ntest eax,12345678h\npush 12345678h\npop ecx\nret\n")
    moves = "".join("mov ecx,40\nmov %s,100h\nmov %s,200h\n%s\n" % (*(("si", "di") if n & 1 else ("esi", "edi")), "rep " + op)
                    for n, op in enumerate("movsb movsw movsd stosb stosw stosd lodsb lodsd scasb cmpsw".split()))
    program("video", PENTIUM, REAL, "mov dx,3C2h\nmov al,63h\nout dx,al\nmov dl,0C4h\nmov ax,0F02h\nout dx,ax\nmov ax,0604h\nout dx,ax\nmov dl,0CEh\nmov ax,506h\nout dx,ax\nmov ax,0A000h\nmov es,ax\n" + moves +
            "mov ds,ax\n" + moves + "std\n" + moves + "cld\nmov byte [400h],0CBh\ncall 0A000h:400h\npush ss\npop es\n" + moves)
    trace = "pushf%s\npop eax\nor ah,1\npush eax\npopf%s\nmov bp,ss\nmov ss,bp\nnop\nint 21h\nmov ecx,2\nrep movsb\nand ah,0FEh\npush eax\npopf%s\n"
    watched = "mov [data],al\nmov [data+3],eax\nmov ax,[data+2]\nmov [data+8],ax\nmov cl,[data+15]\nin al,80h\nout 81h,al\nin ax,80h\n" \
        "push eax\nmov esi,data\nlodsd\nmov edi,data\nmov ecx,3\nrep movsd\nfld tword [data]\nfnsave [data]\nbreak: nop\ninc ebx\ninc ebx\n"
    guarded = "mov eax,dr7\nmov eax,dr6\nor byte [data],1\nmov eax,2400h\nmov dr7,eax\nmov eax,dr0\nmov dr0,eax\nmov dr6,eax\nmov eax,dr4\nmov dr5,eax\n"
    for name, model, mode, at, debug, s in (("real", I386, REAL, 0x12000, 0, ""), ("pm32", PENTIUM, PM32, 0x20400, 8, "d"),
                                            ("paged0", P6, PAGED0, 0x20400, 8, "d")):
        # Writes to 1 byte, all accesses to 4, ports 80h-81h, and an instruction.
        where = assemble(mode, "jmp short skip\nskip:\n" + trace % (s, s, s) + watched.split("break:")[0])
        program("debug-" + name, model, mode, "jmp short skip\nskip:\n" + trace % (s, s, s) + watched + guarded + watched.replace("break", "second"),
                more=more(cr4=debug, dr=(at, at + 8, 0x80, 0x10800 + len(where), 0x06FD03FF)))
    for n, kinds in enumerate((0x5D03FF, 0xFFFF03FF, 0x111103AA, 0x999903FF)):
        program("debug-lengths%d" % n, PENTIUM if n < 3 else P6, PM32, watched, core=n % 3,
                more=more(cr4=8, dr=(0x20401, 0x20404, 0x20403, 0x20408, kinds)))
    program("debugged", PENTIUM, PM32, watched + "int 9\nmov eax,cr4\nmov cr4,eax\n", watch=struct.pack("<BHBH", 9, 0x400, 7, 0x20404 >> 2))
    program("debugged-real", I8086, REAL, "again: call next\nnext: pop ax\nmov [2000h],ax\nloop again\nint 21h\nhlt\n", core=2,
            watch=struct.pack("<BHBH", 1, 0x2000, 2, 0x2000 >> 2))
    # CLD behind an instruction of two bytes is a register operand, should the handler step into it.
    for name, model in (("p5", PENTIUM), ("p6", P6)):
        program("msr-" + name, model, PM32, "mov ecx,edi\nagain: db 0Fh,32h,0FCh\nxor edx,edx\nmov eax,6\ndb 0Fh,30h,0FCh\nnot edx\ndb 0Fh,30h,0FCh\n"
                "inc ecx\ntest cl,7\njnz again\ncall table\ntable: pop esi\nadd dword [next],4\nmov eax,[next]\nmovzx ecx,word [eax]\njmp again\n"
                "next: dd firsts-4\nfirsts: dd 0,17h,2Ah,79h,0C1h,0FEh,116h,170h,179h,186h,1D9h,200h,250h,258h,268h,2FFh,400h,410h\n")
    program("sysenter", P6, PM32, "mov ecx,174h\nmov eax,8\nxor edx,edx\nwrmsr\ninc ecx\nmov eax,6800h\nwrmsr\ninc ecx\nmov eax,inside\nwrmsr\n"
            "sysenter\noutside: mov ecx,1\nsysenter\nud2\ninside: mov ecx,7000h\nmov edx,outside\nsysexit\n")
    program("fpu-save", P6, PM32, "fnsave [data]\nfrstor [data]\no16 fnsave [data]\no16 frstor [data]\nfnstenv [data]\nfldenv [data]\no16 fnstenv [data]\n"
            "fxsave [data]\nfxrstor [data]\nfxsave [data+1]\nmov dword [data+24],-1\nfxrstor [data]\nfnstsw ax\nfstcw [data]\n"
            "frstor [image]\nfld st0\nfxam\nfldenv [image]\nfadd st0\nfwait\nimage: dd 300h,3F00h,1B1Bh\ntimes 24 dd 80001234h\n",
            more=more(cr0=0x20, cr4=0x200))
    # IRQ13 is all that gets through, as INT 75h.
    controllers = "".join("mov al,%d\nout %d,al\n" % (v, p) for p, v in ((0x20, 0x11), (0x21, 8), (0x21, 4), (0x21, 1), (0xA0, 0x11),
                          (0xA1, 0x70), (0xA1, 2), (0xA1, 1), (0x21, 0xFB), (0xA1, 0xDF)))
    for name, model, mode, ne in (("ne", I486, PM32, 0x20), ("irq", I386, REAL, 0), ("irq-486", I486, PM32, 0), ("286", I286, PM16, 0)):
        program("fpu-errors-" + name, model, mode, ("" if ne else controllers) + "fldz\nfld1\nfdiv st0,st1\nfwait\nfld1\nfsqrt\nfchs\nfsqrt\nfwait\nfst dword [data]\nfist word [data]\nfbstp [data]\n"
                "fnstsw ax\nfnclex\nfdecstp\nfld st7\nfwait\nfninit\nfldcw [data]\nfld1\nfldpi\nfscale\nfscale\nfsqrt\nout 0F0h,al\nfwait\n",
                more=more(cr0=ne, control=0x40))
    program("fpu-off", I486, PM32, "fld1\nwait\nmov eax,cr0\nor al,0Ah\nmov cr0,eax\nfwait\nfld1\nclts\nfld1\nmov eax,cr0\nor al,4\nmov cr0,eax\nfld1\nfwait\n",
            more=more(cr0=0xE))
    program("a20", I286, REAL, "mov ax,-1\nmov ds,ax\nmov al,[10h]\nmov [800h],al\nin al,92h\nxor al,2\nout 92h,al\nmov al,[10h]\nmov [800h],al\nmov al,0DDh\nout 64h,al\n"
            "push 0\npop ds\nmov ax,[0FFFFh]\npush ax\npop ds\nlds bx,[10h]\n", more=more(a20=False))
    program("stack", P6, PM32, "nop dword [data]\nenter 16,5\nleave\no16 enter 4,1\no16 leave\npusha\npopa\no16 pusha\no16 popa\nbound eax,[data]\npush fs\npop fs\npush es\npop es\n"
            "o16 pushf\no16 popf\nxlatb\ncall back\njmp short on\nback: ret 4\non: push dword [esp]\npop dword [esp]\nmov ss,eax\nlss esp,[data]\nlfs eax,[data]\n"
            "push 23h\npush 7000h\npush 3202h\npush 1Bh\npush outer\niret\nouter: mov ecx,2\nagain: jmp $+2\nloop again\njecxz next\nnext: \nmov eax,[esp+8*ecx+data]\nlock inc dword [data]\nlock nop\n")
    image = struct.pack("<51I", 0x10, 0x3202, 0x900, *range(0x100, 0x108), 0xFFFF0FF0, 0, 0, 0, *[0x1000] * 6,
                        *[0x8B00, 0, 0x67], *[0, 0x1000, 0x7FF], *[0, 0x2000, 0x7F], *[0x8200, 0, 0], *[0x9300, 0x10000, 0xFFFF] * 6)
    code("loadall-386", I386, REAL, assemble(REAL, "mov di,table\npush cs\npop es\ndb 0Fh,7\njmp $+2\nalign 16\ntable:\n") + image +
         assemble(REAL, "nop\n" * 64 + "mov eax,cr0\nmov ax,8\nmov ds,ax\nsti\nhlt\n"))
    program("loadall-286", I286, REAL, "xor ax,ax\nmov es,ax\nmov ss,ax\nmov si,table\nmov di,800h\nmov cx,51\nrep movsw\ndb 0Fh,5\ntable: dw 0,0,0,0,0,0,0,0,0,0,0,0,2,"
            "0,900h,0,1000h,1000h,0,1000h,1,2,3,4,7000h,6,7,8\n%rep 4\ndw 0,9301h,0FFFFh\n%endrep\ndw 2000h,0,7Fh,0,8200h,0,1000h,0,7FFh,3000h,8100h,2Bh\n"
            "times 100h-($-$$) nop\nmov ax,cs\nsmsw ax\nint 21h\nhlt\n")


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
    def edits(n, bytes_each, count):
        return bytes([count]) + b"".join(struct.pack("<BHBB", n * 3 + k, n * 7919 * k & 0xFFFF, 0, bytes_each + k & 255) for k in range(count))

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
    seed("migrate", "pages", b"\1" + head.pack(2, 0, 3, 1) + bytes(4096) + head.pack(3, 0, 1, 0) + head.pack(4, 0, 16, 0) + bytes(16) + head.pack(5, 0, 0, 0))
    seed("migrate", "raw", b"\0G86MOVE\x01" + head.pack(1, 0, 1 << 20, 0))


texts()
debugger()
goldens()
kernels()
waves()
devices()
calls()
programs()
folders()
images()
states()
