#!/bin/bash
# T57: a node without its disk depends on what peers show it: lies, silence, old copies, and power cuts on the way.
. "$(dirname "$0")/../scenario/lib.sh"
. "$here/../hostile/lib.sh"
story 24 "a recovery ends with one history, or with nothing signed"

node school "School"; node centre "Centre"; node third "Third"
proxied centre
seq 1 700 | sed 's/.*/&,Book number &/; 1i id,Title' >"$T/books.csv"; printf 'id,Title\na,Astronomy\n' >"$T/more.csv"
school runs keys export "$T/page"; cp "${home[school]}/keys/root.key" "$T/root.key"
school imports "$T/books.csv"
school serves; centre serves; third serves; proxy centre
school invites centre; school invites third; centre syncs; third syncs
third stops
cp -a "${home[school]}/keys" "$T/keys"
school imports "$T/more.csv"; school runs keys rotate; centre syncs; school stops
mv "${home[school]}" "$T/lost"
third serves
at=(--listen "${address[school]}:7443" --local "${address[school]}:7480" --allow-cidr 127.0.0.0/8 --root "$T/page")
recovers() { run school keys recover "$link" "${at[@]}" --certain; }
invite_of() { run "$1" invite; link=$(jq -r .link <<<"$json"); }
invite_of centre
nothing() { [ ! -e "${home[school]}" ] && [ -z "$(ls -A "$T" | grep -- -new-)" ]; }

rule centre '/seen' 'status 500'; recovers
expect "a peer that says nothing of what it saw is no help" is_code http_status
rule centre; rule centre '/relay/.*/keysets' garbage; recovers
expect "nor one with garbage for keysets" is_status 1
rule centre; rule centre '/relay/.*/keysets' 'flip 300'; recovers
expect "nor with a flipped bit in them" is_status 1
rule centre; rule centre '/relay/.*/keysets' "file $T/lost/commonshelf.conf"; recovers
expect "nor with something else" is_status 1
expect "none of it left a home behind" nothing

# Cut off while the first answers come: there is no home. While the history comes: there is one that signs nothing.
killed_at() { # RULE WHAT
    : >"$T/centre.proxy.seen"
    rule centre; rule centre "$1" stall
    local before; before=$(grep -cE "$1" "$T/centre.proxy")
    "$CS" -C "${home[school]}" --json keys recover "$link" "${at[@]}" --certain >/dev/null 2>&1 &
    local p=$!
    more() { [ "$(grep -cE "$1" "$T/centre.proxy")" -gt "$before" ]; }
    until_ok more "$1"; kill -9 $p; wait $p 2>/dev/null
    rule centre
}
killed_at '/relay/.*/keysets'
expect "killed before it has the keysets, it leaves nothing" nothing
killed_at '/relay/.*/entries'
expect "killed while the catalogue comes, there is a home" test -e "${home[school]}/commonshelf.conf"
school runs publish
expect "which signs nothing" is_code recovery_unfinished
expect "and says how to go on" holds '.error.message | contains("keys recover")'
serve_fails() { timeout 10 "$CS" -C "${home[school]}" serve >/dev/null 2>"$T/err"; [ $? = 1 ]; }
expect "nor serves" serve_fails
keys() { sha256sum "${home[school]}"/keys/*.key | sort; }
keys >"$T/keys.before"
rule centre '/relay/.*/entries' 'flip 40'; recovers
expect "damaged entries are not taken" is_code history_missing
rule centre; rule centre '/relay/.*/checkpoint' 'status 404'; recovers
expect "what it signed once and nobody gives stops it" is_code history_missing
rule centre; rule centre '/seen$' stall; recovers
expect "silence too" is_code 'unreachable|timed_out|history_missing'
expect "it makes no further keys each time" test "$(keys)" = "$(cat "$T/keys.before")"
rule centre; recovers
expect "in the end it is done" holds '.keys.version == 3'
expect "with every record" finds school astronomy "School"
school runs doctor
expect "and proves" holds .ok
school serves; centre syncs
expect "the peer sees one history" holds '.peers[0].state != "failed"'
third syncs
expect "one that was far behind, too" holds '.peers[0].state != "failed"'
expect "with all of it" finds third astronomy "School"
school stops; third stops

# The thief of the old online keys has nothing to sign with that still counts.
rm -rf "${home[school]}/keys"; cp -a "$T/keys" "${home[school]}/keys"
school runs publish
expect "the keys of before are refused here" is_code keys_older
rm -rf "${home[school]}"
third serves; invite_of third
sed -i 's/^allow_cidr = .*//' "${home[third]}/commonshelf.conf"
rm -f "${home[school]}/commonshelf.conf"
run school keys recover "$link" --root "$T/page" --certain
expect "peers in networks that are not allowed are not asked" is_code 'address_not_allowed|forbidden_address|network'
expect "and there is no home" test ! -e "${home[school]}"
recovers
expect "a disk may be lost twice" holds '.keys.version == 4'
