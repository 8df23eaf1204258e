/*
 * How a transfer ended, in words that help.
 */
#include <errno.h>

#include "http/client_internal.h"

/* What our own callbacks decided. */
static bool explain_own(struct http_fetch *fetch, const char *host)
{
    struct problem *why = &fetch->why;

    switch (fetch->inside->end) {
    case FETCH_GOES_ON:
        return false;
    case FETCH_SINK:
        problem_set(why, "cut_off", _("Receiving from %s was ended here."), host);
        break;
    case FETCH_NO_MEMORY:
        problem_no_memory(why);
        break;
    case FETCH_WRONG_CERTIFICATE:
        problem_set(why, "wrong_certificate",
                    _("%s shows another key than the one it is known by. Nothing was sent. Ask its "
                      "administrator whether the key was changed; if not, somebody may be in "
                      "between."),
                    host);
        break;
    case FETCH_ADDRESS_NOT_ALLOWED:
        problem_set(why, "address_not_allowed",
                    _("%s is at an address that this node may not contact. Private addresses are "
                      "contacted only inside the networks in allow_cidr of the configuration."),
                    host);
        break;
    case FETCH_TOO_LARGE:
        problem_set(why, "too_large", _("%s sent more than is allowed here. It was cut off."),
                    host);
        break;
    case FETCH_NOT_HTTP:
        problem_set(why, "not_http", _("%s answers with something that is no proper HTTP."), host);
        break;
    }
    return true;
}

static void explain_connect(struct http_fetch *fetch, const char *host)
{
    struct problem *why = &fetch->why;
    long error = 0;

    curl_easy_getinfo(fetch->inside->easy, CURLINFO_OS_ERRNO, &error);
    if (error == ECONNREFUSED)
        problem_set(why, "refused",
                    _("%s is there, but no node answers at that address. It may be switched off."),
                    host);
    else
        problem_set(why, "unreachable",
                    _("%s cannot be reached. Is this machine, and that one, on the network?"),
                    host);
    if (error)
        problem_detail(why, "%s", strerror((int)error));
}

static void explain(struct http_fetch *fetch, CURLcode code)
{
    struct problem *why = &fetch->why;
    const char *host = fetch->url.authority;

    if (explain_own(fetch, host))
        return;
    switch (code) {
    case CURLE_COULDNT_CONNECT:
        explain_connect(fetch, host);
        return;
    case CURLE_COULDNT_RESOLVE_HOST:
        problem_set(why, "unknown_host",
                    _("No machine has the name %s, or names cannot be looked "
                      "up right now."),
                    fetch->url.host);
        break;
    case CURLE_OPERATION_TIMEDOUT:
        problem_set(why, "timed_out", _("%s did not answer in time."), host);
        break;
    case CURLE_SSL_PINNEDPUBKEYNOTMATCH:
        fetch->inside->end = FETCH_WRONG_CERTIFICATE;
        explain_own(fetch, host);
        break;
    case CURLE_PEER_FAILED_VERIFICATION:
        problem_set(why, "wrong_certificate",
                    _("The certificate of %s is not one that this machine trusts for it."), host);
        break;
    case CURLE_SSL_CONNECT_ERROR:
        problem_set(why, "tls", _("No secure connection to %s could be made."), host);
        break;
    case CURLE_UNSUPPORTED_PROTOCOL:
    case CURLE_WEIRD_SERVER_REPLY:
    case CURLE_HTTP2:
        problem_set(why, "not_http", _("%s answers with something that is no proper HTTP."), host);
        break;
    case CURLE_PARTIAL_FILE:
    case CURLE_GOT_NOTHING:
    case CURLE_SEND_ERROR:
    case CURLE_RECV_ERROR:
        problem_set(why, "cut_off", _("The connection to %s broke before its answer was whole."),
                    host);
        break;
    case CURLE_OUT_OF_MEMORY:
        problem_no_memory(why);
        break;
    case CURLE_ABORTED_BY_CALLBACK:
        problem_set(why, "cancelled", _("Asking %s was cancelled."), host);
        break;
    default:
        problem_set(why, "network", _("Asking %s failed."), host);
        break;
    }
    problem_detail(why, "%s", curl_easy_strerror(code));
}

void transfer_finish(struct http_fetch *fetch, CURLcode code)
{
    fetch->ms = clock_monotonic_ms() - fetch->inside->started;
    if (code == CURLE_OK && !fetch->inside->headers_done) {
        fetch->inside->end = FETCH_NOT_HTTP;
        code = CURLE_WEIRD_SERVER_REPLY;
    }
    fetch->failed = code != CURLE_OK;
    if (!fetch->failed)
        return;
    explain(fetch, code);
    /* half an answer is none */
    fetch->status = 0;
}
