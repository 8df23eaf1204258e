"""Makes what a lying publisher would sign, with a node's own keys.

  forge.py log HOME OUT SHELF EPOCH TIME    a log as files below OUT, from lines on stdin:
      OP JSON           an entry (E, P, D, R) with a salt made from its place
      = BASE64          an entry's exact bytes
      # BASE64          a redacted place: the leaf hash
  forge.py profile HOME NOTE LINE…          the profile of NOTE with these shelf lines, one version on
  forge.py entries FILE…                    bundles (gzip) as lines of the form above
  forge.py compact HOME SHELF EPOCH         the next epoch of the log whose lines are on stdin, as lines
"""
import base64, gzip, hashlib, json, os, struct, sys

from cryptography.hazmat.primitives.serialization import load_pem_private_key, Encoding, PublicFormat


def sha(b):
    return hashlib.sha256(b).digest()


def b64(b):
    return base64.b64encode(b).decode()


def key_of(home, role):
    with open(f"{home}/keys/{role}.key", "rb") as f:
        return load_pem_private_key(f.read(), None)


def node_id(home):
    note = open(f"{home}/keys/keyset", "rb").read()
    text = note[:note.index(b"\n\n") + 1]
    return "cs1" + base64.b32encode(sha(text)).decode().lower().rstrip("=")


def sign(key, name, kind, message, before=b""):
    public = key.public_key().public_bytes(Encoding.Raw, PublicFormat.Raw)
    key_id = sha(name.encode() + b"\n" + bytes([kind]) + public)[:4]
    return f"\u2014 {name} {b64(key_id + before + key.sign(message))}\n"


def root_of(leaves):
    if not leaves:
        return sha(b"")
    if len(leaves) == 1:
        return leaves[0]
    k = 1
    while k * 2 < len(leaves):
        k *= 2
    return sha(b"\x01" + root_of(leaves[:k]) + root_of(leaves[k:]))


def read_lines(lines):
    """(entry or None, leaf) for each line"""
    out = []
    for i, line in enumerate(x.rstrip("\n") for x in lines):
        if line[0] == "#":
            out.append((None, base64.b64decode(line[2:])))
            continue
        if line[0] == "=":
            entry = base64.b64decode(line[2:])
        else:
            entry = b"\x01" + line[0].encode() + sha(b"salt%d" % i)[:16] + line[2:].encode()
        out.append((entry, sha(b"\x00" + entry)))
    return out


def raw(items):
    return b"".join(struct.pack(">H", len(e)) + e if e is not None else b"\0\0" + leaf for e, leaf in items)


def put(path, data):
    os.makedirs(os.path.dirname(path), exist_ok=True)
    with open(path, "wb") as f:
        f.write(data)


def tile_name(n):
    name = "%03d" % (n % 1000)
    while n >= 1000:
        n //= 1000
        name = "x%03d/%s" % (n % 1000, name)
    return name


def forge_log(home, out, shelf, epoch, time):
    items = read_lines(sys.stdin)
    leaves = [leaf for _, leaf in items]
    base = f"{out}/csh/v1/log/{shelf}/{epoch}"
    full = [root_of(leaves[i:i + 256]) for i in range(0, len(leaves) - 255, 256)]
    for level, hashes in ((0, leaves), (1, full)):
        for i in range(0, len(hashes), 256):
            part = hashes[i:i + 256]
            name = tile_name(i // 256) + ("" if len(part) == 256 else ".p/%d" % len(part))
            put(f"{base}/tile/{level}/{name}", b"".join(part))
            if level == 0:
                put(f"{base}/tile/entries/{name}", gzip.compress(raw(items[i:i + 256])))
    for start in range(len(items)):
        for end in {start + 1 if start == 0 else len(items), len(items), min(len(items), start // 256 * 256 + 256)}:
            put(f"{base}/entries/{start}-{end}", gzip.compress(raw(items[start:end]), 1))
    node = node_id(home)
    origin = f"{node}/{shelf}/{epoch}"
    text = f"{origin}\n{len(items)}\n{b64(root_of(leaves))}\n"
    cosigned = f"cosignature/v1\ntime {time}\n{text}".encode()
    note = (text + "\n" + sign(key_of(home, "log"), origin, 1, text.encode()) +
            sign(key_of(home, "witness"), f"{node}/witness", 4, cosigned, struct.pack(">Q", int(time))))
    put(f"{base}/checkpoint", note.encode())


def forge_profile(home, path, lines):
    note = open(path).read()
    text = []
    for line in note[:note.index("\n\n")].split("\n"):
        word, _, value = line.partition(" ")
        if word == "version":
            line = f"version {int(value) + 1}"
        if word != "shelf":
            text.append(line)
    text = "\n".join(text + lines) + "\n"
    sys.stdout.write(text + "\n" + sign(key_of(home, "log"), node_id(home) + "/log", 1, text.encode()))


def show_entries(paths):
    for path in paths:
        data = gzip.decompress(open(path, "rb").read())
        while data:
            n = struct.unpack(">H", data[:2])[0]
            if n:
                print("=", b64(data[2:2 + n]))
                data = data[2 + n:]
            else:
                print("#", b64(data[2:34]))
                data = data[34:]


def strict_json(text):
    """JSON within the bounds of SPEC.md section 2, or ValueError."""
    def refuse(*_):
        raise ValueError

    def members(pairs):
        if len(pairs) > 256 or len(dict(pairs)) < len(pairs):
            refuse()
        return dict(pairs)

    def check(value, depth):
        if isinstance(value, (dict, list)) and depth == 16:
            refuse()
        if isinstance(value, str) and "\0" in value or value in (float("inf"), -float("inf")):
            refuse()
        if isinstance(value, str):
            value.encode()
        if isinstance(value, int) and not -2**63 <= value < 2**63:
            refuse()
        for inner in [*value, *value.values()] if isinstance(value, dict) else value if isinstance(value, list) else []:
            check(inner, depth + 1)

    value = json.loads(text.decode(), object_pairs_hook=members, parse_constant=refuse)
    check(value, 0)
    return value


def live_of(items, epoch):
    """The places that live on in the next epoch, by SPEC.md section 11, written apart from the node."""
    said, redacted = {}, set()
    for i, (entry, _) in enumerate(items):
        if entry is None or len(entry) < 18 or entry[0] != 1:
            continue
        op = chr(entry[1])
        try:
            value = strict_json(entry[18:])
        except (ValueError, RecursionError):
            continue
        if not isinstance(value, dict):
            continue
        if op == "R" and value.get("epoch") == epoch and 1 <= value.get("index", 0) < i:
            redacted.add(value["index"])
        if op in "PD" and isinstance(value.get("id"), str) and type(value.get("rev")) is int and value["rev"] > 0:
            said.setdefault(value["id"], []).append((-value["rev"], i, op))
    best = (min((x for x in all if x[1] not in redacted), default=(0, 0, "D")) for all in said.values())
    return sorted(i for _, i, op in best if op == "P")


def compact(home, shelf, epoch):
    items = read_lines(sys.stdin)
    live = live_of(items, int(epoch))
    prev = {"origin": f"{node_id(home)}/{shelf}/{epoch}", "size": len(items),
            "root": b64(root_of([leaf for _, leaf in items])), "count": len(live)}
    print("E", json.dumps({"epoch": int(epoch) + 1, "prev": prev}, separators=(",", ":")))
    for i in live:
        print("=", b64(items[i][0]))


if __name__ == "__main__":
    command, *rest = sys.argv[1:]
    if command == "log":
        forge_log(*rest)
    elif command == "profile":
        forge_profile(rest[0], rest[1], rest[2:])
    elif command == "compact":
        compact(*rest)
    else:
        show_entries(rest)
