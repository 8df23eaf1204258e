/*
 * Writing HTML so that nobody's text can become mark-up. Mark-up comes from literals only,
 * through html_raw; all else through a function named for the place where it will stand. A plain
 * cs_buffer_add in a page is therefore a mistake one can see. Knows nothing of pages.
 *
 * Everywhere, bytes that are no UTF-8 and control characters become U+FFFD, and the characters
 * that embed, override or isolate directions (U+202A-202E, U+2066-2069) are left out: each value
 * stands in a <bdi> or an element with dir, which does this without reaching what stands behind
 * it.
 */
#ifndef SITE_HTML_H
#define SITE_HTML_H

#include <commonshelf/base.h>

/* Refuses to compile with anything but a string literal. */
#define html_raw(out, literal) cs_buffer_add((out), "" literal, sizeof(literal) - 1)

/* Between tags. */
void html_text(struct cs_buffer *out, const char *text);
void html_span(struct cs_buffer *out, struct cs_span text);
/* Between the double quotes of an attribute that is no URL, style or script. */
void html_attribute(struct cs_buffer *out, const char *text);
void html_attribute_span(struct cs_buffer *out, struct cs_span text);
/* One segment of a path, or one name or value in a query: RFC 3986 §2.3's unreserved characters,
 * all else as %XX. Safe between double quotes. */
void html_url_part(struct cs_buffer *out, struct cs_span text);

/* Plain digits, anywhere. */
void html_number(struct cs_buffer *out, uint64_t n);

/*
 * A sentence from _() with its values, which stand in a <bdi> each. The only conversions are %s and
 * %1$s … %8$s.
 */
__attribute__((format(printf, 2, 3))) void html_words(struct cs_buffer *out, const char *format,
                                                      ...);
/* <bdi lang="…">text</bdi>; without lang when that is NULL. */
void html_value(struct cs_buffer *out, const char *text, const char *lang);
/* ' lang="…" dir="auto"' for an element that holds a stranger's text. */
void html_language(struct cs_buffer *out, const char *lang);
/* Text in which 0x02 and 0x03 stand around what matched: those parts in <mark>. */
void html_marked(struct cs_buffer *out, const char *text);
/* Paragraphs: text between blank lines in <p>, single line ends as <br>. */
void html_paragraphs(struct cs_buffer *out, const char *text, const char *lang);

/*
 * True if a link may lead there: https, a host of ASCII letters, digits, '.' and '-' (or an
 * address in brackets), no user or password, and only characters that a URL may have. *host is
 * the part of `url` to show, with its port.
 */
bool html_url_host(const char *url, struct cs_span *host);
/* The start tag of a link to another site, or nothing and false if html_url_host says no. The
 * caller writes what stands in it, and </a>. `css` is a class, NULL for none. */
bool html_link_out(struct cs_buffer *out, const char *url, const char *css);

#endif
