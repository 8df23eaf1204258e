"""Entries whose JSON is odd, as lines for forge.py, each with its exact bytes.

  odd_json.py lines DIRECTORY    a log: those of JSONTestSuite in DIRECTORY, and what it has not. Records that
                                 must be refused have the word "odd" in their name, those to be taken "even".
  odd_json.py more INDEX         what is appended to it: a redaction of the entry at INDEX, and some more
  odd_json.py files DIRECTORY    the same texts as files of their own

On stderr: how many entries must be refused, and how many records there are.
"""
import base64, glob, hashlib, os, sys, uuid

DEEP = 100_000
# Valid JSON, refused all the same: two readers could understand it differently.
REFUSED = {"y_object_duplicated_key.json", "y_object_duplicated_key_and_value.json", "y_object_escaped_null_in_key.json",
           "y_string_null_escape.json"}


def entry(op, payload, version=1):
    return bytes([version]) + op + hashlib.sha256(payload).digest()[:16] + payload


def record(name, x=b"1", more=b"", rev=b"1", id=None):
    id = id or uuid.uuid5(uuid.NAMESPACE_DNS, name).urn
    return (b'{"id":"%s","rev":%s,"kind":"resource","category":"material","name":"%s"%s,"x":%s}'
            % (id.encode(), rev, name.encode(), more, x))


def suite(directory):
    """(name, its text, must be refused)"""
    for path in sorted(glob.glob(directory + "/[ny]_*.json")):
        name = os.path.basename(path)
        with open(path, "rb") as f:
            yield name, f.read(), name[0] == "n" or name in REFUSED


def values():
    """(text of a member, must be refused): what the suite has not, or not all of"""
    yield b"1e309", True
    yield b"-1e309", True
    yield b"1e308", False
    yield b"9223372036854775807", False
    yield b"9223372036854775808", True
    yield b'"\\ud800"', True
    yield b'"\\udc00\\ud800"', True
    yield b'{"\\ud83d":1}', True
    yield b'"\\ud83d\\ude00"', False
    yield b'"\xed\xa0\x80"', True  # a surrogate, spelled in UTF-8
    yield b'"\xc0\xaf"', True
    yield b'"\xf4\x90\x80\x80"', True
    yield b'"\xff"', True
    yield b'"a\\u0000b"', True
    yield b'"a\0b"', True
    yield b'{"a":1,"a":1}', True
    yield b'[[{"a":1,"\\u0061":2}]]', True
    yield b"\xef\xbb\xbf1", True
    yield b"[" * 15 + b"]" * 15, False
    yield b"[" * 16 + b"]" * 16, True
    yield b"[" * 29_000 + b"]" * 29_000, True
    yield b"[" * 59_000, True
    yield b'{"a":' * 11_000, True
    yield b'"' + b"z" * 59_000 + b'"', False
    yield b"{" + b",".join(b'"%d":1' % i for i in range(256)) + b"}", False
    yield b"{" + b",".join(b'"%d":1' % i for i in range(257)) + b"}", True
    yield b"NaN", True
    yield b"", True


def whole():
    """Payloads that are wrong in their place, all to be refused"""
    yield b"\xef\xbb\xbf" + record("odd mark")
    yield record("odd behind") + b"\0"
    yield record("odd twice") + record("odd twice")
    yield record("odd number", rev=b"1e0")
    yield record("odd half", rev=b"1.5")
    yield record("odd minus", rev=b"-1")
    yield record("odd great", rev=b"1e309")
    yield record("odd member", more=b',"rev":1')
    yield record("odd \ud83d".encode("utf-8", "surrogatepass").decode("utf-8", "replace")).replace(b"\xef\xbf\xbd", b"\xed\xa0\xbd")
    yield record("odd escape", more=b',"description":"\\ud83d"')
    yield record("odd latin", more=b',"publisher":"Caf\xe9"')
    yield b"[" + record("odd list") + b"]"
    yield b'"' + b"z" * 59_900 + b'"'
    yield b""
    yield b"null"


def short():
    """Entries that end in their own head, or are none of ours: all refused"""
    for n in (1, 2, 3, 17):
        yield (b"\x01P" + b"s" * 16)[:n]
    yield b"\x01P" + b"s" * 16
    yield b"\x02P" + b"s" * 16 + record("odd version")
    yield b"\x01X" + b"s" * 16 + record("odd op")
    yield b"\x00" * 18


class Lines:
    def __init__(self, at):
        self.at, self.refused, self.records = at, 0, 0

    def say(self, data, refused, is_record=False):
        print("=", base64.b64encode(data).decode())
        self.at += 1
        self.refused += refused
        self.records += is_record and not refused


def withdrawals(lines, anchor, text, refused):
    """The same text in the other payloads. Those to be refused name what must stay."""
    id = anchor if refused else uuid.uuid5(uuid.NAMESPACE_DNS, "nobody").urn
    lines.say(entry(b"D", b'{"id":"%s","rev":9,"x":%s}' % (id.encode(), text)), refused)
    lines.say(entry(b"R", b'{"epoch":1,"index":%d,"x":%s}' % (1 if refused else 2, text)), refused)


def log(directory):
    lines = Lines(0)
    anchor = uuid.uuid5(uuid.NAMESPACE_DNS, "anchor").urn
    lines.say(entry(b"E", b'{"epoch":1,"prev":null}'), False)
    lines.say(entry(b"P", record("Anchor", id=anchor)), False, True)
    # What every right redaction names: its record is withdrawn by its revision 9.
    leaving = uuid.uuid5(uuid.NAMESPACE_DNS, "leaving").urn
    lines.say(entry(b"P", record("Leaving", id=leaving)), False)
    lines.say(entry(b"D", b'{"id":"%s","rev":9}' % leaving.encode()), False)
    for data in short():
        lines.say(data, True)
    for name, text, refused in suite(directory):
        if len(text) > 59_000:
            continue  # no entry can hold it
        word = name.split(".json")[0].replace("_", " ").replace("\\", " ").replace('"', " ")
        lines.say(entry(b"P", record(("odd " if refused else "even ") + word, text)), refused, True)
        lines.say(entry(b"P", text), True)  # alone it is no record, whatever it is
        withdrawals(lines, anchor, text, refused)
    for i, (text, refused) in enumerate(values()):
        lines.say(entry(b"P", record(("odd %d" if refused else "even %d") % i, text)), refused, True)
        if len(text) < 59_000:
            withdrawals(lines, anchor, text, refused)
    for payload in whole():
        lines.say(entry(b"P", payload), True)
    # The bundle at the right edge has some too, and room.
    while lines.at % 256 > 200 or lines.at % 256 < 20:
        lines.say(entry(b"P", record("even %d" % lines.at)), False, True)
    for data in short():
        lines.say(data, True)
    lines.say(entry(b"P", record("even last")), False, True)
    return lines


def more(index):
    lines = Lines(0)
    lines.say(entry(b"R", b'{"epoch":1,"index":%d}' % index), False)
    for data in short():
        lines.say(data, True)
    lines.say(entry(b"P", record("even more")), False, True)
    return lines


def files(directory):
    texts = [text for _, text, refused in suite(directory) if refused]
    texts += [text for text, refused in values() if refused] + list(whole())
    texts += [b"[" * DEEP, b"[" * DEEP + b"]" * DEEP, b'{"a":' * DEEP, record("odd", b"[" * DEEP + b"]" * DEEP),
              b'"' + b"z" * 10_000_000 + b'"', record("odd", b'"' + b"z" * 10_000_000 + b'"'), record("odd", b"1e309")]
    for i, text in enumerate(texts):
        with open("odd-%03d.json" % i, "wb") as f:
            f.write(text)


command, argument = sys.argv[1:3]
if command == "files":
    files(argument)
else:
    lines = log(argument) if command == "lines" else more(int(argument))
    print(lines.at, lines.refused, lines.records, file=sys.stderr)
