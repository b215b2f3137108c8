# SPDX-License-Identifier: Apache-2.0
target_sources(lk_core PRIVATE
  watch/field_certificates.c watch/field_exchange.c watch/field_extensions.c watch/field_hello.c watch/field_names.c watch/field_text.c
  watch/fields.c watch/key_changes.c watch/keys.c watch/messages.c watch/watch.c)
