# SPDX-License-Identifier: Apache-2.0
target_sources(lk_core PRIVATE
  handshake/alert.c handshake/authorities.c handshake/certificate.c handshake/certificate_message.c handshake/certificate_request.c
  handshake/certificate_verify.c handshake/choice.c handshake/client_hello.c handshake/client_key_exchange.c
  handshake/digest.c handshake/digitally_signed.c handshake/encrypted_extensions.c handshake/extension_keys.c handshake/extension_names.c
  handshake/extension_records.c handshake/extension_sessions.c
  handshake/exchange.c handshake/exchange_dhe.c handshake/exchange_ecdhe.c handshake/exchange_psk.c handshake/exchange_rsa.c handshake/export.c
  handshake/extensions.c handshake/finished.c handshake/handshake.c handshake/hello_request.c handshake/key_exchange.c
  handshake/key_schedule.c handshake/key_update.c handshake/keys.c handshake/machine.c handshake/new_session_ticket.c handshake/ocsp.c handshake/prf.c
  handshake/post_handshake.c handshake/renegotiation.c
  handshake/resume.c handshake/resumption.c
  handshake/server_hello.c handshake/server_hello_done.c handshake/server_key_exchange.c handshake/session_cache.c handshake/session_id.c handshake/signature.c handshake/ssl3.c handshake/stapling.c
  handshake/states.c handshake/tickets.c handshake/transcript.c handshake/verification.c)
