// SPDX-License-Identifier: Apache-2.0
// lk_stream_register loses no word, doubles none, changes none and keeps their order: the word that goes in as the n-th, for any
// n, comes out as the n-th. Neither side's ready or valid follows the other side's in the same cycle.
//
// method: induction 4
// sees: skid register.skid_q
// sees: skid_valid register.skid_valid_q
// mutation: loses stream/lk_stream_register.v s/skid_valid_d = 1'b1;/skid_valid_d = 1'b0;/
// mutation: doubles stream/lk_stream_register.v s/out_valid_d = skid_valid_q || in_valid;/out_valid_d = skid_valid_q || in_valid || out_valid_q;/
// mutation: reorders stream/lk_stream_register.v s/out_d = skid_valid_q ? skid_q : in_data;/out_d = in_data;/
// mutation: follows_ready stream/lk_stream_register.v s/assign out_valid = out_valid_q;/assign out_valid = out_valid_q \&\& out_ready;/
// mutation: survives_reset stream/lk_stream_register.v s/out_valid_q <= out_valid_d && !reset;/out_valid_q <= out_valid_d;/
`default_nettype none

module formal_stream_register (
    input wire       clk,
    input wire       reset,
    input wire [7:0] in_data,
    input wire       in_valid,
    input wire       out_ready
);
    wire       in_ready, out_valid;
    wire [7:0] out_data;
    lk_stream_register #(.WIDTH(8)) register (
        .clk(clk), .reset(reset), .in_data(in_data), .in_valid(in_valid), .in_ready(in_ready), .out_data(out_data),
        .out_valid(out_valid), .out_ready(out_ready));
    wire [7:0] skid;
    wire       skid_valid;

    // The word that is the n-th since reset.
    (* anyconst *) wire [7:0] n;
    reg [7:0] in_count_q = 8'd0, out_count_q = 8'd0, word_q = 8'd0;
    wire [7:0] held = in_count_q - out_count_q;
    wire       holds_word = n - out_count_q < held;
    always @(posedge clk) begin
        if (in_valid && in_ready) begin
            in_count_q <= in_count_q + 8'd1;
            if (in_count_q == n) word_q <= in_data;
        end
        if (out_valid && out_ready) out_count_q <= out_count_q + 8'd1;
        if (reset) begin
            in_count_q <= 8'd0;
            out_count_q <= 8'd0;
        end
    end

    // What is held is counted by registers alone, so ready and valid, which follow from it, follow no input.
    always @* begin
        assert (held == {7'd0, out_valid} + {7'd0, skid_valid});
        assert (out_valid == (held != 8'd0));
        assert (in_ready == (held != 8'd2));
        if (holds_word && out_count_q == n) assert (out_data == word_q);
        if (holds_word && out_count_q != n) assert (skid == word_q);
    end
endmodule

`default_nettype wire
