/*
 * Every cap of the protocol in one table, each with its reason. Not the server's own limits of
 * count and time (node/http has those). Read by everyone who parses a stranger's bytes.
 */
#ifndef COMMONSHELF_LIMITS_H
#define COMMONSHELF_LIMITS_H

#include <stdint.h>

#define CS_NODE_ID_LEN 55 /* "cs1" and 52 letters: base32 of a SHA-256 without padding */
#define CS_TIME_MAX UINT64_C(253402300799) /* the end of the year 9999, in seconds since 1970 */
#define CS_VERSION_MAX UINT64_C(0x7fffffffffffffff) /* what SQLite's and jansson's integers hold */
#define CS_NOTE_MAX 65536 /* a keyset or profile has a few hundred bytes; room to grow */
#define CS_NOTE_SIGNATURES_MAX 16 /* C2SP signed-note: at least 16 must parse; no more here */
#define CS_NOTE_NAME_MAX 120 /* longest signer: node ID, shelf name, epoch */
#define CS_KEYSET_ROOTS_MAX 5
#define CS_KEYSET_CHAIN_MAX 1024 /* steps from the genesis keyset that are followed */
#define CS_KEYSET_RETIRED_MAX 16 /* logs that one keyset closes; the next one can close more */
#define CS_KEYSET_OVERRIDE                                                                         \
    2592000 /* seconds in which a higher root can take a step back: 30 days */
#define CS_PROFILE_PINS_MAX 4 /* current, next, and room for a second front */
#define CS_PROFILE_VIAS_MAX 16 /* relays: a dozen spare a publisher a thousand readers */
#define CS_PROFILE_SHELVES_MAX 256
#define CS_PROFILE_TEXT_MAX 400 /* name, place */
#define CS_URL_MAX 2000
#define CS_SHELF_NAME_MAX 32 /* [a-z0-9-], starts with a letter or digit */
#define CS_ORIGIN_MAX 110 /* node ID "/" shelf "/" epoch of at most 20 digits */

#define CS_ENTRY_MAX 60000 /* a C2SP bundle holds 16-bit lengths */
#define CS_ENTRY_HEAD 18 /* version, op, salt[16] */
#define CS_BUNDLE_WIDTH 256 /* C2SP tlog-tiles */
#define CS_BUNDLE_RAW_MAX (CS_BUNDLE_WIDTH * (2 + CS_ENTRY_MAX))
#define CS_BUNDLE_GZIP_MAX (CS_BUNDLE_RAW_MAX + 65536) /* stored blocks cost little */
#define CS_TILE_MAX (CS_BUNDLE_WIDTH * 32)
#define CS_CHECKPOINT_MAX 8192 /* three lines and at most 16 signatures */
#define CS_TAIL_ENTRIES_MAX 4096 /* entries in one tail answer */
#define CS_TAIL_RAW_MAX (8u << 20)
#define CS_PROOF_MAX 63 /* hashes of a consistency proof: C2SP tlog-witness */
#define CS_SEEN_LOGS_MAX                                                                           \
    4096 /* lines of one seen note; a reader asks on from the last one's time */
#define CS_SEEN_MAX (1u << 20) /* a line has about 200 bytes */
#define CS_LOG_SIZE_MAX (UINT64_C(1) << 40) /* tile numbers stay in five path elements */

#define CS_CHARTER_MAX (1u << 20) /* a member's line has about 200 bytes */
#define CS_CHARTER_COORDINATORS_MAX 8 /* the old ones and the new ones all fit in 16 signatures */
#define CS_CHARTER_MEMBERS_MAX 4096
#define CS_CHARTER_TERMS_MAX 32
#define CS_CHARTER_TERM_MAX 1000
#define CS_CHARTER_CHAIN_MAX 1024 /* versions from the first one on: 85 years of one a month */
#define CS_CHARTER_LIFETIME_MAX                                                                    \
    7776000 /* 90 days: for so long an expelled member may be believed */

#define CS_JSON_DEPTH_MAX 16
#define CS_JSON_MEMBERS_MAX 256 /* in one object */
#define CS_RECORD_LANGUAGES_MAX 16
#define CS_LANGUAGE_MAX 35 /* RFC 5646 §4.4.1: what a tag without extensions may need */

#define CS_FRAMES_BODY_MAX (1u << 20) /* a hello: keyset chain, profile, hello note */
#define CS_DEPOSIT_MAX (16u << 20) /* the longest bundle, and the hashes above all of them */
#define CS_INVITE_SECRET 16 /* bytes: 128 bits */
#define CS_NONCE 16

#define CS_REQUEST_LIFETIME_MAX 300 /* seconds between created and expires */
#define CS_REQUEST_SKEW_MAX 300 /* seconds that two clocks may differ */
#define CS_COSIGNATURE_AHEAD 600 /* seconds a cosignature may lie in the future */

#endif
