/* SPDX-License-Identifier: Apache-2.0 */
/* --export and --channel-binding: what a connection gives to other protocols, on standard error. */
#ifndef LK_TOOLS_EXPORT_H
#define LK_TOOLS_EXPORT_H

#include "tools/session.h"

#include <stdbool.h>

/** True for LABEL:BYTES as lk_connection_export() takes it, with 1 to 255 bytes. */
bool lk_export_valid(const char *option);

/** True for the name of a channel binding. */
bool lk_binding_valid(const char *option);

/** Shows what the options ask for. @return what the library refuses it with; then the session's failure says what. */
lk_error lk_export_show(lk_session *session);

#endif
