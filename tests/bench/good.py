"""A good client that takes the time: HOST PORT SECONDS PATH… asks for the paths in turn, on a connection that it
keeps for ten requests, and prints "requests failures median p99", times in milliseconds."""
import http.client, ssl, sys, time

host, port, seconds, paths = sys.argv[1], int(sys.argv[2]), float(sys.argv[3]), sys.argv[4:]
context = ssl._create_unverified_context()
times, failures, conn, end = [], 0, None, time.monotonic() + seconds
while time.monotonic() < end or len(times) < 20:
    path = paths[len(times) % len(paths)]
    start = time.monotonic()
    try:
        if conn is None:
            conn = http.client.HTTPSConnection(host, port, context=context, timeout=20)
        conn.request("GET", path)
        answer = conn.getresponse()
        answer.read()
        failures += answer.status != 200
    except (OSError, http.client.HTTPException):
        failures += 1
        conn = None
    times.append((time.monotonic() - start) * 1000)
    if len(times) % 10 == 0 and conn:
        conn.close()
        conn = None
    if failures > 100:
        break
times.sort()
print(len(times), failures, "%.1f" % times[len(times) // 2], "%.1f" % times[min(len(times) - 1, len(times) * 99 // 100)])
