#!/bin/bash
# T29: JSON that is none, or that two readers could understand differently, in entries that are correctly signed;
# and entries that end in their own head, in full bundles and in the one at the edge, where they are written anew.
. "$(dirname "$0")/../scenario/lib.sh"
. "$here/../hostile/lib.sh"
[ -d "${COMMONSHELF_TEST_DATA:-}/json/parsing" ] || skip_all "COMMONSHELF_TEST_DATA is not set: no JSONTestSuite here"
story 31 "odd entries are refused one by one, by every reader alike, and the log goes on"

data=$COMMONSHELF_TEST_DATA/json/parsing
odd() { python3 -B "$here/../hostile/odd_json.py" "$@"; }
forge() { python3 -B "$here/../hostile/forge.py" "$@"; }
node school "School"; node centre "Centre"; node late "Latecomer"; node third "Third"
printf 'id,Title\n1,Placeholder\n' >"$T/base.csv"
proxied school
school imports "$T/base.csv"; school serves; proxy school
school invites centre; school invites late

odd lines "$data" >"$T/lines" 2>"$T/said"
read -r entries refused records <"$T/said"
say "$entries entries, $refused of them odd, $records records"
forge log "${home[school]}" "$T/first" public 1 "$(date +%s)" <"$T/lines"
takes() { # NAME TREE
    rule school; rule school '/log/public/' "tree $2"
    "$1" syncs
}
shows() { # NAME RECORDS
    "$1" runs status
    holds ".records.mirrored == $2"
}
takes centre "$T/first"
expect "the log is taken as it was signed" holds ".peers[0].state == \"ok\" and .peers[0].entries == $entries"
expect "every odd entry is refused, and no other" holds ".peers[0].refused == $refused"
expect "what they leave is shown" shows centre "$records"
expect "the record that odd withdrawals named stays" finds centre anchor
expect "no odd record is found" finds_none centre odd
expect "even ones are" finds centre even
expect "those of the suite too" finds centre '"y array empty"'
expect "and what stands behind them" finds centre '"even last"'
centre runs doctor
expect "the tree is as it was signed" holds .ok

# It goes on: behind odd entries in a partial bundle, with a redaction in that bundle.
last=$((entries - 1))
cp "$T/lines" "$T/more"
odd more $last >>"$T/more" 2>"$T/said"
read -r added odd_added _ <"$T/said"
forge log "${home[school]}" "$T/second" public 1 "$(date +%s)" <"$T/more"
takes centre "$T/second"
expect "the log goes on behind them" holds ".peers[0].state == \"ok\" and .peers[0].entries == $added"
expect "and is judged the same" holds ".peers[0].refused == $odd_added"
centre runs status
expect "what is new is shown, what was redacted is not" holds ".records.mirrored == $records"
expect "by its name too" finds_none centre '"even last"'
centre runs doctor
expect "the tree is as it was signed, beside odd entries written anew" holds .ok
takes late "$T/second"
expect "a second reader takes all of it at once" holds ".peers[0].state == \"ok\" and .peers[0].entries == $((entries + added))"
expect "refuses the same" holds ".peers[0].refused == $((refused + odd_added))"
expect "and shows the same" shows late "$records"
for i in $(seq 100 399); do
    printf 'P {"id":"urn:uuid:d126afcc-7945-44fb-922e-a01d3f03c%03d","rev":1,"kind":"need","name":"Filler"}\n' "$i"
done >>"$T/more"
forge log "${home[school]}" "$T/third" public 1 "$(date +%s)" <"$T/more"
takes centre "$T/third"
expect "bundles that were partial become full" holds '.peers[0].state == "ok" and .peers[0].entries == 300'
centre runs doctor
expect "and prove" holds .ok

# As a file, from a mirror.
school runs status; school_id=$(jq -r .node.id <<<"$json")
centre runs bundle export "$T/school.cshb" --mirrored
third runs bundle import "$T/school.cshb" --trust "$school_id"
expect "a file of it is taken, and judged the same" holds "[.peers[] | select(.name == \"School\")][0] | .state == \"ok\" and .refused == $((refused + odd_added))"
expect "and shows the same" shows third "$((records + 300))"
# A log begun anew: what is odd does not live on.
forge compact "${home[school]}" public 1 <"$T/more" >"$T/epoch"
forge log "${home[school]}" "$T/third" public 2 "$(date +%s)" <"$T/epoch"
curl -sk "https://${back[school]}:7443/csh/v1/profile" >"$T/profile"
forge profile "${home[school]}" "$T/profile" "shelf public 2" >"$T/profile2"
rule school; rule school '/profile$' "file $T/profile2"; rule school '/log/public/' "tree $T/third"
centre syncs --renew
centre runs peer show School
expect "the next epoch is computed the same" holds ".peer.shelves[0] | (.origin | endswith(\"/2\")) and .state == \"ok\" and .held == $((records + 301))"
expect "and shows the same" shows centre "$((records + 300))"

# Too long for an entry: no reader can take it for one.
rule school
{ cat "$T/more"; printf '= '; { printf '\001P'; head -c 65000 /dev/zero | tr '\0' '['; } | base64 -w0; echo; } >"$T/long"
forge log "${home[school]}" "$T/long.tree" public 1 "$(date +%s)" <"$T/long"
takes late "$T/long.tree"
expect "an entry of 65,002 bytes is refused with its bundle" holds '.peers[0].state == "failed" and (.peers[0].code | IN("wrong_hash", "malformed"))'
late runs doctor
expect "what was held still proves" holds .ok

# As files to import: no part of any becomes a record.
mkdir "$T/files"; (cd "$T/files" && odd files "$data")
late runs status; before=$(jq .records.own <<<"$json")
crashed=
for file in "$T/files/"*; do
    late runs import "$file"
    [ "$status" -lt 4 ] || crashed="$crashed ${file##*/}:$status"
done
expect "no file of odd JSON crashes an import" [ -z "$crashed" ]
late runs status
expect "or leaves a record" holds ".records.own == $before"
late runs bundle import "$T/files/odd-000.json"
expect "nor is one a file of catalogues" is_code not_a_bundle
head -c 10000000 /dev/zero | tr '\0' '[' >"$T/deep"
for route in hello add-checkpoint; do
    code=$(curl -sk -o /dev/null -w '%{http_code}' -H 'Content-Type: application/json' --data-binary @"$T/deep" "https://${address[school]}:7443/csh/v1/$route")
    expect "10 MB to $route are refused unread" [ "$code" = 413 ]
done
expect "and the school serves as before" curl -skf -o /dev/null "https://${address[school]}:7443/csh/v1/profile"
