#!/bin/bash
. "$(dirname "$0")/lib.sh"
story 26 "the root key is kept off the machine, from the first day or from later on"

init() { json=$("$CS" -C "$T/$1" --json init --name "$1" "${@:2}" 2>"$T/err"); status=$?; }

node school "School" --root-offline "$T/page"
expect "init writes a page that only its owner can read" test "$(stat -c %a "$T/page")" = 600
expect "with seven lines" test "$(grep -cE '^[1-7]  ([a-z2-7]{4} ){4} [a-z2-7]{3}$' "$T/page")" = 7
expect "no root key is in the home" test ! -e "${home[school]}/keys/root.key"
school runs keys show
expect "and it says so" holds '.keys.root_here == false'
school runs doctor
expect "nothing is wrong with that" holds '.ok'
school runs keys rotate
expect "new keys need the root" is_code root_missing
expect "and it says how to give it" holds '.error.message | contains("--root")'
school runs keys export "$T/none"
expect "what is not here can't be printed" is_code root_missing
school runs keys rotate --root "$T/page"
expect "with the page it works" holds '.keys.version == 2'
run school keys rotate --root - <"$T/page"
expect "typed, too" holds '.keys.version == 3'
school serves
school runs keys rotate --root "$T/page"
expect "and at a node that runs" holds '.keys.version == 4 and .keys.root_here == false'
school stops
expect "it was never kept" test ! -e "${home[school]}/keys/root.key"

node other "Other" --root-offline "$T/page-other"
school runs keys rotate --root "$T/page-other"
expect "another institution's page is refused" is_code wrong_root
sed '/^3 /s/[a-m]/q/' "$T/page" >"$T/typo"
school runs keys rotate --root "$T/typo"
expect "a typing error is named by its line" holds '.error.code == "page_mistyped" and (.error.message | contains("3"))'
school runs keys show
expect "neither changed anything" holds '.keys.version == 4'

init again --root-offline "$T/page"
expect "no page is written over" is_status 1
init again --root-offline -
expect "with --json there is no screen to show it on" is_code no_file
expect "and no home" test ! -e "$T/again"
init other --root-offline "$T/spare"
expect "where there is a home, no key and no file is made" test "$status" = 1 -a ! -e "$T/spare"
"$CS" -C "$T/shown" init --name Shown --root-offline - >"$T/screen" 2>/dev/null
expect "without it, the page is shown" grep -qE '^7  ' "$T/screen"
expect "whole" "$CS" -q -C "$T/shown" keys rotate --root "$T/screen"

node later "Later"
later runs keys export --remove
expect "nobody's root is removed without a page" is_code no_file
later runs keys export "$T/page-later" --remove
expect "with one it leaves the machine" holds '.root_here == false'
expect "wholly" test ! -e "${home[later]}/keys/root.key"
later runs keys rotate
expect "from then on it is asked for" is_code root_missing
later runs keys rotate --root "$T/page-later"
expect "and taken from the page" holds '.keys.version == 2'
