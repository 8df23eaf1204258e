#!/bin/bash
# Altered, used, expired and foreign invite links; another node or certificate at the address.
. "$(dirname "$0")/../scenario/lib.sh"
story 17 "an invite that is not right says so, and changes nothing"

node school "School"; node centre "Centre"; node third "Third"
school serves
refused() { # WHAT LINK STATUS CODES
    centre runs join "$2"
    expect "$1: status $3" is_status "$3"
    expect "$1: $4" is_code "$4"
}
school runs invite; link=$(jq -r .link <<<"$json")
refused "half a link" "${link%%~*}" 1 bad_link
refused "an altered secret" "${link%????}AAAA" 1 invite_unknown
other=$(third runs status; jq -r .node.id <<<"$json")
id=$(school runs status; jq -r .node.id <<<"$json")
refused "an unknown node ID" "${link/$id/$other}" 1 wrong_identity
third serves
refused "another node at the address" "${link/${address[school]}/${address[third]}}" 1 wrong_identity
third stops
refused "nobody there" "${link/${address[school]}/${address[third]}}" 1 "refused|unreachable"
school runs invite --expires 1s; short=$(jq -r .link <<<"$json")
until_ok bash -c "[ \$(date +%s) -ge $(($(date +%s) + 2)) ]"
refused "an expired link" "$short" 1 invite_expired
centre runs join "$link"
expect "the first link still works" is_status 0
centre runs join "$link"
expect "and again for the same node: a lost answer loses nothing" is_status 0
third runs join "$link"
expect "but not for another" holds '.error.code == "invite_used"'
school runs invite; own=$(jq -r .link <<<"$json")
school runs join "$own"
expect "nor for the inviter itself" holds '.error.code == "own_link"'
centre runs peer list
expect "the centre has one peer" holds '[.peers[]] | length == 1'
