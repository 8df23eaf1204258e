/*
 * Shapes of strings in records, one predicate each. They get valid UTF-8, not empty and under its
 * member's cap. Not installed; record.c calls them.
 */
#ifndef PROTOCOL_SHAPE_H
#define PROTOCOL_SHAPE_H

#include <commonshelf/base.h>

/*
 * Text for people: no control characters (C0, DEL, C1) but TAB and LF, and something else than white
 * space. C1 is refused because terminals obey it: U+009B opens an escape sequence. Marks for the
 * direction of writing stay: Arabic and Hebrew titles need them, and who shows a text isolates it.
 */
bool cs_shape_text(struct cs_span s);

/* RFC 3986: a scheme of two letters or more, then only its characters. Schemes that run or embed
 * what they name (javascript, data, …) are refused, because any URI may become a link. */
bool cs_shape_uri(struct cs_span s);
/* "https://" HOST [":" PORT], no user, and the rest as in a URI. */
bool cs_shape_https(struct cs_span s);

/* "type/subtype" of RFC 6838 §4.2, without parameters. */
bool cs_shape_media_type(struct cs_span s);
/* A type of schema.org: letters and digits. */
bool cs_shape_type_name(struct cs_span s);
/* 64 hexadecimal digits in lower case. */
bool cs_shape_sha256(struct cs_span s);
/* 13 digits, a prefix of the ISBN agency, and a good check digit. */
bool cs_shape_isbn(struct cs_span s);

/* ISO 8601: YYYY-MM-DD, or with Thh:mm[:ss[.f]] and Z or an offset. */
bool cs_shape_time(struct cs_span s);
/* ISO 8601 durations: "PT45M", "P2W", "P1Y6M". */
bool cs_shape_duration(struct cs_span s);

#endif
