/* SPDX-License-Identifier: Apache-2.0 */
/* Tickets are opened by who sealed them, unaltered, as long as their key is there; in any thread. */
#include "handshake/tickets.h"

#include <criterion/criterion.h>
#include <pthread.h>
#include <string.h>
#include <unistd.h>

enum { LENGTH = 100, SEALED = LENGTH + LK_TICKET_OVERHEAD, THREADS = 4, TURNS = 500 };

static void fill(uint8_t *state, uint8_t seed)
{
    for (size_t i = 0; i < LENGTH; i++)
        state[i] = (uint8_t)(seed + 7 * i);
}

static lk_tickets *tickets_new(uint32_t lifetime)
{
    lk_tickets *tickets = NULL;
    cr_assert_eq(lk_tickets_new(lifetime, &tickets), LK_OK);
    cr_assert_eq(lk_tickets_lifetime(tickets), lifetime);
    return tickets;
}

Test(tickets, what_was_sealed_is_opened_and_shows_nothing)
{
    uint8_t state[LENGTH], ticket[SEALED], again[SEALED], opened[LENGTH];
    lk_tickets *tickets = tickets_new(100);
    fill(state, 1);
    cr_assert_eq(lk_tickets_seal(tickets, state, LENGTH, ticket), LK_OK);
    cr_assert_eq(lk_tickets_seal(tickets, state, LENGTH, again), LK_OK);
    cr_assert_null(memmem(ticket, sizeof ticket, state, 8));
    cr_assert_arr_neq(ticket + LK_TICKET_NAME_LENGTH, again + LK_TICKET_NAME_LENGTH, LK_TICKET_NONCE_LENGTH);
    cr_assert(lk_tickets_open(tickets, ticket, sizeof ticket, opened));
    cr_assert_arr_eq(opened, state, LENGTH);
    lk_tickets_free(tickets);
}

Test(tickets, what_was_altered_or_cut_is_not_opened)
{
    uint8_t state[LENGTH], ticket[SEALED], opened[SEALED], zeros[LENGTH] = {0};
    lk_tickets *tickets = tickets_new(100);
    fill(state, 2);
    cr_assert_eq(lk_tickets_seal(tickets, state, LENGTH, ticket), LK_OK);
    for (size_t bit = 0; bit < 8 * sizeof ticket; bit++) {
        ticket[bit / 8] ^= (uint8_t)(1u << bit % 8);
        memset(opened, 0, sizeof opened);
        cr_assert_not(lk_tickets_open(tickets, ticket, sizeof ticket, opened), "bit %zu", bit);
        cr_assert_arr_eq(opened, zeros, LENGTH);
        ticket[bit / 8] ^= (uint8_t)(1u << bit % 8);
    }
    for (size_t length = 0; length < sizeof ticket; length++)
        cr_assert_not(lk_tickets_open(tickets, ticket, length, opened), "%zu bytes", length);
    cr_assert(lk_tickets_open(tickets, ticket, sizeof ticket, opened));
    lk_tickets_free(tickets);
}

Test(tickets, what_someone_else_sealed_is_not_opened)
{
    uint8_t state[LENGTH], ticket[SEALED], opened[LENGTH];
    lk_tickets *tickets = tickets_new(100), *others = tickets_new(100);
    fill(state, 3);
    cr_assert_eq(lk_tickets_seal(others, state, LENGTH, ticket), LK_OK);
    cr_assert_not(lk_tickets_open(tickets, ticket, sizeof ticket, opened));
    lk_tickets_free(tickets);
    lk_tickets_free(others);
}

Test(tickets, keys_change_by_time_and_the_last_but_one_is_gone)
{
    uint8_t state[LENGTH], ticket[SEALED], later[SEALED], opened[LENGTH];
    lk_tickets *tickets = tickets_new(2);
    fill(state, 4);
    cr_assert_eq(lk_tickets_seal(tickets, state, LENGTH, ticket), LK_OK);
    usleep(3300000); /* 3 s by whole seconds: past one lifetime, not past two */
    cr_assert_eq(lk_tickets_seal(tickets, state, LENGTH, later), LK_OK);
    cr_assert_arr_neq(ticket, later, LK_TICKET_NAME_LENGTH, "the key is the same");
    cr_assert(lk_tickets_open(tickets, ticket, sizeof ticket, opened), "the key before this one is gone");
    usleep(2200000);
    cr_assert_not(lk_tickets_open(tickets, ticket, sizeof ticket, opened), "a key outlives its time");
    cr_assert(lk_tickets_open(tickets, later, sizeof later, opened));
    lk_tickets_free(tickets);
}

static void *seal_and_open(void *context)
{
    uint8_t state[LENGTH], ticket[SEALED], opened[LENGTH];
    for (unsigned turn = 0; turn < TURNS; turn++) {
        fill(state, (uint8_t)turn);
        if (lk_tickets_seal(context, state, LENGTH, ticket) != LK_OK ||
            !lk_tickets_open(context, ticket, sizeof ticket, opened) || memcmp(opened, state, LENGTH) != 0)
            return context;
    }
    return NULL;
}

Test(tickets, threads_share_the_keys)
{
    pthread_t threads[THREADS];
    lk_tickets *tickets = tickets_new(1);
    for (size_t i = 0; i < THREADS; i++)
        cr_assert_eq(pthread_create(&threads[i], NULL, seal_and_open, tickets), 0);
    for (size_t i = 0; i < THREADS; i++) {
        void *failed = NULL;
        pthread_join(threads[i], &failed);
        cr_assert_null(failed);
    }
    lk_tickets_free(tickets);
}
