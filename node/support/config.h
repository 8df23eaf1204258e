/*
 * commonshelf.conf: the few things a person sets, "key = value" lines with comments. Reads, checks
 * and writes the first one; doesn't act on any.
 */
#ifndef SUPPORT_CONFIG_H
#define SUPPORT_CONFIG_H

#include <commonshelf/keyset.h>
#include <commonshelf/limits.h>

#include "support/address.h"
#include "support/problem.h"

#define CONFIG_CIDR_MAX 32
#define CONFIG_LISTEN_DEFAULT "0.0.0.0:7443"
#define CONFIG_LISTEN_NONE "none" /* no connection from outside this machine */
#define CONFIG_LOCAL_DEFAULT "127.0.0.1:7480"

struct config {
    char name[CS_PROFILE_TEXT_MAX + 1];
    char place[CS_PROFILE_TEXT_MAX + 1];
    char lang[36];
    char url[CS_URL_MAX + 1]; /* empty: made from the listener when that names one address */
    char listen[80]; /* ADDR:PORT, or CONFIG_LISTEN_NONE */
    char local[80]; /* ADDR:PORT, loopback only */
    bool
        reach_none; /* nobody can connect: no URL in the profile, whatever `url` and `listen` say */
    struct cs_node_id via[CS_PROFILE_VIAS_MAX]; /* peers that relay for this node */
    size_t vias;
    struct cidr allow_cidr[CONFIG_CIDR_MAX]; /* the ceiling for private addresses of peers */
    size_t allow_cidrs;
    unsigned sync_minutes; /* 15; 0: only when asked */
    unsigned notice_seconds; /* 300 */
    unsigned
        direct_hours; /* 24: after which peers that name relays are visited themselves; 0: always */
    unsigned relay_megabytes; /* 1024: that each node this one relays for may keep here */
    unsigned loops; /* 0: one per core, at most 4 */
    unsigned client_seconds; /* 30: for a request's body, its answer, or nothing at all */
    unsigned client_connections; /* 256: of one address at once; 0: any number */
    unsigned client_requests; /* 500: of one address in a second; 0: any number */
    bool compact_auto; /* publishing begins a log anew once most of it is past; else by hand only */
    struct cidr trusted_proxy[CONFIG_CIDR_MAX];
    size_t trusted_proxies;
};

void config_defaults(struct config *config);
/* "config_unreadable", "config_bad_line" naming file, line and key. Unknown keys are refused with the
 * nearest known one named. */
CS_MUST_USE int config_read(const char *path, struct config *config, struct problem *why);
/* The file of a new home: every key with a comment, those at their default commented out. */
CS_MUST_USE int config_write(const char *path, const struct config *config, struct problem *why);
/* Checks one value as config_read does: for command-line options. */
CS_MUST_USE int config_set(struct config *config, const char *key, const char *value,
                           struct problem *why);

#endif
