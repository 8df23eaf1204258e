"""SPEC §19. A `text` that `node` answers to one reader: its `shelves` as [path, epoch, name, audience], or it is refused."""
from .basis import Node, b32, sha256


def cases():
    out = []
    first, second = Node(), Node("second")
    charter = "charter:ch1" + b32(sha256(b"a charter"))
    staff, club, public = ["4q2wzk6y3m5p7a2bqhx4tfdr6e", 3, "staff", "nodes"], ["9club", 1, "club", charter], ["public", 1, "public", "public"]

    def text(shelves, node=first.id, kind="shelves/v1"):
        return "commonshelf/%s\nnode %s\n" % (kind, node) + "".join("shelf %s %s %s %s\n" % tuple(s) for s in shelves)

    def add(name, t, shelves=None):
        case = {"name": name, "node": first.id, "text": t}
        out.append({**case, **({"shelves": shelves} if shelves is not None else {})})

    add("none", text([]), [])
    add("one for anybody", text([public]), [public])
    add("three kinds", text([staff, club, public]), [staff, club, public])
    add("two of one name", text([staff, ["5", 1, "staff", "nodes"]]), [staff, ["5", 1, "staff", "nodes"]])
    full = [["s%03d" % i, 1, "s%03d" % i, "public"] for i in range(256)]
    add("256 shelves", text(full), full)
    add("257 shelves", text(full + [["t", 1, "t", "public"]]))
    add("in another order", text([public, staff]))
    add("a path twice", text([public, public]))
    add("for anybody, under another name", text([["public", 1, "books", "public"]]))
    add("of another node", text([public], second.id))
    add("another version", text([public], kind="shelves/v2"))
    add("an audience that is not known", text([["public", 1, "public", "private"]]))
    add("no charter", text([["9club", 1, "club", "charter:"]]))
    add("a node for a charter", text([["9club", 1, "club", "charter:" + first.id]]))
    add("epoch 0", text([["public", 0, "public", "public"]]))
    add("an epoch with a leading zero", text([["public", "01", "public", "public"]]))
    add("a path in capitals", text([["Public", 1, "public", "nodes"]]))
    add("a name with a space", text([["9club", 1, "book club", "nodes"]]))
    add("a word too few", text([]) + "shelf public 1 public\n")
    add("a word too many", text([]) + "shelf public 1 public public more\n")
    add("another line", text([public]) + "more x\n")
    add("no end of the last line", text([public])[:-1])
    add("carriage returns", text([public]).replace("\n", "\r\n"))
    add("an empty line", text([public]) + "\n")
    add("nothing", "")
    return out
