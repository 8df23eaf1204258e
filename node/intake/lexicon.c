#include "intake/lexicon.h"

#include <stdlib.h>

#include <unicode/uloc.h>
#include <unicode/ustring.h>

#include "intake/text.h"
#include "support/support.h"

#define NAME_MAX_UNITS 200 /* the longest name of a language in ICU has 60 */

struct entry {
    const char *folded;
    const char *meaning;
};

struct topic {
    struct entry *entries; /* sorted by `folded`; of equal ones the first added stands first */
    size_t n, room;
};

struct lexicon {
    struct arena *words;
    struct topic topics[LEXICON_TOPICS];
    bool languages_loaded;
};

static int add(struct lexicon *x, struct topic *t, struct cs_span word, const char *meaning)
{
    char folded[FOLD_MAX + 1];
    size_t n = text_fold(word, folded);
    struct entry *grown;

    if (n == 0)
        return 0;
    if (t->n == t->room) {
        t->room = t->room ? t->room * 2 : 64;
        grown = memory_resize(t->entries, t->room * sizeof *grown);
        if (!grown)
            return -1;
        t->entries = grown;
    }
    t->entries[t->n].folded = arena_text(x->words, folded, n);
    t->entries[t->n].meaning = meaning;
    return t->entries[t->n++].folded ? 0 : -1;
}

/* Stable, so that of equal words the first added is found. */
static void merge(struct entry *a, size_t n, struct entry *space)
{
    size_t half = n / 2, i = 0, j = half, k;

    if (n < 2)
        return;
    merge(a, half, space);
    merge(a + half, n - half, space);
    for (k = 0; k < n; k++) {
        if (j == n || (i < half && strcmp(a[i].folded, a[j].folded) <= 0))
            space[k] = a[i++];
        else
            space[k] = a[j++];
    }
    memcpy(a, space, n * sizeof *a);
}

static int sort(struct topic *t)
{
    struct entry *space = memory_resize(NULL, (t->n ? t->n : 1) * sizeof *space);

    if (!space)
        return -1;
    merge(t->entries, t->n, space);
    memory_free(space);
    return 0;
}

static int add_list(struct lexicon *x, struct topic *t, const struct lexicon_entry *list)
{
    const char *word, *end;

    for (; list->meaning; list++) {
        for (word = list->spellings; word; word = *end ? end + 1 : NULL) {
            end = strchr(word, '|');
            if (!end)
                end = word + strlen(word);
            if (add(x, t, cs_span_make(word, (size_t)(end - word)), list->meaning))
                return -1;
        }
    }
    return 0;
}

struct lexicon *lexicon_new(void)
{
    static const struct lexicon_entry *const lists[LEXICON_TOPICS] = {
        [LEXICON_HEADER] = lexicon_headers, [LEXICON_ACCESS] = lexicon_access,
        [LEXICON_KIND] = lexicon_kinds,     [LEXICON_CATEGORY] = lexicon_categories,
        [LEXICON_TYPE] = lexicon_types,     [LEXICON_LICENCE] = lexicon_licences,
    };
    struct lexicon *x = memory_new(sizeof *x);
    size_t i;

    if (!x)
        return NULL;
    x->words = arena_new();
    if (!x->words)
        goto failed;
    for (i = 0; i < LEXICON_TOPICS; i++)
        if (lists[i] && (add_list(x, &x->topics[i], lists[i]) || sort(&x->topics[i])))
            goto failed;
    return x;
failed:
    lexicon_free(x);
    return NULL;
}

void lexicon_free(struct lexicon *x)
{
    size_t i;

    if (!x)
        return;
    for (i = 0; i < LEXICON_TOPICS; i++)
        memory_free(x->topics[i].entries);
    arena_free(x->words);
    memory_free(x);
}

/* What `code`'s language is called in `in`, if ICU knows. */
static int add_name(struct lexicon *x, struct topic *t, const char *code, const char *in,
                    const char *meaning)
{
    UChar wide[NAME_MAX_UNITS];
    char name[NAME_MAX_UNITS * 3];
    UErrorCode e = U_ZERO_ERROR;
    int32_t n = uloc_getDisplayLanguage(code, in, wide, NAME_MAX_UNITS, &e);

    if (e != U_ZERO_ERROR) /* a warning says that it is only the code again */
        return 0;
    u_strToUTF8(name, sizeof name, &n, wide, n, &e);
    return U_SUCCESS(e) ? add(x, t, cs_span_make(name, (size_t)n), meaning) : 0;
}

/* Every language ICU has a name for: in the languages that lists are kept in, and in its own. */
static int load_languages(struct lexicon *x)
{
    static const char *const in[] = {"en", "es", "fr", "ar", "hi", "sw", "zh", "pt", "de"};
    struct topic *t = &x->topics[LEXICON_LANGUAGE];
    const char *const *code;
    const char *kept;
    size_t i;

    x->languages_loaded = true;
    if (add_list(x, t, lexicon_languages))
        return -1;
    for (i = 0; i < sizeof in / sizeof *in + 1; i++) {
        for (code = uloc_getISOLanguages(); *code; code++) {
            kept = arena_text(x->words, *code, strlen(*code));
            if (!kept || add_name(x, t, *code, i < sizeof in / sizeof *in ? in[i] : *code, kept))
                return -1;
        }
    }
    return sort(t);
}

const char *lexicon_find(struct lexicon *x, enum lexicon_topic topic, struct cs_span word)
{
    struct topic *t = &x->topics[topic];
    char folded[FOLD_MAX + 1];
    size_t low = 0, high, middle;

    if (topic == LEXICON_LANGUAGE && !x->languages_loaded && load_languages(x))
        return NULL;
    if (text_fold(word, folded) == 0)
        return NULL;
    high = t->n;
    while (low < high) {
        middle = low + (high - low) / 2;
        if (strcmp(t->entries[middle].folded, folded) < 0)
            low = middle + 1;
        else
            high = middle;
    }
    return low < t->n && strcmp(t->entries[low].folded, folded) == 0 ? t->entries[low].meaning
                                                                     : NULL;
}
