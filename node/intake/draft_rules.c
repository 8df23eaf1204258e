#include "intake/draft_internal.h"

const struct rule draft_rules[MEMBERS] = {
    [MEMBER_KIND] = {"kind", SHAPE_WORD, 16, 1, LEXICON_KIND},
    [MEMBER_CATEGORY] = {"category", SHAPE_WORD, 16, 1, LEXICON_CATEGORY},
    [MEMBER_TYPE] = {"type", SHAPE_WORDS, 64, 8, LEXICON_TYPE},
    [MEMBER_NAME] = {"name", SHAPE_TEXT, 2000, 1, 0},
    [MEMBER_ALTERNATE_NAME] = {"alternateName", SHAPE_TEXTS, 2000, 16, 0},
    [MEMBER_CREATOR] = {"creator", SHAPE_STRINGS, 400, 64, 0},
    [MEMBER_CONTRIBUTOR] = {"contributor", SHAPE_STRINGS, 400, 64, 0},
    [MEMBER_DESCRIPTION] = {"description", SHAPE_TEXT, 20000, 1, 0},
    [MEMBER_ABOUT] = {"about", SHAPE_STRINGS, 400, 64, 0},
    [MEMBER_KEYWORDS] = {"keywords", SHAPE_STRINGS, 400, 64, 0},
    [MEMBER_LEARNING_RESOURCE_TYPE] = {"learningResourceType", SHAPE_STRINGS, 400, 16, 0},
    [MEMBER_EDUCATIONAL_LEVEL] = {"educationalLevel", SHAPE_STRINGS, 400, 16, 0},
    [MEMBER_AUDIENCE] = {"audience", SHAPE_STRINGS, 400, 16, 0},
    [MEMBER_IN_LANGUAGE] = {"inLanguage", SHAPE_LANGUAGES, 35, 16, 0},
    [MEMBER_LICENSE] = {"license", SHAPE_LICENCE, 400, 1, 0},
    [MEMBER_PUBLISHER] = {"publisher", SHAPE_STRING, 400, 1, 0},
    [MEMBER_DATE_PUBLISHED] = {"datePublished", SHAPE_DATE, 32, 1, 0},
    [MEMBER_ISBN] = {"isbn", SHAPE_ISBNS, 13, 16, 0},
    [MEMBER_IDENTIFIER] = {"identifier", SHAPE_URIS, 400, 32, 0},
    [MEMBER_URL] = {"url", SHAPE_URL, 2000, 1, 0},
    [MEMBER_IMAGE] = {"image", SHAPE_URL, 2000, 1, 0},
    [MEMBER_CONDITIONS_OF_ACCESS] = {"conditionsOfAccess", SHAPE_WORD, 16, 1, LEXICON_ACCESS},
    [MEMBER_COPIES] = {"copies", SHAPE_NUMBER, 0, 1, 0},
    [MEMBER_CAPACITY] = {"capacity", SHAPE_NUMBER, 0, 1, 0},
    [MEMBER_CALL_NUMBER] = {"callNumber", SHAPE_STRING, 200, 1, 0},
    [MEMBER_PLACE] = {"place", SHAPE_TEXT, 400, 1, 0},
    [MEMBER_VALID_FROM] = {"validFrom", SHAPE_TIME, 32, 1, 0},
    [MEMBER_VALID_UNTIL] = {"validUntil", SHAPE_TIME, 32, 1, 0},
    [MEMBER_TIME_REQUIRED] = {"timeRequired", SHAPE_DURATION, 32, 1, 0},
    [MEMBER_IS_BASED_ON] = {"isBasedOn", SHAPE_URIS, 400, 16, 0},
    [MEMBER_IS_PART_OF] = {"isPartOf", SHAPE_URIS, 400, 16, 0},
};

const char *member_name(enum member m)
{
    return m < MEMBERS          ? draft_rules[m].name
           : m == MEMBER_KEY    ? "id"
           : m == MEMBER_IGNORE ? "ignore"
                                : NULL;
}

enum member member_find(const char *name)
{
    int m;

    for (m = 0; m < MEMBER_NONE; m++)
        if (strcmp(member_name((enum member)m), name) == 0)
            break;
    return (enum member)m;
}

bool draft_is_list(enum member m)
{
    return m < MEMBERS && draft_rules[m].count > 1;
}
