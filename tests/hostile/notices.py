"""Brings one note as a notice, again and again: ADDRESS PORT NOTE-FILE TIMES. Prints how many answers had each status."""
import collections, http.client, ssl, sys

address, port, path, times = sys.argv[1], int(sys.argv[2]), sys.argv[3], int(sys.argv[4])
body = open(path, "rb").read()
got = collections.Counter()
conn = None
for _ in range(times):
    if conn is None:
        conn = http.client.HTTPSConnection(address, port, context=ssl._create_unverified_context(), timeout=20)
    try:
        conn.request("POST", "/csh/v1/notify", body, {"Content-Type": "text/plain; charset=utf-8"})
        answer = conn.getresponse()
        answer.read()
        got[answer.status] += 1
        if answer.will_close:
            conn.close()
            conn = None
    except (OSError, http.client.HTTPException):
        got["broken"] += 1
        conn.close()
        conn = None
print(" ".join("%s:%d" % (k, n) for k, n in sorted(got.items(), key=str)))
