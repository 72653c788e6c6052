/* guests.c: see guests.h. Structures of DOS as in Ralf Brown's Interrupt List, those of the
 * processor as in the SDM, vol. 3. */
#include "tests/fuzz/guests.h"

/* ---- DOS ------------------------------------------------------------------------------------- */

enum {
    KERNEL = 0x700, /* 0070:0000: INT 21h and device headers */
    DATA = 0xA00,   /* 00A0:0000 */
    LISTS = DATA + 0x26,
    FILES = DATA + 0x400,
    MORE_FILES = DATA + 0x600,
    DIRECTORIES = DATA + 0x800,
    FIRST_MCB = 0x200, /* segments from here */
    PSP = 0x300,
    TEXTS = 0x300, /* offsets in the program's segment */
    CALLS = 0x400,
};

static void far_to(u8 *at, u32 seg, u32 off)
{
    store_le(at, 4, seg << 16 | off);
}

static void mcb(u8 *ram, u32 seg, char kind, u32 owner, u32 paragraphs, const char *name)
{
    u8 *p = ram + seg * 16;
    p[0] = (u8)kind;
    store_le(p + 1, 2, owner);
    store_le(p + 3, 2, paragraphs);
    memcpy(p + 8, name, strlen(name));
}

static void memory(u8 *ram)
{
    mcb(ram, FIRST_MCB, 'M', 8, 0x7F, "SD");
    mcb(ram, FIRST_MCB + 1, 'D', FIRST_MCB + 2, 0x10, "HIMEM");
    mcb(ram, FIRST_MCB + 0x12, 'F', FIRST_MCB + 0x13, 0x10, "");
    mcb(ram, 0x280, 'M', PSP, PSP - 0x282, "");
    mcb(ram, PSP - 1, 'M', PSP, 0x800, "GAME");
    mcb(ram, 0xB00, 'M', 0, 0x4FF, "");
    mcb(ram, 0x1000, 'Z', 9, 0x8FFE, "");
}

static void file(u8 *entry, const char *name, u32 device)
{
    entry[0] = 1;
    store_le(entry + 2, 2, 2);
    store_le(entry + 5, 2, device);
    store_le(entry + 0x11, 4, 1000);
    memcpy(entry + 0x20, name, 11);
    store_le(entry + 0x31, 2, PSP);
}

static void files(u8 *ram)
{
    static const char names[][12] = {"AUX        ", "CON        ", "PRN        ", "GAME    EXE",
                                     "LEVEL   \x01T1"};
    far_to(ram + FILES, DATA >> 4, MORE_FILES - DATA);
    store_le(ram + FILES + 4, 2, ARRAY_LEN(names));
    for (u32 n = 0; n < ARRAY_LEN(names); n++)
        file(ram + FILES + 6 + n * 0x3B, names[n], n < 3 ? 0x80D3 : n);
    far_to(ram + MORE_FILES, 0xFFFF, 0xFFFF);
    store_le(ram + MORE_FILES + 4, 2, 2);
    file(ram + MORE_FILES + 6, "SAVE       ", 2);
}

static void device(u8 *at, u32 next, u32 attributes, const char *name)
{
    far_to(at, next ? 0 : 0xFFFF, next ? next : 0xFFFF);
    store_le(at + 4, 2, attributes);
    memcpy(at + 10, name, 8);
}

static void drives(u8 *ram)
{
    static const char paths[][10] = {"A:\\", "B:\\", "C:\\GAMES", "D:\\\x1b[2J", "E:\\"};
    static const u16 flags[] = {0x4000, 0x5000, 0x6000, 0xC000, 0};
    for (u32 n = 0; n < ARRAY_LEN(paths); n++) {
        u8 *p = ram + DIRECTORIES + n * 0x58;
        memcpy(p, paths[n], sizeof paths[n]);
        store_le(p + 0x43, 2, flags[n]);
    }
    ram[LISTS + 0x21] = ARRAY_LEN(paths);
    far_to(ram + LISTS + 0x16, DATA >> 4, DIRECTORIES - DATA);
}

static void program(u8 *ram)
{
    u8 *psp = ram + PSP * 16;
    memcpy(psp, "\xCD\x20\xFF\x9F", 4);
    store_le(psp + 0x16, 2, PSP);
    memset(psp + 0x18, 0xFF, 20);
    memcpy(psp + 0x18, "\1\1\1\0\2\3\5\x63", 8);
    store_le(psp + 0x2C, 2, 0x281);
    store_le(psp + 0x32, 2, 20);
    far_to(psp + 0x34, PSP, 0x18);
    memcpy(psp + 0x80, "\5 /x\x1b ", 7);
    memcpy(psp + TEXTS, "C:\\GAMES\\LEVEL.1\0$\r", 20);
}

/* Families of functions that AL divides get all their members. */
static u32 calls(u8 *table)
{
    static const char families[] = "\x33\x43\x44\x57\x58\x5d\x71";
    u32 n = 0;
    for (u32 ah = 0; ah <= 0x72; ah++) {
        u32 members = !ah || !strchr(families, (int)ah) ? 1 : ah == 0x71 ? 0xB0 : 0x14;
        for (u32 al = ah == 0x71 ? 0x39 : 0; al < members; al++, n++) {
            static const u16 regs[] = {5, 16, TEXTS, TEXTS + 3, TEXTS + 3};
            u8 *call = table + n * 12;
            store_le(call, 2, ah << 8 | al);
            for (u32 k = 0; k < ARRAY_LEN(regs); k++)
                store_le(call + 2 + 2 * k, 2, regs[k]);
        }
    }
    return n;
}

/* Returns 1, 2, 3 ... in AX, every now and then with carry. */
static const u8 int21[] = {
    0x2E, 0xFF, 0x06, 0x22, 0x00, /* inc word [cs:22h] */
    0x2E, 0xA1, 0x22, 0x00,       /* mov ax, [cs:22h] */
    0x2E, 0xD0, 0x06, 0x20, 0x00, /* rol byte [cs:20h], 1 */
    0xFB, 0xCA, 0x02, 0x00,       /* sti; retf 2 */
};

static const u8 caller[] = {
    0xBD, CALLS & 255, CALLS >> 8, /* again: mov bp, CALLS */
    0x8B, 0x46,        0x00,       /* next: mov ax, [bp] */
    0x8B, 0x5E,        0x02,       /* mov bx, [bp+2] ... */
    0x8B, 0x4E,        0x04,       0x8B, 0x56, 0x06, 0x8B,
    0x76, 0x08,        0x8B,       0x7E, 0x0A, 0xCD, 0x21, /* int 21h */
    0x83, 0xC5,        0x0C,                               /* add bp, 12 */
    0x81, 0xFD,        0x00,       0x00,                   /* cmp bp, end of the table */
    0x72, 0xE3,                                            /* jb next */
    0xEB, 0xDE,                                            /* jmp again */
};
enum { CALLER_END = 28 };

void guest_dos(Rig *m)
{
    u8 *ram = m->pc->ram, *code = ram + PSP * 16 + 0x100;
    CpuState *s = &m->pc->cpu.s;
    memory(ram);
    files(ram);
    program(ram);
    drives(ram);
    store_le(ram + LISTS - 2, 2, FIRST_MCB);
    far_to(ram + LISTS + 4, DATA >> 4, FILES - DATA);
    store_le(ram + LISTS - 0x26 + 0x330, 2, PSP);
    device(ram + LISTS + 0x22, KERNEL + 0x40, 0x8004, "NUL     ");
    device(ram + KERNEL + 0x40, KERNEL + 0x60, 0x801B, "CON     ");
    device(ram + KERNEL + 0x60, 0, 0x0842, "\3       ");
    memcpy(ram + KERNEL, int21, sizeof int21);
    ram[KERNEL + 0x20] = 0x45;
    far_to(ram + 0x21 * 4, KERNEL >> 4, 0);
    memcpy(code, caller, sizeof caller);
    store_le(code + CALLER_END, 2, CALLS + 12 * calls(ram + PSP * 16 + CALLS));
    for (int n = 0; n < 6; n++) {
        s->seg[n].sel = PSP;
        s->seg[n].base = PSP * 16;
    }
    s->eip = 0x100;
    s->r[4] = 0x7FFE;
    cpu_state_changed(&m->pc->cpu);
}

/* ---- protected mode -------------------------------------------------------------------------- */

enum {
    GDT = 0x2000,
    IDT = 0x2800,
    TSS = 0x3000,
    OTHER_TSS = 0x3080,
    LDT = 0x3100,
    NEXT = 0x31F0, /* the frame that comes next */
    FRAMES = 0x3200,
    FRAME = 36,
    HANDLER = 0x4000,
    PIECES = 0x4100,
    PIECE = 16,
    STACK0 = 0x7000,
    STACK3 = 0x6800,
    PAGES = 0x10000,
    VECTORS = 0x38,
};

enum {
    CODE0 = 0x08,
    DATA0 = 0x10,
    CODE3 = 0x1B,
    DATA3 = 0x23,
    TASK = 0x28,
    LOCAL = 0x30,
    CALL_GATE = 0x38,
    TASK_GATE = 0x40,
    OTHER_TASK = 0x48,
    CODE16 = 0x50,
    SMALL = 0x58,
    ABSENT = 0x60,
    DOWN = 0x68,
    READ_ONLY = 0x70,
    EXECUTE_ONLY = 0x78,
    GDT_END = 0x80,
};

static void descriptor(u8 *at, u32 base, u32 limit, u32 access, u32 flags)
{
    store_le(at, 4, (limit & 0xFFFF) | base << 16);
    store_le(at + 4, 4,
             (base >> 16 & 0xFF) | access << 8 | (limit & 0xF0000) | flags << 20 |
                 (base & 0xFF000000));
}

static void gate(u8 *at, u32 sel, u32 off, u32 access)
{
    store_le(at, 4, sel << 16 | (off & 0xFFFF));
    store_le(at + 4, 4, (off & 0xFFFF0000) | access << 8);
}

static void descriptors(u8 *gdt, u8 *ldt)
{
    descriptor(gdt + CODE0, 0, 0xFFFFF, 0x9B, 12);
    descriptor(gdt + DATA0, 0, 0xFFFFF, 0x93, 12);
    descriptor(gdt + (CODE3 & ~7), 0, 0xFFFFF, 0xFB, 12);
    descriptor(gdt + (DATA3 & ~7), 0, 0xFFFFF, 0xF3, 12);
    descriptor(gdt + TASK, TSS, 0x67, 0x8B, 0);
    descriptor(gdt + LOCAL, LDT, 0x1F, 0x82, 0);
    gate(gdt + CALL_GATE, CODE0, HANDLER, 0xEC);
    gate(gdt + TASK_GATE, OTHER_TASK, 0, 0xE5);
    descriptor(gdt + OTHER_TASK, OTHER_TSS, 0x67, 0x89, 0);
    descriptor(gdt + CODE16, 0, 0xFFFF, 0x9F, 0);
    descriptor(gdt + SMALL, 0, 0xFF, 0x93, 4);
    descriptor(gdt + ABSENT, 0, 0xFF, 0x13, 0);
    descriptor(gdt + DOWN, 0, 0xFFF, 0x97, 4);
    descriptor(gdt + READ_ONLY, 0, 0xFFFFF, 0x91, 12);
    descriptor(gdt + EXECUTE_ONLY, 0, 0xFFFFF, 0x99, 12);
    descriptor(ldt + 8, 0, 0xFFFFF, 0xF3, 12);
    descriptor(ldt + 16, 0, 0xFFFF, 0x7B, 0);
}

/* All interrupts lead to the handler, a double fault to the other task; 30h and 31h are for ring 3,
 * 33h is absent and 34h no gate. */
static void interrupts(u8 *idt)
{
    for (u32 v = 0; v < VECTORS; v++)
        gate(idt + 8 * v, CODE0, HANDLER, v == 0x30 ? 0xEF : 0x8E);
    gate(idt + 8 * 8, OTHER_TASK, 0, 0x85);
    gate(idt + 8 * 0x31, OTHER_TASK, 0, 0xE5);
    gate(idt + 8 * 0x33, CODE0, HANDLER, 0x0E);
    gate(idt + 8 * 0x34, CODE0, HANDLER, 0x82);
}

static void task(u8 *tss)
{
    store_le(tss + 4, 4, STACK0);
    store_le(tss + 8, 4, DATA0);
    store_le(tss + 0x1C, 4, PAGES);
    store_le(tss + 0x20, 4, HANDLER);
    store_le(tss + 0x24, 4, 2);
    store_le(tss + 0x38, 4, STACK0);
    for (u32 at = 0x48; at <= 0x5C; at += 4)
        store_le(tss + at, 4, at == 0x4C ? CODE0 : DATA0);
    store_le(tss + 0x60, 4, LOCAL);
    store_le(tss + 0x64, 4, 0x68u << 16);
}

/* The first megabyte is where it is, once more from C0000000h on as a large page; 7000h is
 * read-only, 8000h the supervisor's, 9000h absent. The directory says read-only from 800000h on,
 * the supervisor's from C00000h on. */
static void pages(u8 *directory)
{
    u8 *table = directory + 0x1000;
    store_le(directory, 4, (PAGES + 0x1000) | 7);
    store_le(directory + 2 * 4, 4, (PAGES + 0x1000) | 5);
    store_le(directory + 3 * 4, 4, (PAGES + 0x1000) | 3);
    store_le(directory + 0x300 * 4, 4, 0x87);
    for (u32 n = 0; n < 256; n++)
        store_le(table + 4 * n, 4, n << 12 | (n == 7 ? 5 : n == 8 ? 3 : n == 9 ? 6 : 7));
}

/* Takes the next frame and returns to it. */
static const u8 handler[] = {
    0x66, 0xB8,         DATA0,       0x00,      0x8E,        0xD8,
    0x8E, 0xC0, /* mov ax, DATA0; mov ds, ax; mov es, ax */
    0x8E, 0xD0,         0xBC,        0x00,      STACK0 >> 8, 0x00,
    0x00, /* mov ss, ax; mov esp, STACK0 */
    0x9C, 0x81,         0x24,        0x24,      0xFF,        0xBF,
    0xFF, 0xFF,                            /* pushfd; and dword [esp], not NT */
    0x9D, 0xFC,         0x0F,        0x06, /* popfd; cld; clts */
    0x8B, 0x35,         NEXT & 255,  NEXT >> 8, 0x00,        0x00, /* mov esi, [NEXT] */
    0x83, 0xEC,         FRAME,       0x89,      0xE7, /* sub esp, FRAME; mov edi, esp */
    0xB9, FRAME / 4,    0x00,        0x00,      0x00,        0xF3,
    0xA5, /* mov ecx, FRAME / 4; rep movsd */
    0x81, 0xFE,         0x00,        0x00,      0x00,        0x00,
    0x72, 0x05,                                       /* cmp esi, end of the frames; jb 1f */
    0xBE, FRAMES & 255, FRAMES >> 8, 0x00,      0x00, /* mov esi, FRAMES */
    0x89, 0x35,         NEXT & 255,  NEXT >> 8, 0x00,        0x00, /* 1: mov [NEXT], esi */
    0xCF,                                                          /* iretd */
};
enum { HANDLER_END = 47 };

typedef enum { RING_0, RING_3, RING_V86 } Ring;

/* Code that does one thing and then, if it gets there, int 30h. */
typedef struct {
    Ring ring;
    u8 size;
    const char *code;
} Piece;

#define PIECE_OF(ring, text)                                                                       \
    {                                                                                              \
        ring, sizeof(text) - 1, text                                                               \
    }
static const Piece pieces[] = {
    PIECE_OF(RING_0, "\xA1\x00\x00\x40\x00"),             /* mov eax, [400000h]: no table */
    PIECE_OF(RING_0, "\xA3\x00\x70\x00\x00"),             /* mov [7000h], eax: read-only */
    PIECE_OF(RING_0, "\xA3\x00\x10\x80\x00"),             /* mov [801000h], eax: by the directory */
    PIECE_OF(RING_0, "\xBF\x00\x90\x00\x00\xAB"),         /* mov edi, 9000h; stosd: absent */
    PIECE_OF(RING_0, "\x0F\x0B"),                         /* ud2 */
    PIECE_OF(RING_0, "\x31\xC9\xF7\xF1"),                 /* xor ecx, ecx; div ecx */
    PIECE_OF(RING_0, "\x66\xB8\x60\x00\x8E\xD8"),         /* mov ds, ABSENT */
    PIECE_OF(RING_0, "\x66\xB8\x60\x00\x8E\xD0"),         /* mov ss, ABSENT */
    PIECE_OF(RING_0, "\x66\xB8\x00\x10\x8E\xD8"),         /* mov ds, 1000h: beyond the GDT */
    PIECE_OF(RING_0, "\x66\xB8\x24\x00\x8E\xD8"),         /* mov ds, 24h: beyond the LDT */
    PIECE_OF(RING_0, "\x66\xB8\x14\x00\x8E\xE8"),         /* mov gs, 14h: absent in the LDT */
    PIECE_OF(RING_0, "\x66\xB8\x78\x00\x8E\xE0"),         /* mov fs, EXECUTE_ONLY */
    PIECE_OF(RING_0, "\x31\xC0\x8E\xD0"),                 /* mov ss, 0 */
    PIECE_OF(RING_0, "\x31\xC0\x8E\xE0\x64\xA1\0\0\0\0"), /* mov eax, [fs:0], null */
    PIECE_OF(RING_0, "\x66\xB8\x58\x00\x8E\xE0\x64\xA1\0\1\0\0"), /* ... beyond the limit */
    PIECE_OF(RING_0, "\x66\xB8\x68\x00\x8E\xE0\x64\xA1\0\1\0\0"), /* ... expand-down */
    PIECE_OF(RING_0, "\x66\xB8\x70\x00\x8E\xE0\x64\xA3\0\0\0\0"), /* mov [fs:0], eax: read-only */
    PIECE_OF(RING_0, "\x66\xB8\x0C\x00\x8E\xE0\x64\xA1\0\0\0\0"), /* mov eax, [fs:0] of the LDT */
    PIECE_OF(RING_0, "\x66\xB8\x58\x00\x8E\xD0\x50"),             /* a stack without room */
    PIECE_OF(RING_0, "\xCD\x33"),                                 /* int 33h: absent */
    PIECE_OF(RING_0, "\xCD\x34"),                                 /* int 34h: no gate */
    PIECE_OF(RING_0, "\xCD\xFF"),                                 /* int 0FFh: beyond the IDT */
    PIECE_OF(RING_0, "\xCC"),                                     /* int3 */
    PIECE_OF(RING_0, "\xB0\x7F\x04\x01\xCE"),         /* add al, 1 that overflows; into */
    PIECE_OF(RING_0, "\x62\x05\x00\x20\x00\x00"),     /* bound eax, [2000h] */
    PIECE_OF(RING_0, "\xF1"),                         /* int1 */
    PIECE_OF(RING_0, "\x9A\0\0\0\0\x40\x00"),         /* call far TASK_GATE */
    PIECE_OF(RING_0, "\x9A\0\0\0\0\x38\x00"),         /* call far CALL_GATE */
    PIECE_OF(RING_0, "\xEA\0\0\0\0\x10\x00"),         /* jmp far DATA0 */
    PIECE_OF(RING_0, "\x66\xB8\x28\x00\x0F\x00\xD8"), /* ltr TASK: busy */
    PIECE_OF(RING_0, "\x66\xB8\x28\x00\x0F\x00\xD0"), /* lldt TASK */
    PIECE_OF(RING_0, "\x66\xB8\x30\x00\x0F\x00\xD0"), /* lldt LOCAL */
    PIECE_OF(RING_0, "\xB8\x01\0\0\xA0\x0F\x22\xC0"), /* CR0 with NW, without CD */
    PIECE_OF(RING_0, "\xB9\xFF\xFF\0\0\x0F\x32"),     /* rdmsr of none */
    PIECE_OF(RING_0, "\x0F\x20\xC0\x0C\x08\x0F\x22\xC0\xD9\xEE"), /* fldz with TS */
    PIECE_OF(RING_0, "\xF0\x90"),                                 /* lock nop */
    PIECE_OF(RING_0, "\x9C\x80\x4C\x24\x01\x01\x9D"),             /* TF by popfd */
    PIECE_OF(RING_0, "\x0F\x01\x3D\x00\x90\x00\x00"),             /* invlpg */
    PIECE_OF(RING_3, "\xF4"),                                     /* hlt */
    PIECE_OF(RING_3, "\xE4\x60"),                                 /* in al, 60h */
    PIECE_OF(RING_3, "\x2E\xA1\x00\x80\x00\x00"), /* mov eax, [cs:8000h]: supervisor's */
    PIECE_OF(RING_3, "\x2E\xA1\x00\x00\xC0\x00"), /* ... by the directory */
    PIECE_OF(RING_3, "\x36\xA3\x00\x70\x00\x00"), /* mov [ss:7000h], eax: read-only */
    PIECE_OF(RING_3, "\x36\xA3\x00\x00\x80\x00"), /* ... by the directory */
    PIECE_OF(RING_3, "\x66\xB8\x10\x00\x8E\xD8"), /* mov ds, DATA0 */
    PIECE_OF(RING_3, "\xCD\x32"),                 /* int 32h: ring 0's */
    PIECE_OF(RING_3, "\xCD\x31"),                 /* int 31h: another task */
    PIECE_OF(RING_3, "\x9A\0\0\0\0\x38\x00"),     /* call far CALL_GATE */
    PIECE_OF(RING_3,
             "\x9C\x9D\x0F\x01\xE0\x0F\x00\xC8\x0F\x00\xC0"), /* pushfd popfd smsw str sldt */
    PIECE_OF(RING_3, "\x36\x0F\x01\x05\x00\x60\x00\x00"),     /* sgdt [ss:6000h] */
    PIECE_OF(RING_3, "\x0F\x02\xC0\x0F\x03\xC0\x0F\x00\xE0\x0F\x00\xE8"), /* lar lsl verr verw */
    PIECE_OF(RING_V86, "\xCD\x21"),                                       /* int 21h */
    PIECE_OF(RING_V86, "\xFA\xF4"),                                       /* cli; hlt */
};

/* EIP, CS, EFLAGS, ESP, SS, ES, DS, FS, GS */
static void frame(u8 *at, Ring ring, u32 eip)
{
    const u32 words[3][FRAME / 4] = {
        {eip, CODE0, 2},
        {eip, CODE3, 0x202, STACK3, DATA3},
        {eip % 16, eip / 16, 0x202 | VM, STACK3, 0, 0, 0, 0, 0},
    };
    for (u32 n = 0; n < FRAME / 4; n++)
        store_le(at + 4 * n, 4, words[ring][n]);
}

static void segment(Seg *s, u16 sel, u16 attr)
{
    *s = (Seg){.sel = sel, .limit = 0xFFFFFFFF, .attr = attr};
}

static void enter(CpuState *s)
{
    for (int n = 0; n < 6; n++)
        segment(&s->seg[n], n == SEG_CS ? CODE0 : DATA0, n == SEG_CS ? 0xC9B : 0xC93);
    s->ldtr = (Seg){.sel = LOCAL, .base = LDT, .limit = 0x1F, .attr = 0x82};
    s->tr = (Seg){.sel = TASK, .base = TSS, .limit = 0x67, .attr = 0x8B};
    s->gdtr = (TableReg){GDT, GDT_END - 1};
    s->idtr = (TableReg){IDT, VECTORS * 8 - 1};
    s->cr0 |= CR0_PE | CR0_PG | CR0_WP;
    s->cr3 = PAGES;
    s->cr4 |= CR4_PSE;
    s->eip = HANDLER;
    s->r[4] = STACK0;
}

void guest_protected(Rig *m)
{
    u8 *ram = m->pc->ram;
    if (m->pc->cpu.model < CPU_386)
        return;
    descriptors(ram + GDT, ram + LDT);
    interrupts(ram + IDT);
    task(ram + TSS);
    task(ram + OTHER_TSS);
    pages(ram + PAGES);
    memcpy(ram + HANDLER, handler, sizeof handler);
    store_le(ram + HANDLER + HANDLER_END, 4, FRAMES + FRAME * ARRAY_LEN(pieces));
    store_le(ram + NEXT, 4, FRAMES);
    for (u32 n = 0; n < ARRAY_LEN(pieces); n++) {
        u32 at = PIECES + PIECE * n;
        memcpy(ram + at, pieces[n].code, pieces[n].size);
        memcpy(ram + at + pieces[n].size, "\xCD\x30", 2);
        frame(ram + FRAMES + FRAME * n, pieces[n].ring, at);
    }
    enter(&m->pc->cpu.s);
    cpu_state_changed(&m->pc->cpu);
}
