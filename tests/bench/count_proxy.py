"""Forwards TCP from FRONT PORT to BACK PORT and keeps the number of bytes seen in FILE.total, that of connections
in FILE.connections."""
import os, socket, sys, threading, time

front, front_port, back, back_port, path = sys.argv[1:6]
lock = threading.Lock()
total = 0


def count(n):
    global total
    with lock:
        total += n
        with open(path + ".part", "w") as f:
            f.write(str(total))
        os.replace(path + ".part", path + ".total")  # so that no reader meets it half written


def pump(a, b):
    try:
        while data := a.recv(1 << 18):
            count(len(data))
            b.sendall(data)
    except OSError:
        pass
    for s in (a, b):
        try:
            s.shutdown(socket.SHUT_RDWR)
        except OSError:
            pass


count(0)
connections = 0
listener = socket.create_server((front, int(front_port)), backlog=64)
listener.settimeout(1)
print("ready", flush=True)
end = time.monotonic() + 1800
while time.monotonic() < end:
    try:
        conn, _ = listener.accept()
    except TimeoutError:
        continue
    conn.settimeout(None)
    connections += 1
    with open(path + ".connections", "w") as f:
        f.write(str(connections))
    up = socket.create_connection((back, int(back_port)))
    for a, b in ((conn, up), (up, conn)):
        threading.Thread(target=pump, args=(a, b), daemon=True).start()
