/* SPDX-License-Identifier: Apache-2.0 */
/* What the files share that read a chain and a key from somewhere. */
#ifndef LK_CONNECTION_CREDENTIALS_H
#define LK_CONNECTION_CREDENTIALS_H

#include "connection/config.h"

#include <openssl/bio.h>

/** libcrypto's last complaint, for a person; its queue of errors is then empty. */
const char *lk_credentials_complaint(void);

/** Opens a file to read. @return FILE_UNREADABLE. */
lk_error lk_credentials_open(lk_config *config, const char *path, BIO **file);

/** Adds a certificate to a chain. @return CERTIFICATE_MALFORMED where there are too many, NO_MEMORY. */
lk_error lk_credentials_add(lk_certificate_chain *chain, X509 *certificate);

/** Reads a chain from a PEM file. @return FILE_UNREADABLE, FILE_MALFORMED, NO_MEMORY. */
lk_error lk_credentials_read_chain(lk_config *config, const char *path, lk_certificate_chain *chain);

/** Has the configuration use chain and key, which are its own from now on. signer NULL: the key signs itself. */
void lk_credentials_use(lk_config *config, const lk_certificate_chain *chain, EVP_PKEY *key, lk_key_signer *signer,
                        void *context);

#endif
