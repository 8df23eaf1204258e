"""T23, T24: request heads that are too much, malformed, or mean two things. HOST PORT T23|T24
SOURCE. Prints a line for each: what it was | ok or bad | what came."""
import sys

import wire

host, port, which, source = sys.argv[1:5]
authority = "%s:%s" % (host, port)


def get(extra=b"", path=b"/", line=None):
    first = line if line is not None else b"GET " + path + b" HTTP/1.1"
    return first + b"\r\nHost: " + authority.encode() + b"\r\n" + extra + b"\r\n"


def post(extra, body=b""):
    return b"POST /csh/v1/hello HTTP/1.1\r\nHost: " + authority.encode() + b"\r\n" + extra + b"\r\n" + body


GOOD = b"GET /smuggled HTTP/1.1\r\nHost: " + authority.encode() + b"\r\n\r\n"
CHUNKED = b"0\r\n\r\n" + GOOD

T23 = [
    ("a header of a megabyte", "431", get(b"X: " + b"a" * (1 << 20) + b"\r\n")),
    ("ten thousand headers", "431", get(b"X: a\r\n" * 10000)),
    ("a megabyte of headers", "431", get(b"X: aaaaaaaaaaaaaaaaaaaaaaaaaaaaaaa\r\n" * 30000)),
    ("a header of 32 megabytes", "431", get(b"X: " + b"a" * (32 << 20) + b"\r\n")),
    ("a header name of a megabyte", "431", get(b"a" * (1 << 20) + b": b\r\n")),
    ("a URL of 64 KB", "414", get(path=b"/" + b"a" * 65536)),
    ("a query of a megabyte", "414", get(path=b"/search?q=" + b"a" * (1 << 20))),
    ("a method of 64 KB", "400|414|501", get(line=b"G" * 65536 + b" / HTTP/1.1")),
    ("a megabyte without any line end", "400|414|501", b"\xff" * (1 << 20)),
    ("a megabyte of empty lines", "400", b"\r\n" * (1 << 19)),
    ("a space in a header name", "400", get(b"X Y: a\r\n")),
    ("a space before the colon", "400", get(b"X : a\r\n")),
    ("a header without a name", "400", get(b": a\r\n")),
    ("a header without a colon", "400", get(b"X\r\n")),
    ("NUL in a value", "400", get(b"X: a\0b\r\n")),
    ("NUL in a name", "400", get(b"X\0: a\r\n")),
    ("NUL in the URL", "400", get(path=b"/a\0b")),
    ("a folded header", "400", get(b"X: a\r\n b\r\n")),
    ("a folded header with a tab", "400", get(b"X: a\r\n\tb\r\n")),
    ("bare line feeds", "400", get().replace(b"\r\n", b"\n")),
    ("a carriage return by itself", "400", get(b"X: a\rY: b\r\n")),
    ("no Host", "400", b"GET / HTTP/1.1\r\n\r\n"),
    ("two Hosts", "400", get(b"Host: " + authority.encode() + b"\r\n")),
    ("HTTP/1.0", "505", get(line=b"GET / HTTP/1.0")),
    ("HTTP/2's preface", "400|501|505", b"PRI * HTTP/2.0\r\n\r\nSM\r\n\r\n"),
    ("an absolute URL of another host", "400", get(line=b"GET http://10.0.0.1/ HTTP/1.1")),
    ("CONNECT", "400|501", get(line=b"CONNECT 10.0.0.1:22 HTTP/1.1")),
]

T24 = [
    ("Content-Length and Transfer-Encoding", "400|411",
     post(b"Content-Length: 5\r\nTransfer-Encoding: chunked\r\n", CHUNKED)),
    ("Transfer-Encoding and Content-Length", "400|411",
     post(b"Transfer-Encoding: chunked\r\nContent-Length: 5\r\n", CHUNKED)),
    ("Transfer-Encoding: gzip, chunked", "400|411", post(b"Transfer-Encoding: gzip, chunked\r\n", CHUNKED)),
    ("chunked, chunked", "400|411", post(b"Transfer-Encoding: chunked, chunked\r\n", CHUNKED)),
    ("chunked on two lines", "400|411",
     post(b"Transfer-Encoding: chunked\r\nTransfer-Encoding: chunked\r\n", CHUNKED)),
    ("Transfer-Encoding: identity", "400|411", post(b"Transfer-Encoding: identity\r\nContent-Length: 0\r\n", GOOD)),
    ("Transfer-Encoding with a tab", "400|411", post(b"Transfer-Encoding:\tchunked\r\n", CHUNKED)),
    ("Transfer-Encoding with a vertical tab", "400|411", post(b"Transfer-Encoding: \x0bchunked\r\n", CHUNKED)),
    ("GET with Transfer-Encoding", "400|411", get(b"Transfer-Encoding: chunked\r\n") + CHUNKED),
    ("a chunk size of 0xFFFFFFFFFFFFFFFF", "400|411",
     post(b"Transfer-Encoding: chunked\r\n", b"FFFFFFFFFFFFFFFF\r\na")),
    ("two Content-Lengths", "400", post(b"Content-Length: 0\r\nContent-Length: 5\r\n", GOOD)),
    ("two Content-Lengths alike", "400", post(b"Content-Length: 0\r\nContent-Length: 0\r\n", GOOD)),
    ("Content-Length: 0, 5", "400", post(b"Content-Length: 0, 5\r\n", GOOD)),
    ("Content-Length: +5", "400", post(b"Content-Length: +5\r\n", b"12345" + GOOD)),
    ("Content-Length: -1", "400", post(b"Content-Length: -1\r\n", GOOD)),
    ("Content-Length: 1e3", "400", post(b"Content-Length: 1e3\r\n", GOOD)),
    ("Content-Length: 0x5", "400", post(b"Content-Length: 0x5\r\n", b"12345" + GOOD)),
    ("Content-Length: 5 5", "400", post(b"Content-Length: 5 5\r\n", b"12345" + GOOD)),
    ("an empty Content-Length", "400", post(b"Content-Length:\r\n", GOOD)),
    ("Content-Length: 18446744073709551616", "400|413", post(b"Content-Length: 18446744073709551616\r\n", GOOD)),
    ("Content-Length: 18446744073709551615", "400|413", post(b"Content-Length: 18446744073709551615\r\n", GOOD)),
    ("a body on a route that takes none", "405|413",
     b"POST / HTTP/1.1\r\nHost: " + authority.encode() + b"\r\nContent-Length: %d\r\n\r\n" % len(GOOD) + GOOD),
    ("POST without a length", "411", post(b"", GOOD)),
]


def fits(wanted, got):
    return got in [int(w) for w in wanted.split("|")]


for what, wanted, request in T23 if which == "T23" else T24:
    conn = wire.connect(host, port, source)
    wire.say(conn, request)
    data, ended = wire.hear(conn)
    conn.close()
    got = wire.answers(data)
    # One answer and the end: what stands behind a refused head is never taken for a request. A client
    # that is still sending when it is refused may lose the answer with the connection.
    ok = ended and len(got) <= 1 and (fits(wanted, got[0]) if got else len(request) > 60000)
    print("%s|%s|%s" % (what, "ok" if ok else "bad", "%s %s" % (got, "closed" if ended else "open")))
