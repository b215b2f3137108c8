/* SPDX-License-Identifier: Apache-2.0 */
/* What a client or server is set up with, for as long as it runs: configuration, device, trace, key log. */
#ifndef LK_TOOLS_SETUP_H
#define LK_TOOLS_SETUP_H

#include "tools/attachment.h"
#include "tools/capture.h"
#include "tools/options.h"
#include "tools/trace.h"

#include <latchkey/config.h>

typedef struct lk_setup {
    const lk_options *options;
    lk_config *config;
    lk_attachment attachment;
    const char *engine_reason; /* why the policy led to what it led to; lives as long as the set-up */
    lk_trace trace;
    bool asks_later;          /* a server of pages: for its clients' certificates, behind the handshake */
    const char *session_file; /* a client's, or NULL */
    int key_log;              /* a descriptor, or -1 */
    lk_capture capture;
} lk_setup;

/**
 * Opens the device, if one is to be used, and makes the configuration that the options ask for. What goes wrong is
 * reported.
 * @return an exit status; whatever it is, lk_setup_close() cleans up.
 */
int lk_setup_open(lk_setup *setup, const lk_options *options);
void lk_setup_close(lk_setup *setup);

/** Reports a configuration call that failed, with the configuration's diagnosis. @return an exit status: OK for no
 * error. */
int lk_setup_check(const lk_setup *setup, const char *doing, lk_error error);

#endif
