#include "support/language.h"

#include <stdbool.h>
#include <string.h>
#include <strings.h>

#include "support/language_table.h"

#define TAG_MAX 35 /* BCP 47 tags that are read; longer ones are private use */
#define WANTED_MAX 16 /* ranges of an Accept-Language header that are looked at */
#define QUALITY_FULL 1000

static const struct language_table *const *tables = languages;
static size_t tables_count;
static bool tables_replaced;

/* NULL is English. */
static _Thread_local const struct language_table *current;

void language_use(const struct language_table *const *list, size_t n)
{
    tables = list ? list : languages;
    tables_count = n;
    tables_replaced = list != NULL;
    current = NULL;
}

static size_t count(void)
{
    return tables_replaced ? tables_count : languages_count;
}

/* Length of the primary subtag. */
static size_t primary(const char *tag)
{
    return strcspn(tag, "-");
}

/* "es_ES.UTF-8@euro" and "es-ES" both become "es-ES"; false for what is no tag. */
static bool read_tag(const char *p, size_t n, char out[TAG_MAX + 1])
{
    size_t length = 0;

    while (length < n && p[length] != '.' && p[length] != '@') {
        char c = p[length] == '_' ? '-' : p[length];

        if (length == TAG_MAX || !((c >= 'a' && c <= 'z') || (c >= 'A' && c <= 'Z') ||
                                   (c >= '0' && c <= '9') || c == '-'))
            return false;
        out[length++] = c;
    }
    out[length] = '\0';
    return length > 0 && out[0] != '-';
}

/*
 * Lookup of RFC 4647 §3.4: the tag, then shorter and shorter. At last any table of the same primary
 * language: simplified Chinese serves a reader of "zh-TW" better than English does. True if English
 * or a table fits; *found is NULL for English.
 */
static bool lookup(char *tag, const struct language_table **found)
{
    for (char *cut = tag; cut; cut = strrchr(tag, '-')) {
        if (cut != tag)
            *cut = '\0';
        for (size_t i = 0; i < count(); i++) {
            if (!strcasecmp(tables[i]->tag, tag)) {
                *found = tables[i];
                return true;
            }
        }
    }
    *found = NULL;
    if (!strcasecmp(tag, "en") || !strcasecmp(tag, "C") || !strcasecmp(tag, "POSIX"))
        return true;
    for (size_t i = 0; i < count(); i++) {
        if (primary(tables[i]->tag) == strlen(tag) &&
            !strncasecmp(tables[i]->tag, tag, strlen(tag))) {
            *found = tables[i];
            return true;
        }
    }
    return false;
}

/* The weight behind ";q=" in thousandths (RFC 9110 §12.4.2): 1000 without one, 0 when malformed. */
static unsigned quality(const char *p, size_t n)
{
    unsigned q = 0, unit = 100;

    if (n == 0)
        return QUALITY_FULL;
    while (n && (*p == ';' || *p == ' ' || *p == '\t')) {
        p++;
        n--;
    }
    if (n < 3 || (*p != 'q' && *p != 'Q') || p[1] != '=')
        return 0;
    if (p[2] == '1')
        return QUALITY_FULL;
    if (p[2] != '0')
        return 0;
    for (size_t i = 4; i < n && unit && p[i] >= '0' && p[i] <= '9'; i++, unit /= 10)
        q += (unsigned)(p[i] - '0') * unit;
    return q;
}

void language_set(const char *wanted)
{
    const struct language_table *best = NULL;
    unsigned best_quality = 0;

    for (int i = 0; wanted && *wanted && i < WANTED_MAX; i++) {
        size_t n = strcspn(wanted, ",");
        size_t start = strspn(wanted, " \t");
        size_t end = start < n ? start + strcspn(wanted + start, ";, \t") : n;
        const struct language_table *found;
        char tag[TAG_MAX + 1];
        unsigned q;

        if (end > n)
            end = n;
        if (start < end && read_tag(wanted + start, end - start, tag)) {
            q = quality(wanted + end, n - end);
            if (q > best_quality && lookup(tag, &found)) {
                best = found;
                best_quality = q;
            }
        }
        wanted += n + (wanted[n] == ',');
    }
    current = best;
}

const char *language_get(void)
{
    return current ? current->tag : "en";
}

static const struct language_message *find(const char *message)
{
    size_t low = 0, high = current ? current->n : 0;

    while (low < high) {
        size_t middle = low + (high - low) / 2;
        int order = strcmp(message, current->message[middle].message);

        if (order == 0)
            return &current->message[middle];
        if (order < 0)
            high = middle;
        else
            low = middle + 1;
    }
    return NULL;
}

const char *language_text(const char *message)
{
    const struct language_message *m = find(message);

    return m ? m->text : message;
}

const char *language_plural(const char *one, const char *many, unsigned long n)
{
    const struct language_message *m = find(one);
    const char *text;
    unsigned form;

    if (!m)
        return n == 1 ? one : many;
    text = m->text;
    form = current->form(n);
    if (form >= m->forms)
        form = 0;
    while (form--)
        text += strlen(text) + 1;
    return text;
}
