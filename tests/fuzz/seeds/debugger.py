"""What people and gdb say to the debugger."""
from common import seed


REGISTERS = """eax ecx edx ebx esp ebp esi edi ax cx dx bx sp bp si di al cl dl bl ah ch dh bh eip ip pc eflags flags
es cs ss ds fs gs ldtr tr cr0 cr2 cr3 cr4 dr0 dr1 dr2 dr3 dr6 dr7 cf pf af zf sf tf if df of iopl nt rf vm ac vif vip id
cpl pe pg a20 insn tsc ips halted mm0 mm7 fctrl fstat ftag""".split()


def debugger():
    """Lines for the debugger, at most 40 each, to one of the guests of guests.c."""

    def lines(name, guest, *text):
        head = "guest %s\n" % guest if guest else ""
        seed("command", name, head + "\n".join(text) + "\n")

    sums = ["?" + "+".join("$" + r for r in REGISTERS[n : n + 16]) for n in range(0, len(REGISTERS), 16)]
    lines(
        "registers", "protected", "info creg", "info dreg", "info fpu", "info mode", *sums,
        *(
            "=$%s=0x%x" % (r, 0x4000 + n)
            for n, r in enumerate(("eax", "bx", "ch", "eip", "eflags", "zf", "iopl", "mm3", "dr2", "cr2"))
        ),
        "=$ds=0x58", "=$fs=0x0c", "=$gs=0", "=$es=0x1234", "=$cs.base=1", "=$gdtr.limit=0xffff", "=$idtr.base=0x2800",
        "=$ldtr=0x30", "=$tr=0x48", "=$ss.attr=0x93", "=$ds.sel=8", "=$cpl=3", "=$insn=0",
        "?$cs.base+$ss.limit+$ds.attr+$es.sel+$fs.type+$gs.dpl+$cs.p+$cs.g+$cs.db+$gdtr.base+$idtr.limit+$ldtr.base+$tr.type",
        "c 2",
        "info sregs"
    )
    lines(
        "tables", "protected", "info gdt", "info gdt 7", "info ldt", "info ldt 1", "info idt", "info idt 0x31",
        "info tss", "info mem", "walk 0x7000", "walk 0x400000", "walk 0xc0001234", "walk 0x800000", "walk 0x9000",
        "xp/4xw 0x10000", "set dword[0x2040]=0xffffffff", "set dword[0x2044]=0x0000ffff",
        "set dword[0x280c]=0x00008500", "set $gdtr.limit=0xffff", "set $idtr.limit=0x7ff", "set $tr.limit=5",
        "set $ldtr.attr=0", "info gdt", "info idt", "info tss", "info ldt", "set $tr.attr=0x81", "set $tr.limit=0x2b",
        "info tss", "set dword[0x10004]=0x00010067", "set dword[0x10008]=0xfffffff7", "info mem", "walk 0x400000",
        "walk 0x8fffff", "set $cr3=0xfffff000", "info mem", "info tlb", "walk 0"
    )
    lines(
        "faults", "protected", "bpfault if $vec==14", "c", "explain", "d", "tb 0x4400", "bpexc gp if $err==0x48",
        "bpexc 8", "c", "c 3", "info faults", "explain", "info faults 64", *("explain %d" % n for n in range(1, 20)),
        "bt", "info sensitive", "info usage", "info stats", "info tlb", "c", "explain",
        "history 40"
    )
    lines(
        "faults-spoiled", "protected", "set word[0x282e]=0", "set byte[0x286d]=0x82", "set byte[0x2865]=0xee", "c",
        "explain", "set dword[0x31f0]=0x3200", "set $gdtr.limit=0x5f", "c", "explain", "explain 1", "explain 2",
        "explain 3", "reset", "reset cold", "info mode"
    )
    lines("explain-each", "protected", "bpfault", *["c 3", "explain", "c 2", "explain"] * 9)
    lines(
        "shadow", "protected", "info shadow on", "c", "info shadow", "set dword[0x11018]=0x00006001",
        "set dword[0x10000]=0", "info shadow", "set dword[0x10000]=0x11007", "c", "info shadow off", "info shadow",
        "info stats", "info tlb", "set $cr0=1", "info shadow", "info shadow x"
    )
    lines(
        "att", "protected", "set syntax att", "x/24i 0x4000", "x/30i 0x4100", "disas 0x4200,+80",
        "u /intel 0x4300,+60", "disas /att /10 0x4400", "history 8", "c", "history 60", "display/i $pc", "si 5",
        "set byte[0x5000]=0xf2", "set qword[0x5001]=0x660ff2a4d80c8b67", "set qword[0x5009]=0xdd5c24fcd9ee9bdf",
        "set qword[0x5011]=0x0fa4c805c8100002", "set qword[0x5019]=0xff2d00200000ff18",
        "set qword[0x5021]=0x0f01c8c4c5f3c08a", "x/40i 0x5000", "x/40i 0xc0005000", "set syntax intel",
        "x/40i 0x5001", "golden-record x", "set syntax x"
    )
    lines(
        "att16", "dos", "disas /att 0x3100,+40", "set syntax att", "x/12i 0:0x700", "disas /att /12 0300:0100",
        "si 8", "history", "golden-record x", "ni", "golden-record x", "trace on regs mem", "si 5", "trace off",
        "trace on ring 5", "si 9", "trace off", "trace on range 0x700,+32", "c", "trace"
    )
    lines(
        "dos", "dos", "dos mcb", "dos psp", "dos psp 0x300", "dos psp 0x2ff", "dos files", "dos devices",
        "dos drives", "set word[0x3032]=0xff", "set dword[0x3034]=0x02000000", "dos psp", "set byte[0x3080]=0xff",
        "set word[0x3032]=0", "dos psp", "set dword[0xe00]=0x00a00400", "set word[0xe04]=0", "dos files",
        "set dword[0xa48]=0x00a00048", "dos devices", "set byte[0xa47]=0xff", "set dword[0xa3c]=0xfffff000",
        "dos drives", "set word[0x1243]=0xf000", "dos drives", "set word[0x2003]=0", "dos mcb",
        "set word[0x2003]=0x7f", "set word[0x2ff3]=0xffff", "dos mcb", "dos files"
    )
    lines(
        "dos-none", None, "dos mcb", "dos psp", "dos psp 1", "dos files", "dos devices", "dos drives", "dos int21 x"
    )
    lines(
        "dos-chain", "dos", "set word[0x2013]=0xfffe", "dos mcb", "set byte[0xb000]=0x4d", "set word[0xb003]=0xfff",
        "dos mcb", "set byte[0x10000]=0x4d", "set word[0x10003]=0xefff", "dos mcb", "set word[0x10003]=1",
        "set byte[0x10020]=0x5a", "dos mcb", "set dword[0xa2a]=0xffffffff", "dos files", "dos psp"
    )
    lines(
        "int21", "dos", "dos int21 on", "c", "c", "c", "dos int21 off", "set byte[0x720]=0xff", "dos int21 on", "c",
        "set word[0x3400]=0x4c00", "set word[0x311c]=0x40c", "set dword[0x702]=0xffff0000", "c",
        "set byte[0x711]=0xcf", "c"
    )
    lines(
        "int21-files", "dos", "=qword[0x3400]=0x0300001000003d82", "=qword[0x340c]=0xffff200000053f00",
        "=qword[0x3418]=0x0000ffff00054202", "=qword[0x3424]=0xfff0002000054eff", "=qword[0x3430]=0xffffffffffff09ff",
        "=qword[0x343c]=0x030003000300714e", "=qword[0x3448]=0x000000ff00000600", "=qword[0x3454]=0xffff000000000aff",
        "=word[0x3300]=0x00ff", "=word[0x311c]=0x460", "=dword[0x3014]=0xffff", "dos int21 on", "c",
        "=$ds.base=0xffffffff", "=$es=0xffff", "c", "c"
    )
    lines(
        "dos-memory-full", "dos", "set qword[0x3100]=0x31c08ed88e0400b8", "set qword[0x3108]=0xf3fff0b90010bff6",
        "set dword[0x3110]=0xfeeba4", "set qword[0x4000]=0x100004d", "set qword[0x4008]=0", "set byte[0x2000]=0",
        *["c"] * 10,
        *["dos mcb", "dos psp"] * 10
    )
    lines(
        "breaks", "dos", "b 0:0x700 if $ah==0x3d", "c", "tb 0x3115", "pb 0x3117", "pb phys:0x3118",
        "bpint 0x21 ah=0x40", "bpint 0x21 ah=x", "bpint 256", "bpexc 13", "bpexc #ud",
        "bpexc zz", "bpfault", "bpmode", "bpcr msr 0x10", "bpcr CR4", "bpcr dr7 if $val", "bpcr", "bpmagic",
        "bpmagic si", "bpmagic ax", "bpio 0x3f8-0x3ff w if $port==0x3f8", "bpio 0x64-0x60", "bpinsn 100",
        "bpinsn +0.5s", "bpinsn 1.2.3s", "bpinsn 99999999999999s", "c 5", "info b", "disable 1 2", "enable",
        "condition 1", "condition 2 $eax", "ignore 2 3", "d 1 2 99", "c", "info breakpoints", "d"
    )
    lines(
        "watches", "dos", "watch 0x722,2", "c 3", "rwatch 0x3400,4 if $val!=0", "c", "awatch 0x722,1", "c",
        "pwatch 0x720,4", "c", "d", "watch 0,0", "watch 0xffffffff,2", "watch 0x700,5000", "watch ds:0x400",
        "rwatch 0x3000,4096", "c 2", "d", "watch 0x722,2 if $val", "c", "c", "rc", "rc", "info timeline",
        "when 0x722,+2", "when", "when 0x3000", "goto-insn 40", "rsi 3", "rni", "rfinish", "rni 5", "si 20",
        "set $ax=1", "si 5", "info timeline", "branch 1", "branch 7", "branch drop 1", "goto-insn 0", "hash", "rc"
    )
    lines(
        "gates", "protected", "bpcr cr3", "bpmode if $vm", "bpmode", "c 4", "bpcr", "c 2", "d", "bpint 0x30", "c",
        "finish", "ni 3", "until 0x4040", "rfinish", "rc", "bpexc pf if $err&2", "c", "rsi 40", "rni 2",
        "goto-insn 300", "watch 0x31f0,4 if $val>0x3400", "c", "rc", "tb 0x4290", "c", "si", "info tss", "bt", "bt 3",
        "x/4i", "d", "b phys:0x4000", "c 9", "when 0x31f0,+4", "info timeline"
    )
    lines(
        "timelines", "dos", "tb 0x3120", "c", "goto-insn 10", "set $ax=1", "si 5", "info timeline", "branch 1",
        "info timeline", "goto-insn 20", "set byte[0x3300]=1", "watch 0x722,2 if $val>3", "c", "branch 2", "rc",
        "info timeline", "branch drop 1", "branch drop 3", "branch drop 9", "goto-insn 0", "rsi", "rni", "inb 0x71",
        "c", "when 0x722,+2", "when 0x3300", "goto-insn 5", "type a", "c", "reset", "c", "goto-insn 3",
        "info timeline", "nmi", "si", "branch", "until 0x700", "finish", "rfinish"
    )
    lines(
        "blocks", "dos", "define calls", "b 0x3115", "c", "p $arg0+$argc", "echo $arg0", "end", "calls 3 4",
        "hook-stop", "p/x $ax", "end", "commands 1", "echo one\\n", "si 2", "commands 1", "c", "end", "end", "c", "c",
        "tb 0x3117", "commands", "calls )", "end", "c", "define calls", "calls", "calls", "end", "calls", "define 1x",
        "end", "help calls", "apropos user", "commands 99", "end", "define unfinished", "c", "c"
    )
    lines(
        "calls", "dos", "set dword[0x3100]=0x90000de8", "set qword[0x3110]=0x030001209ae58955",
        "set qword[0x3120]=0xfeebe58955", *["si", "bt"] * 7, "bt 1", "rfinish", "bt", "finish", "=$bp=0xfffe", "bt",
        "=$sp=0", "bt", "=$ss=0xffff", "bt", "=$bp=$sp",
        "bt"
    )
    lines(
        "ends", "dos", "set dword[0x3100]=0xf4e605b0", "c", "c", "reset", "=$cs=0x300", "=$ip=0x100",
        "=dword[0x3100]=0xf4fa", "c", "c", "si", "nmi", "c", "=$ip=0x100", "=dword[0x3100]=0x06010f",
        "=$idtr.limit=0", "set word[0x3100]=0x03cd", "c", "c", "si", "explain", "q 5", "c", "q"
    )
    lines(
        "lines", "dos", "define calls", "b 0x3115", "c $arg0", "p $argc", "end", "calls 3", "hook-stop", "p/x $ax",
        "end", "commands 1", "echo one\\n", "c", "end", "c", "define calls", "calls", "end", "calls", "define 1x",
        "define", "help calls", "help dos", "help x", "help", "apropos stack", "apropos", "help zz", "info", "i r",
        "source x", "stop", "commands 9", "commands", "q 3", "end", "c", "display/i $pc"
    )
    lines(
        "prints", "dos", *("p/%s 0x8041" % f for f in "xduotcasz"), "p -1", "p 300:100", "p $nothing",
        'printf "%d %u %x %o %c %s %p %%\\n",1,2,3,4,0x41,0x3300,0x700', 'printf "%s"', 'printf "%q",1', "printf x",
        "echo \\e[2J\\0\\\\", "assert $ax==0", "assert", "x/3s 0x3300", "x/2xg 0x3400", "x/8cb 0x3300", "x/5dh",
        "x/4tw 0x3400", "x/ob 0x3400", "x/2a 0x3400", "xp/4ub 0xffffffff", "x/2xw 0xfffffffe", "x/0x 0",
        "x/99999999b 0", "x/q 0", "xp/i 0", "display/4xb 0x3400", "display $ax", "display", "undisplay 1",
        "undisplay 9", "p", "p/x",
        "?[$ds.base+1]+{word}0x3400+{qword}$pc"
    )
    lines(
        "finds", "dos", 'find 0,+0x20000,"GAME"', "find 0x3000,+0x1000,cd 21", "find 0x3000,+0x1000,c",
        "find 0x3000,+64", "c", "find next changed", "find next same", "find next <", "find next >", "find next >1",
        "find next <0xffff", "find next =0x10", "find next x", "find 0,+0xffffffff", "find 0,+0", "find",
        'find 0,+8,""', "dump x 0,+16", "restore x 0", "dump x", "info symbol 0x700", "sym x", "save breakpoints x",
        "loadvm x", "savevm x", "diff now now", "diff x", "info snapshots x", "screendump x.png", "screendump x",
        "wait", "trace on file x", "golden-record x", "layout", "layout zz", "change fda x", "eject fdb", "hash"
    )
    for board, choices in enumerate((0x0, 0x1, 0x8E, 0x1800, 0x2800, 0x0800, 0x0102, 0x0200)):
        lines(
            "board%d" % board, "dos %x" % choices, "info irq", "info pic", "info pit", "info rtc", "info dma",
            "info kbc", "info vga", "info ide", "info fdc", "info uart", "info events", "info mode", "info fpu",
            "screen", "outb 0x43 0x37", "outb 0x43 0xb6", "outb 0x42 0", "outb 0x42 0x12", "outb 0x61 3",
            "outb 0x21 0xf0", "irq 3 raise", "irq 4 raise", "irq 14 raise", "irq 5 lower", "info pic",
            "outb 0x20 0x68", "outb 0x3f2 0x1c", "outb 0xb 0x56", "outb 0xc0 1", "outw 0x1f0 1", "inl 0xcf8",
            "outl 0xcf8 0x80000000", "c", "info pit", "info dma", "info irq"
        )
    lines(
        "devices", "dos", "fault", "fault fda read:0-5", "fault hda timeout:1", "fault cdrom missing:16-17",
        "fault hdc write:3", "fault", "fault fda off", "fault hdz read:1", "fault hda read:9-2",
        'type "a{ctrl-c}B\\n"', "type {", "sendkey ctrl-alt-del", "sendkey f13", "mouse_move 5 -3 1",
        "mouse_move 2000 0", "mouse_button 7", "c", "info kbc", "outb 0x64 0xa8", "outb 0x64 0xd4", "outb 0x60 0xf4",
        "mouse_move 1 1", "c", "speed max", "speed real", "speed 0", "speed 5%", "nmi", "c", "bptext C:.GAMES|x+",
        "bptext (", "bptext a*", "set dword[0xb8000]=0x07780778", "outb 0x3f8 0x78", "outb 0xe9 0x78", "c",
        "info events", "reset", "c"
    )
    lines(
        "screen-text", "dos 1800",
        *("outw 0x3d4 0x%04x" % v for v in (0x7100, 0x5001, 0x1F04, 0x1906, 0x1C07, 0x0709, 0x000C, 0x000D)),
        "outb 0x3d8 0x29", "screen", "bptext abc", "set word[0x3400]=0x0200", "set dword[0x3100]=0xb80068fa",
        "set dword[0x3104]=0x0000bf07", "set dword[0x3108]=0xab0761b8", "set dword[0x310c]=0xab40ab40",
        "set word[0x3110]=0xfeeb", "c", "screen", "info vga",
        "rc"
    )
    lines(
        "completion", None, "define mine", "si", "end", "=$mine=1",
        *(
            "\t" + word
            for word in (
                "", "in", "info ", "info g", "help inf", "p $e", "p $mi", "mi", "set $eax+$cs.b", "dump ", "x/i ",
                "apropos x"
            )
        )
    )
    lines(
        "errors", None, "x/", "b )", "b 0x600 if", "b 0x600 if )", "p 1/0", "p 1%0", "p 1<<99", "p ((((((((1", "p 'a",
        "p 0x", "p 99999999999999999999", "?1?2:3?4:5", "?~!-+1", "?1>=2<=3!=4", "?phys:", "?1:2:3", "?ds:",
        "?cs:ip+1", "?f000:fff0", "?byte[", "?{word", "set", "set var", "set var $x=3", "set $x", "set 1=2",
        "set byte[0xffffffff]=1", "set dword[0xfffffffe]=1", "set $eax", "=phys:0x500=1", "=$argc=1", "info x",
        "rsi 100001", "goto-insn 99999999", "until", "finish", "c x", "si 0", "unknown"
    )
