/* SPDX-License-Identifier: Apache-2.0 */
/* The statistics of a session, for --stats-json. */
#ifndef LK_TOOLS_STATISTICS_H
#define LK_TOOLS_STATISTICS_H

#include "tools/session.h"

/** Writes the statistics of a session that ended with that error to the file that the options name. What goes wrong is
 * reported. */
lk_error lk_statistics_write(const lk_session *session, lk_error outcome);

#endif
