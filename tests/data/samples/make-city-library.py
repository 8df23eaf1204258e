#!/usr/bin/env python3
"""Turn MarcMaker text into ISO 2709 records in UTF-8.

    make-city-library.py [--check] [SOURCE.mrk [OUTPUT.mrc]]

Without names it reads city-library.mrk beside this script and writes city-library.mrc there.
With --check nothing is written: the exit status is 1 if OUTPUT is not what SOURCE makes.

The text has a field a line, `=245  10$aTitle /$cAuthor.`, and an empty line between records.
A backslash stands for a blank in the leader, in fields 001 to 009 and in indicators; in data
{dollar}, {bsol}, {lcub} and {rcub} stand for the four characters that the notation itself uses.
Lengths, the base address and leader positions 09-11 and 20-23 are computed, never read.
The same text always makes the same bytes.
"""

import pathlib
import re
import sys

FIELD_END = b"\x1e"
RECORD_END = b"\x1d"
SUBFIELD = "\x1f"
LEADER_LENGTH = 24
ENTRY_LENGTH = 12
# ISO 2709 gives a record five digits for its length and a field four.
MAX_RECORD = 99999
MAX_FIELD = 9999

LINE = re.compile(r"=(LDR|[0-9]{3})  (.*)")
MNEMONIC = re.compile(r"\{([a-z]+)\}")
CHARACTERS = {"dollar": "$", "bsol": "\\", "lcub": "{", "rcub": "}"}


class SourceError(Exception):
    """The text breaks the notation; the message names the line."""


def expand(number, text):
    """Replace the mnemonics of one subfield's text."""

    def character(match):
        if match[1] not in CHARACTERS:
            raise SourceError(f"line {number}: unknown mnemonic {match[0]}")
        return CHARACTERS[match[1]]

    return MNEMONIC.sub(character, text)


def field_bytes(number, tag, text):
    """One field as it stands in the record, without its terminator."""
    if tag < "010":
        return text.replace("\\", " ").encode()
    indicators, data = text[:2].replace("\\", " "), text[2:]
    if len(indicators) != 2 or not data.startswith("$"):
        raise SourceError(f"line {number}: {tag} needs two indicators and a subfield")
    subfields = data[1:].split("$")
    if any(len(subfield) < 2 for subfield in subfields):
        raise SourceError(f"line {number}: {tag} has an empty subfield")
    return (indicators + "".join(SUBFIELD + expand(number, s) for s in subfields)).encode()


def record_bytes(lines):
    """One record from its numbered lines, the leader first."""
    number, tag, text = lines[0]
    if tag != "LDR" or len(text) != LEADER_LENGTH:
        raise SourceError(f"line {number}: a record begins with a leader of 24 characters")
    leader = text.replace("\\", " ")

    directory = b""
    data = b""
    for number, tag, text in lines[1:]:
        if tag == "LDR":
            raise SourceError(f"line {number}: a second leader; is the empty line missing?")
        content = field_bytes(number, tag, text) + FIELD_END
        if len(content) > MAX_FIELD:
            raise SourceError(f"line {number}: {tag} is longer than {MAX_FIELD} bytes")
        directory += b"%s%04d%05d" % (tag.encode(), len(content), len(data))
        data += content

    base = LEADER_LENGTH + len(directory) + len(FIELD_END)
    length = base + len(data) + len(RECORD_END)
    if length > MAX_RECORD:
        raise SourceError(f"line {lines[0][0]}: the record is longer than {MAX_RECORD} bytes")
    head = f"{length:05d}{leader[5:9]}a22{base:05d}{leader[17:20]}4500"
    return head.encode() + directory + FIELD_END + data + RECORD_END


def convert(text):
    """All records of a MarcMaker text."""
    records = []
    lines = []
    for number, line in enumerate(text.split("\n") + [""], start=1):
        if line:
            match = LINE.fullmatch(line)
            if not match:
                raise SourceError(f"line {number}: not a field: {line[:40]}")
            lines.append((number, match[1], match[2]))
        elif lines:
            records.append(record_bytes(lines))
            lines = []
    return b"".join(records)


def main(arguments):
    check = "--check" in arguments
    names = [argument for argument in arguments if argument != "--check"]
    if len(names) > 2 or any(name.startswith("-") for name in names):
        print(__doc__, file=sys.stderr)
        return 2
    here = pathlib.Path(__file__).resolve().parent
    source = pathlib.Path(names[0]) if names else here / "city-library.mrk"
    output = pathlib.Path(names[1]) if len(names) == 2 else source.with_suffix(".mrc")

    try:
        made = convert(source.read_text(encoding="utf-8"))
        if not check:
            output.write_bytes(made)
        elif output.read_bytes() != made:
            print(f"{output} is not what {source} makes; run {sys.argv[0]}", file=sys.stderr)
            return 1
    except (OSError, UnicodeError, SourceError) as error:
        print(f"{source}: {error}", file=sys.stderr)
        return 1
    return 0


if __name__ == "__main__":
    sys.exit(main(sys.argv[1:]))
