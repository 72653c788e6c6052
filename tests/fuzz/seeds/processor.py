"""Code, with the state it begins in (tests/fuzz/cpu.c)."""
import os
import struct
import subprocess
import tempfile

from common import seed


# What cpu.c calls the modes, and its models.
REAL, V86, PM16, PM32, PAGED0, PAGED3 = range(6)
PENTIUM, I8086, I286, I386, I486, P6 = range(6)
WIDE = {PM32, PAGED0, PAGED3}
ESCAPES = range(0xD8, 0xE0)


def code(name, model, mode, program, core=0, edits=(), flags=0x3202, more=b"", watch=b""):
    """`more`: what more() makes; `watch`: a breakpoint and two watches; `edits`: addresses, 8 bytes."""
    choice = model | mode << 3 | core << 8 | (0x80 if more else 0) | (0xC00 if watch else 0)
    regs = b"".join(
        struct.pack("<H" if n % 2 == 0 else "<I", v)
        for n, v in enumerate((0x1234, 0x20000, 0x40, 0x500, 0, 0x21000, 0x600, 0x700))
    )
    seed(
        "cpu", name,
        struct.pack("<H", choice) + regs + struct.pack("<H", flags)
        + (b"\1\0\x09\0" if model not in (I8086, I286) else b"") + more + watch + bytes([len(edits)])
        + b"".join(struct.pack("<H", at - 0x1000) + what.ljust(8, b"\0") for at, what in edits) + program
    )


def more(cr0=0, cr4=0, control=0x37F, top=0, numbers=bytes(range(8)), a20=True, dr=()):
    """State that few programs need: FPU registers are bytes (cpu.c), dr: DR0-DR3 and DR7."""
    return (
        struct.pack("<I", cr0)[:3] + struct.pack("<HHB", cr4, control, top) + numbers
        + bytes([(0 if a20 else 1) | (2 if dr else 0)]) + b"".join(struct.pack("<I", v) for v in dr)
    )


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

MODRM = (
    {op for op in range(0x40) if op & 7 < 4} | {0x62, 0x63, 0x69, 0x6B} | set(range(0x80, 0x90))
    | {0xC0, 0xC1, 0xC4, 0xC6, 0xC7} | set(range(0xD0, 0xD4)) | {0xF6, 0xF7, 0xFE, 0xFF}
)
GROUPS = {0x80, 0x81, 0x82, 0x83, 0x8F, 0xC0, 0xC1, 0xC6, 0xC7, 0xD0, 0xD1, 0xD2, 0xD3, 0xF6, 0xF7, 0xFE, 0xFF}
BYTES = {
    op: 1
    for op in [
        *range(0x70, 0x80), *range(0xB0, 0xB8), *range(0xE0, 0xE8), 0x6A, 0x6B, 0x80, 0x82, 0x83, 0xA8, 0xC0, 0xC1,
        0xC6, 0xCD, 0xD4, 0xD5, 0xEB
    ]
    + [8 * n + 4 for n in range(8)]
}
WORDS = {0x68, 0x69, 0x81, 0xA9, 0xC7, 0xE8, 0xE9, *range(0xB8, 0xC0), *(8 * n + 5 for n in range(8))}
# Not swept: prefixes, what leaves (far jumps, returns), what loads SP, and selectors out of thin air.
ALONE = {
    0x07, 0x0F, 0x17, 0x1F, 0x26, 0x2E, 0x36, 0x3E, 0x5C, 0x61, 0x64, 0x65, 0x66, 0x67, 0x8E, 0x9A, 0x9D, 0xC2, 0xC3,
    0xC5, 0xC8, 0xC9, 0xCA, 0xCB, 0xCF, 0xEA, 0xF0, 0xF2, 0xF3, 0xF4, *ESCAPES
}
MODRM_0F = {
    0, 1, 2, 3, *range(0x18, 0x20), 0x20, 0x21, 0x24, *range(0x40, 0x50), *range(0x60, 0x77), 0x7E, 0x7F,
    *range(0x90, 0xA0), *range(0xA3, 0xA6), *range(0xAB, 0xC0), 0xC0, 0xC1, 0xC7, *range(0xD0, 0xFF)
}
MMX = {
    *range(0x60, 0x6C), 0x6E, 0x6F, *range(0x71, 0x77), 0x7E, 0x7F, 0xD1, 0xD2, 0xD3, 0xD5, 0xD8, 0xD9, 0xDB, 0xDC,
    0xDD, 0xDF, 0xE1, 0xE2, 0xE5, 0xE8, 0xE9, 0xEB, 0xEC, 0xED, 0xEF, 0xF1, 0xF2, 0xF3, 0xF5, 0xF8, 0xF9, 0xFA, 0xFC,
    0xFD, 0xFE
}
SINCE_0F = {
    I386: {
        0, 1, 2, 3, 6, 0x20, 0x21, 0x24, *range(0x80, 0xA2), 0xA3, 0xA4, 0xA5, 0xA8, 0xA9, 0xAB, 0xAC, 0xAD, 0xAF,
        0xB3, 0xB6, 0xB7, *range(0xBA, 0xC0)
    },
    I486: {8, 9, 0xB0, 0xB1, 0xC0, 0xC1, *range(0xC8, 0xD0)}, PENTIUM: {0x31, 0x32, 0xA2, 0xC7},
    P6: {0x0B, 0x33, *range(0x40, 0x50), 0x77, 0xAE, *MMX}
}
GROUPS_0F = {0, 1, 0xAE, 0xBA, 0xC7}
SHIFTS = {0x71: (2, 4, 6), 0x72: (2, 4, 6), 0x73: (2, 6)}  # registers only
BYTES_0F = {0xA4: 1, 0xAC: 1, 0xBA: 1}


def operand(reg, memory, wide, more=0):
    """A ModR/M byte with this register field, and a displacement: memory of its own by the field, or SI,
    whose bytes are no jumps and returns, should a handler step into one."""
    at = 8 * (reg & 1) + 16 * (reg >> 2) + more
    if not memory:
        return bytes([0xC6 | reg << 3])
    return (
        bytes([reg << 3 | 5]) + struct.pack("<I", 0x20400 + at)
        if wide
        else bytes([reg << 3 | 6]) + struct.pack("<H", 0x2000 + at)
    )


def two_byte(model):
    """The second table of a model, without what loads control registers, leaves, or is not there."""
    order = [I386, I486, PENTIUM, P6]
    return (
        sorted(set().union(*(SINCE_0F[m] for m in order[: order.index(model) + 1])))
        if model in order
        else [0, 1, 2, 3, 6]
    )


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
            number = (
                (4 if wide_data else 2)
                if op in WORDS
                else (4 if wide_address else 2)
                if 0xA0 <= op < 0xA4
                else BYTES.get(op, 0)
            )
        if op not in modrm:
            made += head + bytes(number)
            continue
        if second and op in SHIFTS:
            made += b"".join(head + operand(reg, False, wide) + b"\5" for reg in SHIFTS[op])
            continue
        for reg in range(8) if op in groups else [2]:
            if not second and op in (0xFE, 0xFF) and 2 <= reg <= 5:
                continue
            extra = (
                (1 if op == 0xF6 else 4 if wide_data else 2) if op in (0xF6, 0xF7) and not second and reg < 2 else 0
            )
            for memory in (False, True):
                made += head + operand(reg, memory, wide_address) + bytes(number + extra)
    return made


FORMS = {
    0xD8: range(0xC0, 0x100),
    0xD9: [*range(0xC0, 0xD1), 0xE0, 0xE1, 0xE4, 0xE5, *range(0xE8, 0xEF), *range(0xF0, 0x100)], 0xDA: [0xE9],
    0xDB: [0xE0, 0xE1, 0xE2, 0xE3, 0xE4], 0xDC: range(0xC0, 0x100),
    0xDD: [*range(0xC0, 0xC8), *range(0xD0, 0xE8), 0xE9], 0xDE: [*range(0xC0, 0xD0), 0xD9, *range(0xE0, 0x100)],
    0xDF: [0xC0, 0xC1, 0xE0]
}
FORMS_P6 = {0xDA: range(0xC0, 0xE0), 0xDB: [*range(0xC0, 0xE0), *range(0xE8, 0xF8)], 0xDF: range(0xE8, 0xF8)}


def x87(mode, model):
    """Each register form of D8-DF, then each memory form; what saves comes before what loads."""
    forms = [(form, op) for op in ESCAPES for form in [*FORMS[op], *(FORMS_P6.get(op, []) if model == P6 else [])]]
    made = b"".join(bytes([op, form]) for form, op in sorted(forms))
    return made + b"".join(
        bytes([op]) + operand(reg, True, mode in WIDE, 0x80 * (op & 7))
        for reg in (6, 7, 0, 1, 2, 3, 4, 5)
        for op in ESCAPES
    )


NUMBERS = """
numbers:  dt 0.0, 1.0, -1.0, 0.5, 3.14159, 1.0e-4000, 1.0e4900, -32769.25, 0.7071, 9.3e18, -0.0, 64.0
          dw 0,0,0,8000h,7FFFh, 0,0,0,0C000h,0FFFFh, 1,0,0,0A000h,7FFFh   ; infinity, NaNs
          dw 1,0,0,0,0, 0,0,0,8000h,0, 5,0,0,0,3FFFh, 0,0,0,0,7FFFh       ; denormal, what the 387 dropped
.end:     dt 1.0
"""


def x87_on_numbers(ops):
    """Each pair of neighbouring numbers through each operation."""
    one = "fld tword [esi]\nfld tword [esi+10]\n%s\nfnclex\nffree st0\nffree st1\nfincstp\n"
    return assemble(
        PM32,
        "fninit\nmov esi,numbers\nagain:\n" + "".join(one % op for op in ops)
        + "add esi,10\ncmp esi,numbers.end\njb near again\nmov esi,numbers\nxor dword [mode],0F7Fh\nfldcw [mode]\n"
        "jmp again\nmode: dd 37Fh\n" + NUMBERS
    )


def sweeps():
    def swept(name, model, mode, core, parts, **rest):
        code("sweep-" + name, model, mode, b"".join(parts), core=core, **rest)

    def second(mode, model, prefixes=b""):
        return sweep(mode, prefixes, two_byte(model), True)

    swept(
        "real-8086", I8086, REAL, 0,
        [sweep(REAL, b"", [op for op in range(256) if op not in (*range(0x60, 0x70), 0xC0, 0xC1)])]
    )
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
    repeated = b"".join(
        assemble(REAL, "mov ecx,3\nmov esi,2000h\nmov edi,2004h\n") + p + bytes([op])
        for p in (b"\xf3", b"\xf2", b"\xf3\x66", b"\xf3\x67", b"\x2e\xf3")
        for op in [*range(0xA4, 0xA8), *range(0xAA, 0xB0), *range(0x6C, 0x70)]
    )
    code("sweep-strings", PENTIUM, REAL, b"\xba\x80\0" + repeated + b"\xfd" + repeated[:300])
    code("sweep-x87-real", I286, REAL, x87(REAL, I286))
    code("sweep-x87", PENTIUM, PM32, x87(PM32, PENTIUM), core=1, more=more())
    code(
        "sweep-x87-unmasked", P6, PAGED3, x87(PAGED3, P6),
        more=more(cr0=0x20, control=0x40, numbers=bytes(range(8, 16)))
    )
    code(
        "x87-functions", PENTIUM, PM32,
        x87_on_numbers(
            "f2xm1 fyl2x fptan fpatan fxtract fprem1 fprem fyl2xp1 fsqrt fsincos frndint fscale fsin fcos".split()
        ),
        more=more(cr0=0x20)
    )
    code(
        "x87-arithmetic", P6, PM32,
        x87_on_numbers(
            [
                "fadd st0,st1", "fsub st0,st1", "fmul st0,st1", "fdiv st0,st1", "fdivr st1,st0", "fcom st1",
                "fucomi st0,st1", "fxam", "fabs", "fst dword [data]", "fst qword [data]", "fist word [data]",
                "fist dword [data]", "fistp qword [data]", "fbstp [data]", "fbld [data]"
            ]
        ),
        core=1, more=more(cr0=0x20)
    )
    code(
        "sweep-mmx", P6, PM32,
        assemble(PM32, "mov eax,80FF7F01h\nmovd mm3,eax\nmovd mm2,eax\npsllq mm2,8\n")
        + sweep(PM32, b"", sorted(MMX), True) * 2, core=2
    )


# ---- programs


def programs():
    sweeps()
    code("real", PENTIUM, REAL, bytes.fromhex("b8fffff7e3f3a4cd10e8000058ff36000660b9ff00f366abe2fe0f01e0cf"))
    code("real-8086", I8086, REAL, bytes.fromhex("d4000fd6c8100000f2a48ed0f6f1fff0cc"), core=1)
    program(
        "real-to-pm", I386, REAL, "lgdt [500h]\nmov eax,cr0\nor al,1\nmov cr0,eax\njmp 8:0B80h\nlldt ax\n", core=2
    )
    program(
        "v86", PENTIUM, V86,
        "pushf\npop ax\npopf\ncli\nsti\nint 21h\niret\nin al,60h\nout dx,al\nsmsw ax\nmov ds,ax\n"
    )
    program(
        "v86-vme", PENTIUM, V86,
        "cli\npushf\nsti\npushf\npopf\nint 21h\npushfd\npopfd\nint 9\nhlt\npush word 202h\npush cs\n"
        "push word next\niret\nnext: int3\nint 80h\n", more=more(cr4=1), flags=0x0202,
        edits=[(0x3048, b"\xff\xff\xff\x00")]
    )
    program(
        "pm16", I286, PM16,
        "lldt ax\nsldt ax\nmov ax,40h\nlldt ax\nstr ax\nlar cx,ax\nlsl cx,ax\nverr ax\nverw ax\narpl ax,cx\n"
        "call 38h:0\ncall 48h:0\nint 19h\nmov ss,ax\npush 23h\npush 7000h\npush 1Bh\npush outer\nretf\nouter: call 3Bh:0\nint 29h\ncli\n",
        core=1
    )
    program(
        "pm32", PENTIUM, PM32,
        "push 1\ncall 38h:0\nmov ax,40h\nlldt ax\nsldt ax\nmov fs,ax\nmov ax,58h\nmov gs,ax\nmov eax,[gs:4000h]\n"
        "mov eax,[gs:100h]\nlar ecx,ax\nlsl ecx,ax\nverr ax\nverw ax\nint3\ninto\ncall 60h:conforming\nconforming: retf\n"
        "push 23h\npush 7000h\npush 1Bh\npush outer\nretf\nouter: push 1\ncall 3Bh:0\ncli\nhlt\nint 80h\nmov ax,10h\nmov ds,ax\n"
    )
    program("pm32-tasks", I386, PM32, "call 30h:0\nint 9\ncall 48h:0\nmov ax,28h\nltr ax\nint 19h\njmp 30h:0\niret\n")
    program(
        "pm32-task-trap", I486, PM32, "int 9\nnop\ncall 30h:0\npushfd\nor dword [esp],4000h\npopfd\niret\n",
        edits=[(0x3464, b"\1\0\x68\0"), (0x3060, b"\x40\0\0\0\1\0\x68\0")]
    )
    program(
        "pm32-to-v86", I486, PM32,
        "push 0\npush 0\npush 1000h\npush 1000h\npush 1000h\npush 6FF0h\npush 20202h\npush 1000h\n"
        "push 800h+v86-$$\niret\nv86: bits 16\nmov ax,cs\nmov ds,ax\nint 21h\npushf\ncli\nhlt\nout 80h,al\n"
    )
    program(
        "paged0", P6, PAGED0,
        "mov eax,cr3\nmov cr3,eax\ninvlpg [100h]\nadd al,[eax]\nlsl eax,[eax]\nxadd [eax],eax\ncmpxchg [eax],ecx\n"
        "cmpxchg8b [ebx]\nmov ecx,1Bh\nrdmsr\ncpuid\nud2\n", core=2
    )
    program(
        "paged0-large", P6, PAGED0,
        "mov eax,[40010800h]\nmov eax,[400000h]\nmov [410000h],eax\nmov eax,[0C10000h]\ninvlpg [410000h]\n"
        "or dword [8004h],100h\nmov eax,cr3\nmov cr3,eax\nmov eax,[420000h]\nmov eax,cr4\nxor al,90h\nmov cr4,eax\nmov eax,[430000h]\n"
        "mov eax,cr0\nxor eax,10000h\nmov cr0,eax\nand byte [9080h],0FDh\nmov [20000h],eax\ninvlpg [20000h]\nmov [20000h],eax\n"
        "and byte [9084h],0FEh\nmov eax,cr3\nmov cr3,eax\nmov eax,[21000h]\nmov eax,[20FFEh]\nmov [20FFEh],eax\n",
        more=more(cr0=0x10000, cr4=0x90), edits=[(0x8004, b"\x83\0\0\0\x83\1\0\0")]
    )
    program(
        "paged3", PENTIUM, PAGED3,
        "mov eax,[1FFFCh]\nmov dword [1FFFDh],1\nint 80h\npusha\npopa\nmov ss,eax\nfld qword [1FFFEh]\n"
        "mov byte [22000h],1\nmov eax,[23000h]\nmov eax,[24FFEh]\nxchg [22FFFh],ax\nmovsd\ncall 3Bh:0\nsysenter\niret\n",
        core=1, edits=[(0x9088, b"\5\x20\2\0\3\x30\2\0"), (0x9094, b"\0\0\0\0\0\0\0\0")]
    )
    program(
        "paged3-aligned", I486, PAGED3,
        "pushfd\nor dword [esp],40000h\npopfd\nmov eax,[data+1]\nmov ax,[data+1]\nfld qword [data+4]\n"
        "fld tword [data+2]\nmovsd\npush eax\ninc esp\npush eax\n", more=more(cr0=0x40000)
    )
    program(
        "self-modifying", PENTIUM, PM32,
        "mov byte [next],90h\nnext: jmp $+2\nnop\nnop\nmov ecx,3\nrep stosb\nmov edi,after\nmov ecx,4\nmov al,40h\n"
        "rep stosb\nafter: inc ecx\ninc ecx\ninc ecx\ninc ecx\nxor byte [next],7Bh\njmp next\n"
    )
    program(
        "self-replacing", PENTIUM, PM32,
        "cld\nmov esi,$$\nmov edi,20FF0h\nmov ecx,40h\nrep movsb\ncall 20FF0h+part-$$\nmov edi,20000h\nmov ecx,400h\nmov eax,90909090h\n"
        "rep stosd\nmov byte [20FFFh],0C3h\ncall 20800h\nmov edi,20000h\nmov ecx,3FFh\nmov al,41h\nrep stosb\ncall 20900h\nret\n"
        "part: mov eax,[20FF0h]\nadd dword [20FF0h+part-$$+20],eax\nmov ecx,12345678h\ntest eax,12345678h\npush 12345678h\npop ecx\nret\n"
    )
    moves = "".join(
        "mov ecx,40\nmov %s,100h\nmov %s,200h\n%s\n" % (*(("si", "di") if n & 1 else ("esi", "edi")), "rep " + op)
        for n, op in enumerate("movsb movsw movsd stosb stosw stosd lodsb lodsd scasb cmpsw".split())
    )
    program(
        "video", PENTIUM, REAL,
        "mov dx,3C2h\nmov al,63h\nout dx,al\nmov dl,0C4h\nmov ax,0F02h\nout dx,ax\nmov ax,0604h\nout dx,ax\nmov dl,0CEh\nmov ax,506h\nout dx,ax\nmov ax,0A000h\nmov es,ax\n"
        + moves + "mov ds,ax\n" + moves + "std\n" + moves
        + "cld\nmov byte [400h],0CBh\ncall 0A000h:400h\npush ss\npop es\n" + moves
    )
    trace = "pushf%s\npop eax\nor ah,1\npush eax\npopf%s\nmov bp,ss\nmov ss,bp\nnop\nint 21h\nmov ecx,2\nrep movsb\nand ah,0FEh\npush eax\npopf%s\n"
    watched = (
        "mov [data],al\nmov [data+3],eax\nmov ax,[data+2]\nmov [data+8],ax\nmov cl,[data+15]\nin al,80h\nout 81h,al\nin ax,80h\n"
        "push eax\nmov esi,data\nlodsd\nmov edi,data\nmov ecx,3\nrep movsd\nfld tword [data]\nfnsave [data]\nbreak: nop\ninc ebx\ninc ebx\n"
    )
    guarded = "mov eax,dr7\nmov eax,dr6\nor byte [data],1\nmov eax,2400h\nmov dr7,eax\nmov eax,dr0\nmov dr0,eax\nmov dr6,eax\nmov eax,dr4\nmov dr5,eax\n"
    for name, model, mode, at, debug, s in (
        ("real", I386, REAL, 0x12000, 0, ""), ("pm32", PENTIUM, PM32, 0x20400, 8, "d"),
        ("paged0", P6, PAGED0, 0x20400, 8, "d")
    ):
        # Writes to 1 byte, all accesses to 4, ports 80h-81h, and an instruction.
        where = assemble(mode, "jmp short skip\nskip:\n" + trace % (s, s, s) + watched.split("break:")[0])
        program(
            "debug-" + name, model, mode,
            "jmp short skip\nskip:\n" + trace % (s, s, s) + watched + guarded + watched.replace("break", "second"),
            more=more(cr4=debug, dr=(at, at + 8, 0x80, 0x10800 + len(where), 0x06FD03FF))
        )
    for n, kinds in enumerate((0x5D03FF, 0xFFFF03FF, 0x111103AA, 0x999903FF)):
        program(
            "debug-lengths%d" % n, PENTIUM if n < 3 else P6, PM32, watched, core=n % 3,
            more=more(cr4=8, dr=(0x20401, 0x20404, 0x20403, 0x20408, kinds))
        )
    program(
        "debugged", PENTIUM, PM32, watched + "int 9\nmov eax,cr4\nmov cr4,eax\n",
        watch=struct.pack("<BHBH", 9, 0x400, 7, 0x20404 >> 2)
    )
    program(
        "debugged-real", I8086, REAL, "again: call next\nnext: pop ax\nmov [2000h],ax\nloop again\nint 21h\nhlt\n",
        core=2, watch=struct.pack("<BHBH", 1, 0x2000, 2, 0x2000 >> 2)
    )
    # CLD behind an instruction of two bytes is a register operand, should the handler step into it.
    for name, model in (("p5", PENTIUM), ("p6", P6)):
        program(
            "msr-" + name, model, PM32,
            "mov ecx,edi\nagain: db 0Fh,32h,0FCh\nxor edx,edx\nmov eax,6\ndb 0Fh,30h,0FCh\nnot edx\ndb 0Fh,30h,0FCh\n"
            "inc ecx\ntest cl,7\njnz again\ncall table\ntable: pop esi\nadd dword [next],4\nmov eax,[next]\nmovzx ecx,word [eax]\njmp again\n"
            "next: dd firsts-4\nfirsts: dd 0,17h,2Ah,79h,0C1h,0FEh,116h,170h,179h,186h,1D9h,200h,250h,258h,268h,2FFh,400h,410h\n"
        )
    program(
        "sysenter", P6, PM32,
        "mov ecx,174h\nmov eax,8\nxor edx,edx\nwrmsr\ninc ecx\nmov eax,6800h\nwrmsr\ninc ecx\nmov eax,inside\nwrmsr\n"
        "sysenter\noutside: mov ecx,1\nsysenter\nud2\ninside: mov ecx,7000h\nmov edx,outside\nsysexit\n"
    )
    program(
        "fpu-save", P6, PM32,
        "fnsave [data]\nfrstor [data]\no16 fnsave [data]\no16 frstor [data]\nfnstenv [data]\nfldenv [data]\no16 fnstenv [data]\n"
        "fxsave [data]\nfxrstor [data]\nfxsave [data+1]\nmov dword [data+24],-1\nfxrstor [data]\nfnstsw ax\nfstcw [data]\n"
        "frstor [image]\nfld st0\nfxam\nfldenv [image]\nfadd st0\nfwait\nimage: dd 300h,3F00h,1B1Bh\ntimes 24 dd 80001234h\n",
        more=more(cr0=0x20, cr4=0x200)
    )
    # IRQ13 is all that gets through, as INT 75h.
    controllers = "".join(
        "mov al,%d\nout %d,al\n" % (v, p)
        for p, v in (
            (0x20, 0x11), (0x21, 8), (0x21, 4), (0x21, 1), (0xA0, 0x11), (0xA1, 0x70), (0xA1, 2), (0xA1, 1),
            (0x21, 0xFB), (0xA1, 0xDF)
        )
    )
    for name, model, mode, ne in (
        ("ne", I486, PM32, 0x20), ("irq", I386, REAL, 0), ("irq-486", I486, PM32, 0), ("286", I286, PM16, 0)
    ):
        program(
            "fpu-errors-" + name, model, mode,
            ("" if ne else controllers)
            + "fldz\nfld1\nfdiv st0,st1\nfwait\nfld1\nfsqrt\nfchs\nfsqrt\nfwait\nfst dword [data]\nfist word [data]\nfbstp [data]\n"
            "fnstsw ax\nfnclex\nfdecstp\nfld st7\nfwait\nfninit\nfldcw [data]\nfld1\nfldpi\nfscale\nfscale\nfsqrt\nout 0F0h,al\nfwait\n",
            more=more(cr0=ne, control=0x40)
        )
    program(
        "fpu-off", I486, PM32,
        "fld1\nwait\nmov eax,cr0\nor al,0Ah\nmov cr0,eax\nfwait\nfld1\nclts\nfld1\nmov eax,cr0\nor al,4\nmov cr0,eax\nfld1\nfwait\n",
        more=more(cr0=0xE)
    )
    program(
        "a20", I286, REAL,
        "mov ax,-1\nmov ds,ax\nmov al,[10h]\nmov [800h],al\nin al,92h\nxor al,2\nout 92h,al\nmov al,[10h]\nmov [800h],al\nmov al,0DDh\nout 64h,al\n"
        "push 0\npop ds\nmov ax,[0FFFFh]\npush ax\npop ds\nlds bx,[10h]\n", more=more(a20=False)
    )
    program(
        "stack", P6, PM32,
        "nop dword [data]\nenter 16,5\nleave\no16 enter 4,1\no16 leave\npusha\npopa\no16 pusha\no16 popa\nbound eax,[data]\npush fs\npop fs\npush es\npop es\n"
        "o16 pushf\no16 popf\nxlatb\ncall back\njmp short on\nback: ret 4\non: push dword [esp]\npop dword [esp]\nmov ss,eax\nlss esp,[data]\nlfs eax,[data]\n"
        "push 23h\npush 7000h\npush 3202h\npush 1Bh\npush outer\niret\nouter: mov ecx,2\nagain: jmp $+2\nloop again\njecxz next\nnext: \nmov eax,[esp+8*ecx+data]\nlock inc dword [data]\nlock nop\n"
    )
    image = struct.pack(
        "<51I", 0x10, 0x3202, 0x900, *range(0x100, 0x108), 0xFFFF0FF0, 0, 0, 0, *[0x1000] * 6, *[0x8B00, 0, 0x67],
        *[0, 0x1000, 0x7FF], *[0, 0x2000, 0x7F], *[0x8200, 0, 0],
        *[0x9300, 0x10000, 0xFFFF] * 6
    )
    code(
        "loadall-386", I386, REAL,
        assemble(REAL, "mov di,table\npush cs\npop es\ndb 0Fh,7\njmp $+2\nalign 16\ntable:\n") + image
        + assemble(REAL, "nop\n" * 64 + "mov eax,cr0\nmov ax,8\nmov ds,ax\nsti\nhlt\n")
    )
    program(
        "loadall-286", I286, REAL,
        "xor ax,ax\nmov es,ax\nmov ss,ax\nmov si,table\nmov di,800h\nmov cx,51\nrep movsw\ndb 0Fh,5\ntable: dw 0,0,0,0,0,0,0,0,0,0,0,0,2,"
        "0,900h,0,1000h,1000h,0,1000h,1,2,3,4,7000h,6,7,8\n%rep 4\ndw 0,9301h,0FFFFh\n%endrep\ndw 2000h,0,7Fh,0,8200h,0,1000h,0,7FFh,3000h,8100h,2Bh\n"
        "times 100h-($-$$) nop\nmov ax,cs\nsmsw ax\nint 21h\nhlt\n"
    )
