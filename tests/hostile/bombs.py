"""T27: what a lying server can send in place of a gzip file. DIRECTORY BUNDLE: reads the right one, writes the
wrong ones, prints their names."""
import gzip, os, struct, sys, zlib

directory, path = sys.argv[1:3]
right = open(path, "rb").read()
raw = gzip.decompress(right)


def zeros(n, salt=b""):
    """n bytes of zeros: a thousand to one, or less with some salt in each megabyte."""
    z = zlib.compressobj(6, zlib.DEFLATED, 31)
    block = salt + bytes((1 << 20) - len(salt))
    return b"".join([z.compress(block) for _ in range(n >> 20)] + [z.flush()])


empty = gzip.compress(b"", mtime=0)
files = {
    "bomb": zeros(128 << 20),
    "bomb-in-disguise": zeros(128 << 20, os.urandom(40000)),
    "bomb-behind": right + zeros(32 << 20),
    "nested": gzip.compress(zeros(32 << 20)),
    "truncated": right[:-9],
    "half": right[:len(right) // 2],
    "no-trailer": right[:-8],
    "empty-members": empty * 10000,
    "empty-members-before": empty * 10000 + right,
    "wrong-crc": right[:-8] + bytes([right[-8] ^ 1]) + right[-7:],
    "wrong-length": right[:-4] + struct.pack("<I", len(raw) + 1),
    "trailing": right + b"\0" * 1000,
    "other-method": right[:2] + b"\x07" + right[3:],
    "plain": raw,
    "nothing": b"",
    "stored": gzip.compress(os.urandom(14 << 20), 0),
}
for name, data in files.items():
    with open(os.path.join(directory, "bomb." + name), "wb") as f:
        f.write(data)
    print(name)
