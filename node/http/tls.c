/*
 * The server's side of TLS.
 */
#include <openssl/err.h>

#include "http/internal.h"

static void explain(struct problem *why)
{
    char text[200];

    ERR_error_string_n(ERR_peek_last_error(), text, sizeof text);
    ERR_clear_error();
    problem_detail(why, "%s", text);
}

/* Clients that insist on another protocol than HTTP/1.1 are told so in the handshake. */
static int choose_protocol(SSL *ssl, const unsigned char **out, unsigned char *length,
                           const unsigned char *in, unsigned int n, void *arg)
{
    (void)ssl;
    (void)arg;
    for (unsigned i = 0; i < n && in[i] < n - i; i += in[i] + 1u) {
        if (in[i] == 8 && memcmp(in + i + 1, "http/1.1", 8) == 0) {
            *out = in + i + 1;
            *length = 8;
            return SSL_TLSEXT_ERR_OK;
        }
    }
    return SSL_TLSEXT_ERR_ALERT_FATAL;
}

SSL_CTX *tls_context(const char *key_path, const char *certificate_path, struct problem *why)
{
    SSL_CTX *ctx = SSL_CTX_new(TLS_server_method());

    if (!ctx) {
        problem_no_memory(why);
        return NULL;
    }
    SSL_CTX_set_min_proto_version(ctx, TLS1_2_VERSION);
    SSL_CTX_set_options(ctx, SSL_OP_NO_RENEGOTIATION | SSL_OP_NO_COMPRESSION |
                                 SSL_OP_CIPHER_SERVER_PREFERENCE | SSL_OP_PRIORITIZE_CHACHA);
    /* Idle connections give their record buffers back: 12 KB each. */
    SSL_CTX_set_mode(ctx, SSL_MODE_RELEASE_BUFFERS | SSL_MODE_ENABLE_PARTIAL_WRITE |
                              SSL_MODE_ACCEPT_MOVING_WRITE_BUFFER);
    /* Tickets carry the sessions; nothing is kept here. One is enough for who comes back. */
    SSL_CTX_set_session_cache_mode(ctx, SSL_SESS_CACHE_OFF);
    SSL_CTX_set_num_tickets(ctx, 1);
    SSL_CTX_set_alpn_select_cb(ctx, choose_protocol, NULL);
    if (SSL_CTX_use_certificate_chain_file(ctx, certificate_path) != 1) {
        problem_set(why, "bad_certificate", _("The certificate %s cannot be read."),
                    certificate_path);
        explain(why);
        goto bad;
    }
    if (SSL_CTX_use_PrivateKey_file(ctx, key_path, SSL_FILETYPE_PEM) != 1 ||
        SSL_CTX_check_private_key(ctx) != 1) {
        problem_set(why, "bad_certificate",
                    _("The key %s cannot be read, or does not belong to its certificate."),
                    key_path);
        explain(why);
        goto bad;
    }
    return ctx;
bad:
    SSL_CTX_free(ctx);
    return NULL;
}
