"""SPEC §11. The payload of a `redaction` that stands at the place `at` of a log of `epoch` names the entry at `index`, or none. A
payload that can `begin` an `epoch` is `good` or not. Of a log of `epoch` that holds the `entries` (hex; empty where one
was redacted) those at the places `live` go on into the next epoch."""
from .basis import entry, sha256

A = "urn:uuid:d126afcc-7945-54fb-922e-a01d3f03c331"
B = "urn:uuid:0d2c9ac9-1dda-5750-8317-02b0393feff9"
NODE = "cs1e5mhs7sa6b3cdcayqsucywzebwudry4ec6sflmwxnyoygxljfqfq"
ROOT = "OzFfNdhlUESQKvBCpw76R87dociwudC5fK2Ljt4yYb8="


def cases():
    return redactions() + beginnings() + logs()


def redactions():
    out = []

    def add(name, payload, at=5, epoch=1, index=None):
        case = {"name": "R: " + name, "epoch": epoch, "at": at, "redaction": payload}
        out.append({**case, **({"index": index} if index is not None else {})})

    add("an entry before it", '{"epoch":1,"index":4}', index=4)
    add("the first that it may name", '{"epoch":1,"index":1}', index=1)
    add("in another order, with more in it", '{"why":"a name","index":2,"epoch":1}', index=2)
    add("with spaces", ' { "epoch" : 1 , "index" : 2 } ', index=2)
    add("of epoch 3", '{"epoch":3,"index":2}', epoch=3, index=2)
    add("itself", '{"epoch":1,"index":5}')
    add("an entry behind it", '{"epoch":1,"index":6}')
    add("the E", '{"epoch":1,"index":0}')
    add("a negative index", '{"epoch":1,"index":-1}')
    add("an index that is no integer", '{"epoch":1,"index":1.0}')
    add("an index in words", '{"epoch":1,"index":"1"}')
    add("of another epoch", '{"epoch":2,"index":1}')
    add("without epoch", '{"index":1}')
    add("without index", '{"epoch":1}')
    add("an index twice", '{"epoch":1,"index":1,"index":1}')
    add("a list", '[1,1]')
    add("nothing", '')
    return out


def beginnings():
    out = []

    def add(name, payload, epoch, good=False):
        out.append({"name": "E: " + name, "epoch": epoch, "begin": payload, "good": good})

    def follows(epoch, origin=NODE + "/public/1", size=5, root=ROOT, count=1, more=""):
        return '{"epoch":%s,"prev":{"origin":"%s","size":%s,"root":"%s","count":%s%s}}' % (epoch, origin, size, root, count, more)

    add("the first", '{"epoch":1,"prev":null}', 1, True)
    add("the first without prev", '{"epoch":1}', 1)
    add("the first after something", follows(1), 1)
    add("the second after nothing", '{"epoch":2,"prev":null}', 2)
    add("the second", follows(2), 2, True)
    add("with more in it", follows(2, more=',"x":1'), 2, True)
    add("as the third", follows(2), 3)
    add("after itself", follows(2, NODE + "/public/2"), 2)
    add("the third after the first", follows(3), 3)
    add("the third after the second", follows(3, NODE + "/public/2"), 3, True)
    add("a root of 31 bytes", follows(2, root=ROOT[:40] + "YQ=="), 2)
    add("no origin", follows(2, NODE), 2)
    add("a negative size", follows(2, size=-1), 2)
    add("epoch 0", '{"epoch":0,"prev":null}', 0)
    return out


def logs():
    out = []

    def put(id, rev, more=""):
        return ("P", '{"id":"%s","rev":%s,"kind":"need","name":"Mapa"%s}' % (id, rev, more))

    def gone(id, rev):
        return ("D", '{"id":"%s","rev":%s}' % (id, rev))

    def taken_back(index, epoch=1):
        return ("R", '{"epoch":%d,"index":%d}' % (epoch, index))

    def add(name, said, live, epoch=1):
        first = ("E", '{"epoch":1,"prev":null}')
        entries = [b"" if s is None else s if isinstance(s, bytes) else entry(s[0], i, s[1]) for i, s in enumerate([first] + said)]
        out.append({"name": "log: " + name, "epoch": epoch, "entries": [e.hex() for e in entries], "live": live})

    add("nothing but its beginning", [], [])
    add("two records", [put(A, 1), put(B, 1)], [1, 2])
    add("one said twice", [put(A, 1), put(A, 2)], [2])
    add("the higher revision first", [put(A, 2), put(A, 1)], [1])
    add("one revision twice: the first", [put(A, 1), put(A, 1, ',"place":"x"')], [1])
    add("withdrawn", [put(A, 1), gone(A, 2)], [])
    add("withdrawn and said again", [put(A, 1), gone(A, 2), put(A, 3)], [3])
    add("withdrawn by the revision that says it: the first", [put(A, 1), gone(A, 1)], [1])
    add("withdrawn by an older revision", [put(A, 2), gone(A, 1)], [1])
    add("redacted, its withdrawal before it", [put(A, 1), gone(A, 2), taken_back(1)], [])
    add("redacted: what was said before lives", [put(A, 1), put(A, 2), taken_back(2)], [1])
    add("a place whose bytes are gone", [None, put(B, 1), taken_back(1)], [2])
    add("an R that names what stands behind it", [put(A, 1), taken_back(3), put(B, 1)], [1, 3])
    add("an R of another epoch", [put(A, 1), taken_back(1, 2)], [1])
    add("a withdrawal that was redacted does not count", [put(A, 1), gone(A, 2), taken_back(2)], [1])
    add("a record that keeps no other rule", [("P", '{"id":"%s","rev":1}' % A)], [1])
    add("a record that is no JSON", [("P", '{"id"'), put(B, 1)], [2])
    add("a record whose id is no urn", [put("d126afcc-7945-54fb-922e-a01d3f03c331", 1)], [])
    add("a revision of 0", [put(A, 0), put(B, 1)], [2])
    add("a revision in words", [put(A, '"1"'), put(B, 1)], [2])
    add("a member twice", [put(A, 1, ',"name":"Mapa"'), put(B, 1)], [2])
    add("an entry of another version", [b"\2" + entry("P", 1, put(A, 1)[1])[1:], put(B, 1)], [2])
    add("an entry shorter than its head", [b"\1P", put(B, 1)], [2])
    add("an entry of an unknown kind", [b"\1Q" + sha256(b"salt")[:16] + b"{}", put(B, 1)], [2])
    return out
