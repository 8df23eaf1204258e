#include <errno.h>
#include <poll.h>
#include <stdio.h>
#include <unistd.h>

#include "command/command.h"
#include "command/document.h"
#include "command/search_show.h"

#define FILTERS_MAX 32
#define READ_AT_ONCE 65536

static const char *const fields[] = {"type",         "category", "educationalLevel",
                                     "inLanguage",   "license",  "node",
                                     "availability", "kind",     NULL};

/* Everything that stays the same from one query of a batch to the next. */
struct asking {
    struct reader *reader;
    struct searcher *searcher;
    struct search_request request;
    struct search_filter filter[FILTERS_MAX + 1];
};

static int read_filter(const char *text, struct search_filter *filter, struct problem *why)
{
    const char *equals = strchr(text, '='), *near;
    size_t n = equals ? (size_t)(equals - text) : 0;

    if (!n || n >= sizeof filter->field || strlen(equals + 1) >= sizeof filter->value)
        return problem_usage(why, "bad_filter",
                             _("--filter takes FIELD=VALUE, such as inLanguage=sw; not \"%.80s\"."),
                             text);
    memcpy(filter->field, text, n);
    filter->field[n] = '\0';
    strcpy(filter->value, equals + 1);
    for (size_t i = 0; fields[i]; i++)
        if (!strcmp(fields[i], filter->field))
            return 0;
    near = nearest_name(fields, filter->field);
    return problem_usage(why, "unknown_filter",
                         _("There is no field \"%s\" to filter by; the nearest is \"%s\"."),
                         filter->field, near ? near : fields[0]);
}

static int read_filters(const struct options *o, const struct node_row *self, struct asking *asking,
                        struct problem *why)
{
    struct search_request *request = &asking->request;
    const char *text;

    for (size_t i = 0; (text = options_each(o, "filter", i)); i++) {
        if (i == FILTERS_MAX)
            return problem_usage(why, "too_many_filters", _("At most %d filters can be given."),
                                 FILTERS_MAX);
        if (read_filter(text, &asking->filter[request->filters++], why))
            return -1;
    }
    if (options_has(o, "here")) {
        struct search_filter *filter = &asking->filter[request->filters++];

        strcpy(filter->field, "node");
        strcpy(filter->value, self->id.s);
    }
    request->filter = asking->filter;
    return 0;
}

static int read_request(struct call *call, struct asking *asking, struct problem *why)
{
    const struct options *o = &call->options;
    struct search_request *request = &asking->request;
    struct node_row *self = memory_new(sizeof *self);
    uint64_t limit, offset;
    int rc = -1;

    if (!self)
        return problem_no_memory(why);
    if (options_number(o, "limit", SEARCH_LIMIT_DEFAULT, SEARCH_LIMIT_MAX, &limit, why) ||
        options_number(o, "offset", 0, SEARCH_OFFSET_MAX, &offset, why) ||
        home_self(call->home, asking->reader, self, why) || read_filters(o, self, asking, why))
        goto out;
    request->limit = (size_t)limit;
    request->offset = (size_t)offset;
    request->lang = language_get();
    request->viewer.kind = VIEWER_OWNER;
    rc = 0;
out:
    memory_free(self);
    return rc;
}

static int open_asking(struct call *call, struct asking *asking, struct problem *why)
{
    struct home *home = call->home;

    /* Beside another process, and inside `serve`, somebody else brings the index up to date. */
    if (home->index && !home_has_listener(home) && call_index(call, why))
        return -1;
    asking->reader = store_reader(home->store, why);
    if (!asking->reader)
        return -1;
    asking->searcher = search_open(home->path, asking->reader, why);
    return asking->searcher ? read_request(call, asking, why) : -1;
}

static void close_asking(struct asking *asking)
{
    search_close(asking->searcher);
    store_reader_free(asking->reader);
}

static int ask(struct call *call, struct asking *asking, struct cs_span query, bool line,
               struct problem *why)
{
    struct search_answer answer = {0};
    int rc = 0;

    asking->request.query = query;
    if (search_run(asking->searcher, &asking->request, &answer, why))
        return -1;
    if (line)
        rc = output_json_line(call->out, search_json(&asking->request, &answer), why);
    else if (call->out->shape.json)
        rc = output_json(call->out, search_json(&asking->request, &answer), why);
    else
        search_show(call->out, &asking->request, &answer);
    search_answer_free(&answer);
    return rc;
}

/* ---- one query a line */

/* Asks every whole line in `text` and takes them off it; at the end of the file also the last one
 * without a line end. */
static int ask_lines(struct call *call, struct asking *asking, struct cs_buffer *text, bool end,
                     struct problem *why)
{
    size_t start = 0;

    while (start < text->n) {
        const unsigned char *lf = memchr(text->p + start, '\n', text->n - start);
        size_t n = lf ? (size_t)(lf - text->p) - start : text->n - start;
        struct cs_span line = cs_span_make(text->p + start, n);

        if (!lf && !end)
            break;
        if (line.n && line.p[line.n - 1] == '\r')
            line.n--;
        if (ask(call, asking, line, true, why))
            return -1;
        start += n + (lf != NULL);
    }
    if (start)
        memmove(text->p, text->p + start, text->n - start);
    text->n -= start;
    return 0;
}

/* A line beyond what search looks at is cut, not kept: it may be as long as the file. */
static void cut_line(struct cs_buffer *text)
{
    if (text->n > SEARCH_QUERY_MAX && !memchr(text->p, '\n', text->n))
        text->n = SEARCH_QUERY_MAX;
}

static int ask_batch(struct call *call, struct asking *asking, const struct call_file *file,
                     struct problem *why)
{
    struct cs_buffer text = {.alloc = memory_allocator()};
    int rc = -1;

    for (;;) {
        unsigned char *room = cs_buffer_reserve(&text, READ_AT_ONCE);
        ssize_t n;

        if (!room) {
            problem_no_memory(why);
            break;
        }
        n = read(file->fd, room, READ_AT_ONCE);
        if (n < 0 && errno == EINTR && !atomic_load(call->cancel))
            continue;
        if (n < 0) {
            problem_errno(why, errno, FILE_READ, file->name);
            break;
        }
        text.n += (size_t)n;
        rc = ask_lines(call, asking, &text, n == 0, why);
        if (rc || n == 0 || atomic_load(call->cancel) || call->out->lost)
            break;
        cut_line(&text);
    }
    cs_buffer_free(&text);
    return rc;
}

static int join_words(const struct options *o, struct cs_buffer *query)
{
    for (size_t i = 0; i < o->arguments; i++)
        cs_buffer_printf(query, "%s%s", i ? " " : "", o->argument[i]);
    return query->failed ? -1 : 0;
}

static int run(struct call *call, struct problem *why)
{
    const struct call_file *batch = call_option_file(call, "batch");
    struct asking *asking = memory_new(sizeof *asking);
    struct cs_buffer query = {.alloc = memory_allocator()};
    int rc = -1;

    if (!asking || join_words(&call->options, &query)) {
        problem_no_memory(why);
        goto out;
    }
    if (batch && call->options.arguments) {
        problem_usage(why, "query_and_batch", "%s", _("Give either a query or --batch, not both."));
        goto out;
    }
    if (!batch && !call->options.arguments) {
        problem_usage(why, "no_query", "%s",
                      _("Say what to search for: commonshelf search fractions"));
        goto out;
    }
    if (open_asking(call, asking, why))
        goto out;
    rc = batch ? ask_batch(call, asking, batch, why)
               : ask(call, asking, cs_buffer_span(&query), false, why);
out:
    if (asking)
        close_asking(asking);
    memory_free(asking);
    cs_buffer_free(&query);
    return rc;
}

static const struct option_spec options[] = {
    {"here", 0, NULL, N_("only this institution's own records"), 0},
    {"limit", 'n', N_("N"), N_("at most so many hits, up to 100 (20)"), 0},
    {"offset", 0, N_("N"), N_("leave out the first so many"), 0},
    {"filter", 'f', N_("FIELD=VALUE"),
     N_("only records with this value: type, category, educationalLevel, inLanguage, license, "
        "node, availability or kind; may be given more than once"),
     OPTION_MANY},
    {"batch", 0, N_("FILE"), N_("one query a line, one line of JSON each; - is standard input"),
     OPTION_READ},
};

const struct command command_search = {
    .name = "search",
    .arguments = N_("QUERY"),
    .summary = N_("Searches this catalogue and those of the peers together."),
    .about = N_("Several words must all be there, \"words in quotes\" together; -word must not. "
                "Titles, names, subjects and descriptions are searched, and ISBNs."),
    .example = "commonshelf search solar cooker\n"
               "commonshelf search --filter inLanguage=sw --filter category=workshop maji",
    .option = options,
    .options = sizeof options / sizeof options[0],
    .most = 4096,
    .home = COMMAND_READS,
    .run = run,
};
