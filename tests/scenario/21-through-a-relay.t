#!/bin/bash
# A node behind somebody else's router, and one that is followed without an invite: both are read at a relay,
# and believed no more than their signatures allow.
. "$(dirname "$0")/lib.sh"
story 32 "what a node that nobody can reach has published is read at a peer of it"

node hub "Hub"; node third "Third"; node fourth "Fourth"
hub serves; hub runs status; hub_id=$(jq -r .node.id <<<"$json")
node farm "Farm School" --reach none --via "$hub_id"
sed -i "s/^listen = .*/listen = none/" "${home[farm]}/commonshelf.conf"
seq 1 300 | sed 's/.*/&,Book number &/; 1i id,Title' >"$T/books.csv"
farm runs status; farm_id=$(jq -r .node.id <<<"$json")
expect "a node that nobody can reach says so" holds '.node.reach == "none" and .node.url == ""'
expect "and through whom it will be found" holds ".node.via[0].id == \"$hub_id\" and (.node.via[0].peer | not)"
farm imports "$T/books.csv"
farm runs invite
expect "it can't invite" is_code no_url
expect "and is told who can" grep -q "join LINK" <<<"$(jq -r .error.message <<<"$json")"

hub invites farm
farm runs status
expect "it joins by an invite like anybody" holds '.node.via[0].peer and .node.via[0].name == "Hub"'
expect "people read it in status" grep -q "reachable only through Hub" <<<"$("$CS" -C "${home[farm]}" status 2>/dev/null)"
hub syncs
expect "the hub, its relay, waits for what it sends" holds '.peers[0].state == "unchanged" and .peers[0].requests == 0'
farm runs bundle export "$T/farm.cshb"; hub runs bundle import "$T/farm.cshb"
expect "so its catalogue comes on a stick" holds '.peers[0].state == "ok"'
get() { curl -skf "https://${address[hub]}:7443/csh/v1/$1" >"$T/body"; }
code() { [ "$(curl -sk -o /dev/null -w '%{http_code}' "https://${address[hub]}:7443/csh/v1/$1")" = "$2" ]; }
expect "the hub cosigns what came so" bash -c "curl -sk https://${address[hub]}:7443/csh/v1/seen | grep -q '$farm_id/public/1 301'"
expect "and hands out who it is" get "relay/$farm_id"
expect "its profile among it" grep -aq "^reach none" "$T/body"
expect "of a node without a catalogue here it says nothing" code "relay/$hub_id" 404

# Followed by its node ID alone.
hub invites third
third runs peer add "Farm School" --via Hub
expect "a name is not enough" is_code bad_node_id
third runs peer add "$hub_id" --via Hub
expect "the peer itself is no other node" is_code is_peer
letter=a; [ "${farm_id:20:1}" = a ] && letter=b
third runs peer add "${farm_id:0:20}$letter${farm_id:21}" --via Hub
expect "a node of that very ID must be there" is_code not_at_relay
third runs peer add "$farm_id" --via Hub
expect "then it is followed" holds '.peer.followed and .peer.through.name == "Hub"'
third syncs
expect "and pulled from the hub" holds '[.peers[].state] == ["ok", "ok"] or ([.peers[] | select(.name == "Farm School") | .state] == ["ok"])'
expect "its records are found" finds third "book" "Farm School"
third runs peer list
expect "the list says through whom" holds '[.peers[] | select(.name == "Farm School")][0] | .through.name == "Hub" and .state == "ok" and .followed'
expect "and people read it" grep -q "through Hub" <<<"$("$CS" -C "${home[third]}" peer list 2>/dev/null)"
third serves
expect "the page of peers says so too" bash -c "curl -s http://${address[third]}:7480/peers | grep -q 'read through'"
third runs doctor
expect "all of it proves" holds '.ok'

# A peer of the node itself, which can't be reached from here either: its own profile names the way.
node friend "Friend"; friend serves; friend invites farm; hub invites friend
friend syncs "Farm School"
expect "a partner reads at the node that the profile names" holds '.peers[0].state == "ok" and .peers[0].entries == 301'
printf 'id,Title\n900,Atlas of tides\n' >"$T/more.csv"
farm imports "$T/more.csv"; farm runs bundle export "$T/farm.cshb"; hub runs bundle import "$T/farm.cshb"
friend syncs "Farm School"; third syncs "Farm School"
expect "what is new at the relay is new here" finds friend tides "Farm School"
expect "and for who follows" finds third tides "Farm School"
friend syncs "Farm School"
expect "nothing new is no failure" holds '.peers[0].state == "unchanged"'

# Moved: an address, other relays. The profile is signed anew.
sed -i "s/^via = .*/#&/" "${home[farm]}/commonshelf.conf"; farm runs bundle export "$T/farm.cshb"
hub runs bundle import "$T/farm.cshb"; friend syncs --renew "Farm School"
expect "a node that names no relay any more was heard" holds '.peers[0].state != "ok"'
friend syncs "Farm School"
expect "and is still read at a peer that has seen it" holds '.peers[0].state == "unchanged"'

# Without the relay.
hub dies
third syncs "Farm School"
expect "a relay that is gone is a failure" holds '.peers[0].state == "failed"'
expect "what was read there stays" finds third tides "Farm School"
third runs peer block "Hub"; third syncs "Farm School"
expect "through a blocked peer nothing is read" holds '.peers[0].code == "unreachable"'
fourth runs peer add "$farm_id"
expect "without a peer to go through nobody is followed" is_code no_via
