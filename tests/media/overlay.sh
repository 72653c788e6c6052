# Overlay files: -overlay, -commit-overlay, -rebase-overlay. Sourced by run.sh.
tool=$root/$BUILD/imgtool
if [ -x "$tool" ]; then
    truncate -s 10000384 ob.raw # not a whole number of blocks
    "$tool" scribble ob.raw ob.raw 21 60
    cp ob.raw ob.copy
    cp ob.raw ref.raw
    ov() { "$tool" scribble ob.raw,overlay=o.ovl ref.raw "$1" "$2" && same ob.raw,overlay=o.ovl ref.raw; }
    ok "an overlay shows what was written" ov 1 500
    ok "and goes on where it was" ov 2 500
    ok "the image is untouched" cmp ob.raw ob.copy
    ok "an overlay is refused on another image" sh -c "! '$tool' info base.raw,overlay=o.ovl 2> err && grep 'was made on another image' err"
    cp o.ovl o2.ovl
    run -commit-overlay o.ovl ob.raw
    ok "commit writes it into the image" cmp ob.raw ref.raw
    ok "and leaves it empty" [ "$(wc -c < o.ovl)" = 4096 ]
    ok "it goes on after a commit" ov 3 100
    cp ob.copy ob.raw
    cp ob.copy other.raw
    "$tool" scribble other.raw other.raw 31 40
    ok "the overlay before the commit shows the same on the old image" sh -c "'$tool' read ob.raw,overlay=o2.ovl x.raw"
    run -rebase-overlay o2.ovl ob.raw other.raw
    ok "rebase keeps what is seen" sh -c "'$tool' read other.raw,overlay=o2.ovl y.raw && cmp x.raw y.raw"
    run -commit-overlay o2.ovl
    ok "a commit without an image says what is missing" grep -q 'name the image' err
    truncate -s 64K tiny.raw
    "$glass86" -config none -display none -timeout 0.01 -hda tiny.raw,overlay=tiny.ovl > /dev/null 2>&1
    run -commit-overlay tiny.ovl tiny.raw
    ok "a disk that might be a floppy is the overlay's" grep -q 'the overlay is empty' out
    cp ob.copy kb.raw
    rm -f k.ovl
    for pause in 0.05 0.1 0.3 0.6; do
        "$tool" stamp kb.raw,overlay=k.ovl 5 > stamps &
        pid=$!
        sleep $pause
        kill -9 $pid
        wait $pid 2> /dev/null
        ok "nothing is lost when killed after $pause s" "$tool" verify kb.raw,overlay=k.ovl stamps
    done
    cp k.ovl k2.ovl
    "$glass86" -config none -commit-overlay k.ovl kb.raw > out 2> err &
    pid=$!
    sleep 0.01
    kill -9 $pid 2> /dev/null
    wait $pid 2> /dev/null
    run -commit-overlay k.ovl kb.raw
    ok "a commit that was killed can be finished" "$tool" verify kb.raw stamps
    # A commit meets a full disk half-way, is finished later; so is a rebase.
    cp ob.copy fb.raw
    cp ob.copy ref2.raw
    "$tool" scribble fb.raw,overlay=f.ovl ref2.raw 5 500
    (ulimit -f 1000; run -commit-overlay f.ovl fb.raw)
    ok "a commit to a full disk says what to do" grep -q '^glass86: fb.raw: cannot be written: .*; mend that and repeat the command$' err
    "$tool" info fb.raw,overlay=f.ovl > /dev/null 2> err
    ok "until then the image is not used" grep -q 'was interrupted; finish it: glass86 -commit-overlay f.ovl fb.raw' err
    run -commit-overlay f.ovl fb.raw
    ok "the commit is finished" cmp fb.raw ref2.raw
    "$tool" scribble fb.raw,overlay=f.ovl ref2.raw 6 20
    (ulimit -f 200; run -rebase-overlay f.ovl fb.raw ob.copy)
    ok "a rebase on a full disk says what to do" grep -q '^glass86: f.ovl: cannot be written: .*; mend that and repeat the command$' err
    ok "the overlay is still the old image's" same fb.raw,overlay=f.ovl ref2.raw
    run -rebase-overlay f.ovl fb.raw ob.copy
    ok "the rebase is finished" same ob.copy,overlay=f.ovl ref2.raw
    truncate -s 1M small.ovl.raw
    printf '# Disk DescriptorFile\nRW 2048 ZERO\n' > o.vmdk
    # message, command and its words
    while IFS='|' read -r want words; do
        # shellcheck disable=SC2086
        run $words
        ok "$words: $want" sh -c '[ "$0" = 66 ] && [ "$(wc -l < err)" = 1 ] && grep -qF -e "$1" err' $? "$want"
    done << 'END'
none.ovl: there is no such overlay; check the name|-commit-overlay none.ovl ob.raw
ob.copy: is no overlay of glass86|-commit-overlay ob.copy ob.raw
was made on another image|-commit-overlay f.ovl kb.raw
small.ovl.raw: has another size than ob.copy|-rebase-overlay f.ovl ob.copy small.ovl.raw
o.vmdk: cannot be written, so nothing was changed|-commit-overlay f.ovl o.vmdk
END
    for i in 1 2 3 4 5 6 7 8; do # cut off anywhere: whole blocks or nothing
        cp k2.ovl cut.ovl
        truncate -s $((4096 + i * 77777)) cut.ovl
        "$tool" info ob.copy,overlay=cut.ovl > /dev/null 2> err || break
    done
    ok "overlays that were cut off open" [ $i = 8 ]
    pid=$!
    "$tool" read kb.raw x.raw
    kill -9 $pid
    wait $pid 2> /dev/null
    cp k2.ovl fz.ovl
    ok "damaged overlays" "$tool" fuzz fz.ovl 3 "${FUZZ:-150}"
    if [ -f cd/hard.img ]; then
        run -hda cd/hard.img -hdb ob.raw -overlay m.ovl -timeout 2
        ok "-overlay gives every disk a file" [ -f m.ovl -a -f m.ovl.hdb ]
    fi
fi
