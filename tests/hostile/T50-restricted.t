#!/bin/bash
# T50: whoever may not read a shelf can't tell it from one that does not exist: not its log, its parts, nor what
# others saw and relay of it; without a signature, with another peer's, or with the path itself in hand.
. "$(dirname "$0")/../scenario/lib.sh"
. "$here/../hostile/lib.sh"
story 35 "a restricted shelf is not there for those it is not for"

seq 1 300 | sed 's/.*/&,Guide number &/; 1i id,Title' >"$T/guides.csv"
node school "School"; node centre "Centre"; node library "Library"
id_of centre
school runs shelf add guides --audience "nodes:${ids[centre]}"
school runs shelf add drawer --audience private
school imports "$T/guides.csv" --shelf guides
school imports "$T/guides.csv" --source public
school runs import "$T/guides.csv" --shelf drawer --source drawer
school serves
school invites centre; school invites library
centre syncs; library syncs
school runs status
origin=$(jq -r '.shelves[] | select(.name == "guides").origin' <<<"$json")
path=$(cut -d/ -f2 <<<"$origin")
hex=$(printf %s "$origin" | sha256sum | cut -d' ' -f1)
nothing=$(printf %s "$path" | tr a-y b-z)

# The head without its time, and the body, of what is answered to FROM (or nobody, "-").
answer() { # NODE FROM TARGET
    if [ "$2" = - ]; then
        printf 'GET %s HTTP/1.1\r\nHost: %s:7443\r\nConnection: close\r\n\r\n' "$3" "${address[$1]}" >"$T/ask"
    else
        request ask "$2" "$1" GET "$3"
    fi
    sent "$1" ask 2>/dev/null
    grep -av '^Date: ' "$T/answer" >"$T/said"
}
alike() { # NODE FROM TARGET OTHER-TARGET: both are 404 with the same head and body
    answer "$1" "$2" "$3"; first=$got; mv "$T/said" "$T/first"
    answer "$1" "$2" "$4"
    json="$3: $first; $4: $got"
    [ "$first" = 404 ] && [ "$got" = 404 ] && cmp -s "$T/first" "$T/said"
}
answer school centre "/csh/v1/log/$path/1/checkpoint"
expect "who may read it gets its checkpoint" is_got 200
expect "which no cache keeps" grep -aq '^Cache-Control: private, no-store' "$T/answer"
answer school centre "/csh/v1/log/$path/1/tile/entries/000"
expect "and its bundles" is_got 200
expect "which no cache keeps either" grep -aq '^Cache-Control: private, no-store' "$T/answer"
for part in checkpoint tile/0/000 tile/1/000.p/1 tile/entries/000 tile/entries/001.p/45 entries/0-10 entries/5-300; do
    expect "$part without a signature is not there" alike school - "/csh/v1/log/$path/1/$part" "/csh/v1/log/$nothing/1/$part"
    expect "nor for another peer" alike school library "/csh/v1/log/$path/1/$part" "/csh/v1/log/$nothing/1/$part"
done
for name in guides drawer; do
    expect "$name by its name is not there" alike school - "/csh/v1/log/$name/1/checkpoint" "/csh/v1/log/nowhere/1/checkpoint"
    expect "for nobody" alike school centre "/csh/v1/log/$name/1/checkpoint" "/csh/v1/log/nowhere/1/checkpoint"
done
answer school library /csh/v1/shelves
expect "another peer's list does not have it" eval 'is_got 200 && ! grep -aq guides "$T/answer"'
answer school - /csh/v1/shelves
expect "nobody else gets a list" is_got 401
answer school - /csh/v1/profile
expect "the profile does not have it" eval 'is_got 200 && ! grep -aq "guides\|$path" "$T/answer"'

# The centre, which holds it.
centre serves
centre invites library
other=$(printf %s "$hex" | tr 0-9 1-90)
for part in checkpoint keysets tile/0/000 tile/entries/000 entries/0-10; do
    expect "the centre relays no $part" alike centre - "/csh/v1/relay/$hex/$part" "/csh/v1/relay/$other/$part"
done
expect "nor to its peers" alike centre library "/csh/v1/relay/$hex/checkpoint" "/csh/v1/relay/$other/checkpoint"
expect "it does not say that it saw it" alike centre - "/csh/v1/seen/$hex/checkpoint" "/csh/v1/seen/$other/checkpoint"
answer centre - /csh/v1/seen
expect "not among all that it saw" eval 'is_got 200 && ! grep -aq "$path" "$T/answer"'
answer school centre "/csh/v1/log/$path/1/checkpoint"
{ printf 'old 0\n\n'; sed '1,/^\r$/d' "$T/answer"; } >"$T/add"
status=$(curl -sk -o "$T/said" -w '%{http_code}' --data-binary "@$T/add" "https://${address[centre]}:7443/csh/v1/add-checkpoint")
expect "it is no witness of it" is_status 404
answer centre - "/csh/v1/relay/$(printf %s "${ids[school]}/public/1" | sha256sum | cut -d' ' -f1)/checkpoint"
expect "what is public it relays as ever" is_got 200

# How long the two kinds of 404 take, as a distribution: shown, not judged.
python3 -B - "${address[school]}" "$path" "$nothing" <<'END' | sed 's/^/# /'
import http.client, ssl, statistics, sys, time
address, path, nothing = sys.argv[1:]
c = http.client.HTTPSConnection(address, 7443, context=ssl._create_unverified_context())
took = {path: [], nothing: []}
for i in range(600):
    for name in took:
        start = time.perf_counter()
        c.request("GET", "/csh/v1/log/%s/1/checkpoint" % name)
        c.getresponse().read()
        took[name].append(time.perf_counter() - start)
for name, what in (path, "forbidden"), (nothing, "missing"):
    q = statistics.quantiles(took[name], n=20)
    print("%s: median %.0f us, p5 %.0f us, p95 %.0f us" % (what, q[9] * 1e6, q[0] * 1e6, q[18] * 1e6))
END
