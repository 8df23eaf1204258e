#include "command/options.h"

#include <commonshelf/encode.h>

#define NAMES_MAX 96 /* options of a command, or commands: far fewer exist */

static int add_given(struct options *o, const struct option_spec *spec, const char *value,
                     struct problem *why)
{
    struct option_given *grown = memory_resize(o->given, (o->n + 1) * sizeof *grown);

    if (!grown)
        return problem_no_memory(why);
    o->given = grown;
    o->given[o->n].spec = spec;
    o->given[o->n].value = value;
    o->n++;
    return 0;
}

static int add_argument(struct options *o, const char *word, struct problem *why)
{
    const char **grown = memory_resize(o->argument, (o->arguments + 1) * sizeof *grown);

    if (!grown)
        return problem_no_memory(why);
    o->argument = grown;
    o->argument[o->arguments++] = word;
    return 0;
}

/* The number of letters to add, drop or change (Levenshtein), for words short enough to be
 * names. */
static size_t distance(const char *a, const char *b)
{
    size_t row[64], n = strlen(b);

    if (n >= sizeof row / sizeof row[0])
        return SIZE_MAX;
    for (size_t j = 0; j <= n; j++)
        row[j] = j;
    for (size_t i = 1; *a; a++, i++) {
        size_t corner = row[0];

        row[0] = i;
        for (size_t j = 1; j <= n; j++) {
            size_t change = corner + (*a != b[j - 1]);
            size_t least = row[j] < row[j - 1] ? row[j] + 1 : row[j - 1] + 1;

            corner = row[j];
            row[j] = change < least ? change : least;
        }
    }
    return row[n];
}

const char *nearest_name(const char *const *names, const char *word)
{
    const char *best = NULL;
    size_t least = SIZE_MAX;

    for (; *names; names++) {
        size_t d = distance(word, *names);

        if (d < least) {
            least = d;
            best = *names;
        }
    }
    if (!best || least > 1 + strlen(best) / 2)
        return NULL;
    return best;
}

static const struct option_spec *find_name(const struct option_table *table, size_t tables,
                                           const char *name, size_t n)
{
    for (size_t t = 0; t < tables; t++)
        for (size_t i = 0; i < table[t].n; i++)
            if (strlen(table[t].spec[i].name) == n && !memcmp(table[t].spec[i].name, name, n))
                return &table[t].spec[i];
    return NULL;
}

static const struct option_spec *find_letter(const struct option_table *table, size_t tables,
                                             char letter)
{
    for (size_t t = 0; t < tables; t++)
        for (size_t i = 0; i < table[t].n; i++)
            if (table[t].spec[i].letter == letter)
                return &table[t].spec[i];
    return NULL;
}

static int unknown(const struct option_table *table, size_t tables, const char *word,
                   struct problem *why)
{
    const char *names[NAMES_MAX + 1], *near;
    char bare[64];
    size_t n = 0;

    for (size_t t = 0; t < tables; t++)
        for (size_t i = 0; i < table[t].n && n < NAMES_MAX; i++)
            names[n++] = table[t].spec[i].name;
    names[n] = NULL;
    while (*word == '-')
        word++;
    n = strcspn(word, "=");
    if (n >= sizeof bare)
        n = sizeof bare - 1;
    memcpy(bare, word, n);
    bare[n] = '\0';
    near = nearest_name(names, bare);
    if (near)
        return problem_usage(why, "unknown_option",
                             _("There is no option --%s here. Did you mean --%s?"), bare, near);
    return problem_usage(why, "unknown_option",
                         _("There is no option --%s here. With --help you see those there are."),
                         bare);
}

static int give(struct options *o, const struct option_spec *spec, const char *value,
                struct problem *why)
{
    if (!(spec->flags & OPTION_MANY) && spec->argument && options_has(o, spec->name))
        return problem_usage(why, "option_twice", _("The option --%s can be given only once."),
                             spec->name);
    return add_given(o, spec, value, why);
}

/* One option that starts at argv[0]; *used says how many words it took. */
static int read_option(struct options *o, const struct option_table *table, size_t tables,
                       char *const *argv, size_t argc, size_t *used, struct problem *why)
{
    const char *word = argv[0], *value = NULL;
    bool is_long = word[1] == '-';
    size_t n = is_long ? strcspn(word + 2, "=") : 0;
    const struct option_spec *spec =
        is_long ? find_name(table, tables, word + 2, n) : find_letter(table, tables, word[1]);

    *used = 1;
    if (!spec)
        return unknown(table, tables, word, why);
    if (is_long && word[2 + n] == '=')
        value = word + 3 + n;
    else if (!is_long && word[2])
        value = word + 2;
    if (!spec->argument) {
        if (value)
            return problem_usage(why, "option_takes_no_value", _("The option --%s takes no value."),
                                 spec->name);
        return give(o, spec, "", why);
    }
    if (!value) {
        if (argc < 2)
            return problem_usage(why, "option_needs_value", _("The option --%s needs a value: %s."),
                                 spec->name, _(spec->argument));
        value = argv[1];
        *used = 2;
    }
    return give(o, spec, value, why);
}

int options_read(struct options *o, const struct option_table *table, size_t tables,
                 char *const *argv, size_t argc, bool first_only, size_t *taken,
                 struct problem *why)
{
    bool only_arguments = false;
    size_t used;

    for (*taken = 0; *taken < argc; *taken += used) {
        const char *word = argv[*taken];

        used = 1;
        if (!only_arguments && !strcmp(word, "--")) {
            only_arguments = true;
            continue;
        }
        if (!only_arguments && word[0] == '-' && word[1]) {
            if (read_option(o, table, tables, argv + *taken, argc - *taken, &used, why))
                return -1;
            continue;
        }
        if (add_argument(o, word, why))
            return -1;
        if (first_only) {
            ++*taken;
            return 0;
        }
    }
    return 0;
}

void options_free(struct options *o)
{
    memory_free(o->given);
    memory_free(o->argument);
    memset(o, 0, sizeof *o);
}

const char *options_value(const struct options *o, const char *name)
{
    for (size_t i = o->n; i > 0; i--)
        if (!strcmp(o->given[i - 1].spec->name, name))
            return o->given[i - 1].value;
    return NULL;
}

bool options_has(const struct options *o, const char *name)
{
    return options_value(o, name) != NULL;
}

const char *options_each(const struct options *o, const char *name, size_t i)
{
    for (size_t j = 0; j < o->n; j++)
        if (!strcmp(o->given[j].spec->name, name) && i-- == 0)
            return o->given[j].value;
    return NULL;
}

int options_number(const struct options *o, const char *name, uint64_t usual, uint64_t max,
                   uint64_t *out, struct problem *why)
{
    const char *value = options_value(o, name);

    *out = usual;
    if (!value || cs_decimal_read(cs_span_of(value), max, out) == CS_OK)
        return 0;
    return problem_usage(why, "bad_number", _("--%s takes a whole number from 0 to %llu."), name,
                         (unsigned long long)max);
}
