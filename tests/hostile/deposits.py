"""Deposits that are not sent as they should be.

  head ADDRESS LENGTH             only a head that announces so many bytes; prints the status
  half ADDRESS FILE               the first half of a request, then the connection is closed
  crowd ADDRESS N LENGTH FIRST SECONDS  N heads that announce so many bytes each, all kept open until a line
                                        comes on stdin; prints the statuses that come to those from FIRST on
"""
import socket, ssl, sys


def connect(address):
    host, port = address.rsplit(":", 1)
    s = socket.create_connection((host, int(port)), timeout=20)
    return ssl._create_unverified_context().wrap_socket(s)


def head(address, length):
    return ("POST /csh/v1/deposit HTTP/1.1\r\nHost: %s\r\nContent-Type: application/vnd.commonshelf.bundle\r\n"
            "Content-Length: %s\r\n\r\n" % (address, length)).encode()


what, address = sys.argv[1:3]
if what == "head":
    with connect(address) as s:
        s.sendall(head(address, sys.argv[3]))
        print(s.recv(4096).decode().split(" ")[1])
elif what == "half":
    request = open(sys.argv[3], "rb").read()
    s = connect(address)
    s.sendall(request[:len(request) // 2])
    s.close()
    print("cut")
else:
    open_ones = []
    for i in range(int(sys.argv[3])):
        s = connect(address)
        s.sendall(head(address, sys.argv[4]) + b"x")
        open_ones.append(s)
        if i < int(sys.argv[5]):
            continue
        s.settimeout(float(sys.argv[6]))
        try:
            print(s.recv(4096).decode().split(" ")[1], flush=True)
        except TimeoutError:
            print("nothing", flush=True)
    print("open", flush=True)
    sys.stdin.readline()
