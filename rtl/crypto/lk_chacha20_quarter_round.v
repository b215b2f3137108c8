// SPDX-License-Identifier: Apache-2.0
// ChaCha's quarter round (RFC 8439 section 2.1) as a pipeline of four stages, one addition in each: a new one can begin in every
// cycle. c is wanted, and a and d are there, a cycle before they would be if all four words went together.
`default_nettype none

module lk_chacha20_quarter_round (
    input  wire        clk,
    input  wire        reset,  // zeros in all stages
    input  wire [31:0] a,
    input  wire [31:0] b,
    input  wire [31:0] d,
    input  wire [31:0] c,      // a cycle after a, b and d
    output wire [31:0] a_out,  // three cycles after a, b and d
    output wire [31:0] d_out,
    output wire [31:0] b_out,  // four cycles after
    output wire [31:0] c_out
);
    // What stage 1, 2, 3 or 4 has made.
    reg [31:0] a1_q = 32'd0, b1_q = 32'd0, d1_q = 32'd0;
    reg [31:0] a2_q = 32'd0, b2_q = 32'd0, c2_q = 32'd0, d2_q = 32'd0;
    reg [31:0] a3_q = 32'd0, b3_q = 32'd0, c3_q = 32'd0, d3_q = 32'd0;
    reg [31:0] b4_q = 32'd0, c4_q = 32'd0;

    wire [31:0] a1 = a + b;
    wire [31:0] d1 = d ^ a1;
    wire [31:0] c2 = c + d1_q;
    wire [31:0] b2 = b1_q ^ c2;
    wire [31:0] a3 = a2_q + b2_q;
    wire [31:0] d3 = d2_q ^ a3;
    wire [31:0] c4 = c3_q + d3_q;
    wire [31:0] b4 = b3_q ^ c4;

    assign a_out = a3_q;
    assign b_out = b4_q;
    assign c_out = c4_q;
    assign d_out = d3_q;

    always @(posedge clk) begin
        a1_q <= a1;
        b1_q <= b;
        d1_q <= {d1[15:0], d1[31:16]};
        a2_q <= a1_q;
        b2_q <= {b2[19:0], b2[31:20]};
        c2_q <= c2;
        d2_q <= d1_q;
        a3_q <= a3;
        b3_q <= b2_q;
        c3_q <= c2_q;
        d3_q <= {d3[23:0], d3[31:24]};
        b4_q <= {b4[24:0], b4[31:25]};
        c4_q <= c4;
        if (reset) begin
            {a1_q, b1_q, d1_q} <= 96'd0;
            {a2_q, b2_q, c2_q, d2_q} <= 128'd0;
            {a3_q, b3_q, c3_q, d3_q} <= 128'd0;
            {b4_q, c4_q} <= 64'd0;
        end
    end
endmodule

`default_nettype wire
