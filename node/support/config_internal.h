/*
 * What the files of the configuration share: its keys, and how a value is refused.
 */
#ifndef SUPPORT_CONFIG_INTERNAL_H
#define SUPPORT_CONFIG_INTERNAL_H

#include "support/config.h"

#define CONFIG_REASON_MAX 800

/* What is wrong with a value, as a sentence. */
struct reason {
    char text[CONFIG_REASON_MAX];
};

struct config_key {
    const char *name;
    /* -1 and a reason, or the value is in the config. */
    int (*read)(struct config *config, const char *value, struct reason *reason);
    /* The value as a line of the file shows it; an empty one is not set. */
    void (*show)(const struct config *config, struct cs_buffer *out);
    const char *comment; /* lines of the file before it */
    bool list; /* may come more than once */
};

/* Says what is wrong; always -1. */
__attribute__((format(printf, 2, 3))) int config_say(struct reason *reason, const char *format,
                                                     ...);

/* Every key, in the order of the file. */
extern const struct config_key config_keys[];
extern const size_t config_keys_count;

#endif
