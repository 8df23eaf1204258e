#!/bin/bash
# T21: the body of a signed request is the one that was signed. The one route that takes a body and a signature
# is hello: a good one is caught on its way, then spoiled.
. "$(dirname "$0")/../scenario/lib.sh"
. "$here/../hostile/lib.sh"
story 9 "what was signed is what was sent"

node school "School"; node centre "Centre"
proxied school
school serves; proxy school
rule school hello "record $T/hello"
school invites centre
expect "the hello is answered" is_status 0
# What was caught, with a new line in place of the one that begins with $1; $2 is added, $3 changes the body.
spoil() {
    python3 -B - "$T/hello" "$T/spoiled" "$@" <<'END'
import sys
data = open(sys.argv[1], "rb").read()
head, body = data.split(b"\r\n\r\n", 1)
lines = head.split(b"\r\n") + [b"Connection: close"]
for change in sys.argv[3:]:
    what, _, value = change.partition("=")
    value = value.encode()
    name = value.split(b":")[0].lower() + b":"
    if what == "set":
        lines = [value if l.lower().startswith(name) else l for l in lines]
    elif what == "add":
        lines.append(value)
    elif what == "drop":
        lines = [l for l in lines if not l.lower().startswith(value.lower() + b":")]
    elif what == "flip":
        body = body[:-6] + bytes([body[-6] ^ 1]) + body[-5:]
open(sys.argv[2], "wb").write(b"\r\n".join(lines) + b"\r\n\r\n" + body)
END
    sent school spoiled
}
digest() { python3 -c "
import base64, hashlib, sys
body = open('$T/hello', 'rb').read().split(b'\r\n\r\n', 1)[1]
print('$1=:' + base64.b64encode(hashlib.new('$2', body + b'${3:-}').digest()).decode() + ':')"; }
spoil
expect "caught and sent again it gets its answer again" is_got 200
spoil flip
expect "another body under the old digest: refused" is_got 400
spoil "set=Content-Digest: $(digest sha-256 sha256 x)"
expect "another digest: refused" is_got 401
spoil "set=Content-Digest: $(digest sha-512 sha512)"
expect "sha-512 only: refused" is_got 400
spoil "set=Content-Digest: $(digest sha-256 sha256), $(digest sha-512 sha512)"
expect "two digests in a line: refused" is_got 400
spoil "add=Content-Digest: $(digest sha-256 sha256)"
expect "two digest lines: refused" is_got 400
spoil "add=Content-Type: text/plain"
expect "two content types: refused" is_got 400
spoil drop=Content-Digest
expect "no digest: refused" is_got 400
