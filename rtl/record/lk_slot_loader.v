// SPDX-License-Identifier: Apache-2.0
// Takes the payload of SLOT_LOAD apart: checks it word by word, and writes key and IV to the slot as they come, unless the
// slot is in use. A slot becomes valid only afterwards, by commit, when the status is OK; otherwise what was written is
// erased.
`default_nettype none
`include "lk_protocol.vh"

module lk_slot_loader #(
    parameter CHACHA20_POLY1305 = 1
) (
    input  wire        clk,
    input  wire        reset,
    input  wire        begins,      // pulse before the first word
    input  wire        in_use,      // held from begins to done
    input  wire [31:0] in_data,
    input  wire        in_valid,    // taken at once
    output wire        done,        // all words have come
    output wire [7:0]  status,      // when done
    output wire [12:0] properties,  // when done: direction, version (4), cipher (8)
    output wire        write,
    output wire [3:0]  write_index,
    output wire [31:0] write_word
);
    localparam [3:0] WORDS = 4'd14, KEY_FIRST = 4'd2, KEY_128_LAST = 4'd5, KEY_LAST = 4'd9, IV_FIRST = 4'd10, IV_LAST = 4'd12;

    reg [3:0]  index_d, index_q = 4'd0;
    reg [23:0] suite_d, suite_q = 24'd0;        // cipher, version, direction
    reg        bad_field_d, bad_field_q = 1'b0;

    wire [7:0] cipher = suite_q[23:16];
    wire [7:0] version = suite_q[15:8];
    wire       supported, key_128, by_sequence;
    lk_cipher_form #(.CHACHA20_POLY1305(CHACHA20_POLY1305)) form (
        .cipher(cipher), .supported(supported), .key_128(key_128), .by_sequence(by_sequence));
    wire       tls1_2 = version == `LK_VERSION_TLS1_2_MINOR;
    wire       tls1_3 = version == `LK_VERSION_TLS1_3_MINOR;
    wire       in_key = index_q >= KEY_FIRST && index_q <= KEY_LAST;
    wire       in_iv = index_q >= IV_FIRST && index_q <= IV_LAST;

    // Words that are zero in this suite: the rest of a shorter key, of a salt, and what is reserved.
    wire must_be_zero = index_q == 4'd1 || index_q > IV_LAST || (in_key && key_128 && index_q > KEY_128_LAST)
                      || (in_iv && tls1_2 && !by_sequence && index_q > IV_FIRST);

    assign done = index_q == WORDS;
    assign status = bad_field_q ? `LK_STATUS_BAD_FIELD
                  : !supported || !(tls1_2 || tls1_3) ? `LK_STATUS_UNSUPPORTED
                  : in_use ? `LK_STATUS_SLOT_IN_USE : `LK_STATUS_OK;
    assign properties = {suite_q[0], version[3:0], cipher};
    assign write = in_valid && !in_use && (in_key || in_iv);
    assign write_index = in_key ? index_q + 4'd6 : index_q - 4'd7;
    assign write_word = in_data;

    always @* begin
        index_d = index_q;
        suite_d = suite_q;
        bad_field_d = bad_field_q;
        if (begins) begin
            index_d = 4'd0;
            bad_field_d = 1'b0;
        end else if (in_valid && !done) begin
            index_d = index_q + 4'd1;
            if (index_q == 4'd0) begin
                suite_d = in_data[23:0];
                bad_field_d = in_data[31:24] != 8'd0 || (in_data[7:0] != `LK_DIRECTION_SEAL && in_data[7:0] != `LK_DIRECTION_OPEN);
            end else if (must_be_zero && in_data != 32'd0) begin
                bad_field_d = 1'b1;
            end
        end
        if (reset) begin
            index_d = 4'd0;
            bad_field_d = 1'b0;
        end
    end

    always @(posedge clk) begin
        index_q <= index_d;
        suite_q <= suite_d;
        bad_field_q <= bad_field_d;
    end

    wire unused = &{1'b0, suite_q[7:1], 1'b0};
endmodule

`default_nettype wire
