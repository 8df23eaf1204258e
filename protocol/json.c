/*
 * Strict JSON by jansson. What jansson has no bound for (depth below 2,048, members of an object)
 * is counted in one pass over the text before it, so that no hostile text is built up in memory.
 */
#include <commonshelf/record.h>

#include <jansson.h>

/* The state of the pass: how many members the objects around this byte have had so far. */
struct nesting {
    size_t depth;
    size_t commas[CS_JSON_DEPTH_MAX];
    bool object[CS_JSON_DEPTH_MAX];
};

/* The end of the string that opened before `i`: the index behind its closing quote, or n. */
static size_t skip_string(struct cs_span text, size_t i)
{
    while (i < text.n && text.p[i] != '"')
        i += text.p[i] == '\\' ? 2 : 1;
    return i < text.n ? i + 1 : text.n;
}

static bool step(struct nesting *at, unsigned char c)
{
    switch (c) {
    case '{':
    case '[':
        if (at->depth == CS_JSON_DEPTH_MAX)
            return false;
        at->object[at->depth] = c == '{';
        at->commas[at->depth] = 0;
        at->depth++;
        return true;
    case '}':
    case ']':
        if (at->depth == 0)
            return false;
        at->depth--;
        return true;
    case '\0': /* behind a value, jansson takes it for the end of the text */
        return false;
    case ',':
        if (at->depth == 0)
            return false;
        return ++at->commas[at->depth - 1] < CS_JSON_MEMBERS_MAX || !at->object[at->depth - 1];
    default:
        return true;
    }
}

/* Whether jansson may have the text: bounds only, grammar is jansson's. */
static bool within_bounds(struct cs_span text)
{
    struct nesting at = {0};

    for (size_t i = 0; i < text.n;) {
        unsigned char c = text.p[i++];

        if (c == '"')
            i = skip_string(text, i);
        else if (!step(&at, c))
            return false;
    }
    return at.depth == 0;
}

/* jansson has a code for a lack of memory, and never gives it: it gives no reason then, or that a string, which
 * it has found to be whole, stands where a value or a name is expected. Of what is wrong in the text it says
 * neither. */
static bool lacked_memory(const json_error_t *error)
{
    static const char *const said[] = {"invalid token near '\"", "string or '}' expected near '\""};

    for (size_t i = 0; i < sizeof(said) / sizeof(said[0]); i++)
        if (strncmp(error->text, said[i], strlen(said[i])) == 0)
            return true;
    return json_error_code(error) == json_error_unknown;
}

enum cs_status cs_json_read(struct cs_span text, size_t max, struct json_t **out)
{
    json_error_t error = {0}; /* jansson leaves the code as it is where it gives no reason */

    *out = NULL;
    if (text.n > max)
        return CS_TOO_LARGE;
    if (text.n == 0 || !within_bounds(text))
        return CS_BAD_JSON;
    *out =
        json_loadb((const char *)text.p, text.n, JSON_REJECT_DUPLICATES | JSON_DECODE_ANY, &error);
    if (*out)
        return CS_OK;
    return lacked_memory(&error) ? CS_NO_MEMORY : CS_BAD_JSON;
}
