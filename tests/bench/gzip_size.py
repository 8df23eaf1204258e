"""What gzip -6 makes of a log's entries: DIRECTORY bundles | DIRECTORY FROM TO. In bytes."""
import gzip, os, struct, sys


def bundles(directory):
    """(index of the first entry, raw bytes) of every bundle, in order; the widest of each place."""
    best = {}
    root = os.path.join(directory, "tile/entries")
    for where, _, files in os.walk(root):
        for name in files:
            parts = os.path.relpath(os.path.join(where, name), root).split("/")
            width = 256
            if len(parts) > 1 and parts[-2].endswith(".p"):
                width = int(parts.pop())
                parts[-1] = parts[-1][:-2]
            index = int("".join(p.lstrip("x") for p in parts))
            if width > best.get(index, (0, ""))[0]:
                best[index] = (width, os.path.join(where, name))
    for index in sorted(best):
        with gzip.open(best[index][1]) as f:
            yield index * 256, f.read()


def pieces(first, raw, start, stop):
    at = 0
    while at < len(raw):
        n = 2 + (struct.unpack_from(">H", raw, at)[0] or 32)
        if start <= first < stop:
            yield raw[at : at + n]
        at += n
        first += 1


size = lambda raw: len(gzip.compress(raw, 6, mtime=0))
if sys.argv[2] == "bundles":
    print(sum(size(raw) for _, raw in bundles(sys.argv[1])))
else:
    start, stop = int(sys.argv[2]), int(sys.argv[3])
    print(size(b"".join(p for i, raw in bundles(sys.argv[1]) if i + 256 > start for p in pieces(i, raw, start, stop))))
