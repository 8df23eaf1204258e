#!/bin/bash
# T16: what was signed of a shelf for some is told to nobody, so nobody can tell it to a home that was put back. It must
# not sign a second history of it unless a person knows.
. "$(dirname "$0")/../scenario/lib.sh"
. "$here/../hostile/lib.sh"
story 7 "a home that was put back does not fork the shelves that are for some"

node school "School"; node centre "Centre"
rows() { echo "id,Title"; for i in "$@"; do echo "$i,Guide of $i"; done; }
rows one two >"$T/base.csv"; rows three >"$T/three.csv"; rows four >"$T/four.csv"
id_of centre
back_up() { rm -rf "$T/$1"; cp -a "${home[school]}" "$T/$1"; }
put_back() { rm -rf "${home[school]}"; cp -a "$T/$1" "${home[school]}"; }
school runs shelf add guides --audience "nodes:${ids[centre]}"
school imports "$T/base.csv" --shelf guides
school serves; centre serves; school invites centre; centre syncs; school stops
back_up old
school imports "$T/three.csv" --shelf guides
school serves; centre syncs --renew; school stops
expect "the centre has the newest of it" finds centre '"guide of three"' School
back_up newest

put_back old
school runs import "$T/four.csv" --shelf guides
school runs publish --shelf guides
expect "a home that was put back signs nothing for it" is_code not_certain
expect "and says why, and what a person can do" holds '.error.message | contains("guides") and contains("--certain")'
school serves; centre syncs --renew; school stops
expect "nobody is shown a second history" eval 'centre runs doctor; holds ".ok"'
expect "and the centre keeps what it has" finds centre '"guide of three"' School

put_back newest
school runs import "$T/four.csv" --shelf guides
school runs publish --shelf guides --certain
expect "who knows that it is the newest copy goes on" holds '.shelves[0].added == 1 and .shelves[0].size == 5'
school serves; centre syncs --renew
expect "and the centre sees one history" finds centre '"guide of four"' School
