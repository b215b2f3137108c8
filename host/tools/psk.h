/* SPDX-License-Identifier: Apache-2.0 */
/* A pre-shared key out of a file: on the command line everybody could read it. */
#ifndef LK_TOOLS_PSK_H
#define LK_TOOLS_PSK_H

#include "tools/setup.h"

/** Gives the configuration the key of an option IDENTITY:FILE. @return an exit status; what is wrong is reported. */
int lk_psk_use(const lk_setup *setup, const char *option);

#endif
