/*
 * Frames as a MARC reader that was taken over could send them: the node's own part reads or refuses
 * them, and a record that comes out is one that a log takes.
 */
#include "tests/fuzz/fuzz.h"

#include <jansson.h>

#include <commonshelf/record.h>

#include "intake/draft.h"
#include "intake/marc.h"
#include "support/support.h"

int LLVMFuzzerTestOneInput(const uint8_t *data, size_t size)
{
    static struct draft *draft;
    static struct marc_record m;
    struct problem why = PROBLEM_INIT;
    struct intake_row row;

    if (!draft) {
        draft = draft_new(NULL);
        m.fields = memory_resize(NULL, MARC_FIELDS_MAX * sizeof *m.fields);
        must(draft && m.fields);
    }
    if (!marc_record_read(cs_span_make(data, size), &m))
        return 0;
    draft_begin(draft, 1);
    marc_map(&m, draft);
    must(draft_finish(draft, &row, &why) == 0);
    must(row.refused == (row.record == NULL));
    if (row.record) {
        must(json_object_set_new(row.record, "id",
                                 json_string("urn:uuid:12345678-0000-4000-8000-000000000000")) ==
             0);
        must(json_object_set_new(row.record, "rev", json_integer(1)) == 0);
        must(cs_record_check(row.record, NULL) == CS_OK);
    }
    return 0;
}
