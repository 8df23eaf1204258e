"""Signs a text as a note: TEXT-FILE, then for each line NAME KEY.pem TYPE [TIME]. Keys are Ed25519 (openssl signs)."""
import base64, hashlib, subprocess, sys, tempfile


def openssl(*args, data=None):
    return subprocess.run(["openssl", *args], input=data, stdout=subprocess.PIPE, check=True).stdout


def line(text, name, key, kind, time):
    public = openssl("pkey", "-in", key, "-pubout", "-outform", "DER")[-32:]
    key_id = hashlib.sha256(name.encode() + b"\n" + bytes([kind]) + public).digest()[:4]
    message = b"cosignature/v1\ntime %d\n" % time + text if kind == 4 else text
    with tempfile.NamedTemporaryFile() as f:
        f.write(message)
        f.flush()
        signature = openssl("pkeyutl", "-sign", "-inkey", key, "-rawin", "-in", f.name)
    stamp = time.to_bytes(8, "big") if kind == 4 else b""
    return "— %s %s\n" % (name, base64.b64encode(key_id + stamp + signature).decode())


text = open(sys.argv[1], "rb").read()
out = text.decode() + "\n"
for spec in sys.argv[2:]:
    name, key, kind, *time = spec.split(" ")
    out += line(text, name, key, int(kind), int(time[0]) if time else 0)
sys.stdout.write(out)
