"""Charters that coordinators of a story sign, good ones and others.

  charters.py gov HOME FILE          a stopped node's next keyset gets a gov key; its seed goes to FILE
  charters.py make OUT [version=N] [prev=CHARTER] [threshold=N] [coordinators=FILE,…] [members=FILE,…|ID,…]
                   [signers=FILE,…] [issued=SECONDS] [expires=SECONDS] [name=NAME] [hash=BASE64]
      FILE is what gov wrote; times are counted from now. The newest charter in `prev` is the one before.
"""
import base64, hashlib, json, os, sys, time
from cryptography.hazmat.primitives.asymmetric.ed25519 import Ed25519PrivateKey
from cryptography.hazmat.primitives.serialization import (
    Encoding, NoEncryption, PrivateFormat, PublicFormat, load_pem_private_key)


def public(key):
    return key.public_key().public_bytes(Encoding.Raw, PublicFormat.Raw)


def b64(data):
    return base64.b64encode(data).decode()


def text_of(note):
    return note[:note.index("\n\n") + 1]


def line(name, key, text):
    key_id = hashlib.sha256(name.encode() + b"\n\x01" + public(key)).digest()[:4]
    return "\u2014 %s %s\n" % (name, b64(key_id + key.sign(text.encode())))


def last_text(path):
    """The text of the last note in a file of them."""
    lines, text, start = open(path).read().split("\n"), None, 0
    for i, l in enumerate(lines):
        if l == "" and i + 1 < len(lines) and lines[i + 1].startswith("\u2014"):
            text = "\n".join(lines[start:i]) + "\n"
        if l.startswith("\u2014"):
            start = i + 1
    return text


def add_gov(home, out):
    root = load_pem_private_key(open(home + "/keys/root.key", "rb").read(), None)
    genesis = open(home + "/keys/keyset").read()
    text, gov, now = text_of(genesis), Ed25519PrivateKey.generate(), int(time.time())
    keys = dict(l.split(" ", 1) for l in text.splitlines()[1:])
    new = "commonshelf/keyset/v1\nversion 2\nprev %s\nissued %d\nexpires %d\nthreshold 1\nroot %s\n" % (
        b64(hashlib.sha256(text.encode()).digest()), now - 100, now + 86400 * 365, keys["root"])
    new += "".join("%s %s\n" % (role, keys[role]) for role in ("log", "auth", "witness"))
    new += "gov %s\n" % b64(public(gov))
    with open(home + "/keys/keyset", "a") as f:
        f.write(new + "\n" + line("root", root, new))
    for role in ("log", "auth", "witness"):
        os.rename("%s/keys/%s.key" % (home, role), "%s/keys/%s-2.key" % (home, role))
    node = "cs1" + base64.b32encode(hashlib.sha256(text.encode()).digest()).decode().lower().rstrip("=")
    json.dump({"node": node, "seed": gov.private_bytes(Encoding.Raw, PrivateFormat.Raw, NoEncryption()).hex()}, open(out, "w"))


def load(path):
    """(node ID, key or None)"""
    if not os.path.exists(path):
        return path, None
    read = json.load(open(path))
    return read["node"], Ed25519PrivateKey.from_private_bytes(bytes.fromhex(read["seed"]))


def make(out, **o):
    several = lambda word: [load(p) for p in o[word].split(",")] if word in o else []
    now = int(time.time())
    coordinators = sorted(several("coordinators"), key=lambda c: c[0])
    members = several("members") or coordinators
    version, prev = 1, "-"
    if "prev" in o:
        before = last_text(o["prev"])
        version = int(dict(l.split(" ", 1) for l in before.splitlines()[1:])["version"]) + 1
        prev = b64(hashlib.sha256(before.encode()).digest())
    version, prev = o.get("version", version), o.get("hash", prev)
    text = "commonshelf/charter/v1\nname %s\nversion %s\nprev %s\nissued %d\nexpires %d\nthreshold %s\n" % (
        o.get("name", "Valley Libraries"), version, prev, now + int(o.get("issued", -60)),
        now + int(o.get("expires", 86400 * 30)), o.get("threshold", len(coordinators)))
    text += "".join("coordinator %s %s\n" % (n, b64(public(k))) for n, k in coordinators)
    text += "term Take back what is taken back.\n"
    for node in sorted(m[0] for m in members):
        text += "member %s roles=publisher,mirror since=%d Member %s\n" % (node, now, node[3:8])
    note = text + "\n" + "".join(line(n + "/gov", k, text) for n, k in several("signers") or coordinators)
    open(out, "w").write(note)


if sys.argv[1] == "gov":
    add_gov(*sys.argv[2:])
else:
    make(sys.argv[2], **dict(a.split("=", 1) for a in sys.argv[3:]))
