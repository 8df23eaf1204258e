"""SPEC §8. `body` (base64) is a run of frames, each its type and the SHA-256 (hex) of its data; or `malformed`. Which types
belong where is not judged here."""
from .basis import b64, frame, sha256


def cases():
    magic = b"CSHB1\n"
    out = []

    def add(name, body, frames=None):
        case = {"name": name, "body": b64(body)}
        out.append({**case, **({"frames": [[t, sha256(d).hex()] for t, d in frames]} if frames is not None else {"malformed": True})})

    add("nothing but the end", magic + frame("Z"), [("Z", b"")])
    add("three frames", magic + frame("K", b"one") + frame("F", b"") + frame("Z"), [("K", b"one"), ("F", b""), ("Z", b"")])
    add("data with a magic line in it", magic + frame("K", magic + frame("Z")) + frame("Z"), [("K", magic + frame("Z")), ("Z", b"")])
    for name, body in (("empty", b""), ("another magic", b"CSHB2\n" + frame("Z")), ("half a magic", b"CSH"), ("no end", magic + frame("K", b"x")),
                       ("bytes behind the end", magic + frame("Z") + b"x"), ("an end with data", magic + frame("Z", b"x")),
                       ("a length beyond the end", magic + b"K\0\0\0\5abc"), ("the largest length", magic + b"K\xff\xff\xff\xff" + b"abc"),
                       ("half a head", magic + b"K\0\0")):
        add(name, body)
    return out
