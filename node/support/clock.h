/*
 * Time, as the whole node sees it. Tests hold it still.
 */
#ifndef SUPPORT_CLOCK_H
#define SUPPORT_CLOCK_H

#include <stdbool.h>
#include <stddef.h>
#include <stdint.h>

uint64_t clock_now(void); /* seconds since 1970 */
uint64_t clock_monotonic_ms(void); /* for deadlines and durations */
uint64_t clock_monotonic_us(void);
/*
 * What time it is as far as anybody knows: what other nodes' signed answers agree on, else clock_now. For
 * judging what others signed (is it fresh, has it expired?), never for what is signed here.
 */
uint64_t clock_agreed(void);
/* By this machine's own clock; 0 when it says that it is not that late yet, as after a dead battery in 1970. */
uint64_t clock_ago(uint64_t seconds);
/* What clock_agreed says of a moment that was read off this machine's own clock. */
uint64_t clock_agreed_at(uint64_t own);
#define CLOCK_FEW_SECONDS                                                                          \
    86400 /* what too few can move it by: any mistaken time zone, but no charter's lifetime */
/*
 * They agree that it is this much more than the monotonic clock's seconds. Unless `firm`, they are too few to
 * outvote this machine's own clock by more than CLOCK_FEW_SECONDS.
 */
void clock_agree(int64_t ahead, bool firm);
/* It has been that late already: an own clock that is well before it is wrong, and outvotes nobody. */
void clock_passed(uint64_t seconds);
/* Nobody says so any more: this machine's own clock counts. */
void clock_alone(void);
/* Tests: both clocks stand at this many seconds until set again; 0 lets them run. */
void clock_hold(uint64_t seconds);

#define CLOCK_TEXT 21
/* "2026-11-30T00:00:00Z", NUL-terminated. */
void clock_text(uint64_t seconds, char out[CLOCK_TEXT]);

#endif
