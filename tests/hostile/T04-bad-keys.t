#!/bin/bash
# T4: keys of small order and keys that are not reduced, in keysets that are right in all else; signatures whose S is
# not below the group order; and Wycheproof's vectors, which tests/unit/test_key holds against the verifier.
. "$(dirname "$0")/../scenario/lib.sh"
. "$here/../hostile/lib.sh"
bad() { python3 -B "$here/../hostile/bad_keys.py" "$@"; }
bad list >"$T/bad" 2>"$T/err" || skip_all "no python3-cryptography"
story 66 "a key on which no signature rests is in no keyset that is believed"

node school "School"; node centre "Centre"
proxied school
printf 'id,Title\n1,Astronomy\n' >"$T/one.csv"; printf 'id,Title\n2,Botany\n' >"$T/two.csv"
school imports "$T/one.csv"; school serves; proxy school
school runs invite; link=$(jq -r .link <<<"$json")

joins() { # ROLE HEX: a node that shows a genesis with this key
    local id
    id=$(bad genesis "${home[school]}" "$T/keyset" "$1" "$2")
    rule school; rule school '/keyset$' "file $T/keyset"
    centre runs join "${link%%#*}#$id~${link##*~}"
}
joins log -
expect "with good keys it is the next step that fails" eval 'is_status 1 && ! is_code bad_key'
while read -r name hex; do
    joins log "$hex"
    expect "$name as log key is refused" is_code bad_key
done <"$T/bad"
for role in root auth witness; do
    for name in small-order-0 small-order-7 unreduced-1-0; do
        joins $role "$(sed -n "s/^$name //p" "$T/bad")"
        expect "$name as $role key is refused" is_code bad_key
    done
done
rule school
bad twin "${home[school]}/keys/keyset" >"$T/twin"
rule school '/keyset$' "file $T/twin"
centre runs join "$link"
expect "a keyset with S + L is refused" is_code bad_signature
centre runs peer list
expect "nobody became a peer" holds '[.peers[]?] | length == 0'
rule school
centre runs join "$link"
expect "the same link works with the true keys" is_status 0

bad next "${home[school]}" "$T/next" auth "$(sed -n 's/^small-order-3 //p' "$T/bad")" >/dev/null
rule school '/keyset$' "file $T/next"
centre syncs --renew
expect "a next keyset with a bad key is refused" holds '.peers[0].code == "bad_key"'
bad next "${home[school]}" "$T/next" root "$(sed -n 's/^small-order-3 //p' "$T/bad")" >/dev/null
centre syncs --renew
expect "also a bad root, with the old one's consent" holds '.peers[0].code == "bad_key"'
rule school
school runs import "$T/two.csv" --publish
curl -sk "https://${back[school]}:7443/csh/v1/log/public/1/checkpoint" >"$T/checkpoint"
bad twin "$T/checkpoint" >"$T/twin"
rule school '/checkpoint$' "file $T/twin"
centre syncs
expect "a checkpoint with S + L is refused" holds '.peers[0].code == "bad_signature"'
rule school
centre syncs
expect "the true one is taken" finds centre botany
CMOCKA_MESSAGE_OUTPUT=TAP "$top_srcdir/tests/run-unit" "$top_builddir/tests/unit/test_key" >"$T/vectors" 2>&1; status=$?
expect "the verifier keeps to the table of public vectors" eval '[ $status = 0 ] && ! grep -q "^not ok" "$T/vectors"'
