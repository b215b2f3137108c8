/* SPDX-License-Identifier: Apache-2.0 */
#include "handshake/tickets.h"

#include "base/secret.h"

#include <limits.h>
#include <openssl/evp.h>
#include <openssl/rand.h>
#include <pthread.h>
#include <stdlib.h>
#include <string.h>
#include <time.h>

enum { KEY_LENGTH = 32 };

/* NIST SP 800-38D section 8.3: no key seals more than 2^32 times with nonces that are random. */
#define SEALS_MAX UINT32_MAX

typedef struct ticket_key {
    uint8_t name[LK_TICKET_NAME_LENGTH];
    uint8_t key[KEY_LENGTH];
    uint64_t made; /* s, by a clock that does not jump */
    uint64_t seals;
    bool valid;
} ticket_key;

struct lk_tickets {
    uint32_t lifetime;
    pthread_mutex_t lock;         /* of what follows */
    ticket_key current, previous; /* one seals, both open */
};

static uint64_t now_seconds(void)
{
    struct timespec now;
    clock_gettime(CLOCK_MONOTONIC, &now);
    return (uint64_t)now.tv_sec;
}

static lk_error key_new(ticket_key *key)
{
    *key = (ticket_key){.made = now_seconds(), .valid = true};
    if (RAND_bytes(key->name, sizeof key->name) == 1 && RAND_bytes(key->key, sizeof key->key) == 1)
        return LK_OK;
    lk_secret_wipe(key, sizeof *key);
    return LK_ERROR_CRYPTO;
}

lk_error lk_tickets_new(uint32_t lifetime, lk_tickets **tickets)
{
    lk_tickets *made = calloc(1, sizeof *made);
    *tickets = NULL;
    if (!made)
        return LK_ERROR_NO_MEMORY;
    made->lifetime = lifetime;
    lk_error error = key_new(&made->current);
    if (!error && pthread_mutex_init(&made->lock, NULL) != 0)
        error = LK_ERROR_NO_MEMORY;
    if (error) {
        lk_secret_wipe(made, sizeof *made);
        free(made);
        return error;
    }
    *tickets = made;
    return LK_OK;
}

void lk_tickets_free(lk_tickets *tickets)
{
    if (!tickets)
        return;
    pthread_mutex_destroy(&tickets->lock);
    lk_secret_wipe(tickets, sizeof *tickets);
    free(tickets);
}

uint32_t lk_tickets_lifetime(const lk_tickets *tickets)
{
    return tickets->lifetime;
}

/* Erases what is too old to open, and puts a new key before one that is too old to seal. Under the lock. */
static lk_error rotate(lk_tickets *tickets)
{
    uint64_t now = now_seconds();
    lk_error error = LK_OK;
    if (tickets->previous.valid && now - tickets->previous.made > 2 * (uint64_t)tickets->lifetime)
        lk_secret_wipe(&tickets->previous, sizeof tickets->previous);
    if (now - tickets->current.made > tickets->lifetime || tickets->current.seals >= SEALS_MAX) {
        ticket_key next;
        error = key_new(&next);
        if (!error) {
            /* one that has lain idle for so long has nothing left to open */
            bool useful = now - tickets->current.made <= 2 * (uint64_t)tickets->lifetime;
            lk_secret_wipe(&tickets->previous, sizeof tickets->previous);
            if (useful)
                tickets->previous = tickets->current;
            tickets->current = next;
        }
        lk_secret_wipe(&next, sizeof next);
    }
    return error;
}

/* A copy of the key that seals now. */
static lk_error take_current(lk_tickets *tickets, ticket_key *key)
{
    pthread_mutex_lock(&tickets->lock);
    lk_error error = rotate(tickets);
    if (!error) {
        tickets->current.seals++;
        *key = tickets->current;
    }
    pthread_mutex_unlock(&tickets->lock);
    return error;
}

/* A copy of the key of that name. */
static bool take_named(lk_tickets *tickets, const uint8_t *name, ticket_key *key)
{
    const ticket_key *keys[] = {&tickets->current, &tickets->previous};
    bool found = false;
    pthread_mutex_lock(&tickets->lock);
    if (!rotate(tickets))
        for (size_t i = 0; i < sizeof keys / sizeof keys[0] && !found; i++) {
            found = keys[i]->valid && memcmp(keys[i]->name, name, LK_TICKET_NAME_LENGTH) == 0;
            if (found)
                *key = *keys[i];
        }
    pthread_mutex_unlock(&tickets->lock);
    return found;
}

static bool encrypt(EVP_CIPHER_CTX *context, const EVP_CIPHER *cipher, const ticket_key *key, const uint8_t *state,
                    size_t length, uint8_t *ticket)
{
    int written = 0, last = 0;
    uint8_t *nonce = ticket + LK_TICKET_NAME_LENGTH;
    uint8_t *body = nonce + LK_TICKET_NONCE_LENGTH;
    memcpy(ticket, key->name, LK_TICKET_NAME_LENGTH);
    return RAND_bytes(nonce, LK_TICKET_NONCE_LENGTH) == 1 &&
           EVP_EncryptInit_ex2(context, cipher, key->key, nonce, NULL) == 1 &&
           EVP_EncryptUpdate(context, NULL, &written, ticket, LK_TICKET_NAME_LENGTH) == 1 &&
           EVP_EncryptUpdate(context, body, &written, state, (int)length) == 1 &&
           EVP_EncryptFinal_ex(context, body + written, &last) == 1 &&
           EVP_CIPHER_CTX_ctrl(context, EVP_CTRL_AEAD_GET_TAG, LK_TICKET_TAG_LENGTH, body + length) == 1;
}

static bool decrypt(EVP_CIPHER_CTX *context, const EVP_CIPHER *cipher, const ticket_key *key, const uint8_t *ticket,
                    size_t length, uint8_t *state)
{
    int written = 0, last = 0;
    uint8_t tag[LK_TICKET_TAG_LENGTH];
    const uint8_t *nonce = ticket + LK_TICKET_NAME_LENGTH;
    const uint8_t *body = nonce + LK_TICKET_NONCE_LENGTH;
    memcpy(tag, body + length, sizeof tag);
    return EVP_DecryptInit_ex2(context, cipher, key->key, nonce, NULL) == 1 &&
           EVP_DecryptUpdate(context, NULL, &written, ticket, LK_TICKET_NAME_LENGTH) == 1 &&
           EVP_DecryptUpdate(context, state, &written, body, (int)length) == 1 &&
           EVP_CIPHER_CTX_ctrl(context, EVP_CTRL_AEAD_SET_TAG, sizeof tag, tag) == 1 &&
           EVP_DecryptFinal_ex(context, state + written, &last) == 1;
}

lk_error lk_tickets_seal(lk_tickets *tickets, const uint8_t *state, size_t length, uint8_t *ticket)
{
    ticket_key key = {0};
    if (length > INT_MAX)
        return LK_ERROR_INVALID_ARGUMENT;
    lk_error error = take_current(tickets, &key);
    if (error)
        return error;
    EVP_CIPHER *cipher = EVP_CIPHER_fetch(NULL, "AES-256-GCM", NULL);
    EVP_CIPHER_CTX *context = EVP_CIPHER_CTX_new();
    bool done = cipher && context && encrypt(context, cipher, &key, state, length, ticket);
    EVP_CIPHER_CTX_free(context);
    EVP_CIPHER_free(cipher);
    lk_secret_wipe(&key, sizeof key);
    return done ? LK_OK : LK_ERROR_CRYPTO;
}

bool lk_tickets_open(lk_tickets *tickets, const uint8_t *ticket, size_t length, uint8_t *state)
{
    ticket_key key = {0};
    if (length < LK_TICKET_OVERHEAD || length > INT_MAX || !take_named(tickets, ticket, &key))
        return false;
    EVP_CIPHER *cipher = EVP_CIPHER_fetch(NULL, "AES-256-GCM", NULL);
    EVP_CIPHER_CTX *context = EVP_CIPHER_CTX_new();
    bool done = cipher && context && decrypt(context, cipher, &key, ticket, length - LK_TICKET_OVERHEAD, state);
    if (!done)
        lk_secret_wipe(state, length - LK_TICKET_OVERHEAD);
    EVP_CIPHER_CTX_free(context);
    EVP_CIPHER_free(cipher);
    lk_secret_wipe(&key, sizeof key);
    return done;
}
