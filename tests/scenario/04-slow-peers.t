#!/bin/bash
. "$(dirname "$0")/lib.sh"
. "$here/../hostile/lib.sh"
story 7 "a peer that is down or slow delays nobody"

node down "Down"; node slow "Slow"; node good "Good"; node centre "Centre"
for n in down slow good; do
    printf 'id,Title\n%s,Shared title of %s\n' $n $n >"$T/$n.csv"
    [ $n = slow ] && proxied slow
    $n imports "$T/$n.csv"; $n serves
    [ $n = slow ] && proxy slow
done
centre serves
for n in down slow good; do $n invites centre; done
centre syncs
expect "all three are mirrored" test "$(hits centre shared)" = 3

printf 'id,Title\nmore,Another shared title\n' >"$T/more.csv"
good imports "$T/more.csv"
down dies
rule slow '/csh/v1/log/' stall
start=$SECONDS
centre runs sync Good
expect "the good one is pulled meanwhile" holds '.peers[0].state == "ok"'
centre runs sync &
waiting=$!
expect "the search answers at once" test "$(hits centre shared)" = 4
expect "with the copies held of the others" finds centre shared Slow
"$CS" -C "${home[centre]}" --json sync Down >"$T/down.json" 2>/dev/null; status=$?
json=$(cat "$T/down.json")
expect "the dead one is named, status 3" is_status 3
expect "with a reason" holds '.peers[0].state == "failed" and (.peers[0].code | length) > 0'
rule slow
wait $waiting
expect "and nothing was lost" test "$(hits centre shared)" = 4
