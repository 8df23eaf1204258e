"""SPEC §5. `note` is a good profile of `node` under the keyset `keyset`, or not; `url` is an origin or not; `shelf` is a
shelf's name or not."""
from .basis import Key, Node, b64, line, note, sha256


def cases():
    out = []
    first, second = Node(), Node("second")
    pin, pin2 = b64(sha256(b"pin one")), b64(sha256(b"pin two"))
    base = ("commonshelf/profile/v1\nnode %s\nversion 3\nissued 1790000000\nexpires 1792592000\nname Biblioteca\n"
            "place Ciudad Nueva\nlang es\nreach direct\nurl https://biblio.ciudad.example:7443\npin %s\npin %s\n"
            "shelf public 1\nshelf kits 12\n" % (first.id, pin, pin2))

    def add(name, text, good, key=None, signer=None):
        key = key or first.log
        out.append({"name": name, "node": first.id, "keyset": first.genesis_note(),
                    "note": note(text, line(signer or first.id + "/log", key, text)), "good": good})

    def changed(name, old, new, good=False):
        assert old in base, name
        add(name, base.replace(old, new, 1), good)

    add("a profile", base, True)
    add("signed by another key", base, False, Key("x"))
    add("signed by the auth key", base, False, first.auth)
    add("signed under another name", base, False, None, "log")
    add("of another node", base.replace(first.id, second.id), False)
    changed("an unknown line", "reach direct\n", "reach direct\nfloor two floors up\n", True)
    lines = base.splitlines(True)
    add("lines in another order", "".join(lines[:1] + lines[:0:-1]), True)
    changed("an unknown line without value", "reach direct\n", "reach direct\nfloor\n")
    changed("another version of the format", "profile/v1", "profile/v2")
    for word in ("node", "version", "issued", "expires", "name", "place", "lang", "reach", "url"):
        that = next(l for l in lines if l.startswith(word + " "))
        add(word + " twice", base + that, False)
        add("without " + word, base.replace(that, ""), word in ("place", "lang"))
    changed("version 0", "version 3", "version 0")
    changed("expired when issued", "expires 1792592000", "expires 1790000000")
    changed("a pin twice", "pin " + pin2, "pin " + pin)
    changed("no pin", "pin %s\npin %s\n" % (pin, pin2), "")
    changed("five pins", "shelf public", "".join("pin %s\n" % b64(sha256(b"%d" % i)) for i in range(3)) + "shelf public")
    changed("a pin of 31 bytes", pin2, b64(sha256(b"pin two")[:31]))
    changed("a shelf twice", "shelf kits 12", "shelf public 2")
    changed("epoch 0", "kits 12", "kits 0")
    changed("a shelf without epoch", "kits 12", "kits")
    changed("a shelf of bad name", "kits 12", "Kits 12")
    changed("an unknown reach", "reach direct", "reach maybe")
    changed("reach none with a URL", "reach direct", "reach none")
    none = base.replace("reach direct\nurl https://biblio.ciudad.example:7443\n", "reach none\nvia %s\n" % second.id)
    add("reach none", none, True)
    add("reach none without pins", none.replace("pin %s\npin %s\n" % (pin, pin2), ""), True)
    add("via itself", none.replace("via " + second.id, "via " + first.id), False)
    add("via twice", none.replace("reach none\n", "reach none\nvia %s\n" % second.id), False)
    changed("a name of 400 bytes", "name Biblioteca", "name " + "x" * 400, True)
    changed("a name of 401 bytes", "name Biblioteca", "name " + "x" * 401)
    for url in ("https://a.example", "https://a.example:7443", "https://127.0.0.1:7443", "https://[2001:db8::1]", "https://[::1]:8443",
                "https://xn--bcher-kva.example", "https://a-b.c-d.example"):
        out.append({"name": "url " + url, "url": url, "good": True})
    for url in ("http://a.example", "https://a.example/", "https://a.example?x", "https://a.example#x", "https://u@a.example",
                "https://u:p@a.example", "https://A.example", "https://a.example.", "https://127.1", "https://0x7f000001",
                "https://2130706433", "https://0177.0.0.1", "https://127.0.0.1.", "https://[::01]", "https://[2001:DB8::1]",
                "https://[2001:db8:0:0:0:0:0:1]", "https://[::ffff:10.0.0.1", "https://a..example", "https://-a.example",
                "https://a_b.example", "https://b\u00fccher.example", "https://a.example:0", "https://a.example:65536",
                "https://a.example:07443", "https://a.example:", "https://", "https:///x", "HTTPS://a.example", "https://a.example:7443x",
                "https://a.1", "https://[fe80::1%eth0]", "https://a.example\\b", "gopher://a.example", "file:///etc/passwd", ""):
        out.append({"name": "no url " + url, "url": url, "good": False})
    for name, good in (("public", True), ("a", True), ("0-9", True), ("x" * 32, True), ("x" * 33, False), ("", False), ("-a", False),
                       ("A", False), ("a_b", False), ("a/b", False), ("\u00e1", False), ("a b", False), (".", False)):
        out.append({"name": "shelf " + name, "shelf": name, "good": good})
    return out
