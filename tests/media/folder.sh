# A folder as a disk, fat:DIR, against programs of others: fsck.fat and mtools read the disk that it makes; mtools changes the
# disk like a guest, and the folder has to follow. tests/unit/test_folder.c does it thousands of times. Sourced by run.sh.
if [ -x "$tool" ] && have mcopy && have fsck.fat; then
    export MTOOLS_SKIP_CHECK=1 LC_ALL=C.UTF-8
    mkdir -p fd/sub/deep "fd/A folder with a long name" fd/empty
    echo hello > fd/readme.txt
    echo "x" > fd/MixedCase.Text
    head -c 200000 /dev/urandom > fd/sub/big.bin
    : > fd/nothing
    echo map > fd/Logo.Tmx
    printf 'umlaut' > "fd/sub/Gr$(printf '\303\266\303\237e').txt"
    for i in 1 2 3 4 5 6 7 8 9 10 11 12; do echo $i > "fd/A folder with a long name/Long name number $i.dat"; done

    # the volume alone, as other programs see it: same tree, no complaints
    volume() { # fat spec, bytes before it
        "$tool" read "$1" vol.img && dd if=vol.img of=part.img bs=512 skip=$(($2 / 512)) conv=sparse status=none &&
            fsck.fat -n part.img && rm -rf tree && mkdir tree && mcopy -i part.img -s -n -m ::/* tree && diff -r fd tree
    }
    ok "a folder as FAT16" volume fat:fd 32256
    ok "a folder as FAT12" volume fat:12:fd 32256
    ok "a folder as FAT32" volume fat:32:fd 32256
    ok "a folder as a floppy" volume fat:floppy:fd 0
    ok "8.3 apart from its case: DOS finds that name" grep -aq 'LOGO    TMX' vol.img
    ok "and the host its own" grep -q map tree/Logo.Tmx

    # mtools is the guest; each command works on a copy of the disk, whose changes are written back
    guest() { # command and its words; @ is the image
        "$tool" read fat:12:fd vol.img || return 1
        mcmd=$1
        shift
        "$mcmd" -i vol.img@@32256 "$@" || return 1
        "$tool" update fat:12:fd vol.img && volume fat:12:fd 32256
    }
    head -c 70000 /dev/urandom > new.bin
    ok "a new file" guest mcopy new.bin ::/NEW.BIN
    ok "is in the folder" cmp new.bin fd/NEW.BIN
    ok "a new file with a long name" guest mcopy new.bin "::/sub/deep/A new file, with a long name"
    ok "has that name" cmp new.bin "fd/sub/deep/A new file, with a long name"
    echo new text > readme.new
    ok "a file is written anew" guest mcopy -o readme.new ::/readme.txt
    ok "under its old name" cmp readme.new fd/readme.txt
    ok "a file is renamed" guest mren ::/NEW.BIN "::/renamed to something long.bin"
    ok "on the host as well" cmp new.bin "fd/renamed to something long.bin"
    ok "a folder is made" guest mmd ::/sub/made
    ok "a file is moved" guest mmove "::/renamed to something long.bin" ::/sub/made
    ok "to its new place" cmp new.bin "fd/sub/made/renamed to something long.bin"
    ok "a folder is moved" guest mmove ::/sub/made ::/empty
    ok "with what it holds" cmp new.bin "fd/empty/made/renamed to something long.bin"
    ok "a file is deleted" guest mdel ::/sub/big.bin
    ok "it is gone" [ ! -e fd/sub/big.bin ]
    ok "a tree is deleted" guest mdeltree "::/A folder with a long name"
    ok "and gone" [ ! -e "fd/A folder with a long name" ]
    hidden() { # file: is it hidden and a system file when the folder is opened anew?
        "$tool" read fat:12:fd vol.img && mattrib -i vol.img@@32256 "$1" > out && grep -q "SH" out
    }
    if have setfattr && setfattr -n user.glass -v x fd/readme.txt 2> /dev/null; then
        ok "a file becomes hidden" guest mattrib +h +s ::/readme.txt
        ok "and still is when the folder is opened again" hidden ::/readme.txt
        ok "and is no more" guest mattrib -h -s ::/readme.txt
        ok "after that" sh -c "! getfattr -n user.DOSATTRIB fd/readme.txt"
        ok "a folder becomes hidden" guest mattrib +h +s ::/sub
        ok "and still is when it is opened again" hidden ::/sub
        ok "and keeps it under another name" guest mren ::/sub ::/other
        ok "there" hidden ::/other
        ok "and is no more" guest mattrib -h -s ::/other
        ok "with nothing left of it on the host" sh -c '[ -z "$(getfattr -R -d -m DOSATTRIB fd)" ]'
        ok "the folder has its old name again" guest mren ::/other ::/sub
    else
        echo "ok hidden files # SKIP setfattr is not installed, or the file system has no extended attributes"
    fi
    ok "a file becomes read-only" guest mattrib +r ::/readme.txt
    ok "on the host" [ "$(stat -c %A fd/readme.txt | cut -c3)" = - ]
    ok "nothing of ours is left behind" sh -c '! find fd -name ".glass86*" | grep .'

    # what the host has and DOS cannot hold
    ln -s /etc/hostname fd/link
    mkfifo fd/pipe
    : > fd/con.txt
    "$tool" info fat:fd > out 2> err
    ok "links, pipes and names of devices are left out, with a word" grep -q "3 names are left out" err
    ok "and stay" sh -c '[ -L fd/link ] && [ -p fd/pipe ] && [ -e fd/con.txt ]'
    rm fd/link fd/pipe fd/con.txt
    refused() { ! "$tool" info "$1" > out 2> err && grep -q "$2" err; } # spec, reason
    mkdir big
    truncate -s 1500M big/one big/two
    ok "more than FAT16 can hold is refused" refused fat:16:big "holds 307[0-9]* KiB, more than FAT16 does"
    ok "more than a floppy can hold is refused" refused fat:floppy:big "holds 307[0-9]* KiB, more than a floppy does"
    truncate -s 5G big/one
    : > 'big/a:b'
    "$tool" info fat:big > out 2> err
    ok "a file of over 4 GiB and a forbidden character are left out, with a word" grep -q "2 names are left out" err
    rm -r big
    chmod u-w fd
    if [ ! -w fd ]; then
        "$tool" info fat:fd > out 2> err
        ok "a folder that may not be written is a write-protected disk" grep -q ' ro$' out
    fi
    chmod u+w fd

    # in a machine: our BIOS finds the disk, and starts it as far as that goes
    run -hda fat:fd -expect 'start DOS from another disk' -timeout 20
    ok "the disk is there for the BIOS" [ $? = 0 ]
    run -fda fat:fd -timeout 1
    ok "as a floppy as well" [ $? = 124 ]
    run -hda fat:fd/none -timeout 1
    ok "a folder that is not there" sh -c '[ '$?' = 66 ] && grep "name a folder" err'
    ok "-snapshot leaves the folder alone" sh -c "cp -a fd before && '$tool' read fat:fd,snapshot vol.img && diff -r fd before"
else
    echo "ok a folder as a disk # SKIP mtools or dosfstools are not installed"
fi
