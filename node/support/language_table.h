/*
 * The shape of a language's table, as scripts make it from a po file.
 */
#ifndef SUPPORT_LANGUAGE_TABLE_H
#define SUPPORT_LANGUAGE_TABLE_H

#include <stddef.h>

struct language_message {
    const char *message; /* the English text; of a plural its form for one */
    const char *text; /* the translation; a plural's forms one behind the other, each with a NUL */
    unsigned forms; /* 1, or as many as the language has for a plural */
};

struct language_table {
    const char *tag; /* BCP 47 */
    unsigned (*form)(unsigned long n); /* which form n takes: from the po file's Plural-Forms */
    size_t n;
    const struct language_message *message; /* sorted by strcmp of `message` */
};

/* Every language there is a table for, besides English. */
extern const struct language_table *const languages[];
extern const size_t languages_count;

/* Tests: these tables in place of `languages`; NULL goes back. */
void language_use(const struct language_table *const *tables, size_t n);

#endif
