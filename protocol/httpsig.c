/*
 * The frozen profile of RFC 9421: one label, three lists of components, parameters in one order.
 */
#include <commonshelf/httpsig.h>

#include <commonshelf/encode.h>

#include "protocol/httpsig_internal.h"
#include "protocol/scan.h"

#include <inttypes.h>
#include <stdio.h>

#define LABEL "cs="
#define LIST_BODY                                                                                  \
    "(\"@method\" \"@authority\" \"@path\" \"@query\" \"content-digest\" \"content-type\" "        \
    "\"csh-to\")"
#define LIST_BARE "(\"@method\" \"@authority\" \"@path\" \"@query\" \"csh-to\")"
#define LIST_RESPONSE                                                                              \
    "(\"@status\" \"content-digest\" \"content-type\" \"signature\";req;key=\"cs\")"

#define METHOD_MAX 16
#define AUTHORITY_MAX 261 /* a DNS name of 253 bytes, or a literal address, and a port */
#define NONCE_TEXT CS_BASE64_LEN(CS_NONCE)

/* ---- writing */

static void write_input(const char *list, const struct cs_httpsig *sig, struct cs_buffer *out)
{
    cs_buffer_printf(out,
                     LABEL "%s;created=%" PRIu64 ";expires=%" PRIu64
                           ";nonce=\"%s\";keyid=\"%s/auth\";tag=\"" CS_HTTPSIG_TAG "\"",
                     list, sig->created, sig->expires, sig->nonce, sig->node.s);
}

void cs_httpsig_input(bool has_body, const struct cs_httpsig *sig, struct cs_buffer *out)
{
    write_input(has_body ? LIST_BODY : LIST_BARE, sig, out);
}

void cs_response_input(const struct cs_httpsig *sig, struct cs_buffer *out)
{
    write_input(LIST_RESPONSE, sig, out);
}

void cs_httpsig_base(const struct cs_request *request, struct cs_span params, struct cs_buffer *out)
{
    struct cs_component list[7];
    size_t n = 0;

    list[n++] = (struct cs_component){"\"@method\"", request->method};
    list[n++] = (struct cs_component){"\"@authority\"", request->authority};
    list[n++] = (struct cs_component){"\"@path\"", request->path};
    /* RFC 9421 §2.2.7: an absent query is signed as "?". */
    list[n++] =
        (struct cs_component){"\"@query\"", request->query.n ? request->query : cs_span_of("?")};
    if (request->has_body) {
        list[n++] = (struct cs_component){"\"content-digest\"", request->content_digest};
        list[n++] = (struct cs_component){"\"content-type\"", request->content_type};
    }
    list[n++] = (struct cs_component){"\"csh-to\"", request->to};
    cs_signature_base(list, n, params, out);
}

void cs_response_base(const struct cs_response *response, struct cs_span params,
                      struct cs_buffer *out)
{
    char status[12];
    struct cs_component list[] = {
        {"\"@status\"", cs_span_make(status, 0)},
        {"\"content-digest\"", response->content_digest},
        {"\"content-type\"", response->content_type},
        {"\"signature\";req;key=\"cs\"", response->request_signature},
    };

    list[0].value.n = (size_t)snprintf(status, sizeof(status), "%03u", response->status);
    cs_signature_base(list, sizeof(list) / sizeof(list[0]), params, out);
}

void cs_httpsig_value(const unsigned char signature[CS_SIGNATURE], struct cs_buffer *out)
{
    cs_buffer_add_text(out, LABEL ":");
    cs_base64_add(out, cs_span_make(signature, CS_SIGNATURE));
    cs_buffer_add_byte(out, ':');
}

/* ---- reading the two headers */

/* Takes a time of canonical decimal form, up to the next ';'. */
static bool take_time(struct cs_span *s, uint64_t *time)
{
    const unsigned char *end = s->n ? memchr(s->p, ';', s->n) : NULL;
    struct cs_span digits;

    return end && scan_bytes(s, (size_t)(end - s->p), &digits) &&
           cs_decimal_read(digits, CS_TIME_MAX, time) == CS_OK;
}

static bool take_nonce(struct cs_span *s, char nonce[NONCE_TEXT + 1])
{
    unsigned char bytes[CS_NONCE];
    struct cs_span text;

    if (!scan_bytes(s, NONCE_TEXT, &text) || cs_base64_read(text, bytes, sizeof(bytes)))
        return false;
    memcpy(nonce, text.p, NONCE_TEXT);
    nonce[NONCE_TEXT] = '\0';
    return true;
}

static enum cs_status read_input(struct cs_span value, const char *list, struct cs_httpsig *sig,
                                 struct cs_span *params)
{
    struct cs_span rest = value, node;

    if (value.n > CS_HTTPSIG_INPUT_MAX)
        return CS_TOO_LARGE;
    if (!scan_word(&rest, LABEL))
        return CS_MALFORMED;
    *params = rest;
    if (!scan_word(&rest, list) || !scan_word(&rest, ";created=") ||
        !take_time(&rest, &sig->created) || !scan_word(&rest, ";expires=") ||
        !take_time(&rest, &sig->expires) || !scan_word(&rest, ";nonce=\"") ||
        !take_nonce(&rest, sig->nonce) || !scan_word(&rest, "\";keyid=\"") ||
        !scan_bytes(&rest, CS_NODE_ID_LEN, &node) || cs_node_id_read(node, &sig->node) ||
        !scan_word(&rest, "/auth\";tag=\"" CS_HTTPSIG_TAG "\"") || rest.n != 0)
        return CS_MALFORMED;
    return CS_OK;
}

static enum cs_status read_signature(struct cs_span value, unsigned char out[CS_SIGNATURE])
{
    struct cs_span text;

    if (value.n > CS_HTTPSIG_VALUE_MAX)
        return CS_TOO_LARGE;
    if (!scan_word(&value, LABEL ":") || !scan_bytes(&value, CS_BASE64_LEN(CS_SIGNATURE), &text) ||
        !scan_word(&value, ":") || value.n != 0)
        return CS_MALFORMED;
    return cs_base64_read(text, out, CS_SIGNATURE);
}

static enum cs_status read_headers(struct cs_span signature_input, struct cs_span signature,
                                   const char *list, struct cs_httpsig *sig, struct cs_span *params,
                                   unsigned char out[CS_SIGNATURE])
{
    enum cs_status status = read_input(signature_input, list, sig, params);

    return status ? status : read_signature(signature, out);
}

enum cs_status cs_httpsig_read(struct cs_span signature_input, struct cs_span signature,
                               bool has_body, struct cs_httpsig *sig, struct cs_span *params,
                               unsigned char out[CS_SIGNATURE])
{
    return read_headers(signature_input, signature, has_body ? LIST_BODY : LIST_BARE, sig, params,
                        out);
}

/* ---- verifying */

/* Only bytes from `low` to '~': no value may bring a line end of its own into the base. */
static bool printable(struct cs_span value, size_t max, unsigned char low)
{
    if (value.n == 0 || value.n > max)
        return false;
    for (size_t i = 0; i < value.n; i++)
        if (value.p[i] < low || value.p[i] > '~')
            return false;
    return value.p[0] != ' ' && value.p[value.n - 1] != ' ';
}

static bool method_valid(struct cs_span method)
{
    for (size_t i = 0; i < method.n; i++)
        if (method.p[i] < 'A' || method.p[i] > 'Z')
            return false;
    return method.n > 0 && method.n <= METHOD_MAX;
}

static bool authority_valid(struct cs_span authority)
{
    if (!printable(authority, AUTHORITY_MAX, '!'))
        return false;
    for (size_t i = 0; i < authority.n; i++)
        if (authority.p[i] >= 'A' && authority.p[i] <= 'Z')
            return false;
    return true;
}

static bool target_valid(struct cs_span path, struct cs_span query)
{
    if (!printable(path, CS_URL_MAX, '!') || path.p[0] != '/' || memchr(path.p, '?', path.n))
        return false;
    if (query.n > 0 && (!printable(query, CS_URL_MAX - path.n, '!') || query.p[0] != '?'))
        return false;
    return true;
}

static bool content_valid(struct cs_span type, struct cs_span digest, struct cs_hash *announced)
{
    return printable(type, CS_HTTPSIG_VALUE_MAX, ' ') && cs_digest_read(digest, announced) == CS_OK;
}

static bool request_valid(const struct cs_request *request, struct cs_hash *announced)
{
    if (!method_valid(request->method) || !authority_valid(request->authority) ||
        !target_valid(request->path, request->query))
        return false;
    if (request->has_body)
        return content_valid(request->content_type, request->content_digest, announced);
    /* What is not covered must not be there: a stranger could have added it on the way. */
    return request->content_type.n == 0 && request->content_digest.n == 0;
}

static enum cs_status check_times(const struct cs_httpsig *sig, uint64_t now)
{
    if (sig->expires <= sig->created || sig->expires - sig->created > CS_REQUEST_LIFETIME_MAX)
        return CS_MALFORMED;
    if (sig->created > now && sig->created - now > CS_REQUEST_SKEW_MAX)
        return CS_NOT_YET;
    if (now > sig->expires && now - sig->expires > CS_REQUEST_SKEW_MAX)
        return CS_EXPIRED;
    return CS_OK;
}

/* The signature over a finished base; frees it. */
static enum cs_status check_signature(struct cs_buffer *base, const struct cs_public_key *key,
                                      const unsigned char signature[CS_SIGNATURE])
{
    enum cs_status status = cs_buffer_status(base);

    if (status == CS_OK)
        status = cs_key_verify(key, cs_buffer_span(base), signature);
    cs_buffer_free(base);
    return status;
}

enum cs_status cs_request_verify(const struct cs_request *request, struct cs_span signature_input,
                                 struct cs_span signature, struct cs_span body,
                                 const struct cs_node_id *self, const struct cs_public_key *key,
                                 uint64_t now, struct cs_httpsig *sig)
{
    unsigned char bytes[CS_SIGNATURE];
    struct cs_buffer base = CS_BUFFER_INIT;
    struct cs_hash announced;
    struct cs_span params;
    enum cs_status status;

    status = cs_httpsig_read(signature_input, signature, request->has_body, sig, &params, bytes);
    if (status)
        return status;
    if (!request_valid(request, &announced) || (!request->has_body && body.n > 0))
        return CS_MALFORMED;
    if (!cs_span_is(request->to, self->s))
        return CS_WRONG_RECIPIENT;
    status = check_times(sig, now);
    if (status)
        return status;
    cs_httpsig_base(request, params, &base);
    status = check_signature(&base, key, bytes);
    if (status || !request->has_body)
        return status;
    return cs_digest_compare(&announced, body);
}

static bool response_valid(const struct cs_response *response, struct cs_hash *announced)
{
    return response->status >= 100 && response->status <= 599 &&
           content_valid(response->content_type, response->content_digest, announced) &&
           printable(response->request_signature, CS_HTTPSIG_VALUE_MAX, '!');
}

enum cs_status cs_response_verify(const struct cs_response *response,
                                  struct cs_span signature_input, struct cs_span signature,
                                  struct cs_span body, const struct cs_node_id *from,
                                  const char *nonce, const struct cs_public_key *key, uint64_t now,
                                  struct cs_httpsig *sig)
{
    unsigned char bytes[CS_SIGNATURE];
    struct cs_buffer base = CS_BUFFER_INIT;
    struct cs_hash announced;
    struct cs_span params;
    enum cs_status status;

    status = read_headers(signature_input, signature, LIST_RESPONSE, sig, &params, bytes);
    if (status)
        return status;
    if (!response_valid(response, &announced))
        return CS_MALFORMED;
    if (!cs_node_id_equal(&sig->node, from))
        return CS_WRONG_ORIGIN;
    if (strcmp(sig->nonce, nonce) != 0)
        return CS_WRONG_RECIPIENT;
    status = check_times(sig, now);
    if (status)
        return status;
    cs_response_base(response, params, &base);
    status = check_signature(&base, key, bytes);
    if (status)
        return status;
    return cs_digest_compare(&announced, body);
}
