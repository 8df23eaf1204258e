"""SPEC §4. `chain` is a list of keyset notes: with `node` it is the chain of that node and its last keyset is good;
without, some step of it must be refused. `words` are the check words of `node` and `with`."""
import hashlib
import os
import re

from .basis import Key, Node, b64, line, note, sha256

LOW = ["0000000000000000000000000000000000000000000000000000000000000000",
       "0100000000000000000000000000000000000000000000000000000000000000",
       "ecffffffffffffffffffffffffffffffffffffffffffffffffffffffffffff7f",
       "0000000000000000000000000000000000000000000000000000000000000080",
       "26e8958fc2b227b045c3f489f2ef98f0d5dfac05d3c63339b13802886d53fc05",
       "26e8958fc2b227b045c3f489f2ef98f0d5dfac05d3c63339b13802886d53fc85",
       "c7176a703d4dd84fba3c0b760d10670f2a2053fa2c39ccc64ec7fd7792ac037a",
       "c7176a703d4dd84fba3c0b760d10670f2a2053fa2c39ccc64ec7fd7792ac03fa"]
BEYOND = ["edffffffffffffffffffffffffffffffffffffffffffffffffffffffffffff7f",
          "eeffffffffffffffffffffffffffffffffffffffffffffffffffffffffffff7f",
          "ffffffffffffffffffffffffffffffffffffffffffffffffffffffffffffff7f",
          "f0ffffffffffffffffffffffffffffffffffffffffffffffffffffffffffffff"]


def words(a, b):
    here = os.path.dirname(os.path.abspath(__file__))
    source = open(os.path.join(here, "..", "..", "protocol", "wordlist.h"), encoding="utf-8").read()
    table = re.findall(r'"([a-z]+)"', source)
    assert len(table) == 2048
    digest = int.from_bytes(hashlib.sha256((min(a, b) + max(a, b)).encode()).digest(), "big")
    return " ".join(table[(digest >> (256 - 11 * (i + 1))) & 2047] for i in range(6))


def cases():
    out = []
    first, second = Node(), Node("second")
    root, spare, third = first.root, Key("spare root"), Key("third root")

    def signed(text, *keys):
        return note(text, *[line("root", key, text) for key in keys or (root,)])

    def add(name, chain, node=None, **more):
        case = {"name": name, "chain": chain}
        out.append({**case, **({"node": node} if node else {}), **more})

    def changed(name, old, new, count=1):
        assert old in first.genesis, name
        add(name, [signed(first.genesis.replace(old, new, count))])

    good = first.genesis_note()
    add("a genesis", [good], first.id)
    add("a genesis of the second node", [second.genesis_note()], second.id)
    add("words", [good], first.id, **{"with": second.id, "words": words(first.id, second.id)})
    two = Node.keyset(first, threshold=2, roots=[root, spare])
    two_id = "cs1" + __import__("base64").b32encode(sha256(two.encode())).decode().lower().rstrip("=")
    add("a threshold of two", [signed(two, root, spare)], two_id)
    add("a threshold of two, one signed", [signed(two, root)])
    add("a threshold of two, one signed twice", [note(two, line("root", root, two), line("root", root, two))])
    add("a threshold of two, one of them does not verify", [note(two, line("root", root, two), line("root", spare, two, spoil=True))])
    add("nobody signed", [note(first.genesis, line("x", Key("x"), first.genesis))])
    add("signed by the log key", [note(first.genesis, line("root", first.log, first.genesis))])
    add("the signature of another text", [note(first.genesis, line("root", root, second.genesis))])

    later = Node.keyset(first, 2, b64(sha256(first.genesis.encode())), 1800000000, 1831536000, log=Key("log 2"), auth=Key("auth 2"), witness=Key("witness 2"))
    add("a second keyset by the same root", [good, signed(later)], first.id)
    moved = Node.keyset(first, 2, b64(sha256(first.genesis.encode())), 1800000000, 1831536000, roots=[spare], log=Key("log 2"), auth=Key("auth 2"), witness=Key("witness 2"))
    add("a new root, signed by the old and the new one", [good, signed(moved, root, spare)], first.id)
    add("a new root, signed by the new one only", [good, signed(moved, spare)])
    add("a new root, signed by the old one only", [good, signed(moved, root)])
    third_set = Node.keyset(first, 3, b64(sha256(moved.encode())), 1810000000, 1841536000, roots=[spare], log=Key("log 3"), auth=Key("auth 3"), witness=Key("witness 3"))
    add("three keysets", [good, signed(moved, root, spare), signed(third_set, spare)], first.id)
    add("the third by the root that was replaced", [good, signed(moved, root, spare), signed(third_set, root)])
    add("the second is left out", [good, signed(third_set, root, spare)])
    add("the second twice", [good, signed(later), signed(later)])
    add("it begins with the second", [signed(later)])
    wrong = Node.keyset(first, 2, b64(sha256(second.genesis.encode())), 1800000000, 1831536000)
    add("prev is the hash of another text", [good, signed(wrong)])
    both = Node.keyset(first, 2, b64(sha256(two.encode())), 1800000000, 1831536000, log=Key("log 2"), auth=Key("auth 2"), witness=Key("witness 2"))
    add("the old threshold of two, one signed", [signed(two, root, spare), signed(both, root)])
    add("the old threshold of two, both signed", [signed(two, root, spare), signed(both, root, spare)], two_id)

    for i, key in enumerate(LOW):
        changed("a log key of small order %d" % (i + 1), "log " + b64(first.log.public), "log " + b64(bytes.fromhex(key)))
    for i, key in enumerate(BEYOND):
        changed("an auth key that is not reduced %d" % (i + 1), "auth " + b64(first.auth.public), "auth " + b64(bytes.fromhex(key)))
    changed("one key in two roles", "log " + b64(first.log.public), "log " + b64(first.auth.public))
    changed("the root key as log key", "log " + b64(first.log.public), "log " + b64(root.public))
    twice = Node.keyset(first, roots=[root, root])
    add("one root twice", [signed(twice)])
    six = Node.keyset(first, roots=[root, spare, third, Key("r4"), Key("r5"), Key("r6")])
    add("six roots", [signed(six)])
    changed("a threshold of 0", "threshold 1", "threshold 0")
    changed("a threshold above the number of roots", "threshold 1", "threshold 2")
    changed("version 0", "version 1", "version 0")
    changed("version 2 without prev", "version 1", "version 2")
    changed("version 1 with prev", "prev -", "prev " + b64(sha256(b"")))
    changed("prev of zero bytes", "version 1\nprev -", "version 2\nprev " + b64(b"\0" * 32))
    changed("it expires when it is issued", "expires 1821536000", "expires 1790000000")
    changed("it expires after the year 9999", "expires 1821536000", "expires 253402300800")
    changed("another version of the format", "keyset/v1", "keyset/v2")
    changed("another kind of note", "commonshelf/keyset", "commonshelf/profile")
    changed("an unknown line", "threshold 1\n", "threshold 1\nnote hello\n")
    changed("two spaces", "version 1", "version  1")
    changed("a space at the end", "threshold 1\n", "threshold 1 \n")
    changed("a leading zero", "threshold 1", "threshold 01")
    changed("a line twice", "issued 1790000000\n", "issued 1790000000\nissued 1790000000\n")
    changed("lines in another order", "issued 1790000000\nexpires 1821536000\n", "expires 1821536000\nissued 1790000000\n")
    changed("no witness key", "witness " + b64(first.witness.public) + "\n", "")
    changed("a key of 31 bytes", b64(first.log.public), b64(first.log.public[:31]))
    changed("a key of 33 bytes", b64(first.log.public), b64(first.log.public + b"\0"))
    return out
