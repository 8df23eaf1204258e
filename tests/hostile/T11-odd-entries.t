#!/bin/bash
# T11: what a publisher signs and should not have: revisions that go back, redactions that name nothing
# of their own log or themselves, an epoch's entry in the middle. Every reader decides alike.
. "$(dirname "$0")/../scenario/lib.sh"
. "$here/../hostile/lib.sh"
story 12 "entries that break the rules are refused one by one, by every reader alike"

node school "School"; node centre "Centre"; node late "Latecomer"
printf 'id,Title\n1,Placeholder\n' >"$T/base.csv"
proxied school
school imports "$T/base.csv"; school serves; proxy school
school invites centre; school invites late

uuid() { printf 'urn:uuid:d126afcc-7945-44fb-922e-a01d3f03c3%02d' "$1"; }
put() { printf 'P {"id":"%s","rev":%d,"kind":"resource","category":"material","name":"%s"}\n' "$(uuid "$1")" "$2" "$3"; }
odd() {
    echo 'E {"epoch":1,"prev":null}'
    put 1 5 Newest # 1
    put 1 3 Stale # 2: a revision that goes back
    put 1 5 Again # 3: the same revision
    put 2 1 Staying # 4
    put 3 1 Leaving # 5
    printf 'D {"id":"%s","rev":2}\n' "$(uuid 3)" # 6
    echo 'R {"epoch":1,"index":5}' # 7: the only one that counts
    echo 'R {"epoch":1,"index":99}' # 8: not there
    echo 'R {"epoch":1,"index":9}' # 9: itself
    echo 'R {"epoch":1,"index":0}' # 10: the epoch's
    echo 'R {"epoch":2,"index":4}' # 11: another epoch's
    echo 'E {"epoch":1,"prev":null}' # 12: not at 0
    put 4 1 Following # 13
}
odd | python3 "$here/../hostile/forge.py" log "${home[school]}" "$T/forged" public 1 "$(date +%s)"
takes() { # NAME TREE
    rule school; rule school '/log/public/1/' "tree $2"
    "$1" syncs
}
takes centre "$T/forged"
expect "the log is taken as it was signed" holds '.peers[0].state == "ok" and .peers[0].entries == 14'
expect "five of its entries are refused" holds '.peers[0].refused == 5'
expect "the highest revision counts" finds centre newest
expect "not one that goes back" finds_none centre stale
expect "nor one that repeats it" finds_none centre again
expect "what was taken back is gone" finds_none centre leaving
expect "what no redaction named stays" finds centre staying
expect "and so does what follows" finds centre following
expect "its text is in no bundle" test "$(find "${home[centre]}/logs" -path '*/entries/*' -type f -exec gunzip -c {} + <&- 2>/dev/null | grep -ca Leaving)" = 0
centre runs doctor
expect "the tree is as it was signed" holds .ok
takes late "$T/forged"
expect "a second reader refuses the same" holds '.peers[0].refused == 5'
late runs status
expect "and shows the same" holds '.records.mirrored == 3'
