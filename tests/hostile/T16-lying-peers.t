#!/bin/bash
# T16: what peers show a node of its own history, when it was put back from a backup: lies, silence, damage.
. "$(dirname "$0")/../scenario/lib.sh"
. "$here/../hostile/lib.sh"
story 19 "only what a node signed itself stops it, and nothing that it signed is passed over"

node school "School"; node centre "Centre"; node third "Third"
rows() { echo "id,Title"; for i in "$@"; do echo "$i,Book of $i"; done; }
rows one two >"$T/base.csv"; rows three >"$T/three.csv"; rows four >"$T/four.csv"
proxied centre
school imports "$T/base.csv"
school serves; centre serves; third serves; proxy centre
school invites centre; school invites third; centre syncs; third syncs
school stops
put_back() { rm -rf "${home[school]}"; cp -a "$T/$1" "${home[school]}"; }
keep() { rm -rf "$T/$1"; cp -a "${home[school]}" "$T/$1"; }
id() { "$1" runs status; jq -r .node.id <<<"$json"; }
origin=$(id school)/public/1 centre_id=$(id centre) now=$(date +%s)
root=$(printf %s other | openssl dgst -sha256 -binary | base64)
keep old

# Somebody's own word for a history that was never signed here.
printf 'commonshelf/seen/v1\nnode %s\ntime %d\nlog %s 99 %s %d applied 99\n' "$centre_id" "$now" "$origin" "$root" "$now" >"$T/text"
python3 "$here/../hostile/sign_note.py" "$T/text" "$centre_id/witness ${home[centre]}/keys/witness.key 1" >"$T/seen"
printf '%s\n99\n%s\n' "$origin" "$root" >"$T/text"
python3 "$here/../hostile/sign_note.py" "$T/text" "$origin ${home[centre]}/keys/log.key 1" \
    "${origin%%/*}/witness ${home[centre]}/keys/witness.key 4 $now" >"$T/forged"
lies() { rule centre; rule centre '/seen$' "file $T/seen"; rule centre '/checkpoint$' "file $T/forged"; }
lies; third stops
school runs import "$T/three.csv"
school runs publish
expect "a larger tree that it never signed is ignored" holds '.shelves[0].added == 1'
printf 'commonshelf/seen/v1\nnode %s\ntime %d\nlog %s 3 %s %d applied 3\n' "$centre_id" "$now" "$origin" "$root" "$now" >"$T/text"
python3 "$here/../hostile/sign_note.py" "$T/text" "$centre_id/witness ${home[centre]}/keys/witness.key 1" >"$T/seen"
school runs import "$T/four.csv"
school runs publish
expect "another root for a size that it has, too" holds '.shelves[0].added == 1'
school runs status
expect "and it is no fork" holds '.signing == "ok"'
# Hundreds of them, each of which would be asked for while nothing is signed.
{ printf 'commonshelf/seen/v1\nnode %s\ntime %d\n' "$centre_id" "$now"
    for i in $(seq 100 399); do echo "log ${origin%%/*}/shelf$i/1 9 $root $now applied 9"; done; } >"$T/text"
python3 "$here/../hostile/sign_note.py" "$T/text" "$centre_id/witness ${home[centre]}/keys/witness.key 1" >"$T/seen"
asked() { grep -ac 'relay/.*/checkpoint' "$T/centre.proxy"; }
before=$(asked)
school runs publish
expect "hundreds of shelves that it never had do not keep it from signing" holds '.shelves[0].added == 0'
expect "a few are looked at" [ $(($(asked) - before)) -ge 1 -a $(($(asked) - before)) -le 8 ]
rule centre; third serves; school serves; centre syncs; third syncs; school stops
keep newest

# What it did sign, and a peer does not give.
put_back old; third stops
rule centre '/relay/' 'status 404'
school runs publish
expect "a later state that a peer withholds stops it" is_code history_missing
expect "it says who has it" holds '.error.message | contains("Centre") and contains("5")'
school runs publish --certain
expect "a person's word does not change what was signed" is_code history_missing
rule centre; rule centre '/relay/.*/entries/' 'flip 40'
school runs publish
expect "so does one that sends it damaged" is_code history_missing
school runs doctor
expect "nothing of that was taken" holds .ok
third serves
school runs publish
expect "another peer that has it whole is enough" holds '.shelves[0].size == 5 and .shelves[0].added == 0'
expect "and all is there" finds school '"book of four"'

# Who says nothing that can be read has not answered.
put_back old; third stops
rule centre; rule centre '/seen$' "file $T/text"
school runs publish
expect "a note that nobody signed is no answer" is_code not_certain
rule centre; rule centre '/seen$' garbage
school runs publish
expect "garbage is none" is_code not_certain
rule centre; rule centre '/seen$' stall
school runs publish
expect "silence is none, and is waited for a short time only" is_code not_certain

# New keys since.
rule centre; third serves
put_back newest
school runs keys rotate; school serves; centre syncs; school stops
put_back old
school runs publish
expect "keys that were replaced sign nothing" is_code keys_older
expect "and it says how to go on" holds '.error.message | contains("keys recover")'
school serves
code=$(curl -sk -o "$T/answer" -w '%{http_code}' "https://${address[school]}:7443/csh/v1/profile")
expect "nor is the old profile shown" [ "$code" = 503 ]
school stops
put_back newest
third stops; centre stops
school runs status
expect "what was put back is known as such" holds '.signing == "not_certain"'
