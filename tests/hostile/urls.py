"""T37: requests in which everything that can name a URL names one. HOST PORT SOURCE URL NODE-ID. Prints each
request's place and its status."""
import sys

import wire

host, port, source, url, node = sys.argv[1:6]
authority = "%s:%s" % (host, port)
place = url.split("//")[1]

PARAMETERS = ('("@method" "@authority" "@path" "@query" "content-digest" "content-type" "csh-to")'
              ';created=1;expires=2;nonce="aaaaaaaaaaaaaaaaaaaaaa";keyid="%s";tag="commonshelf-v1"')


def signed(keyid):
    return {"Signature-Input": "cs=" + PARAMETERS % keyid, "Signature": "cs=:" + "A" * 86 + "==:",
            "CSH-To": node, "Content-Type": "application/octet-stream",
            "Content-Digest": "sha-256=:" + "A" * 43 + "=:"}


HEADERS = [
    {name: url} for name in (
        "Referer", "Origin", "From", "Via", "Forwarded", "X-Forwarded-Host", "X-Forwarded-For", "X-Original-URL",
        "Link", "Location", "Content-Location", "Destination", "Profile", "Service-Worker", "Sec-WebSocket-Origin",
        "Callback", "Webhook", "Key-Id", "Signature", "Authorization")
] + [signed(url), signed(place), signed(node + "/auth"), signed(url + "#auth")]
PATHS = ["/?url=" + url, "/search?q=" + url, "/csh/join?link=" + url, "/record/" + url, "/" + url,
         "/csh/v1/keyset/" + url, "/csh/v1/log/" + url, "/csh/v1/relay/" + url, "/api/v1/search?q=" + url,
         "/api/v1/record/" + url]
BODIES = [
    url.encode(),
    b'{"url":"%s","keyid":"%s"}' % (url.encode(), url.encode()),
    b"commonshelf/profile/v1\nnode " + node.encode() + b"\nurl " + url.encode() + b"\n",
    b"F" + len(url).to_bytes(4, "big") + url.encode(),
    b"P\0\0\0\x80commonshelf/profile/v1\nurl " + url.encode(),
]


def ask(what, first, headers, body=b""):
    lines = [first, "Host: " + authority] + ["%s: %s" % h for h in headers.items()]
    if body or first.startswith("POST"):
        lines.append("Content-Length: %d" % len(body))
    conn = wire.connect(host, port, source)
    wire.say(conn, ("\r\n".join(lines) + "\r\nConnection: close\r\n\r\n").encode() + body)
    data, _ = wire.hear(conn)
    conn.close()
    print("%s|%s|%d" % (what, "ok" if wire.status(data) else "bad", wire.status(data)))


for headers in HEADERS:
    ask("header " + list(headers)[0], "GET /search?q=book HTTP/1.1", headers)
    ask("header " + list(headers)[0] + " of a hello", "POST /csh/v1/hello HTTP/1.1", headers, BODIES[0])
for path in PATHS:
    ask("path " + path.replace(place, "…"), "GET %s HTTP/1.1" % path, {})
for body in BODIES:
    for path in ("hello", "notify", "deposit", "add-checkpoint", "join"):
        ask("body of " + path, "POST /csh/v1/%s HTTP/1.1" % path, {"Content-Type": "application/octet-stream"}, body)
authority = "canary.example:" + place.split("/")[0].split(":")[1]
ask("Host", "GET / HTTP/1.1", {})
