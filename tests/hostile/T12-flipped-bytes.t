#!/bin/bash
# A peer that serves one wrong bit: in a bundle, a tile, a checkpoint, a keyset, a profile.
. "$(dirname "$0")/../scenario/lib.sh"
. "$here/../hostile/lib.sh"
story 22 "a flipped byte is refused and named, and nothing that was held is lost"

node school "School"; node centre "Centre"
seq 1 700 | sed 's/.*/&,Book number &/; 1i id,Title' >"$T/first.csv"
seq 701 1500 | sed 's/.*/&,Book number &/; 1i id,Title' >"$T/second.csv"
proxied school
school imports "$T/first.csv"; school serves; proxy school

refused_join() { # WHAT PATTERN CODE
    rule school; rule school "$2" "flip 60"
    school runs invite; link=$(jq -r .link <<<"$json")
    centre runs join "$link"
    expect "a wrong byte in the $1 refuses the join" is_status 1
    expect "and says $3" is_code "$3"
}
refused_join keyset '/keyset$' "bad_signature|malformed"
refused_join profile '/profile$' "bad_signature|malformed"
centre runs peer list
expect "nobody became a peer" holds '[.peers[]?] | length == 0'
rule school
centre runs join "$link"
expect "the same link works when the bytes are right" is_status 0

refused_sync() { # WHAT PATTERN ACTION CODE NAMED
    rule school; rule school "$2" "$3"
    centre syncs
    expect "a wrong byte in the $1 fails the sync with status 3" is_status 3
    expect "and is named: $4" holds ".peers[0].state == \"failed\" and (.peers[0].code | IN(\"$4\" | split(\"|\")[])) and (.peers[0].message | contains(\"$5\"))"
}
refused_sync checkpoint 'public/1/checkpoint' 'flip 75' "bad_signature|malformed" School
refused_sync "tile of hashes" 'tile/1/' 'flip 20' wrong_hash tile/1
refused_sync "bundle" 'tile/entries/001' 'flip 9000' wrong_hash tile/entries/001
centre runs status
expect "what came before the wrong bundle is kept" holds '.records.mirrored == 255'
refused_sync "run of entries" 'public/1/entries/' 'flip 500' wrong_hash entries/256
centre runs doctor
expect "what is held still proves" holds '.ok'
rule school
centre syncs
expect "the rest follows when the bytes are right" holds '.peers[0].state == "ok" and .peers[0].entries < 446'
centre runs status
expect "all is held" holds '.records.mirrored == 700'

school runs import "$T/second.csv" --publish
refused_sync "run that brings all that is new" 'entries/701-' 'flip 500' wrong_hash entries/701
rule school
centre syncs
expect "it comes whole, in two requests" holds '.peers[0].entries == 800 and .peers[0].requests == 2'
centre runs status
expect "all of that is held too" holds '.records.mirrored == 1500'
