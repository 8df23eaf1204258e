"""Signed requests as bytes (SPEC.md §7), to be sent as they are or spoiled first.

  make OUT KEY.pem FROM TO AUTHORITY METHOD TARGET [NAME=VALUE…]   writes a signed request
  send ADDRESS FILE [ANSWER]    sends it over TLS; prints the status; the whole answer goes to ANSWER

Of make: created=SECONDS from now, lifetime=SECONDS, nonce=, body=, file=, type=, host=, tag=, list= (components).
"""
import base64, hashlib, os, re, socket, ssl, subprocess, sys, tempfile, time

BARE = '"@method" "@authority" "@path" "@query" "csh-to"'
BODY = '"@method" "@authority" "@path" "@query" "content-digest" "content-type" "csh-to"'


def ed25519(key, message):
    with tempfile.NamedTemporaryFile() as f:
        f.write(message)
        f.flush()
        return subprocess.run(["openssl", "pkeyutl", "-sign", "-inkey", key, "-rawin", "-in", f.name],
                              stdout=subprocess.PIPE, check=True).stdout


def base(params, values):
    lines = ["%s: %s" % (c, values[c.strip('"')]) for c in re.findall(r'"[^"]*"', params[1:params.index(")")])]
    return "\n".join(lines + ['"@signature-params": ' + params]).encode()


def make(out, key, sender, to, authority, method, target, *options):
    o = dict(x.split("=", 1) for x in options)
    path, _, query = target.partition("?")
    created = int(time.time()) + int(o.get("created", 0))
    nonce = o.get("nonce") or base64.b64encode(os.urandom(16)).decode()
    body = open(o["file"], "rb").read() if "file" in o else o.get("body", "").encode()
    has_body = "body" in o or "file" in o
    values = {"@method": method, "@authority": authority, "@path": path, "@query": "?" + query, "csh-to": to}
    headers = [("Host", o.get("host", authority)), ("Connection", "close")]
    if has_body:
        values["content-digest"] = "sha-256=:%s:" % base64.b64encode(hashlib.sha256(body).digest()).decode()
        values["content-type"] = o.get("type", "text/plain")
        headers += [("Content-Length", str(len(body))), ("Content-Type", values["content-type"]),
                    ("Content-Digest", values["content-digest"])]
    params = '(%s);created=%d;expires=%d;nonce="%s";keyid="%s/auth";tag="%s"' % (
        o.get("list", BODY if has_body else BARE), created, created + int(o.get("lifetime", 60)), nonce, sender,
        o.get("tag", "commonshelf-v1"))
    signature = base64.b64encode(ed25519(key, base(params, values))).decode()
    headers += [("CSH-To", to), ("Signature-Input", "cs=" + params), ("Signature", "cs=:%s:" % signature)]
    text = "%s %s HTTP/1.1\r\n" % (method, target) + "".join("%s: %s\r\n" % h for h in headers) + "\r\n"
    open(out, "wb").write(text.encode() + body)


def send(address, file, answer=os.devnull):
    context = ssl._create_unverified_context()
    host, port = address.rsplit(":", 1)
    got = b""
    with context.wrap_socket(socket.create_connection((host, int(port)), timeout=20)) as s:
        s.sendall(open(file, "rb").read())
        while True:
            try:
                some = s.recv(65536)
            except (ssl.SSLEOFError, ConnectionResetError):
                break
            if not some:
                break
            got += some
    open(answer, "wb").write(got)
    print(got[9:12].decode() or "nothing")


if __name__ == "__main__":
    {"make": make, "send": send}[sys.argv[1]](*sys.argv[2:])
