#!/bin/bash
# T35: a name that answers with an allowed address first and another one later, or with both at once.
. "$(dirname "$0")/../scenario/lib.sh"
. "$here/../hostile/lib.sh"

# Names are answered from a hosts file of our own, in a mount namespace of our own.
hosts=$T/hosts
names() { unshare -rm bash -c 'mount --bind "$1" /etc/hosts && shift && exec "$@"' - "$hosts" "$@"; }
echo "127.0.0.1 here.example" >"$hosts"
[ "$(names getent hosts here.example 2>/dev/null)" ] || skip_all "needs unprivileged mount namespaces (unshare -rm)"
story 13 "a name is judged by the address that it leads to, each time"

canary
node school "School"; node centre "Centre"
printf 'id,Title\n1,Atlas\n' >"$T/books.csv"
school imports "$T/books.csv"
sed -i "s|^url = .*|url = https://school.example:7443|" "$T/school/commonshelf.conf"
sed -i "s|^allow_cidr.*|allow_cidr = 127.64.0.0/10|" "$T/centre/commonshelf.conf"
school serves
school runs invite; link=$(jq -r .link <<<"$json")
resolves() { printf '%s school.example\n' "$@" >"$hosts"; }
asks() { json=$(names "$CS" -C "$T/centre" --json "$@" 2>"$T/err"); status=$?; }

resolves 127.0.0.1
asks join "$link"
expect "a name that leads outside: refused" is_code address_not_allowed
resolves 169.254.169.254 127.0.0.1 10.0.0.1
asks join "$link"
expect "however many addresses it has" is_code address_not_allowed
resolves ::1 ::ffff:127.0.0.1 ::ffff:10.0.0.1
asks join "$link"
expect "IPv6 or IPv4 inside it" is_code address_not_allowed
resolves 127.0.0.1 "${address[school]}"
asks join "$link"
expect "one of two leads inside: that one is used" is_status 0
asks sync
expect "and copied from" holds '.peers[0].state == "ok"'
resolves 127.0.0.1
asks sync
expect "the name leads elsewhere now: refused" holds '.peers[0].code == "address_not_allowed"'
resolves 10.0.0.1 127.0.0.1 ::1
asks sync
expect "wherever that is" holds '.peers[0].code == "address_not_allowed"'
resolves "${address[centre]}"
asks sync
expect "allowed, but nobody is there: that is another thing" holds '.peers[0].code == "refused"'
sed -i "s|^url = .*|url = https://school.example:$canary|" "$T/school/commonshelf.conf"
school stops; school serves
school runs invite; link=$(jq -r .link <<<"$json")
resolves 127.0.0.1 127.0.0.2
asks join "$link"
expect "with somebody listening there: refused" is_code address_not_allowed
expect "and nothing has reached it" heard_nothing
sed -i "s|^url = .*|url = https://school.example:7443|" "$T/school/commonshelf.conf"
school stops; school serves
resolves "${address[school]}"
asks sync
expect "the peer is copied again when its name leads to it" holds '.peers[0].state | IN("ok", "unchanged")'
expect "nothing was lost" finds centre atlas School
expect "the school ends well" school stops
