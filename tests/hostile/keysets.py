"""Keysets that a node would not make itself.

  keysets.py higher-root HOME FILE   a stopped node's next keyset gets a second root above its own; its
                                     private key goes to FILE. The online keys stay.
  keysets.py ends HOME SECONDS       a stopped node's next keyset ends so many seconds from now
  keysets.py bad HOME DIRECTORY      notes that follow a node's genesis, each wrong in one way (but
                                     `good`), all with the node's own online keys.
"""
import base64, hashlib, os, sys, time
from cryptography.hazmat.primitives.asymmetric.ed25519 import Ed25519PrivateKey
from cryptography.hazmat.primitives.serialization import (
    Encoding, NoEncryption, PrivateFormat, PublicFormat, load_pem_private_key)


def public(key):
    return key.public_key().public_bytes(Encoding.Raw, PublicFormat.Raw)


def b64(data):
    return base64.b64encode(data).decode()


def text_of(note):
    return note[:note.index("\n\n") + 1]


def line(key, text):
    key_id = hashlib.sha256(b"root\n\x01" + public(key)).digest()[:4]
    return "\u2014 root " + b64(key_id + key.sign(text.encode())) + "\n"


def follow(before, version, roots, signers, threshold=1, expires=None, prev=None):
    """The keyset behind `before` (a note), with its online keys."""
    keys = dict(l.split(" ", 1) for l in text_of(before).splitlines()[1:])
    now = int(time.time())
    prev = prev or hashlib.sha256(text_of(before).encode()).digest()
    text = "commonshelf/keyset/v1\nversion %d\nprev %s\nissued %d\nexpires %d\nthreshold %d\n" % (
        version, b64(prev), now - 100, expires or now + 86400 * 365, threshold)
    text += "".join("root %s\n" % b64(public(r)) for r in roots)
    text += "".join("%s %s\n" % (role, keys[role]) for role in ("log", "auth", "witness"))
    return text + "\n" + "".join(line(s, text) for s in signers)


command, home, out = sys.argv[1:4]
own = load_pem_private_key(open(home + "/keys/root.key", "rb").read(), None)
genesis = open(home + "/keys/keyset").read()
other = Ed25519PrivateKey.generate()

if command in ("higher-root", "ends"):
    with open(home + "/keys/keyset", "a") as f:
        if command == "ends":
            f.write(follow(genesis, 2, [own], [own], expires=int(time.time()) + int(out)))
        else:
            f.write(follow(genesis, 2, [other, own], [own]))
    for role in ("log", "auth", "witness"):
        os.rename("%s/keys/%s.key" % (home, role), "%s/keys/%s-2.key" % (home, role))
    if command == "higher-root":
        with open(out, "wb") as f:
            f.write(other.private_bytes(Encoding.PEM, PrivateFormat.PKCS8, NoEncryption()))
else:
    notes = {
        "good": follow(genesis, 2, [own], [own]),
        "skips": follow(genesis, 3, [own], [own]),
        "new-only": follow(genesis, 2, [other], [other]),
        "old-only": follow(genesis, 2, [other], [own]),
        "other-history": follow(genesis, 2, [own], [own], prev=b"\1" * 32),
        "expired": follow(genesis, 2, [own], [own], expires=int(time.time()) - 10),
        "two-roots": follow(genesis, 2, [own, other], [own, other], threshold=2),
    }
    notes["one-counted-twice"] = follow(notes["two-roots"], 3, [own], [own, own])
    notes["both"] = follow(notes["two-roots"], 3, [own], [own, other])
    for name, note in notes.items():
        open("%s/%s" % (out, name), "w").write(note)
