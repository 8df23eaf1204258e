# A proxy in front of a node that lies for it: it has the node's own TLS key, so that only what it sends
# is wrong. `proxied NAME` before the node serves, `proxy NAME` after; `rule NAME PATTERN ACTION` from
# then on, `rule NAME` takes all rules away. Actions: see proxy.py. `proxy NAME CERTIFICATE KEY` has
# another TLS key than the node.
extra_pids=
proxied() {
    local name=$1 conf="${home[$1]}/commonshelf.conf"
    new_address
    front=${address[$name]}
    address[$name]=$fresh
    back[$name]=$fresh
    sed -i "s|^listen = .*|listen = $fresh:7443|; s|^local = .*|local = $fresh:7480|" "$conf"
    grep -q "^listen = $fresh" "$conf" || { say "the configuration has no listen line"; exit 1; }
    fronts[$name]=$front
}
declare -A back fronts proxies
# Ends the proxy of a node, so that another can take its place.
unproxy() {
    kill -9 "${proxies[$1]}"
    until_ok bash -c "! (exec 3<>/dev/tcp/${fronts[$1]}/7443) 2>/dev/null"
}
proxy() {
    local name=$1 certificate=${2:-${home[$1]}/keys/tls.crt} key=${3:-${home[$1]}/keys/tls.key}
    : >"$T/$name.rules"
    : >"$T/$name.proxy" # the last one said ready in it
    python3 "$top_srcdir/tests/hostile/proxy.py" "${fronts[$name]}" 7443 "${back[$name]}" 7443 \
        "$certificate" "$key" "$T/$name.rules" \
        >>"$T/$name.proxy" 2>&1 &
    extra_pids="$extra_pids $!"
    proxies[$name]=$!
    disown
    until_ok grep -q ready "$T/$name.proxy" || { say "proxy: $(cat "$T/$name.proxy")"; exit 1; }
}
rule() {
    local name=$1; shift
    if [ $# = 0 ]; then : >"$T/$name.rules"; else printf '%s\t%s\n' "$1" "$2" >>"$T/$name.rules"; fi
}

# ---- a node under attack: what must hold meanwhile and afterwards
#
#   attacked NAME       makes and starts a node with a few records, and weighs it
#   good_begin NAME     a good client reads a page and a bundle, again and again, until good_end
#   attack FILE ARG…    an attacker: FILE.py of this directory; its lines go to $T/attack
#   bounded NAME MB [FDS] [CONNECTIONS]   at no time did it grow by more
declare -A weight descriptors
attacker=127.31.$(($$ / 250 % 250 + 1)).$(($$ % 250 + 1))
base=/csh/v1/log/public/1

attacked() {
    local name=$1; shift
    node "$name" "School"
    [ $# = 0 ] || printf '%s\n' "$@" >>"${home[$name]}/commonshelf.conf"
    seq 1 300 | sed 's/.*/&,Book number &/; 1i id,Title' >"$T/books.csv"
    act "$name" imports "$T/books.csv"
    serve "$name"
    warm "$name"
    weigh "$name"
}
# Each of its threads opens a database and an index with its first search: asks until nothing grows.
warm() {
    local at="https://${address[$1]}:7443" before=0 round
    for round in {1..20}; do
        curl -skZ --no-progress-meter --parallel-max 16 -o /dev/null "$at/search?q=book+[1-24]" -o /dev/null "$at$base/tile/entries/000" \
            -o /dev/null "$at/"
        [ $(($(kilobytes "$1" VmRSS) - before)) -lt 64 ] && return
        before=$(kilobytes "$1" VmRSS)
    done
}
# From here on the peak of its memory counts anew.
weigh() {
    echo 5 >"/proc/${pid[$1]}/clear_refs"
    weight[$1]=$(kilobytes "$1" VmRSS)
    descriptors[$1]=$(open_files "$1")
}
kilobytes() { awk -v k="$2:" '$1 == k { print $2 }' "/proc/${pid[$1]}/status"; }
open_files() { find "/proc/${pid[$1]}/fd" -mindepth 1 | wc -l; }
alive() { kill -0 "${pid[$1]}"; }
# The node's memory peaked at most this many megabytes above what it was. Sanitizers keep freed memory.
bounded() {
    local grown=$(($(kilobytes "$1" VmHWM) - ${weight[$1]})) most=$(($2 * 1024))
    grep -qs __asan_init "/proc/${pid[$1]}/exe" && most=$((most * 3 + 300 * 1024))
    say "grew by $grown kB at its peak"
    [ "$grown" -le "$most" ]
}
# It has no more files and connections open than before: waits for what is being closed.
few_files() { [ "$(open_files "$1")" -le $((${descriptors[$1]} + ${2:-4})) ]; }
released() { until_ok few_files "$@"; }

good_begin() {
    local at="https://${address[$1]}:7443"
    rm -f "$T/good.end"
    : >"$T/good"
    (
        while [ ! -e "$T/good.end" ]; do
            for path in /search?q=book $base/tile/entries/000; do
                curl -sk --max-time 10 -o /dev/null -w '%{http_code} %{size_download} %{time_total}\n' "$at$path" \
                    >>"$T/good" || echo "failed: curl says $?" >>"$T/good"
            done
        done
    ) &
    good=$!
    extra_pids="$extra_pids $good"
}
good_end() { touch "$T/good.end"; wait "$good"; }
# Every one of its requests was answered whole, and there were at least so many.
served() {
    say "the good client: $(wc -l <"$T/good") requests, the slowest $(cut -d' ' -f3 "$T/good" | sort -n | tail -1) s"
    [ "$(grep -c . "$T/good")" -ge "${1:-4}" ] && ! grep -qv '^200 [1-9]' "$T/good"
}

attack() {
    local script=$1; shift
    timeout 60 python3 -B "$top_srcdir/tests/hostile/$script.py" "$@" >"$T/attack" 2>"$T/attack.err"
    status=$?
    json=$(cat "$T/attack" "$T/attack.err")
    return $status
}
# Lines of what | ok or bad | what came, one expectation each.
expect_each() {
    local what how came
    while IFS='|' read -r what how came; do
        json="$what: $came"
        expect "$what" [ "$how" = ok ]
    done <"$T/attack"
}

# A listener on all addresses that must hear nothing: its port in $canary.
canary() {
    : >"$T/canary"
    python3 -B "$top_srcdir/tests/hostile/canary.py" >"$T/canary" 2>&1 &
    extra_pids="$extra_pids $!"
    disown
    until_ok grep -q '^port' "$T/canary" || { say "canary: $(cat "$T/canary")"; exit 1; }
    canary=$(sed -n 's/^port //p' "$T/canary")
}
# Waits for a connection of our own, so that all that came before it has been written down too.
heard_nothing() {
    local own=127.0.0.3
    python3 -c "import socket; socket.create_connection(('127.0.0.1', $canary), source_address=('$own', 0)).close()"
    until_ok grep -q "connection.*$own" "$T/canary" || return 1
    json=$(cat "$T/canary")
    [ "$(grep -c '^connection' "$T/canary")" = "$(grep -c "^connection.*$own" "$T/canary")" ]
}

# ---- another clock: `clock NAME SECONDS` puts NAME's so far off; once it was set it can be set while it runs
clock() {
    printf '%d\n' "$2" >"$T/$1.clock"
    world[$1]="LD_PRELOAD=$top_builddir/tests/hostile/.libs/clock.so CLOCK_FILE=$T/$1.clock"
}

# ---- signed requests, written and spoiled by hand
#   request FILE FROM TO METHOD TARGET [NAME=VALUE…]   see signed.py; it goes to $T/FILE
#   sent TO FILE                                       sends it: the status is $got, the answer in $T/answer
declare -A ids
id_of() {
    [ -n "${ids[$1]:-}" ] || { run "$1" status; ids[$1]=$(jq -r .node.id <<<"$json"); }
}
request() {
    local file=$1 from=$2 to=$3 method=$4 target=$5; shift 5
    id_of "$from"; id_of "$to"
    python3 -B "$top_srcdir/tests/hostile/signed.py" make "$T/$file" "${home[$from]}/keys/auth.key" "${ids[$from]}" \
        "${ids[$to]}" "${address[$to]}:7443" "$method" "$target" "$@"
}
sent() {
    got=$(python3 -B "$top_srcdir/tests/hostile/signed.py" send "${address[$1]}:7443" "$T/$2" "$T/answer" 2>&1)
    json="$2: $got $(head -c 600 "$T/answer")"
}
is_got() { [ "$got" = "$1" ]; }
says() { grep -aq "\"code\":\"$1\"" "$T/answer"; }
