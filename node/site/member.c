/*
 * Members of a record, for showing. Mirrored records passed cs_record_check, but nothing here
 * relies on it: what is of another shape counts as missing.
 */
#include "site/internal.h"

const char *member_string(const json_t *record, const char *member)
{
    const char *s = json_string_value(json_object_get(record, member));

    return s && *s ? s : NULL;
}

const char *member_item(const json_t *record, const char *member, size_t i)
{
    const json_t *value = json_object_get(record, member);

    if (json_is_string(value))
        return i == 0 ? member_string(record, member) : NULL;
    return json_string_value(json_array_get(value, i));
}

bool member_integer(const json_t *record, const char *member, int64_t *n)
{
    const json_t *value = json_object_get(record, member);

    if (!json_is_integer(value))
        return false;
    *n = json_integer_value(value);
    return true;
}

bool member_year(const json_t *record, char out[8])
{
    const char *s = member_string(record, "datePublished");

    if (!s || strspn(s, "0123456789X") < 4)
        return false;
    memcpy(out, s, 4);
    out[4] = '\0';
    return true;
}
