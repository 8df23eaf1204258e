/*
 * Hello notes.
 */
#include <commonshelf/hello.h>

#include "protocol/text.h"

enum cs_status cs_hello_mac(const struct cs_hello *hello, enum cs_hello_side side,
                            const unsigned char secret[CS_INVITE_SECRET], struct cs_hash *out)
{
    static const unsigned char unknown[CS_NONCE];
    bool joiner = side == CS_HELLO_JOINER;
    struct cs_buffer message = CS_BUFFER_INIT;
    enum cs_status status;

    cs_buffer_printf(&message, "commonshelf/hello-%s/v1\n%s\n%s\n", joiner ? "joiner" : "inviter",
                     hello->from.s, hello->to.s);
    cs_buffer_add(&message, joiner ? hello->nonce : hello->answers, CS_NONCE);
    cs_buffer_add(&message, joiner ? unknown : hello->nonce, CS_NONCE);
    cs_buffer_add(&message, hello->keysets.b, CS_HASH);
    cs_buffer_add(&message, hello->profile.b, CS_HASH);
    status = cs_buffer_status(&message);
    if (status == CS_OK)
        status =
            cs_hmac_sha256(cs_span_make(secret, CS_INVITE_SECRET), cs_buffer_span(&message), out);
    cs_buffer_free(&message);
    return status;
}

void cs_hello_write(const struct cs_hello *hello, struct cs_buffer *out)
{
    cs_buffer_add_text(out, "commonshelf/hello/v1\n");
    cs_text_add(out, "from", hello->from.s);
    cs_text_add(out, "to", hello->to.s);
    cs_text_add_number(out, "time", hello->time);
    cs_text_add_bytes(out, "invite", hello->invite, sizeof(hello->invite));
    cs_text_add_bytes(out, "nonce", hello->nonce, sizeof(hello->nonce));
    cs_text_add_bytes_or_none(out, "answers", hello->answers, sizeof(hello->answers));
    cs_text_add_bytes(out, "keysets", hello->keysets.b, CS_HASH);
    cs_text_add_bytes(out, "profile", hello->profile.b, CS_HASH);
    cs_text_add_bytes(out, "mac", hello->mac.b, CS_HASH);
}

static enum cs_status parse(struct cs_span rest, struct cs_hello *out)
{
    static const unsigned char none[CS_NONCE];
    enum cs_status status = cs_text_type(&rest, "hello");

    if (status)
        return status;
    if (cs_text_node(&rest, "from", &out->from) || cs_text_node(&rest, "to", &out->to) ||
        cs_text_number(&rest, "time", CS_TIME_MAX, &out->time) ||
        cs_text_bytes(&rest, "invite", out->invite, sizeof(out->invite)) ||
        cs_text_bytes(&rest, "nonce", out->nonce, sizeof(out->nonce)) ||
        cs_text_bytes_or_none(&rest, "answers", out->answers, sizeof(out->answers)) ||
        cs_text_bytes(&rest, "keysets", out->keysets.b, CS_HASH) ||
        cs_text_bytes(&rest, "profile", out->profile.b, CS_HASH) ||
        cs_text_bytes(&rest, "mac", out->mac.b, CS_HASH) || rest.n > 0)
        return CS_MALFORMED;
    /* Zero stands for "not yet known"; as a nonce it could not be answered. */
    return memcmp(out->nonce, none, CS_NONCE) == 0 ? CS_MALFORMED : CS_OK;
}

enum cs_status cs_hello_read(struct cs_span bytes, struct cs_hello *out)
{
    struct cs_note note;
    enum cs_status status = cs_note_parse(bytes, CS_NOTE_MAX, &note);

    return status ? status : parse(note.text, out);
}

enum cs_status cs_hello_verify(struct cs_span bytes, const struct cs_node_id *from,
                               const struct cs_keyset *keyset)
{
    char name[CS_NOTE_NAME_MAX + 1];
    struct cs_note_key key;
    struct cs_hello hello;
    struct cs_note note;
    enum cs_status status = cs_note_parse(bytes, CS_NOTE_MAX, &note);

    if (status == CS_OK)
        status = parse(note.text, &hello);
    if (status)
        return status;
    if (!cs_node_id_equal(&hello.from, from))
        return CS_WRONG_ORIGIN;
    cs_keyset_key(keyset, from, CS_ROLE_AUTH, NULL, name, &key);
    return cs_note_verify(&note, &key, NULL);
}
