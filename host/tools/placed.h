/* SPDX-License-Identifier: Apache-2.0 */
/* Where records were placed, and why, as JSON. */
#ifndef LK_TOOLS_PLACED_H
#define LK_TOOLS_PLACED_H

#include <latchkey/placement.h>

#include <jansson.h>

/** lk_config_placement_get() as a JSON object; JSON null where nothing is placed by what it costs. */
json_t *lk_placed_describe(const lk_config *config);

#endif
