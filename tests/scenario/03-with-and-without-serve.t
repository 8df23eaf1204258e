#!/bin/bash
. "$(dirname "$0")/lib.sh"
story 13 "commands work the same with and without a running node"

printf 'id,Title\n1,Abacus\n' >"$T/one.csv"
printf 'id,Title\n1,Abacus\n2,Balance\n' >"$T/two.csv"
node lab "Lab"
for way in without with; do
    [ $way = without ] || lab serves
    [ $way = without ] && file=one || file=two
    lab runs import "$T/$file.csv" --source items
    expect "import, $way" holds '.added == 1'
    lab runs publish
    expect "publish, $way" holds '.shelves[0].added >= 1'
    expect "search, $way" finds lab abacus
    lab runs status
    expect "status, $way" holds '.records.own >= 1'
    lab runs doctor
    expect "doctor, $way" holds '.ok'
done
"$CS" -C "${home[lab]}" serve >"$T/second" 2>"$T/err"; status=$?
expect "a second serve is refused with status 1" is_status 1
expect "and says why" grep -qi "already" "$T/err"
expect "SIGTERM ends it within five seconds, status 0" timeout 6 bash -c "kill -TERM ${pid[lab]}; while kill -0 ${pid[lab]} 2>/dev/null; do sleep 0.05; done"
pid[lab]=
