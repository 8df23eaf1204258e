#include <ifaddrs.h>

#include "peering/internal.h"

/* The host's addresses that a URL could name, for the message. */
static void list_addresses(struct cs_buffer *out)
{
    struct ifaddrs *list = NULL;
    char text[ADDRESS_TEXT];

    if (getifaddrs(&list))
        return;
    for (struct ifaddrs *i = list; i; i = i->ifa_next) {
        if (!i->ifa_addr || address_is_loopback(i->ifa_addr) ||
            (i->ifa_addr->sa_family != AF_INET && i->ifa_addr->sa_family != AF_INET6))
            continue;
        address_write(i->ifa_addr, text);
        *strrchr(text, ':') = '\0'; /* without the port, which an interface has not */
        cs_buffer_add_text(out, out->n ? ", " : "");
        cs_buffer_add_text(out, text);
    }
    freeifaddrs(list);
}

static int no_url(const struct peering *p, struct problem *why)
{
    struct cs_buffer list = {.alloc = memory_allocator()};

    if (p->config->reach_none)
        return problem_set(why, "no_url", "%s",
                           _("Nobody could follow an invite: this node is set to be reached by "
                             "nobody (reach = none in commonshelf.conf). No invite was made. Let "
                             "the other institution invite you: \"commonshelf join LINK\" works "
                             "from here."));
    list_addresses(&list);
    problem_set(why, "no_url",
                _("Nobody could follow an invite: this node does not know the address at which "
                  "others reach it. No invite was made. Set \"url = https://…:7443\" in "
                  "commonshelf.conf. This machine's addresses: %s"),
                list.n ? cs_buffer_text(&list) : _("only this machine's own (loopback)"));
    cs_buffer_free(&list);
    return -1;
}

int peering_invite(struct peering *p, uint64_t seconds, struct cs_buffer *link, uint64_t *expires,
                   struct problem *why)
{
    struct invite_row row = {.used = false};
    struct cs_invite invite;
    struct transaction *t;

    if (!p->url[0])
        return no_url(p, why);
    if (seconds == 0 || seconds > INVITE_SECONDS_MAX)
        return problem_usage(why, "bad_expiry",
                             _("An invite is good for at least a second and at "
                               "most %d days. None was made."),
                             INVITE_SECONDS_MAX / 86400);
    if (identity_expired(signer_keyset(p->signer), NULL, why))
        return -1;
    strcpy(invite.url, p->url);
    invite.node = *signer_node(p->signer);
    random_bytes(invite.secret, sizeof invite.secret);
    memcpy(row.secret, invite.secret, sizeof row.secret);
    cs_invite_name(invite.secret, row.name);
    row.created = clock_now();
    row.expires = row.created + seconds;
    if (!(t = store_begin(p->store, why)) || store_invite_add(t, &row, why) ||
        store_commit(&t, why)) {
        store_rollback(&t);
        return -1;
    }
    cs_invite_write(&invite, link);
    *expires = row.expires;
    return link->failed ? problem_no_memory(why) : 0;
}
