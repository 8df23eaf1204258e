"""SPEC §2. `text` in the encoding `as` stands for the bytes `hex`; without `hex` it is refused. Of a decimal
number `value` is what it says, with `max` the largest that is allowed (both as text: not every reader of JSON
has integers of 64 bits)."""
from .basis import b32, b64, b64url, sha256


def cases():
    out = []

    def add(name, kind, text, data=None, **more):
        case = {"name": name, "as": kind, "text": text}
        if data is not None:
            case["hex"] = data.hex()
        out.append({**case, **more})

    for n in (0, 1, 2, 3, 16, 32, 33):
        data = sha256(b"%d" % n) * 2
        data = data[:n]
        add("base64 of %d bytes" % n, "base64", b64(data), data)
        add("base64url of %d bytes" % n, "base64url", b64url(data), data)
        add("base32 of %d bytes" % n, "base32", b32(data), data)
        add("hex of %d bytes" % n, "hex", data.hex(), data)
    for name, text in (("without padding", "AA"), ("too much padding", "AAA=="), ("padding alone", "===="),
                       ("unused bits set", "AB=="), ("unused bits set in the third", "AAB="), ("white space", "AA A"),
                       ("a line break", "AAAA\n"), ("the other alphabet", "_-8="), ("padding inside", "AA==AAAA"),
                       ("five characters", "AAAAA")):
        add("base64 " + name, "base64", text)
    for name, text in (("padded", "AA=="), ("unused bits set", "AB"), ("the other alphabet", "+/8"),
                       ("one character left", "AAAAA"), ("white space", "AA ")):
        add("base64url " + name, "base64url", text)
    for name, text in (("upper case", "AD7RB6Y"), ("padded", "ad7rb6y="), ("unused bits set", "ad7rb6z"),
                       ("a digit that is none", "ad7rb61"), ("a length that is none", "a")):
        add("base32 " + name, "base32", text)
    for name, text in (("upper case", "FF"), ("half a byte", "f"), ("no digit", "fg"), ("a prefix", "0xff")):
        add("hex " + name, "hex", text)
    for text in ("0", "1", "253402300799", "9223372036854775807"):
        add("decimal " + text, "decimal", text, max="9223372036854775807", value=text)
    for name, text, most in (("empty", "", 10), ("a leading zero", "01", 10), ("two zeros", "00", 10), ("a plus", "+1", 10),
                             ("a minus", "-1", 10), ("a space before", " 1", 10), ("a space behind", "1 ", 10),
                             ("a point", "1.0", 10), ("an exponent", "1e3", 10000), ("digits of another script", "\u0661", 10),
                             ("over the largest", "11", 10), ("over 64 bits", "18446744073709551616", 9223372036854775807),
                             ("hexadecimal", "0x1", 10)):
        add("decimal " + name, "decimal", text, max=str(most))
    return out
