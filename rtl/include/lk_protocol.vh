// SPDX-License-Identifier: Apache-2.0
// Generated from driver/protocol/protocol.def and host/suite/suites.def (target `protocol`): do not edit.
`ifndef LK_PROTOCOL_VH
`define LK_PROTOCOL_VH

`define LK_VENDOR_ID                         16'h1209
`define LK_PRODUCT_ID                        16'h0001
`define LK_ENDPOINT_OUT                      8'h01
`define LK_ENDPOINT_IN                       8'h81
`define LK_PROTOCOL_MAJOR                    16'd3
`define LK_PROTOCOL_MINOR                    16'd0
`define LK_FACT_MAGIC_VALUE                  32'h594B434C
`define LK_COMMAND_MAGIC                     8'h4C
`define LK_COMPLETION_MAGIC                  8'h6C
`define LK_COMMAND_HEADER_BYTES              16'd24
`define LK_COMPLETION_HEADER_BYTES           16'd16
`define LK_LOAD_PAYLOAD_BYTES                16'd96
`define LK_LOAD_ENCRYPT_THEN_MAC             8'h01
`define LK_LOAD_LIMITED                      8'h02
`define LK_SEAL_NEAR_LIMIT                   8'h01
`define LK_RECORD_BYTES_MAX                  16'd16693
`define LK_DIRECTION_SEAL                    8'd0
`define LK_DIRECTION_OPEN                    8'd1
`define LK_FT601_VENDOR_ID                   16'h0403
`define LK_FT601_PRODUCT_ID                  16'h601F
`define LK_FRAME_MAGIC                       8'hF6
`define LK_FRAME_IDLE                        8'd0
`define LK_FRAME_COMMANDS                    8'd1
`define LK_FRAME_REQUEST                     8'd2
`define LK_FRAME_COMPLETIONS                 8'd3
`define LK_FRAME_REPLY                       8'd4
`define LK_FRAME_REFUSAL                     8'd5
`define LK_FRAME_IN_WORDS_MAX                16'd255
`define LK_FRAME_OUT_WORDS_MAX               16'd16384

`define LK_OPCODE_NOP                        8'h00
`define LK_OPCODE_SLOT_LOAD                  8'h01
`define LK_OPCODE_SLOT_DELETE                8'h02
`define LK_OPCODE_SLOT_DELETE_ALL            8'h03
`define LK_OPCODE_SLOT_REPLACE               8'h04
`define LK_OPCODE_SEAL                       8'h10
`define LK_OPCODE_OPEN                       8'h11

`define LK_STATUS_OK                         8'h00
`define LK_STATUS_FRAMING                    8'h01
`define LK_STATUS_UNKNOWN_OPCODE             8'h02
`define LK_STATUS_BAD_FIELD                  8'h03
`define LK_STATUS_BAD_SLOT                   8'h04
`define LK_STATUS_SLOT_EMPTY                 8'h05
`define LK_STATUS_STALE_GENERATION           8'h06
`define LK_STATUS_SLOT_IN_USE                8'h07
`define LK_STATUS_WRONG_DIRECTION            8'h08
`define LK_STATUS_UNSUPPORTED                8'h09
`define LK_STATUS_BAD_LENGTH                 8'h0A
`define LK_STATUS_RECORD_TOO_SHORT           8'h0B
`define LK_STATUS_RECORD_OVERFLOW            8'h0C
`define LK_STATUS_SEQUENCE_REUSED            8'h0D
`define LK_STATUS_SEQUENCE_EXHAUSTED         8'h0E
`define LK_STATUS_BAD_RECORD_MAC             8'h0F
`define LK_STATUS_NO_CONTENT_TYPE            8'h10
`define LK_STATUS_RECORD_LIMIT               8'h11

`define LK_REQUEST_READ_FACTS                8'h01
`define LK_REQUEST_STREAM_RESET              8'h02
`define LK_REQUEST_SELFTEST                  8'h04
`define LK_REQUEST_MICROSOFT_DESCRIPTORS     8'h03

`define LK_FACT_MAGIC                        8'd0
`define LK_FACT_PROTOCOL_VERSION             8'd1
`define LK_FACT_BUILD                        8'd2
`define LK_FACT_CLOCK_HERTZ                  8'd3
`define LK_FACT_SLOTS                        8'd4
`define LK_FACT_LANES                        8'd5
`define LK_FACT_RECORD_MAX                   8'd6
`define LK_FACT_CIPHERS                      8'd7
`define LK_FACT_VERSIONS                     8'd8
`define LK_FACT_HEALTH                       8'd9
`define LK_FACT_SELFTEST_RAN                 8'd10
`define LK_FACT_SELFTEST_FAILED              8'd11
`define LK_FACT_CYCLES                       8'd32
`define LK_FACT_BUSY_CYCLES                  8'd34
`define LK_FACT_COMMANDS                     8'd36
`define LK_FACT_COMPLETIONS                  8'd38
`define LK_FACT_REJECTED                     8'd40
`define LK_FACT_AUTHENTICATION_FAILURES      8'd42
`define LK_FACT_SEALED_RECORDS               8'd44
`define LK_FACT_SEALED_BYTES                 8'd46
`define LK_FACT_OPENED_RECORDS               8'd48
`define LK_FACT_OPENED_BYTES                 8'd50
`define LK_FACT_LIVE_SLOTS                   8'd52

// Ciphers: the bit in fact CIPHERS, and the number in SLOT_LOAD.
`define LK_CIPHER_AES_128_GCM                8'd0
`define LK_CIPHER_AES_256_GCM                8'd1
`define LK_CIPHER_CHACHA20_POLY1305          8'd2
`define LK_CIPHER_AES_128_CBC_SHA            8'd3
`define LK_CIPHER_AES_256_CBC_SHA            8'd4
`define LK_CIPHER_AES_128_CBC_SHA256         8'd5
`define LK_CIPHER_AES_256_CBC_SHA256         8'd6
`define LK_CIPHER_AES_256_CBC_SHA384         8'd7
`define LK_CIPHER_NULL_SHA                   8'd8
`define LK_CIPHER_NULL_SHA256                8'd9
`define LK_CIPHER_3DES_EDE_CBC_SHA           8'd10
`define LK_CIPHER_RC4_128_SHA                8'd11
`define LK_CIPHER_RC4_128_MD5                8'd12
`define LK_CIPHER_AES_128_CCM                8'd13
`define LK_CIPHER_AES_128_CCM_8              8'd14

// Versions: the bit in fact VERSIONS; the minor byte in SLOT_LOAD and on the wire.
`define LK_VERSION_SSL3                      8'd0
`define LK_VERSION_SSL3_MINOR                8'h00
`define LK_VERSION_TLS1_0                    8'd1
`define LK_VERSION_TLS1_0_MINOR              8'h01
`define LK_VERSION_TLS1_1                    8'd2
`define LK_VERSION_TLS1_1_MINOR              8'h02
`define LK_VERSION_TLS1_2                    8'd3
`define LK_VERSION_TLS1_2_MINOR              8'h03
`define LK_VERSION_TLS1_3                    8'd4
`define LK_VERSION_TLS1_3_MINOR              8'h04

`endif
