#!/bin/bash
# T26: a Content-Length larger than what is sent, connections cut within a head, a body, an answer.
. "$(dirname "$0")/../scenario/lib.sh"
. "$here/../hostile/lib.sh"
story 6 "what breaks off in the middle is cleaned up"

attacked school 'client_seconds = 3'
good_begin school
attack cuts "${address[school]}" 7443 "$attacker" 40
expect "320 connections broke off" grep -q '^320 ' "$T/attack"
good_end
expect "a good client was served meanwhile" served
expect "memory stayed bounded" bounded school 8
expect "nothing stays open" released school
expect "the node goes on" alive school
expect "and ends well" school stops
