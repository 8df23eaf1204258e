/*
 * Who asks, when a reverse proxy stands in between. Only proxies named in the configuration are believed,
 * and only the last address they give: what stands before it came from the client.
 */
#include <arpa/inet.h>

#include "http/internal.h"

bool is_proxy(const struct http_server *server, const struct sockaddr *address)
{
    for (size_t i = 0; i < server->proxies; i++)
        if (cidr_has(&server->proxy[i], address))
            return true;
    return false;
}

bool read_forwarded(const struct http_request *request, union address *peer)
{
    char text[INET6_ADDRSTRLEN];
    union address named;
    struct cs_span list, last;
    size_t from;

    if (http_header(request, "x-forwarded-for", &list) != 1)
        return false;
    for (from = list.n; from && list.p[from - 1] != ',' && list.p[from - 1] != ' '; from--)
        ;
    last = cs_span_make(list.p + from, list.n - from);
    if (!last.n || last.n >= sizeof text || memchr(last.p, 0, last.n))
        return false;
    memcpy(text, last.p, last.n);
    text[last.n] = 0;
    memset(&named, 0, sizeof named);
    if (inet_pton(AF_INET, text, &named.v4.sin_addr) == 1)
        named.any.sa_family = AF_INET;
    else if (inet_pton(AF_INET6, text, &named.v6.sin6_addr) == 1)
        named.any.sa_family = AF_INET6;
    else
        return false;
    *peer = named;
    return true;
}
