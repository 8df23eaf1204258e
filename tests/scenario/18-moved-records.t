#!/bin/bash
# A record goes from a shelf for all to one for some, to nobody, and back: each sees it where it may.
. "$(dirname "$0")/lib.sh"
story 19 "a record on its way through the shelves"

printf 'id,Title\n1,Fractions\n2,Decimals\n' >"$T/all.csv"
node school "School"; node centre "Centre"; node library "Library"
centre runs status; centre_id=$(jq -r .node.id <<<"$json")
school imports "$T/all.csv"
school runs shelf add staff --audience "nodes:$centre_id"
school runs shelf add drawer --audience private
school serves
school invites centre; school invites library
centre syncs; library syncs
school runs search fractions; id=$(jq -r .hits[0].id <<<"$json")
both() { centre syncs --renew; library syncs --renew; }
expect "all find it" eval 'finds centre fractions && finds library fractions'

school runs record move "$id" nowhere
expect "there is no such shelf" is_code no_such_shelf
school runs record move urn:uuid:00000000-0000-4000-8000-000000000000 staff
expect "nor such a record" is_code no_such_record
school runs record move "$id" staff
expect "it goes to the staff's shelf" is_status 0
both
expect "at once nobody has it on the old one" eval 'finds_none centre fractions && finds_none library fractions'
school runs publish; both
expect "published, the centre finds it, on the new one" eval 'finds centre fractions && run centre search fractions && holds ".hits[0].shelf == \"staff\""'
expect "and the library not" finds_none library fractions
expect "what did not move is where it was" eval 'finds centre decimals && finds library decimals'
school runs record move "$id" drawer
school runs publish; both
expect "from the drawer nobody finds it" eval 'finds_none centre fractions && finds_none library fractions'
expect "but its owner" finds school fractions
school runs record move "$id" public
school runs publish; both
expect "and back: all find it" eval 'finds centre fractions && finds library fractions'
school runs record move "$id" public
expect "where it stands already it may go" is_status 0
school imports "$T/all.csv"
expect "the spreadsheet once more changes nothing" holds '.added == 0 and .updated == 0'
school dies; school serves
both
expect "a crash changes nothing" eval 'finds centre fractions && finds library fractions'
school runs record show "$id"
expect "each step counted up" holds '.rev == 5'
school runs doctor
expect "the logs prove" holds .ok
centre runs doctor
expect "at the centre too" holds .ok

# Killed at any moment on the way, it is on one shelf afterwards, and only there.
school stops
halfway=0 lost=0
for i in {1..12}; do
    [ $((i % 2)) = 1 ] && to=staff || to=public
    timeout -s KILL "0.0$((i * 8 % 90 + 10))" "$CS" -q -C "${home[school]}" record move "$id" $to >/dev/null 2>&1
    school runs publish || lost=$((lost + 1))
    school runs search fractions
    holds '[.hits[] | select(.name == "Fractions")] | length == 1 and (.[0].shelf | IN("staff", "public"))' || lost=$((lost + 1))
    holds ".hits[0].shelf == \"$to\"" || halfway=$((halfway + 1))
done
say "of 12 moves that were killed, $halfway had not begun"
expect "it is always somewhere, once" [ $lost = 0 ]
school runs doctor
expect "and the logs prove" holds .ok
