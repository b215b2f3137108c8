// SPDX-License-Identifier: Apache-2.0
// SubBytes (FIPS 197 section 5.1.1) or InvSubBytes (section 5.3.2) of two bytes, from tables in one block RAM. The outcome is
// there a cycle later; a block RAM answers in the same time whatever is asked of it (P5).
`default_nettype none

module lk_aes_sbox (
    input  wire        clk,
    input  wire        inverse,
    input  wire [15:0] in,
    output wire [15:0] out  // of what came in in the cycle before
);
    (* rom_style = "block" *) reg [7:0] substitutes[0:511];
    reg [7:0] high_q, low_q;
    assign out = {high_q, low_q};

    always @(posedge clk) begin
        high_q <= substitutes[{inverse, in[15:8]}];
        low_q <= substitutes[{inverse, in[7:0]}];
    end

    // In GF(2^8), modulo x^8 + x^4 + x^3 + x + 1.
    function [7:0] product;
        input [7:0] left;
        input [7:0] right;
        integer     i;
        begin
            product = 8'd0;
            for (i = 7; i >= 0; i = i - 1)
                product = {product[6:0], 1'b0} ^ (product[7] ? 8'h1b : 8'h00) ^ (right[i] ? left : 8'h00);
        end
    endfunction

    function [7:0] affine;
        input [7:0] value;
        affine = value ^ {value[6:0], value[7]} ^ {value[5:0], value[7:6]} ^ {value[4:0], value[7:5]}
               ^ {value[3:0], value[7:4]} ^ 8'h63;
    endfunction

    // The powers of x + 1 are all bytes but zero; beside each goes the same power of 1 / (x + 1), its inverse.
    localparam [7:0] GENERATOR = 8'h03, GENERATOR_INVERSE = 8'hf6;
    integer   step;
    reg [7:0] power, reciprocal;
    initial begin
        substitutes[{1'b0, 8'd0}] = affine(8'd0);
        substitutes[{1'b1, affine(8'd0)}] = 8'd0;
        power = 8'd1;
        reciprocal = 8'd1;
        for (step = 0; step < 255; step = step + 1) begin
            substitutes[{1'b0, power}] = affine(reciprocal);
            substitutes[{1'b1, affine(reciprocal)}] = power;
            power = product(power, GENERATOR);
            reciprocal = product(reciprocal, GENERATOR_INVERSE);
        end
    end
endmodule

`default_nettype wire
