"""A node that has connections open at another when it is shut out there: HOME ADDRESS TO AUTHORITY DIRECTORY [PATH].

It redeemed an invite of that node; HOME is its home. By the same hello, signed anew, its connections are known as
its own: one waits (`waiting`), one is in the middle of the download of PATH, which it asked for by its signature (`reading`). What becomes of them is
written to files in DIRECTORY: `ready` once both are there, then `waiting` and `reading` ("cut off", "whole"), each
when it is so; the download goes on when there is a file `go`. `again` asks anew and prints status and code.
"""
import base64, glob, hashlib, os, re, socket, sqlite3, ssl, subprocess, sys, tempfile, threading, time

home, address, to, authority, directory = sys.argv[1:6]
BARE = ["@method", "@authority", "@path", "@query", "csh-to"]
WHOLE = BARE[:4] + ["content-digest", "content-type"] + BARE[4:]
TYPE = "application/vnd.commonshelf.bundle"


def hello():
    with sqlite3.connect("file:%s/node.db?mode=ro" % home, uri=True) as db:
        bodies = [row[0] for row in db.execute("SELECT body FROM joining ORDER BY created")]
    return [b for b in bodies if ("\nto %s\n" % to).encode() in b][0]


def newest_key():
    return sorted(glob.glob(home + "/keys/auth*.key"), key=lambda p: (len(p), p))[-1]


def sign(text):
    with tempfile.NamedTemporaryFile() as f:
        f.write(text.encode())
        f.flush()
        return base64.b64encode(subprocess.run(
            ["openssl", "pkeyutl", "-sign", "-inkey", newest_key(), "-rawin", "-in", f.name],
            stdout=subprocess.PIPE, check=True).stdout).decode()


def request(method, path, body=None):
    now, sender = int(time.time()), re.search(rb"\nfrom (cs1\w+)\n", hello()).group(1).decode()
    digest = "sha-256=:%s:" % base64.b64encode(hashlib.sha256(body or b"").digest()).decode()
    values = {"@method": method, "@authority": authority, "@path": path, "@query": "?", "content-digest": digest,
              "content-type": TYPE, "csh-to": to}
    components = BARE if body is None else WHOLE
    params = '(%s);created=%d;expires=%d;nonce="%s";keyid="%s/auth";tag="commonshelf-v1"' % (
        " ".join('"%s"' % c for c in components), now, now + 60, base64.b64encode(os.urandom(16)).decode(), sender)
    base = "".join('"%s": %s\n' % (c, values[c]) for c in components) + '"@signature-params": ' + params
    of_body = "" if body is None else "Content-Length: %d\r\nContent-Type: %s\r\nContent-Digest: %s\r\n" % (
        len(body), TYPE, digest)
    return ("%s %s HTTP/1.1\r\nHost: %s\r\n%sCSH-To: %s\r\nSignature-Input: cs=%s\r\nSignature: cs=:%s:\r\n\r\n" % (
        method, path, authority, of_body, to, params, sign(base))).encode() + (body or b"")


def connect(window=None):
    s = socket.socket(socket.AF_INET)
    if window:
        s.setsockopt(socket.SOL_SOCKET, socket.SO_RCVBUF, window)
    s.settimeout(60)
    s.connect((address, 7443))
    return ssl._create_unverified_context().wrap_socket(s)


def head(s):
    """Status and body of an answer with a length."""
    data = b""
    while b"\r\n\r\n" not in data:
        some = s.recv(65536)
        if not some:
            return 0, b""
        data += some
    top, body = data.split(b"\r\n\r\n", 1)
    length = int(re.search(rb"(?i)content-length: (\d+)", top).group(1))
    return int(data[9:12]), body, length


def ask(s):
    s.sendall(request("POST", "/csh/v1/hello", hello()))
    status, body, length = head(s)
    while len(body) < length:
        body += s.recv(65536)
    return status, body


def say(name, text):
    with open(directory + "/" + name + ".new", "w") as f:
        f.write(text + "\n")
    os.rename(directory + "/" + name + ".new", directory + "/" + name)


def rest(s, missing):
    try:
        while missing > 0:
            some = s.recv(65536)
            if not some:
                return "cut off"
            missing -= len(some)
    except OSError:
        return "cut off"
    return "whole"


def wait(s):
    say("waiting", rest(s, 1))


if sys.argv[6] == "again":
    status, body = ask(connect())
    code = re.search(rb'"code":"(\w+)"', body)
    print(status, code.group(1).decode() if code else "-")
    sys.exit()
waiting, reading = connect(), connect(4096)
assert ask(waiting)[0] == 200 and ask(reading)[0] == 200
reading.sendall(request("GET", sys.argv[6]))
status, body, length = head(reading)
assert status == 200, status
thread = threading.Thread(target=wait, args=(waiting,))
thread.start()
say("ready", "%d of %d" % (len(body), length))
while not os.path.exists(directory + "/go"):
    time.sleep(0.02)
say("reading", rest(reading, length - len(body)))
thread.join()
