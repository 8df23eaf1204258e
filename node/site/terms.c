#include "site/terms.h"

#include <stdio.h>

#include "support/support.h"

struct term {
    const char *value, *words;
};

#define COUNT(array) (sizeof(array) / sizeof((array)[0]))

static const char *look_up(const struct term *terms, size_t n, const char *value)
{
    for (size_t i = 0; i < n; i++)
        if (!strcmp(terms[i].value, value))
            return language_text(terms[i].words);
    return NULL;
}

const char *const term_categories[] = {"material", "equipment",  "room",       "expertise",
                                       "workshop", "mentorship", "internship", "tutoring",
                                       "service",  NULL};

const char *term_category(const char *value)
{
    static const struct term terms[] = {
        {"material", N_("Learning material")},
        {"equipment", N_("Equipment and kits")},
        {"room", N_("Room")},
        {"expertise", N_("Expertise")},
        {"workshop", N_("Workshop")},
        {"mentorship", N_("Mentor")},
        {"internship", N_("Placement")},
        {"tutoring", N_("Tutor")},
        {"service", N_("Service")},
    };

    return look_up(terms, COUNT(terms), value);
}

const char *term_type(const char *value)
{
    static const struct term terms[] = {
        {"Article", N_("Article")},
        {"AudioObject", N_("Sound recording")},
        {"Audiobook", N_("Audiobook")},
        {"Book", N_("Book")},
        {"Chapter", N_("Chapter")},
        {"Collection", N_("Collection")},
        {"Course", N_("Course")},
        {"CreativeWork", N_("Work")},
        {"Dataset", N_("Data")},
        {"DigitalDocument", N_("Digital document")},
        {"Event", N_("Event")},
        {"Game", N_("Game")},
        {"HowTo", N_("Instructions")},
        {"ImageObject", N_("Picture")},
        {"LearningResource", N_("Learning resource")},
        {"Map", N_("Map")},
        {"Movie", N_("Film")},
        {"MusicRecording", N_("Music recording")},
        {"Periodical", N_("Periodical")},
        {"Photograph", N_("Photograph")},
        {"Place", N_("Place")},
        {"PodcastEpisode", N_("Podcast episode")},
        {"PresentationDigitalDocument", N_("Slides")},
        {"Product", N_("Object")},
        {"Quiz", N_("Quiz")},
        {"Report", N_("Report")},
        {"ScholarlyArticle", N_("Scholarly article")},
        {"Service", N_("Service")},
        {"SheetMusic", N_("Sheet music")},
        {"SoftwareApplication", N_("Software")},
        {"SpreadsheetDigitalDocument", N_("Spreadsheet")},
        {"TextDigitalDocument", N_("Text document")},
        {"Thesis", N_("Thesis")},
        {"VideoGame", N_("Video game")},
        {"VideoObject", N_("Video")},
        {"VisualArtwork", N_("Work of art")},
        {"WebPage", N_("Web page")},
        {"WebSite", N_("Website")},
    };

    return look_up(terms, COUNT(terms), value);
}

const char *term_availability(const char *value)
{
    static const struct term terms[] = {
        {"open", N_("Open now")},       {"ask", N_("Ask for it")},   {"loan", N_("Ask to borrow")},
        {"onsite", N_("Use it there")}, {"unknown", N_("Not said")},
    };

    return look_up(terms, COUNT(terms), value);
}

const char *term_kind(const char *value)
{
    static const struct term terms[] = {
        {"resource", N_("On offer")},
        {"need", N_("Needed")},
    };

    return look_up(terms, COUNT(terms), value);
}

const char *term_facet(const char *field)
{
    static const struct term terms[] = {
        {"category", N_("What it is")},
        {"type", N_("Kind of material")},
        {"availability", N_("How to get it")},
        {"educationalLevel", N_("Level")},
        {"inLanguage", N_("Language")},
        {"license", N_("Licence")},
        {"node", N_("Who has it")},
        {"kind", N_("Offers and needs")},
    };

    return look_up(terms, COUNT(terms), field);
}

const char *term_media(const char *media_type)
{
    static const struct term terms[] = {
        {"application/pdf", "PDF"},
        {"application/epub+zip", "EPUB"},
        {"application/zip", "ZIP"},
        {"audio/mpeg", "MP3"},
        {"video/mp4", "MP4"},
        {"image/jpeg", "JPEG"},
        {"image/png", "PNG"},
        {"text/html", "HTML"},
        {"text/plain", N_("Text")},
        {"application/vnd.openxmlformats-officedocument.wordprocessingml.document", "DOCX"},
        {"application/vnd.openxmlformats-officedocument.presentationml.presentation", "PPTX"},
        {"application/vnd.openxmlformats-officedocument.spreadsheetml.sheet", "XLSX"},
        {"application/vnd.oasis.opendocument.text", "ODT"},
        {"application/vnd.oasis.opendocument.presentation", "ODP"},
        {"application/vnd.oasis.opendocument.spreadsheet", "ODS"},
    };
    const char *words = look_up(terms, COUNT(terms), media_type);

    return words ? words : media_type;
}

/* ---- licences */

/* What stands behind "http(s)://host/" if the host is this one, "www." or not. NULL otherwise. */
static const char *behind(const char *uri, const char *host)
{
    const char *p = strstr(uri, "://");
    size_t n = strlen(host);

    if (!p || strncmp(uri, "http", 4) != 0)
        return NULL;
    p += 3;
    if (!strncmp(p, "www.", 4))
        p += 4;
    return !strncmp(p, host, n) && p[n] == '/' ? p + n + 1 : NULL;
}

/* "by-nc-sa/4.0/deed.de" → "CC BY-NC-SA 4.0". */
static bool creative_commons(const char *p, char out[TERM_TEXT])
{
    size_t name = strspn(p, "abcdefghijklmnopqrstuvwxyz-+");
    size_t version = p[name] == '/' ? strspn(p + name + 1, "0123456789.") : 0;
    size_t n;

    if (name < 2 || name > 20 || version > 8)
        return false;
    n = (size_t)snprintf(out, TERM_TEXT, "CC %.*s", (int)name, p);
    for (size_t i = 3; i < n; i++)
        if (out[i] >= 'a' && out[i] <= 'z')
            out[i] = (char)(out[i] - 'a' + 'A');
    if (version)
        snprintf(out + n, TERM_TEXT - n, " %.*s", (int)version, p + name + 1);
    return true;
}

static bool spdx(const char *p, char out[TERM_TEXT])
{
    size_t n = strspn(p, "ABCDEFGHIJKLMNOPQRSTUVWXYZabcdefghijklmnopqrstuvwxyz0123456789.-+");

    if (n > 5 && !strncmp(p + n - 5, ".html", 5))
        n -= 5;
    if (n == 0 || n >= TERM_TEXT)
        return false;
    snprintf(out, TERM_TEXT, "%.*s", (int)n, p);
    return true;
}

bool term_license(const char *uri, char out[TERM_TEXT])
{
    static const struct term rights[] = {
        {"vocab/InC/", N_("In copyright")},
        {"vocab/InC-EDU/", N_("In copyright, educational use permitted")},
        {"vocab/InC-NC/", N_("In copyright, non-commercial use permitted")},
        {"vocab/NoC-US/", N_("No copyright in the United States")},
        {"vocab/NoC-NC/", N_("No copyright, non-commercial use only")},
        {"vocab/CNE/", N_("Copyright not evaluated")},
        {"vocab/UND/", N_("Copyright undetermined")},
        {"vocab/NKC/", N_("No known copyright")},
    };
    const char *p;

    if ((p = behind(uri, "creativecommons.org"))) {
        if (!strncmp(p, "licenses/", 9))
            return creative_commons(p + 9, out);
        if (!strncmp(p, "publicdomain/zero/1.0", 21)) {
            snprintf(out, TERM_TEXT, "CC0 1.0");
            return true;
        }
        if (!strncmp(p, "publicdomain/mark/", 18)) {
            snprintf(out, TERM_TEXT, "%s", _("Public domain"));
            return true;
        }
        return false;
    }
    if ((p = behind(uri, "spdx.org")) && !strncmp(p, "licenses/", 9))
        return spdx(p + 9, out);
    if (!(p = behind(uri, "rightsstatements.org")))
        return false;
    for (size_t i = 0; i < COUNT(rights); i++) {
        if (!strncmp(p, rights[i].value, strlen(rights[i].value))) {
            snprintf(out, TERM_TEXT, "%s", language_text(rights[i].words));
            return true;
        }
    }
    return false;
}
