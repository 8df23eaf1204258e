/*
 * How long this node's keys are good for, and what to say of it in good time. Shows only; new keys are made
 * by a person, because they need the root key (`keys rotate`).
 */
#ifndef COMMAND_OWN_KEYS_H
#define COMMAND_OWN_KEYS_H

#include "command/home.h"

/* Days before the end from which a person is told: two months are enough to find the root key's page, the
 * last week is said every day. */
#define OWN_KEYS_EARLY 60
#define OWN_KEYS_SOON 30
#define OWN_KEYS_LAST 7

struct own_keys {
    uint64_t version, expires;
    bool root_here;
};

/* As the database has them, also beside the process that holds the home. */
CS_MUST_USE int own_keys_read(const struct home *home, struct reader *r, struct own_keys *out,
                              struct problem *why);
/* Whole days that are left; -1 when they have expired. */
int64_t own_keys_days(const struct own_keys *keys, uint64_t now);
/* 0: nothing to say yet; else the more urgent, the higher: one for each of the days above, 4 when expired. */
int own_keys_urgency(const struct own_keys *keys, uint64_t now);
#define OWN_KEYS_TEXT 400
/* A sentence with the command that helps; empty when there is nothing to say. */
void own_keys_text(const struct own_keys *keys, uint64_t now, char out[OWN_KEYS_TEXT]);

#endif
