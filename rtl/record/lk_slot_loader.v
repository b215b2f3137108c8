// SPDX-License-Identifier: Apache-2.0
// Takes the payload of SLOT_LOAD and SLOT_REPLACE apart: checks it word by word, and writes keys and IV to the slot as they come,
// unless the slot is in use. A slot becomes valid only afterwards, by commit, when the status is OK; otherwise what was written is
// erased. To SLOT_REPLACE the slot is not in use, for it has erased it before.
`default_nettype none
`include "lk_protocol.vh"

module lk_slot_loader #(
    parameter CHACHA20_POLY1305 = 1,
    parameter CBC = 1
) (
    input  wire        clk,
    input  wire        reset,
    input  wire        begins,      // pulse before the first word
    input  wire        in_use,      // held from the first word to done
    input  wire        replaces,    // a slot that opened, or not:
    input  wire        opened,
    input  wire [31:0] in_data,
    input  wire        in_valid,    // taken at once
    output wire        done,        // all words have come
    output wire [7:0]  status,      // when done
    output wire [14:0] properties,  // when done: limited, encrypt-then-MAC, direction, version (4), cipher (8)
    output wire        write,
    output wire [4:0]  write_index, // lk_session_table says what stands where
    output wire [31:0] write_word
);
    localparam [4:0] WORDS = 5'd24, KEY_FIRST = 5'd2, KEY_128_LAST = 5'd5, KEY_LAST = 5'd9, IV_FIRST = 5'd10, IV_LAST = 5'd13,
                     MAC_KEY_FIRST = 5'd14, MAC_KEY_SHA1_LAST = 5'd18, LIMITS_FIRST = 5'd22;
    localparam [4:0] KEY_TO = 5'd6, NONCE_TO = 5'd25, CHAIN_TO = 5'd14, MAC_KEY_TO = 5'd2, LIMITS_TO = 5'd16;  // added, modulo 32
    localparam [7:0] VERSION_MAX = `LK_VERSION_TLS1_3_MINOR;
    localparam [3:0] UNKNOWN_VERSION = 4'd15;

    reg [4:0]  index_d, index_q = 5'd0;
    reg [25:0] suite_d, suite_q = 26'd0;        // limited, encrypt-then-MAC, cipher, version, direction
    reg        bad_field_d, bad_field_q = 1'b0;

    wire       limited = suite_q[25];
    wire       encrypt_then_mac = suite_q[24];
    wire [7:0] cipher = suite_q[23:16];
    wire [7:0] version = suite_q[15:8];
    wire       supported, key_128, by_sequence, classic, sha256, cbc, chained, explicit_iv;
    lk_cipher_form #(.CHACHA20_POLY1305(CHACHA20_POLY1305), .CBC(CBC)) form (
        .cipher(cipher), .version(version > VERSION_MAX ? UNKNOWN_VERSION : version[3:0]), .supported(supported), .key_128(key_128), .by_sequence(by_sequence),
        .classic(classic), .sha256(sha256), .cbc(cbc), .chained(chained), .explicit_iv(explicit_iv));
    wire       in_key = index_q >= KEY_FIRST && index_q <= KEY_LAST;
    wire       in_iv = index_q >= IV_FIRST && index_q <= IV_LAST;
    wire       in_limits = index_q >= LIMITS_FIRST;
    wire       in_mac_key = index_q >= MAC_KEY_FIRST && !in_limits;

    // Words that are zero in this suite: the rest of a shorter key or IV, and what is reserved.
    wire key_is_over = (key_128 && index_q > KEY_128_LAST) || (classic && !cbc);
    wire iv_is_over = classic ? !chained
                    : index_q == IV_LAST || (version == `LK_VERSION_TLS1_2_MINOR && !by_sequence && index_q > IV_FIRST);
    wire mac_key_is_over = !classic || (!sha256 && index_q > MAC_KEY_SHA1_LAST);
    wire must_be_zero = index_q == 5'd1 || (in_key && key_is_over) || (in_iv && iv_is_over) || (in_mac_key && mac_key_is_over)
                     || (in_limits && !limited);

    assign done = index_q == WORDS;
    assign status = bad_field_q ? `LK_STATUS_BAD_FIELD
                  : !supported || (encrypt_then_mac && (!cbc || version == `LK_VERSION_SSL3_MINOR)) || (limited && suite_q[0])
                      ? `LK_STATUS_UNSUPPORTED
                  : replaces && suite_q[0] != opened ? `LK_STATUS_WRONG_DIRECTION
                  : in_use ? `LK_STATUS_SLOT_IN_USE : `LK_STATUS_OK;
    assign properties = {limited, encrypt_then_mac, suite_q[0], version[3:0], cipher};
    assign write = in_valid && !in_use && (in_key || (in_iv && !iv_is_over) || in_mac_key || in_limits);
    assign write_index = index_q + (in_key ? KEY_TO : in_mac_key ? MAC_KEY_TO : in_limits ? LIMITS_TO : chained ? CHAIN_TO : NONCE_TO);
    assign write_word = in_data;

    always @* begin
        index_d = index_q;
        suite_d = suite_q;
        bad_field_d = bad_field_q;
        if (begins) begin
            index_d = 5'd0;
            bad_field_d = 1'b0;
        end else if (in_valid && !done) begin
            index_d = index_q + 5'd1;
            if (index_q == 5'd0) begin
                suite_d = in_data[25:0];
                bad_field_d = (in_data[31:24] & ~(`LK_LOAD_ENCRYPT_THEN_MAC | `LK_LOAD_LIMITED)) != 8'd0
                            || (in_data[7:0] != `LK_DIRECTION_SEAL && in_data[7:0] != `LK_DIRECTION_OPEN);
            end else if (must_be_zero && in_data != 32'd0) begin
                bad_field_d = 1'b1;
            end
        end
        if (reset) begin
            index_d = 5'd0;
            bad_field_d = 1'b0;
        end
    end

    always @(posedge clk) begin
        index_q <= index_d;
        suite_q <= suite_d;
        bad_field_q <= bad_field_d;
    end

    wire unused = &{1'b0, suite_q[7:1], explicit_iv, 1'b0};
endmodule

`default_nettype wire
