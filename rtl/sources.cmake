# SPDX-License-Identifier: Apache-2.0
# The Verilog sources, by layer. rtl/usb/sources.cmake and rtl/boards add theirs. Include folders: LK_RTL_INCLUDE.
set(LK_RTL_DIR ${CMAKE_CURRENT_LIST_DIR})
set(LK_RTL_INCLUDE ${LK_RTL_DIR}/include)
set(LK_RTL_STREAM
  ${LK_RTL_DIR}/stream/lk_stream_fifo.v
  ${LK_RTL_DIR}/stream/lk_stream_narrow.v
  ${LK_RTL_DIR}/stream/lk_stream_register.v
  ${LK_RTL_DIR}/stream/lk_stream_store.v
  ${LK_RTL_DIR}/stream/lk_stream_widen.v)
# The guard serves the streams, too: whoever has both lists needs it once.
set(LK_RTL_CRYPTO
  ${LK_RTL_DIR}/stream/lk_guard.v
  ${LK_RTL_DIR}/crypto/lk_aead.v
  ${LK_RTL_DIR}/crypto/lk_aes.v
  ${LK_RTL_DIR}/crypto/lk_aes_bytes.v
  ${LK_RTL_DIR}/crypto/lk_aes_cbc.v
  ${LK_RTL_DIR}/crypto/lk_aes_cipher.v
  ${LK_RTL_DIR}/crypto/lk_aes_gcm.v
  ${LK_RTL_DIR}/crypto/lk_aes_key_schedule.v
  ${LK_RTL_DIR}/crypto/lk_aes_round.v
  ${LK_RTL_DIR}/crypto/lk_aes_sbox.v
  ${LK_RTL_DIR}/crypto/lk_chacha20.v
  ${LK_RTL_DIR}/crypto/lk_chacha20_poly1305.v
  ${LK_RTL_DIR}/crypto/lk_chacha20_quarter_round.v
  ${LK_RTL_DIR}/crypto/lk_ghash.v
  ${LK_RTL_DIR}/crypto/lk_hash.v
  ${LK_RTL_DIR}/crypto/lk_mac_padding.v
  ${LK_RTL_DIR}/crypto/lk_poly1305.v
  ${LK_RTL_DIR}/crypto/lk_record_mac.v
  ${LK_RTL_DIR}/crypto/lk_sha1.v
  ${LK_RTL_DIR}/crypto/lk_sha256.v)
set(LK_RTL_RECORD
  ${LK_RTL_DIR}/record/lk_cipher_form.v
  ${LK_RTL_DIR}/record/lk_classic_format.v
  ${LK_RTL_DIR}/record/lk_classic_lane.v
  ${LK_RTL_DIR}/record/lk_collector.v
  ${LK_RTL_DIR}/record/lk_command_executor.v
  ${LK_RTL_DIR}/record/lk_command_parser.v
  ${LK_RTL_DIR}/record/lk_completion_builder.v
  ${LK_RTL_DIR}/record/lk_dispatcher.v
  ${LK_RTL_DIR}/record/lk_engine_facts.v
  ${LK_RTL_DIR}/record/lk_header_check.v
  ${LK_RTL_DIR}/record/lk_lane.v
  ${LK_RTL_DIR}/record/lk_lane_control.v
  ${LK_RTL_DIR}/record/lk_lane_queue.v
  ${LK_RTL_DIR}/record/lk_lane_store.v
  ${LK_RTL_DIR}/record/lk_lanes.v
  ${LK_RTL_DIR}/record/lk_open_check.v
  ${LK_RTL_DIR}/record/lk_received_header.v
  ${LK_RTL_DIR}/record/lk_padding_check.v
  ${LK_RTL_DIR}/record/lk_record_buffer.v
  ${LK_RTL_DIR}/record/lk_record_classic.v
  ${LK_RTL_DIR}/record/lk_record_engine.v
  ${LK_RTL_DIR}/record/lk_record_format.v
  ${LK_RTL_DIR}/record/lk_record_lane.v
  ${LK_RTL_DIR}/record/lk_record_verify.v
  ${LK_RTL_DIR}/record/lk_selftest.v
  ${LK_RTL_DIR}/record/lk_selftest_vectors.v
  ${LK_RTL_DIR}/record/lk_session_table.v
  ${LK_RTL_DIR}/record/lk_slot_check.v
  ${LK_RTL_DIR}/record/lk_slot_loader.v)
# Everything that lk_record_engine needs.
set(LK_RTL_ENGINE ${LK_RTL_STREAM} ${LK_RTL_CRYPTO} ${LK_RTL_RECORD})
# What lk_engine_apart, the engine with a clock of its own, needs.
set(LK_RTL_APART ${LK_RTL_ENGINE}
  ${LK_RTL_DIR}/stream/lk_stream_crossing.v
  ${LK_RTL_DIR}/record/lk_engine_apart.v)
