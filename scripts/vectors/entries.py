"""SPEC §11. `entry` (hex) has `op`, `salt`, `payload` and the leaf hash `leaf`, or is `malformed`. A `bundle` (base64,
gzip) holds entries with the leaf hashes `leaves`, those at the places `redacted` being hashes only, or is
`malformed`."""
import struct
import zlib

from .basis import b64, bundle_raw, entry, gz, leaf, salt

FIRST = '{"epoch":1,"prev":null}'
RECORD = '{"id":"urn:uuid:d126afcc-7945-54fb-922e-a01d3f03c331","rev":1,"kind":"need","name":"Mapa"}'
GONE = '{"id":"urn:uuid:d126afcc-7945-54fb-922e-a01d3f03c331","rev":2}'


def cases():
    out = []

    def one(name, data, op=None, payload=None):
        case = {"name": name, "entry": data.hex()}
        if op:
            case.update({"op": op, "salt": data[2:18].hex(), "payload": payload if len(payload) < 1000 else None, "leaf": b64(leaf(data))})
        else:
            case["malformed"] = True
        out.append(case)

    def many(name, data, items=None):
        case = {"name": name, "bundle": b64(data)}
        if items is None:
            case["malformed"] = True
        else:
            case["leaves"] = [b64(i[0] if isinstance(i, tuple) else leaf(i)) for i in items]
            case["redacted"] = [n for n, i in enumerate(items) if isinstance(i, tuple)]
        out.append(case)

    for op, payload in (("E", FIRST), ("P", RECORD), ("D", GONE), ("R", '{"epoch":1,"index":1}')):
        one("op " + op, entry(op, 1, payload), op, payload)
    one("an empty payload", entry("P", 1, ""), "P", "")
    one("60,000 bytes", entry("P", 1, "x" * (60000 - 18)), "P", "x" * (60000 - 18))
    one("60,001 bytes", entry("P", 1, "x" * (60001 - 18)))
    one("an unknown op", entry("Q", 1, RECORD))
    one("an op in lower case", entry("p", 1, RECORD))
    one("another version", b"\2" + entry("P", 1, RECORD)[1:])
    one("nothing", b"")
    one("17 bytes", entry("P", 1, "")[:17])

    items = [entry("E", 0, FIRST), entry("P", 1, RECORD), entry("D", 2, GONE)]
    hidden = [items[0], (leaf(items[1]),), items[2]]
    raw = bundle_raw(items)
    many("three entries", gz(raw), items)
    many("one of them redacted", gz(bundle_raw(hidden)), hidden)
    many("all of them redacted", gz(bundle_raw([(leaf(i),) for i in items])), [(leaf(i),) for i in items])
    full = [entry("P", i, RECORD) for i in range(256)]
    many("256 entries", gz(bundle_raw(full)), full)
    many("an entry of an unknown op has its leaf all the same", gz(bundle_raw([entry("Q", 1, "")])), [entry("Q", 1, "")])
    many("stored, not compressed", stored(raw), items)
    many("the last entry is cut", gz(raw[:-1]))
    many("a length alone", gz(raw + b"\0"))
    many("a redacted place of 31 bytes", gz(struct.pack(">H", 0) + b"x" * 31))
    many("a length beyond the end", gz(struct.pack(">H", 60000) + items[0]))
    many("a length over the cap", gz(struct.pack(">H", 60001) + b"\1P" + b"x" * 59999))
    many("no gzip", raw)
    many("zlib", zlib.compress(raw))
    many("cut gzip", gz(raw)[:-9])
    many("gzip without its end", gz(raw)[:-8])
    many("a wrong checksum", gz(raw)[:-8] + b"\0\0\0\0" + gz(raw)[-4:])
    many("a wrong length", gz(raw)[:-1] + b"\1")
    many("bytes behind", gz(raw) + b"\0")
    many("two members", gz(raw) + gz(raw))
    many("nothing at all", b"")
    return out


def stored(data):
    c = zlib.compressobj(0, zlib.DEFLATED, 31)
    return c.compress(data) + c.flush()
