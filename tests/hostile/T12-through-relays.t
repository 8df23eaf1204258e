#!/bin/bash
# T12: a relay that lies about a node that can't be asked itself.
. "$(dirname "$0")/../scenario/lib.sh"
. "$here/../hostile/lib.sh"
story 19 "of a node that is read at a relay nothing is believed that its keys did not sign"

node hub "Hub"; node library "Library"; node third "Third"
proxied hub; hub serves; proxy hub; library serves
hub runs status; hub_id=$(jq -r .node.id <<<"$json")
node farm "Farm School" --reach none --via "$hub_id"
seq 1 700 | sed 's/.*/&,Book number &/; 1i id,Title' >"$T/books.csv"
printf 'id,Title\n900,Atlas of tides\n' >"$T/more.csv"
farm imports "$T/books.csv"; library imports "$T/more.csv"
farm runs status; farm_id=$(jq -r .node.id <<<"$json")
library runs status; library_id=$(jq -r .node.id <<<"$json")
hub invites third; library invites third; library invites hub; hub syncs Library
carry() { farm runs bundle export "$T/farm.cshb"; hub runs bundle import "$T/farm.cshb" --trust "$farm_id"; }
carry
hex=$(printf %s "$farm_id/public/1" | sha256sum | cut -c1-64)
ask() { curl -skf "https://${back[hub]}:7443/csh/v1/relay/$1"; }
is_peer() { third runs peer list; holds "[.peers[].id] | index(\"$farm_id\")"; }

ask "$library_id" >"$T/other"
rule hub "relay/$farm_id" "file $T/other"
third runs peer add "$farm_id" --via Hub
expect "another node's identity is refused" is_code wrong_origin
rule hub; rule hub "relay/$farm_id" 'flip 700'
third runs peer add "$farm_id" --via Hub
expect "and one that was altered" is_status 1
rule hub; rule hub "relay/$farm_id" 'cut'
third runs peer add "$farm_id" --via Hub
expect "and half of one" is_status 1
expect "nobody is followed after that" eval '! is_peer'
rule hub
third runs peer add "$farm_id" --via Hub
expect "the true one is taken" is_peer

rule hub "$hex/tile/entries/001" 'flip 900'
third syncs "Farm School"
expect "a wrong bundle ends the pull" holds '.peers[0].state == "failed" and .peers[0].code == "wrong_hash"'
expect "as the relay's fault" grep -q '^Hub has' <<<"$(jq -r '.peers[0].message' <<<"$json")"
rule hub
third syncs "Farm School"
expect "it goes on when that is over" holds '.peers[0].state == "ok"'
third runs doctor
expect "all of it proves" holds '.ok'

# The relay withholds; another one, that nobody named, has more.
ask "$hex/checkpoint" >"$T/old"
farm imports "$T/more.csv"; carry
library runs peer add "$farm_id" --via Hub; library syncs "Farm School"
expect "the library follows too" finds library tides "Farm School"
rule hub "$hex/checkpoint" "file $T/old"
third syncs "Farm School"
expect "what the relay withholds is got from another at once" holds '.peers[0].state == "ok" and .peers[0].entries == 1'
expect "and found" finds third tides "Farm School"
third runs peer list
expect "through that one" holds "[.peers[] | select(.id == \"$farm_id\")][0].through.name == \"Library\""
third syncs "Farm School"
expect "the old copy is no step back, and no contradiction" holds '.peers[0].state == "unchanged"'
third runs peer show "Farm School"
expect "nor evidence of anything" holds '.peer.evidence == 0 and .peer.shelves[0].state == "ok"'
third serves; request shelves farm third GET /csh/v1/shelves; sent third shelves
expect "who is followed is no peer: its signature counts for nothing" is_got 401
expect "whatever keys are known of it" says unknown_key
third stops
rule hub; rule hub "relay/$farm_id" 'redirect https://127.0.0.1:1/'
third syncs --renew "Farm School"
expect "a relay that points elsewhere is not followed" holds '.peers[0].state != "failed"'
expect "and what is held stays" finds third tides "Farm School"
