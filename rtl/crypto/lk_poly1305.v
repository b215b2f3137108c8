// SPDX-License-Identifier: Apache-2.0
// Poly1305 (RFC 8439 section 2.5) with eight 18x18 multipliers: 10 cycles a block, 6 for the tag. The counts are fixed (P5).
//
// Numbers stand in eight limbs of 17 bits, 136 in all. Horner's rule from the highest limb of r down:
// sums = sums * 2^17 + h * limb, and 2^136 = 2^6 * 5 modulo p = 2^130 - 5. A sum keeps what is over 17 bits until the next
// step, which adds it to the limb above: no carry runs further than one limb before the tag is made.
`default_nettype none

module lk_poly1305 (
    input  wire         clk,
    input  wire         reset,
    input  wire         key_word_valid, // eight of them make a one-time key, r then s; the first forgets the message before
    input  wire [31:0]  key_word,       // first byte in [31:24]
    input  wire [128:0] block,          // first byte in [7:0]; the bit that marks the end of the block is the caller's
    input  wire         block_last,     // the tag follows
    input  wire         block_valid,
    output wire         block_ready,    // from registers alone
    output wire         tag_valid,      // until the next key
    output wire [127:0] tag             // first byte in [7:0]
);
    localparam LIMBS = 8, LIMB = 17, SUM = 36, CARRIED = 29;
    localparam [3:0] IDLE = 4'd0, ADD = 4'd1, CARRY = 4'd2, MULTIPLY = 4'd3, MULTIPLY_LAST = 4'd10, SETTLE = 4'd11,
                     ESTIMATE = 4'd13, QUOTIENT = 4'd14, TAG = 4'd15;

    reg [3:0]                step_d, step_q = IDLE;
    reg                      last_d, last_q = 1'b0;
    reg                      tag_valid_d, tag_valid_q = 1'b0;
    reg [2:0]                key_index_d, key_index_q = 3'd0;
    reg [LIMBS*LIMB-1:0]     r_d, r_q = {(LIMBS * LIMB) {1'b0}};
    reg [127:0]              s_d, s_q = 128'd0;
    reg [LIMBS*(LIMB+1)-1:0] factor_d, factor_q = {(LIMBS * (LIMB + 1)) {1'b0}};  // the message block, then h
    reg [LIMBS*SUM-1:0]      sums_d, sums_q = {(LIMBS * SUM) {1'b0}};
    reg [9:0]                correction_d, correction_q = 10'd0;
    reg [127:0]              tag_d, tag_q = 128'd0;

    wire multiplies = step_q >= MULTIPLY && step_q <= MULTIPLY_LAST;
    wire takes = block_valid && block_ready;

    assign block_ready = step_q == IDLE || (step_q == MULTIPLY_LAST && !last_q);
    assign tag_valid = tag_valid_q;
    assign tag = tag_q;

    // RFC 8439 section 2.5.1: some bits of r are zeros.
    reg [31:0] clamped;
    always @* begin
        clamped = {key_word[7:0], key_word[15:8], key_word[23:16], key_word[31:24]};
        if (!key_index_q[2]) begin
            clamped[31:28] = 4'd0;
            if (key_index_q[1:0] != 2'd0) clamped[1:0] = 2'd0;
        end
    end

    // Each limb with what the limb below had over; what is over 136 bits comes back in times 320.
    wire [LIMB-1:0]          limb = multiplies ? r_q[LIMBS*LIMB-1-:LIMB] : {{(LIMB - 1) {1'b0}}, step_q == ADD};
    wire [LIMBS*CARRIED-1:0] carried;
    wire [CARRIED-1:0]       top = carried[(LIMBS-1)*CARRIED+:CARRIED];
    wire [LIMBS*SUM-1:0]     next_sums;
    genvar i;
    generate
        for (i = 0; i < LIMBS; i = i + 1) begin : limbs
            wire [LIMB-1:0]    low = sums_q[SUM*i+:LIMB];
            wire [18:0]        over = sums_q[SUM*((i+LIMBS-1)%LIMBS)+LIMB+:19];
            wire [CARRIED-1:0] shifted;
            wire [34:0]        product;
            if (i == 0) begin : lowest
                assign carried[0+:CARRIED] = {12'd0, low} + {2'd0, over, 8'd0} + {4'd0, over, 6'd0};
                assign shifted = {top[20:0], 8'd0} + {top[22:0], 6'd0};
            end else begin : upper
                wire [19:0] sum = {3'd0, low} + {1'b0, over};
                assign carried[CARRIED*i+:CARRIED] = {9'd0, sum};
                assign shifted = carried[CARRIED*(i-1)+:CARRIED];
            end
            assign product = {17'd0, factor_q[(LIMB+1)*i+:LIMB+1]} * {18'd0, limb};
            assign next_sums[SUM*i+:SUM] = {1'b0, product} + {7'd0, multiplies ? shifted : carried[CARRIED*i+:CARRIED]};
        end
    endgenerate

    // The number itself, plus a correction of at most ten bits. For h < 2^137 and t = h / 2^130, the quotient h / p is
    // (h + 5t + 5) / 2^130, and h - quotient * p is h + 5 * quotient, the bits from 130 on left out.
    reg  [136:0] lows, overs;
    wire [136:0] number = lows + overs;
    wire [9:0]   five_times = {1'b0, number[136:130], 2'd0} + {3'd0, number[136:130]};
    integer      j;
    always @* begin
        lows = 137'd0;
        overs = {127'd0, correction_q};
        for (j = 0; j < LIMBS; j = j + 1) begin
            lows[LIMB*j+:LIMB] = sums_q[SUM*j+:LIMB];
            overs[LIMB*(j+1)] = sums_q[SUM*j+LIMB];
        end
    end

    always @* begin
        factor_d = factor_q;
        for (j = 0; j < LIMBS; j = j + 1) begin
            if (takes) factor_d[(LIMB+1)*j+:LIMB+1] = j == LIMBS - 1 ? {8'd0, block[128:119]} : {1'b0, block[LIMB*j+:LIMB]};
            else if (step_q == CARRY) factor_d[(LIMB+1)*j+:LIMB+1] = carried[CARRIED*j+:LIMB+1];
        end
        sums_d = step_q == IDLE || step_q == ESTIMATE || step_q == QUOTIENT || step_q == TAG ? sums_q : next_sums;
        if (step_q == CARRY || key_word_valid || reset) sums_d = {(LIMBS * SUM) {1'b0}};
        correction_d = step_q == ESTIMATE ? five_times + 10'd5 : step_q == QUOTIENT ? five_times : 10'd0;
        tag_d = step_q == TAG ? number[127:0] + s_q : tag_q;
        r_d = r_q;
        s_d = s_q;
        if (key_word_valid) begin
            r_d = {8'd0, s_q[31:0], r_q[127:32]};
            s_d = {clamped, s_q[127:32]};
        end else if (multiplies) begin
            r_d = {r_q[(LIMBS-1)*LIMB-1:0], r_q[LIMBS*LIMB-1-:LIMB]};
        end
        if (reset) begin
            factor_d = {(LIMBS * (LIMB + 1)) {1'b0}};
            tag_d = 128'd0;
            r_d = {(LIMBS * LIMB) {1'b0}};
            s_d = 128'd0;
        end
    end

    always @* begin
        last_d = takes ? block_last : last_q;
        tag_valid_d = tag_valid_q || step_q == TAG;
        key_index_d = key_index_q + {2'd0, key_word_valid};
        case (step_q)
            IDLE: step_d = takes ? ADD : IDLE;
            MULTIPLY_LAST: step_d = takes ? ADD : last_q ? SETTLE : IDLE;
            TAG: step_d = IDLE;
            default: step_d = step_q + 4'd1;
        endcase
        if (key_word_valid || reset) begin
            step_d = IDLE;
            tag_valid_d = 1'b0;
        end
        if (reset) key_index_d = 3'd0;
    end

    always @(posedge clk) begin
        step_q <= step_d;
        last_q <= last_d;
        tag_valid_q <= tag_valid_d;
        key_index_q <= key_index_d;
        r_q <= r_d;
        s_q <= s_d;
        factor_q <= factor_d;
        sums_q <= sums_d;
        correction_q <= correction_d;
        tag_q <= tag_d;
    end

`ifdef FORMAL
    always @(posedge clk) if (step_q == ESTIMATE) assert (correction_q == 10'd0);
`endif

    wire unused = &{1'b0, top[28:20], number[129:128], 1'b0};
endmodule

`default_nettype wire
