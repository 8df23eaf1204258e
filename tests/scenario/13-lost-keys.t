#!/bin/bash
. "$(dirname "$0")/lib.sh"
story 35 "a disk is lost, and the node comes back among its peers with the printed root key"

node school "School" --place Nakuru; node centre "Centre"; node third "Third"; node stranger "Stranger"
printf 'id,Title\n1,Astronomy\n2,Botany\n' >"$T/one.csv"; printf 'id,Title\n3,Chemistry\n' >"$T/two.csv"
printf 'id,Title\n4,Dance\n' >"$T/three.csv"; printf 'id,Title\n9,Weaving\n' >"$T/centre.csv"
school runs keys export "$T/page"; cp "${home[school]}/keys/root.key" "$T/root.key"
stranger runs keys export "$T/page-stranger"
centre imports "$T/centre.csv"
school imports "$T/one.csv" --source books
for n in school centre third stranger; do serve $n; done
school invites centre; school invites third; centre syncs; third syncs
id=$(centre runs peer list; jq -r '.peers[0].id' <<<"$json")
third stops
school imports "$T/two.csv" --source more
school runs search '"botany"'; school runs record withdraw "$(jq -r '.hits[0].id' <<<"$json")"; school runs publish
school runs keys rotate; centre syncs; school stops
cp -a "${home[school]}" "$T/before"
invite_of() { run "$1" invite; link=$(jq -r .link <<<"$json"); }
invite_of centre; centre=$link
third serves; invite_of third; third=$link; invite_of stranger; stranger=$link
at=(--listen "${address[school]}:7443" --local "${address[school]}:7480" --allow-cidr 127.0.0.0/8)
rm -rf "${home[school]}"
recovers() { run school keys recover "$@" "${at[@]}"; }

recovers "$centre" </dev/null
expect "without the root key nothing begins" is_code root_missing
recovers "$centre" --root "$T/page-stranger"
expect "with another institution's page there is nothing to get" is_code nothing_remembered
recovers "$centre" --root "${home[stranger]}/keys/root.key" --node "$id" --certain
expect "nor does another root key serve" is_code wrong_root
recovers "$centre" --root "$T/root.key"
expect "a file that does not say whose it is needs the node ID" is_code no_node
recovers "$stranger" --root "$T/page"
expect "who never mirrored it can't help" is_code nothing_remembered
recovers "https://centre.example/join" --root "$T/page"
expect "half a link is no link" is_code bad_link
recovers "$third" --root "$T/page"
expect "one peer alone may be behind: that has to be confirmed" holds '.error.code == "not_certain" and (.error.message | contains("version 1 "))'
expect "no home was made by any of these" test ! -e "${home[school]}"

recovers "$third" "$centre" --root "$T/page"
expect "with two peers it comes back" is_status 0
expect "behind the newest keys that one of them knew" holds '.keys.version == 3'
expect "with its node ID and its name" holds ".node.id == \"$id\" and .node.name == \"School\""
expect "and is a peer of both again" holds '.peers | map(.name) | sort == ["Centre", "Third"]'
expect "the root key stays off the machine" test ! -e "${home[school]}/keys/root.key"
expect "the place is as it was" grep -q '^place = Nakuru' "${home[school]}/commonshelf.conf"
school runs doctor
expect "everything proves" holds .ok
expect "what was published is there" finds school chemistry "School"
expect "what was withdrawn is not" finds_none school botany
school serves; centre syncs; third syncs
expect "who was ahead goes on" holds '.peers[0].state != "failed"'
expect "who was behind gets the rest" finds third chemistry "School"
school imports "$T/one.csv" --source books
expect "the same file again changes only what was withdrawn" holds '.shelves[0].added == 1'
school imports "$T/three.csv"; centre syncs
expect "new records reach a peer" finds centre dance "School"
school syncs
expect "and theirs come here" finds school weaving "Centre"
third syncs
for n in centre third; do run $n peer list; expect "$n knows one history and one identity" holds '.peers[0].state == "ok"'; done

recovers "$centre" --root "$T/page" --certain
expect "a node that runs is left alone" is_code home_busy
school stops
recovers "$centre" --root "$T/page" --certain
expect "where nothing is lost, nothing is made" holds '.keys.version == 3 and .entries == 0'

# An old copy of the whole home is put back.
rm -rf "${home[school]}"; cp -a "$T/before" "${home[school]}"
school runs publish
expect "old keys sign nothing" is_code keys_older
invite_of centre
recovers "$link" --root "$T/page" --certain
expect "the page brings such a home forward" holds '.keys.version == 4'
expect "with what was published since" finds school dance "School"
school runs doctor
expect "and it proves" holds .ok
# The directory of keys is gone, the rest is there.
rm "${home[school]}"/keys/{log,auth,witness}-4.key
school runs keys show
expect "without its keys it does not open" is_status 1
invite_of centre
recovers "$link" --root "$T/page" --certain
expect "new ones are made" holds '.keys.version == 5 and .entries == 0'
school runs keys rotate --root "$T/page"; rm "${home[school]}"/keys/{log,auth,witness}-6.key
invite_of centre
recovers "$link" --root "$T/page" --certain
expect "also where only the home itself knew the newest" holds '.keys.version == 7'
school serves; centre syncs
expect "and peers go on" holds '.peers[0].state != "failed"'
third syncs
expect "all of them" holds '.peers[0].state != "failed"'
