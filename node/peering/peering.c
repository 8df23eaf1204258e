#include "peering/internal.h"

#include <assert.h>
#include <stdio.h>

/* The listener's own address makes a URL when it names one. */
static void url_from_address(struct peering *p, const char *address)
{
    struct sockaddr_storage bound;
    socklen_t length;
    bool wildcard = true;
    unsigned port = 0;

    p->url[0] = '\0';
    if (address_read(address, &bound, &length))
        return;
    if (bound.ss_family == AF_INET) {
        const struct sockaddr_in *in = (const struct sockaddr_in *)(const void *)&bound;
        wildcard = in->sin_addr.s_addr == INADDR_ANY;
        port = in->sin_port;
    } else if (bound.ss_family == AF_INET6) {
        const struct sockaddr_in6 *in6 = (const struct sockaddr_in6 *)(const void *)&bound;
        wildcard = IN6_IS_ADDR_UNSPECIFIED(&in6->sin6_addr);
        port = in6->sin6_port;
    }
    if (!wildcard && port != 0)
        snprintf(p->url, sizeof p->url, "https://%s", address);
}

struct peering *peering_open(const struct peering_setup *setup, struct problem *why)
{
    struct peering *p = memory_new(sizeof *p);

    if (!p) {
        problem_no_memory(why);
        return NULL;
    }
    assert(strlen(setup->home) < sizeof p->home);
    strcpy(p->home, setup->home);
    p->store = setup->store;
    p->signer = setup->signer;
    p->config = setup->config;
    p->changed = setup->changed;
    p->dropped = setup->dropped;
    p->arg = setup->arg;
    pthread_mutex_init(&p->profiling, NULL);
    pthread_mutex_init(&p->clocks.lock, NULL);
    if (p->config->reach_none)
        p->url[0] = '\0';
    else if (p->config->url[0])
        strcpy(p->url, p->config->url);
    else
        url_from_address(p, p->config->listen);
    return p;
}

void peering_close(struct peering *p)
{
    if (!p)
        return;
    pthread_mutex_destroy(&p->clocks.lock);
    pthread_mutex_destroy(&p->profiling);
    memory_free(p);
}

const char *peering_url(const struct peering *p)
{
    return p->url;
}

const struct cs_node_id *peering_vias(const struct peering *p, size_t *n)
{
    *n = p->config->vias;
    return p->config->via;
}

void peering_bound(struct peering *p, const char *address)
{
    if (!p->config->url[0] && !p->config->reach_none)
        url_from_address(p, address);
}

void peering_check_words(const struct peering *p, const struct cs_node_id *peer,
                         char out[CS_CHECK_WORDS_MAX])
{
    cs_check_words(signer_node(p->signer), peer, out);
}

size_t allowed_networks(const struct peering *p, struct cidr out[HTTP_FETCH_NETWORKS_MAX])
{
    size_t n = 0;

    out[n++].family = AF_UNSPEC;
    for (size_t i = 0; i < p->config->allow_cidrs && n < HTTP_FETCH_NETWORKS_MAX; i++)
        out[n++] = p->config->allow_cidr[i];
    return n;
}

bool network_of(const struct peering *p, const struct sockaddr *address, char out[CIDR_TEXT])
{
    struct cidr network;

    if (!address_network(address, p->config->allow_cidr, p->config->allow_cidrs, &network))
        return false;
    cidr_write(&network, out);
    return true;
}
