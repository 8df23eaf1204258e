"""SPEC §18. `chain` is a list of charters from the first one on: with `charter` it is the chain of the network of that ID and all
its steps are good; without, some step of it must be refused. `members` are the node IDs of the last one."""
from .basis import Key, Node, b32, b64, line, note, sha256


def cases():
    out = []
    first, second, third = Node(), Node("second"), Node("third")
    gov = {n.id: Key((p + " gov").strip()) for n, p in ((first, ""), (second, "second"), (third, "third"))}
    both = [first, second]
    roles = {first.id: "publisher,evaluator", second.id: "publisher,mirror", third.id: "observer"}

    def text(version=1, prev="-", issued=1790000000, expires=1797776000, threshold=2, coordinators=both, members=both, keys=gov):
        t = "commonshelf/charter/v1\nname Bibliotecas del Valle\nversion %d\nprev %s\nissued %d\nexpires %d\nthreshold %d\n" % (
            version, prev, issued, expires, threshold)
        for c in sorted(coordinators, key=lambda n: n.id):
            t += "coordinator %s %s\n" % (c.id, b64(keys[c.id].public))
        t += "term Take back what is taken back.\n"
        for m in sorted(members, key=lambda n: n.id):
            t += "member %s roles=%s since=1790000000 Colegio %s\n" % (m.id, roles[m.id], m.id[3:6])
        return t

    def signed(t, *who, keys=gov):
        return note(t, *[line(n.id + "/gov", keys[n.id], t) for n in who or both])

    def after(before, version=2, **more):
        return text(version, b64(sha256(before.encode())), **{"issued": 1792000000, "expires": 1799776000, **more})

    one = text()
    good = signed(one)
    identity = "ch1" + b32(sha256(one.encode()))

    def add(name, chain, charter=None, members=both):
        case = {"name": name, "chain": chain}
        out.append({**case, **({"charter": charter, "members": sorted(n.id for n in members)} if charter else {})})

    def changed(name, old, new):
        assert old in one, name
        add(name, [signed(one.replace(old, new, 1))])

    add("a charter", [good], identity)
    add("a charter that somebody else signed too", [signed(one, first, second, third)], identity)
    alone = text(threshold=1)
    add("a threshold of one", [signed(alone, second)], "ch1" + b32(sha256(alone.encode())))
    add("one of two signed", [signed(one, first)])
    add("one of two signed twice", [signed(one, first, first)])
    add("one coordinator and a member", [signed(text(members=[first, second, third]), first, third)])
    add("nobody signed that counts", [signed(one, third)])
    add("one signature does not verify", [note(one, line(first.id + "/gov", gov[first.id], one),
                                               line(second.id + "/gov", gov[second.id], one, spoil=True))])
    add("the auth key signed for a coordinator", [note(one, line(first.id + "/gov", gov[first.id], one), line(second.id + "/gov", second.auth, one))])
    add("signed under other names", [note(one, line("gov", gov[first.id], one), line("gov", gov[second.id], one))])

    more = after(one, members=[first, second, third])
    add("an amendment takes a member in", [good, signed(more)], identity, [first, second, third])
    third_one = after(more, 3, members=[first, second])
    add("and out again", [good, signed(more), signed(third_one)], identity)
    add("one of two coordinators amends", [good, signed(more, first)])
    add("a version is left out", [good, signed(third_one)])
    add("an amendment stands twice", [good, signed(more), signed(more)])
    add("it begins with an amendment", [signed(more)])
    add("prev is another text's", [good, signed(after(alone))])
    add("version 3 follows version 1", [good, signed(after(one, 3))])
    add("issued before the one it follows", [good, signed(after(one, issued=1789999999, expires=1790000001))])
    without = after(one, threshold=1, coordinators=[first], members=[first])
    add("who is left out signs for the charter before", [good, signed(without, first, second)], identity, [first])
    add("who is left out does not sign for the new one", [good, signed(without, second)])
    add("who stays is not enough for the charter before", [good, signed(without, first)])
    pair = after(one, threshold=2, coordinators=[first, third], members=[first, third])
    add("a removed coordinator does not count for the new one", [good, signed(pair, first, second)])
    add("a new coordinator does not count for the one before", [good, signed(pair, first, third)])
    add("all three signed", [good, signed(pair, first, second, third)], identity, [first, third])
    fresh = dict(gov)
    fresh[second.id] = Key("second gov 2")
    turned = after(one, keys=fresh)
    add("a new key of a coordinator does not count for the one before", [good, signed(turned, keys=fresh)])
    add("signed by the old and the new key", [good, note(turned, line(first.id + "/gov", gov[first.id], turned), line(second.id + "/gov", gov[second.id], turned),
                                                         line(second.id + "/gov", fresh[second.id], turned))], identity)

    changed("another version of the format", "charter/v1", "charter/v2")
    changed("another kind of note", "commonshelf/charter", "commonshelf/keyset")
    changed("an unknown line", "threshold 2\n", "threshold 2\nplace Ciudad\n")
    changed("lines in another order", "issued 1790000000\nexpires 1797776000\n", "expires 1797776000\nissued 1790000000\n")
    changed("version 0", "version 1", "version 0")
    changed("version 1 with prev", "prev -", "prev " + b64(sha256(b"")))
    changed("it expires when it is issued", "expires 1797776000", "expires 1790000000")
    changed("it lives for a second over 90 days", "expires 1797776000", "expires 1797776001")
    changed("a threshold of 0", "threshold 2", "threshold 0")
    changed("a threshold above the number of coordinators", "threshold 2", "threshold 3")
    changed("one key for two coordinators", b64(gov[first.id].public), b64(gov[second.id].public))
    changed("a key of small order", b64(gov[first.id].public), b64(b"\1" + b"\0" * 31))
    lines = one.splitlines(True)
    coordinators, members = [x for x in lines if x.startswith("coord")], [x for x in lines if x.startswith("member")]
    changed("coordinators in another order", "".join(coordinators), "".join(coordinators[::-1]))
    changed("a coordinator twice", coordinators[1], coordinators[1] * 2)
    changed("a coordinator without key", coordinators[1], coordinators[1].rsplit(" ", 1)[0] + "\n")
    changed("members in another order", "".join(members), "".join(members[::-1]))
    changed("a member twice", members[1], members[1] * 2)
    changed("a coordinator that is no member", members[1], "")
    changed("a term behind the members", members[1], members[1] + "term more\n")
    changed("a term without words", "term Take back what is taken back.", "term ")
    changed("no roles", "roles=publisher,mirror", "roles=")
    changed("an unknown role", "roles=publisher,mirror", "roles=owner")
    changed("roles in another order", "roles=publisher,mirror", "roles=mirror,publisher")
    changed("a role twice", "roles=publisher,mirror", "roles=mirror,mirror")
    changed("an observer that mirrors", "roles=publisher,mirror", "roles=mirror,observer")
    changed("since with a leading zero", "since=1790000000", "since=01790000000")
    changed("a member without name", members[1], members[1].split(" Colegio")[0] + "\n")
    return out
