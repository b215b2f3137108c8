/* SPDX-License-Identifier: Apache-2.0 */
/* draft-ietf-tls-keylogfile: "<Label> <space> <ClientRandom> <space> <Secret>", the last two in hexadecimal. */
#include "watch/keys.h"

#include "base/reader.h"
#include "base/secret.h"

#include <stdlib.h>
#include <string.h>

enum { FIRST_CAPACITY = 16 };

static const char *const labels[] = {"CLIENT_RANDOM", "CLIENT_HANDSHAKE_TRAFFIC_SECRET",
                                     "SERVER_HANDSHAKE_TRAFFIC_SECRET", "CLIENT_TRAFFIC_SECRET_0",
                                     "SERVER_TRAFFIC_SECRET_0"};

enum { LABEL_COUNT = sizeof labels / sizeof labels[0] };

typedef struct entry {
    uint8_t label; /* its place above */
    uint8_t length;
    uint8_t client_random[LK_RANDOM_LENGTH];
    uint8_t secret[LK_HASH_MAX]; /* a master secret is as long */
} entry;

struct lk_watch_keys {
    entry *entries;
    size_t count, capacity;
    lk_watch_more *more;
    void *more_context;
};

lk_error lk_watch_keys_new(lk_watch_keys **keys)
{
    *keys = calloc(1, sizeof **keys);
    return *keys ? LK_OK : LK_ERROR_NO_MEMORY;
}

void lk_watch_keys_free(lk_watch_keys *keys)
{
    if (!keys)
        return;
    if (keys->entries)
        lk_secret_wipe(keys->entries, keys->capacity * sizeof *keys->entries);
    free(keys->entries);
    free(keys);
}

size_t lk_watch_keys_count(const lk_watch_keys *keys)
{
    return keys->count;
}

void lk_watch_keys_ask(lk_watch_keys *keys, lk_watch_more *more, void *context)
{
    keys->more = more;
    keys->more_context = context;
}

/* realloc() would leave secrets behind. */
static bool make_room(lk_watch_keys *keys)
{
    size_t capacity = keys->capacity ? 2 * keys->capacity : FIRST_CAPACITY;
    if (keys->count < keys->capacity)
        return true;
    entry *larger = calloc(capacity, sizeof *larger);
    if (!larger)
        return false;
    if (keys->entries) {
        memcpy(larger, keys->entries, keys->count * sizeof *larger);
        lk_secret_wipe(keys->entries, keys->capacity * sizeof *larger);
    }
    free(keys->entries);
    keys->entries = larger;
    keys->capacity = capacity;
    return true;
}

/* Up to the next blank, which is skipped; empty at the end. */
static lk_reader next_word(lk_reader *line)
{
    const uint8_t *start = line->next;
    while (line->left > 0 && *line->next != ' ')
        lk_reader_u8(line);
    lk_reader word = lk_reader_over(start, (size_t)(line->next - start));
    while (line->left > 0 && *line->next == ' ')
        lk_reader_u8(line);
    return word;
}

static int digit(uint8_t character)
{
    if (character >= '0' && character <= '9')
        return character - '0';
    character |= 0x20;
    return character >= 'a' && character <= 'f' ? character - 'a' + 10 : -1;
}

/* Returns the number of bytes; 0 for what is not hexadecimal, and for what does not fit. */
static size_t read_hexadecimal(lk_reader word, uint8_t *bytes, size_t capacity)
{
    size_t length = word.left / 2;
    if (word.left % 2 != 0 || length > capacity)
        return 0;
    for (size_t i = 0; i < length; i++) {
        int high = digit(lk_reader_u8(&word)), low = digit(lk_reader_u8(&word));
        if (high < 0 || low < 0)
            return 0;
        bytes[i] = (uint8_t)(high << 4 | low);
    }
    return length;
}

static int find_label(lk_reader word)
{
    for (int i = 0; i < LABEL_COUNT; i++)
        if (word.left == strlen(labels[i]) && memcmp(word.next, labels[i], word.left) == 0)
            return i;
    return -1;
}

static lk_error add_line(lk_watch_keys *keys, lk_reader line)
{
    entry found = {0};
    int label = find_label(next_word(&line));
    size_t random_length = read_hexadecimal(next_word(&line), found.client_random, sizeof found.client_random);
    found.length = (uint8_t)read_hexadecimal(next_word(&line), found.secret, sizeof found.secret);
    found.label = (uint8_t)label;
    bool good = label >= 0 && random_length == LK_RANDOM_LENGTH && found.length > 0;
    lk_error error = !good || make_room(keys) ? LK_OK : LK_ERROR_NO_MEMORY;
    if (good && !error)
        keys->entries[keys->count++] = found;
    lk_secret_wipe(&found, sizeof found);
    return error;
}

lk_error lk_watch_keys_add(lk_watch_keys *keys, const char *text, size_t length)
{
    lk_reader reader = lk_reader_over((const uint8_t *)text, length);
    lk_error error = LK_OK;
    while (!error && reader.left > 0) {
        const uint8_t *start = reader.next;
        while (reader.left > 0 && *reader.next != '\n' && *reader.next != '\r')
            lk_reader_u8(&reader);
        error = add_line(keys, lk_reader_over(start, (size_t)(reader.next - start)));
        if (reader.left > 0)
            lk_reader_u8(&reader);
    }
    return error;
}

/* The last line counts: a client may draw the same random twice in a test. */
static const entry *find(const lk_watch_keys *keys, const char *label, const uint8_t *client_random, size_t length)
{
    for (size_t i = keys->count; i > 0; i--) {
        const entry *candidate = &keys->entries[i - 1];
        if (candidate->length == length && strcmp(labels[candidate->label], label) == 0 &&
            memcmp(candidate->client_random, client_random, LK_RANDOM_LENGTH) == 0)
            return candidate;
    }
    return NULL;
}

bool lk_watch_keys_find(lk_watch_keys *keys, const char *label, const uint8_t *client_random, size_t length,
                        uint8_t *secret)
{
    const entry *found = find(keys, label, client_random, length);
    while (!found && keys->more && keys->more(keys->more_context, keys))
        found = find(keys, label, client_random, length);
    if (found)
        memcpy(secret, found->secret, length);
    return found;
}
