/*
 * The frames of a .cshb file of logs: limits, order, and where each stands.
 */
#include <commonshelf/frames.h>

#include <assert.h>

#include <commonshelf/tile.h>

#define ENTRIES_NUMBERS 8 /* index */
#define TILE_NUMBERS 9 /* level, index */

bool cs_frame_limit(unsigned char type, uint32_t *max)
{
    switch (type) {
    case CS_FRAME_KEYSET:
    case CS_FRAME_PROFILE:
    case CS_FRAME_HELLO:
    case CS_FRAME_MESSAGE:
        *max = CS_NOTE_MAX;
        return true;
    case CS_FRAME_CHARTER:
        *max = CS_CHARTER_MAX;
        return true;
    case CS_FRAME_CHECKPOINT:
        *max = CS_CHECKPOINT_MAX;
        return true;
    case CS_FRAME_ENTRIES:
        *max = ENTRIES_NUMBERS + CS_BUNDLE_GZIP_MAX;
        return true;
    case CS_FRAME_HASHES:
        *max = CS_TILE_MAX;
        return true;
    case CS_FRAME_TILE:
        *max = TILE_NUMBERS + CS_TILE_MAX;
        return true;
    case CS_FRAME_END:
        *max = 0;
        return true;
    default:
        return false;
    }
}

static size_t numbers_of(unsigned char type)
{
    if (type == CS_FRAME_ENTRIES)
        return ENTRIES_NUMBERS;
    return type == CS_FRAME_TILE ? TILE_NUMBERS : 0;
}

/* What may stand behind a frame of this type; 0 is the start of the file. */
static const char *followers(unsigned char type)
{
    switch (type) {
    case 0:
        return "KZ";
    case CS_FRAME_KEYSET:
        return "KF";
    case CS_FRAME_PROFILE:
    case CS_FRAME_CHARTER:
        return "VCMKZ";
    case CS_FRAME_CHECKPOINT:
    case CS_FRAME_TILE:
        return "TECMKZ";
    case CS_FRAME_ENTRIES:
        return "ECMKZ";
    case CS_FRAME_MESSAGE:
        return "MKZ";
    default:
        return "";
    }
}

static uint64_t number(const unsigned char *p, size_t n)
{
    uint64_t value = 0;

    while (n-- > 0)
        value = value << 8 | *p++;
    return value;
}

enum cs_status cs_frame_walk_begin(struct cs_frame_walk *walk, struct cs_span start, uint64_t size)
{
    if (cs_frames_open(&start) != CS_OK)
        return CS_MALFORMED;
    *walk = (struct cs_frame_walk){.offset = CS_FRAMES_MAGIC, .size = size};
    return CS_OK;
}

/* The numbers at the front of E and T. */
static enum cs_status read_numbers(const struct cs_frame_walk *walk, const unsigned char *p,
                                   struct cs_frame_place *out)
{
    if (out->type == CS_FRAME_ENTRIES) {
        out->index = number(p, ENTRIES_NUMBERS);
        if (out->index % CS_BUNDLE_WIDTH != 0 || out->index >= CS_LOG_SIZE_MAX ||
            out->index < walk->entries || out->length == 0)
            return CS_MALFORMED;
    } else if (out->type == CS_FRAME_TILE) {
        out->level = p[0];
        out->index = number(p + 1, TILE_NUMBERS - 1);
        if (out->level > CS_TILE_LEVEL_MAX || out->index >= CS_LOG_SIZE_MAX ||
            out->length % CS_HASH != 0 || out->length == 0)
            return CS_MALFORMED;
    }
    return CS_OK;
}

enum cs_status cs_frame_walk_next(struct cs_frame_walk *walk, struct cs_span look,
                                  struct cs_frame_place *out)
{
    struct cs_frame_place place = {0};
    enum cs_status status;
    uint32_t length, max;
    size_t numbers;

    if (look.n < CS_FRAME_HEAD)
        return CS_CUT_OFF;
    place.type = look.p[0];
    length = (uint32_t)number(look.p + 1, 4);
    if (!cs_frame_limit(place.type, &max) || !strchr(followers(walk->last), place.type))
        return CS_MALFORMED;
    if (length > max)
        return CS_TOO_LARGE;
    if (walk->size - walk->offset < CS_FRAME_HEAD + (uint64_t)length)
        return CS_CUT_OFF;
    numbers = numbers_of(place.type);
    if (length < numbers)
        return CS_MALFORMED;
    if (look.n < CS_FRAME_HEAD + numbers)
        return CS_CUT_OFF;
    place.offset = walk->offset + CS_FRAME_HEAD + numbers;
    place.length = (uint32_t)(length - numbers);
    if ((status = read_numbers(walk, look.p + CS_FRAME_HEAD, &place)) != CS_OK)
        return status;
    if (place.type == CS_FRAME_END && walk->offset + CS_FRAME_HEAD != walk->size)
        return CS_MALFORMED;
    if (place.type == CS_FRAME_CHECKPOINT)
        walk->entries = 0;
    else if (place.type == CS_FRAME_ENTRIES)
        walk->entries = place.index + CS_BUNDLE_WIDTH;
    walk->last = place.type;
    walk->offset += CS_FRAME_HEAD + (uint64_t)length;
    *out = place;
    return CS_OK;
}

size_t cs_frame_place_write(const struct cs_frame_place *place, unsigned char out[CS_FRAME_LOOK])
{
    size_t numbers = numbers_of(place->type), at = CS_FRAME_HEAD;
    uint64_t length = place->length + (uint64_t)numbers;

    assert(length <= UINT32_MAX);
    out[0] = place->type;
    for (int i = 0; i < 4; i++)
        out[1 + i] = (unsigned char)(length >> (24 - 8 * i));
    if (place->type == CS_FRAME_TILE)
        out[at++] = (unsigned char)place->level;
    for (int i = 0; numbers > 0 && i < 8; i++)
        out[at++] = (unsigned char)(place->index >> (56 - 8 * i));
    return at;
}
