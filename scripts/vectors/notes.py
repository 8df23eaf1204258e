"""SPEC §3. `note` (or `note_base64` where it is no text) against one key: `expect` is "verified" (with `time` for
a cosignature), "absent" (no signature by that key), "refused" (a signature by that key does not verify, whatever
else is there) or "malformed" (it is no note at all)."""
import struct

from .basis import Key, b64, key_id, line, note

TEXT = "commonshelf/example/v1\nname Ir\u00e1n\n"


def cases():
    out = []
    key, other = Key("root"), Key("other root")
    good = line("root", key, TEXT)

    def add(name, value, expect, kind=1, who="root", by=key, **more):
        case = {"name": name}
        case.update({"note": value} if isinstance(value, str) else {"note_base64": b64(value)})
        case["key"] = {"name": who, "type": kind, "public": b64(by.public)}
        out.append({**case, "expect": expect, **more})

    add("one signature", note(TEXT, good), "verified")
    add("a text with empty lines", note("a\n\nb\n", line("root", key, "a\n\nb\n")), "verified")
    add("an unknown signature before", note(TEXT, line("other", other, TEXT), good), "verified")
    add("an unknown signature that does not verify", note(TEXT, line("other", other, TEXT, spoil=True), good), "verified")
    add("a signature of unknown length by nobody known", note(TEXT, "\u2014 other " + b64(b"12345678") + "\n", good), "verified")
    sixteen = [line("n%d" % i, Key("n%d" % i), TEXT) for i in range(15)] + [good]
    add("sixteen signatures", note(TEXT, *sixteen), "verified")
    add("two good ones by one key", note(TEXT, good, good), "verified")
    add("the same name, another key", note(TEXT, line("root", other, TEXT)), "absent")
    add("the same key, another name", note(TEXT, line("toor", key, TEXT)), "absent")
    add("a foreign key ID under the name", note(TEXT, "\u2014 root " + b64(key_id("root", 1, other.public) + key.sign(TEXT.encode())) + "\n"), "absent")
    add("the type of a cosignature", note(TEXT, line("root", key, TEXT, 4, 1790003600)), "absent")
    add("one bit of the signature turned", note(TEXT, line("root", key, TEXT, spoil=True)), "refused")
    add("one bit of the text turned", note(TEXT.replace("name", "nbme"), good), "refused")
    add("a bad one beside a good one", note(TEXT, good, line("root", key, TEXT, spoil=True)), "refused")
    add("a short signature under the known key", note(TEXT, "\u2014 root " + b64(key_id("root", 1, key.public) + b"\0" * 63) + "\n"), "refused")
    add("S above the group order", note(TEXT, "\u2014 root " + b64(key_id("root", 1, key.public) + key.sign(TEXT.encode())[:32] + b"\xff" * 32) + "\n"), "refused")
    for time in (0, 1790003600, 253402300799):
        add("a cosignature at %d" % time, note(TEXT, line("w", key, TEXT, 4, time)), "verified", 4, "w", time=time)
    add("the newest of three cosignatures", note(TEXT, line("w", key, TEXT, 4, 20), line("w", key, TEXT, 4, 30), line("w", key, TEXT, 4, 10)), "verified", 4, "w", time=30)
    late = key.sign(b"cosignature/v1\ntime 253402300800\n" + TEXT.encode())
    add("a cosignature after the year 9999", note(TEXT, "\u2014 w " + b64(key_id("w", 4, key.public) + struct.pack(">Q", 253402300800) + late) + "\n"), "refused", 4, "w")
    moved = key.sign(b"cosignature/v1\ntime 20\n" + TEXT.encode())
    add("a cosignature whose time was changed", note(TEXT, "\u2014 w " + b64(key_id("w", 4, key.public) + struct.pack(">Q", 21) + moved) + "\n"), "refused", 4, "w")

    whole = note(TEXT, good)
    for name, value in (
            ("no signature", TEXT + "\n"), ("no empty line", TEXT + good), ("no final line feed", whole[:-1]),
            ("nothing", ""), ("an empty text", "\n" + good), ("a text without line feed", "abc\n" + good),
            ("carriage returns", whole.replace("\n", "\r\n")), ("a tab", note("a\tb\n", line("root", key, "a\tb\n"))),
            ("U+0085 in the text", note("a\u0085b\n", line("root", key, "a\u0085b\n"))),
            ("DEL in the text", note("a\x7fb\n", line("root", key, "a\x7fb\n"))),
            ("a NUL in the text", note("a\0b\n", line("root", key, "a\0b\n"))),
            ("a hyphen for the dash", whole.replace("\u2014", "-")), ("two spaces behind the dash", whole.replace("\u2014 ", "\u2014  ")),
            ("no name", whole.replace("\u2014 root ", "\u2014  ")), ("a plus in the name", whole.replace("\u2014 root", "\u2014 ro+t")),
            ("a no-break space in the name", whole.replace("\u2014 root", "\u2014 ro\u00a0t")),
            ("no base64", whole.replace("\u2014 root ", "\u2014 root !")), ("a key ID alone", note(TEXT, "\u2014 root AAAAAA==\n")),
            ("unpadded base64", note(TEXT, good.replace("=\n", "\n"))),
            ("a line behind the signatures", whole + "more\n"), ("an empty line behind", whole + "\n"),
            ("seventeen signatures", note(TEXT, *([line("m", Key("m"), TEXT)] + sixteen))),
            ("a name of 121 bytes", note(TEXT, line("n" * 121, key, TEXT)))):
        add(name, value, "malformed")
    add("a name of 120 bytes", note(TEXT, line("n" * 120, key, TEXT)), "verified", who="n" * 120)
    add("text that is not UTF-8", b"a\xffb\n\n" + good.encode(), "malformed")
    add("an overlong form", b"a\xc0\x80b\n\n" + good.encode(), "malformed")
    add("a surrogate", b"a\xed\xa0\x80b\n\n" + good.encode(), "malformed")
    big = "x" * 65400 + "\n"
    add("almost 65,536 bytes", note(big, line("root", key, big)), "verified")
    big = "x" * 65536 + "\n"
    add("over 65,536 bytes", note(big, line("root", key, big)), "malformed")
    return out
