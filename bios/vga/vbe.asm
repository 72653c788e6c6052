; INT 10h function 4Fh: VESA BIOS Extensions 2.0, on the extended modes of the adapter (registers
; 1CEh/1CFh). Source: VESA BIOS Extension (VBE) Core Functions Version 2.0; the modes above 11Bh,
; which VESA leaves to the maker, are numbered from 140h on.
;
; Every mode begins as mode 12h, for its frame timing and its plain planar registers; then the
; extended mode takes over size, depth and memory.

DISPI           equ     1CEh
DISPI_ID        equ     0
DISPI_WIDTH     equ     1
DISPI_HEIGHT    equ     2
DISPI_DEPTH     equ     3
DISPI_ENABLE    equ     4
DISPI_BANK      equ     5
DISPI_VIRTUAL   equ     6
DISPI_ROWS      equ     7
DISPI_X         equ     8
DISPI_Y         equ     9
DISPI_MEMORY    equ     0Ah

DISPI_ON        equ     01h
DISPI_DAC8      equ     20h
DISPI_LINEAR    equ     40h
DISPI_KEEP      equ     80h

LINEAR_HIGH     equ     0E000h          ; the frame buffer is at E0000000h

VBE_LINEAR      equ     4000h           ; of a mode number: linear frame buffer, memory is kept
VBE_KEEP        equ     8000h
VBE_NONE        equ     0               ; [BDA_VBE]: no extended mode

; ---- modes --------------------------------------------------------------------------------------

%macro  VBE_MODES 1                     ; number, width, height, depth
        %1      100h, 640, 400, 8
        %1      101h, 640, 480, 8
        %1      102h, 800, 600, 4
        %1      103h, 800, 600, 8
        %1      104h,1024, 768, 4
        %1      105h,1024, 768, 8
        %1      106h,1280,1024, 4
        %1      107h,1280,1024, 8
        %1      108h,  80,  60, 0       ; text: characters
        %1      109h, 132,  25, 0
        %1      10Ah, 132,  43, 0
        %1      10Bh, 132,  50, 0
        %1      10Ch, 132,  60, 0
        %1      10Dh, 320, 200,15
        %1      10Eh, 320, 200,16
        %1      10Fh, 320, 200,24
        %1      110h, 640, 480,15
        %1      111h, 640, 480,16
        %1      112h, 640, 480,24
        %1      113h, 800, 600,15
        %1      114h, 800, 600,16
        %1      115h, 800, 600,24
        %1      116h,1024, 768,15
        %1      117h,1024, 768,16
        %1      118h,1024, 768,24
        %1      119h,1280,1024,15
        %1      11Ah,1280,1024,16
        %1      11Bh,1280,1024,24
        %1      140h, 320, 200,32
        %1      141h, 640, 400,32
        %1      142h, 640, 480,32
        %1      143h, 800, 600,32
        %1      144h,1024, 768,32
        %1      145h,1280,1024,32
        %1      146h, 320, 200, 8
        %1      147h, 320, 240, 8
        %1      148h, 320, 240,16
        %1      149h, 320, 240,32
        %1      14Ah, 400, 300, 8
        %1      14Bh, 400, 300,16
        %1      14Ch, 400, 300,32
        %1      14Dh, 512, 384, 8
        %1      14Eh, 512, 384,16
        %1      14Fh, 512, 384,32
        %1      150h, 640, 400,16
%endmacro

VM_NUMBER       equ     0
VM_WIDTH        equ     2
VM_HEIGHT       equ     4
VM_DEPTH        equ     6               ; 0: text
VM_SIZE         equ     7

%macro  VBE_MODE_ROW 4
        dw      %1,%2,%3
        db      %4
%endmacro
%macro  VBE_MODE_NUMBER 4
        dw      %1
%endmacro

vbe_modes:
        VBE_MODES VBE_MODE_ROW
        dw      0FFFFh
vbe_list:
        VBE_MODES VBE_MODE_NUMBER
        dw      0FFFFh

; SI -> mode AX (bits 13-0), or carry. Keeps all else.
vbe_find:
        push    ax
        push    cx
        and     ax,3FFFh
        mov     si,vbe_modes
.next:
        mov     cx,[cs:si+VM_NUMBER]
        cmp     cx,ax
        je      .out
        add     si,VM_SIZE
        cmp     cx,0FFFFh
        jne     .next
        stc
.out:
        pop     cx
        pop     ax
        ret

; AX = bytes of a row of mode SI; for planes, of one of them. Keeps all else.
vbe_row_bytes:
        push    bx
        push    cx
        mov     ax,[cs:si+VM_WIDTH]
        mov     bl,[cs:si+VM_DEPTH]
        call    vbe_bytes
        pop     cx
        pop     bx
        ret

; AX = bytes that AX pixels of BL bits, or characters, take. Destroys BX, CX.
vbe_bytes:
        shl     ax,1
        cmp     bl,0
        je      .out
        shr     ax,1
        cmp     bl,4
        je      .planes
        add     bl,7
        mov     cl,3
        shr     bl,cl
        mov     bh,0
        push    dx
        mul     bx
        pop     dx
        ret
.planes:
        mov     cl,3
        shr     ax,cl
.out:
        ret

; ---- registers ----------------------------------------------------------------------------------

; Register AL = BX. Keeps all.
dispi_out:
        push    dx
        push    ax
        mov     ah,0
        mov     dx,DISPI
        out     dx,ax
        inc     dx
        mov     ax,bx
        out     dx,ax
        pop     ax
        pop     dx
        ret

; BX = register AL. Keeps all else.
dispi_in:
        push    dx
        push    ax
        mov     ah,0
        mov     dx,DISPI
        out     dx,ax
        inc     dx
        in      ax,dx
        mov     bx,ax
        pop     ax
        pop     dx
        ret

; ZF: the adapter has extended modes. Destroys AX, BX.
dispi_there:
        mov     al,DISPI_ID
        call    dispi_in
        and     bl,0F8h
        cmp     bx,0B0C0h
        ret

; Back to the modes of a VGA. Keeps all.
dispi_off:
        push    ax
        push    bx
        mov     word [BDA_VBE],VBE_NONE
        mov     al,DISPI_ENABLE
        xor     bx,bx
        call    dispi_out
        pop     bx
        pop     ax
        ret

; BL = depth in use, ZF when no extended mode is. Destroys AX, BH.
dispi_depth:
        mov     al,DISPI_ENABLE
        call    dispi_in
        test    bl,DISPI_ON
        pushf
        mov     al,DISPI_DEPTH
        call    dispi_in
        popf
        ret

; ---- dispatch -----------------------------------------------------------------------------------

; AX = 004Fh when it worked, 014Fh when not. Numbers that do not exist leave no 4Fh in AL.
vbe:
        cmp     al,(vbe_table_end-vbe_table)/2
        jae     .absent
        push    ax
        push    bx
        call    dispi_there
        pop     bx
        pop     ax
        jne     .absent
        mov     ah,0
        mov     si,ax
        shl     si,1
        call    word [cs:vbe_table+si]
        mov     ax,004Fh
        jnc     .done
        inc     ah
.done:
        mov     [bp+FR_AX],ax
        ret
.absent:
        mov     word [bp+FR_AX],0100h
        ret

vbe_table:
        dw      vbe_information         ; 00
        dw      vbe_mode_information    ; 01
        dw      vbe_set_mode            ; 02
        dw      vbe_get_mode            ; 03
        dw      vbe_state               ; 04
        dw      vbe_window              ; 05
        dw      vbe_row_length          ; 06
        dw      vbe_start               ; 07
        dw      vbe_dac_width           ; 08
        dw      vbe_palette             ; 09
        dw      vbe_protected           ; 0A
vbe_table_end:

; Each returns carry when it failed.

; ---- 00, 01: information ------------------------------------------------------------------------

; ES:DI = 256 bytes, 512 for a caller that writes 'VBE2' there first.
vbe_information:
        mov     di,[bp+FR_DI]
        mov     word [es:di],'VE'
        mov     word [es:di+2],'SA'
        mov     word [es:di+4],0200h
        mov     word [es:di+6],vbe_name
        mov     [es:di+8],cs
        mov     word [es:di+0Ah],1      ; the DAC can have 8 bits
        mov     word [es:di+0Ch],0
        mov     word [es:di+0Eh],vbe_list
        mov     [es:di+10h],cs
        mov     al,DISPI_MEMORY
        call    dispi_in
        mov     [es:di+12h],bx
        mov     word [es:di+14h],0100h
        mov     word [es:di+16h],vbe_name
        mov     [es:di+18h],cs
        mov     word [es:di+1Ah],vbe_product
        mov     [es:di+1Ch],cs
        mov     word [es:di+1Eh],vbe_revision
        mov     [es:di+20h],cs
        clc
        ret

vbe_name        db      "glass86",0
vbe_product     db      "glass86 VGA",0
vbe_revision    db      "1.0",0

; Mask sizes and positions of red, green, blue and the rest, by depth.
vbe_masks:
        db      15, 5,10, 5,5, 5,0, 1,15
        db      16, 5,11, 6,5, 5,0, 0,0
        db      24, 8,16, 8,8, 8,0, 0,0
        db      32, 8,16, 8,8, 8,0, 8,24
VBE_MASKS       equ     ($-vbe_masks)/9

; CX = mode; ES:DI = 256 bytes.
vbe_mode_information:
        mov     ax,cx
        call    vbe_find
        jc      .out
        mov     di,[bp+FR_DI]
        push    di
        xor     ax,ax
        mov     cx,128
        rep stosw
        pop     di
        mov     bl,[cs:si+VM_DEPTH]
        cmp     bl,0
        je      .text
        mov     al,9Bh                  ; there, with colours, graphics and a linear frame buffer
        cmp     bl,4
        jne     .attributes
        mov     al,1Fh                  ; INT 10h writes text, but no linear frame buffer
.attributes:
        mov     [es:di],al
        mov     byte [es:di+2],7        ; window A: there, readable, writable
        mov     word [es:di+4],64
        mov     word [es:di+6],64
        mov     word [es:di+8],0A000h
        mov     word [es:di+0Ch],vbe_window_far
        mov     [es:di+0Eh],cs
        call    vbe_row_bytes
        mov     [es:di+10h],ax
        mov     ax,[cs:si+VM_WIDTH]
        mov     [es:di+12h],ax
        mov     ax,[cs:si+VM_HEIGHT]
        mov     [es:di+14h],ax
        mov     word [es:di+16h],1008h  ; cell of text: 8x16
        mov     byte [es:di+18h],1      ; planes
        mov     [es:di+19h],bl
        mov     byte [es:di+1Ah],1      ; no interleaved banks
        mov     byte [es:di+1Eh],1
        mov     al,3                    ; memory model: planes
        cmp     bl,8
        jb      .planes
        mov     al,4                    ; packed pixels
        je      .linear
        mov     al,6                    ; direct colour
.linear:
        mov     word [es:di+2Ah],LINEAR_HIGH
        jmp     .model
.planes:
        mov     byte [es:di+18h],4
.model:
        mov     [es:di+1Bh],al
        call    .pages
        mov     [es:di+1Dh],al
        cmp     bl,8
        jbe     .good
        mov     bx,vbe_masks
        mov     al,[cs:si+VM_DEPTH]
.mask:
        cmp     al,[cs:bx]
        je      .masks
        add     bx,9
        jmp     .mask
.masks:
        lea     si,[bx+1]
        add     di,1Fh
        mov     cx,8
.copy:
        cs lodsb
        stosb
        loop    .copy
.good:
        clc
.out:
        ret

.text:
        mov     byte [es:di],0Fh        ; there, with colours, INT 10h writes to it
        mov     byte [es:di+2],7
        mov     word [es:di+4],32
        mov     word [es:di+6],32
        mov     word [es:di+8],0B800h
        call    vbe_row_bytes
        mov     [es:di+10h],ax
        mov     cx,[cs:si+VM_WIDTH]     ; in characters
        mov     [es:di+12h],cx
        mov     cx,[cs:si+VM_HEIGHT]
        mov     [es:di+14h],cx
        mul     cx                      ; a page, rounded up as text_height does
        add     ax,0FFh
        xor     al,al
        xchg    ax,cx
        mov     ax,8000h
        div     cx                      ; DX is 0: no page has 64 KB
        dec     ax
        mov     [es:di+1Dh],al
        call    vbe_text_row
        mov     ah,[cs:bx+VT_HEIGHT]
        mov     al,8
        mov     [es:di+16h],ax
        mov     word [es:di+18h],0404h  ; planes and bits of a colour
        mov     byte [es:di+1Ah],1
        mov     byte [es:di+1Eh],1
        clc
        ret

; AL = pictures that fit into memory, less one. Keeps BX, SI, DI.
.pages:
        push    bx
        call    vbe_row_bytes
        cmp     byte [cs:si+VM_DEPTH],4
        jne     .packed
        shl     ax,1
        shl     ax,1
.packed:
        mul     word [cs:si+VM_HEIGHT]
        add     ax,0FFFFh
        adc     dx,0                    ; units of 64 KiB, rounded up
        mov     cx,dx
        mov     al,DISPI_MEMORY
        call    dispi_in
        mov     ax,bx
        xor     dx,dx
        div     cx
        dec     ax
        pop     bx
        ret

; ---- 02, 03: modes ------------------------------------------------------------------------------

; BX = mode, VBE_LINEAR, VBE_KEEP.
vbe_set_mode:
        mov     ax,bx
        and     ax,3FFFh
        cmp     ax,13h
        ja      .extended
        push    bp                      ; one of INT 10h's own
        test    bh,VBE_KEEP >> 8
        jz      .clear
        or      al,80h
.clear:
        int     10h
        pop     bp
        clc
        ret
.extended:
        call    vbe_find
        jc      .out
        mov     cl,[cs:si+VM_DEPTH]
        test    bh,VBE_LINEAR >> 8
        jz      .exists
        cmp     cl,4
        jbe     .no
.exists:
        cmp     cl,0
        je      vbe_set_text
        push    bp
        mov     ax,0012h
        test    bh,VBE_KEEP >> 8
        jz      .base
        or      al,80h
.base:
        int     10h
        pop     bp
        push    bx
        mov     al,DISPI_WIDTH
        mov     bx,[cs:si+VM_WIDTH]
        call    dispi_out
        inc     ax
        mov     bx,[cs:si+VM_HEIGHT]
        call    dispi_out
        inc     ax
        mov     bl,cl
        mov     bh,0
        call    dispi_out
        inc     ax
        pop     bx
        push    bx
        mov     bl,DISPI_ON
        test    bh,VBE_LINEAR >> 8
        jz      .banked
        or      bl,DISPI_LINEAR
.banked:
        test    bh,VBE_KEEP >> 8
        jz      .enable
        or      bl,DISPI_KEEP
.enable:
        mov     bh,0
        call    dispi_out
        pop     bx
        and     bh,~(VBE_KEEP >> 8) & 0FFh
        mov     [BDA_VBE],bx
        call    vbe_mode_data
        clc
.out:
        ret
.no:
        stc
        ret

; What the BIOS data area says in mode SI of CL bits: the planes of mode 12h, larger; the colours of
; mode 13h; and no text where there are more than 4 bits. Keeps SI.
vbe_mode_data:
        push    cx
        mov     ax,[cs:si+VM_WIDTH]
        mov     cl,3
        shr     ax,cl
        mov     [BDA_COLS],ax
        mov     ax,[cs:si+VM_HEIGHT]
        mov     cl,4
        shr     ax,cl
        dec     ax
        mov     [BDA_ROWS],al
        pop     cx
        cmp     cl,4
        je      .out
        mov     byte [BDA_MODE],13h     ; for the colours
        push    si
        call    dac_default
        pop     si
        mov     byte [BDA_MODE],VBE_MODE
.out:
        ret

; BX = mode.
vbe_get_mode:
        mov     bx,[BDA_VBE]
        test    bx,bx
        jnz     .set
        mov     bl,[BDA_MODE]
.set:
        mov     [bp+FR_BX],bx
        clc
        ret

; ---- 04: state ----------------------------------------------------------------------------------

; DL = 0: BX = blocks of 64 bytes for the parts in CX; 1: save to, 2: restore from ES:BX. Bits 0-2
; of CX are those of function 1Ch; bit 3 is the extended mode: one block, after the others.
;
;   BDA word; registers 1-6, 8, 9
VBE_STATE       equ     8

vbe_state:
        cmp     dl,2
        ja      .no
        push    bx
        push    cx
        push    dx
        cmp     dl,2
        jne     .base
        call    dispi_off               ; the others are those of a VGA
.base:
        mov     al,dl
        call    save_restore            ; sets AL, and BX with DL = 0
        pop     dx
        pop     cx
        pop     bx
        test    cl,VBE_STATE
        jz      .yes
        cmp     dl,1
        jae     .transfer
        inc     word [bp+FR_BX]
.yes:
        clc
        ret
.no:
        stc
        ret
.transfer:
        mov     di,bx
        test    cl,1
        jz      .no_hardware
        add     di,SAVE_HARDWARE*64
.no_hardware:
        test    cl,2
        jz      .no_data
        add     di,SAVE_DATA*64
.no_data:
        test    cl,4
        jz      .no_dac
        add     di,SAVE_DAC*64
.no_dac:
        mov     si,.registers
        mov     cx,8
        cmp     dl,2
        je      .restore
        mov     ax,[BDA_VBE]
        stosw
.save:
        cs lodsb
        call    dispi_in
        mov     ax,bx
        stosw
        loop    .save
        clc
        ret
.restore:
        mov     bx,[es:di]
        mov     [BDA_VBE],bx
.next:
        inc     di
        inc     di
        cs lodsb
        mov     bx,[es:di]
        cmp     al,DISPI_ENABLE
        jne     .put
        or      bl,DISPI_KEEP
.put:
        call    dispi_out
        loop    .next
        clc
        ret
.registers:
        db      DISPI_WIDTH,DISPI_HEIGHT,DISPI_DEPTH,DISPI_ENABLE,DISPI_BANK,DISPI_VIRTUAL
        db      DISPI_X,DISPI_Y

; ---- 05: the window -----------------------------------------------------------------------------

; BH = 0: window BL shows bank DX; 1: DX = the bank. Carry: there is none such.
vbe_window:
        call    vbe_bank
        jc      .out
        mov     [bp+FR_DX],dx
.out:
        ret

vbe_bank:
        push    bx
        cmp     bx,0100h
        je      .get
        test    bx,bx
        jnz     .no
        mov     al,DISPI_MEMORY
        call    dispi_in
        cmp     dx,bx
        jae     .no
        mov     bx,dx
        mov     al,DISPI_BANK
        call    dispi_out
        pop     bx
        clc
        ret
.get:
        mov     al,DISPI_BANK
        call    dispi_in
        mov     dx,bx
        pop     bx
        clc
        ret
.no:
        pop     bx
        stc
        ret

; The same for a far call, which saves the way through the interrupt. Destroys AX, and DX as a set.
vbe_window_far:
        call    vbe_bank
        mov     ax,004Fh
        jnc     .out
        inc     ah
.out:
        retf

; ---- 06: length of a row ------------------------------------------------------------------------

; BL = 0: CX pixels, 1: as it is, 2: CX bytes, 3: the longest. Out: BX = bytes, CX = pixels, DX =
; rows of that length.
vbe_row_length:
        mov     dh,bl
        cmp     bl,3
        ja      .no
        call    dispi_depth
        jz      .no
        mov     dl,bl
        cmp     dh,1
        je      .get
        cmp     dh,3
        je      .longest
        cmp     dh,0
        je      .pixels
        call    .divide                 ; CX bytes are so many pixels
.pixels:
        add     cx,7                    ; as the adapter can have it
        jc      .no
        and     cl,0F8h
        mov     al,DISPI_WIDTH
        call    dispi_in
        cmp     cx,bx
        jb      .no
        mov     bx,cx
        mov     al,DISPI_VIRTUAL
        call    dispi_out
        call    dispi_in
        cmp     bx,cx                   ; refused: too long for memory
        jne     .no
.get:
        mov     al,DISPI_VIRTUAL
        call    dispi_in
        mov     cx,bx
        mov     al,DISPI_ROWS
        call    dispi_in
        mov     [bp+FR_DX],bx
.tell:
        mov     [bp+FR_CX],cx
        mov     ax,cx
        mov     bl,dl
        call    vbe_bytes
        mov     [bp+FR_BX],ax
        clc
        ret
.no:
        stc
        ret

; The longest row with which the height of the mode fits, and whose bytes fit into a word.
.longest:
        mov     al,DISPI_MEMORY
        call    dispi_in
        mov     ax,bx                   ; AX:0 bytes of memory / height
        push    dx
        mov     dx,ax
        xor     ax,ax
        push    ax
        push    dx
        mov     al,DISPI_HEIGHT
        call    dispi_in
        mov     [bp+FR_DX],bx
        pop     dx
        pop     ax
        cmp     dx,bx
        mov     cx,0FFF8h
        jae     .word
        div     bx
        mov     cx,ax
.word:
        pop     dx
        cmp     dl,4
        jne     .packed
        shr     cx,1                    ; of one plane
        shr     cx,1
.packed:
        call    .divide
        and     cl,0F8h
        jmp     .tell

; CX = pixels of DL bits in CX bytes. Destroys AX, BX; keeps DX.
.divide:
        cmp     dl,4
        jne     .bytes
        mov     bx,cx
        mov     cx,0FFF8h
        cmp     bx,1FFFh
        jae     .out
        mov     cl,3
        shl     bx,cl
        mov     cx,bx
.out:
        ret
.bytes:
        push    dx
        mov     bl,dl
        add     bl,7
        mov     ax,cx
        mov     cl,3
        shr     bl,cl
        mov     bh,0
        xor     dx,dx
        div     bx
        mov     cx,ax
        pop     dx
        ret

; ---- 07: start of the picture -------------------------------------------------------------------

; BL = 0, 80h: column CX and row DX come first (80h: and a frame with them has begun); 1: CX, DX =
; what does.
vbe_start:
        mov     ah,bl
        call    dispi_depth
        jz      .no
        cmp     ah,1
        je      .get
        test    ah,7Fh
        jnz     .no
        mov     al,DISPI_ROWS           ; the last row must be in memory
        call    dispi_in
        mov     di,bx
        mov     al,DISPI_HEIGHT
        call    dispi_in
        add     bx,dx
        jc      .no
        cmp     bx,di
        ja      .no
        mov     bx,cx
        mov     al,DISPI_X
        call    dispi_out
        mov     bx,dx
        inc     ax
        call    dispi_out
        test    ah,ah
        jns     .yes
        call    vbe_retrace
.yes:
        clc
        ret
.get:
        mov     al,DISPI_X
        call    dispi_in
        mov     [bp+FR_CX],bx
        inc     ax
        call    dispi_in
        mov     [bp+FR_DX],bx
        mov     byte [bp+FR_BH],0
        clc
        ret
.no:
        stc
        ret

; Waits until a vertical retrace begins. Destroys AL, DX.
vbe_retrace:
        mov     dx,[BDA_CRTC]
        add     dl,6
.old:
        in      al,dx
        test    al,8
        jnz     .old
.new:
        in      al,dx
        test    al,8
        jz      .new
        ret

; ---- 08, 09: colours ----------------------------------------------------------------------------

; BL = 0: colours of BH bits; BL = 0, 1: BH = their bits.
vbe_dac_width:
        mov     ah,bh
        mov     cl,bl
        cmp     bl,1
        ja      .no
        call    dispi_depth
        jz      .no
        cmp     bl,8                    ; the others do without these colours
        ja      .no
        mov     al,DISPI_ENABLE
        call    dispi_in
        cmp     cl,1
        je      .get
        and     bl,~DISPI_DAC8 & 0FFh
        cmp     ah,8
        jb      .put
        or      bl,DISPI_DAC8
.put:
        call    dispi_out
.get:
        mov     ah,6
        test    bl,DISPI_DAC8
        jz      .tell
        mov     ah,8
.tell:
        mov     [bp+FR_BH],ah
        clc
        ret
.no:
        stc
        ret

; BL = 0, 80h: CX colours from DX on = blue, green, red, 0 at ES:DI (80h: in the retrace); 1: the
; other way.
vbe_palette:
        mov     di,[bp+FR_DI]
        mov     ah,bl
        and     bl,7Fh
        cmp     bl,1
        ja      .no
        cmp     cx,256
        ja      .no
        mov     bx,cx
        add     bx,dx
        cmp     bx,256
        ja      .no
        jcxz    .yes
        test    ah,ah
        jns     .now
        push    dx
        call    vbe_retrace
        pop     dx
.now:
        mov     al,dl
        test    ah,1
        jnz     .get
        mov     dx,DAC_WRITE
        out     dx,al
        inc     dx
.set:
        mov     al,[es:di+2]
        out     dx,al
        mov     al,[es:di+1]
        out     dx,al
        mov     al,[es:di]
        out     dx,al
        add     di,4
        loop    .set
.yes:
        clc
        ret
.get:
        mov     dx,DAC_READ
        out     dx,al
        mov     dx,DAC_DATA
.color:
        in      al,dx
        mov     [es:di+2],al
        in      al,dx
        mov     [es:di+1],al
        in      al,dx
        mov     [es:di],al
        mov     byte [es:di+3],0
        add     di,4
        loop    .color
        clc
        ret
.no:
        stc
        ret
