"""flip.py FILE BYTE [BIT]: flips one bit in place and sets the file's time back, as a disk does that tells nobody."""
import os, sys

path, at = sys.argv[1], int(sys.argv[2])
before = os.stat(path)
with open(path, "r+b") as f:
    at %= before.st_size
    f.seek(at)
    byte = f.read(1)[0]
    f.seek(at)
    f.write(bytes([byte ^ 1 << int(sys.argv[3] if len(sys.argv) > 3 else 0)]))
os.utime(path, ns=(before.st_atime_ns, before.st_mtime_ns))
