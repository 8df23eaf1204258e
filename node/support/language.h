/*
 * The reader's language. Every string that a person reads goes through _(), which looks it up for
 * the language of the current thread's request. Tables come from po files; a missing string is shown
 * in English.
 */
#ifndef SUPPORT_LANGUAGE_H
#define SUPPORT_LANGUAGE_H

/* Sets this thread's language from a BCP 47 tag, a POSIX locale ("es_ES.UTF-8") or an
 * Accept-Language header: the first that there is a table for, else English. */
void language_set(const char *wanted);
/* The BCP 47 tag in force: "en". A constant. */
const char *language_get(void);
/* format_arg: the compiler checks a format inside _() against its arguments. */
__attribute__((format_arg(1))) const char *language_text(const char *message);
__attribute__((format_arg(1), format_arg(2))) const char *
language_plural(const char *one, const char *many, unsigned long n);

#define _(message) language_text(message)
#define P_(one, many, n) language_plural(one, many, n)
/* Marks a string that is looked up later. */
#define N_(message) message

#endif
