#!/bin/bash
# T55: kill -9 while a node appends, pulls and rotates. Every single step is cut, and every step meets a full
# disk, in tests/crash; this is the same from outside, with whole nodes and real kills.
. "$(dirname "$0")/../scenario/lib.sh"
story 7 "what is cut off is old or new, never a smaller signed log"

node school "School"; node centre "Centre"
seq 1 3000 | sed 's/.*/&,Book number &/; 1i id,Title' >"$T/many.csv"
printf 'id,Title\n0,Astronomy\n' >"$T/one.csv"
school imports "$T/one.csv"; school serves; centre serves; school invites centre; centre syncs
size() { run "$1" status && jq -r '.shelves[0].size' <<<"$json"; }
# Kills a command after the given time; what it did by then counts.
cut() { # MILLISECONDS NAME COMMAND…
    local ms=$1 name=$2; shift 2
    "$CS" -C "${home[$name]}" -q "$@" >/dev/null 2>&1 &
    local p=$!
    sleep "0.$(printf '%03d' "$ms")"
    kill -9 $p 2>/dev/null
    wait $p 2>/dev/null
}
school stops
school runs import "$T/many.csv"
before=$(size school) smaller=0
for ms in 20 60 120 200 300; do
    cut $ms school publish
    after=$(size school)
    [ "$after" -ge "$before" ] || smaller=1
    before=$after
done
expect "five publications are cut off: the log never gets smaller" test $smaller = 0
run school doctor
expect "and always proves" holds .ok
school runs publish
expect "then it is published whole" test "$(size school)" = 3002
school serves
for ms in 30 80 150 250; do cut $ms centre sync; done
centre stops
for ms in 30 80 150 250; do cut $ms centre sync; done
run centre doctor
expect "eight pulls are cut off, and what is held proves" holds .ok
run centre sync
expect "the next one ends the work" eval 'is_status 0 && finds centre 2999'
school stops
for ms in 5 15 40 90; do cut $ms school keys rotate; done
run school doctor
expect "four rotations are cut off: one keyset or the next" holds .ok
school serves
run centre sync
expect "a peer follows what came of it" is_status 0
