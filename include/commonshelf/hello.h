/*
 * First contact: the invite link, and the hello notes with which both sides prove that they know
 * its secret. It decides nothing about an invite's age or use: that is the node's. SPEC.md §6.
 */
#ifndef COMMONSHELF_HELLO_H
#define COMMONSHELF_HELLO_H

#include <commonshelf/keyset.h>
#include <commonshelf/profile.h>

#ifdef __cplusplus
extern "C" {
#endif

/* https://HOST[:PORT]/csh/join#NODE-ID~SECRET ; SECRET is base64url. The fragment is never sent to
 * a server. */
struct cs_invite {
    char url[CS_URL_MAX + 1]; /* https://HOST[:PORT] */
    struct cs_node_id node;
    unsigned char secret[CS_INVITE_SECRET];
};

CS_API void cs_invite_write(const struct cs_invite *invite, struct cs_buffer *out);
/* Takes the link as a person pastes it: white space around it is ignored. CS_MALFORMED otherwise.
 * */
CS_MUST_USE CS_API enum cs_status cs_invite_read(struct cs_span link, struct cs_invite *out);
/* A name for the invite that does not give the secret away: the first 16 bytes of
 * SHA-256("commonshelf/invite-name/v1" LF ‖ secret). */
CS_API void cs_invite_name(const unsigned char secret[CS_INVITE_SECRET], unsigned char out[16]);

enum cs_hello_side { CS_HELLO_JOINER, CS_HELLO_INVITER };

struct cs_hello {
    struct cs_node_id from, to;
    uint64_t time; /* seconds since 1970 */
    unsigned char invite[16]; /* cs_invite_name */
    unsigned char nonce[CS_NONCE]; /* the sender's */
    unsigned char answers[CS_NONCE]; /* the joiner's nonce in the inviter's note; zero otherwise */
    struct cs_hash keysets; /* SHA-256 of the sender's keyset notes, one behind the other */
    struct cs_hash profile; /* SHA-256 of the sender's profile note */
    struct cs_hash mac;
};

/*
 * HMAC-SHA256(secret, label LF from LF to LF joiner's nonce ‖ inviter's nonce ‖ keysets ‖ profile),
 * label "commonshelf/hello-joiner/v1" or "commonshelf/hello-inviter/v1". In the joiner's MAC the
 * inviter's nonce is not yet known: sixteen zero bytes stand for it.
 */
CS_MUST_USE CS_API enum cs_status cs_hello_mac(const struct cs_hello *hello,
                                               enum cs_hello_side side,
                                               const unsigned char secret[CS_INVITE_SECRET],
                                               struct cs_hash *out);
/* Appends the note's text with hello->mac as it stands; to be signed by "<node-id>/auth". */
CS_API void cs_hello_write(const struct cs_hello *hello, struct cs_buffer *out);
/* Parses only: no key is known before the MAC holds. A nonce of zero bytes is CS_MALFORMED. */
CS_MUST_USE CS_API enum cs_status cs_hello_read(struct cs_span note, struct cs_hello *out);
/* Verifies the signature by "<node-id>/auth" of the keyset; CS_WRONG_ORIGIN if the note's `from` is
 * not `from`. */
CS_MUST_USE CS_API enum cs_status
cs_hello_verify(struct cs_span note, const struct cs_node_id *from, const struct cs_keyset *keyset);

#ifdef __cplusplus
}
#endif
#endif
