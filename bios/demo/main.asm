; Start, the order of the parts, the menu, and the two ways out. A part is a routine that draws, then calls `frame`
; (time.asm) until carry says that its time is up or a key was pressed.

demo_entry:
        cli
        mov     ax,cs
        mov     ds,ax
        mov     ss,ax
        mov     sp,STACK_TOP
        mov     es,ax
        cld
        mov     di,vars
        mov     cx,(vars_end-vars)/2
        xor     ax,ax
        rep     stosw
        sti
        mov     [drive],dl
        mov     byte [video_mode],0FFh
        call    cpu_detect
        call    find_vga
        call    time_open

; The unattended run: all parts in order. A key ends it in the menu, the last part in power off.
show_all:
        mov     byte [menu_mode],0
        mov     byte [to_menu],0
        mov     word [part_number],1
        mov     si,parts
.next:
        push    si
        call    run_part
        pop     si
        cmp     byte [to_menu],0
        jne     menu
        add     si,PART_size
        inc     word [part_number]
        cmp     si,parts_end
        jb      .next
        jmp     power_off

find_vga:
        mov     ax,1A00h                ; display combination: VGA BIOSes alone answer
        int     10h
        cmp     al,1Ah
        jne     .none
        mov     byte [has_vga],1
.none:
        ret

; SI = PART. Runs it, or says why this machine cannot.
run_part:
        mov     [part],si
        mov     ax,[ticks]
        mov     [part_start],ax
        mov     [frame_at],ax
        mov     al,[si+PART.needs]
        cmp     al,[cpu_level]
        ja      part_needs_cpu
        mov     al,[si+PART.vga]
        cmp     al,[has_vga]
        ja      part_needs_vga
        jmp     [si+PART.run]

part_needs_vga:
        mov     bx,text_needs_vga
        jmp     part_skipped
part_needs_cpu:
        mov     bx,text_needs_386
part_skipped:
        push    bx
        call    text_screen
        mov     di,CELL(10,12)
        pop     si
        mov     ah,NOTE
        call    print
        mov     di,CELL(12,12)
        mov     si,text_this_cpu
        mov     ah,TEXT
        call    print
        mov     si,[cpu_name]
        mov     ah,BRIGHT
        call    print
        mov     si,text_go_on
        mov     ah,TEXT
        call    print
        mov     ax,TICKS(30)
        call    frame
        cmp     byte [menu_mode],0
        jne     .stay
        ret
.stay:
        jmp     hold

; ---- the menu ---------------------------------------------------------------------------------------------

MENU_TOP        equ     5
MENU_ITEMS      equ     PARTS+3         ; the parts, the whole show, reboot, power off

menu:
        mov     byte [menu_mode],1
        mov     byte [to_menu],0
        mov     word [part],menu_part
        call    text_screen
        mov     di,CELL(3,20)
        mov     si,text_menu
        mov     ah,HEAD
        call    print
        mov     di,CELL(22,20)
        mov     si,text_menu_keys
        mov     ah,DIM
        call    print
.draw:
        call    menu_draw
.key:
        mov     ax,4
        mov     byte [menu_mode],1
        call    frame
        jnc     .key
        mov     ax,[key]
        mov     bl,[menu_row]
        cmp     ah,48h                  ; up
        je      .up
        cmp     ah,50h                  ; down
        je      .down
        cmp     al,13
        je      .chosen
        call    menu_letter
        jc      .key
        jmp     .chosen
.up:
        dec     bl
        jns     .moved
        mov     bl,MENU_ITEMS-1
        jmp     .moved
.down:
        inc     bl
        cmp     bl,MENU_ITEMS
        jb      .moved
        xor     bl,bl
.moved:
        mov     [menu_row],bl
        jmp     .draw
.chosen:
        mov     [menu_row],bl
        mov     al,bl
        cmp     al,PARTS
        jae     .other
        mov     ah,PART_size
        mul     ah
        add     ax,parts
        mov     si,ax
        xor     bh,bh
        inc     bx
        mov     [part_number],bx
        call    run_part
        jmp     menu
.other:
        je      .show
        cmp     al,PARTS+1
        je      .reboot
        jmp     power_off
.show:
        jmp     show_all
.reboot:
        jmp     reboot

; AL = character. BL = the item it names, or carry.
menu_letter:
        cmp     al,'a'
        jb      .upper
        and     al,0DFh
.upper:
        mov     bl,PARTS
        cmp     al,'A'
        je      .yes
        inc     bx
        cmp     al,'R'
        je      .yes
        inc     bx
        cmp     al,'P'
        je      .yes
        sub     al,'1'
        mov     bl,al
        cmp     al,PARTS
        cmc
        ret
.yes:
        clc
        ret

menu_draw:
        mov     si,parts
        mov     di,CELL(MENU_TOP,20)
        mov     cx,0                    ; item
.next:
        push    di
        mov     ah,TEXT
        cmp     cl,[menu_row]
        jne     .plain
        mov     ah,BAR_NAME
.plain:
        push    cx
        mov     al,' '
        mov     cx,40
        push    di
        rep     stosw
        pop     di
        pop     cx
        add     di,4
        cmp     cl,PARTS
        jae     .other
        mov     al,'1'
        add     al,cl
        mov     dx,[si+PART.name]
        add     si,PART_size
        jmp     .show
.other:
        mov     bl,cl
        sub     bl,PARTS
        xor     bh,bh
        mov     al,[menu_letters+bx]
        add     bx,bx
        mov     dx,[menu_names+bx]
.show:
        push    ax
        or      ah,0Eh
        stosw
        pop     ax
        add     di,4
        push    si
        mov     si,dx
        call    print
        pop     si
        pop     di
        add     di,160
        cmp     cl,PARTS-1
        jne     .together
        add     di,160
.together:
        inc     cx
        cmp     cl,MENU_ITEMS
        jb      .next
        ret

; ---- the ways out ----------------------------------------------------------------------------------------

reboot:
        call    time_close
        xor     ax,ax
        mov     ds,ax
        mov     word [472h],1234h       ; warm start: no memory test
        mov     al,0FEh                 ; 8042: pulse the reset line
        out     64h,al
        mov     cx,1000
.wait:
        loop    .wait
        jmp     0FFFFh:0                ; a PC or XT has none

; The emulators' port first; APM for machines without it; else a person has to do it.
power_off:
        call    time_close
        mov     si,text_shutdown
        mov     dx,8900h
.next:
        lodsb
        out     dx,al
        test    al,al
        jnz     .next
        mov     ax,5301h                ; APM 1.2, section 4.6: connect, say 1.1, switch the system off
        xor     bx,bx
        int     15h
        jc      .stuck
        mov     ax,530Eh
        xor     bx,bx
        mov     cx,0101h
        int     15h
        mov     ax,5307h
        mov     bx,1
        mov     cx,3
        int     15h
.stuck:
        mov     ax,0B800h
        mov     es,ax
        mov     di,CELL(22,0)
        mov     si,text_power
        mov     ah,NOTE
        call    print
.halt:
        hlt
        jmp     .halt

parts:
        dw      title_part,name_title,TICKS(50)
        db      CPU_8086,0
        dw      colours_part,name_colours,TICKS(52)
        db      CPU_8086,0
        dw      glass_part,name_glass,TICKS(85)
        db      CPU_8086,1
        dw      planar_part,name_planar,TICKS(70)
        db      CPU_8086,1
        dw      protect_part,name_protect,TICKS(62)
        db      CPU_386,0
        dw      report_part,name_report,TICKS(45)
        db      CPU_8086,0
keyboard_entry:
        dw      keyboard_part,name_keyboard,TICKS(48)
        db      CPU_8086,0
        dw      final_part,name_final,TICKS(40)
        db      CPU_8086,0
parts_end:
PARTS           equ     (parts_end-parts)/PART_size

menu_part:
        dw      menu,name_menu,0
        db      0,0
menu_letters:
        db      "ARP"
menu_names:
        dw      name_all,name_reboot,name_power

name_title:     db      "Welcome",0
name_colours:   db      "Colours and characters",0
name_glass:     db      "256 colours: mode 13h",0
name_planar:    db      "640 x 480 in four planes",0
name_protect:   db      "Protected mode and paging",0
name_report:    db      "Processor and memory",0
name_keyboard:  db      "Keyboard",0
name_final:     db      "What you have seen",0
name_menu:      db      "Menu",0
name_all:       db      "All of it",0
name_reboot:    db      "Restart the machine",0
name_power:     db      "Power off",0

text_needs_vga: db      "This part needs a VGA, and this machine has none.",0
text_needs_386: db      "This part needs paging, which came with the 80386.",0
text_this_cpu:  db      "The processor of this machine: ",0
text_go_on:     db      ". Try -cpu 386.",0
text_menu:      db      "Choose what to see",0
text_menu_keys: db      "arrows and Enter, or the letter",0
text_shutdown:  db      "Shutdown",0
text_power:     db      "  You can switch off now.",0
