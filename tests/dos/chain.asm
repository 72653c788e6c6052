; A chain of memory control blocks as MS-DOS 4 leaves it, loaded at 0070:0000. Its names, sizes and odd
; bytes are those of a session with COMMAND and DEBUG: behind the names of blocks that are not programs
; is what there was before.
bits 16
seg0 equ 0x70

%macro mcb 4                    ; letter, owner, paragraphs, name
    db %1
    dw %2, %3
    db 0, 0, 0
%%n db %4
    times 8 - ($ - %%n) db 0
%endmacro

%macro block 1                  ; so many paragraphs of nothing
    times %1 * 16 db 0
%endmacro

    mcb 'M', 8, 9, "SD"         ; DOS's own: a driver, FILES, and something unknown behind them
    mcb 'D', seg0 + 2, 2, "EMMXXXX0"
    block 2
    mcb 'F', seg0 + 5, 3, ""
    block 3
    mcb 'Q', 0, 0, ""
    block 1
    mcb 'M', seg0 + 11, 16, "COMMAND"
    db 0xCD, 0x20
    times 0x2C - 2 db 0
    dw seg0 + 28                ; its environment
    times 256 - 0x2E db 0
    mcb 'M', seg0 + 11, 1, "r missin"
    block 1
    mcb 'M', seg0 + 11, 1, {"Z", 0, 1}
    block 1
    mcb 'M', 0, 2, "junk"
    block 2
    mcb 'M', seg0 + 35, 1, {1, 2, 3}
    db 0xCD, 0x20               ; a program without a name: DOS 3
    times 14 db 0
    mcb 'Z', 0, 0x9000, ""
