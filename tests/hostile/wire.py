"""Raw connections to a node, for attackers: bytes out, what came back in. Everything has a deadline."""
import socket, ssl

context = ssl.create_default_context()
context.check_hostname = False
context.verify_mode = ssl.CERT_NONE
DEADLINE = 15  # seconds for anything that must come


def connect(host, port, source=None, tls=True, receive=None):
    """A connection, from `source` when one is named; `receive` is the size of its receive buffer."""
    raw = socket.socket()
    raw.settimeout(DEADLINE)
    if receive:
        raw.setsockopt(socket.SOL_SOCKET, socket.SO_RCVBUF, receive)
    if source:
        raw.bind((source, 0))
    raw.connect((host, int(port)))
    raw.setsockopt(socket.IPPROTO_TCP, socket.TCP_NODELAY, 1)
    return context.wrap_socket(raw, server_hostname=host) if tls else raw


def say(conn, data):
    """Sends what the other side takes; true if it took all."""
    try:
        conn.sendall(data)
        return True
    except (OSError, ssl.SSLError):
        return False


def hear(conn, limit=1 << 20):
    """All that comes until the other side ends it: (bytes, whether it ended)."""
    data = b""
    try:
        while len(data) < limit:
            got = conn.recv(65536)
            if not got:
                return data, True
            data += got
    except (ConnectionError, ssl.SSLEOFError, ssl.SSLZeroReturnError):
        return data, True
    except (OSError, ssl.SSLError):
        pass
    return data, False


def status(data):
    """The status of the first answer in these bytes; 0 when there is none."""
    return int(data[9:12]) if data.startswith(b"HTTP/1.1 ") else 0


def answers(data):
    """The statuses of all answers in these bytes: bodies are skipped by their Content-Length."""
    found = []
    while data.startswith(b"HTTP/1.1 "):
        head, _, data = data.partition(b"\r\n\r\n")
        found.append(status(head))
        for line in head.split(b"\r\n"):
            if line.lower().startswith(b"content-length:"):
                data = data[int(line.split(b":")[1]):]
    return found
