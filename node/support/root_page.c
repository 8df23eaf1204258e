#include "support/root_page.h"

#include <stdio.h>

#include <commonshelf/encode.h>
#include <openssl/crypto.h>
#include <openssl/err.h>
#include <openssl/evp.h>
#include <openssl/pem.h>

#include "support/language.h"
#include "support/memory.h"

#define PAGE_VERSION 1
#define PAGE_SUM 5
#define PAGE_BYTES (1 + CS_KEY_SEED + CS_HASH + PAGE_SUM)
#define LINE 16
#define CHECK 3
#define LETTERS (ROOT_PAGE_LINES * LINE)
#define CODE "COMMONSHELF-ROOT:"
#define NODE_PREFIX 3 /* "cs1" */

static const char alphabet[] = "abcdefghijklmnopqrstuvwxyz234567";

/* ---- writing */

static void sum(const unsigned char *bytes, unsigned char out[PAGE_SUM])
{
    struct cs_hash hash;

    cs_sha256(cs_span_make(bytes, PAGE_BYTES - PAGE_SUM), &hash);
    memcpy(out, hash.b, PAGE_SUM);
}

static void check_letters(int number, const char line[LINE], char out[CHECK])
{
    static const char label[] = "commonshelf/root-page/v1\n";
    char digits[] = {(char)('0' + number), '\n'};
    struct cs_span parts[] = {cs_span_of(label), cs_span_make(digits, sizeof digits),
                              cs_span_make(line, LINE)};
    struct cs_hash hash;
    unsigned bits;

    cs_sha256_many(parts, 3, &hash);
    bits = (unsigned)hash.b[0] << 7 | hash.b[1] >> 1;
    for (int i = 0; i < CHECK; i++)
        out[i] = alphabet[bits >> (5 * (CHECK - 1 - i)) & 31];
}

/* Wipes the bytes that it went through; the letters are the caller's to wipe. */
static bool letters_of(const unsigned char seed[CS_KEY_SEED], const struct cs_node_id *node,
                       char out[LETTERS])
{
    struct cs_buffer text = {.alloc = memory_allocator()};
    unsigned char bytes[PAGE_BYTES] = {PAGE_VERSION};
    bool ok = false;

    memcpy(bytes + 1, seed, CS_KEY_SEED);
    if (cs_base32_read(cs_span_make(node->s + NODE_PREFIX, CS_NODE_ID_LEN - NODE_PREFIX),
                       bytes + 1 + CS_KEY_SEED, CS_HASH) == CS_OK) {
        sum(bytes, bytes + PAGE_BYTES - PAGE_SUM);
        cs_base32_add(&text, cs_span_make(bytes, sizeof bytes));
        ok = !text.failed && text.n == LETTERS;
    }
    if (ok)
        memcpy(out, text.p, LETTERS);
    OPENSSL_cleanse(bytes, sizeof bytes);
    if (text.n)
        OPENSSL_cleanse(text.p, text.n);
    cs_buffer_free(&text);
    return ok;
}

void root_page_lines(const unsigned char seed[CS_KEY_SEED], const struct cs_node_id *node,
                     struct cs_buffer *out)
{
    char letters[LETTERS], check[CHECK];

    if (!letters_of(seed, node, letters)) {
        out->failed = true;
        return;
    }
    for (int i = 0; i < ROOT_PAGE_LINES; i++) {
        const char *line = letters + LINE * i;

        check_letters(i + 1, line, check);
        cs_buffer_printf(out, "%d  %.4s %.4s %.4s %.4s  %.3s\n", i + 1, line, line + 4, line + 8,
                         line + 12, check);
    }
    OPENSSL_cleanse(letters, sizeof letters);
}

void root_page_code(const unsigned char seed[CS_KEY_SEED], const struct cs_node_id *node,
                    struct cs_buffer *out)
{
    char letters[LETTERS];

    if (!letters_of(seed, node, letters)) {
        out->failed = true;
        return;
    }
    cs_buffer_add_text(out, CODE);
    for (size_t i = 0; i < LETTERS; i++)
        cs_buffer_add_byte(out, (unsigned char)(letters[i] >= 'a' ? letters[i] - 32 : letters[i]));
    OPENSSL_cleanse(letters, sizeof letters);
}

void root_page_write(const unsigned char seed[CS_KEY_SEED], const struct cs_node_id *node,
                     const char *name, struct cs_buffer *out)
{
    cs_buffer_printf(out, _("ROOT KEY OF %s\n"), name);
    cs_buffer_printf(out, "%s\n\n", node->s);
    root_page_lines(seed, node, out);
    cs_buffer_add_text(out, "\n");
    cs_buffer_add_text(
        out,
        _("Whoever has this page can speak in this institution's name. Lock it away, apart from\n"
          "the computer. With it and an invite of a peer, a lost or stolen node comes back:\n"));
    cs_buffer_add_text(out, "\n    commonshelf keys recover LINK\n\n");
    cs_buffer_add_text(
        out,
        _("asks for the seven lines above. The three letters at the end of a line are its check:\n"
          "a typing error is named by its line. A QR code beside them holds the same: what a "
          "scanner\n"
          "reads in it can be given as a file, with --root FILE.\n"));
}

void root_page_wipe(struct cs_buffer *page)
{
    if (page->n)
        OPENSSL_cleanse(page->p, page->n);
    cs_buffer_free(page);
}

/* ---- reading */

/* One letter as it may be typed; 0 for what is none. */
static char letter_of(unsigned char c)
{
    if (c >= 'A' && c <= 'Z')
        c = (unsigned char)(c + 32);
    if (c == '0')
        return 'o';
    if (c == '1')
        return 'l';
    if (c == '8')
        return 'b';
    return c && strchr(alphabet, c) ? (char)c : 0;
}

static bool is_blank(unsigned char c)
{
    return c == ' ' || c == '\t' || c == '\r' || c == '-';
}

/* The letters of a line in order; false if there are others, or not exactly `n`. */
static bool take_letters(struct cs_span line, char *out, size_t n)
{
    size_t got = 0;

    for (size_t i = 0; i < line.n; i++) {
        char c = letter_of(line.p[i]);

        if (is_blank(line.p[i]))
            continue;
        if (!c || got == n)
            return false;
        out[got++] = c;
    }
    return got == n;
}

/* Takes off the number that a line of the page begins with; 0 if it is another line. */
static int line_number(struct cs_span *line)
{
    int number;

    while (line->n && is_blank(line->p[0])) {
        line->p++;
        line->n--;
    }
    if (line->n < 2 || line->p[0] < '1' || line->p[0] > '0' + ROOT_PAGE_LINES)
        return 0;
    if (!is_blank(line->p[1]) && line->p[1] != '.' && line->p[1] != ':' && line->p[1] != ')')
        return 0;
    number = line->p[0] - '0';
    line->p += 2;
    line->n -= 2;
    return number;
}

static bool next_line(struct cs_span *rest, struct cs_span *line)
{
    const unsigned char *lf;

    if (rest->n == 0)
        return false;
    lf = memchr(rest->p, '\n', rest->n);
    *line = cs_span_make(rest->p, lf ? (size_t)(lf - rest->p) : rest->n);
    rest->p += line->n + (lf ? 1 : 0);
    rest->n -= line->n + (lf ? 1 : 0);
    return true;
}

/* The letters of the page; `good` says which lines are whole. A code fills them all. */
static void find_letters(struct cs_span text, char letters[LETTERS], bool good[ROOT_PAGE_LINES])
{
    struct cs_span line;

    while (next_line(&text, &line)) {
        char typed[LINE + CHECK], check[CHECK];
        size_t prefix = sizeof CODE - 1;
        int number;

        if (line.n > prefix && !memcmp(line.p, CODE, prefix)) {
            line = cs_span_make(line.p + prefix, line.n - prefix);
            if (take_letters(line, letters, LETTERS))
                memset(good, true, ROOT_PAGE_LINES);
            return;
        }
        number = line_number(&line);
        if (number && take_letters(line, typed, sizeof typed)) {
            check_letters(number, typed, check);
            if (memcmp(check, typed + LINE, CHECK) == 0) {
                memcpy(letters + LINE * (number - 1), typed, LINE);
                good[number - 1] = true;
            }
        }
        OPENSSL_cleanse(typed, sizeof typed);
    }
}

static int mistyped(const bool good[ROOT_PAGE_LINES], struct problem *why)
{
    char lines[4 * ROOT_PAGE_LINES + 1] = "";
    int wrong = 0;

    for (int i = 0; i < ROOT_PAGE_LINES; i++)
        if (!good[i])
            snprintf(lines + strlen(lines), sizeof lines - strlen(lines), "%s%d",
                     wrong++ ? ", " : "", i + 1);
    return problem_set(why, "page_mistyped",
                       P_("Line %s of the root key is missing or has a typing error. Nothing was "
                          "changed. Compare it with the page and try again.",
                          "Lines %s of the root key are missing or have typing errors. Nothing was "
                          "changed. Compare them with the page and try again.",
                          (unsigned long)wrong),
                       lines);
}

static int decode(const char letters[LETTERS], unsigned char seed[CS_KEY_SEED],
                  struct cs_node_id *node, struct problem *why)
{
    struct cs_buffer id = {.alloc = memory_allocator()};
    unsigned char bytes[PAGE_BYTES], wanted[PAGE_SUM];
    int rc = -1;

    if (cs_base32_read(cs_span_make(letters, LETTERS), bytes, sizeof bytes) != CS_OK ||
        (sum(bytes, wanted), memcmp(wanted, bytes + PAGE_BYTES - PAGE_SUM, PAGE_SUM) != 0) ||
        bytes[0] != PAGE_VERSION) {
        problem_set(why, "page_mistyped", "%s",
                    _("The lines of the root key do not belong together: they are of two pages, or "
                      "the code was not read right. Nothing was changed."));
        goto out;
    }
    cs_buffer_add_text(&id, "cs1");
    cs_base32_add(&id, cs_span_make(bytes + 1 + CS_KEY_SEED, CS_HASH));
    if (id.failed || cs_node_id_read(cs_buffer_span(&id), node) != CS_OK) {
        problem_no_memory(why);
        goto out;
    }
    memcpy(seed, bytes + 1, CS_KEY_SEED);
    rc = 0;
out:
    OPENSSL_cleanse(bytes, sizeof bytes);
    cs_buffer_free(&id);
    return rc;
}

static int no_passphrase(char *out, int room, int writing, void *arg)
{
    (void)out;
    (void)room;
    (void)writing;
    (void)arg;
    return -1;
}

static int read_pem(struct cs_span text, unsigned char seed[CS_KEY_SEED], struct problem *why)
{
    BIO *pem = BIO_new_mem_buf(text.p, (int)text.n);
    EVP_PKEY *key = pem ? PEM_read_bio_PrivateKey(pem, NULL, no_passphrase, NULL) : NULL;
    size_t n = CS_KEY_SEED;
    int rc = 0;

    if (!key || EVP_PKEY_get_base_id(key) != EVP_PKEY_ED25519 ||
        EVP_PKEY_get_raw_private_key(key, seed, &n) != 1 || n != CS_KEY_SEED)
        rc = problem_set(why, "key_damaged", "%s",
                         _("This file is no root key: it is damaged or another key. Nothing was "
                           "changed."));
    ERR_clear_error();
    EVP_PKEY_free(key);
    BIO_free(pem);
    return rc;
}

int root_page_read(struct cs_span text, unsigned char seed[CS_KEY_SEED], struct cs_node_id *node,
                   struct problem *why)
{
    static const char pem[] = "-----BEGIN ";
    bool good[ROOT_PAGE_LINES] = {false}, whole = true;
    char letters[LETTERS];
    int rc;

    memset(node, 0, sizeof *node);
    if (text.n > ROOT_PAGE_MAX)
        return problem_set(why, "too_large", "%s",
                           _("This file is too large for a root key. Nothing was changed."));
    if (text.n >= sizeof pem - 1 && !memcmp(text.p, pem, sizeof pem - 1))
        return read_pem(text, seed, why);
    find_letters(text, letters, good);
    for (int i = 0; i < ROOT_PAGE_LINES; i++)
        whole = whole && good[i];
    rc = whole ? decode(letters, seed, node, why) : mistyped(good, why);
    OPENSSL_cleanse(letters, sizeof letters);
    return rc;
}
