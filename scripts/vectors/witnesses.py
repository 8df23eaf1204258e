"""SPEC §17. A `seen` note of `node` under `keyset` with the `time` of its sender and its `logs`. The body of an `ask` for a
cosignature: from `old` on, with so many `hashes`, for a checkpoint of `origin` and `size`. An `evidence` file (base64)
`proves` that the keys of `node` signed a fork or a rollback. What lacks these members must be refused."""
from .basis import Key, Node, b64, consistency, frame, hashes, line, note, root


def cases():
    first, second = Node(), Node("second")
    return seen(first, second) + asks(first) + evidence(first, second)


def seen(first, second):
    out = []
    four, five = root(hashes(4)), root(hashes(5))
    a, b = sorted([first.id + "/public/1", first.id + "/kits/2"])

    def entry(origin, size=4, tree=four, time=1790007200, applied=4):
        return {"origin": origin, "size": size, "root": b64(tree), "time": time, "applied": applied}

    def text(logs, node=second.id, time=1790007500, kind="seen/v1"):
        lines = ["log %(origin)s %(size)s %(root)s %(time)s applied %(applied)s\n" % e for e in logs]
        return "commonshelf/%s\nnode %s\ntime %s\n" % (kind, node, time) + "".join(lines)

    def add(name, t, logs=None, key=None, signer=None, kind=1, spoil=False):
        signed = note(t, line(signer or second.id + "/witness", key or second.witness, t, kind, 1790007500, spoil))
        case = {"name": "seen: " + name, "node": second.id, "keyset": second.genesis_note(), "seen": signed}
        out.append({**case, **({"time": 1790007500, "logs": logs} if logs is not None else {})})

    one, two = [entry(a)], [entry(a), entry(b, 5, five, 1790007300, 3)]
    add("nothing", text([]), [])
    add("a log", text(one), one)
    add("two logs", text(two), two)
    add("two of one second, in order of origin", text([entry(a), entry(b)]), [entry(a), entry(b)])
    add("two of one second, turned around", text([entry(b), entry(a)]))
    add("the later one first", text(two[::-1]))
    add("a log twice", text([entry(a), entry(a)]))
    add("applied beyond what was seen", text([entry(a, applied=9)]), [entry(a, applied=9)])
    add("of another node", text(one, first.id))
    add("signed by its log key", text(one), key=second.log)
    add("signed under its own name", text(one), signer=second.id)
    add("cosigned", text(one), kind=4)
    add("a wrong signature", text(one), spoil=True)
    add("another version", text(one, kind="seen/v2"))
    add("a line behind", text(one) + "more\n")
    add("applied in another word", text(one).replace("applied", "hidden"))
    add("applied nothing", text(one).replace(" applied 4", ""))
    add("a size with a leading zero", text([entry(a, "04")]))
    add("a root of 31 bytes", text([entry(a, tree=four[:31])]))
    add("an origin without epoch", text([entry(first.id + "/public")]))
    add("two spaces", text(one).replace(" applied", "  applied"))
    return out


def checkpoint(node, size, tree, time=1790003600, shelf="public", log=None, witness=None):
    text = "%s/%s/1\n%d\n%s\n" % (node.id, shelf, size, b64(tree))
    return note(text, line("%s/%s/1" % (node.id, shelf), log or node.log, text),
                line(node.id + "/witness", witness or node.witness, text, 4, time))


def asks(first):
    out = []
    seven = checkpoint(first, 7, root(hashes(7)))
    proof = [b64(h) for h in consistency(3, hashes(7))]

    def add(name, body, good=None):
        case = {"name": "ask: " + name, "ask": body}
        out.append({**case, **({"old": good[0], "hashes": good[1], "origin": first.id + "/public/1", "size": good[2]} if good else {})})

    def body(old=3, hashes=proof, of=seven, gap="\n"):
        return "old %s\n" % old + "".join(h + "\n" for h in hashes) + gap + of

    add("from 3 to 7", body(), (3, len(proof), 7))
    add("for the first time", body(0, []), (0, 0, 7))
    add("a proof that does not fit is well-formed", body(6), (6, len(proof), 7))
    add("63 hashes", body(3, [proof[0]] * 63), (3, 63, 7))
    add("64 hashes", body(3, [proof[0]] * 64))
    add("no empty line", body(gap=""))
    add("no first line", body().split("\n", 1)[1])
    add("a size with a leading zero", body("03"))
    add("a negative size", body("-3"))
    add("a hash of 31 bytes", body(3, [proof[0][:-4]]))
    add("no checkpoint", body(of=""))
    add("a checkpoint of an empty log with another root", body(0, [], checkpoint(first, 0, root(hashes(4)))))
    add("more than 16,384 bytes", body(0, [], seven) + "\u2014 " + "x" * 16384 + "\n")
    return out


def evidence(first, second):
    out = []
    ours, theirs = hashes(7), hashes(2) + hashes(9)[4:9]
    keys = frame("K", first.genesis_note().encode())
    other = Node("other")

    def add(name, body, proves=None, magic=b"CSHB1\n"):
        case = {"name": "evidence: " + name, "evidence": b64(magic + body)}
        out.append({**case, **({"node": first.id, "proves": proves} if proves else {})})

    def c(size, leaves, **more):
        return frame("C", checkpoint(first, size, root(leaves), **more).encode())

    def proof(old, leaves):
        """With the root of the first `old` before it, where that is a subtree of its own."""
        start = [root(leaves[:old])] if old & (old - 1) == 0 else []
        return frame("H", b"".join(start + consistency(old, leaves)))

    end = frame("Z")
    add("two roots for one size", keys + c(7, ours) + c(7, theirs) + end, "fork")
    add("a larger tree without the smaller one", keys + c(3, ours[:3]) + c(7, theirs) + proof(3, theirs) + end, "fork")
    add("the same where the smaller size is a power of two", keys + c(4, ours[:4]) + c(7, theirs) + proof(4, theirs) + end, "fork")
    add("a smaller tree that was signed later", keys + c(3, ours[:3], time=1790009000) + c(7, ours) + end, "rollback")
    add("a larger tree that contains the smaller one", keys + c(3, ours[:3]) + c(7, ours) + proof(3, ours) + end)
    add("the same twice", keys + c(7, ours) + c(7, ours) + end)
    add("one size, with hashes", keys + c(7, ours) + c(7, theirs) + proof(3, theirs) + end)
    add("a smaller tree that was signed before", keys + c(3, ours[:3]) + c(7, ours, time=1790009000) + end)
    add("hashes of the smaller one's tree", keys + c(3, ours[:3]) + c(7, theirs) + proof(3, ours) + end)
    add("too few hashes", keys + c(3, ours[:3]) + c(7, theirs) + frame("H", b"".join(consistency(3, theirs)[:-1])) + end)
    add("half a hash", keys + c(3, ours[:3]) + c(7, theirs) + frame("H", b"x" * 48) + end)
    add("the larger one first", keys + c(7, theirs) + c(3, ours[:3]) + proof(3, theirs) + end)
    add("of two shelves", keys + c(7, ours) + c(7, theirs, shelf="kits") + end)
    add("one signed by another log key", keys + c(7, ours) + c(7, theirs, log=other.log) + end)
    add("one cosigned by another key", keys + c(7, ours) + c(7, theirs, witness=Key("x")) + end)
    add("another node's keys", frame("K", second.genesis_note().encode()) + c(7, ours) + c(7, theirs) + end)
    add("no keys", c(7, ours) + c(7, theirs) + end)
    add("one checkpoint", keys + c(7, ours) + end)
    add("three checkpoints", keys + c(7, ours) + c(7, theirs) + c(7, hashes(9)[2:9]) + end)
    add("keys behind", c(7, ours) + c(7, theirs) + keys + end)
    add("an unknown frame", keys + c(7, ours) + c(7, theirs) + frame("x") + end)
    add("no end", keys + c(7, ours) + c(7, theirs))
    add("another magic", keys + c(7, ours) + c(7, theirs) + end, magic=b"CSHB2\n")
    return out
