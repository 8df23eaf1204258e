#!/bin/bash
# T5: a peer whose log holds records under another institution's ids, says that the other published them, and
# withdraws the other's.
. "$(dirname "$0")/../scenario/lib.sh"
. "$here/../hostile/lib.sh"
story 11 "a record is its log's, whatever it says of itself"

node library "Library"; node thief "Thief"; node centre "Centre"
printf 'id,Title\n1,Astronomy\n2,Botany\n' >"$T/a.csv"; printf 'id,Title\n1,Placeholder\n' >"$T/b.csv"
proxied thief
library imports "$T/a.csv"; thief imports "$T/b.csv"
library serves; thief serves; centre serves; proxy thief
library invites centre; thief invites centre; centre syncs
centre runs search astronomy; first=$(jq -r '.hits[0].id' <<<"$json"); owner=$(jq -r '.hits[0].node.id' <<<"$json")
centre runs search botany; second=$(jq -r '.hits[0].id' <<<"$json")
{
    echo 'E {"epoch":1,"prev":null}'
    printf 'P {"id":"%s","rev":99,"kind":"resource","category":"material","name":"Stolen astronomy","publisher":"Library","node":"%s"}\n' "$first" "$owner"
    printf 'D {"id":"%s","rev":99}\n' "$second"
} >"$T/entries"
python3 "$here/../hostile/forge.py" log "${home[thief]}" "$T/forged" public 1 "$(date +%s)" <"$T/entries"
rule thief '/log/public/1/' "tree $T/forged"
# The thief's log is another one than it had: what counts here is what a new reader makes of it.
node late "Late"
library invites late; thief runs invite; link=$(jq -r .link <<<"$json"); late runs join "$link"
late syncs
expect "the log is taken" holds '[.peers[] | select(.name == "Thief")][0].state == "ok"'
late runs search stolen
expect "its record is the thief's" holds '.hits[0].node.name == "Thief"'
expect "under the same id" holds ".hits[0].id == \"$first\""
late runs search botany
expect "the other's record is not withdrawn by it" holds '.hits | length == 1 and .[0].node.name == "Library"'
late runs search astronomy --limit 20
expect "the other's record says what its owner says" holds '[.hits[] | select(.node.name == "Library") | .name] == ["Astronomy"]'
expect "and stands beside the false one" holds '.hits | length == 2'
late runs record show "$first" --node Library
[ "$status" = 0 ] || late runs record show "$owner/$first"
expect "asked for by its node it is the owner's" eval '! grep -q Stolen <<<"$json"'
late serves
page=$(curl -s "http://${address[late]}:7480/record/$owner/$(jq -rn --arg i "$first" '$i|@uri')")
expect "so it is in a browser" eval 'grep -q Astronomy <<<"$page" && ! grep -q Stolen <<<"$page"'
library runs record withdraw "$first" --yes; [ "$status" = 0 ] || library runs record withdraw "$first"
library runs publish; late syncs
late runs search astronomy
expect "the owner takes back its own, and only that" holds '.hits | length == 1 and .[0].node.name == "Thief"'
centre syncs
expect "who knew the thief before sees two histories" holds '[.peers[] | select(.name == "Thief")][0].code | IN("forked", "rolled_back")'
late runs doctor
expect "everything held proves" holds .ok
