"""Makes the seeds of the corpora: what a fuzzer would need long to find by itself.

    python3 tests/fuzz/seeds [DIR]      tests/fuzz/corpus by default

Programs are assembled by nasm, images made with qemu-img (or left as they are without it), everything
else here. Files that `make fuzz` found lie beside them under other names and are left alone."""
import bios
import debugger
import devices
import disks
import files
import processor
import text

text.texts()
debugger.debugger()
files.goldens()
files.kernels()
files.waves()
devices.devices()
bios.calls()
processor.programs()
disks.folders()
disks.images()
disks.states()
