#!/bin/bash
# T30, T50 in part: what is not in the log is not there, whatever the path looks like.
. "$(dirname "$0")/../scenario/lib.sh"
story 32 "paths outside the signed log answer 404, alike"

node school "School"
printf 'id,Title\n1,Atlas\n2,Globe\n' >"$T/public.csv"
printf 'id,Title\n9,Salary list\n' >"$T/private.csv"
school imports "$T/public.csv"
school runs shelf add staff --audience private
school runs import "$T/private.csv" --shelf staff
school serves
get() { curl -sk --path-as-is -o "$T/body" -w '%{http_code}' "https://${address[school]}:7443$1"; }
is() { [ "$(get "$1")" = "$2" ]; }
base=/csh/v1/log/public/1
expect "the checkpoint is there" is $base/checkpoint 200
expect "the partial tile is there" is $base/tile/0/000.p/3 200
expect "the partial bundle is there" is $base/tile/entries/000.p/3 200
for path in $base/tile/0/../../../../keys/root.key "$base/tile/0/%2e%2e/%2e%2e/checkpoint" \
    $base/tile/x001/1 $base/tile/64/000 $base/tile/0/000.p/0 $base/tile/0/000.p/256 \
    $base/tile/0/000.p/4 $base/tile/0/000 $base/tile/0/001 $base/tile/0/0 $base/tile/0/x000/000 \
    $base/tile/entries/000 $base/tile/-1/000 $base/tile/0/999999999999999999999 \
    $base/entries/0-4 $base/entries/3-3 $base/entries/2-1 $base/entries/-1-2 $base/entries/0-99999999999999999999 \
    /csh/v1/log/public/2/checkpoint /csh/v1/log/public/01/checkpoint /csh/v1/log/staff/1/checkpoint \
    /csh/v1/log/PUBLIC/1/checkpoint /csh/v1/keyset/0 /csh/v1/keyset/2 /csh/v1/nothing; do
    expect "404 for $path" is "$path" 404
done
get /csh/v1/log/staff/1/checkpoint >/dev/null; cp "$T/body" "$T/forbidden"
get /csh/v1/log/nosuch/1/checkpoint >/dev/null
expect "a private shelf and none at all look the same" cmp -s "$T/body" "$T/forbidden"
printf 'id,Title\n3,Compass\n' >"$T/more.csv"
school imports "$T/more.csv"
expect "what is committed while it serves is there at once" is $base/tile/0/000.p/4 200
expect "and nothing beyond it" is $base/tile/0/000.p/5 404
