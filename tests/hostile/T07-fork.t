#!/bin/bash
# T7: two histories under one key, the second shown later to the same peer.
. "$(dirname "$0")/../scenario/lib.sh"
story 9 "a forked history is refused, kept as evidence and shown"

node school "School"; node centre "Centre"
printf 'id,Title\n1,Astronomy\n' >"$T/base.csv"
printf 'id,Title\n2,Botany\n' >"$T/a.csv"
printf 'id,Title\n3,Chemistry\n' >"$T/b.csv"
school imports "$T/base.csv"
cp -a "${home[school]}" "$T/copy"
school imports "$T/a.csv"
school serves; centre serves; school invites centre; centre syncs
expect "the centre holds the first history" finds centre botany
school stops
mv "${home[school]}" "$T/first"; mv "$T/copy" "${home[school]}"
school imports "$T/b.csv"
school serves
centre syncs
expect "the second is refused" is_status 3
expect "as a fork" holds '.peers[0].code == "forked"'
expect "nothing of it is found" finds_none centre chemistry
expect "the first is still held" finds centre botany
centre runs peer show School
expect "the evidence is shown" holds '[.. | objects | select(has("evidence")) | .evidence] | any(. != 0 and . != null and . != [])'
school imports "$T/a.csv"
centre syncs
expect "a longer fork is a fork too" holds '.peers[0].code == "forked"'
centre runs peer show School --evidence "$T/fork.cshb"
expect "which can be proved to others" bash -c "'$CS' verify '$T/fork.cshb' >'$T/out'"
school stops; mv "${home[school]}" "$T/second"; mv "$T/first" "${home[school]}"; school serves
centre syncs
expect "the true history is taken again" holds '.peers[0].state != "failed"'
