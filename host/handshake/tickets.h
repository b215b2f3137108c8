/* SPDX-License-Identifier: Apache-2.0 */
/*
 * Tickets of a server that keeps no state (RFC 5077 section 4, RFC 8446 section 4.6.1): the state itself, sealed with
 * AES-256-GCM under a key that only this server has. Keys change by time, so that one that is taken opens little of
 * what was recorded. Shared by the connections of a configuration, in any thread.
 */
#ifndef LK_HANDSHAKE_TICKETS_H
#define LK_HANDSHAKE_TICKETS_H

#include <latchkey/error.h>

#include <stdbool.h>
#include <stddef.h>
#include <stdint.h>

/* What a ticket has beside the state: the key's name, the nonce, the tag. */
enum { LK_TICKET_NAME_LENGTH = 16, LK_TICKET_NONCE_LENGTH = 12, LK_TICKET_TAG_LENGTH = 16, LK_TICKET_OVERHEAD = 44 };

typedef struct lk_tickets lk_tickets;

/**
 * Keys for tickets that are good for lifetime seconds: each seals for so long, opens for as long again, and is then
 * erased. @return NO_MEMORY, CRYPTO.
 */
lk_error lk_tickets_new(uint32_t lifetime, lk_tickets **tickets);

/** Frees them and erases the keys. NULL is allowed. */
void lk_tickets_free(lk_tickets *tickets);

/** As it was given, in seconds. */
uint32_t lk_tickets_lifetime(const lk_tickets *tickets);

/** Seals a state; ticket receives length + LK_TICKET_OVERHEAD bytes. @return CRYPTO. */
lk_error lk_tickets_seal(lk_tickets *tickets, const uint8_t *state, size_t length, uint8_t *ticket);

/**
 * Opens a ticket; state receives length - LK_TICKET_OVERHEAD bytes. False, and state zeros, for what was sealed by
 * someone else, too long ago, or tampered with: which of them is nobody's business.
 */
bool lk_tickets_open(lk_tickets *tickets, const uint8_t *ticket, size_t length, uint8_t *state);

#endif
