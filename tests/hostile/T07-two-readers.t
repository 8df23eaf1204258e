#!/bin/bash
# T7: a publisher shows one history to one reader and another to the other.
. "$(dirname "$0")/../scenario/lib.sh"
story 18 "two readers of a fork both learn of it by asking each other, and can prove it to anybody"

node school "School"; node centre "Centre"; node library "Library"
printf 'id,Title\n1,Astronomy\n' >"$T/base.csv"
printf 'id,Title\n2,Botany\n' >"$T/a.csv"
printf 'id,Title\n3,Chemistry\n4,Dance\n' >"$T/b.csv"
school imports "$T/base.csv"
school serves; centre serves; library serves
school invites centre; school invites library; centre invites library
school stops
cp -a "${home[school]}" "$T/second"
school imports "$T/a.csv"; school serves
centre syncs School
expect "the centre is shown one history" holds '.peers[0].state == "ok"'
school stops
mv "${home[school]}" "$T/first"; mv "$T/second" "${home[school]}"
# As long as it hears of the first history, a node does not sign another.
centre stops; library stops
school runs import "$T/b.csv"; school runs publish --certain
centre serves; library serves; school serves
library syncs School
expect "the library another, longer one; it asks the centre and sees the fork" holds '.peers[0].code == "forked"'
expect "what it was shown is kept" finds library chemistry
library runs peer show School
expect "the shelf is forked" holds '.peer.shelves[0].state == "forked"'
expect "there is evidence" holds '.peer.evidence == 1'
library runs peer show School --evidence "$T/library.cshb"
expect "it is saved" holds '.evidence.kind == "fork"'
school stops
mv "${home[school]}" "$T/second"; mv "$T/first" "${home[school]}"; school serves
centre syncs School
expect "the centre asks the library, whose tree is larger, and sees the fork too" holds '.peers[0].code == "forked"'
centre runs peer show School --evidence "$T/centre.cshb"
expect "and has evidence" is_status 0
for who in library centre; do
    json=$("$CS" -C "$T/nowhere" --json verify "$T/$who.cshb" 2>"$T/err"); status=$?
    expect "the $who's verifies without any home" is_status 0
    expect "as a fork of the school's shelf" holds '.kind == "fork" and (.checkpoints[0].size <= .checkpoints[1].size) and (.origin | endswith("/public/1"))'
done
# One bit of it, in the keys, in what was signed, in the proof: no proof any more.
bad=0
for what in threshold /public/1 '— cs1' END; do
    python3 - "$T/library.cshb" "$T/flipped" "$what" <<'PY'
import sys
b = bytearray(open(sys.argv[1], "rb").read())
at = len(b) - 20 if sys.argv[3] == "END" else b.index(sys.argv[3].encode()) + 9
b[at] ^= 1
open(sys.argv[2], "wb").write(b)
PY
    "$CS" verify "$T/flipped" >/dev/null 2>&1 && bad=$((bad + 1))
done
expect "with a flipped bit it does not" [ $bad = 0 ]
"$CS" verify "$T/a.csv" >/dev/null 2>&1; status=$?
expect "a file that is no evidence is refused" is_status 1
centre runs peer show Library --evidence "$T/none.cshb"
expect "against an honest peer there is none" holds '.error.code == "no_evidence"'
library runs peer list
expect "the list says it" holds '[.peers[] | select(.name == "School")][0].problem.code == "forked"'
expect "in the library's pages too" bash -c "curl -s http://${address[library]}:7480/peers | grep -q 'two different histories'"
expect "and nothing was lost" finds library astronomy
