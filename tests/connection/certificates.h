/* SPDX-License-Identifier: Apache-2.0 */
/* Certificates made on the spot, as PEM files in a directory of the test's own. */
#ifndef LK_TESTS_CONNECTION_CERTIFICATES_H
#define LK_TESTS_CONNECTION_CERTIFICATES_H

#include <stdbool.h>

enum { CERTIFICATES_PATH_MAX = 96 };

/** A directory with a root, and whatever was issued under it. */
typedef struct certificates {
    char directory[48];
    char root[CERTIFICATES_PATH_MAX]; /* the root's certificate */
    void *root_certificate, *root_key;
} certificates;

/** What is asked of a certificate; zeros stand for a good one. */
typedef struct certificate_request {
    const char *key;     /* "RSA", "EC" (P-256), "P-384", "ED25519" */
    const char *names;   /* subjectAltName; NULL: DNS:localhost,IP:127.0.0.1 */
    const char *purpose; /* extendedKeyUsage; NULL: serverAuth */
    const char *usage;   /* keyUsage; NULL: none */
    long from, until;    /* days from now; 0, 0: from yesterday until tomorrow */
    bool self_signed;
    bool authority;     /* one that may issue others */
    const char *issuer; /* the name of one that was issued, an authority; NULL: the root */
} certificate_request;

/** The files of one that was issued. */
typedef struct certificate_files {
    char chain[CERTIFICATES_PATH_MAX], key[CERTIFICATES_PATH_MAX];
} certificate_files;

certificates *certificates_new(void);
void certificates_free(certificates *made);

/** Issues one; every call needs a name of its own for the files. */
certificate_files certificates_issue(certificates *made, const char *name, const certificate_request *request);

/**
 * A PKCS#12 file of one that was issued, with the certificate of its issuer and of the root besides; path receives its
 * name.
 */
void certificates_pack(certificates *made, const char *name, const char *issuer, const char *passphrase,
                       char path[CERTIFICATES_PATH_MAX]);

/** A revocation list of an authority that was issued (NULL: the root), with the name of one of its certificates, or
 * NULL for none; path receives its name. */
void certificates_revoke(certificates *made, const char *name, const char *issuer, bool expired,
                         char path[CERTIFICATES_PATH_MAX]);

enum { CERTIFICATES_PIN_MAX = 64 };

/** The pin of the key of one that was issued, or of the root (NULL): "sha256//...". */
void certificates_pin(const certificates *made, const char *name, char pin[CERTIFICATES_PIN_MAX]);

/** What an OCSP response is to say; zeros stand for a good one. */
typedef struct response_request {
    bool revoked, unknown, unavailable;
    bool by_another;  /* signed by an authority that is not the certificate's */
    bool nameless;    /* without the certificate of its signer */
    long from, until; /* hours from now; 0, 0: from one ago until one ahead */
} response_request;

/** An OCSP response about a certificate that was issued; path receives the name of its file. */
void certificates_respond(certificates *made, const char *name, const response_request *request,
                          char path[CERTIFICATES_PATH_MAX]);

/** Puts text into a file of the directory; path receives its name. */
void certificates_write(certificates *made, const char *name, const char *text, char path[CERTIFICATES_PATH_MAX]);

#endif
