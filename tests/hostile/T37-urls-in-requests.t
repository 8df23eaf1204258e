#!/bin/bash
# T37: requests that name a URL in every place where one could be fetched from.
. "$(dirname "$0")/../scenario/lib.sh"
. "$here/../hostile/lib.sh"
story 7 "nothing that a request names is fetched"

canary
attacked school
good_begin school
school runs status; id=$(jq -r '.node.id // .id' <<<"$json")
attack urls "${address[school]}" 7443 "$attacker" "https://127.0.0.1:$canary/key" "$id"
expect "the requests were made" is_status 0
expect "each was answered" [ "$(grep -c '|ok|' "$T/attack")" = "$(wc -l <"$T/attack")" ]
good_end
expect "a good client was served meanwhile" served
expect "the node contacted nobody" heard_nothing
expect "memory stayed bounded" bounded school 8
expect "nothing stays open" released school
expect "the node ends well" school stops
