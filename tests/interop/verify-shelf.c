/*
 * Verifies one shelf of a node from files alone, with the installed library: that it is the node's, that
 * nothing was left out, added or altered up to the signed checkpoint, and how many records it lists.
 *   verify-shelf LOG-DIRECTORY KEYSET-FILE...      (keyset notes, the genesis first)
 */
#include <stdio.h>
#include <stdlib.h>

#include <commonshelf/checkpoint.h>
#include <commonshelf/entry.h>
#include <commonshelf/gzip.h>
#include <commonshelf/tile.h>

static void need(enum cs_status status, const char *what)
{
    if (status == CS_OK)
        return;
    fprintf(stderr, "%s: %s\n", what, cs_status_text(status));
    exit(1);
}

static struct cs_buffer file(const char *directory, const char *name)
{
    struct cs_buffer out = CS_BUFFER_INIT;
    char path[4096], bytes[65536];
    FILE *f;

    snprintf(path, sizeof path, "%s%s%s", directory, *directory ? "/" : "", name);
    if (!(f = fopen(path, "rb")))
        need(CS_MALFORMED, name);
    for (size_t n; (n = fread(bytes, 1, sizeof bytes, f)) > 0;)
        cs_buffer_add(&out, bytes, n);
    fclose(f);
    return out;
}

int main(int argc, char **argv)
{
    struct cs_keyset keyset, next;
    struct cs_node_id node;
    struct cs_checkpoint said, checkpoint;
    struct cs_range range;
    struct cs_hash root;
    unsigned long records = 0;

    for (int i = 2; i < argc; i++, keyset = next) {
        struct cs_buffer note = file("", argv[i]);
        need(cs_keyset_read(cs_buffer_span(&note), &next), argv[i]);
        need(i == 2 ? cs_keyset_node_id(&next, &node)
                    : cs_keyset_follows(&keyset, cs_buffer_span(&note), &next),
             argv[i]);
    }
    if (argc < 3)
        return 2;
    struct cs_buffer note = file(argv[1], "checkpoint");
    need(cs_checkpoint_parse(cs_buffer_span(&note), &said), "checkpoint");
    need(cs_checkpoint_read(cs_buffer_span(&note), said.origin, &node, &keyset, &checkpoint),
         "checkpoint");
    cs_range_init(&range);
    while (range.size < checkpoint.size) {
        struct cs_tile tile = {CS_TILE_LEVEL_ENTRIES, range.size / 256, 256};
        struct cs_buffer raw = CS_BUFFER_INIT;
        struct cs_bundle_item item;
        struct cs_entry entry;
        char path[CS_TILE_PATH_MAX];

        if (checkpoint.size - range.size < 256)
            tile.width = (unsigned)(checkpoint.size - range.size);
        cs_tile_path(&tile, path);
        struct cs_buffer gz = file(argv[1], path);
        need(cs_gunzip(cs_buffer_span(&gz), CS_BUNDLE_RAW_MAX, &raw), path);
        for (struct cs_span rest = cs_buffer_span(&raw); rest.n > 0;) {
            need(cs_bundle_next(&rest, &item), path);
            cs_range_add_leaf(&range, &item.leaf);
            records += item.entry.n > 0 && cs_entry_read(item.entry, &entry) == CS_OK &&
                       entry.op == CS_OP_PUT;
        }
    }
    cs_range_root(&range, &root);
    need(memcmp(root.b, checkpoint.root.b, CS_HASH) == 0 ? CS_OK : CS_WRONG_HASH, "the log");
    printf("%s: %llu entries, all as signed; %lu describe records\n", checkpoint.origin,
           (unsigned long long)checkpoint.size, records);
    return 0;
}
