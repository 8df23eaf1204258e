#!/bin/bash
# T55: a pull that is killed, or whose link breaks, in the middle of many bundles: what had come is not asked
# for again, and what was left of it on the disk is believed no more than if it came over the network.
. "$(dirname "$0")/../scenario/lib.sh"
. "$here/../hostile/lib.sh"
story 9 "what came before a cut is not fetched twice"

node school "School"; node centre "Centre"
seq 1 9999 | sed 's/.*/&,Book number &/; 1i id,Title' >"$T/books.csv"
proxied school
school imports "$T/books.csv"; school serves; proxy school
school invites centre
asked() { grep -c "GET /csh/v1/log/public/1/tile/entries/$1 " "$T/school.proxy"; }
hex=$(printf %s "$(school runs status; jq -r '.shelves[0].origin' <<<"$json")" | sha256sum | cut -c1-64)
bundles="${home[centre]}/logs/$hex/tile/entries"

# 39 whole bundles, eight asked for at a time: of the second eight, one never comes.
rule school 'tile/entries/010$' stall
"$CS" -C "${home[centre]}" -q sync >/dev/null 2>&1 & cut=$!
until_ok test -e "$bundles/015"
kill -9 $cut; wait $cut 2>/dev/null
expect "the pull was killed with one bundle in the air" [ ! -e "$bundles/010" ]
printf x | dd of="$bundles/013" bs=1 seek=900 conv=notrunc 2>/dev/null
rule school; rule school 'tile/entries/020$' cut
centre syncs School
expect "the next goes on, until the link breaks" holds '.peers[0].state == "failed"'
expect "the one that was missing was asked for" [ "$(asked 010)" = 2 ]
expect "and the one that was spoilt on the disk" [ "$(asked 013)" = 2 ]
rule school
centre syncs School
expect "then it ends well" holds '.peers[0].state == "ok"'
again=
for i in $(seq -f %03g 0 38); do
    [ "$(asked "$i")" -le 1 ] || again="$again $i"
done
expect "those that were spoilt or never came were asked for twice, and no other" [ "$again" = " 010 013 020" ]
expect "what was left came as one run" [ "$(grep -c "GET /csh/v1/log/public/1/entries/" "$T/school.proxy")" -le 2 ]
centre runs doctor
expect "what is held proves" holds '.ok'
expect "and the last book is found" finds centre 9998
