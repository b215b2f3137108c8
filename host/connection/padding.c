/* SPDX-License-Identifier: Apache-2.0 */
/* How long records of TLS 1.3 are made to look: RFC 8446 section 5.4. */
#include "connection/inside.h"

enum { MULTIPLE_MAX = 16384 };

lk_error lk_config_set_padding(lk_config *config, size_t multiple)
{
    if (multiple > MULTIPLE_MAX)
        return lk_config_fail(config, LK_ERROR_INVALID_ARGUMENT,
                              "records cannot be padded to multiples of %zu bytes: "
                              "write 0 to %d",
                              multiple, MULTIPLE_MAX);
    config->padding = NULL;
    config->padding_multiple = multiple;
    return LK_OK;
}

void lk_config_set_padding_policy(lk_config *config, lk_padding_policy *policy, void *context)
{
    config->padding = policy;
    config->padding_context = context;
    config->padding_multiple = 0;
}

/* What the record layer has no room for it leaves out: then the record is as long as one may be. */
static size_t to_multiple(void *context, uint8_t content_type, size_t length, size_t most)
{
    const lk_config *config = context;
    size_t over = length % config->padding_multiple;
    (void)content_type;
    (void)most;
    return over > 0 ? config->padding_multiple - over : 0;
}

void lk_connection_pad(lk_connection *connection)
{
    const lk_config *config = connection->config;
    if (config->padding_multiple > 0)
        lk_record_layer_set_padding(connection->layer, to_multiple, (void *)config);
    else
        lk_record_layer_set_padding(connection->layer, config->padding, config->padding_context);
}
