/* SPDX-License-Identifier: Apache-2.0 */
/* A PKCS#12 file, with its passphrase out of another file: on the command line everybody could read it. */
#ifndef LK_TOOLS_PKCS12_H
#define LK_TOOLS_PKCS12_H

#include "tools/setup.h"

/** Gives the configuration the identity of an option FILE:PASSPHRASE_FILE. @return an exit status; what is wrong is
 * reported. */
int lk_pkcs12_use(const lk_setup *setup, const char *option);

#endif
