# Saved states, run logs and media that change, as the command line and the debugger have them: what is refused, and what is
# said when something was not done. Read by run.sh.

code type fb f4 eb fd

bad "record and replay" 64 "-record and -replay exclude each other" -display none -record a -replay b
bad "no run log" 66 "none.log" -display none -replay none.log
bad "a run log nowhere" 66 "-record: cannot write /nowhere/x.log" -display none -record /nowhere/x.log
bad "no state" 66 "-loadvm: none.state: cannot read the state" -display none -loadvm none.state
bad "a text as a state" 66 "-loadvm: text.wav: this is no saved state" -display none -loadvm text.wav
bad "a text as a run log" 66 "text.wav:1: this is no run log" -display none -replay text.wav

# States are saved in order, those of the past and of the future are not.
raw spin -m 1 -max-insns 5000 -savevm-at 4000,s4 -savevm-at 2000,s2 -savevm-at 3000,s3
ok "states in order of time" [ -f s2 ] && [ -f s3 ] && [ -f s4 ]
rm -f s2 s4
raw spin -m 1 -loadvm s3 -max-insns 5000 -savevm-at 2000,s2 -savevm-at 4000,s4 -hash
ok "none before a state that was loaded" [ ! -e s2 ] && [ -f s4 ]
cp out after
raw spin -m 1 -loadvm s4 -max-insns 5000 -hash
ok "the run from a state of it is the same" cmp -s out after
raw spin -m 1 -max-insns 5000 -savevm-at 9000,s9
ok "a state after the end" grep -qxF 'glass86: -savevm-at: the run ended before instruction 9000; s9 was not written' err
raw off -savevm-at 1,/nowhere/s
ok "a state nowhere" gives 70 "-savevm-at: /nowhere/s: cannot write the state"
raw spin -m 2 -loadvm s3 -max-insns 5000
ok "a state of another machine" gives 66 "memory=1048576, this machine has memory=2097152"

# What was to be typed before the state was saved is not typed again.
raw type -m 1 -ips 1M -timeout 1 -savevm-at 500000,half
raw type -m 1 -ips 1M -timeout 1 -loadvm half -type-at 0.2,a -type-at 0.7,b -record typed.log
ok "texts after a state" sh -c 'grep -q " key b down" typed.log && ! grep -q " key a down" typed.log'

# A log of another machine, one that diverges at its end, one on a full disk.
raw spin -m 1 -max-insns 5000 -record spin.log
raw spin -m 2 -max-insns 5000 -replay spin.log
ok "a replay on another machine" gives 66 "the run was recorded with memory=1048576, this machine has memory=2097152"
raw spin -m 1 -replay spin.log -hda zero.img
ok "a replay with another medium" gives 66 "recorded with nothing in drive -hda; this machine has zero.img"
raw dead -m 1 -replay spin.log
ok "a replay of another program" sh -c '[ "$0" = 94 ] && grep -q "the run diverged" err' "$status"
if [ -e /dev/full ]; then
    raw off -record /dev/full
    ok "a run log on a full disk" gives 70 "record: /dev/full could not be written to its end"
fi

# Media: message, and the command.
while IFS='|' read -r want command; do
    run -display none -batch -fda zero.img -ex "$command"
    ok "$command" sh -c 'grep -qF -e "$0" err' "$want"
done << 'END'
hdx: no such drive; there are fda, fdb, hda to hdd and cdrom|change hdx zero.img
cdrom: this machine has no CD-ROM drive; start it with -cdrom|change cdrom zero.img
unknown disk option 'rw'|change fdb zero.img,rw
missing.img|change fdb missing.img
END
long=$(awk 'BEGIN {for (i = 0; i < 5000; i++) printf "n"}')
bad "a name without end" 64 "name of a disk image is too long; use a shorter path" -display none -fda "$long"
zeros disk.img 20480
run -display none -batch -hda disk.img -ex 'change hda zero.img'
ok "a hard disk stays" sh -c 'grep -q "hda" err && [ "$0" = 64 ]' "$status"
zeros iso0.img 4
for n in 1 2 3 4; do zeros d$n.img 20480; done
bad "four disks and a CD" 64 "no free IDE drive for iso0.img" -display none -hda d1.img -hdb d2.img -hdc d3.img -hdd d4.img -cdrom iso0.img
rm -f d?.img disk.img
