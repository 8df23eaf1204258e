# The words in which scenarios are told. A story sources this file, says `story N "title"` with the
# number of its expectations, and ends by itself: every node it started is stopped, every file removed.
#
#   node NAME "Full name" [init options]      makes a home on a loopback address of its own; then
#   NAME serves | stops | dies                starts, ends, or kills its node
#   NAME imports FILE [options]               and publishes
#   NAME invites OTHER                        an invite, redeemed by the other
#   NAME syncs [options]                      pulls all its peers
#   NAME runs COMMAND…                        any other command, JSON into $json, status into $status
#   expect "what" COMMAND…                    a line of TAP: ok when the command succeeds
#   hits NAME QUERY [FROM]                    how many hits it finds (held by FROM)
set -u
here=$(cd "$(dirname "${BASH_SOURCE[0]}")" && pwd)
top_srcdir=${top_srcdir:-$(cd "$here/../.." && pwd)}
top_builddir=${top_builddir:-$top_srcdir/build}
samples=$top_srcdir/tests/data/samples
CS=$top_builddir/commonshelf
T=$(mktemp -d "${TMPDIR:-/tmp}/csh-story-XXXXXX")
declare -A address pid home world # world: what a node's programs find in their environment
told=0 json= status=0

finish() {
    trap - EXIT
    for name in "${!pid[@]}"; do
        [ -n "${pid[$name]}" ] && kill -9 "${pid[$name]}" 2>/dev/null && wait "${pid[$name]}" 2>/dev/null
    done
    [ -n "${extra_pids:-}" ] && kill -9 $extra_pids 2>/dev/null
    [ -n "${KEEP:-}" ] && echo "# kept $T" || rm -rf "$T"
}
trap finish EXIT
trap 'exit 1' INT TERM

story() { echo "1..$1"; echo "# $2"; }
say() { sed 's/^/# /' <<<"$*"; }
expect() {
    local what=$1; shift
    told=$((told + 1))
    if "$@"; then echo "ok $told - $what"; else
        echo "not ok $told - $what"
        say "failed: $*"
        say "status $status; last output: $(head -c 1500 <<<"$json")"
        say "on stderr: $(head -c 600 "$T/err" 2>/dev/null)"
        for name in "${!pid[@]}"; do
            [ -f "$T/$name.log" ] && say "$name: $(tail -8 "$T/$name.log")"
        done
    fi
}
# skip_all "why": the rest of the story can't be told here.
skip_all() { echo "1..0 # SKIP $1"; exit 0; }
# Waits until a command succeeds, at most 20 seconds.
until_ok() {
    local end=$((SECONDS + 20))
    until "$@" >/dev/null 2>&1; do [ $SECONDS -lt $end ] || return 1; sleep 0.05; done
}

# An address nobody else uses: from this process's number and a counter.
addresses=0
new_address() {
    addresses=$((addresses + 1))
    # Neighbouring process numbers must not meet: the counter goes into the second number.
    fresh="127.$((64 + addresses % 64)).$((($$ / 250) % 250 + 1)).$(($$ % 250 + 1))"
}

node() {
    local name=$1 title=$2; shift 2
    new_address
    address[$name]=$fresh
    home[$name]=$T/$name
    eval "$name() { act $name \"\$@\"; }"
    env ${world[$name]:-} "$CS" -q -C "${home[$name]}" init --name "$title" --listen "$fresh:7443" --local "$fresh:7480" \
        --url "https://$fresh:7443" --allow-cidr 127.0.0.0/8 "$@" >"$T/out" 2>"$T/err" || {
        say "init of $name failed: $(cat "$T/err")"; exit 1; }
}

act() {
    local name=$1 verb=$2; shift 2
    case $verb in
    serves) serve "$name" "$@" ;;
    stops) end "$name" TERM ;;
    dies) end "$name" KILL ;;
    imports) run "$name" import "$@" --publish ;;
    invites) run "$name" invite; link=$(jq -r .link <<<"$json"); run "$1" join "$link" ;;
    syncs) run "$name" sync "$@" ;;
    runs) run "$name" "$@" ;;
    *) say "unknown verb $verb"; exit 1 ;;
    esac
}
run() {
    local name=$1; shift
    json=$(env ${world[$name]:-} "$CS" -C "${home[$name]}" --json "$@" 2>"$T/err"); status=$?
    return $status
}
serve() {
    local name=$1; shift
    : >"$T/$name.ready"
    env ${world[$name]:-} "$CS" -C "${home[$name]}" serve "$@" >"$T/$name.ready" 2>>"$T/$name.log" &
    pid[$name]=$!
    until_ok grep -q '^ready ' "$T/$name.ready" || { say "$name did not start: $(cat "$T/$name.log")"; return 1; }
}
end() {
    local p=${pid[$1]:-}
    [ -n "$p" ] || return 0
    kill "-$2" "$p"; wait "$p"; status=$?
    pid[$1]=
    [ "$2" = KILL ] || [ $status = 0 ]
}

hits() {
    run "$1" search "$2" --limit 100 || return 1
    if [ $# -lt 3 ]; then jq '.hits | length' <<<"$json"
    else jq --arg n "$3" '[.hits[] | (.node.name, .also[]?.node.name) | select(. == $n)] | length' <<<"$json"; fi
}
finds() { local n; n=$(hits "$@") && [ "$n" -gt 0 ]; }
finds_none() { local n; n=$(hits "$@") && [ "$n" = 0 ]; }
holds() { [ -n "$json" ] && jq -e "$1" <<<"$json" >/dev/null; }   # the last JSON is there, and has this
is_status() { [ "$status" = "$1" ]; }
is_code() { jq -e --arg c "$1" '.error.code as $e | $c | split("|") | any(. == $e)' <<<"$json" >/dev/null; } # "one|or|another"
