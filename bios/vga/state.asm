; INT 10h functions 1Bh (what the adapter can do and is doing) and 1Ch (save and restore its state).

; ---- 1B -----------------------------------------------------------------------------------------

; BX = 0: 64 bytes to ES:DI.
get_state:
        cmp     bx,0
        jne     .out
        mov     di,[bp+FR_DI]
        push    di
        xor     ax,ax
        mov     cx,32
        rep stosw
        pop     di

        mov     word [es:di],static_table
        mov     [es:di+2],cs
        push    di
        add     di,4
        mov     si,BDA_MODE             ; mode to CGA colour, as they lie
        mov     cx,30
        rep movsb
        pop     di
        mov     al,[BDA_ROWS]
        inc     al
        mov     [es:di+22h],al
        mov     ax,[BDA_HEIGHT]
        mov     [es:di+23h],ax
        push    es
        call    display_codes
        pop     es
        mov     [es:di+25h],bx

        mov     bl,[BDA_MODE]
        cmp     bl,13h
        jbe     .known
        mov     bl,3
.known:
        mov     bh,0
        mov     al,[cs:state_colors+bx]
        xor     ah,ah
        cmp     bl,13h
        jne     .colors
        mov     ax,256
.colors:
        mov     [es:di+27h],ax
        mov     al,[cs:state_pages+bx]
        mov     [es:di+29h],al

        ; Scan lines: 0 = 200, 1 = 350, 2 = 400, 3 = 480; sync polarities and bit 7 of CRTC 9 tell.
        mov     dx,MISC_READ
        in      al,dx
        mov     cl,6
        shr     al,cl
        mov     ah,3
        cmp     al,3
        je      .lines
        mov     ah,1
        cmp     al,2
        je      .lines
        inc     ah
        mov     dx,[BDA_CRTC]
        mov     al,9
        out     dx,al
        inc     dx
        in      al,dx
        test    al,80h
        jz      .lines
        mov     ah,0
.lines:
        mov     [es:di+2Ah],ah

        ; Tables for attribute bit 3 = 0 and 1, out of the character map select.
        mov     dx,SEQ
        mov     al,3
        out     dx,al
        inc     dx
        in      al,dx
        mov     ah,al
        and     al,3
        test    ah,10h
        jz      .map0
        or      al,4
.map0:
        mov     bl,al                   ; bits 1-0 and 4: shown when bit 3 is 0
        mov     al,ah
        shr     al,1
        shr     al,1
        and     al,3
        test    ah,20h
        jz      .map1
        or      al,4
.map1:
        mov     [es:di+2Bh],bl
        mov     [es:di+2Ch],al
        mov     cl,al                   ; for .save below

        mov     al,1                    ; every mode on every display
        mov     ah,[BDA_FLAGS]
        test    ah,FLAG_GREY
        jz      .grey
        or      al,2
.grey:
        cmp     byte [BDA_CRTC],CRTC_MONO & 0FFh
        jne     .mono
        or      al,4
.mono:
        test    ah,FLAG_NO_PALETTE
        jz      .palette
        or      al,8
.palette:
        test    byte [BDA_CTL],CTL_NO_EMULATE
        jnz     .emulation
        or      al,10h
.emulation:
        mov     ch,bl
        mov     bl,10h
        call    attr_read
        test    bh,8
        jz      .blink
        or      al,20h
.blink:
        mov     [es:di+2Dh],al
        mov     byte [es:di+31h],3      ; 256 KB

        ; Bit 0 two fonts at once, 1-3 dwords 1-3 of the save pointer table, 5 combinations.
        mov     al,20h
        cmp     ch,cl
        je      .fonts
        or      al,1
.fonts:
        push    es
        mov     bl,2
        les     si,[BDA_SAVE]
.dword:
        add     si,4
        mov     dx,[es:si]
        or      dx,[es:si+2]
        jz      .absent
        or      al,bl
.absent:
        shl     bl,1
        cmp     bl,8
        jbe     .dword
        pop     es
        mov     [es:di+32h],al
        mov     byte [bp+FR_AL],1Bh
.out:
        ret

state_colors:
        db      16,16,16,16,4,4,2,0
        db      0,0,0,0,0,16,16,0
        db      16,2,16,0
state_pages:
        db      8,8,8,8,1,1,1,8
        db      0,0,0,0,0,8,4,2
        db      2,1,1,1

; The static functionality table: modes 0-7, 0D-0F, 10-13; 200, 350, 400 lines; eight fonts, two at
; once.
static_table:
        db      0FFh,0E0h,0Fh,0,0,0,0
        db      7,8,2
        db      0FFh                    ; grey, fonts, palettes, cursor emulation, DAC and its sets
        db      0Eh                     ; 1: save and restore, 2: blink control, 3: combinations
        dw      0
        db      2Fh                     ; save pointer: two fonts, dwords 1-3, combinations
        db      0

; ---- 1C -----------------------------------------------------------------------------------------
;
; The buffer holds the parts of CX in this order, each in blocks of 64 bytes:
;
;   bit 0, 2 blocks     CRTC port; indices of SEQ, CRTC, GFX, ATTR; feature control; misc output;
;                       SEQ 0-4; CRTC 0-18; ATTR 0-14; GFX 0-8
;   bit 1, 1 block      equipment word; 449-466; 484-48A; 4A8-4AB; vectors 05, 1D, 1F, 43
;   bit 2, 13 blocks    DAC state, index, mask; 256 x 3 bytes
;
; NOTE: the four latches are not among them: nothing can be told about them without writing to
; memory.

SAVE_HARDWARE   equ     2
SAVE_DATA       equ     1
SAVE_DAC        equ     13

; AL = 0: BX = blocks needed; 1: save to, 2: restore from ES:BX; CX = parts.
save_restore:
        cmp     al,2
        ja      .out
        and     cx,7
        cmp     al,1
        je      .save
        ja      .restore
        xor     bx,bx
        test    cl,1
        jz      .no_hardware
        add     bl,SAVE_HARDWARE
.no_hardware:
        test    cl,2
        jz      .no_data
        add     bl,SAVE_DATA
.no_data:
        test    cl,4
        jz      .no_dac
        add     bl,SAVE_DAC
.no_dac:
        mov     [bp+FR_BX],bx
        jmp     .yes
.save:
        mov     di,bx
        mov     si,.savers
        call    .parts
        jmp     .yes
.restore:
        mov     di,bx
        mov     si,.restorers
        call    .parts
.yes:
        mov     byte [bp+FR_AL],1Ch
.out:
        ret

; Calls the routine of each part in CL with ES:DI -> its blocks.
.parts:
        mov     ax,[cs:si]
        test    cl,1
        jz      .skip
        push    cx
        push    si
        push    di
        call    ax
        pop     di
        pop     si
        pop     cx
        add     di,[cs:si+6]
.skip:
        add     si,2
        shr     cl,1
        jnz     .parts
        ret

.savers:
        dw      save_hardware,save_data,save_dac
        dw      SAVE_HARDWARE*64,SAVE_DATA*64,SAVE_DAC*64
.restorers:
        dw      restore_hardware,restore_data,restore_dac
        dw      SAVE_HARDWARE*64,SAVE_DATA*64,SAVE_DAC*64

; Stores CX registers of the pair at DX, from index AH.
registers_in:
        mov     al,ah
        out     dx,al
        inc     dx
        in      al,dx
        dec     dx
        stosb
        inc     ah
        loop    registers_in
        ret

save_hardware:
        mov     bx,[BDA_CRTC]
        mov     ax,bx
        stosw
        mov     dx,SEQ
        in      al,dx
        stosb
        mov     dx,bx
        in      al,dx
        stosb
        mov     dx,GFX
        in      al,dx
        stosb
        mov     dx,ATTR
        in      al,dx
        stosb
        mov     dx,FEATURE_READ
        in      al,dx
        stosb
        mov     dx,MISC_READ
        in      al,dx
        stosb
        mov     dx,SEQ
        mov     ah,0
        mov     cx,5
        call    registers_in
        mov     dx,bx
        mov     ah,0
        mov     cx,25
        call    registers_in
        mov     bl,0
.attr:
        call    attr_read
        mov     al,bh
        stosb
        inc     bl
        cmp     bl,14h
        jbe     .attr
        mov     dx,GFX
        mov     ah,0
        mov     cx,9
        call    registers_in

        ; Reading moved the indices: put them back.
        sub     di,9+21+25+5+6
        mov     si,di
        jmp     restore_indices

restore_hardware:
        mov     si,di
        mov     bx,[es:si]
        mov     [BDA_CRTC],bx
        mov     al,[es:si+7]
        mov     dx,MISC_WRITE
        out     dx,al
        lea     dx,[bx+6]
        mov     al,[es:si+6]
        out     dx,al
        mov     dx,SEQ
        REG_OUT 0,1
        mov     al,1
        mov     cx,4
        lea     di,[si+9]
        call    registers_out
        mov     al,0
        mov     ah,[es:si+8]
        out     dx,ax
        mov     dx,bx
        REG_OUT 11h,0
        xor     al,al
        mov     cx,25
        call    registers_out
        mov     bl,0
.attr:
        mov     bh,[es:di]
        inc     di
        call    attr_write
        inc     bl
        cmp     bl,14h
        jbe     .attr
        mov     dx,GFX
        mov     al,0
        mov     cx,9
        call    registers_out
        add     si,2
; fall through

; ES:SI -> indices of SEQ, CRTC, GFX, ATTR.
restore_indices:
        mov     dx,SEQ
        mov     al,[es:si]
        out     dx,al
        mov     dx,[BDA_CRTC]
        mov     al,[es:si+1]
        out     dx,al
        add     dl,6
        mov     bx,dx
        mov     dx,GFX
        mov     al,[es:si+2]
        out     dx,al
        mov     dx,bx
        in      al,dx
        mov     dx,ATTR
        mov     al,[es:si+3]
        out     dx,al
        mov     dx,bx
        in      al,dx
        ret

; The pieces of the data area: address, bytes.
state_pieces:
        dw      BDA_EQUIP,2
        dw      BDA_MODE,30
        dw      BDA_ROWS,7
        dw      BDA_SAVE,4
        dw      VEC_PRINT,4
        dw      VEC_PARAMS,4
        dw      VEC_FONT_HIGH,4
        dw      VEC_FONT,4
STATE_PIECES    equ     ($-state_pieces)/4

save_data:
        mov     bx,state_pieces
        mov     dx,STATE_PIECES
.next:
        mov     si,[cs:bx]
        mov     cx,[cs:bx+2]
        rep movsb
        add     bx,4
        dec     dx
        jnz     .next
        ret

restore_data:
        mov     si,di
        mov     bx,state_pieces
        mov     dx,STATE_PIECES
        push    es
        push    ds
        pop     es
        pop     ds
        lodsw                           ; of the equipment only the display is ours
        and     al,30h
        and     byte [es:BDA_EQUIP],~30h & 0FFh
        or      [es:BDA_EQUIP],al
        add     bx,4
        dec     dx
.next:
        mov     di,[cs:bx]
        mov     cx,[cs:bx+2]
        cli
        rep movsb
        sti
        add     bx,4
        dec     dx
        jnz     .next
        push    es
        push    ds
        pop     es
        pop     ds
        ret

save_dac:
        mov     dx,DAC_READ
        in      al,dx
        stosb
        inc     dx
        in      al,dx
        stosb
        mov     dx,DAC_MASK
        in      al,dx
        stosb
        mov     dx,DAC_READ
        xor     al,al
        out     dx,al
        mov     dx,DAC_DATA
        mov     cx,768
.next:
        in      al,dx
        stosb
        loop    .next
        sub     di,768+3
        mov     si,di
        jmp     restore_dac_index

restore_dac:
        mov     si,di
        mov     dx,DAC_MASK
        mov     al,[es:si+2]
        out     dx,al
        mov     dx,DAC_WRITE
        xor     al,al
        out     dx,al
        inc     dx
        add     di,3
        mov     cx,768
.next:
        mov     al,[es:di]
        inc     di
        out     dx,al
        loop    .next
; fall through

; ES:SI -> state (3: reading) and index. A read index counts one ahead of the register it fetched.
restore_dac_index:
        mov     ax,[es:si]
        mov     dx,DAC_WRITE
        test    al,3
        jz      .write
        dec     dx
        dec     ah
.write:
        mov     al,ah
        out     dx,al
        ret
