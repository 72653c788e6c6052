#!/bin/sh
# Guests that play on each sound device, with -audio wav:F. A test is tests/sound/NAME.asm, raw code for 0:7C00.
# Its first lines say
#
#   ; run: OPTIONS                   of glass86, besides the usual ones; @ is the folder that all goes to
#   ; disc: N                        NAME.cue is a CD of N audio tracks of 2 s: the test assembled with -DTRACK=1 ...,
#                                    again and again
#   ; input: FILE                    for -audio-in: the test assembled with -DINPUT, a header of 44 bytes and a part of
#                                    the sound, which is repeated until there is as much as the header says
#   ; tone: FROM TO SIDE HZ          between these seconds the left or right side plays HZ, to 0.5 %
#   ; snr: FROM TO SIDE BAND DB HZ... these tones are DB stronger than all else up to BAND Hz
#   ; silent: FROM TO                nothing but zeros there
#   ; digest: HEX                    of the whole sound: the same on every host, bit for bit
#   ; expect: TEXT                   a line that the debug port must get (all lines in order)
#
#   tests/sound/run.sh [NAME...]     all tests, or those named; files stay in $BUILD/sound
set -u
cd "$(dirname "$0")/../.." || exit 1
: "${BUILD:=build}" "${NASM:=nasm}"
GLASS86=${GLASS86:-$PWD/$BUILD/glass86}
${MAKE:-make} -s "BUILD=$BUILD" "$BUILD/wavtool" || exit 1
tool=$BUILD/wavtool
out=$BUILD/sound
mkdir -p "$out"
if ! command -v "$NASM" > /dev/null; then
    echo "ok sound # SKIP nasm is not installed"
    exit 0
fi

result() { # status, name, details
    if [ "$1" = 0 ]; then echo "ok $2"; else echo "not ok $2${3:+ - $3}"; fi
}

directive() {
    sed -n "1,24s/^; $2: *//p" "$1"
}

play() { # name, wav, options
    # shellcheck disable=SC2086
    timeout 120 "$GLASS86" -config none -display none -batch -load "$out/$1.bin@0:7c00" -entry 0:7c00 \
        -device isa-debug-exit,raw=on -debugcon "file:$out/$1.log" -audio "wav:$2" -timeout 30 $3 \
        < /dev/null > "$out/$1.out" 2> "$out/$1.err"
}

again() { # file, from byte, bytes in all
    repeat=$(($3 / ($(wc -c < "$1") - $2)))
    while [ "$repeat" -gt 0 ]; do
        tail -c +$(($2 + 1)) "$1"
        repeat=$((repeat - 1))
    done
}

plug_in() { # source, file
    "$NASM" -f bin -DINPUT -o "$out/part" "$1"
    { head -c 44 "$out/part"; again "$out/part" 44 "$(od -An -tu4 -j40 -N4 "$out/part")"; } > "$2"
}

burn() { # name, tracks
    : > "$out/$1.cue"
    for track in $(seq "$2"); do
        "$NASM" -f bin -DTRACK="$track" -Itests/sound/ -o "$out/part" "tests/sound/$1.asm"
        again "$out/part" 0 352800 > "$out/$1$track.bin"
        printf 'FILE "%s" BINARY\n  TRACK %02d AUDIO\n    INDEX 01 00:00:00\n' "$1$track.bin" "$track" >> "$out/$1.cue"
    done
}

run_one() {
    name=$1 source=tests/sound/$1.asm
    if ! "$NASM" -f bin -Itests/sound/ -o "$out/$name.bin" "$source" 2> "$out/$name.err"; then
        result 1 "$name" "nasm: $(head -1 "$out/$name.err")"
        return
    fi
    options=$(directive "$source" run | sed "s|@|$out|g")
    tracks=$(directive "$source" disc)
    [ -n "$tracks" ] && burn "$name" "$tracks"
    input=$(directive "$source" input | sed "s|@|$out|g")
    [ -n "$input" ] && plug_in "$source" "$input"
    play "$name" "$out/$name.wav" "$options"
    result $? "$name runs" "$(tail -1 "$out/$name.err")"
    directive "$source" expect > "$out/$name.want"
    if [ -s "$out/$name.want" ]; then
        cmp -s "$out/$name.want" "$out/$name.log"
        result $? "$name tells what it found" "$(tr '\n' '|' < "$out/$name.log")"
    fi
    directive "$source" tone | while read -r from to side hz; do
        said=$("$tool" tone "$out/$name.wav" "$from" "$to" "$side" "$hz" 2>&1)
        result $? "$name plays $hz Hz at $from s, $side" "$said"
    done
    directive "$source" snr | while read -r from to side band db tones; do
        # shellcheck disable=SC2086
        said=$("$tool" snr "$out/$name.wav" "$from" "$to" "$side" "$band" "$db" $tones 2>&1)
        result $? "$name is clear of noise at $from s, $side" "$said"
    done
    directive "$source" silent | while read -r from to; do
        said=$("$tool" silent "$out/$name.wav" "$from" "$to" 2>&1)
        result $? "$name is silent at $from s" "$said"
    done
    wanted=$(directive "$source" digest)
    got=$("$tool" digest "$out/$name.wav" 2>&1)
    [ "$got" = "$wanted" ]
    result $? "$name is bit for bit what it was" "digest $got, not $wanted"
}

[ $# -gt 0 ] || set -- $(cd tests/sound && ls ./*.asm | sed 's/^..//; s/\.asm$//')
for name; do run_one "$name"; done

# Another address and another interrupt by option: found there, it plays the same.
if [ -f "$out/sb8.bin" ]; then
    "$NASM" -f bin -DBASE=260h -Itests/sound/ -o "$out/sb260.bin" tests/sound/sb8.asm
    play sb260 "$out/sb260.wav" "-cpu 486 -ips 10M -device sb2,iobase=0x260,irq=5"
    [ "$("$tool" digest "$out/sb260.wav")" = "$(directive tests/sound/sb8.asm digest)" ] &&
        grep -q '^version 0201, irq 05' "$out/sb260.log"
    result $? "a Sound Blaster with other settings" "$(cat "$out/sb260.log")"
fi

# What was played on the MIDI port: program 19, a note of half a second.
if [ -f "$out/mpu401.mid" ]; then
    got=$(od -An -tx1 -v "$out/mpu401.mid" | tr -d ' \n')
    wanted=4d546864000000060000000101f44d54726b0000001000c013
    case $got in "${wanted}00903c648374803c0000ff2f00") s=0 ;; *) s=1 ;; esac
    result $s "mpu401 writes a MIDI file" "$got"
fi

# The drive is at the Sound Blaster's CD input: there its left is switched off, by the switches of the 16's mixer.
if [ -f "$out/cdaudio.cue" ]; then
    "$NASM" -f bin -DMIXER -Itests/sound/ -o "$out/cdmixer.bin" tests/sound/cdaudio.asm
    play cdmixer "$out/cdmixer.wav" "-cpu 486 -ips 10M -device sb16 -cdrom $out/cdaudio.cue"
    said=$("$tool" tone "$out/cdmixer.wav" 0.63 0.79 right 1260 2>&1)
    result $? "a CD plays through a Sound Blaster" "$said"
    "$tool" silent "$out/cdmixer.wav" 0.1 0.4 > /dev/null 2>&1
    result $? "... whose mixer switches it off" "$("$tool" info "$out/cdmixer.wav")"
fi

# FluidSynth plays the same note into the machine's sound: in time, the same however it is run, and the guest knows
# nothing of it. Without FluidSynth, a sound font or ALSA one line says so.
if [ -f "$out/mpu401.bin" ]; then
    export ASAN_OPTIONS="detect_leaks=0${ASAN_OPTIONS:+:$ASAN_OPTIONS}" # what its libraries do when they are loaded
    play mpu401 "$out/fluid.wav" "-cpu 486 -ips 10M -device sb16 -midi fluidsynth -hash"
    s=$?
    cp "$out/mpu401.out" "$out/fluid.hash"
    if [ $s = 66 ]; then
        [ "$(wc -l < "$out/mpu401.err")" = 1 ] && grep -q 'FluidSynth\|no sound font' "$out/mpu401.err"
        result $? "without FluidSynth a line says so" "$(cat "$out/mpu401.err")"
        echo "ok fluidsynth # SKIP $(cat "$out/mpu401.err")"
    else
        "$tool" spectrum "$out/fluid.wav" 0.2 0.25 left | head -1 | grep -q '^ *52[345]\.'
        result $? "FluidSynth plays the note" "$("$tool" info "$out/fluid.wav")"
        play mpu401 "$out/again.wav" "-cpu 486 -ips 10M -device sb16 -midi fluidsynth -hash -core slow -savevm-at 2M,$out/x"
        cmp -s "$out/fluid.wav" "$out/again.wav"
        result $? "... the same on the slow core and in pieces"
        play mpu401 "$out/again.wav" "-cpu 486 -ips 10M -device sb16 -hash"
        cmp -s "$out/fluid.hash" "$out/mpu401.out"
        result $? "... and the guest is the same without it" "$(cat "$out/fluid.hash" "$out/mpu401.out")"
    fi
    play mpu401 "$out/again.wav" "-device sb16 -midi alsa:no-such-port"
    [ $? = 66 ] && [ "$(wc -l < "$out/mpu401.err")" = 1 ] && grep -q 'no ALSA' "$out/mpu401.err"
    result $? "a MIDI port that is not there is one line" "$(cat "$out/mpu401.err")"
    play mpu401 "$out/again.wav" "-device sb16 -midi fluidsynth:/nowhere.sf2"
    [ $? = 66 ] && [ "$(wc -l < "$out/mpu401.err")" = 1 ]
    result $? "a sound font that is not there, too" "$(cat "$out/mpu401.err")"
fi

# Joystick input is in the run log, and a replay takes it from there.
if [ -f "$out/joystick.bin" ]; then
    options=$(directive tests/sound/joystick.asm run)
    play joystick "$out/again.wav" "$options -record $out/joystick.run -hash"
    grep -q ' joystick 0 128 128 128 0 12' "$out/joystick.run"
    result $? "the run log has the joystick"
    cp "$out/joystick.out" "$out/recorded"
    play joystick "$out/again.wav" "-cpu 486 -ips 10M -joystick keys -replay $out/joystick.run -hash"
    result $? "a replay moves the joystick" "$(cat "$out/joystick.err")"
    cmp -s "$out/recorded" "$out/joystick.out"
    result $? "... with the same end" "$(cat "$out/recorded" "$out/joystick.out")"
fi

# An instruction of an 8086 takes as long as three cycles of the timer, and it speaks as clearly.
if [ -f "$out/pwm.bin" ]; then
    play pwm "$out/slow.wav" "-cpu 8086"
    said=$("$tool" snr "$out/slow.wav" 0.1 0.2 left 4000 25 503.88 1511.63 2519.38)
    result $? "pulses on an 8086" "$said"
fi

# The file does not hang on how the run was made: another core, a halt in the middle of it.
if [ -f "$out/speaker.bin" ]; then
    options=$(directive tests/sound/speaker.asm run)
    play speaker "$out/again.wav" "$options -core slow -savevm-at 3M,$out/speaker.state"
    cmp -s "$out/speaker.wav" "$out/again.wav"
    result $? "the slow core plays the same file"
    # killed in the middle, the file is whole as far as it goes
    "$GLASS86" -config none -display none -batch -load "$out/speaker.bin@0:7c00" -audio "wav:$out/killed.wav" \
        $options -speed 100% > /dev/null 2>&1 < /dev/null &
    pid=$!
    for i in $(seq 120); do # a busy host may need long for the first second
        sleep 0.5
        [ "$(wc -c < "$out/killed.wav" 2> /dev/null || echo 0)" -gt 300000 ] && break
    done
    kill -9 $pid 2> /dev/null
    wait $pid 2> /dev/null
    size=$(wc -c < "$out/killed.wav")
    told=$(($(od -An -tu4 -j40 -N4 "$out/killed.wav") + 44))
    [ "$told" -gt 44 ] && [ "$told" -le "$size" ] && [ $(((told - 44) % 4)) = 0 ]
    result $? "a killed run leaves a good header" "$told of $size bytes"
    "$GLASS86" -config none -display none -load "$out/speaker.bin@0:7c00" -audio wav:/nowhere/x.wav > "$out/err" 2>&1
    [ $? = 66 ] && [ "$(wc -l < "$out/err")" = 1 ] && grep -q /nowhere/x.wav "$out/err"
    result $? "a file that cannot be written is one clear line"
    if [ -e /dev/full ]; then
        play speaker /dev/full "$options"
        [ $? = 70 ] && grep -q 'written to its end' "$out/speaker.err"
        result $? "a full disk is said and remembered" "$(cat "$out/speaker.err")"
    fi
    if "$GLASS86" -help | grep -q 'wav:F|sdl' && ldd "$GLASS86" 2> /dev/null | grep -q SDL; then
        SDL_AUDIODRIVER=dummy "$GLASS86" -config none -display none -batch -load "$out/speaker.bin@0:7c00" $options \
            -device isa-debug-exit,raw=on -audio sdl,latency=30 -speed 100% -hash > "$out/sdl" 2>&1 < /dev/null
        result $? "a sound device plays" "$(cat "$out/sdl")"
        SDL_AUDIODRIVER=none-such "$GLASS86" -config none -display none -batch -load "$out/speaker.bin@0:7c00" $options \
            -device isa-debug-exit,raw=on -audio sdl -hash > "$out/no-sdl" 2> "$out/err" < /dev/null
        result $? "without a sound device the run goes on"
        [ "$(wc -l < "$out/err")" = 1 ] && grep -q 'no sound' "$out/err"
        result $? "... and one line says so" "$(cat "$out/err")"
        cmp -s "$out/sdl" "$out/no-sdl"
        result $? "sound changes nothing in the guest" "$(cat "$out/sdl" "$out/no-sdl")"
    fi
fi
exit 0
