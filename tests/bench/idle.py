"""HOST:PORT PID COUNT: opens COUNT TLS connections, makes one request on each, and prints by how many bytes
the process grew for each."""
import os, socket, ssl, sys

host, port = sys.argv[1].split(":")
pid, count = sys.argv[2], int(sys.argv[3])
context = ssl._create_unverified_context()


def memory():
    with open("/proc/%s/smaps_rollup" % pid) as f:
        return sum(int(line.split()[1]) for line in f if line.startswith("Private_Dirty:")) * 1024


def one():
    raw = socket.create_connection((host, int(port)))
    conn = context.wrap_socket(raw)
    conn.sendall(("GET /healthz HTTP/1.1\r\nHost: %s:%s\r\n\r\n" % (host, port)).encode())
    conn.recv(65536)
    return conn


warm = [one() for _ in range(50)]
for conn in warm:
    conn.close()
before = memory()
kept = [one() for _ in range(count)]
print((memory() - before) // count)
