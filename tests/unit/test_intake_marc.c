/* MARC from end to end: the reader in its process, what its records become, and damage of all kinds. */
#include "tests/unit/marc_fixture.h"

#include <sys/resource.h>
#include <sys/stat.h>

#include "intake/marc.h"

static void a_whole_record(void **state)
{
    static const char *const fields[] = {
        "001", "  4711 ",
        "003", "XX-Test",
        "008", "800108s1899    ilu           000 0 eng  ",
        "010", "  " SUB("a") "   99-1234 ",
        "020", "  " SUB("a") "0-306-40615-2 (pbk.)",
        "020", "  " SUB("a") "9780306406158",
        "022", "  " SUB("a") "1234-567X",
        "035", "  " SUB("a") "(OCoLC)ocm00012345",
        "041", "0 " SUB("a") "engfre",
        "050", "00" SUB("a") "QA1" SUB("b") ".F7",
        "100", "1 " SUB("a") "Doe, Jane," SUB("d") "1850-1900.",
        "245", "10" SUB("a") "Fractions :" SUB("b") "first lessons /" SUB("c") "by Jane Doe.",
        "246", "3 " SUB("a") "First fractions",
        "260", "  " SUB("a") "Chicago :" SUB("b") "Smith & Co.," SUB("c") "1899.",
        "505", "0 " SUB("a") "Never seen beside a summary.",
        "520", "  " SUB("a") "What halves are. Second sentence.",
        "521", "1 " SUB("a") "009-012.",
        "540", "  " SUB("a") "CC BY" SUB("u") "https://creativecommons.org/licenses/by/3.0/",
        "650", " 0" SUB("a") "Fractions" SUB("x") "Study and teaching" SUB("z") "Illinois.",
        "655", " 7" SUB("a") "Textbooks." SUB("2") "lcgft",
        "700", "1 " SUB("a") "Roe, Richard," SUB("e") "illustrator.",
        "700", "1 " SUB("a") "Poe, Ann," SUB("e") "author.",
        "700", "1 " SUB("a") "Else, Somebody." SUB("t") "Another work.",
        "856", "42" SUB("u") "https://example.org/about-it",
        "856", "41" SUB("3") "Table of contents" SUB("u") "https://example.org/toc",
        "856", "40" SUB("u") "https://example.org/fractions.pdf",
        NULL};
    struct outcome o = run_record(BOOK, fields);

    (void)state;
    assert_int_equal(o.end, 0);
    assert_int_equal(o.problems, 1);
    assert_trouble(&o, 0, "1 isbn_checksum 020$a");
    assert_record(
        &o, 0,
        "{\"kind\":\"resource\",\"category\":\"material\",\"type\":[\"Book\"],"
        "\"name\":\"Fractions : first lessons\",\"alternateName\":[\"First fractions\"],"
        "\"creator\":[\"Doe, Jane, 1850-1900\",\"Poe, Ann\"],\"contributor\":[\"Roe, Richard\"],"
        "\"description\":\"What halves are. Second sentence.\","
        "\"about\":[\"Fractions -- Study and teaching -- Illinois\"],\"keywords\":[\"Textbooks\"],"
        "\"educationalLevel\":[\"009-012\"],\"inLanguage\":[\"en\",\"fr\"],"
        "\"license\":\"https://creativecommons.org/licenses/by/3.0/\","
        "\"publisher\":\"Smith & Co.\",\"datePublished\":\"1899\",\"isbn\":[\"9780306406157\"],"
        "\"identifier\":[\"info:lccn/99001234\",\"urn:issn:1234-567X\",\"info:oclcnum/12345\"],"
        "\"url\":\"https://example.org/fractions.pdf\",\"conditionsOfAccess\":\"open\","
        "\"callNumber\":\"QA1 .F7\"}");
    assert_string_equal(json_string_value(json_object_get(json_array_get(o.records, 0), "key")),
                        "XX-Test:4711");
    outcome_free(&o);
}

static void original_script_comes_first(void **state)
{
    static const char *const fields[] = {
        "001", "1",
        "008", "800108s1971    ja            000 0 jpn  ",
        "100", "1 " SUB("6") "880-02" SUB("a") "Hayashiya, Tatsusaburō.",
        "245", "10" SUB("6") "880-01" SUB("a") "Nihon no chasho /" SUB("c") "someone.",
        "880", "10" SUB("6") "245-01/$1" SUB("a") "日本の茶書 /" SUB("c") "x",
        "880", "1 " SUB("6") "100-02/$1" SUB("a") "林屋辰三郎.",
        "880", "10" SUB("6") "245-07/$1" SUB("a") "unrelated",
        NULL};
    struct outcome o = run_record(BOOK, fields);

    (void)state;
    assert_record(&o, 0,
                  "{\"kind\":\"resource\",\"category\":\"material\",\"type\":[\"Book\"],\"name\":["
                  "{\"value\":\"日本の茶書\",\"lang\":\"ja\"},"
                  "{\"value\":\"Nihon no chasho\",\"lang\":\"ja-Latn\"}],"
                  "\"creator\":[\"林屋辰三郎\",\"Hayashiya, Tatsusaburō\"],"
                  "\"inLanguage\":[\"ja\"],\"datePublished\":\"1971\","
                  "\"conditionsOfAccess\":\"loan\"}");
    outcome_free(&o);
}

static void coded_dates(void **state)
{
    static const struct {
        const char *coded, *wanted;
    } cases[] = {
        {"s1998    ", "1998"},      {"s199u    ", "199X"},      {"s19uu    ", "19XX"},
        {"c19999999", "1999/.."},   {"d19881999", "1988/1999"}, {"m20019999", "2001/.."},
        {"q18011803", "1801/1803"}, {"t20062005", "2006"},      {"r19821907", "1982"},
        {"e20210500", "2021-05"},   {"n||||||||", "1907"},      {"|||||||||", "1907"},
        {"b        ", "1907"},      {"s1uuu    ", "1907"},      {"d184u18uu", "184X/18XX"}};
    char fixed[60];
    const char *fields[] = {"008", fixed, "245", "00" SUB("a") "T", "260", "  " SUB("c") "[c1907]",
                            NULL};

    (void)state;
    for (size_t i = 0; i < sizeof cases / sizeof *cases; i++) {
        struct outcome o;
        const char *date;

        snprintf(fixed, sizeof fixed, "800108%sxx            000 0 eng  ", cases[i].coded);
        o = run_record(BOOK, fields);
        date = json_string_value(json_object_get(
            json_object_get(json_array_get(o.records, 0), "record"), "datePublished"));
        if (!date || strcmp(date, cases[i].wanted) != 0)
            fail_msg("%s: %s", cases[i].coded, date ? date : "nothing");
        outcome_free(&o);
    }
}

static void kinds_of_things(void **state)
{
    static const struct {
        const char *leader, *type;
    } cases[] = {{"00000nam a2200000 a 4500", "Book"},
                 {"00000nas a2200000 a 4500", "Periodical"},
                 {"00000nab a2200000 a 4500", "Article"},
                 {"00000ncm a2200000 a 4500", "SheetMusic"},
                 {"00000nem a2200000 a 4500", "Map"},
                 {"00000ngm a2200000 a 4500", "VideoObject"},
                 {"00000nim a2200000 a 4500", "AudioObject"},
                 {"00000njm a2200000 a 4500", "MusicRecording"},
                 {"00000nkm a2200000 a 4500", "ImageObject"},
                 {"00000nrm a2200000 a 4500", "PhysicalObject"},
                 {"00000nmm a2200000 a 4500", "SoftwareApplication"}};
    static const char *const fields[] = {"245", "00" SUB("a") "T", NULL};
    struct outcome o;

    (void)state;
    for (size_t i = 0; i < sizeof cases / sizeof *cases; i++) {
        const json_t *type;

        o = run_record(cases[i].leader, fields);
        type = json_object_get(json_object_get(json_array_get(o.records, 0), "record"), "type");
        assert_string_equal(json_string_value(json_array_get(type, 0)), cases[i].type);
        outcome_free(&o);
    }
    /* What describes a name, or what a library holds, is no thing to be found. */
    o = run_record("00000nz  a2200000n  4500", fields);
    assert_int_equal(o.refused, 1);
    assert_trouble(&o, 0, "1 not_bibliographic LDR");
    outcome_free(&o);
}

/* "é" and "ü" in each of the ways that records write it, whatever their leader says. */
static void charsets(void **state)
{
    static const struct {
        const char *leader, *title, *trouble;
    } cases[] = {
        {BOOK, "00" SUB("a") "Caf\xC3\xA9 f\xC3\xBCr", NULL},
        {BOOK, "00" SUB("a") "Cafe\xCC\x81 fu\xCC\x88r", NULL},
        {BOOK8,
         "00" SUB("a") "Caf\xE2"
                       "e f\xE8ur",
         NULL}, /* MARC-8 */
        {BOOK8, "00" SUB("a") "Caf\xC3\xA9 f\xC3\xBCr", NULL}, /* UTF-8 that doesn't say so */
        /* a delimiter astray in the text */
        {BOOK8,
         "00" SUB("a") "Caf\xE2"
                       "e"
                       "\x1F"
                       " f\xE8ur",
         NULL},
        {BOOK8, "00" SUB("a") "Caf\xE9 f\xFCr", "1 encoding_guessed "}, /* Latin-1 */
        {BOOK, "00" SUB("a") "Caf\xE9 f\xFCr", "1 encoding_guessed "},
    };

    (void)state;
    for (size_t i = 0; i < sizeof cases / sizeof *cases; i++) {
        const char *fields[] = {"245", cases[i].title, NULL};
        struct outcome o = run_record(cases[i].leader, fields);
        const char *name = json_string_value(
            json_object_get(json_object_get(json_array_get(o.records, 0), "record"), "name"));

        if (!name || strcmp(name, "Café für") != 0)
            fail_msg("%zu: %s", i, name ? name : "nothing");
        if (cases[i].trouble)
            assert_trouble(&o, 0, cases[i].trouble);
        else
            assert_int_equal(o.problems, 0);
        outcome_free(&o);
    }
}

/* ---- damage */

static void damaged_files(void **state)
{
    static const char *const fields[] = {"001", "1", "245", "00" SUB("a") "Title", NULL};
    struct cs_buffer b = CS_BUFFER_INIT;
    struct outcome o;
    size_t one;

    (void)state;
    /* good, noise, good with line ends around it, a leader alone, good, cut off */
    add_record(&b, BOOK, fields);
    one = b.n;
    cs_buffer_add_text(&b, "00100 this is no record at all \x1E\x1D\r\n");
    add_record(&b, BOOK, fields);
    cs_buffer_add_text(&b, "\r\n\r\n00024nam a2200000 a 4500\x1D");
    add_record(&b, BOOK, fields);
    if (cs_buffer_reserve(&b, one))
        cs_buffer_add(&b, b.p, one / 2);
    o = run_bytes(b.p, b.n, NULL);
    assert_int_equal(o.end, 0);
    assert_int_equal(o.read, 3);
    assert_int_equal(o.refused, 3);
    assert_trouble(&o, 0, "2 bad_directory ");
    assert_trouble(&o, 1, "4 bad_directory ");
    assert_trouble(&o, 2, "6 truncated ");
    outcome_free(&o);
    /* one record, cut off anywhere */
    for (size_t n = 30; n < one; n++) {
        o = run_bytes(b.p, n, &(struct intake_options){.format = "marc"});
        assert_int_equal(o.end, 0);
        assert_int_equal(o.read, 0);
        assert_trouble(&o, 0, "1 truncated ");
        outcome_free(&o);
        n += one / 7;
    }
    cs_buffer_free(&b);
}

static void endless_records(void **state)
{
    static const char *const fields[] = {"001", "1", "245", "00" SUB("a") "Title", NULL};
    struct cs_buffer b = CS_BUFFER_INIT;
    struct outcome o;

    (void)state;
    add_record(&b, BOOK, fields);
    for (size_t i = 0; i < 5u << 20; i++)
        cs_buffer_add_byte(&b, 'x');
    cs_buffer_add_byte(&b, 0x1D);
    add_record(&b, BOOK, fields);
    o = run_bytes(b.p, b.n, NULL);
    assert_int_equal(o.end, 0);
    assert_int_equal(o.read, 2);
    assert_trouble(&o, 0, "2 record_too_large ");
    outcome_free(&o);
    cs_buffer_free(&b);
}

#define XML_HEAD "<?xml version=\"1.0\" encoding=\"UTF-8\"?>\n"
#define XML_RECORD                                                                                 \
    "<record><leader>00000nam a2200000 a 4500</leader><controlfield tag=\"001\">1</controlfield>"  \
    "<datafield tag=\"245\" ind1=\"0\" ind2=\"0\"><subfield code=\"a\">A &amp; B</subfield>"       \
    "</datafield></record>"

static void forms_of_marcxml(void **state)
{
    static const struct {
        const char *text;
        unsigned read;
    } cases[] = {
        {XML_HEAD "<collection xmlns=\"http://www.loc.gov/MARC21/slim\">" XML_RECORD XML_RECORD
                  "</collection>",
         2},
        {XML_RECORD, 1},
        {"<m:collection xmlns:m=\"http://www.loc.gov/MARC21/slim\"><m:record><m:datafield "
         "tag=\"245\" "
         "ind1=\" \" ind2=\" \"><m:subfield code=\"a\"><![CDATA[A & B]]></m:subfield></m:datafield>"
         "</m:record></m:collection>",
         1},
        {"<OAI-PMH xmlns=\"http://www.openarchives.org/OAI/2.0/\"><ListRecords><record><header/>"
         "<metadata><record xmlns=\"http://www.loc.gov/MARC21/slim\"><datafield tag=\"245\">"
         "<subfield code=\"a\">A &amp; B</subfield></datafield></record></metadata></record>"
         "</ListRecords></OAI-PMH>",
         1},
        {"<?xml version=\"1.0\" encoding=\"ISO-8859-1\"?><collection>" XML_RECORD "</collection>",
         1},
    };

    (void)state;
    for (size_t i = 0; i < sizeof cases / sizeof *cases; i++) {
        struct outcome o = run_text(cases[i].text);

        if (o.end != 0)
            fail_msg("%zu: %s", i, why.message);
        assert_int_equal(o.read, cases[i].read);
        assert_string_equal(json_string_value(json_object_get(
                                json_object_get(json_array_get(o.records, 0), "record"), "name")),
                            "A & B");
        outcome_free(&o);
    }
}

static void hostile_marcxml(void **state)
{
    static const struct {
        const char *text, *code;
        unsigned read;
    } cases[] = {
        {"<!DOCTYPE collection SYSTEM \"file:///etc/passwd\"><collection>" XML_RECORD
         "</collection>",
         "doctype", 0},
        {"<!DOCTYPE c [<!ENTITY a \"aaaaaaaaaa\"><!ENTITY b \"&a;&a;&a;&a;&a;&a;&a;&a;&a;&a;\">"
         "<!ENTITY c \"&b;&b;&b;&b;&b;&b;&b;&b;&b;&b;\">]><collection><record><datafield "
         "tag=\"245\">"
         "<subfield code=\"a\">&c;</subfield></datafield></record></collection>",
         "doctype", 0},
        {"<!DOCTYPE c [<!ENTITY x SYSTEM \"http://127.0.0.1:9/x\">]><record>&x;</record>",
         "doctype", 0},
        {"<collection>" XML_RECORD "<record><datafield tag=\"245\"><subfield", "bad_xml", 1},
        {"<collection>" XML_RECORD "<record>&unknown;</record></collection>", "bad_xml", 1},
        {"<collection>" XML_RECORD "</collectio>", "bad_xml", 1},
        {"<?xml version=\"1.0\" encoding=\"UTF-7\"?><collection>" XML_RECORD "</collection>", NULL,
         0},
        {"<?xml version=\"1.0\" encoding=\"UTF-16\"?><collection>" XML_RECORD "</collection>", NULL,
         0},
        {"<a><a><a><a><a><a><a><a><a><a><a><a><a><a><a><a><a><a><a>" XML_RECORD
         "</a></a></a></a></a></a></a></a></a></a></a></a></a></a></a></a></a></a></a>",
         "bad_xml", 0},
        {"<collection><subject>record</subject></collection>", "no_records", 0},
    };

    (void)state;
    for (size_t i = 0; i < sizeof cases / sizeof *cases; i++) {
        struct outcome o = run_text(cases[i].text);

        assert_int_equal(o.end, -1);
        assert_true(o.read <= cases[i].read); /* libxml2 reads ahead of the records it gives out */
        if (cases[i].code && strcmp(why.code, cases[i].code) != 0)
            fail_msg("%zu: %s", i, why.code);
        outcome_free(&o);
    }
    assert_unopened(LITERAL("\xFF\xFE<\0r\0e\0c\0"), NULL, "not_supported", "UTF-16");
}

static void a_huge_xml_record(void **state)
{
    struct cs_buffer b = CS_BUFFER_INIT;
    struct outcome o;

    (void)state;
    cs_buffer_add_text(&b, "<collection>" XML_RECORD
                           "<record><datafield tag=\"245\"><subfield code=\"a\">");
    for (size_t i = 0; i < 8u << 20; i++)
        cs_buffer_add_byte(&b, 'x');
    cs_buffer_add_text(&b, "</subfield></datafield></record></collection>");
    o = run_bytes(b.p, b.n, NULL);
    assert_int_equal(o.end, -1);
    assert_int_equal(o.read, 1);
    assert_string_equal(why.code, "record_too_large");
    assert_non_null(strstr(why.message, "record 2"));
    outcome_free(&o);
    cs_buffer_free(&b);
}

/* ---- a reader that is not to be trusted */

/* A shell script in the place of the reader; its path is removed by the caller. */
static const char *fake_reader(const char *script)
{
    static char path[] = "/tmp/commonshelf-test-XXXXXX";
    int fd;

    strcpy(path + sizeof path - 7, "XXXXXX");
    fd = mkstemp(path);
    assert_true(fd >= 0);
    assert_int_equal(write(fd, script, strlen(script)), strlen(script));
    fchmod(fd, 0700);
    close(fd);
    return path;
}

static void a_reader_that_fails(void **state)
{
    static const char marc[] = "00100nam a2200000 a 4500\x1E\x1D";
    static const struct {
        const char *script;
        int rows;
    } cases[] = {
        {"#!/bin/sh\nexit 1\n", 0},
        {"#!/bin/sh\nkill -SEGV $$\n", 0},
        {"#!/bin/sh\nprintf 'Z\\0\\0\\0\\0'; exit 1\n", 0},
        {"#!/bin/sh\nprintf 'R\\0\\0\\0'\n", 0},
        {"#!/bin/sh\nprintf 'R\\377\\377\\377\\377'; exec cat /dev/zero\n", 0},
        {"#!/bin/sh\nprintf 'Q\\0\\0\\0\\0'\n", 0},
        {"#!/bin/sh\nprintf 'R\\0\\0\\0\\004abcd'\n", 0},
        {"#!/bin/sh\nexec cat /dev/zero\n", 0},
        /* one good record, then silence */
        {"#!/bin/sh\nprintf 'O\\0\\0\\0\\001xR\\0\\0\\0\\046                        245  "
         "\\0\\0\\0\\005\\037aABC'\n",
         1},
        /* text that is not UTF-8 */
        {"#!/bin/sh\nprintf 'R\\0\\0\\0\\046                        245  "
         "\\0\\0\\0\\005\\037a\\377BC'\n",
         0},
        /* a field longer than its frame */
        {"#!/bin/sh\nprintf 'R\\0\\0\\0\\046                        245  "
         "\\0\\0\\0\\377\\037aABC'\n",
         0},
    };

    (void)state;
    for (size_t i = 0; i < sizeof cases / sizeof *cases; i++) {
        struct intake_options options = {.reader = fake_reader(cases[i].script)};
        struct outcome o = run_bytes(marc, sizeof marc - 1, &options);

        assert_int_equal(o.end, -1);
        assert_string_equal(why.code, "marc_reader_failed");
        assert_int_equal(o.read, cases[i].rows);
        assert_non_null(strstr(why.message, cases[i].rows ? "record 2" : "record 1"));
        outcome_free(&o);
        unlink(options.reader);
    }
    assert_unopened(marc, sizeof marc - 1, &(struct intake_options){.reader = "/nonexistent"},
                    "not_found", "/nonexistent");
}

/* Fields that say they go on behind their frame, where bytes of another one could be. */
static void frames_end_where_they_say(void **state)
{
    static const char frame[] =
        "                        245  \0\0\0\005\037aABC and what comes behind it";
    static struct marc_field room[MARC_FIELDS_MAX];
    struct marc_record m = {.fields = room};
    size_t whole = MARC_LEADER + MARC_FIELD_HEAD + 5;

    (void)state;
    for (size_t n = 0; n < whole; n++)
        assert_int_equal(marc_record_read(cs_span_make(frame, n), &m), n == MARC_LEADER);
    assert_true(marc_record_read(cs_span_make(frame, whole), &m));
    assert_int_equal(m.n, 1);
    assert_int_equal(m.fields[0].data.n, 5);
    assert_false(marc_record_read(cs_span_make(frame, whole + 1), &m));
}

/* Closing before the end leaves no process behind. */
static void closing_early(void **state)
{
    static const char marc[] = "00100nam a2200000 a 4500\x1E\x1D";
    struct intake_options options = {.reader = fake_reader("#!/bin/sh\nexec sleep 600\n")};
    int fd = fd_of(marc, sizeof marc - 1);
    struct intake *in = open_fd(fd, &options);

    (void)state;
    assert_non_null(in);
    intake_close(in); /* would wait for ten minutes */
    close(fd);
    unlink(options.reader);
}

/* The reader's process gets the file and the pipe, and nothing else of ours. */
static void the_reader_inherits_nothing(void **state)
{
    static const char marc[] = "00100nam a2200000 a 4500\x1E\x1D";
    struct intake_options options = {
        .reader = fake_reader("#!/bin/sh\n"
                              "[ -e /proc/$$/fd/30 ] && exit 1\n"
                              "[ -n \"$COMMONSHELF_SECRET\" ] && exit 1\n"
                              "printf 'O\\0\\0\\0\\001xR\\0\\0\\0\\046'\n"
                              "printf '%24s245  \\0\\0\\0\\005\\037aABCZ\\0\\0\\0\\0' ''\n")};
    struct outcome o;

    (void)state;
    assert_int_equal(dup2(STDERR_FILENO, 30), 30); /* without close-on-exec */
    setenv("COMMONSHELF_SECRET", "x", 1);
    o = run_bytes(marc, sizeof marc - 1, &options);
    assert_int_equal(o.end, 0);
    assert_int_equal(o.read, 1);
    outcome_free(&o);
    unsetenv("COMMONSHELF_SECRET");
    close(30);
    unlink(options.reader);
}

/* The one child of this process; 0 when the kernel does not tell. */
static pid_t only_child(void)
{
    FILE *children = fopen("/proc/thread-self/children", "r");
    int pid = 0;

    if (children && fscanf(children, "%d", &pid) != 1)
        pid = 0;
    if (children)
        fclose(children);
    return pid;
}

/* What the reader could still do if a record took it over: write no file, open little. */
static void the_reader_is_confined(void **state)
{
    static const char *const fields[] = {"001", "1", "245", "00" SUB("a") "Title", NULL};
    struct cs_buffer b = CS_BUFFER_INIT;
    struct intake_row row;
    struct rlimit limit;
    struct intake *in;
    pid_t pid;
    int fd;

    (void)state;
    for (size_t i = 0; i < 20000; i++) /* more than the pipe holds: it is still there */
        add_record(&b, BOOK, fields);
    fd = fd_of(b.p, b.n);
    in = open_fd(fd, NULL);
    assert_non_null(in);
    assert_int_equal(intake_next(in, &row, &why), 1);
    pid = only_child();
    if (pid > 0) {
        assert_int_equal(prlimit(pid, RLIMIT_FSIZE, NULL, &limit), 0);
        assert_int_equal(limit.rlim_max, 0);
        assert_int_equal(prlimit(pid, RLIMIT_CORE, NULL, &limit), 0);
        assert_int_equal(limit.rlim_max, 0);
        assert_int_equal(prlimit(pid, RLIMIT_NOFILE, NULL, &limit), 0);
        assert_true(limit.rlim_max <= 64);
        assert_int_equal(prlimit(pid, RLIMIT_CPU, NULL, &limit), 0);
        assert_true(limit.rlim_max != RLIM_INFINITY);
    }
    intake_close(in);
    assert_int_equal(only_child(), 0);
    close(fd);
    cs_buffer_free(&b);
}

int main(void)
{
    const struct CMUnitTest tests[] = {
        cmocka_unit_test(a_whole_record),
        cmocka_unit_test(original_script_comes_first),
        cmocka_unit_test(coded_dates),
        cmocka_unit_test(kinds_of_things),
        cmocka_unit_test(charsets),
        cmocka_unit_test(damaged_files),
        cmocka_unit_test(endless_records),
        cmocka_unit_test(forms_of_marcxml),
        cmocka_unit_test(hostile_marcxml),
        cmocka_unit_test(a_huge_xml_record),
        cmocka_unit_test(a_reader_that_fails),
        cmocka_unit_test(frames_end_where_they_say),
        cmocka_unit_test(closing_early),
        cmocka_unit_test(the_reader_inherits_nothing),
        cmocka_unit_test(the_reader_is_confined),
    };

    return cmocka_run_group_tests_name("intake/marc", tests, NULL, NULL);
}
