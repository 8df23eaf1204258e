"""A TLS proxy that lies by rules: FRONT PORT BACK PORT CERTIFICATE KEY RULES.

RULES is read anew for each request: lines of PATTERN TAB ACTION; the first pattern found in the path
counts. Actions:
  flip N        one bit of byte N of the body (negative: from the end)
  status N      an empty answer with this status
  endless       a body without length that never ends (64 MB here)
  long N        announces N bytes, sends forever
  close         no answer: the connection ends
  stall         no answer at all until the other side gives up
  slow          one byte a second
  cut           half of the body, then the connection is closed
  blank N|all   a bundle of entries with a hash in place of its N-th entry, or of all
  file PATH     this file's bytes as the body
  tree DIR      the file of the request's path below DIR; 404 without one
  redirect URL [STATUS]   301, unless it says another
  garbage       bytes that are not HTTP
  record PATH   the request's bytes go to this file, and on as they are
Every request is written to stdout, one line each.
"""
import gzip, hashlib, http.client, os, re, socket, ssl, sys, threading, time

front, front_port, back, back_port, certificate, key, rules = sys.argv[1:8]
LIMIT_SECONDS = 300
stop_at = time.monotonic() + LIMIT_SECONDS
insecure = ssl._create_unverified_context()


def log(*words):
    # One write: print() writes word by word, and lines of two threads run into each other.
    os.write(1, (" ".join(words) + "\n").encode())


def rule_for(path):
    with open(rules) as f:
        for line in f:
            pattern, action = line.rstrip("\n").split("\t", 1)
            if re.search(pattern, path):
                return action.split(" ")
    return ["pass"]


def read_request(conn):
    data = b""
    while b"\r\n\r\n" not in data:
        got = conn.recv(65536)
        if not got:
            return None
        data += got
    head, body = data.split(b"\r\n\r\n", 1)
    lines = head.decode("latin-1").split("\r\n")
    method, path, _ = lines[0].split(" ")
    headers = [tuple(x.split(": ", 1)) for x in lines[1:]]
    length = int(dict((k.lower(), v) for k, v in headers).get("content-length", 0))
    while len(body) < length:
        body += conn.recv(65536)
    return method, path, headers, body


def ask_back(method, path, headers, body):
    c = http.client.HTTPSConnection(back, int(back_port), context=insecure, timeout=30)
    c.putrequest(method, path, skip_host=True, skip_accept_encoding=True)
    for name, value in headers:
        if name.lower() not in ("connection", "content-length"):
            c.putheader(name, value)
    if method == "POST":
        c.putheader("Content-Length", str(len(body)))
    c.putheader("Connection", "close")
    c.endheaders(body if method == "POST" else None)
    r = c.getresponse()
    return r.status, [(k, v) for k, v in r.getheaders() if k.lower() not in ("connection", "content-length")], r.read()


def blank(content, which):
    raw, out, at, place = gzip.decompress(content), b"", 0, 0
    while at < len(raw):
        n = int.from_bytes(raw[at:at + 2], "big")
        end = at + 2 + (n or 32)
        hide = n and (which == "all" or place == int(which))
        out += b"\0\0" + hashlib.sha256(b"\0" + raw[at + 2:end]).digest() if hide else raw[at:end]
        at, place = end, place + 1
    return gzip.compress(out)


def send_head(conn, status, headers, length):
    text = "HTTP/1.1 %d X\r\n" % status + "".join("%s: %s\r\n" % h for h in headers)
    if length is not None:
        text += "Content-Length: %d\r\n" % length
    conn.sendall((text + "Connection: close\r\n\r\n").encode("latin-1"))


def serve(conn):
    conn = context.wrap_socket(conn, server_side=True)
    request = read_request(conn)
    if not request:
        return
    method, path, headers, body = request
    action = rule_for(path)
    log(method, path, *action)
    kind = action[0]
    if kind == "record":
        lines = ["%s %s HTTP/1.1" % (method, path)] + ["%s: %s" % h for h in headers]
        with open(action[1], "wb") as f:
            f.write("\r\n".join(lines + ["", ""]).encode("latin-1") + body)
    if kind == "stall":
        conn.settimeout(60)
        conn.recv(1)
        return
    if kind == "close":
        return
    if kind == "garbage":
        conn.sendall(b"\x00\x01this is not HTTP\r\n\r\n" * 10)
        return
    if kind == "redirect":
        send_head(conn, int(action[2]) if len(action) > 2 else 301, [("Location", action[1])], 0)
        return
    if kind == "status":
        send_head(conn, int(action[1]), [("Content-Type", "text/plain")], 0)
        return
    if kind == "tree":
        try:
            content = open(action[1] + path, "rb").read()
        except OSError:
            send_head(conn, 404, [("Content-Type", "text/plain")], 0)
            return
        out = [("Content-Type", "text/plain" if content[-1:] == b"\n" else "application/octet-stream")]
        if "/entries/" in path:
            out.append(("Content-Encoding", "gzip"))
        send_head(conn, 200, out, len(content))
        conn.sendall(content)
        return
    status, out, content = ask_back(method, path, headers, body)
    if kind == "flip" and content:
        at = int(action[1]) % len(content)
        content = content[:at] + bytes([content[at] ^ 1]) + content[at + 1:]
    if kind == "file":
        status, content = 200, open(action[1], "rb").read()
    if kind == "blank" and status == 200:
        content = blank(content, action[1])
    if kind in ("flip", "file", "blank"):
        out = [(k, v) for k, v in out if k.lower() != "etag"]
    if kind == "endless" or kind == "long":
        send_head(conn, 200, out, int(action[1]) if kind == "long" else None)
        block = bytes(65536)
        for _ in range(1024):
            if time.monotonic() > stop_at:
                return
            conn.sendall(block)
        return
    if kind == "slow":
        send_head(conn, status, out, len(content))
        for i in range(len(content)):
            conn.sendall(content[i:i + 1])
            time.sleep(1)
        return
    send_head(conn, status, out, len(content))
    conn.sendall(content[:len(content) // 2] if kind == "cut" else content)


def one(conn):
    try:
        serve(conn)
    except (OSError, ssl.SSLError, http.client.HTTPException):
        pass
    finally:
        conn.close()


context = ssl.SSLContext(ssl.PROTOCOL_TLS_SERVER)
context.load_cert_chain(certificate, key)
listener = socket.create_server((front, int(front_port)), backlog=64)
listener.settimeout(1)
print("ready", flush=True)
while time.monotonic() < stop_at:
    try:
        conn, _ = listener.accept()
    except TimeoutError:
        continue
    conn.settimeout(60)
    threading.Thread(target=one, args=(conn,), daemon=True).start()
