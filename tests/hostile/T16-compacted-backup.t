#!/bin/bash
# T16: what was redacted is named by its place in a log that was begun anew, and a home that was put back knows other
# places. It must not forget another record instead.
. "$(dirname "$0")/../scenario/lib.sh"
. "$here/../hostile/lib.sh"
story 12 "a home that was put back finds the right record for a redaction"

node school "School"; node centre "Centre"
{ echo "id,Title"; for i in one two three four; do echo "$i,Book of $i"; done; } >"$T/base.csv"
id_of() { school runs search "$1"; jq -r '.hits[0].id' <<<"$json"; }
back_up() { rm -rf "$T/$1"; cp -a "${home[school]}" "$T/$1"; }
put_back() { rm -rf "${home[school]}"; cp -a "$T/$1" "${home[school]}"; }

school imports "$T/base.csv" --source s
school serves; centre serves
school invites centre; centre syncs; school stops
school runs record withdraw "$(id_of '"book of one"')"
school runs publish
back_up first
school runs shelf compact public
back_up second
school runs record redact "$(id_of '"book of four"')" --yes
school runs publish
school serves; centre syncs --renew; school stops

for which in first second; do
    put_back $which
    school runs publish
    expect "the $which copy takes back what came after it, and has nothing to say itself" \
        holds '.shelves[0].added == 0 and (.shelves[0].origin | endswith("/2"))'
    expect "what was not taken back is there" finds school '"book of three"'
    expect "what was is not" finds_none school '"book of four"'
    school runs doctor
    expect "all of it proves" holds .ok
    school serves; centre syncs --renew; school stops
    expect "its peer has no fork" holds '.peers[0].state | . == "ok" or . == "unchanged"'
    expect "and what was not taken back" finds centre '"book of three"' School
done
