// SPDX-License-Identifier: Apache-2.0
// A round of AES behind its S-boxes. Encryption (FIPS 197 section 5.1): ShiftRows, MixColumns but for the last round, AddRoundKey.
// Decryption (section 5.3): InvShiftRows, AddRoundKey, InvMixColumns but for the last round. One MixColumns does for both, because
// InvMixColumns is MixColumns behind a sparse matrix. Combinational. Byte 0 of the state is in the highest bits, as FIPS 197
// prints it.
`default_nettype none

module lk_aes_round #(
    parameter DECRYPT = 1              // 0 leaves decryption out
) (
    input  wire [127:0] substituted,   // SubBytes of the state, or InvSubBytes
    input  wire         decrypt,
    input  wire         last,
    input  wire [127:0] round_key,
    output wire [127:0] out
);
    wire         backward = DECRYPT != 0 && decrypt;
    wire [127:0] shifted;
    wire [127:0] mixed;

    // Multiplication by x in GF(2^8) (FIPS 197 section 4.2.1), of four bytes at once.
    function [31:0] double;
        input [31:0] bytes;
        double = {bytes[30:24], 1'b0, bytes[22:16], 1'b0, bytes[14:8], 1'b0, bytes[6:0], 1'b0}
               ^ ({31'd0, bytes[31]} * 32'h1b000000) ^ ({31'd0, bytes[23]} * 32'h001b0000)
               ^ ({31'd0, bytes[15]} * 32'h00001b00) ^ ({31'd0, bytes[7]} * 32'h0000001b);
    endfunction

    wire [127:0] unmixed = backward ? shifted ^ round_key : shifted;  // MixColumns
    genvar column, row;
    generate
        for (column = 0; column < 4; column = column + 1) begin : each_column
            for (row = 0; row < 4; row = row + 1) begin : each_row
                // Byte (row, column) comes from (row, column + row), or from (row, column - row).
                assign shifted[127-8*(4*column+row)-:8] = backward ? substituted[127-8*(4*((column+4-row)%4)+row)-:8]
                                                                   : substituted[127-8*(4*((column+row)%4)+row)-:8];
            end
            // To bytes a, b, c, d of InvMixColumns are added 4 (a + c), 4 (b + d), 4 (a + c), 4 (b + d).
            wire [31:0] in_column = unmixed[127-32*column-:32];
            wire [31:0] across = backward ? in_column ^ {in_column[15:0], in_column[31:16]} : 32'd0;
            wire [31:0] lifted = in_column ^ double(double(across));
            wire [31:0] turned = {lifted[23:0], lifted[31:24]};
            // 2a + 3b + c + d = 2(a + b) + b + (c + d)
            assign mixed[127-32*column-:32] = double(lifted ^ turned) ^ turned
                                            ^ {lifted[15:0], lifted[31:16]} ^ {lifted[7:0], lifted[31:8]};
        end
    endgenerate

    assign out = (last ? unmixed : mixed) ^ (backward ? 128'd0 : round_key);
endmodule

`default_nettype wire
