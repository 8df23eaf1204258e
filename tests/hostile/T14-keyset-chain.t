#!/bin/bash
# T14: keysets that do not follow the one before, as a thief or a broken node would make them.
. "$(dirname "$0")/../scenario/lib.sh"
. "$here/../hostile/lib.sh"
story 16 "a keyset counts only behind the one before it, signed by enough roots of both"

node school "School"; node centre "Centre"
mkdir "$T/k"
proxied school
printf 'id,Title\n1,Astronomy\n' >"$T/one.csv"
school imports "$T/one.csv"
python3 "$top_srcdir/tests/hostile/keysets.py" bad "${home[school]}" "$T/k" || skip_all "no python3-cryptography"
school serves; proxy school
school runs invite; link=$(jq -r .link <<<"$json")

shown() { # NEWEST [SECOND]: what the peer is shown as its chain, behind the true genesis
    rule school
    [ $# -lt 2 ] || rule school '/keyset/2$' "file $T/k/$2"
    rule school '/keyset$' "file $T/k/$1"
}
refused() { # WHAT CODE
    centre runs join "$link"
    expect "$1 is refused" is_status 1
    expect "and says why" is_code "$2"
}
shown skips skips; refused "N+2 without N+1" wrong_chain
shown new-only; refused "one that only the new root signed" no_signature
shown old-only; refused "one that only the old root signed" no_signature
shown other-history; refused "one that follows another history" wrong_chain
shown one-counted-twice two-roots; refused "one root where two are needed, signing twice" no_signature
shown expired; refused "an expired one" keys_expired
centre runs peer list
expect "nobody became a peer" holds '[.peers[]?] | length == 0'
shown both two-roots
centre runs join "$link"
expect "with both roots the same link works" is_status 0
centre syncs
expect "and the catalogue comes" finds centre astronomy "School"
rule school
rule school '/checkpoint$' "status 404"
centre syncs
expect "the genesis alone is older than what is held now" holds '.peers[0].code == "keyset_older"'
