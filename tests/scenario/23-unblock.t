#!/bin/bash
# A peer is blocked and unblocked again: its records were only hidden, unless a person had them deleted.
. "$(dirname "$0")/lib.sh"
story 11 "blocking hides, unblocking shows again"

node school "School"; node centre "Centre"
printf 'id,Title\n1,Botany\n' >"$T/centre.csv"
centre imports "$T/centre.csv"; school runs publish
school serves; centre serves; school invites centre; school syncs
logs() { find "${home[school]}/logs" -type f | sort | xargs sha256sum; }
logs >"$T/before"
school runs peer block Centre
expect "a blocked peer's records are hidden" finds_none school botany
logs >"$T/blocked"
expect "and kept" cmp -s "$T/before" "$T/blocked"
school syncs Centre
expect "nothing is fetched from it" is_code peer_blocked
centre stops
school runs peer unblock Centre
expect "unblocked, though it does not answer" is_status 0
expect "its records are there again" finds school botany Centre
logs >"$T/after"
expect "from what was kept" cmp -s "$T/before" "$T/after"

school runs peer block --delete Centre
expect "blocked and deleted" finds_none school botany
expect "its files are gone" [ "$(logs | wc -l)" -lt "$(wc -l <"$T/before")" ]
school runs peer unblock Centre
expect "unblocked there is nothing to show yet" finds_none school botany
centre serves; school syncs
expect "until the next sync" finds school botany Centre
school runs doctor
expect "and all of it proves" is_status 0
