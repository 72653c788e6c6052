; The keyboard: a picture of it whose keys light up, and an echo of what is typed. Make and break codes come from the
; BIOS's keyboard intercept, INT 15h function 4Fh, so nothing is taken away from INT 16h. Unattended, the demo puts a
; sentence into the BIOS buffer itself (INT 16h function 05h). After a real key the part lasts until Esc.

KEYS_TOP        equ     6
KEYS_LEFT       equ     10
ECHO_ROW        equ     18
TYPE_PERIOD     equ     6               ; ticks between two keys of the sentence

keyboard_part:
        call    text_screen
        mov     si,text_keyboard
        mov     ah,TEXT
        call    print
        push    ds
        pop     es
        mov     di,key_down
        mov     cx,128/2
        xor     ax,ax
        rep     stosw
        mov     byte [real_key],0
        mov     word [echo_cell],CELL(ECHO_ROW,12)
        mov     ax,0B800h
        mov     es,ax
        call    intercept_open
        mov     bp,typed_text           ; next key of the sentence
.frame:
        call    keys_draw
        mov     di,[echo_cell]
        mov     word [es:di],NOTE<<8|'_'
        mov     ax,TYPE_PERIOD
        push    bp
        call    keys_frame
        pop     bp
        jc      .over
        cmp     byte [real_key],1
        ja      .echo
        je      .first
        call    keys_type
        jmp     .echo
.first:                                 ; the line is the user's now
        mov     byte [real_key],2
        call    echo_clear
        mov     [echo_cell],di
.echo:
        mov     ah,1
        int     16h
        jz      .frame
        xor     ah,ah
        int     16h
        cmp     al,1Bh
        je      .escape
        call    echo
        jmp     .echo
.escape:
        mov     byte [to_menu],1
.over:
        jmp     intercept_close

; As `frame`, but a key does not end the part: it keeps it from ending.
keys_frame:
        mov     cl,[menu_mode]
        add     ax,[frame_at]
.wait:
        cli
        mov     bx,[ticks]
        sub     bx,ax
        jns     .due
        cmp     byte [key_seen],0       ; a key shows at once
        jne     .due
        sti
        hlt
        jmp     .wait
.due:
        sti
        mov     byte [key_seen],0
        mov     ax,[ticks]
        mov     [frame_at],ax
        or      cl,[real_key]
        jnz     .no
        sub     ax,[part_start]
        mov     bx,[part]
        cmp     ax,[bx+PART.hold]
        cmc
        ret
.no:
        clc
        ret

; The next key of the sentence into the buffer, and its key pressed in the picture; at the end, all up.
keys_type:
        push    es
        push    ds
        pop     es
        mov     di,key_down
        mov     cx,128/2
        xor     ax,ax
        rep     stosw
        pop     es
        mov     cl,[ds:bp]
        test    cl,cl
        jz      .out
        inc     bp
        mov     al,cl
        call    scan_of
        mov     ch,al
        mov     bl,al
        xor     bh,bh
        mov     byte [key_down+bx],1
        mov     ah,5
        int     16h
.out:
        ret

; AL = character. AL = scan code of its key, from the table of keys (letters are labelled in upper case).
scan_of:
        cmp     al,'a'
        jb      .upper
        cmp     al,'z'
        ja      .upper
        and     al,0DFh
.upper:
        cmp     al,' '
        jne     .search
        mov     al,39h
        ret
.search:
        mov     si,keys
.key:
        cmp     byte [si],0
        je      .none
        cmp     al,[si+3]
        jne     .next
        cmp     byte [si+4],0
        je      .found
.next:
        add     si,3
.skip:
        inc     si
        cmp     byte [si-1],0
        jne     .skip
        jmp     .key
.found:
        mov     al,[si]
        ret
.none:
        xor     al,al
        ret

; Every key: scan code, row, column, label. The width follows from the label.
keys_draw:
        mov     si,keys
.key:
        lodsb
        test    al,al
        jz      .out
        mov     bl,al
        xor     bh,bh
        lodsb
        mov     ah,80*2
        mul     ah
        mov     di,ax
        lodsb
        xor     ah,ah
        add     ax,ax
        add     di,ax
        add     di,CELL(KEYS_TOP,KEYS_LEFT)
        mov     ah,17h
        cmp     byte [key_down+bx],0
        je      .up
        mov     ah,0E0h
.up:
        mov     al,' '
        stosw
.label:
        lodsb
        test    al,al
        jz      .end
        stosw
        jmp     .label
.end:
        mov     al,' '
        stosw
        jmp     .key
.out:
        ret

; AX = key as INT 16h gives it.
echo:
        push    ax
        mov     di,[echo_cell]
        mov     word [es:di],TEXT<<8|' '
        cmp     al,8
        je      .back
        cmp     al,13
        je      .line
        test    al,al
        jz      .shown
        mov     ah,BRIGHT
        stosw
        cmp     di,CELL(ECHO_ROW,68)
        jb      .move
.line:
        call    echo_clear
        jmp     .move
.back:
        cmp     di,CELL(ECHO_ROW,12)
        je      .shown
        dec     di
        dec     di
.move:
        mov     [echo_cell],di
.shown:
        pop     dx
        mov     di,CELL(ECHO_ROW+2,24)
        mov     ah,BRIGHT
        mov     bl,dh
        call    put_hex8
        mov     al,'h'
        stosw
        mov     di,CELL(ECHO_ROW+2,39)
        mov     bl,dl
        call    put_hex8
        mov     al,'h'
        stosw
        mov     di,CELL(ECHO_ROW+2,56)
        mov     al,dl
        test    al,al
        jnz     .glyph
        mov     al,' '
.glyph:
        stosw
        ret

; DI = first cell of the line, now empty.
echo_clear:
        mov     di,CELL(ECHO_ROW,12)
        mov     cx,57
        mov     ax,TEXT<<8|' '
        push    di
        rep     stosw
        pop     di
        ret

; ---- INT 15h, function 4Fh: AL = scan code, carry set on entry: pass it on ------------------------------------

intercept_open:
        push    es
        xor     ax,ax
        mov     es,ax
        cli
        mov     ax,intercept
        xchg    ax,[es:15h*4]
        mov     [old_int15],ax
        mov     ax,cs
        xchg    ax,[es:15h*4+2]
        mov     [old_int15+2],ax
        sti
        pop     es
        ret

intercept_close:
        xor     ax,ax
        mov     es,ax
        cli
        mov     ax,[old_int15]
        mov     [es:15h*4],ax
        mov     ax,[old_int15+2]
        mov     [es:15h*4+2],ax
        sti
        ret

intercept:
        cmp     ah,4Fh
        jne     .pass
        push    ax
        push    bx
        mov     bl,al
        and     bx,7Fh
        not     al
        rol     al,1
        and     al,1                    ; 1: pressed
        cmp     byte [cs:real_key],0
        jne     .set
        call    .first
.set:
        mov     [cs:key_down+bx],al
        mov     byte [cs:key_seen],1
        pop     bx
        pop     ax
.pass:
        jmp     far [cs:old_int15]
; The first real key: what the sentence held down goes up.
.first:
        test    al,al
        jz      .out
        push    bx
        mov     bx,127
.clear:
        mov     byte [cs:key_down+bx],0
        dec     bx
        jns     .clear
        pop     bx
        mov     byte [cs:real_key],1
.out:
        ret

%macro  KEYS 4-*                        ; row, column, scan code of the first, labels of one character
%assign key_column %2
%assign key_scan %3
%assign key_row %1
%rotate 3
%rep %0-3
        db      key_scan,key_row,key_column,%1,0
%assign key_column key_column+4
%assign key_scan key_scan+1
%rotate 1
%endrep
%endmacro

; Scan codes of set 1.
keys:
        db      01h,0,0,"Esc",0
        db      3Bh,0,8,"F1",0, 3Ch,0,13,"F2",0, 3Dh,0,18,"F3",0, 3Eh,0,23,"F4",0
        db      3Fh,0,28,"F5",0, 40h,0,33,"F6",0, 41h,0,38,"F7",0, 42h,0,43,"F8",0, 43h,0,48,"F9",0, 44h,0,53,"F10",0
        KEYS    2,0,29h,"`"
        KEYS    2,4,02h,"1","2","3","4","5","6","7","8","9","0","-","="
        db      0Eh,2,52,"Bksp",0
        db      0Fh,4,0,"Tab",0
        KEYS    4,6,10h,"Q","W","E","R","T","Y","U","I","O","P","[","]"
        db      2Bh,4,54,"\ ",0
        db      3Ah,6,0,"Caps",0
        KEYS    6,7,1Eh,"A","S","D","F","G","H","J","K","L",";","'"
        db      1Ch,6,51,"Enter",0
        db      2Ah,8,0,"Shift",0
        KEYS    8,9,2Ch,"Z","X","C","V","B","N","M",",",".","/"
        db      36h,8,51,"Shift",0
        db      1Dh,10,0,"Ctrl",0
        db      38h,10,8,"Alt",0
        db      39h,10,15,"                          ",0
        db      38h,10,45,"Alt",0, 1Dh,10,52,"Ctrl",0
        db      0

typed_text:     db      "this was typed by the demo. try your own keys.",0

text_keyboard:
        db      AT(2,3),INK(HEAD),"Type something",INK(TEXT),": Esc ends it"
        db      AT(3,3),INK(DIM),"IRQ1, 8042, INT 09h, INT 15h 4Fh, INT 16h"
        db      AT(ECHO_ROW,10),INK(HEAD),10h
        db      AT(ECHO_ROW+2,12),INK(TEXT),"scan code",AT(ECHO_ROW+2,32),"ASCII",AT(ECHO_ROW+2,46),"character",0
