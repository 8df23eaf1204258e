#!/bin/bash
# T25: clients that send or read a byte at a time, that say nothing, and thousands that only stay.
. "$(dirname "$0")/../scenario/lib.sh"
. "$here/../hostile/lib.sh"
story 18 "slow and silent clients end at an absolute deadline, while others are served"

ulimit -n 8192
attacked school 'client_seconds = 2'
host=${address[school]}
most_connections=2048
slow() { # KIND COUNT PORT NUMBER OF ITS FIRST ADDRESS
    timeout 90 python3 -B "$top_srcdir/tests/hostile/slow.py" "$host" "$3" "127.$4.${attacker#*.*.}" "$1" "$2" "${pid[school]}" \
        >"$T/slow.$1.$3" 2>"$T/slow.$1.$3.err" &
    slow_pids="$slow_pids $!"
}
slow_pids=
ended() { json=$(cat "$T/slow.$1.$2" "$T/slow.$1.$2.err"); [ "$(cut -d'|' -f1,2 "$T/slow.$1.$2")" = "$3|$3" ]; }
never_more() { # files than the limit, what the node had before, and the good client's
    json=$(cat "$T"/slow.*)
    [ "$(cut -d'|' -f3 "$T"/slow.*.7*[0-9] | sort -n | tail -1)" -le $((most_connections + ${descriptors[school]} + 16)) ]
}

good_begin school
slow headers 100 7443 130
slow body 100 7443 131
slow silent 200 7443 132
slow idle 200 7443 133
slow idle 2200 7480 1
wait $slow_pids
expect "a head, a byte at a time: closed" ended headers 7443 100
expect "a body, a byte at a time: closed" ended body 7443 100
expect "who never speaks: closed" ended silent 7443 200
expect "who has nothing more to ask: closed" ended idle 7443 200
expect "2,200 of those: closed" ended idle 7480 2200
expect "and never more at once than may be" never_more
good_end
expect "a good client was served meanwhile" served
expect "memory stayed bounded: 20 kB for each of 800 with TLS, 4 for 2,048 without" bounded school 28
expect "nothing stays open" released school

weigh school
good_begin school
slow_pids=
slow reader 40 7443 134
wait $slow_pids
expect "who asks for much and does not read: closed" ended reader 7443 40
good_end
expect "a good client was served meanwhile" served
expect "memory stayed bounded" bounded school 8
expect "nothing stays open" released school

weigh school
flood() { local i; for i in $(seq 400); do exec {fd}<>"/dev/tcp/$host/7443" || return 1; opened="$opened $fd"; done; }
opened=
flood 2>/dev/null
expect "one address gets its share of connections and no more" [ "$(open_files school)" -le $((${descriptors[school]} + 256 + 8)) ]
expect "others still come in" curl -sk -o /dev/null --interface 127.77.7.7 "https://$host:7443/healthz"
for fd in $opened; do exec {fd}<&-; done
expect "nothing stays open" released school
expect "the node goes on" alive school
expect "and ends well" school stops
