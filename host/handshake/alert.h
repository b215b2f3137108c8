/* SPDX-License-Identifier: Apache-2.0 */
/* Alerts: RFC 8446 section 6, RFC 5246 section 7.2. */
#ifndef LK_HANDSHAKE_ALERT_H
#define LK_HANDSHAKE_ALERT_H

#include "handshake/handshake.h"

typedef struct lk_alert {
    bool fatal;
    uint8_t description; /* LK_ALERT_* */
} lk_alert;

/** Sends an alert and tells the observer what it means. @return what the record layer says. */
lk_error lk_alert_send(lk_record_layer *layer, const lk_handshake_observer *observer, lk_alert alert,
                       const char *meaning);

/** Sends a warning; one that finds no room in the record layer is left out. @return what else the record layer says. */
lk_error lk_alert_warn(lk_record_layer *layer, const lk_handshake_observer *observer, uint8_t description,
                       const char *meaning);

/**
 * The alert that stands for another one in a version that does not have that: certificate_required came with TLS 1.3,
 * and SSL 3.0 knows but a dozen (RFC 6101 section 5.4.2).
 */
uint8_t lk_alert_of_version(uint16_t version, uint8_t description);

/**
 * Reads an alert. version: the one agreed, 0 before that; it decides which alerts are fatal whatever their level says.
 * @return DECODE, ILLEGAL_PARAMETER (unknown level).
 */
lk_error lk_alert_parse(const uint8_t *data, size_t length, uint16_t version, lk_alert *alert);

#endif
