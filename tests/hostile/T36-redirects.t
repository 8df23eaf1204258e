#!/bin/bash
# T36: answers that send a node elsewhere: to its own machine, to http, to another path.
. "$(dirname "$0")/../scenario/lib.sh"
. "$here/../hostile/lib.sh"
story 25 "a redirect is an answer like any other refusal, and is never followed"

canary
node school "School"; node centre "Centre"
printf 'id,Title\n1,Atlas\n' >"$T/books.csv"
proxied school
school imports "$T/books.csv"; school serves; proxy school
school invites centre
for to in "https://127.0.0.1:$canary/csh/v1/log/public/1/checkpoint" "http://127.0.0.1:$canary/" "//127.0.0.1:$canary/" "/csh/v1/keyset"; do
    for code in 301 302 303 307 308; do
        rule school; rule school checkpoint "redirect $to $code"
        centre syncs
        expect "$code to $to: refused, and the status is said" holds \
            ".peers[0].state == \"failed\" and .peers[0].code == \"http_status\" and (.peers[0].message | contains(\"$code\"))"
    done
done
expect "nobody was contacted" heard_nothing
rule school
rule school keyset "redirect https://127.0.0.1:$canary/ 307"
node other "Other"
school runs invite; link=$(jq -r .link <<<"$json")
other runs join "$link"
expect "nor in a first contact" is_code http_status
expect "nobody was contacted" heard_nothing
rule school
centre syncs
expect "afterwards the right bytes are taken" holds '.peers[0].state == "ok"'
expect "each sync asked the school once" [ "$(grep -c 'checkpoint redirect' "$T/school.proxy")" = 20 ]
