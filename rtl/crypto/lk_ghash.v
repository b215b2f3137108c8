// SPDX-License-Identifier: Apache-2.0
// GHASH (NIST SP 800-38D section 6.4), DIGIT bits of the block a cycle: 128 / DIGIT cycles a block. A new block is taken in
// the same cycle in which the one before is finished, so blocks may follow each other without a gap.
//
// Bit 127 is the coefficient of x^0, as SP 800-38D orders them. Horner's rule from the highest coefficients down:
// product = product * x^DIGIT + digit * H.
`default_nettype none

module lk_ghash #(
    parameter DIGIT = 8  // divides 128
) (
    input  wire         clk,
    input  wire         reset,
    input  wire [127:0] hash_key,  // H; held still while busy
    input  wire         first,     // with block_valid: this block begins a new hash
    input  wire         unit,      // with first and a block of zeros: the block is one, and the hash H, after a single cycle
    input  wire [127:0] block,
    input  wire         block_valid,
    output wire         block_ready,  // a register
    output wire         busy,      // hash is not final
    output wire [127:0] hash
);
    localparam LAST_STEP = 128 / DIGIT - 1;
    localparam ALMOST = LAST_STEP == 0 ? 0 : LAST_STEP - 1;

    reg [127:0] factor_d, factor_q = 128'd0;    // what is left of (hash + block)
    reg [127:0] product_d, product_q = 128'd0;
    reg [6:0]   step_d, step_q = 7'd0;
    reg         busy_d, busy_q = 1'b0;
    reg         ready_d, ready_q = 1'b1;        // at rest, or in the last step

    wire         last_step = step_q == LAST_STEP[6:0];
    wire [127:0] next;

    assign block_ready = ready_q;
    assign busy = busy_q;
    assign hash = product_q;

    // product * x^DIGIT + digit * H, before reduction: bit 127 + DIGIT - k is the coefficient of x^k.
    reg [127+DIGIT:0] wide;
    integer i;
    always @* begin
        wide = {{DIGIT{1'b0}}, product_q};
        for (i = 0; i < DIGIT; i = i + 1) begin
            if (factor_q[DIGIT-1-i]) wide = wide ^ ({{DIGIT{1'b0}}, hash_key} << (DIGIT - i));
        end
    end

    // x^128 = 1 + x + x^2 + x^7: the DIGIT coefficients from x^128 up come back in at the top, four times.
    wire [DIGIT-1:0] overflow = wide[DIGIT-1:0];
    wire [127:0]     folded = {overflow, {(128 - DIGIT) {1'b0}}};
    assign next = wide[127+DIGIT:DIGIT] ^ folded ^ (folded >> 1) ^ (folded >> 2) ^ (folded >> 7);

    always @* begin
        factor_d = factor_q;
        product_d = product_q;
        step_d = step_q;
        busy_d = busy_q;
        ready_d = !busy_q || last_step || step_q == ALMOST[6:0];
        if (busy_q) begin
            factor_d = {{DIGIT{1'b0}}, factor_q[127:DIGIT]};
            product_d = next;
            step_d = step_q + 7'd1;
            busy_d = !last_step;
        end
        if (block_valid && block_ready) begin
            factor_d = block ^ (first ? 128'd0 : product_d);
            product_d = 128'd0;
            step_d = unit ? LAST_STEP[6:0] : 7'd0;
            if (unit) factor_d[DIGIT-1] = 1'b1;
            busy_d = 1'b1;
            ready_d = unit || LAST_STEP == 0;
        end
        if (reset) begin
            busy_d = 1'b0;
            ready_d = 1'b1;
            product_d = 128'd0;
            factor_d = 128'd0;
        end
    end

    always @(posedge clk) begin
        factor_q <= factor_d;
        product_q <= product_d;
        step_q <= step_d;
        busy_q <= busy_d;
        ready_q <= ready_d;
    end
endmodule

`default_nettype wire
