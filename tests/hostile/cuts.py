"""T26: connections that end in the middle of what they announced. HOST PORT SOURCE COUNT. Prints how many
of each were made."""
import socket, struct, sys

import wire

host, port, source, count = sys.argv[1], sys.argv[2], sys.argv[3], int(sys.argv[4])
authority = ("%s:%s" % (host, port)).encode()
BODY = b"POST /csh/v1/hello HTTP/1.1\r\nHost: " + authority + b"\r\nContent-Length: 60000\r\n\r\n"
PIECES = [
    b"",  # nothing but the handshake
    b"POST /csh/v1/hel",  # within the request line
    BODY[:-20],  # within a header
    BODY,  # before the body
    BODY + b"a" * 30000,  # within the body
    b"GET /search?q=book HTTP/1.1\r\nHost: " + authority + b"\r\n\r\n",  # before the answer
    (b"GET /csh/v1/log/public/1/tile/entries/000 HTTP/1.1\r\nHost: " + authority + b"\r\n\r\n") * 20,
]
made = 0
for i in range(count):
    for piece in PIECES:
        conn = wire.connect(host, port, source)
        wire.say(conn, piece)
        if i % 3 == 0:  # the connection is reset
            conn.setsockopt(socket.SOL_SOCKET, socket.SO_LINGER, struct.pack("ii", 1, 0))
        elif i % 3 == 1:  # ends without close_notify
            conn.shutdown(socket.SHUT_WR)
        conn.close()
        made += 1
for i in range(count):  # the handshake itself breaks off
    raw = wire.connect(host, port, source, tls=False)
    wire.say(raw, b"\x16\x03\x01\x02\x00\x01\x00\x01\xfc\x03\x03" + b"\x00" * (i % 200))
    raw.close()
    made += 1
print("%d connections broken off" % made)
