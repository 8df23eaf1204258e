/*
 * The worked example's identity.
 */
#include "tests/unit/identity.h"

#include <commonshelf/encode.h>

const char example_node[] = "cs1e5mhs7sa6b3cdcayqsucywzebwudry4ec6sflmwxnyoygxljfqfq";

const char example_keyset_note[] =
    "commonshelf/keyset/v1\n"
    "version 1\n"
    "prev -\n"
    "issued 1790000000\n"
    "expires 1821536000\n"
    "threshold 1\n"
    "root 9ZZ4G7nSsplwhxVWSRdAkjA//eFVPooSJcUHycx0fds=\n"
    "log 0mghMaC3WO9vwl9FtGhZEVjLGd0rZiJlPc/sGl8dE0w=\n"
    "auth gZkDovCyQicxCpBr/+XXX4jFsJbDii6qZhGwb5PXIO4=\n"
    "witness MU9oz65+N/rD2klFBYmwobmUNAUR+nF/ufwpRS5icS4=\n"
    "\n"
    "— root 67LGkYp2U2Pm08xkjuOhRnwVrOF/pF3PyVHgft+N/Fy3EydqD8OWEeXMBAygxrm14CLC/lxLoo03IkpOdmmUW0"
    "iYzQQ=\n";

const char example_checkpoint[] =
    "cs1e5mhs7sa6b3cdcayqsucywzebwudry4ec6sflmwxnyoygxljfqfq/public/1\n"
    "3\n"
    "7lHmWUVwXpV3EKun77ez8p5VT7JhlDQMahtTptOdKn4=\n"
    "\n"
    "— cs1e5mhs7sa6b3cdcayqsucywzebwudry4ec6sflmwxnyoygxljfqfq/public/1 "
    "QjvSTCC7lsulcSNaKfZGZFLfRei7ccylyCwh3eWhv0uDOQbMjfiN5noyLBDBav0SlWBhT5x/32KZNKnWdcQf7UC6oQU=\n"
    "— cs1e5mhs7sa6b3cdcayqsucywzebwudry4ec6sflmwxnyoygxljfqfq/witness "
    "j6occQAAAABqsUmQoRYyLCLUothQIVTDtnKrmQ2f+rWea55dboBXIOxGlymHJF5AL/"
    "FijB5mJshthSuX4qZFLtetygTRMmg7"
    "IhAMCQ==\n";

void seed_named(const char *name, unsigned char seed[CS_KEY_SEED])
{
    struct cs_span parts[] = {cs_span_of("commonshelf test vector "), cs_span_of(name)};
    struct cs_hash hash;

    cs_sha256_many(parts, 2, &hash);
    memcpy(seed, hash.b, CS_KEY_SEED);
}

struct cs_public_key key_named(const char *name)
{
    unsigned char seed[CS_KEY_SEED];
    struct cs_public_key key;

    seed_named(name, seed);
    assert_int_equal(cs_key_public(seed, &key), CS_OK);
    return key;
}

struct cs_keyset example_keyset(void)
{
    struct cs_keyset keyset = {
        .version = 1, .issued = 1790000000, .expires = 1821536000, .threshold = 1, .roots = 1};

    keyset.root[0] = key_named("root");
    keyset.log = key_named("log");
    keyset.auth = key_named("auth");
    keyset.witness = key_named("witness");
    return keyset;
}

struct cs_node_id example_node_id(void)
{
    struct cs_node_id node;

    assert_int_equal(cs_node_id_read(cs_span_of(example_node), &node), CS_OK);
    return node;
}

void sign_as(struct cs_buffer *note, struct cs_span text, const char *key_name, const char *signer,
             enum cs_note_type type, uint64_t time)
{
    struct cs_note_key key = {cs_span_of(signer), type, key_named(key_name)};
    unsigned char seed[CS_KEY_SEED], signature[CS_SIGNATURE];
    struct cs_buffer message = CS_BUFFER_INIT;

    seed_named(key_name, seed);
    cs_note_message(type, text, time, &message);
    assert_int_equal(cs_key_sign(seed, cs_buffer_span(&message), signature), CS_OK);
    cs_note_add_signature(note, &key, time, signature);
    cs_buffer_free(&message);
    assert_false(note->failed);
}

void signed_note(struct cs_buffer *note, struct cs_span text, const char *key_name,
                 const char *signer)
{
    cs_buffer_reset(note);
    cs_note_begin(note, text);
    sign_as(note, text, key_name, signer, CS_NOTE_ED25519, 0);
}

void replaced(struct cs_buffer *out, const char *text, const char *old, const char *new)
{
    const char *at = strstr(text, old);

    if (!at)
        fail_msg("\"%s\" does not stand in the text", old);
    cs_buffer_reset(out);
    cs_buffer_add(out, text, (size_t)(at - text));
    cs_buffer_add_text(out, new);
    cs_buffer_add_text(out, at + strlen(old));
    assert_non_null(cs_buffer_text(out));
}
