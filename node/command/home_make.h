/*
 * What every new home is made of, whoever makes it: `init`, or `keys recover` where one was lost. Made whole
 * in a directory beside its place and then renamed there, so that a crash leaves no home or a complete one.
 */
#ifndef COMMAND_HOME_MAKE_H
#define COMMAND_HOME_MAKE_H

#include "command/home.h"
#include "command/options.h"

/* Entries of an option table: the settings of a new home. */
#define HOME_MAKE_OPTIONS                                                                          \
    {"name", 0, N_("NAME"), N_("the institution's name, as its peers see it"), 0},                 \
        {"place", 0, N_("PLACE"), N_("where it is: a town, a region"), 0},                         \
        {"url", 0, N_("URL"), N_("the address at which others reach it; else the listener's"), 0}, \
        {"listen", 0, N_("ADDR:PORT"), N_("where it answers the world over HTTPS (0.0.0.0:7443)"), \
         0},                                                                                       \
        {"reach", 0, N_("direct|none"),                                                            \
         N_("none: nobody can connect to it (behind a router, on a phone's line)"), 0},            \
        {"via", 0, N_("NODE-ID"), N_("a peer that relays for it; may be given more than once"),    \
         OPTION_MANY},                                                                             \
        {"local", 0, N_("ADDR:PORT"), N_("where it answers this machine (127.0.0.1:7480)"), 0},    \
        {"lang", 0, N_("LANG"), N_("the language of its name: en, es, sw, zh-Hans"), 0},           \
    {                                                                                              \
        "allow-cidr", 0, N_("CIDR"),                                                               \
            N_("a private network in which peers may be contacted, such as 192.168.0.0/16; may "   \
               "be given "                                                                         \
               "more than once"),                                                                  \
            OPTION_MANY                                                                            \
    }

/* Fills the directory beside and puts it in place: "home_exists" where there is something already. */
CS_MUST_USE int home_make(const char *path,
                          int (*fill)(const char *beside, void *arg, struct problem *why),
                          void *arg, struct problem *why);
/* Puts what the options say into `config`. */
CS_MUST_USE int home_make_settings(const struct options *o, struct config *config,
                                   struct problem *why);
CS_MUST_USE int home_make_directories(const char *path, struct problem *why);
/* A TLS key and its certificate. */
CS_MUST_USE int home_make_certificate(const char *path, const struct config *config,
                                      struct problem *why);

#endif
