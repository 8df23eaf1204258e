# Words that the benchmarks share. Sourced by them.
top=$(cd "$(dirname "$0")/../.." && pwd)
build=${top_builddir:-$top/build}
CS=$build/commonshelf
T=$(mktemp -d "${TMPDIR:-/var/tmp}/csh-bench-XXXXXX")
pids=()
trap 'for p in "${pids[@]}"; do kill "$p" 2>/dev/null || true; done; wait 2>/dev/null; rm -rf "$T"' EXIT
net=127.90.$((RANDOM % 200 + 1))

now() { date +%s%N; }
ms() { echo $((($2 - $1) / 1000000)); }
row() { printf '%-62s %14s   %s\n' "$@"; }
per_second() { awk -v n="$1" -v ms="$2" 'BEGIN { printf "%.0f/s", (ms > 0 ? n * 1000 / ms : 0) }'; }
ratio() { awk -v a="$1" -v b="$2" 'BEGIN { printf "%.3fx", a / b }'; }
home() { # NAME ADDRESS
    "$CS" -q -C "$T/$1" init --name "$1" --listen "$2:7443" --local "$2:7480" --url "https://$2:7443" \
        --allow-cidr 127.0.0.0/8 >/dev/null 2>&1
}
serve() { # NAME → ready in milliseconds
    local start; start=$(now)
    : >"$T/$1.ready"
    "$CS" -C "$T/$1" serve >"$T/$1.ready" 2>"$T/$1.log" &
    pids+=($!); last=$!
    until grep -q '^ready' "$T/$1.ready"; do sleep 0.005; done
    took=$(ms "$start" "$(now)")
}
pss() { awk '/^Pss:/ { s += $2 } END { printf "%.1f", s / 1024 }' "/proc/$1/smaps_rollup"; }
# A home at $net.1 with 2,000 published records and these lines of configuration, served on core 0; loads then
# run on the $others.
served() {
    local rows=$T/records.tsv
    others=0; [ "$(nproc)" -gt 1 ] && others=1-$(($(nproc) - 1))
    address=$net.1
    home served "$address"
    printf '%s\n' "$@" >>"$T/served/commonshelf.conf"
    python3 "$top/tests/bench/make_records.py" "$top/tests/data/samples" 2000 >"$rows"
    "$CS" -q -C "$T/served" import "$rows" >/dev/null 2>&1 || true
    "$CS" -q -C "$T/served" publish >/dev/null 2>&1
    serve served
    node=$last
    taskset -a -c -p 0 "$node" >/dev/null
}
# Runs a command; then $wall has its milliseconds, $cpu its processor time and that of its children: what counts
# on a machine that does other things too.
timed() {
    local out
    out=$( { TIMEFORMAT='%R %U %S'; time "$@" 2>/dev/null >"$T/timed.out"; } 2>&1) || true
    read -r wall cpu < <(awk '{ printf "%d %d\n", $1 * 1000, ($2 + $3) * 1000 }' <<<"$out")
}
both() { # N: records a second of the last timed command, by the clock and by the processor
    echo "$(per_second "$1" "$wall")" "$(per_second "$1" "$cpu")"
}
front() { # NAME ADDRESS BACK: a proxy that counts bytes
    python3 "$top/tests/bench/count_proxy.py" "$2" 7443 "$3" 7443 "$T/$1" >"$T/$1.proxy" 2>&1 &
    pids+=($!)
    until grep -q ready "$T/$1.proxy"; do sleep 0.01; done
}
counted() { sleep 0.3; cat "$T/$1.total" 2>/dev/null || echo 0; }
