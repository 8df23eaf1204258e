#!/bin/bash
. "$(dirname "$0")/lib.sh"
story 17 "an address or a home that is in use is refused at once, by name, and both nodes are whole"

# The whole of what `serve` says when it can't, within ten seconds.
refused_serve() { # NAME
    json=$(timeout 10 "$CS" -C "${home[$1]}" --json serve 2>"$T/err"); status=$?
}
files() { (cd "${home[$1]}" && find keys logs -type f | sort | xargs sha256sum); }
one_document() { jq -es 'length == 1' <<<"$json" >/dev/null; }

printf 'id,Title\n1,Abacus\n' >"$T/one.csv"
printf 'id,Title\n1,Abacus\n2,Balance\n' >"$T/two.csv"
node first "First"; node second "Second"
first imports "$T/one.csv" --source items; second imports "$T/one.csv" --source items
first serves
files second >"$T/before"
for which in listen local; do
    [ $which = listen ] && port=7443 || port=7480
    taken=${address[first]}:$port own=${address[second]}:$port
    sed -i "s|^$which = .*|$which = $taken|" "${home[second]}/commonshelf.conf"
    refused_serve second
    expect "$which in use: status 1" is_status 1
    expect "$which in use: one document says so" one_document
    expect "$which in use: named by its code" is_code address_in_use
    expect "$which in use: the address is in the sentence" holds ".error.message | contains(\"$taken\")"
    sed -i "s|^$which = .*|$which = $own|" "${home[second]}/commonshelf.conf"
done
expect "nothing of its keys and logs has changed" cmp -s "$T/before" <(files second)
expect "the first one still answers" curl -skf -o "$T/body" "https://${address[first]}:7443/csh/v1/keyset"
second serves
expect "with its own address the second one serves what it had" finds second abacus

files first >"$T/before"
refused_serve first
expect "a second serve of one home: status 1" is_status 1
expect "it is named" is_code already_serving
expect "with the process that serves" holds ".error.message | contains(\"process ${pid[first]}\")"
expect "nothing of its keys and logs has changed" cmp -s "$T/before" <(files first)
first imports "$T/two.csv" --source items
expect "and the one that serves goes on: it publishes" holds '.added == 1'
expect "and finds it" finds first balance
