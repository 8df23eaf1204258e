/*
 * What the client's files share. For files of this room.
 */
#ifndef HTTP_CLIENT_INTERNAL_H
#define HTTP_CLIENT_INTERNAL_H

#include <curl/curl.h>

#include "http/client.h"

#define FETCH_PINS_TEXT (CS_PROFILE_PINS_MAX * 56) /* "sha256//", 44 letters of base64, ";" */

/* Why our own callbacks ended a transfer: libcurl only knows that they did. */
enum fetch_end {
    FETCH_GOES_ON,
    FETCH_WRONG_CERTIFICATE,
    FETCH_ADDRESS_NOT_ALLOWED,
    FETCH_TOO_LARGE,
    FETCH_NOT_HTTP,
    FETCH_NO_MEMORY,
    FETCH_SINK, /* the sink said so: its problem stands in fetch->why */
};

struct http_fetch_inside {
    CURL *easy;
    struct curl_slist *headers;
    char *field[HTTP_FIELDS];
    size_t header_bytes;
    unsigned header_lines;
    bool headers_done;
    enum fetch_end end;
    bool running; /* in the multi */
    bool waiting; /* asked to come back: at again_at, in milliseconds of the monotonic clock */
    uint64_t again_at;
    unsigned waits;
    bool fresh; /* once more, on a connection of its own */
    uint64_t started; /* milliseconds of the monotonic clock */
    char pins[FETCH_PINS_TEXT + 1];
    /* a signed request's, for verifying the answer: http/signed.c */
    char nonce[25];
    char signature[CS_HTTPSIG_VALUE_MAX + 1];
};

/* How long the whole exchange may take, in milliseconds. */
uint64_t transfer_deadline(const struct http_fetch *fetch);
/* Gives libcurl every option of this fetch. */
int transfer_prepare(struct http_fetch *fetch, struct problem *why);
/* What came of it, after libcurl said so: fills fetch->failed and fetch->why. */
void transfer_finish(struct http_fetch *fetch, CURLcode code);
/* Drops the answer of an earlier run. */
void transfer_forget(struct http_fetch *fetch);

#endif
