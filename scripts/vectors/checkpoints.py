"""SPEC §11. `note` as the checkpoint of `origin`, a log of `node` under `keyset`: its `size`, `root` and the `time` of its own
cosignature, or it is refused."""
from .basis import Key, Node, b64, hashes, line, note, root, sha256


def cases():
    out = []
    first, second = Node(), Node("second")
    origin = first.id + "/public/1"
    four = root(hashes(4))

    def add(name, text, good=None, log=None, witness=None, asked=origin, lines=None, time=1790003600):
        signed = lines if lines is not None else [line(text.split("\n")[0], log or first.log, text),
                                                  line(first.id + "/witness", witness or first.witness, text, 4, time)]
        case = {"name": name, "node": first.id, "keyset": first.genesis_note(), "origin": asked, "note": note(text, *signed)}
        if good:
            case.update({"size": good[0], "root": b64(good[1]), "time": time})
        else:
            case["refused"] = True
        out.append(case)

    def text(size=4, tree=four, of=origin):
        return "%s\n%s\n%s\n" % (of, size, b64(tree))

    add("a checkpoint", text(), (4, four))
    add("an empty log", text(0, sha256(b"")), (0, sha256(b"")))
    add("the largest size", text(1 << 40), (1 << 40, four))
    add("over the largest size", text((1 << 40) + 1))
    add("an empty log with another root", text(0))
    add("another witness beside", text(), (4, four), lines=[line(origin, first.log, text()), line(first.id + "/witness", first.witness, text(), 4, 1790003600),
                                                            line(second.id + "/witness", second.witness, text(), 4, 1790003650)])
    add("another shelf than asked for", text(of=first.id + "/kits/1"))
    add("another epoch than asked for", text(of=first.id + "/public/2"))
    add("of another node", text(of=second.id + "/public/1"), log=second.log, witness=second.witness)
    add("signed by another node's log key", text(), log=second.log)
    add("cosigned by another key", text(), witness=Key("x"))
    add("without cosignature", text(), lines=[line(origin, first.log, text())])
    add("without the log's signature", text(), lines=[line(first.id + "/witness", first.witness, text(), 4, 1790003600)])
    add("a plain signature of the witness", text(), lines=[line(origin, first.log, text()), line(first.id + "/witness", first.witness, text())])
    add("an extension line", text() + "more\n")
    add("a size with a leading zero", text("04"))
    add("a negative size", text("-1"))
    add("a root of 31 bytes", text(4, four[:31]))
    add("two lines only", origin + "\n4\n")
    for name, of in (("epoch 0", "/public/0"), ("an epoch with a leading zero", "/public/01"), ("no epoch", "/public"), ("a shelf in capitals", "/Public/1"),
                     ("a slash behind", "/public/1/")):
        add("origin: " + name, text(of=first.id + of), asked=first.id + of)
    return out
