# Makes a wrong .cshb file out of a right one.   frames.py IN OUT WHAT [OTHER]
import struct
import sys


def read(path):
    data = open(path, "rb").read()
    assert data[:6] == b"CSHB1\n"
    frames, at = [], 6
    while at < len(data):
        length = struct.unpack(">I", data[at + 1 : at + 5])[0]
        frames.append((data[at : at + 1], data[at + 5 : at + 5 + length]))
        at += 5 + length
    return frames


def write(path, frames, magic=b"CSHB1\n", tail=b""):
    with open(path, "wb") as out:
        out.write(magic)
        for type_, data in frames:
            out.write(type_ + struct.pack(">I", len(data)) + data)
        out.write(tail)


source, target, what = sys.argv[1:4]
frames = read(source)
types = [f[0] for f in frames]
if what == "magic":
    write(target, frames, magic=b"CSHB2\n")
elif what == "past-end":  # the last frame but one claims more than there is
    write(target, frames[:-2], tail=frames[-2][0] + struct.pack(">I", len(frames[-2][1]) + 100) + frames[-2][1])
elif what == "unknown":
    write(target, frames[:-1] + [(b"Q", b"?")] + frames[-1:])
elif what == "huge":
    write(target, frames[:-1], tail=b"E\xff\xff\xff\xff" + b"abc")
elif what == "early":  # entries before the checkpoint that must vouch for them
    first = types.index(b"E")
    write(target, frames[:2] + [frames[first]] + frames[2:first] + frames[first + 1 :])
elif what == "no-keys":
    write(target, frames[1:])
elif what == "no-end":
    write(target, frames[:-1])
elif what == "behind":
    write(target, frames, tail=b"Z\0\0\0\0")
elif what == "two-parts":  # a section twice
    write(target, frames[:-1] + frames)
elif what == "keys":  # another node's keys before this one's statements
    write(target, [f for f in read(sys.argv[4]) if f[0] == b"K"] + [f for f in frames if f[0] != b"K"])
elif what == "profile":  # another node's profile
    other = [f for f in read(sys.argv[4]) if f[0] == b"F"]
    write(target, [other[0] if f[0] == b"F" else f for f in frames])
elif what == "log":  # another node's log in this one's section
    other = [f for f in read(sys.argv[4]) if f[0] in b"CTE"]
    write(target, frames[:2] + other + frames[-1:])
elif what.startswith("flip"):  # flip:TYPE:N  a bit in the N-th frame of that type
    _, type_, n = what.split(":")
    places = [i for i, t in enumerate(types) if t == type_.encode()]
    i = places[int(n)]
    data = bytearray(frames[i][1])
    data[len(data) // 2] ^= 1
    frames[i] = (frames[i][0], bytes(data))
    write(target, frames)
else:
    sys.exit("unknown: " + what)
