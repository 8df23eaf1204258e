#!/bin/bash
# T53: a peer that is blocked, or expelled from a network, while it reads here and is read from.
. "$(dirname "$0")/../scenario/lib.sh"
. "$(dirname "$0")/lib.sh"
story 31 "who is shut out is so at once"

node school "School"; node centre "Centre"; node office "Office"
python3 "$top_srcdir/tests/hostile/charters.py" gov "${home[school]}" "$T/gov-school"
# One bundle that no socket holds.
python3 - >"$T/school.csv" <<'PYTHON'
import base64, os
print("id,Title,Description")
for i in range(256):
    print("%d,Astronomy %d,%s" % (i, i, base64.b64encode(os.urandom(14000)).decode()))
PYTHON
printf 'id,Title\n1,Botany\n2,Botanical gardens\n' >"$T/centre.csv"
printf 'id,Title\n1,Chemistry\n' >"$T/office.csv"
proxied centre
school imports "$T/school.csv"; centre imports "$T/centre.csv"; office imports "$T/office.csv"
school serves; centre serves; office serves; proxy centre
school runs status; school_id=$(jq -r .node.id <<<"$json")
centre runs status; centre_id=$(jq -r .node.id <<<"$json")
centre_log=relay/$(printf '%s/public/1' "$centre_id" | sha256sum | cut -d' ' -f1)
school invites centre; school invites office; office invites centre
school syncs; office syncs; centre syncs
expect "the peers have each other's records" finds school botany Centre

at=https://${address[school]}:7443
code() { curl -sk -o "$T/body" -w '%{http_code}' --max-time 10 "$at$1"; }
answers() { local path=$1; json=$(code "$path"); [ "$json" = "$2" ]; }
shows() { curl -sk --max-time 10 "$at$1" -D "$T/head" >"$T/body" && grep -q "Botanical gardens" "$T/body"; }
hides() { ! shows "$1" && grep -q "200" "$T/head"; }
# What a browser kept of a page is not confirmed.
kept() { etag=$(sed -n 's/^[Ee][Tt]ag: *//p' "$T/head" | tr -d '\r'); }
confirms() { json=$(curl -sk -o "$T/body" -w '%{http_code}' --max-time 10 -H "If-None-Match: ${etag:-\"none\"}" "$at$1"); [ "$json" = 304 ]; }
# A node with connections of its own at the school: shut NAME; their end is in $T/NAME-seen.
shut() {
    mkdir "$T/$1-seen"
    python3 "$top_srcdir/tests/hostile/shut_out.py" "${home[$1]}" "${address[school]}" "$school_id" "${address[school]}:7443" \
        "$T/$1-seen" /csh/v1/log/public/1/tile/entries/000 >"$T/$1-seen/out" 2>&1 &
    extra_pids="$extra_pids $!"
    until_ok test -e "$T/$1-seen/ready" || say "$(cat "$T/$1-seen/out")"
}
again() {
    json=$(python3 "$top_srcdir/tests/hostile/shut_out.py" "${home[$1]}" "${address[school]}" "$school_id" "${address[school]}:7443" \
        "$T" again 2>&1)
}
became() { until_ok test -e "$T/$1-seen/$2"; json=$(cat "$T/$1-seen/$2" "$T/$1-seen/out" 2>&1); [ "$(cat "$T/$1-seen/$2")" = "$3" ]; }
not() { ! "$@"; }
says() { [ "$json" = "$1" ]; }
network() { school runs charter import "$T/$1.charter"; }

# ---- expelled
python3 "$top_srcdir/tests/hostile/charters.py" make "$T/one.charter" coordinators="$T/gov-school" members="$T/gov-school,$centre_id"
python3 "$top_srcdir/tests/hostile/charters.py" make "$T/two.charter" prev="$T/one.charter" coordinators="$T/gov-school" issued=-30
network one
shut centre
expect "a member reads, slowly" test -s "$T/centre-seen/ready"
network two
touch "$T/centre-seen/go"
expect "expelled, it gets no more of what it was reading" became centre reading "cut off"
expect "and its other connection is closed" became centre waiting "cut off"
again centre
expect "it is a peer still" says "200 -"
expect "and what it published is found" finds school botany Centre

# ---- blocked
rm -r "$T/centre-seen"
shut centre; shut office
expect "its log is relayed" answers /csh/v1/$centre_log/checkpoint 200
expect "its records are on a page" shows "/search?q=gardens"
kept
rule centre checkpoint stall
asked=$(wc -l <"$T/centre.proxy")
is_asked() { tail -n +$((asked + 1)) "$T/centre.proxy" | grep -q checkpoint; }
"$CS" -C "${home[school]}" --json sync Centre >"$T/pull" 2>/dev/null &
pull=$!; extra_pids="$extra_pids $pull"
until_ok is_asked
school runs peer block Centre
expect "a person blocks it" is_status 0
touch "$T/centre-seen/go" "$T/office-seen/go"
expect "it gets no more of what it was reading" became centre reading "cut off"
expect "and its other connection is closed" became centre waiting "cut off"
expect "another peer's download goes on" became office reading whole
wait "$pull"; json=$(cat "$T/pull")
expect "what was being fetched from it is given up" holds '.peers[0] | .state == "failed" and .code == "blocked"'
rule centre
again centre
expect "what it asks from then on by its name is refused" says "403 blocked"
for n in centre office; do request "$n-asks" "$n" school GET /csh/v1/shelves; done
sent school centre-asks
expect "and so is what it asks about its own shelves" is_got 403
sent school office-asks
expect "not what others ask" is_got 200
again office
expect "by an old hello or a new request" says "200 -"
expect "its records are found no more" finds_none school botany
school runs status
expect "nor counted" holds '.records.mirrored == 1'
expect "nor on the pages" hides "/search?q=gardens"
expect "nor is a page that was kept still good" not confirms "/search?q=gardens"
expect "nor for programs" hides "/api/v1/search?q=gardens"
expect "its log is not relayed" answers /csh/v1/$centre_log/checkpoint 404
expect "nor its bundles" answers "/csh/v1/$centre_log/tile/entries/000.p/2" 404
expect "nor its keys and profile" answers /csh/v1/$centre_log/keysets 404
expect "nor is it among what was seen" answers "/csh/v1/seen/${centre_log#relay/}/checkpoint" 404

# ---- a way back in, by itself
school runs invite; link=$(jq -r .link <<<"$json")
centre runs join "$link"
expect "a new invite does not let it in" is_code blocked_there
school runs peer show Centre
expect "it stays blocked" holds '.peer.state == "blocked"'
centre runs invite; link=$(jq -r .link <<<"$json")
school runs join "$link"
expect "nor does an invite of its own" is_code blocked
centre runs bundle export "$T/stick.cshb"
school runs bundle import --trust "$centre_id" "$T/stick.cshb"
expect "nor is its catalogue taken from a stick" holds '.peers[0].code == "blocked"'
expect "nor did that bring back a record" finds_none school botany
