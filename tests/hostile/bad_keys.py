"""Keys and signatures that a reader must not take, as notes.

  bad_keys.py list                      NAME HEX of each bad key, one a line
  bad_keys.py genesis HOME OUT ROLE HEX a first keyset with this key in a role, signed by HOME's root (by nobody's
                                        key where the role is root: under a key of small order one signature fits all);
                                        its node ID goes to stdout. HEX "-": a good one
  bad_keys.py next HOME OUT ROLE HEX    the same as the keyset behind HOME's
  bad_keys.py twin NOTE                 the note with S + L in the place of the first signature's S
"""
import base64, hashlib, sys, time

from cryptography.hazmat.primitives.asymmetric.ed25519 import Ed25519PrivateKey
from cryptography.hazmat.primitives.serialization import Encoding, PublicFormat, load_pem_private_key

P = 2**255 - 19
L = 2**252 + 27742317777372353535851937790883648493
D = -121665 * pow(121666, -1, P) % P
NEUTRAL = (1).to_bytes(32, "little")


def add(a, b):
    (x, y), (u, v) = a, b
    t = D * x * u * y * v
    return (x * v + u * y) * pow(1 + t, -1, P) % P, (y * v + x * u) * pow(1 - t, -1, P) % P


def multiply(n, point):
    out = (0, 1)
    while n:
        if n & 1:
            out = add(out, point)
        point = add(point, point)
        n >>= 1
    return out


def x_of(y):
    """A square root of x^2 = (y^2 - 1) / (D y^2 + 1), or None"""
    square = (y * y - 1) * pow(D * y * y + 1, -1, P) % P
    x = pow(square, (P + 3) // 8, P)
    for root in (x, x * pow(2, (P - 1) // 4, P) % P):
        if root * root % P == square:
            return root


def small_order():
    """The eight points whose order divides 8: what any point becomes L times."""
    points, y = {(0, 1)}, 2
    while len(points) < 8:
        x = x_of(y)
        if x is not None:
            point = multiply(L, (x, y))
            points |= {multiply(i, point) for i in range(8)}
        y += 1
    return sorted(points)


def bad():
    for i, (x, y) in enumerate(small_order()):
        yield f"small-order-{i}", (y | (x & 1) << 255).to_bytes(32, "little")
    for y in (1, P - 1):  # their x is 0, which has no sign
        yield f"signed-zero-{y % 3}", (y | 1 << 255).to_bytes(32, "little")
    for low in range(19):
        for sign in (0, 1):
            yield f"unreduced-{low}-{sign}", (P + low | sign << 255).to_bytes(32, "little")


def public(key):
    return key.public_key().public_bytes(Encoding.Raw, PublicFormat.Raw)


def b64(data):
    return base64.b64encode(data).decode()


def note(text, root, signature):
    key_id = hashlib.sha256(b"root\n\x01" + root).digest()[:4]
    return text + "\n\u2014 root " + b64(key_id + signature) + "\n"


def keyset(home, role, key, following):
    own = load_pem_private_key(open(home + "/keys/root.key", "rb").read(), None)
    before = open(home + "/keys/keyset").read()
    before = before[:before.index("\n\n") + 1]
    now = int(time.time())
    keys = {"root": public(own)}
    for online in ("log", "auth", "witness"):
        keys[online] = public(Ed25519PrivateKey.generate())
    if key != b"":
        keys[role] = key
    prev = b64(hashlib.sha256(before.encode()).digest()) if following else "-"
    text = "commonshelf/keyset/v1\nversion %d\nprev %s\nissued %d\nexpires %d\nthreshold 1\n" % (
        2 if following else 1, prev, now - 100, now + 86400 * 365)
    text += "".join("%s %s\n" % (r, b64(keys[r])) for r in ("root", "log", "auth", "witness"))
    forged = NEUTRAL + bytes(32)
    made = note(text, keys["root"], forged if role == "root" and key else own.sign(text.encode()))
    if following and role == "root" and key:  # the old root consents to the new one
        made += note("", public(own), own.sign(text.encode()))[1:]
    return text, made


def twin(data):
    at = data.index(b"\n\n") + 2
    first, rest = data[at:].split(b"\n", 1)
    dash, name, value = first.split(b" ")
    value = base64.b64decode(value)
    s = int.from_bytes(value[-32:], "little") + L
    return data[:at] + b" ".join([dash, name, base64.b64encode(value[:-32] + s.to_bytes(32, "little"))]) + b"\n" + rest


command, *rest = sys.argv[1:]
if command == "list":
    for name, key in bad():
        print(name, key.hex())
elif command == "twin":
    sys.stdout.buffer.write(twin(open(rest[0], "rb").read()))
else:
    home, out, role, key = rest
    text, made = keyset(home, role, b"" if key == "-" else bytes.fromhex(key), command == "next")
    with open(out, "w") as f:
        f.write(made)
    print("cs1" + base64.b32encode(hashlib.sha256(text.encode()).digest()).decode().lower().rstrip("="))
