// SPDX-License-Identifier: Apache-2.0
// What lies between SubBytes and AddRoundKey in a round of AES encryption (FIPS 197 section 5.1): ShiftRows, and MixColumns but
// for the last round. Combinational. Byte 0 of the state is in the highest bits, as FIPS 197 prints it.
`default_nettype none

module lk_aes_round (
    input  wire [127:0] substituted,   // SubBytes of the state
    input  wire         last,          // the last round leaves MixColumns out
    output wire [127:0] out
);
    wire [127:0] shifted;
    wire [127:0] mixed;

    // Multiplication by x in GF(2^8) (FIPS 197 section 4.2.1), of four bytes at once.
    function [31:0] double;
        input [31:0] bytes;
        double = {bytes[30:24], 1'b0, bytes[22:16], 1'b0, bytes[14:8], 1'b0, bytes[6:0], 1'b0}
               ^ ({31'd0, bytes[31]} * 32'h1b000000) ^ ({31'd0, bytes[23]} * 32'h001b0000)
               ^ ({31'd0, bytes[15]} * 32'h00001b00) ^ ({31'd0, bytes[7]} * 32'h0000001b);
    endfunction

    genvar column, row;
    generate
        for (column = 0; column < 4; column = column + 1) begin : each_column
            for (row = 0; row < 4; row = row + 1) begin : each_row
                // Byte (row, column) comes from (row, column + row).
                assign shifted[127-8*(4*column+row)-:8] = substituted[127-8*(4*((column+row)%4)+row)-:8];
            end
            wire [31:0] in_column = shifted[127-32*column-:32];
            wire [31:0] turned = {in_column[23:0], in_column[31:24]};
            // 2a + 3b + c + d = 2(a + b) + b + (c + d)
            assign mixed[127-32*column-:32] = double(in_column ^ turned) ^ turned
                                            ^ {in_column[15:0], in_column[31:16]} ^ {in_column[7:0], in_column[31:8]};
        end
    endgenerate

    assign out = last ? shifted : mixed;
endmodule

`default_nettype wire
