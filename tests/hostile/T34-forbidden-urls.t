#!/bin/bash
# T34: URLs in invites, profiles and the configuration that would lead a node to where it has no business.
. "$(dirname "$0")/../scenario/lib.sh"
. "$here/../hostile/lib.sh"
story 52 "no URL makes a node contact what it may not: nothing leaves"

canary
node school "School"; node centre "Centre"
printf 'id,Title\n1,Atlas\n' >"$T/books.csv"
school imports "$T/books.csv"
school serves
school runs invite; link=$(jq -r .link <<<"$json")
secret=${link#*#}
sed -i 's/^allow_cidr.*//' "$T/centre/commonshelf.conf" # as a node on the Internet has it
refuses() { # URL CODES
    centre runs join "$1/csh/join#$secret"
    is_status 1 && is_code "$2"
}
bad="bad_link|bad_url"
forbidden="address_not_allowed"
either="$bad|$forbidden"
while read -r codes url; do
    expect "$url is not contacted" refuses "$url" "${!codes}"
done <<END
bad http://127.0.0.1:$canary
bad file:///etc/passwd
bad gopher://127.0.0.1:$canary
bad ftp://127.0.0.1:$canary
bad //127.0.0.1:$canary
bad https:127.0.0.1:$canary
bad https:/\\127.0.0.1:$canary
bad https://user:pass@127.0.0.1:$canary
bad https://127.0.0.1:$canary@example.org
bad https://127.0.0.1:22
bad https://127.0.0.1:25
bad https://127.0.0.1:0
bad https://127.0.0.1:65536
bad https://127.0.0.1:+$canary
bad https://127.1:$canary
bad https://127.0.1:$canary
bad https://2130706433:$canary
bad https://0x7f000001:$canary
bad https://0x7f.0.0.1:$canary
bad https://0177.0.0.1:$canary
bad https://127.0.0.01:$canary
bad https://localhost.:$canary
bad https://[::1%25lo]:$canary
bad https://[::1:$canary
bad https://127.0.0.1%00.example.org:$canary
bad https://127.0.0.1%2f:$canary
bad https://①②⑦.0.0.1:$canary
bad https://exa_mple..org:$canary
bad https://:$canary
forbidden https://127.0.0.1:$canary
forbidden https://127.9.9.9:$canary
forbidden https://0.0.0.0:$canary
forbidden https://localhost:$canary
forbidden https://[::]:$canary
forbidden https://[::1]:$canary
forbidden https://[::ffff:127.0.0.1]:$canary
forbidden https://[::ffff:10.0.0.1]:$canary
either https://[64:ff9b::127.0.0.1]:$canary
forbidden https://10.0.0.1:$canary
forbidden https://172.16.0.1:$canary
forbidden https://192.168.0.1:$canary
forbidden https://100.64.0.1:$canary
forbidden https://169.254.169.254:$canary
forbidden https://[fe80::1]:$canary
forbidden https://[fd00::1]:$canary
forbidden https://255.255.255.255:$canary
END
expect "nothing left" heard_nothing

# A peer is contacted only inside the network that its join used, though others are allowed as well.
echo "allow_cidr = 127.64.0.0/10 127.0.0.1/32" >>"$T/centre/commonshelf.conf"
centre runs join "$link"
expect "the true link works" is_status 0
centre syncs
expect "and the peer is copied" holds '.peers[0].state == "ok"'
centre runs peer set School --network 127.0.0.1/32
centre syncs
expect "outside its own network it is not" holds '.peers[0].state == "failed" and .peers[0].code == "address_not_allowed"'
expect "nothing left" heard_nothing
expect "nor is such an address taken into a configuration" \
    bash -c '! "$@"' - "$CS" -q -C "$T/third" init --name Third --url "http://127.0.0.1:$canary" 2>"$T/err"
