"""T25: many connections that take their time. HOST PORT SOURCE KIND COUNT PID, where SOURCE is the first of as
many addresses as are needed, and PID the node's. Kinds:
  headers   a request head, a byte every tenth of a second
  body      a body of 60,000 bytes, a byte every tenth of a second
  reader    asks for far more than the network holds; every other one reads nothing, the rest 100 bytes
            every tenth of a second
  idle      one request each, then silence
  silent    connects and says nothing at all
Opens them all, goes on until the node has closed every one (at most 45 seconds), and prints:
how many it opened | how many the node closed | the most descriptors that the node had."""
import os, select, ssl, sys, time

import wire

host, port, source, kind, count, pid = sys.argv[1:7]
authority = ("%s:%s" % (host, port)).encode()
PER_ADDRESS = 200
SPARE = 6
END = time.monotonic() + 45
HEAD = b" HTTP/1.1\r\nHost: " + authority + b"\r\n"
BUNDLE = b"GET /csh/v1/log/public/1/tile/entries/000" + HEAD + b"\r\n"
FIRST = {
    "headers": b"GET /search?q=book" + HEAD + b"X: ",
    "body": b"POST /csh/v1/hello" + HEAD + b"Content-Length: 60000\r\n\r\n",
    "reader": BUNDLE * 800,
    "idle": b"GET /healthz" + HEAD + b"\r\n",
    "silent": b"",
}[kind]


def address(i):
    a, b, c, d = (int(x) for x in source.split("."))
    return "%d.%d.%d.%d" % (a, b + i // PER_ADDRESS, c, d)


def open_one(i):
    conn = wire.connect(host, port, address(i), tls=kind != "silent" and port != "7480",
                        receive=4096 if kind == "reader" else None)
    conn.settimeout(0.02 if kind == "reader" else 5)
    wire.say(conn, FIRST)
    conn.setblocking(False)
    return conn


def descriptors():
    return len(os.listdir("/proc/%s/fd" % pid))


def is_closed(conn):
    """Reads what is there. Who does not read can't see the end: it waits behind what was not read, so for
    those the node's descriptors tell (the good client has a few of them)."""
    if kind == "reader":
        try:
            if conn.fileno() % 2:
                conn.recv(100)
        except (OSError, ssl.SSLError):
            pass
        return opened == int(count) and descriptors() <= before + SPARE
    try:
        while True:
            if not conn.recv(65536):
                return True
    except (BlockingIOError, ssl.SSLWantReadError):
        return False
    except (OSError, ssl.SSLError):
        return True


opened, closed, most, left = 0, 0, 0, []
before = descriptors()


def look():
    global closed, most, left
    most = max(most, descriptors())
    still = []
    for conn in left:
        if is_closed(conn):
            conn.close()
            closed += 1
        else:
            if kind in ("headers", "body"):
                try:
                    conn.send(b"a")
                except (OSError, ssl.SSLError):
                    pass
            still.append(conn)
    left = still


next_look = 0
for i in range(int(count)):
    try:
        left.append(open_one(i))
        opened += 1
    except (OSError, ssl.SSLError):
        pass
    if time.monotonic() > next_look:
        look()
        next_look = time.monotonic() + 0.3
while left and time.monotonic() < END:
    look()
    select.select([], [], [], 0.1)
print("%d|%d|%d" % (opened, closed, most))
