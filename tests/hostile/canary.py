"""A listener that nobody should ever reach, on every address of this machine, over IPv4 and IPv6.
Prints its port, then a line for each connection. Ends by itself after two minutes."""
import socket, time

listener = socket.create_server(("::", 0), family=socket.AF_INET6, dualstack_ipv6=True, backlog=64)
print("port", listener.getsockname()[1], flush=True)
listener.settimeout(1)
end = time.monotonic() + 120
while time.monotonic() < end:
    try:
        conn, where = listener.accept()
    except TimeoutError:
        continue
    conn.settimeout(1)
    try:
        said = conn.recv(200)
    except OSError:
        said = b""
    print("connection", where[0], said, flush=True)
    conn.close()
