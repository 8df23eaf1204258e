#!/bin/bash
. "$(dirname "$0")/lib.sh"
story 7 "a withdrawn record disappears from the peer's answers after the next sync"

node school "School"
node centre "Centre"
printf 'id,Title,Language\n1,Telescope handbook,en\n2,Microscope handbook,en\n' >"$T/items.csv"
school imports "$T/items.csv"
school serves; centre serves
school invites centre; centre syncs
expect "the centre finds both" test "$(hits centre handbook)" = 2
school runs search telescope
id=$(jq -r '.hits[0].id' <<<"$json")
school runs record withdraw "$id"
expect "the school withdraws one" is_status 0
expect "it is gone at the school at once" finds_none school telescope
school runs publish
centre syncs
expect "the sync brings one entry" holds '.peers[0].entries == 1'
expect "it is gone at the centre" finds_none centre telescope
expect "the other is still there" finds centre microscope
centre runs status
expect "and no longer counted" holds '.records.mirrored == 1'
