// SPDX-License-Identifier: Apache-2.0
// AES encryption, one round a cycle: from start to result eleven cycles for AES-128, fifteen for AES-256. The round keys are
// read from the key schedule. The result stays until the next start.
`default_nettype none

module lk_aes_encrypt (
    input  wire         clk,
    input  wire         reset,
    input  wire [3:0]   last_round, // 10 or 14; held still
    input  wire         start,      // pulse, while not busy
    input  wire [127:0] in,
    output wire         busy,       // rises the cycle after start; the result is there when it falls
    output wire [127:0] out,
    output wire [3:0]   round,      // which round key is wanted
    input  wire [127:0] round_key,
    input  wire [31:0]  unsubstituted,  // while at rest, and not starting: a word of the key schedule
    output wire [31:0]  substituted     // SubBytes of it
);
    reg [127:0] state_d, state_q = 128'd0;
    reg [3:0]   round_d, round_q = 4'd0;  // 0: at rest

    wire [127:0] next;

    lk_aes_round aes_round (.in(state_q), .round_key(round_key), .last(round_q == last_round), .out(next),
        .lend(!busy), .unsubstituted(unsubstituted), .substituted_word(substituted));

    assign busy = round_q != 4'd0;
    assign out = state_q;
    assign round = round_q;

    always @* begin
        state_d = state_q;
        round_d = round_q;
        if (busy) begin
            state_d = next;
            round_d = round_q == last_round ? 4'd0 : round_q + 4'd1;
        end else if (start) begin
            state_d = in ^ round_key;
            round_d = 4'd1;
        end
        if (reset) begin
            state_d = 128'd0;
            round_d = 4'd0;
        end
    end

    always @(posedge clk) begin
        state_q <= state_d;
        round_q <= round_d;
    end

`ifdef FORMAL
    // A longer key comes only while the cipher rests.
    reg [3:0] past_last_q = 4'd0;
    always @(posedge clk) begin
        past_last_q <= last_round;
        assume (last_round == 4'd10 || last_round == 4'd14);
        assume (!busy || last_round == past_last_q);
        assert (round_q <= last_round);
    end
`endif
endmodule

`default_nettype wire
