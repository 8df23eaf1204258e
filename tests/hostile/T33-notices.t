#!/bin/bash
# T33: notices of something new: ten thousand of one peer, of nobody's, wrongly signed, and old ones again.
# That a thousand peers at once are visited one after the other is in tests/unit/test_notices.c.
. "$(dirname "$0")/../scenario/lib.sh"
. "$here/../hostile/lib.sh"
story 20 "a notice brings a visit in its time, and nothing else"

node school "School"; node centre "Centre"; node stranger "Stranger"
printf 'id,Title\n1,Astronomy\n' >"$T/a.csv"; printf 'id,Title\n2,Botany\n' >"$T/b.csv"
printf 'id,Title\n3,Chemistry\n' >"$T/c.csv"
for n in school centre; do
    sed -i '/^#* *sync_minutes/d' "${home[$n]}/commonshelf.conf"
    printf 'sync_minutes = 1440\nnotice_seconds = 1\n' >>"${home[$n]}/commonshelf.conf"
done
proxied school
school imports "$T/a.csv"; school serves; proxy school; centre serves
school invites centre; centre syncs
visits() { grep -c "GET /csh/v1/log/public/1/checkpoint" "$T/school.proxy"; }
brings() { # NAME NOTE-FILE [PATH] → $answer
    answer=$(curl -sk -o "$T/body" -w '%{http_code}' -H 'Content-Type: text/plain; charset=utf-8' --data-binary @"$2" \
        "https://${address[$1]}:7443/csh/v1/${3:-notify}")
}
note() { curl -sk "https://${back[school]}:7443/csh/v1/log/public/1/checkpoint"; }

note >"$T/old"
school imports "$T/b.csv"
until_ok finds centre botany
expect "what is published is at the partner's without its asking" finds centre botany
before=$(visits)
brings centre "$T/old"
expect "an old notice is taken" [ "$answer" = 204 ]
note >"$T/held"; brings centre "$T/held"
expect "so is one of what is held" [ "$answer" = 204 ]

# Whose it is, and what it is.
stranger runs import "$T/a.csv" --publish; stranger serves
curl -sk "https://${address[stranger]}:7443/csh/v1/log/public/1/checkpoint" >"$T/strange"
brings centre "$T/strange"
expect "a stranger's is nothing that is known here" [ "$answer" = 404 ]
brings school "$T/held"
expect "one's own neither" [ "$answer" = 404 ]
printf 'hello\n' >"$T/garbage"; brings centre "$T/garbage"
expect "what is no checkpoint is refused" [ "$answer" = 400 ]
head -c 20000 /dev/zero >"$T/big"; brings centre "$T/big"
expect "what is too long, unread" [ "$answer" = 413 ]
brings centre "$T/held" 'notify?url=https://elsewhere.example'
expect "it takes no parameters" [ "$answer" = 400 ]
o=$(head -1 "$T/held")
printf '%s\n%s\n%s\n' "$o" 900 "$(sed -n 3p "$T/held")" >"$T/text"
python3 "$here/../hostile/sign_note.py" "$T/text" "$o ${home[stranger]}/keys/log.key 1" \
    "${o%%/*}/witness ${home[stranger]}/keys/witness.key 4 $(date +%s)" >"$T/forged"
brings centre "$T/forged"
expect "a larger tree that others signed is refused" [ "$answer" = 403 ]
sed "2s/.*/901/" "$T/held" >"$T/altered"; brings centre "$T/altered"
expect "and one that was altered" [ "$answer" = 403 ]
sleep_free=$(visits)
expect "none of them brought a visit" [ "$sleep_free" = "$before" ]

# Ten thousand that are right, of something that its publisher then does not give.
school stops; run school import "$T/c.csv" --publish; school serves
note >"$T/new"; rule school . close
answers=$(python3 "$here/../hostile/notices.py" "${address[centre]}" 7443 "$T/new" 10000)
say "$answers"
expect "of ten thousand in a row most are told to come later" bash -c 'later=$(grep -o "429:[0-9]*" <<<"$1" | cut -d: -f2); [ "${later:-0}" -gt 9000 ]' _ "$answers"
expect "none was broken off" bash -c '! grep -q broken <<<"$1"' _ "$answers"
centre runs search botany
expect "the node answers meanwhile" is_status 0
until_ok test "$(grep -c " close$" "$T/school.proxy")" -ge 1
expect "they brought visits" [ "$(grep -c " close$" "$T/school.proxy")" -ge 1 ]
expect "but a few" [ "$(grep -c " close$" "$T/school.proxy")" -le 40 ]
centre runs status
expect "the node is well" is_status 0
expect "what was held is found" finds centre botany
rule school
again() { brings centre "$T/new"; finds centre chemistry; }
until_ok again
expect "once its publisher gives it, a notice brings it" finds centre chemistry
centre runs doctor
expect "and all proves" holds .ok
