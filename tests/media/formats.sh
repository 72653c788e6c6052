# Image formats against qemu-img, both ways. Sourced by run.sh.
${MAKE:-make} -s -C "$root" "BUILD=$BUILD" "$BUILD/imgtool" || exit 1
tool=$root/$BUILD/imgtool
same() { "$tool" read "$1" ours.raw && cmp ours.raw "$2"; }
ours_to_qemu() { # format options: our writes, read by qemu-img
    "$tool" scribble "$1" "$2" 7 400 && qemu-img convert -f "$3" -O raw "$1" theirs.raw &&
        cmp -n "$(wc -c < "$2")" theirs.raw "$2"
}

if have qemu-img; then
    # 40 MiB with holes, and numbers in between
    awk 'BEGIN {for (i = 0; i < 1200000; i++) printf "%07d\n", i * 7}' > base.raw
    truncate -s 20000256 base.raw
    awk 'BEGIN {for (i = 0; i < 300000; i++) printf "%07d\n", i}' >> base.raw
    truncate -s 41943040 base.raw
    for spec in \
        "qcow2 qcow2 q3.qcow2 compat=1.1" \
        "qcow2 qcow2 q2.qcow2 compat=0.10" \
        "qcow2 qcow2 q512.qcow2 cluster_size=512" \
        "qcow2 qcow2 qrefs.qcow2 refcount_bits=1" \
        "qcow2 qcow2 qrefs64.qcow2 refcount_bits=64,cluster_size=4096" \
        "vpc vhd dyn.vhd subformat=dynamic,force_size" \
        "vpc vhd fixed.vhd subformat=fixed,force_size"; do
        set -- $spec
        if ! qemu-img convert -f raw -O "$1" -o "$4" base.raw "$3" 2> log; then
            echo "ok $2 $4 # SKIP this qemu-img cannot make it"
            continue
        fi
        ok "$2 ($4) made by qemu-img reads the same" same "$3" base.raw
        cp base.raw ref.raw
        ok "$2 ($4) written here reads the same in qemu-img" ours_to_qemu "$3" ref.raw "$1"
        ok "$2 ($4) reads the same here afterwards" same "$3" ref.raw
        [ "$2" = qcow2 ] && ok "$2 ($4) passes qemu-img check" qemu-img check -q "$3"
    done
    for spec in "vdi vdi a.vdi -" "vdi vdi b.vdi static=on" "vmdk vmdk a.vmdk -" \
        "vmdk vmdk b.vmdk subformat=streamOptimized" "vmdk vmdk c.vmdk subformat=monolithicFlat" \
        "vmdk vmdk d.vmdk subformat=twoGbMaxExtentSparse" "qcow2 qcow2 z.qcow2 -c"; do
        set -- $spec
        case $4 in -) o= ;; -c) o=-c ;; *) o="-o $4" ;; esac
        # shellcheck disable=SC2086
        qemu-img convert $o -f raw -O "$1" base.raw "$3" 2> log || { echo "ok $2 $4 # SKIP this qemu-img cannot make it"; continue; }
        ok "$2 ($4) made by qemu-img reads the same" same "$3" base.raw
    done
    cp base.raw ref.raw
    ok "compressed clusters can be written over" ours_to_qemu z.qcow2 ref.raw qcow2
    ok "and pass qemu-img check" qemu-img check -q z.qcow2
    if qemu-img convert -c -o compression_type=zstd -f raw -O qcow2 base.raw zs.qcow2 2> log; then
        "$tool" info zs.qcow2 > log 2> err
        if grep -q 'built without' err; then echo "ok qcow2 by zstd # SKIP this build has no zstd"
        else
            ok "qcow2 (-c, zstd) made by qemu-img reads the same" same zs.qcow2 base.raw
            cp base.raw ref.raw
            ok "clusters compressed by zstd can be written over" ours_to_qemu zs.qcow2 ref.raw qcow2
            ok "and pass qemu-img check" qemu-img check -q zs.qcow2
        fi
    fi
    ok "VDI is write-protected" sh -c "'$tool' info a.vdi | grep ' ro$'"

    for f in vhdx parallels qed; do
        qemu-img convert -f raw -O $f base.raw other.$f 2> log || { echo "ok $f # SKIP this qemu-img cannot make it"; continue; }
        "$tool" info other.$f > log 2> err
        ok "$f is no plain image, and how it becomes one is said" grep -q 'convert it: qemu-img convert' err
    done

    # images on images
    qemu-img create -q -f qcow2 -b base.raw -F raw child.qcow2
    cp base.raw ref.raw
    ok "a qcow2 with a backing file reads the same" same child.qcow2 base.raw
    ok "and is written to, not its backing file" ours_to_qemu child.qcow2 ref.raw qcow2
    ok "and passes qemu-img check" qemu-img check -q child.qcow2
    qemu-img create -q -f qcow2 snap.qcow2 41943040
    "$tool" scribble snap.qcow2 ref.raw 3 50
    qemu-img convert -f qcow2 -O raw snap.qcow2 then.raw
    qemu-img snapshot -c then snap.qcow2
    cp then.raw ref.raw
    ok "a qcow2 with an internal snapshot can be written" ours_to_qemu snap.qcow2 ref.raw qcow2
    ok "and passes qemu-img check" qemu-img check -q snap.qcow2
    qemu-img snapshot -a then snap.qcow2
    ok "and the snapshot is untouched" same snap.qcow2 then.raw
    qemu-img create -q -f qcow2 loop.qcow2 1M
    qemu-img rebase -u -f qcow2 -F qcow2 -b loop.qcow2 loop.qcow2
    ok "an image that builds on itself is refused" sh -c "! '$tool' info loop.qcow2 2> err && grep 'builds on itself' err"
    qemu-img create -q -f qcow2 -o cluster_size=512 grow.qcow2 100M
    rm -f ref.raw
    truncate -s 104857600 ref.raw
    ok "the refcount table grows" ours_to_qemu grow.qcow2 ref.raw qcow2
    ok "and passes qemu-img check" qemu-img check -q grow.qcow2

    # differencing VHDs, by a reader of our own that shares nothing with the code under test
    if have python3; then
        truncate -s 4194304 vb.raw
        "$tool" scribble vb.raw vb.raw 5 60
        qemu-img convert -f raw -O vpc -o subformat=dynamic,force_size vb.raw vparent.vhd
        cp vparent.vhd vparent.copy
        cp vb.raw ref.raw
        vhd() { python3 "$root/tests/media/vhd.py" "$@"; }
        vhd child vparent.vhd vchild.vhd
        ok "a differencing VHD shows its parent" same vchild.vhd vb.raw
        ok "and is written to" sh -c "'$tool' scribble vchild.vhd ref.raw 9 200 && '$tool' read vchild.vhd ours.raw && cmp ours.raw ref.raw"
        vhd read vchild.vhd theirs.raw
        ok "as the specification has it" cmp theirs.raw ref.raw
        ok "not its parent" cmp vparent.vhd vparent.copy
        vhd child vchild.vhd vgrand.vhd
        "$tool" scribble vgrand.vhd ref.raw 10 100
        vhd read vgrand.vhd theirs.raw
        ok "a child of a child likewise" sh -c "cmp theirs.raw ref.raw && '$tool' read vgrand.vhd ours.raw && cmp ours.raw ref.raw"
        qemu-img convert -f raw -O vpc -o subformat=dynamic,force_size vb.raw vparent.vhd
        "$tool" info vchild.vhd > log 2> err
        ok "a parent that is another one is refused" grep -q 'is another one' err
    fi

    # killed while it writes
    for f in qcow2 vpc; do
        rm -f kill.img
        qemu-img create -q -f $f kill.img 20M
        for pause in 0.05 0.2 0.4; do
            "$tool" stamp kill.img 5 > stamps &
            pid=$!
            sleep $pause
            kill -9 $pid
            wait $pid 2> /dev/null
            ok "$f: nothing is lost when killed after $pause s" "$tool" verify kill.img stamps
        done
        [ $f = qcow2 ] && ok "qcow2: killed images have leaks at worst" sh -c 'qemu-img check -q kill.img; s=$?; [ $s = 0 ] || [ $s = 3 ]'
    done

    # damaged: small images, so that tables are a large part of them
    truncate -s 2097152 small.raw
    "$tool" scribble small.raw small.raw 3 9
    n=${FUZZ:-150}
    qemu-img convert -f raw -O qcow2 -o cluster_size=4096 small.raw f.qcow2
    qemu-img convert -c -f raw -O qcow2 small.raw fz.qcow2
    qemu-img convert -c -o compression_type=zstd -f raw -O qcow2 small.raw fy.qcow2 2> log || cp fz.qcow2 fy.qcow2
    qemu-img convert -f raw -O vpc -o force_size small.raw f.vhd
    qemu-img convert -f raw -O vdi small.raw f.vdi
    qemu-img convert -f raw -O vmdk small.raw f.vmdk
    qemu-img convert -f raw -O vmdk -o subformat=streamOptimized small.raw fs.vmdk
    for f in f.qcow2 fz.qcow2 fy.qcow2 f.vhd f.vdi f.vmdk fs.vmdk; do
        ok "$n damaged copies of $f" "$tool" fuzz $f 11 "$n"
    done
else
    echo "ok image formats # SKIP qemu-img is not installed"
fi
if [ -f plain.iso ]; then
    printf 'FILE "plain.iso" BINARY\n  TRACK 01 MODE1/2048\n    INDEX 01 00:00:00\n' > fuzz.cue
    ok "damaged cue sheets" "$tool" fuzz fuzz.cue 5 500
    ok "a CD reads the same" sh -c "'$tool' read plain.iso ours.raw && cmp ours.raw plain.iso"
fi

# Files that images name: those beside the image, no others.
mkdir -p refs/in/deep
head -c 40960 /dev/zero > refs/in/t.bin
cp refs/in/t.bin refs/in/deep/t.bin
cp refs/in/t.bin refs/out.bin
ln -sf ../out.bin refs/in/link.bin
refs() { # name in the cue sheet
    printf 'FILE "%s" BINARY\n  TRACK 01 MODE1/2048\n    INDEX 01 00:00:00\n' "$1" > refs/in/x.cue
    "$tool" info "refs/in/x.cue${2:-}" > /dev/null 2> err
}
for file in t.bin deep/t.bin ./t.bin deep/../t.bin "$PWD/refs/in/t.bin"; do
    ok "an image names a file of its folder, $(basename "$file")" refs "$file"
done
for file in ../out.bin "$PWD/refs/out.bin" link.bin deep/../../out.bin; do
    refs "$file"
    ok "and none outside, by $(basename "$file")" grep -q 'outside its folder; add ,refs=any' err
    ok "unless that is meant" refs "$file" ,refs=any
done
if have qemu-img; then
    qemu-img create -q -f raw refs/base.raw 1M
    (cd refs/in && qemu-img create -q -f qcow2 -b ../base.raw -F raw child.qcow2)
    "$tool" info refs/in/child.qcow2 > /dev/null 2> err
    ok "a backing file is none outside" grep -q 'outside its folder' err
    ok "unless that is meant, either" "$tool" info refs/in/child.qcow2,refs=any
    printf '# Disk DescriptorFile\nversion=1\nCID=fffffffe\nparentCID=ffffffff\ncreateType="monolithicFlat"\nRW 2048 FLAT "../base.raw" 0\n' > refs/in/x.vmdk
    "$tool" info refs/in/x.vmdk > /dev/null 2> err
    ok "a VMDK extent likewise" grep -q 'outside its folder' err
fi
