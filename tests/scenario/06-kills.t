#!/bin/bash
# T55 with real kills: wherever the process ends, the next one goes on, and no signed history shrinks.
. "$(dirname "$0")/lib.sh"
story 12 "kill -9 during import, publish, join and sync loses nothing"

node school "School"; node centre "Centre"
seq 1 4000 | sed 's/.*/&,Book number & about many things/; 1i id,Title' >"$T/books.csv"
RANDOM=${SEED:-$$}
say "seed ${SEED:-$$}"
# Runs a command and kills it after a while, unless it is done by then.
killed_after() { # SECONDS COMMAND…
    local after=$1; shift
    "$CS" -C "${home[$1]}" --json "${@:2}" >"$T/out" 2>/dev/null &
    local p=$!
    sleep "$after"
    kill -9 $p 2>/dev/null
    wait $p 2>/dev/null
}
whole_or_nothing() { school runs status; holds '.records.own == 0 or .records.own == 4000'; }
for i in 1 2 3; do
    killed_after 0.0$((RANDOM % 9 + 1)) school import "$T/books.csv"
    expect "import cut off: all of it or none of it ($i)" whole_or_nothing
done
school runs import "$T/books.csv"
expect "it can be done again" holds '.added + .unchanged == 4000'
size=0
grows() { school runs publish; local now; now=$(jq '.shelves[0].size' <<<"$json"); [ "$now" -ge $size ] && size=$now; }
for i in 1 2 3; do
    killed_after 0.0$((RANDOM % 9 + 1)) school publish
    school runs doctor
    expect "publish cut off: the logs prove ($i)" holds '.ok'
done
expect "publishing goes on" grows
expect "to the whole catalogue" test "$size" = 4001
school serves
school runs invite; link=$(jq -r .link <<<"$json")
killed_after 0.0$((RANDOM % 9 + 1)) centre join "$link"
centre runs join "$link"
expect "join cut off: the same link finishes it" is_status 0
for i in 1 2 3; do killed_after 0.$((RANDOM % 3 + 1)) centre sync; done
centre syncs
centre runs status
expect "sync cut off: it ends with everything" holds '.records.mirrored == 4000'
centre runs doctor
expect "which proves" holds '.ok'
