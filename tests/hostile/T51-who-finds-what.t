#!/bin/bash
# T51: a property over random audiences: after a sync every node holds and finds exactly what it may read, and
# anybody else finds on it exactly what is public. SEED=n runs the same again.
. "$(dirname "$0")/../scenario/lib.sh"
rounds=3
story $((1 + 8 * rounds)) "who finds what"
RANDOM=${SEED:=$((RANDOM * 7 + $$ % 1000))}
say "SEED=$SEED"

names=(early noon dusk night)
shelves=(public one two)
declare -A ids readers on # readers: of NODE.SHELF, "public", "private" or names; on: where a record stands
record() { printf 'rec%s%s%sq' "$1" "$2" "$3" | tr 123 abc; }
chance() { [ $((RANDOM % $1)) = 0 ]; }

for name in "${names[@]}"; do
    node "$name" "$name"
    run "$name" status; ids[$name]=$(jq -r .node.id <<<"$json")
done
# Some of the others, perhaps none: then it is private.
choose() { # NODE SHELF
    local some=() list= other
    for other in "${names[@]}"; do [ "$other" != "$1" ] && chance 2 && some+=("$other"); done
    readers[$1.$2]=${some[*]:-private}
    for other in "${some[@]}"; do list=$list,${ids[$other]}; done
    audience=${list:+nodes:${list#,}}
    audience=${audience:-private}
}
put() { # NODE SHELF K: a record of its own source, so that each is imported once
    printf 'id,Title\n%s,Inventory %s\n' "$3" "$(record "$1" "$2" "$3")" >"$T/record.csv"
    run "$1" import "$T/record.csv" --shelf "$2" --source "$2$3"
    on[$(record "$1" "$2" "$3")]=$1.$2
}
for name in "${names[@]}"; do
    readers[$name.public]=public
    for shelf in one two; do choose "$name" $shelf; run "$name" shelf add $shelf --audience "$audience"; done
    for shelf in "${shelves[@]}"; do for k in 1 2; do put "$name" $shelf $k; done; done
    run "$name" publish
    serve "$name"
done
for a in 0 1 2 3; do for ((b = a + 1; b < 4; b++)); do act "${names[$a]}" invites "${names[$b]}"; done; done
expect "four nodes, all peers of all" is_status 0

may() { # NODE RECORD: as its owner sees it
    local at=${on[$2]}
    [ "${at%%.*}" = "$1" ] || [ "${readers[$at]}" = public ] || [[ " ${readers[$at]} " = *" $1 "* ]]
}
wanted() { # NODE owner|anybody
    local r
    for r in "${!on[@]}"; do
        if [ "$2" = owner ]; then may "$1" "$r" && echo "$r"
        else [ "${readers[${on[$r]}]}" = public ] && echo "$r"; fi
    done | sort | tr '\n' ' '
}
names_in() { jq -r '.hits[].name | ltrimstr("Inventory ")' | sort | tr '\n' ' '; }
finds_all() { run "$1" search inventory --limit 100; found=$(names_in <<<"$json"); json="found: $found; wanted: $(wanted "$1" owner)"; [ "$found" = "$(wanted "$1" owner)" ]; }
shows_all() {
    found=$(curl -s "http://${address[$1]}:7480/api/v1/search?q=inventory&limit=100" | names_in)
    json="found: $found; wanted: $(wanted "$1" anybody)"; [ "$found" = "$(wanted "$1" anybody)" ]
}

# Each shelf of names gets other ones, and some records go elsewhere.
change() {
    local name shelf r to
    for name in "${names[@]}"; do
        for shelf in one two; do
            [ "${readers[$name.$shelf]}" = private ] && continue
            choose "$name" $shelf
            # what was published is not made private
            [ "$audience" = private ] && { other=${names[0]}; [ "$name" = early ] && other=noon
                readers[$name.$shelf]=$other; audience=nodes:${ids[$other]}; }
            run "$name" shelf set $shelf --audience "$audience" || say "$json"
        done
        for r in "${!on[@]}"; do
            [ "${on[$r]%%.*}" = "$name" ] && chance 3 || continue
            to=${shelves[$((RANDOM % 3))]}
            run "$name" search "$r"
            run "$name" record move "$(jq -r '.hits[0].id' <<<"$json")" "$to" || say "$json"
            on[$r]=$name.$to
        done
        run "$name" publish
    done
}
for ((round = 1; round <= rounds; round++)); do
    [ $round = 1 ] || change
    for name in "${names[@]}"; do act "$name" syncs --renew; done
    for name in "${names[@]}"; do
        expect "round $round: $name finds what it may read" finds_all "$name"
        expect "round $round: and shows what is public" shows_all "$name"
    done
done
