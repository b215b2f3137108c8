// SPDX-License-Identifier: Apache-2.0
// A round of AES behind its S-boxes. Encryption (FIPS 197 section 5.1): ShiftRows, MixColumns but for the last round, AddRoundKey.
// Decryption (section 5.3): InvShiftRows, AddRoundKey, InvMixColumns but for the last round. One MixColumns does for both, because
// InvMixColumns is MixColumns behind a sparse matrix: to bytes a, b, c, d of a column are added 4 (a + c), 4 (b + d), 4 (a + c), 4 (b + d).
// The S-boxes give 5a and 4a of a byte a that is decrypted, so that a + 4 (a + c) is one sum; the round key, which is there before them, goes
// through the matrix by itself. Combinational. Byte 0 of the state is in the highest bits, as FIPS 197 prints it.
`default_nettype none

module lk_aes_round #(
    parameter DECRYPT = 1              // 0 leaves decryption out
) (
    input  wire [127:0] near,          // SubBytes of the state, or of InvSubBytes each byte times 5,
    input  wire [127:0] far,           // and zeros, or each byte times 4
    input  wire         decrypt,
    input  wire         last,
    input  wire [127:0] round_key,
    output wire [127:0] out
);
    wire         backward = DECRYPT != 0 && decrypt;
    wire [127:0] shifted_near, shifted_far;
    wire [127:0] mixed;

    // Multiplication by x in GF(2^8) (FIPS 197 section 4.2.1), of four bytes at once.
    function [31:0] double;
        input [31:0] bytes;
        double = {bytes[30:24], 1'b0, bytes[22:16], 1'b0, bytes[14:8], 1'b0, bytes[6:0], 1'b0}
               ^ ({31'd0, bytes[31]} * 32'h1b000000) ^ ({31'd0, bytes[23]} * 32'h001b0000)
               ^ ({31'd0, bytes[15]} * 32'h00001b00) ^ ({31'd0, bytes[7]} * 32'h0000001b);
    endfunction

    wire [127:0] early_key = backward ? round_key : 128'd0;  // goes through the matrices
    genvar column, row;
    generate
        for (column = 0; column < 4; column = column + 1) begin : each_column
            for (row = 0; row < 4; row = row + 1) begin : each_row
                // Byte (row, column) comes from (row, column + row), or from (row, column - row), which alone has a far share.
                localparam AHEAD = 127 - 8 * (4 * ((column + row) % 4) + row), BEHIND = 127 - 8 * (4 * ((column + 4 - row) % 4) + row);
                assign shifted_near[127-8*(4*column+row)-:8] = backward ? near[BEHIND-:8] : near[AHEAD-:8];
                assign shifted_far[127-8*(4*column+row)-:8] = DECRYPT != 0 ? far[BEHIND-:8] : 8'd0;
            end
            wire [31:0] column_near = shifted_near[127-32*column-:32];
            wire [31:0] column_far = shifted_far[127-32*column-:32];
            wire [31:0] key = early_key[127-32*column-:32];
            wire [31:0] lifted_key = key ^ double(double(key ^ {key[15:0], key[31:16]}));
            wire [31:0] lifted = column_near ^ {column_far[15:0], column_far[31:16]} ^ lifted_key;
            wire [31:0] turned = {lifted[23:0], lifted[31:24]};
            // 2a + 3b + c + d = 2(a + b) + b + (c + d)
            assign mixed[127-32*column-:32] = double(lifted ^ turned) ^ turned
                                            ^ {lifted[15:0], lifted[31:16]} ^ {lifted[7:0], lifted[31:8]};
        end
    endgenerate

    assign out = (last ? shifted_near ^ shifted_far : mixed) ^ (backward && !last ? 128'd0 : round_key);
endmodule

`default_nettype wire
