#!/bin/bash
# Somebody in between with a TLS key of their own, who passes on every byte as it is: at the first contact,
# and later between peers.
. "$(dirname "$0")/../scenario/lib.sh"
. "$here/../hostile/lib.sh"
story 14 "a certificate of somebody in between is refused and named, and nothing goes through it"

node school "School"; node centre "Centre"
printf 'id,Title\n1,Astronomy\n' >"$T/one.csv"
printf 'id,Title\n1,Astronomy\n2,Botany\n' >"$T/two.csv"
proxied school
school imports "$T/one.csv" --source items; school serves
openssl req -x509 -newkey rsa:2048 -nodes -days 2 -subj "/CN=School" \
    -keyout "$T/other.key" -out "$T/other.crt" 2>/dev/null
asked() { grep -c "$1" "$T/school.proxy"; }

proxy school "$T/other.crt" "$T/other.key"
school runs invite; link=$(jq -r .link <<<"$json")
centre runs join "$link"
expect "the join is refused" is_status 1
expect "by name" is_code wrong_certificate
expect "the secret was not sent" test "$(asked 'POST ')" = 0
centre runs peer list
expect "nobody became a peer" holds '[.peers[]?] | length == 0'

unproxy school; proxy school
centre runs join "$link"
expect "with the node's own key the same link works" is_status 0
centre syncs
expect "and its catalogue is held" holds '.peers[0].entries == 2'
school runs import "$T/two.csv" --source items --publish
unproxy school; proxy school "$T/other.crt" "$T/other.key"
centre syncs
expect "later, too, the sync is refused" is_status 3
expect "by name" holds '.peers[0].state == "failed" and .peers[0].code == "wrong_certificate"'
expect "nothing of the log was asked for" test "$(asked '/log/')" = 0
expect "what was held is still found" finds centre astronomy
expect "nothing new came through" finds_none centre botany
unproxy school; proxy school
centre syncs
expect "with the node's own key the rest follows" holds '.peers[0].state == "ok"'
expect "and is found" finds centre botany
centre runs doctor
expect "and all proves" holds '.ok'
