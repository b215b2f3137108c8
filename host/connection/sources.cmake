# SPDX-License-Identifier: Apache-2.0
target_sources(lk_core PRIVATE
  connection/alerts.c connection/bio.c connection/config.c connection/config_exchange.c connection/config_sessions.c connection/connection.c connection/credentials.c
  connection/data.c connection/groups.c connection/key_log.c connection/observe.c connection/padding.c connection/pkcs12.c connection/receive.c connection/signing.c connection/socket.c connection/suites.c
  connection/totals.c connection/trust.c connection/wire.c)
