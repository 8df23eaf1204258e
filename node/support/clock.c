#include "support/clock.h"

#include <stdatomic.h>
#include <stdbool.h>
#include <time.h>

/* The last second that has a four-digit year. */
#define LAST_SECOND UINT64_C(253402300799)

static _Atomic uint64_t held;
static _Atomic int64_t agreed;
static atomic_bool is_agreed, is_firm;
static _Atomic uint64_t passed;

void clock_hold(uint64_t seconds)
{
    atomic_store(&held, seconds);
}

static struct timespec read_clock(clockid_t which)
{
    struct timespec t = {0, 0};

    clock_gettime(which, &t);
    return t;
}

uint64_t clock_now(void)
{
    uint64_t at = atomic_load_explicit(&held, memory_order_relaxed);
    struct timespec t;

    if (at)
        return at;
    t = read_clock(CLOCK_REALTIME);
    return t.tv_sec > 0 ? (uint64_t)t.tv_sec : 0;
}

uint64_t clock_ago(uint64_t seconds)
{
    uint64_t now = clock_now();

    return now > seconds ? now - seconds : 0;
}

void clock_passed(uint64_t seconds)
{
    uint64_t before = atomic_load(&passed);

    while (before < seconds && !atomic_compare_exchange_weak(&passed, &before, seconds))
        ;
}

void clock_agree(int64_t ahead, bool firm)
{
    atomic_store(&agreed, ahead);
    atomic_store(&is_firm, firm);
    atomic_store(&is_agreed, true);
}

void clock_alone(void)
{
    atomic_store(&is_agreed, false);
}

/* As far as too few go with this machine's own clock, unless that one is known to be wrong. */
static int64_t near_own(int64_t now)
{
    int64_t own = (int64_t)clock_now();

    if (atomic_load(&passed) > (uint64_t)own + CLOCK_FEW_SECONDS)
        return now;
    if (now > own + CLOCK_FEW_SECONDS)
        return own + CLOCK_FEW_SECONDS;
    return now < own - CLOCK_FEW_SECONDS ? own - CLOCK_FEW_SECONDS : now;
}

uint64_t clock_agreed(void)
{
    int64_t now;

    if (!atomic_load(&is_agreed))
        return clock_now();
    now = atomic_load(&agreed) + (int64_t)(clock_monotonic_ms() / 1000);
    now = atomic_load(&is_firm) ? now : near_own(now);
    return now > 0 ? (uint64_t)now : 0;
}

uint64_t clock_agreed_at(uint64_t own)
{
    int64_t then = (int64_t)own + (int64_t)clock_agreed() - (int64_t)clock_now();

    return then > 0 ? (uint64_t)then : 0;
}

uint64_t clock_monotonic_us(void)
{
    uint64_t at = atomic_load_explicit(&held, memory_order_relaxed);
    struct timespec t;

    if (at)
        return at * 1000000;
    t = read_clock(CLOCK_MONOTONIC);
    return (uint64_t)t.tv_sec * 1000000 + (uint64_t)t.tv_nsec / 1000;
}

uint64_t clock_monotonic_ms(void)
{
    return clock_monotonic_us() / 1000;
}

void clock_text(uint64_t seconds, char out[CLOCK_TEXT])
{
    time_t t = (time_t)(seconds < LAST_SECOND ? seconds : LAST_SECOND);
    struct tm parts;

    gmtime_r(&t, &parts);
    strftime(out, CLOCK_TEXT, "%Y-%m-%dT%H:%M:%SZ", &parts);
}
