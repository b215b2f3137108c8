/* SPDX-License-Identifier: Apache-2.0 */
/*
 * The seam between the record layer and whatever makes records: libcrypto (record/software.c), a device
 * (driver/engine.c), or the pair of both (record/failover.c). Nothing above this line knows whether a board exists.
 *
 * An engine opens directions. A direction takes operations, one record each, and finishes them in the order in which
 * they were submitted (the pair: in the order of each engine). Operations belong to the caller: nothing is allocated
 * per record. Each carries its own sequence number, so that it can be submitted again to another engine.
 */
#ifndef LK_RECORD_ENGINE_H
#define LK_RECORD_ENGINE_H

#include <latchkey/engine.h>
#include <latchkey/error.h>

#include "record/roster.h"
#include "suite/suite.h"

#include <stdbool.h>
#include <stddef.h>
#include <stdint.h>

#define LK_RECORD_HEADER_LENGTH 5
#define LK_RECORD_PLAINTEXT_MAX 16384 /* RFC 8446 section 5.1 */
/* The longest protected record an engine takes or makes: header, 2^14 + 256 (RFC 8446 section 5.2). TLS 1.2 AEAD fits
 * too. */
#define LK_RECORD_MAX (LK_RECORD_HEADER_LENGTH + LK_RECORD_PLAINTEXT_MAX + 256)
/* The longest record that may come at all: CBC with a MAC makes it of 2^14 bytes with IV, the longest MAC, 256 bytes of
 * padding. RFC 5246 section 6.2.3 would let a fragment have 2^14 + 2048. */
#define LK_CBC_PADDING_MAX 256
#define LK_RECORD_CBC_MAX                                                                                              \
    (LK_RECORD_HEADER_LENGTH + LK_IV_MAX + LK_RECORD_PLAINTEXT_MAX + LK_MAC_KEY_MAX + LK_CBC_PADDING_MAX)
/* No key seals more records than this (RFC 8446 section 5.5: 2^24.5 full records for AES-GCM). */
#define LK_RECORD_LIMIT_GCM 23726566u
/* RFC 8446 names none for AES-CCM; RFC 9147 section 4.5.3 does, for the same records. */
#define LK_RECORD_LIMIT_CCM (1u << 23)
/* Blocks of 64 bits begin to repeat after 2^32 of them (Sweet32); so many full records are half of that. */
#define LK_RECORD_LIMIT_3DES (1u << 20)

enum { LK_KEY_MAX = 32, LK_IV_MAX = 16, LK_MAC_KEY_MAX = 48 };

typedef enum lk_direction_kind { LK_SEAL, LK_OPEN } lk_direction_kind;

/** Everything that opens a direction. The engine copies what it needs; the caller wipes its own copy. */
typedef struct lk_direction_parameters {
    lk_direction_kind kind;
    uint16_t version;
    const lk_cipher *cipher;
    bool encrypt_then_mac;           /* CBC alone: RFC 7366 instead of the MAC inside */
    bool overlong;                   /* opening without AEAD, software engine: up to LK_RECORD_OVERLONG_MAX */
    uint8_t key[LK_KEY_MAX];         /* cipher->key_length bytes */
    uint8_t iv[LK_IV_MAX];           /* lk_record_iv_length() bytes; CBC up to TLS 1.0: of the first record */
    uint8_t mac_key[LK_MAC_KEY_MAX]; /* cipher->mac_key_length bytes */
    uint64_t first_sequence;         /* the lowest sequence number that a sealing direction accepts */
    bool limited;                    /* sealing: the key has limits, of that number before a record is made: */
    uint32_t soft_limit;             /* when it has reached this one, operations say near_limit, */
    uint32_t hard_limit;             /* and when it has reached this one, no more is sealed (SEQUENCE_EXHAUSTED) */
} lk_direction_parameters;

/* The longest record that its header can tell of: old peers make such ones, against every version's rules. */
#define LK_RECORD_OVERLONG_MAX (LK_RECORD_HEADER_LENGTH + 65535)

typedef enum lk_operation_state { LK_OPERATION_IDLE, LK_OPERATION_SUBMITTED, LK_OPERATION_DONE } lk_operation_state;

/**
 * One record to seal or to open.
 *
 * Sealing: input is the plaintext, content_type its type, padding the number of zero bytes to add (TLS 1.3); output
 * receives the whole record as it goes on the wire, header included.
 * Opening: input is the whole record as it came from the wire, header included; output receives the plaintext and
 * content_type its type (the inner one in TLS 1.3). On failure output_length is 0 and output holds no byte of plaintext
 * (P1).
 *
 * CBC (RFC 5246 section 6.2.3.2): from TLS 1.1 on each record starts with an IV that nobody could foresee. The
 * submitter draws it, not the engine: so the record comes out the same from every engine, also when it is made again
 * (P4). Up to TLS 1.0 the IV is the last block of the record before, which the direction knows. Sealing pads to the
 * next block. A key stream (RC4) goes on from record to record likewise: each is made once, in order, by the engine
 * that made the first one, and behind one that could not be opened no other can be.
 *
 * Input and output do not overlap, except that opening may write its plaintext to where the record's payload stands
 * (output == input + LK_RECORD_HEADER_LENGTH + explicit nonce). Both stay the caller's, untouched by it, from
 * submission until state is LK_OPERATION_DONE, or the direction is closed.
 *
 * Statuses are the same from every engine. INVALID_ARGUMENT: the caller's mistake (content type 0, padding in TLS 1.2,
 * more than 2^14 bytes of plaintext and padding, a header whose length is not that of the input, an output that is too
 * small). Then, sealing and opening: SEQUENCE_EXHAUSTED (2^64-1; sealing also the hard limit), and sealing:
 * SEQUENCE_REUSED. Opening: RECORD_TOO_SHORT, RECORD_OVERFLOW, BAD_RECORD_MAC, NO_CONTENT_TYPE. What is wrong with the
 * padding or MAC of a CBC record is one and the same BAD_RECORD_MAC, and so is a length that no block cipher makes. An
 * operation that ends with DEVICE_LOST, DEVICE_HUNG, DEVICE_STALLED, DEVICE_PROTOCOL, NO_MEMORY or ENGINE_STALE has
 * left its input as it was, also where the output stands in it, so that it can be done again elsewhere (P4).
 */
typedef struct lk_operation {
    /* set by the caller */
    const uint8_t *input;
    size_t input_length;
    uint8_t *output;
    size_t output_capacity; /* sealing: lk_record_length(); opening: input_length less header, explicit nonce and tag,
                               but a MAC that is encrypted is decrypted into it, with the padding */
    uint64_t sequence;
    uint8_t iv[LK_IV_MAX]; /* sealing with CBC from TLS 1.1 on: one block of RAND_bytes() */
    uint8_t content_type;
    uint16_t padding;
    /* set by the engine */
    lk_operation_state state;
    lk_error status;
    size_t output_length;
    const char *engine; /* who did it: "software", "device"; constant strings (P7) */
    int slot;           /* the device slot, -1 in software */
    bool near_limit;    /* sealing: the key has reached its soft limit, and wants to be changed */
} lk_operation;

typedef struct lk_direction lk_direction;

/** What an engine can do, asked and never assumed. */
typedef struct lk_engine_capabilities {
    uint32_t ciphers;  /* bit lk_cipher.id */
    uint32_t versions; /* bits of lk_version_bit() */
    bool immediate;    /* every operation is done when submit returns */
    size_t slots;      /* directions open at once; SIZE_MAX when memory alone is the limit */
} lk_engine_capabilities;

typedef struct lk_engine_methods {
    const char *name;

    /** Opens a direction. ENGINE_UNSUPPORTED and ENGINE_FULL mean "try another engine": ordinary results. */
    lk_error (*open)(lk_engine *engine, const lk_direction_parameters *parameters, lk_direction **direction);

    /**
     * Submits operations in order. *accepted says how many were taken: fewer than count with ENGINE_BUSY. A fault of
     * one operation (a bad tag, a reused sequence number) is its own status, not the result of this call. DEVICE_LOST
     * and its like: the direction is dead, and operations in flight are finished with that status.
     */
    lk_error (*submit)(lk_direction *direction, lk_operation *const *operations, size_t count, size_t *accepted);

    /**
     * Gives a direction another key, whose first sequence number may be any; its kind stays. Operations that were
     * submitted before are made with the old key, which is erased behind them, those submitted from here on with the
     * new one. Opening is not like that: operations in flight are forgotten as by close, for a key that changes makes
     * what was opened ahead worthless. On failure the direction is as it was: ENGINE_BUSY and ENGINE_UNSUPPORTED mean
     * "open another direction". NULL: unsupported.
     */
    lk_error (*replace)(lk_direction *direction, const lk_direction_parameters *parameters);

    /** Closes a direction and erases its keys. Operations in flight are forgotten: their memory is not touched again.
     */
    void (*close)(lk_direction *direction);

    /** Moves input and output on, and finishes operations. Waits no longer than timeout (ms); 0 does not wait. */
    lk_error (*progress)(lk_engine *engine, int timeout);

    /** A descriptor that is readable when progress() has something to do; -1 for an immediate engine. */
    int (*descriptor)(const lk_engine *engine);

    /** Fills in what the engine can do now. */
    void (*capabilities)(const lk_engine *engine, lk_engine_capabilities *capabilities);

    void (*free)(lk_engine *engine);

    /**
     * For an engine that stands for several: the one that a connection is to open its directions in. now: the one that
     * it has had, which it keeps as long as that one can be used; NULL: none yet. NULL: there is none. Where there is
     * no such method the engine stands for itself.
     */
    lk_engine *(*choose)(lk_engine *engine, const lk_engine *now);

    /** The bytes that were submitted and are still to be done, of all directions. NULL: not known, counts as none. */
    size_t (*backlog)(const lk_engine *engine);

    /** For an engine of several: the name of the one that a direction is with now. NULL: methods.name says it. */
    const char *(*holder)(const lk_direction *direction);
} lk_engine_methods;

/* What every engine and every direction begins with; each implementation puts its own state behind it. */
struct lk_engine {
    const lk_engine_methods *methods;
    lk_roster roster; /* of its directions, those that could do without it (roster.h) */
};

struct lk_direction {
    lk_engine *engine;
};

/* The calls through the seam (engine.c). */
lk_error lk_engine_open(lk_engine *engine, const lk_direction_parameters *parameters, lk_direction **direction);
lk_error lk_engine_progress(lk_engine *engine, int timeout);
int lk_engine_descriptor(const lk_engine *engine);
void lk_engine_capabilities_get(const lk_engine *engine, lk_engine_capabilities *capabilities);
bool lk_engine_supports(const lk_engine *engine, uint16_t version, const lk_cipher *cipher);
const char *lk_engine_name(const lk_engine *engine);
size_t lk_engine_backlog(const lk_engine *engine);
lk_engine *lk_engine_choose(lk_engine *engine, const lk_engine *now);
lk_error lk_direction_submit(lk_direction *direction, lk_operation *const *operations, size_t count, size_t *accepted);
lk_error lk_direction_replace(lk_direction *direction, const lk_direction_parameters *parameters);
/** The name of the engine that a direction is with now. */
const char *lk_direction_holder(const lk_direction *direction);
/** NULL is allowed. */
void lk_direction_close(lk_direction *direction);
/** NULL is allowed. All its directions must be closed. */
void lk_engine_free(lk_engine *engine);

/** The length of the record that sealing makes: header, explicit nonce or IV, ciphertext, tag or MAC. */
size_t lk_record_length(uint16_t version, const lk_cipher *cipher, bool encrypt_then_mac, size_t plaintext,
                        size_t padding);

/** The same without encrypt-then-MAC, which makes a difference for CBC alone. */
size_t lk_record_sealed_length(uint16_t version, const lk_cipher *cipher, size_t plaintext, size_t padding);

/** How many bytes of IV or salt a direction is opened with: none for CBC from TLS 1.1 on. */
size_t lk_record_iv_length(uint16_t version, const lk_cipher *cipher);

/** The length of the explicit nonce or IV between header and ciphertext: 0 in TLS 1.3, and for CBC up to TLS 1.0. */
size_t lk_record_explicit_nonce_length(uint16_t version, const lk_cipher *cipher);

/**
 * The software engine on libcrypto. Immediate; no thread, nothing global. It does not change once it is made, so
 * several threads may open directions on one engine at the same time; each direction belongs to one thread.
 */
lk_error lk_engine_software_new(lk_engine **engine);

/**
 * Gives a software engine the ciphers of libcrypto's provider "legacy" too (RC4), without giving them to the rest of
 * the process. Before the engine is shared; a second time does nothing. ENGINE_UNSUPPORTED when the provider is not
 * installed.
 */
lk_error lk_engine_software_load_legacy(lk_engine *engine);

/**
 * The pair: a preferred engine and software, both borrowed. A direction the preferred engine cannot take goes to
 * software; when the preferred engine is lost, what was in flight is redone in software, in order (P4). Where records
 * do not follow from each other, the direction goes back once the preferred engine takes it again, and is tried each
 * second; a preferred engine that stands for several is asked for another one then, as soon as neither direction has a
 * slot. A record that the preferred engine refuses is tried in software before it is refused (P6); if that does it, the
 * direction stays there. placer: says which records go where (placement.h), borrowed; NULL: the preferred engine has
 * all it can take.
 */
typedef struct lk_placer lk_placer;
lk_error lk_engine_failover_new(lk_engine *preferred, lk_engine *software, lk_placer *placer, lk_engine **engine);

/** Why a direction last went to software, LK_OK when none did; lk_error_sentence() tells a person (P7). */
lk_error lk_engine_failover_reason(const lk_engine *engine);

/** How many directions went to software, at their opening or later (P7); and how many for one reason. */
uint64_t lk_engine_failover_count(const lk_engine *engine);
uint64_t lk_engine_failover_count_by(const lk_engine *engine, lk_fallback reason);

/** How many operations the preferred engine left undone, and software did (P7). */
uint64_t lk_engine_failover_retries(const lk_engine *engine);

#endif
