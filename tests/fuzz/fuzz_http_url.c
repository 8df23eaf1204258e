/*
 * URLs of other nodes: what is taken is written in one way, and reading that again changes nothing.
 */
#include "http/http.h"
#include "tests/fuzz/fuzz.h"

int LLVMFuzzerTestOneInput(const uint8_t *data, size_t size)
{
    static struct http_url once, twice;
    char *text = malloc(size + 1);

    must(text != NULL);
    memcpy(text, data, size);
    text[size] = 0;
    if (http_url_read(text, &once, NULL) == 0) {
        must(strlen(once.text) <= CS_URL_MAX && strncmp(once.text, "https://", 8) == 0);
        must(once.port == 443 || once.port >= 1024);
        must(once.path.n >= 1 && once.path.p[0] == '/' && !strchr(once.authority, '@'));
        must(once.path.p + once.path.n + once.query.n ==
             (unsigned char *)once.text + strlen(once.text));
        must(http_url_read(once.text, &twice, NULL) == 0);
        must(strcmp(once.text, twice.text) == 0 && strcmp(once.authority, twice.authority) == 0);
    }
    free(text);
    return 0;
}
