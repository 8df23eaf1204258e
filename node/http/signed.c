#include "http/signed.h"

#include <commonshelf/encode.h>

#include "http/client_internal.h"

#define LIFETIME 60 /* seconds that a signed request is good for */

static struct cs_span method_name(enum http_method method)
{
    return cs_span_of(method == HTTP_POST ? "POST" : method == HTTP_HEAD ? "HEAD" : "GET");
}

/* Signs a finished base; appends the value of the Signature header. */
static int sign(struct signer *signer, struct cs_buffer *base, struct cs_buffer *out,
                struct problem *why)
{
    unsigned char signature[CS_SIGNATURE];

    if (base->failed)
        return problem_no_memory(why);
    if (signer_http(signer, cs_buffer_span(base), signature, why))
        return -1;
    cs_httpsig_value(signature, out);
    return 0;
}

/* Behind the label "cs=": what the base calls the parameters. */
static struct cs_span behind_label(struct cs_span value)
{
    return value.n >= 3 ? cs_span_make(value.p + 3, value.n - 3) : cs_span_make(NULL, 0);
}

int http_sign_request(struct http_fetch *fetch, struct signer *signer, const struct cs_node_id *to,
                      const char *content_type, uint64_t now, struct problem *why)
{
    struct cs_buffer input = {.alloc = memory_allocator()}, base = input, value = input;
    struct http_fetch_inside *in = fetch->inside;
    struct cs_httpsig sig = {.created = now, .expires = now + LIFETIME};
    unsigned char nonce[CS_NONCE];
    char digest[CS_DIGEST_LEN + 1] = "";
    struct cs_request request = {.method = method_name(fetch->method),
                                 .authority = cs_span_of(fetch->url.authority),
                                 .path = fetch->url.path,
                                 .query = fetch->url.query,
                                 .has_body = fetch->method == HTTP_POST,
                                 .to = cs_span_of(to->s)};
    const char *text;
    int rc = -1;

    random_bytes(nonce, sizeof nonce);
    cs_base64_add(&value, cs_span_make(nonce, sizeof nonce));
    if (!(text = cs_buffer_text(&value)))
        goto no_memory;
    snprintf(sig.nonce, sizeof sig.nonce, "%s", text);
    cs_buffer_reset(&value);
    sig.node = *signer_node(signer);
    if (request.has_body) {
        cs_digest_write(fetch->body, digest);
        request.content_digest = cs_span_of(digest);
        request.content_type = cs_span_of(content_type);
        if (http_fetch_header(fetch, "Content-Type", content_type, why) ||
            http_fetch_header(fetch, "Content-Digest", digest, why))
            goto out;
    }
    cs_httpsig_input(request.has_body, &sig, &input);
    if (!(text = cs_buffer_text(&input)))
        goto no_memory;
    if (http_fetch_header(fetch, "CSH-To", to->s, why) ||
        http_fetch_header(fetch, "Signature-Input", text, why))
        goto out;
    cs_httpsig_base(&request, behind_label(cs_buffer_span(&input)), &base);
    if (sign(signer, &base, &value, why))
        goto out;
    if (!(text = cs_buffer_text(&value)))
        goto no_memory;
    if (http_fetch_header(fetch, "Signature", text, why))
        goto out;
    snprintf(in->signature, sizeof in->signature, "%s", text);
    snprintf(in->nonce, sizeof in->nonce, "%s", sig.nonce);
    rc = 0;
    goto out;
no_memory:
    problem_no_memory(why);
out:
    cs_buffer_free(&input);
    cs_buffer_free(&base);
    cs_buffer_free(&value);
    return rc;
}

static bool is_wrong_time(enum cs_status status)
{
    return status == CS_NOT_YET || status == CS_EXPIRED;
}

int http_verify_response(const struct http_fetch *fetch, const struct cs_node_id *from,
                         const struct cs_public_key *auth, uint64_t *at, struct problem *why)
{
    const struct http_fetch_inside *in = fetch->inside;
    struct cs_response response = {
        .status = fetch->status,
        .content_type = cs_span_of(fetch->field[HTTP_CONTENT_TYPE]),
        .content_digest = cs_span_of(fetch->field[HTTP_CONTENT_DIGEST]),
        .request_signature = behind_label(cs_span_of(in->signature)),
    };
    struct cs_httpsig sig = {.created = clock_now()};
    enum cs_status status = CS_NO_SIGNATURE;

    /* The second time by the sender's own clock. */
    for (int tries = 0; tries < 2 && (tries == 0 || is_wrong_time(status)); tries++)
        if (!fetch->failed && in->nonce[0] && !fetch->sink && fetch->field[HTTP_SIGNATURE] &&
            fetch->field[HTTP_SIGNATURE_INPUT])
            status = cs_response_verify(&response, cs_span_of(fetch->field[HTTP_SIGNATURE_INPUT]),
                                        cs_span_of(fetch->field[HTTP_SIGNATURE]),
                                        cs_buffer_span(&fetch->received), from, in->nonce, auth,
                                        sig.created, &sig);
    *at = sig.created;
    if (status == CS_OK)
        return 0;
    problem_set(why, "bad_answer_signature",
                _("The answer of %s is not signed as it must be (%s). It was not used."),
                fetch->url.authority, cs_status_text(status));
    problem_detail(why, "%s", cs_status_code(status));
    return -1;
}

/* ---- the server's side */

/* One value of a header, present or empty; false when it stands there twice. */
static bool take_one(const struct http_request *request, const char *name, struct cs_span *value)
{
    return http_header(request, name, value) <= 1;
}

/* 400 for what could never be right, 401 for what another key, time or address would make right. */
static unsigned status_for(enum cs_status status)
{
    switch (status) {
    case CS_MALFORMED:
    case CS_TOO_LARGE:
    case CS_BAD_DIGEST:
        return 400;
    case CS_NO_MEMORY:
    case CS_INTERNAL:
        return 500;
    default:
        return 401;
    }
}

static int refuse(enum cs_status code, unsigned *status, struct problem *why)
{
    *status = status_for(code);
    problem_set(why, cs_status_code(code), _("The request's signature was not accepted: %s."),
                cs_status_text(code));
    return -1;
}

int http_verify_request(struct http_exchange *x, const struct http_verifier *v,
                        struct cs_httpsig *sig, unsigned *status, struct problem *why)
{
    const struct http_request *r = http_request(x);
    struct cs_span input, value, params;
    unsigned char signature[CS_SIGNATURE];
    struct cs_public_key key;
    struct cs_request request = {.method = method_name(r->method),
                                 .authority = cs_span_of(v->authority),
                                 .path = r->path,
                                 .query = r->query,
                                 .has_body = r->method == HTTP_POST};
    enum cs_status code;

    if (!take_one(r, "signature-input", &input) || !take_one(r, "signature", &value) ||
        !take_one(r, "content-type", &request.content_type) ||
        !take_one(r, "content-digest", &request.content_digest) ||
        !take_one(r, "csh-to", &request.to))
        return refuse(CS_MALFORMED, status, why);
    if (!input.n || !value.n)
        return refuse(CS_NO_SIGNATURE, status, why);
    /* grammar first: cheap, and it says whose key is needed */
    code = cs_httpsig_read(input, value, request.has_body, sig, &params, signature);
    if (code)
        return refuse(code, status, why);
    /* before anybody looks whether it may: who is shut out meanwhile is not missed */
    http_belongs(x, &sig->node);
    if (v->key(v->arg, x, &sig->node, &key, why)) {
        if (why && why->code && !problem_is(why, "unknown_key")) {
            *status = 500;
            return -1;
        }
        return refuse(CS_UNKNOWN_KEY, status, why);
    }
    code = cs_request_verify(&request, input, value, r->body, v->self, &key, v->now, sig);
    if (is_wrong_time(code)) {
        /* Who is told so must be who it says it is. */
        enum cs_status then =
            cs_request_verify(&request, input, value, r->body, v->self, &key, sig->created, sig);
        code = then ? then : code;
    }
    if (code)
        return refuse(code, status, why);
    if (v->nonce(v->arg, &sig->node, sig->nonce, sig->expires, why)) {
        *status = why && why->code ? 503 : 401;
        return problem_set(why, "replayed", _("This signed request was received before."));
    }
    return 0;
}

/* The headers of a signed answer. */
static int add_signature(struct http_exchange *x, struct signer *signer,
                         const struct cs_httpsig *request, uint64_t now, unsigned status,
                         const char *content_type, struct cs_span body, struct problem *why)
{
    struct cs_buffer input = {.alloc = memory_allocator()}, base = input, value = input;
    struct cs_httpsig sig = *request;
    struct cs_span signature;
    char digest[CS_DIGEST_LEN + 1];
    struct cs_response response = {.status = status, .content_type = cs_span_of(content_type)};
    const char *text;
    int rc = -1;

    sig.node = *signer_node(signer);
    sig.created = now;
    sig.expires = now + LIFETIME;
    cs_digest_write(body, digest);
    response.content_digest = cs_span_of(digest);
    http_header(http_request(x), "signature", &signature);
    response.request_signature = behind_label(signature);
    cs_response_input(&sig, &input);
    cs_response_base(&response, behind_label(cs_buffer_span(&input)), &base);
    if (sign(signer, &base, &value, why))
        goto out;
    http_set_header(x, "Content-Digest", digest);
    if (!(text = cs_buffer_text(&input)))
        goto out;
    http_set_header(x, "Signature-Input", text);
    if (!(text = cs_buffer_text(&value)))
        goto out;
    http_set_header(x, "Signature", text);
    rc = 0;
out:
    cs_buffer_free(&input);
    cs_buffer_free(&base);
    cs_buffer_free(&value);
    return rc;
}

void http_answer_signed(struct http_exchange *x, struct signer *signer,
                        const struct cs_httpsig *request, uint64_t now, unsigned status,
                        const char *content_type, struct cs_span body)
{
    struct problem why = PROBLEM_INIT;

    if (add_signature(x, signer, request, now, status, content_type, body, &why)) {
        if (why.code)
            log_problem(LOG_LEVEL_ERROR, "http", &why);
        http_answer_problem(x, 500, "not_signed", NULL);
        return;
    }
    http_answer(x, status, content_type, body);
}

void http_answer_wrong_time(struct http_exchange *x, struct signer *signer,
                            const struct cs_httpsig *request, uint64_t now, const char *code)
{
    char body[160];

    snprintf(body, sizeof body, "{\"title\":\"%s\",\"status\":401,\"code\":\"%s\",\"time\":%llu}\n",
             http_reason(401), code, (unsigned long long)now);
    http_set_header(x, "Cache-Control", "no-store");
    http_answer_signed(x, signer, request, now, 401, "application/problem+json", cs_span_of(body));
}
