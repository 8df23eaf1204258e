#!/bin/bash
. "$(dirname "$0")/lib.sh"
story 6 "a log that is mostly past says so, and begins anew by itself where it may"

node school "School"
items() { echo "id,Title"; seq 1 1100 | sed "s/.*/&,$1 number &/"; }
school imports <(items Draft) --source s
school runs status
expect "a new log is not worn" holds '.shelves[0].worn == false'
school imports <(items Edition) --source s
school imports <(items Third) --source s
school runs status
expect "one of three editions is" holds '.shelves[0].worn and .shelves[0].size == 3301'
expect "and people are told what helps" sh -c "'$CS' -C '${home[school]}' status | grep -q 'shelf compact public'"
sed -i 's/^#* *compact = .*/compact = auto/' "${home[school]}/commonshelf.conf"
grep -q '^compact = auto' "${home[school]}/commonshelf.conf" || echo 'compact = auto' >>"${home[school]}/commonshelf.conf"
school imports <(items Fourth) --source s
expect "where it may, publishing begins it anew" holds '.shelves[0].size == 1101 and (.shelves[0].origin | endswith("/public/2"))'
school runs status
expect "and it is worn no more" holds '.shelves[0].worn == false'
school runs doctor; expect "all proves" holds .ok
