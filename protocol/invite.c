/*
 * The invite link.
 */
#include <commonshelf/hello.h>

#include "protocol/text.h"

#include <commonshelf/encode.h>

#define JOIN_PATH "/csh/join#"
#define SECRET_DIGITS 22 /* base64url of 16 bytes */

void cs_invite_write(const struct cs_invite *invite, struct cs_buffer *out)
{
    cs_buffer_add_text(out, invite->url);
    cs_buffer_add_text(out, JOIN_PATH);
    cs_buffer_add_text(out, invite->node.s);
    cs_buffer_add_byte(out, '~');
    cs_base64url_add(out, cs_span_make(invite->secret, CS_INVITE_SECRET));
}

static bool is_space(unsigned char c)
{
    return c == ' ' || (c >= '\t' && c <= '\r');
}

static struct cs_span trim(struct cs_span text)
{
    while (text.n > 0 && is_space(text.p[0])) {
        text.p++;
        text.n--;
    }
    while (text.n > 0 && is_space(text.p[text.n - 1]))
        text.n--;
    return text;
}

enum cs_status cs_invite_read(struct cs_span link, struct cs_invite *out)
{
    const size_t path = strlen(JOIN_PATH);
    const size_t tail = path + CS_NODE_ID_LEN + 1 + SECRET_DIGITS;
    struct cs_span url = trim(link);
    const unsigned char *p;

    if (url.n <= tail)
        return CS_MALFORMED;
    url.n -= tail;
    p = url.p + url.n;
    if (!cs_url_is_origin(url) || memcmp(p, JOIN_PATH, path) != 0 ||
        cs_text_copy(url, out->url, sizeof(out->url)))
        return CS_MALFORMED;
    p += path;
    if (cs_node_id_read(cs_span_make(p, CS_NODE_ID_LEN), &out->node))
        return CS_MALFORMED;
    p += CS_NODE_ID_LEN;
    if (*p++ != '~')
        return CS_MALFORMED;
    return cs_base64url_read(cs_span_make(p, SECRET_DIGITS), out->secret, CS_INVITE_SECRET);
}

void cs_invite_name(const unsigned char secret[CS_INVITE_SECRET], unsigned char out[16])
{
    struct cs_span parts[] = {cs_span_of("commonshelf/invite-name/v1\n"),
                              cs_span_make(secret, CS_INVITE_SECRET)};
    struct cs_hash hash;

    cs_sha256_many(parts, 2, &hash);
    memcpy(out, hash.b, 16);
}
