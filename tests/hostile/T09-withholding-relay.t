#!/bin/bash
# T9: a publisher asks its readers to visit a relay in its place. One that withholds, fails or lies delays nobody
# for long.
. "$(dirname "$0")/../scenario/lib.sh"
. "$here/../hostile/lib.sh"
story 22 "readers spare a publisher only as long as its relays keep up"

node hub "Hub"; node centre "Centre"; node library "Library"
for i in 1 2 3 4 5 6; do printf 'id,Title\n%d,Astronomy part %d\n' $i $i >"$T/$i.csv"; done
clock centre 0
for name in hub library; do sed -i "s/^#*sync_minutes = .*/sync_minutes = 0/" "${home[$name]}/commonshelf.conf"; done # no visits but those told here
proxied hub; hub serves; proxy hub; proxied library; library serves; proxy library
hub runs status; hub_id=$(jq -r .node.id <<<"$json")
node school "School" --via "$hub_id"
proxied school
school imports "$T/1.csv"; school serves; proxy school
school invites hub; school invites centre; hub invites centre
hub syncs School
hex=$(printf %s "$(school runs status; jq -r '.shelves[0].origin' <<<"$json")" | sha256sum | cut -c1-64)
visits() { [ "$(grep -c "GET /csh/v1/log/" "$T/school.proxy")" "$1" "$2" ]; }
publish() { school runs import "$T/$1.csv" --publish; : >"$T/school.proxy"; }

: >"$T/school.proxy"
centre syncs School
expect "the first pull is from the relay" holds '.peers[0].state == "ok" and .peers[0].entries == 2'
expect "the publisher is not asked" visits = 0
publish 2; hub syncs School
expect "a relay asks the publisher itself" visits -gt 0
: >"$T/school.proxy"; centre syncs School
expect "what is new comes from the relay" holds '.peers[0].state == "ok" and .peers[0].entries == 1'
expect "without a request to the publisher" visits = 0
centre runs peer list
expect "that is said of it" holds '[.peers[] | select(.name == "School")][0] | .through.name == "Hub" and (.followed | not)'

# It withholds, and nobody else knows.
curl -sk "https://${back[hub]}:7443/csh/v1/relay/$hex/checkpoint" >"$T/old"
rule hub "$hex/checkpoint" "file $T/old"
publish 3
centre syncs School
expect "what a relay withholds is not there at first" holds '.peers[0].state == "unchanged"'
setting() { sed -i "s/^#*direct_hours = .*/direct_hours = $1/" "${home[centre]}/commonshelf.conf"; }
setting 1; clock centre 5000
centre syncs School
expect "after the time that was set the publisher is asked itself" holds '.peers[0].state == "ok" and .peers[0].entries == 1'
expect "by requests to it" visits -gt 0
setting 24

# It withholds, and somebody else knows.
school invites library; library invites centre
publish 4; library runs sync --renew School
told() { grep -q "POST /csh/v1/notify" "$T/$1.proxy"; }
expect "the relay is told of what is new" until_ok told hub
expect "and readers are not" eval '! told library'
: >"$T/school.proxy"; centre syncs School
expect "where another reader has more, the publisher is asked at once" holds '.peers[0].state == "ok" and .peers[0].entries == 1'
expect "itself" visits -gt 0

# It fails.
rule hub; rule hub "$hex" 'status 500'
publish 5; centre syncs School
expect "where the relay fails, the publisher is asked at once" holds '.peers[0].state == "ok" and .peers[0].entries == 1'
expect "itself as well" visits -gt 0
expect "what came is found" finds centre "astronomy part 5" School
centre runs peer show School
expect "and nobody is accused of anything" holds '.peer.evidence == 0 and .peer.shelves[0].state == "ok"'
rule hub; hub syncs School; publish 1; : >"$T/school.proxy"; centre syncs School
expect "a relay that has nothing new costs the publisher nothing" visits = 0
curl -sk "https://${back[hub]}:7443/csh/v1/relay/$hex/checkpoint" >"$T/old"; rule hub "$hex/checkpoint" "file $T/old"
centre runs peer block Library
publish 6; setting 168
centre syncs School
expect "while that is new, what a relay withholds is not there" holds '.peers[0].state == "unchanged"'
clock centre 100000
centre syncs School
expect "but when its last signature is more than a day old" holds '.peers[0].state == "ok" and .peers[0].entries == 1'
setting 0; centre syncs School
expect "who does not want to spare anybody, asks always" visits -gt 0
centre runs doctor
expect "all proves" holds '.ok'
