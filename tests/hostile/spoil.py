"""Spoils a signed note: spoil.py HOW < NOTE > OUT. What it makes is never what was signed."""
import base64, hashlib, sys

note = sys.stdin.buffer.read()
at = note.index(b"\n\n") + 1
text, lines = note[:at], note[at + 1:]


def signature(change):
    """The note with the decoded bytes of its first signature line changed."""
    first, rest = lines.split(b"\n", 1)
    dash, name, data = first.split(b" ")
    return text + b"\n" + b" ".join([dash, change_name(name), base64.b64encode(change(base64.b64decode(data)))]) + b"\n" + rest


def flip(data, i):
    return data[:i] + bytes([data[i] ^ 1]) + data[i + 1:]


how = sys.argv[1]
change_name = (lambda n: n + b"x") if how == "foreign-name" else (lambda n: n)
foreign = hashlib.sha256(b"another key").digest()[:4]
made = {
    # T1: one bit
    "text": lambda: flip(text, len(text) - 2) + b"\n" + lines,
    "signature": lambda: signature(lambda d: flip(d, len(d) - 5)),
    "key-id": lambda: signature(lambda d: flip(d, 0)),
    # T2: what is no note
    "crlf": lambda: note.replace(b"\n", b"\r\n"),
    "nul": lambda: text[:-1] + b"\0\n\n" + lines,
    "next-line": lambda: text[:-1] + b"\xc2\x85\n\n" + lines,
    "not-utf8": lambda: text[:-1] + b"\xff\n\n" + lines,
    "line-separator": lambda: text[:-1] + b"\xe2\x80\xa8\n\n" + lines,
    "no-empty-line": lambda: text + lines,
    "two-empty-lines": lambda: text + b"\n\n" + lines,
    "empty-line-behind": lambda: note + b"\n",
    "no-signature": lambda: text + b"\n",
    "seventeen": lambda: note + b"".join(
        b"\xe2\x80\x94 n%d %s\n" % (i, base64.b64encode(bytes(68))) for i in range(17 - lines.count(b"\n"))),
    "huge": lambda: text + b"x" * 70000 + b"\n\n" + lines,
    "nothing": lambda: b"",
    # T3: whose signature
    "foreign-id": lambda: signature(lambda d: foreign + d[4:]),
    "foreign-name": lambda: signature(lambda d: d),
    "bad-beside-good": lambda: note + signature(lambda d: flip(d, len(d) - 5))[at + 1:].split(b"\n")[0] + b"\n",
}
sys.stdout.buffer.write(made[how]())
