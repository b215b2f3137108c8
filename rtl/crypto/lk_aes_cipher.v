// SPDX-License-Identifier: Apache-2.0
// AES, one round a cycle: from start to result eleven cycles for AES-128, fifteen for AES-256, in either direction. The round
// keys are read from the key schedule. The result stays until the next start.
`default_nettype none

module lk_aes_cipher #(
    parameter DECRYPT = 1           // 0 leaves decryption out
) (
    input  wire         clk,
    input  wire         reset,
    input  wire [3:0]   last_round, // 10 or 14; held still
    input  wire         start,      // pulse, while not busy
    input  wire         decrypt,    // from start until not busy
    input  wire [127:0] in,
    output wire         busy,       // rises the cycle after start; the result is there when it falls
    output wire [127:0] out,
    output wire [3:0]   round,      // which round key is wanted
    input  wire [127:0] round_key,
    input  wire [31:0]  unsubstituted,  // while at rest, and not starting: a word of the key schedule
    output wire [31:0]  substituted     // SubBytes of it, a cycle later
);
    reg [127:0] state_d, state_q = 128'd0;
    reg [3:0]   round_d, round_q = 4'd0;  // 0: at rest

    wire         backward = DECRYPT != 0 && decrypt;
    wire [127:0] near, far, round_out;

    // The S-boxes take what goes into the state's register, and answer in the cycle in which it is there; at rest, what they make
    // means nothing. Then the last four of them are there for the key schedule.
    wire         lend = !busy && !start;
    wire [127:0] begun = in ^ round_key;
    wire [127:0] loaded = busy ? round_out : {begun[127:32], start ? begun[31:0] : unsubstituted};
    genvar i;
    generate
        for (i = 0; i < 8; i = i + 1) begin : sub_bytes
            lk_aes_sbox sbox (
                .clk(clk), .inverse(backward && !lend), .in(loaded[16*i+:16]), .near(near[16*i+:16]), .far(far[16*i+:16]));
        end
    endgenerate
    assign substituted = near[31:0];

    lk_aes_round #(.DECRYPT(DECRYPT)) aes_round (
        .near(near), .far(far), .decrypt(backward), .last(round_q == last_round), .round_key(round_key), .out(round_out));

    assign busy = round_q != 4'd0;
    assign out = state_q;
    assign round = backward ? last_round - round_q : round_q;

    always @* begin
        state_d = busy || start ? loaded : state_q;
        round_d = round_q;
        if (busy) round_d = round_q == last_round ? 4'd0 : round_q + 4'd1;
        else if (start) round_d = 4'd1;
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
