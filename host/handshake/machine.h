/* SPDX-License-Identifier: Apache-2.0 */
/* The handshake from inside: what the message files share with the machine that drives them. */
#ifndef LK_HANDSHAKE_MACHINE_H
#define LK_HANDSHAKE_MACHINE_H

#include "base/reader.h"
#include "base/writer.h"
#include "handshake/export.h"
#include "handshake/handshake.h"
#include "handshake/key_schedule.h"
#include "handshake/prf.h"
#include "handshake/resumption.h"
#include "handshake/signature.h"
#include "handshake/transcript.h"

/* HandshakeType, RFC 8446 section 4 and RFC 5246 section 7.4; the last three are no numbers of the wire. */
typedef enum lk_message {
    LK_HELLO_REQUEST = 0,
    LK_CLIENT_HELLO = 1,
    LK_SERVER_HELLO = 2,
    LK_NEW_SESSION_TICKET = 4,
    LK_ENCRYPTED_EXTENSIONS = 8,
    LK_CERTIFICATE = 11,
    LK_SERVER_KEY_EXCHANGE = 12,
    LK_CERTIFICATE_REQUEST = 13,
    LK_CERTIFICATE_STATUS = 22,
    LK_SERVER_HELLO_DONE = 14,
    LK_CERTIFICATE_VERIFY = 15,
    LK_CLIENT_KEY_EXCHANGE = 16,
    LK_FINISHED = 20,
    LK_KEY_UPDATE = 24,
    LK_HELLO_RETRY_REQUEST = 0x100, /* a ServerHello with a random of its own */
    LK_CHANGE_CIPHER_SPEC = 0x101,  /* a content type of its own */
    LK_NO_CERTIFICATE = 0x102       /* a warning: SSL 3.0 has no empty Certificate */
} lk_message;

typedef enum lk_state {
    LK_STATE_START,
    LK_STATE_RETRY,        /* client: second ClientHello is to be sent */
    LK_STATE_SERVER_HELLO, /* waits for or sends the message of that name; so on below */
    LK_STATE_NEGOTIATED,   /* version, suite and group are known to both */
    LK_STATE_EXTENSIONS,
    LK_STATE_CERTIFICATE_REQUEST,
    LK_STATE_CERTIFICATE,
    LK_STATE_CERTIFICATE_ASKED, /* client: CertificateRequest has come, Certificate must come */
    LK_STATE_CERTIFICATE_STATUS,
    LK_STATE_CERTIFICATE_VERIFY,
    LK_STATE_SERVER_KEY_EXCHANGE,
    LK_STATE_SERVER_HELLO_DONE,
    LK_STATE_SERVER_HELLO_DONE_ASKED,
    LK_STATE_CLIENT_CERTIFICATE,
    LK_STATE_CLIENT_KEY_EXCHANGE,
    LK_STATE_CLIENT_CERTIFICATE_VERIFY,
    LK_STATE_CLIENT_CHANGE_CIPHER_SPEC,
    LK_STATE_CLIENT_FINISHED,
    LK_STATE_SERVER_CHANGE_CIPHER_SPEC,
    LK_STATE_SERVER_FINISHED,
    LK_STATE_TICKET,              /* the server may give one */
    LK_STATE_SECOND_CLIENT_HELLO, /* server: after HelloRetryRequest */
    LK_STATE_ESTABLISHED,
    LK_STATE_LATER_CERTIFICATE, /* of a client, after the handshake; so on below */
    LK_STATE_LATER_CERTIFICATE_VERIFY,
    LK_STATE_LATER_FINISHED,
    LK_STATE_ANY /* in a row: in every state */
} lk_state;

typedef enum lk_way { LK_SENDS, LK_RECEIVES, LK_PASSES } lk_way;

typedef lk_error lk_message_compose(lk_handshake *handshake, lk_writer *body);
typedef lk_error lk_message_parse(lk_handshake *handshake, lk_reader *body);

/** One row of the table in states.c. */
typedef struct lk_row {
    lk_role role;
    uint16_t version; /* 0: any, or none yet; a row of TLS 1.2 is one of the versions before it too */
    lk_state state;
    lk_way way;
    lk_message message;
    lk_state next;
    lk_message_compose *compose;                 /* way LK_SENDS */
    lk_message_parse *parse;                     /* way LK_RECEIVES */
    bool (*when)(const lk_handshake *handshake); /* NULL: always; otherwise the row holds only if it is true */
    lk_error (*then)(lk_handshake *handshake);   /* what follows once the message is in the transcript; NULL: nothing */
} lk_row;

const lk_row *lk_row_table(size_t *count);

/* Bytes of the longest message that is taken: a chain of certificates. */
enum {
    LK_MESSAGE_MAX = 128 * 1024,
    LK_MESSAGE_HEADER = 4,
    LK_MEANING_MAX = 192,
    LK_DIAGNOSIS_MAX = 384,
    LK_SESSION_ID_MAX = LK_SESSION_ID_BYTES,
    LK_COOKIE_MAX = 4096,
    LK_VERIFY_DATA_MAX = 36, /* SSL 3.0 */
    LK_SMALL_MESSAGE = 8     /* a KeyUpdate, a HelloRequest */
};

/** What a client's hello offers, as far as this server knows it: bits of lk_*_bit(). */
typedef struct lk_offer {
    uint32_t versions, groups, signatures, shares;
    bool extended_master_secret, secure_renegotiation;
    bool encrypt_then_mac;
    bool status_request;        /* it wants an OCSP response */
    uint8_t max_fragment;       /* MaxFragmentLength, RFC 6066; 0: none */
    uint16_t record_size_limit; /* RFC 8449; 0: none */
    bool session_ticket;        /* TLS 1.2: it takes a ticket */
    bool early_data;            /* TLS 1.3: some comes behind the hello */
    bool post_handshake_auth;   /* TLS 1.3: it can be asked for its certificate later */
    bool psk_with_exchange;     /* TLS 1.3: it does psk_dhe_ke */
    bool finite_fields;         /* it names groups of RFC 7919, known or not */
    /* What follows stands over the ClientHello and is empty once it is parsed. */
    lk_reader share[LK_GROUP_MAX]; /* by place in the table of groups, where the bit in shares is set */
    /* What it goes on with. */
    lk_reader ticket, identities, binders, binder; /* the last: that of the identity that is taken */
    uint16_t identity;
    const uint8_t *hello; /* header included */
    size_t hello_length;  /* up to the binders */
} lk_offer;

/** What a handshake ended with, as long as a renegotiation is under way. */
typedef struct lk_agreement {
    const lk_suite *suite;
    const lk_group *group;
    const lk_signature_scheme *scheme, *client_scheme;
    bool extended_master_secret, encrypt_then_mac, resumed;
    uint64_t born;
    char alpn[LK_NAME_MAX + 1], server_name[LK_NAME_MAX + 1];
    lk_certificate_chain peer_chain;
} lk_agreement;

/** Authentication of the client after the handshake (post_handshake.c). */
typedef struct lk_post_handshake {
    lk_transcript concluded;     /* up to the client's Finished of the handshake */
    lk_certificate_chain before; /* server: who the client was, until it has proven who it is now */
    size_t context_length;
    uint8_t context[UINT8_MAX];
    uint8_t finished_key[LK_HASH_MAX]; /* of the client's traffic secret in use */
    bool wanted, awaited;              /* server: a request is to go; it has gone, and the answer is to come */
} lk_post_handshake;

struct lk_handshake {
    const lk_handshake_settings *settings;
    lk_record_layer *layer;
    lk_handshake_observer observer;
    lk_role role;
    lk_state state;
    char host[LK_NAME_MAX + 1];

    /* what this side is ready for: the settings as far as the required engine goes */
    uint16_t lowest_version, highest_version;
    const lk_suite *suites[LK_SUITES_MAX];
    size_t suite_count;

    /* what was said and agreed */
    uint16_t version;
    uint16_t hello_version; /* client_version, what TLS 1.3 calls legacy_version, of the ClientHello */
    const lk_suite *suite;
    const lk_group *group;
    const lk_signature_scheme *scheme;        /* that the server proves its key with */
    const lk_signature_scheme *client_scheme; /* that the client does; NULL: it has no certificate to give */
    uint8_t client_random[LK_RANDOM_LENGTH], server_random[LK_RANDOM_LENGTH];
    uint8_t session_id[LK_SESSION_ID_MAX];
    size_t session_id_length;
    uint32_t extensions_offered; /* client: places in the table of extensions that its hello has */
    uint32_t extensions_seen;    /* of the message parsed last */
    bool retried, compatibility_sent, extended_master_secret;
    bool certificate_asked; /* of the client, by a CertificateRequest */
    bool authority_known;   /* client: one that the request names, if it names any, has issued our certificate */
    bool encrypt_then_mac;  /* TLS 1.2: agreed on */
    bool status_promised;   /* up to TLS 1.2: a CertificateStatus may follow */
    uint8_t max_fragment;   /* agreed on; 0: nothing was */
    lk_offer offer;
    uint8_t *cookie;
    size_t cookie_length;
    char alpn[LK_NAME_MAX + 1], server_name[LK_NAME_MAX + 1];
    lk_certificate_chain peer_chain;
    lk_bytes status; /* client: the OCSP response that came */

    /* sessions */
    lk_resumption *resumption; /* that is offered (client), or that was found (server); NULL when there is none */
    lk_resumption ticket;      /* TLS 1.2, client: the ticket that came, until the handshake is complete */
    bool resumed, ticket_promised;
    bool external;                        /* what is gone on with is no session, but an external pre-shared key */
    bool session_given;                   /* client: the observer was told of a session */
    uint8_t stored_id[LK_SESSION_ID_MAX]; /* server: under which the session stands in the store */
    size_t stored_id_length;              /* 0: it does not */
    uint64_t born;                        /* of a session that is gone on with: when it began, in ms since 1970 */
    uint8_t resumption_secret[LK_HASH_MAX];

    /* renegotiation */
    lk_client_policy client_policy; /* server: of this connection */
    bool secure_renegotiation;      /* both sides of the first handshake know RFC 5746 */
    bool renegotiation_wanted;      /* client: a ClientHello goes next; server: a HelloRequest */
    bool data_barred;               /* the peer's new key is in use, but its Finished has not come */
    lk_agreement *before;           /* what still holds until the new handshake is complete; NULL outside of one */
    uint8_t verify_data[2][LK_VERIFY_DATA_MAX]; /* of the last Finished messages, by lk_role of the sender */
    size_t verify_data_length;

    lk_post_handshake later;

    /* secrets; traffic secrets by lk_role of the side that seals with them */
    EVP_PKEY *key_pair;
    uint8_t peer_public[LK_PUBLIC_MAX];
    EVP_PKEY *peer_key;                         /* DHE up to TLS 1.2: the peer's public key, with its parameters */
    uint8_t premaster[LK_MASTER_SECRET_LENGTH]; /* RSA: it comes before it is used */
    bool psk_known;                             /* PSK: the identity is the one of the settings */
    lk_key_schedule schedule;
    uint8_t handshake_secret[2][LK_HASH_MAX], application_secret[2][LK_HASH_MAX];
    uint8_t master[LK_MASTER_SECRET_LENGTH];
    lk_direction_parameters keys[2]; /* TLS 1.2 */
    lk_exporter exporter;
    lk_transcript transcript;

    lk_bytes signature; /* of this side, where its key is elsewhere: that came, until it is used */

    /* messages that came: [taken, length) is still to be looked at */
    uint8_t *incoming;
    size_t incoming_length, incoming_capacity, incoming_taken;

    /* the message composed last; pending as long as the record layer has no room for it */
    uint8_t *outgoing; /* NULL once established: then small is enough */
    size_t outgoing_capacity, outgoing_length;
    size_t outgoing_sent; /* of the pending one, which may go in parts */
    uint8_t small[LK_SMALL_MESSAGE];
    const lk_row *pending;  /* the row that is finished once it has gone */
    bool update_wanted;     /* TLS 1.3: this side's key shall change */
    bool updated;           /* it has, and no application data went since */
    bool signature_awaited; /* of this side, where its key is elsewhere */
    unsigned idle_messages; /* messages without use since application data came last */

    char meaning[LK_MEANING_MAX];
    char diagnosis[LK_DIAGNOSIS_MAX];
};

/** Says what the message at hand means, for the observer. */
__attribute__((format(printf, 2, 3))) void lk_handshake_mean(lk_handshake *handshake, const char *format, ...);

/** Keeps particulars of a failure and returns its error. */
__attribute__((format(printf, 3, 4))) lk_error lk_handshake_fail(lk_handshake *handshake, lk_error error,
                                                                 const char *format, ...);

/** Makes ready for the messages of a handshake. @return NO_MEMORY. */
lk_error lk_handshake_prepare(lk_handshake *handshake);

/** Erases and frees what an established connection needs no more. */
void lk_handshake_release_memory(lk_handshake *handshake);

/** Fixes the version, for the record layer too. */
void lk_handshake_set_version(lk_handshake *handshake, uint16_t version);

/** Counts a message that carries nothing. @return TOO_MANY_EMPTY past the bound. */
lk_error lk_handshake_idle(lk_handshake *handshake);

/** The hash function of the transcript and of what is derived, once version and suite are known. */
static inline lk_hash lk_handshake_hash(const lk_handshake *handshake)
{
    return lk_hash_of_version(handshake->version, handshake->suite->hash);
}

/** True when the handshake is complete, be it that a client proves who it is afterwards. */
static inline bool lk_handshake_is_over(const lk_handshake *handshake)
{
    return handshake->state >= LK_STATE_ESTABLISHED;
}

/** The role of the other side. */
static inline lk_role lk_handshake_peer(const lk_handshake *handshake)
{
    return handshake->role == LK_CLIENT ? LK_SERVER : LK_CLIENT;
}

/** True for a version that this side is ready for. */
bool lk_handshake_speaks(const lk_handshake *handshake, uint16_t version);

/** True when this side is ready for a version from TLS 1.0 to TLS 1.2: their extensions are the same. */
bool lk_handshake_speaks_classic(const lk_handshake *handshake);

#endif
