"""SPEC §11 and RFC 9162 §2.1. Leaf i of the trees here is SHA-256(0x00 || i in four bytes). `size` leaves have the root
`root`. An `inclusion` or `consistency` proof is `good` or not. `path` is the tile `level` (-1: entries), `index`,
`width`, or no path at all; `in` says whether a log of `size` entries has that tile."""
from .basis import b64, consistency, hashes, inclusion, root


def tile_path(level, index, width):
    groups = [index % 1000]
    while index >= 1000:
        index //= 1000
        groups.insert(0, index % 1000)
    name = "/".join(["x%03d" % g for g in groups[:-1]] + ["%03d" % groups[-1]])
    return "tile/%s/%s%s" % ("entries" if level < 0 else level, name, "" if width == 256 else ".p/%d" % width)


def cases():
    out = []
    for n in list(range(0, 18)) + [31, 32, 33, 255, 256, 257, 511, 512, 513, 1000, 65536, 65537]:
        out.append({"name": "root of %d" % n, "size": n, "root": b64(root(hashes(n)))})

    def included(name, index, size, proof, good, at=None):
        out.append({"name": name, "inclusion": {"index": index, "size": size, "root": b64(root(hashes(size if at is None else at))),
                                                "proof": [b64(p) for p in proof]}, "good": good})

    for size in (1, 2, 3, 5, 8, 9, 255, 256, 1000):
        for index in sorted({0, 1, size // 2, size - 1}):
            if index < size:
                included("leaf %d of %d" % (index, size), index, size, inclusion(index, hashes(size)), True)
    five = inclusion(2, hashes(5))
    included("one hash too few", 2, 5, five[:-1], False)
    included("one hash too many", 2, 5, five + [five[0]], False)
    included("hashes in another order", 2, 5, five[::-1], False)
    included("another index", 3, 5, five, False)
    included("an index beyond the end", 5, 5, five, False)
    included("another root", 2, 5, five, False, 6)
    included("no hashes", 0, 2, [], False)

    def consistent(name, old, size, proof, good, old_root=None):
        out.append({"name": name, "consistency": {"old_size": old, "old_root": b64(old_root or root(hashes(old))), "size": size,
                                                  "root": b64(root(hashes(size))), "proof": [b64(p) for p in proof]}, "good": good})

    for size in (1, 2, 3, 4, 7, 8, 9, 256, 300, 1000):
        for old in sorted({1, 2, 3, 4, 6, 8, 256, size - 1, size}):
            if 0 < old <= size:
                consistent("%d continues %d" % (size, old), old, size, consistency(old, hashes(size)), True)
    consistent("everything continues nothing", 0, 7, [], True)
    seven = consistency(3, hashes(7))
    consistent("nothing needs no hashes", 0, 7, seven, False)
    consistent("too few", 3, 7, seven[:-1], False)
    consistent("too many", 3, 7, seven + [seven[0]], False)
    consistent("turned around", 3, 7, seven[::-1], False)
    consistent("another old root", 3, 7, seven, False, root(hashes(4)))
    consistent("another old size", 4, 7, seven, False)
    consistent("the same size, another root", 7, 7, [], False, root(hashes(6)))
    consistent("the same size with hashes", 7, 7, [root(hashes(7))], False)
    consistent("smaller than before", 7, 3, seven, False)

    for level, index, width in ((0, 0, 256), (0, 67, 256), (0, 999, 256), (0, 1000, 256), (0, 1234067, 256), (0, 1000000, 256),
                                (4, 0, 1), (1, 5, 17), (-1, 0, 4), (-1, 4095, 256), (-1, 4096, 255)):
        path = tile_path(level, index, width)
        out.append({"name": path, "path": path, "tile": {"level": level, "index": index, "width": width}})
    for path in ("tile/0/0", "tile/0/0000", "tile/0/x000/001", "tile/0/1000", "tile/0/x001/1", "tile/0/x01/001", "tile/00/000",
                 "tile/5/000", "tile/64/000", "tile/-1/000", "tile/0/000.p/0", "tile/0/000.p/256", "tile/0/000.p/01", "tile/0/000.p/",
                 "tile/0/000.p", "tile/0/000/", "/tile/0/000", "tile/0/../000", "tile/0/x001", "tile/entries/", "tile/entry/000",
                 "tile/0/x001/x000", "tile/0/001/000", "tile//000", "tile/0/000.P/1", "tile/0/000.p/+1", "Tile/0/000", "tile/0/000 ", ""):
        out.append({"name": "no path: " + path, "path": path})
    for level, index, width, size, there in ((-1, 0, 4, 4, True), (-1, 0, 3, 4, False), (-1, 0, 256, 4, False), (-1, 0, 256, 256, True),
                                             (-1, 1, 256, 256, False), (0, 1, 44, 300, True), (0, 0, 256, 300, True), (0, 0, 44, 300, False),
                                             (1, 0, 1, 300, True), (1, 0, 1, 255, False), (1, 0, 256, 65536, True), (2, 0, 1, 65536, True),
                                             (2, 0, 1, 65535, False), (3, 0, 1, 1 << 24, True), (4, 0, 1, (1 << 32) - 1, False), (4, 0, 1, 1 << 32, True)):
        out.append({"name": "%s in %d" % (tile_path(level, index, width), size), "path": tile_path(level, index, width),
                    "tile": {"level": level, "index": index, "width": width}, "size": size, "in": there})
    return out
