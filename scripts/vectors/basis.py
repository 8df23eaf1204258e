"""What the makers of test vectors share: keys from public seeds, encodings, notes, entries, trees. Written
from protocol/SPEC.md, apart from the library that the vectors test."""
import base64
import gzip
import hashlib
import struct
import zlib

from cryptography.hazmat.primitives.asymmetric.ed25519 import Ed25519PrivateKey
from cryptography.hazmat.primitives.serialization import Encoding, PublicFormat


def sha256(data):
    return hashlib.sha256(data).digest()


def b64(data):
    return base64.b64encode(data).decode()


def b64url(data):
    return base64.urlsafe_b64encode(data).decode().rstrip("=")


def b32(data):
    return base64.b32encode(data).decode().lower().rstrip("=")


class Key:
    """The key called `name`; never to be used outside of tests."""

    def __init__(self, name):
        self.name = name
        self.seed = sha256(b"commonshelf test vector " + name.encode())
        self.private = Ed25519PrivateKey.from_private_bytes(self.seed)
        self.public = self.private.public_key().public_bytes(Encoding.Raw, PublicFormat.Raw)

    def sign(self, message):
        return self.private.sign(message)


def key_id(name, kind, public):
    return sha256(name.encode() + b"\n" + bytes([kind]) + public)[:4]


def line(signer, key, text, kind=1, time=None, spoil=False):
    """A signature line of a note; `spoil` turns one bit of the signature."""
    if kind == 4:
        body = struct.pack(">Q", time) + key.sign(b"cosignature/v1\ntime %d\n" % time + text.encode())
    else:
        body = key.sign(text.encode())
    if spoil:
        body = body[:-1] + bytes([body[-1] ^ 1])
    return "\u2014 %s %s\n" % (signer, b64(key_id(signer, kind, key.public) + body))


def note(text, *lines):
    return text + "\n" + "".join(lines)


class Node:
    """Keys of one institution; names are prefixed except for the specification's first node."""

    def __init__(self, prefix=""):
        p = prefix + " " if prefix else ""
        self.root, self.log = Key(p + "root"), Key(p + "log")
        self.auth, self.witness = Key(p + "auth"), Key(p + "witness")
        self.genesis = self.keyset()
        self.id = "cs1" + b32(sha256(self.genesis.encode()))

    def keyset(self, version=1, prev="-", issued=1790000000, expires=1821536000, threshold=1, roots=None,
               log=None, auth=None, witness=None, more=""):
        text = "commonshelf/keyset/v1\nversion %d\nprev %s\nissued %d\nexpires %d\nthreshold %d\n" % (
            version, prev, issued, expires, threshold)
        for root in roots or [self.root]:
            text += "root %s\n" % b64(root.public)
        for word, key in (("log", log or self.log), ("auth", auth or self.auth),
                          ("witness", witness or self.witness)):
            text += "%s %s\n" % (word, b64(key.public))
        return text + more

    def genesis_note(self):
        return note(self.genesis, line("root", self.root, self.genesis))


def leaf(entry):
    return sha256(b"\0" + entry)


def inner(left, right):
    return sha256(b"\1" + left + right)


def split(n):
    k = 1
    while k * 2 < n:
        k *= 2
    return k


def root(leaves):
    if not leaves:
        return sha256(b"")
    if len(leaves) == 1:
        return leaves[0]
    k = split(len(leaves))
    return inner(root(leaves[:k]), root(leaves[k:]))


def inclusion(index, leaves):
    if len(leaves) == 1:
        return []
    k = split(len(leaves))
    if index < k:
        return inclusion(index, leaves[:k]) + [root(leaves[k:])]
    return inclusion(index - k, leaves[k:]) + [root(leaves[:k])]


def consistency(old, leaves, whole=True):
    n = len(leaves)
    if old == n:
        return [] if whole else [root(leaves)]
    k = split(n)
    if old <= k:
        return consistency(old, leaves[:k], whole) + [root(leaves[k:])]
    return consistency(old - k, leaves[k:], False) + [root(leaves[:k])]


def salt(i):
    return sha256(b"salt" + str(i).encode())[:16]


def entry(op, i, payload):
    return b"\1" + op.encode() + salt(i) + payload.encode()


def bundle_raw(items):
    """Entries, or 32-byte leaf hashes (given as a tuple) in the place of redacted ones."""
    out = b""
    for item in items:
        out += struct.pack(">H", 0) + item[0] if isinstance(item, tuple) else struct.pack(">H", len(item)) + item
    return out


def gz(data):
    return gzip.compress(data, 6, mtime=0)


def deflate_only(data):
    return zlib.compress(data)


def frame(kind, data=b""):
    return kind.encode() + struct.pack(">I", len(data)) + data


def hashes(n):
    """n leaves that anybody can make: SHA-256 of 0x00 and the index in four bytes."""
    return [leaf(struct.pack(">I", i)) for i in range(n)]
