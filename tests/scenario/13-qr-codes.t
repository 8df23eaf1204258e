#!/bin/bash
. "$(dirname "$0")/lib.sh"
story 8 "what is printed as a QR code can be read from the paper"

command -v zbarimg >/dev/null || skip_all "no zbarimg"
# The half blocks of a text as a picture, eight dots a module: ink is dark, or with "screen" what is not lit.
picture() { # TEXT PICTURE [screen]
    python3 - "$@" <<'END'
import sys
rows = []
for line in open(sys.argv[1], encoding="utf-8"):
    line = line.rstrip("\n")
    if len(line) > 20 and not set(line) - set(" \u2588\u2580\u2584"):
        rows += [[c in "\u2588\u2580" for c in line], [c in "\u2588\u2584" for c in line]]
dark = len(sys.argv) < 4
width = len(rows[0]) * 8
with open(sys.argv[2], "w") as out:
    out.write("P1\n%d %d\n" % (width, len(rows) * 8))
    for row in rows:
        for _ in range(8):
            out.write(" ".join("1" if m == dark else "0" for m in row for _ in range(8)) + "\n")
END
}
scan() { zbarimg -q --raw "$1" 2>"$T/err"; }

node school "School" --root-offline "$T/page"; node centre "Centre"
picture "$T/page" "$T/page.pbm"
scan "$T/page.pbm" >"$T/scanned"
expect "a scanner reads the page of the root key" grep -q '^COMMONSHELF-ROOT:[A-Z2-7]\{112\}$' "$T/scanned"
school runs keys rotate --root "$T/scanned"
expect "and what it reads is the key" holds '.keys.version == 2'
sed 's/A/B/; t; s/C/D/' "$T/scanned" >"$T/wrong"
school runs keys rotate --root "$T/wrong"
expect "a wrong letter in it is noticed" is_code page_mistyped
centre runs keys export "$T/page-centre"
picture "$T/page-centre" "$T/centre.pbm"
expect "an exported page has it too" grep -q COMMONSHELF-ROOT <(scan "$T/centre.pbm")

centre serves
"$CS" -C "${home[centre]}" invite --qr >"$T/invite" 2>/dev/null
picture "$T/invite" "$T/invite.pbm"
link=$(head -1 "$T/invite")
expect "an invite is shown as a code" test "$(scan "$T/invite.pbm")" = "$link"
school runs join "$(scan "$T/invite.pbm")"
expect "by which one can join" is_status 0
script -qc "$CS -C ${home[centre]} invite --qr" /dev/null </dev/null 2>/dev/null | tr -d '\r' >"$T/screen"
picture "$T/screen" "$T/screen.pbm" screen
expect "on a terminal it shines" grep -q '^https://' <(scan "$T/screen.pbm")
run centre invite --qr
expect "for programs there is the link alone" holds '.link | startswith("https://")'
