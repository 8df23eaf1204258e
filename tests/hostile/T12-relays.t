#!/bin/bash
# T12: one wrong byte, a missing part, a publisher that breaks off or dies: the rest comes from a relay.
. "$(dirname "$0")/../scenario/lib.sh"
. "$here/../hostile/lib.sh"
story 23 "what one source has not or sends wrong is got from another, that part only"

node school "School"; node centre "Centre"; node library "Library"; node third "Third"
seq 1 1500 | sed 's/.*/&,Book number &/; 1i id,Title' >"$T/books.csv"
proxied school; proxied library
school imports "$T/books.csv"; school serves; proxy school; library serves; proxy library
school invites library; library syncs School
school invites centre; school invites third
library invites centre; library invites third
hex=$(printf %s "$(school runs status; jq -r '.shelves[0].origin' <<<"$json")" | sha256sum | cut -c1-64)
from_library() { grep -c "GET /csh/v1/relay/$hex/$1" "$T/library.proxy"; }
from_school() { grep -c "GET /csh/v1/log/public/1/$1" "$T/school.proxy"; }

: >"$T/school.proxy"; : >"$T/library.proxy"
rule school 'tile/entries/002$' 'flip 9000'
centre syncs School
expect "a byte of one bundle of five was wrong: the pull ends well" holds '.peers[0].state == "ok" and .peers[0].entries == 1501'
expect "that bundle was asked of the relay" [ "$(from_library tile/entries/002)" = 1 ]
expect "and no other" [ "$(from_library tile/entries/)" = 1 ]
expect "none was asked twice of the publisher" [ "$(from_school tile/entries/)" = 5 ]
wasted=$(curl -sk "https://${back[school]}:7443/csh/v1/log/public/1/tile/entries/002" | wc -c)
expect "what was wasted is at most 64 KB" [ "$wasted" -le 65536 ]
centre runs doctor
expect "what is held proves" holds '.ok'

rule school; rule library
rule school 'tile/entries/00[1-4]$' 'cut'; rule library 'tile/entries/003$' 'flip 9000'
third syncs School
expect "a relay that lies too: the pull fails" holds '.peers[0].state == "failed"'
third runs status
expect "what came before stays" holds '.records.mirrored > 500'
rule library
third syncs School
expect "and goes on when it does not" holds '.peers[0].state == "ok"'
third runs doctor
expect "all proves" holds '.ok'

# What the relay serves is, byte for byte, what the publisher does.
same() { cmp -s <(curl -sk "https://${back[school]}:7443/csh/v1/log/public/1/$1") <(curl -sk "https://${back[library]}:7443/csh/v1/relay/$hex/$1"); }
code() { [ "$(curl -sk -o /dev/null -w '%{http_code}' "https://${back[library]}:7443/csh/v1/relay/$1")" = "$2" ]; }
for what in tile/0/000 tile/1/000.p/5 tile/entries/000 tile/entries/004 tile/0/005.p/221; do
    expect "the relay's $what is the publisher's" same $what
done
expect "its keysets say who it is" bash -c "curl -sk https://${back[library]}:7443/csh/v1/relay/$hex/keysets | grep -aq 'commonshelf/keyset/v1'"
expect "nothing beyond the signed size" code "$hex/tile/entries/006" 404
expect "nothing of an unknown log" code "${hex:0:63}x/checkpoint" 404

# Its publisher is gone for ever; one record came that only the library has.
printf 'id,Title\nx,Zoology for ever\n' >"$T/last.csv"
school runs import "$T/last.csv" --publish
rule school; library syncs School
school dies; rule school . 'cut'
centre syncs School
expect "a publisher that is gone is said not to answer" holds '.peers[0].state == "failed"'
expect "but the newest record is found at its reader" finds centre zoology
centre runs search zoology
expect "as the publisher's own" holds '.hits[0].node.name == "School"'
centre runs doctor
expect "and it all proves" holds '.ok'
library runs peer block School
expect "what a node blocks, it does not relay" code "$hex/checkpoint" 404
