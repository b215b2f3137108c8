// SPDX-License-Identifier: Apache-2.0
// P3: after `wipe` or reset, in whatever state lk_aes_key_schedule was, `busy` falls in at most 17 cycles, and when it has fallen no
// round key is left: every word that can be read is zero, and stays so until a word of a key comes.
//
// The first cycle, in any state, has the pulse; so this is about any pulse at any time. A word that comes before `busy` has
// fallen would be lost, and none comes (the session table and its user wait).
//
// method: any-state 20
// cut: lk_aes_sbox
// mutation: stops_early crypto/lk_aes_key_schedule.v s/LAST_ADDRESS = 4'd15/LAST_ADDRESS = 4'd14/
// mutation: writes_key crypto/lk_aes_key_schedule.v s/wiping_q ? 32'd0 : word/word/
// mutation: adds_to_old crypto/lk_aes_key_schedule.v s/expanding_q ? round_key : 128'd0/round_key/
// mutation: ignores_reset crypto/lk_aes_key_schedule.v s/if (reset || wipe)/if (wipe)/
// mutation: writes_at_rest crypto/lk_aes_key_schedule.v s/wire       write = expanding_q/wire       write = word[0] || expanding_q/
// mutation: ignores_wipe crypto/lk_aes_key_schedule.v s/if (reset || wipe)/if (reset)/
`default_nettype none

module formal_key_schedule_wipe (
    input wire        clk,
    input wire        by_reset,
    input wire [31:0] word,
    input wire [3:0]  round
);
    localparam [4:0] WIPED = 5'd17;
    reg [4:0] cycle_q = 5'd0;
    always @(posedge clk) cycle_q <= cycle_q + 5'd1;
    wire pulse = cycle_q == 5'd0;

    wire         busy;
    wire [127:0] round_key;
    lk_aes_key_schedule schedule (
        .clk(clk), .reset(pulse && by_reset), .word_valid(1'b0), .word(word), .wipe(pulse && !by_reset), .busy(busy), .round(round),
        .round_key(round_key));

    // A schedule at rest, in any state: it stays at rest, and no word changes.
    (* anyconst *) wire [3:0] resting_round;
    wire         resting_busy;
    wire [127:0] resting_key;
    lk_aes_key_schedule resting (
        .clk(clk), .reset(1'b0), .word_valid(1'b0), .word(word), .wipe(1'b0), .busy(resting_busy), .round(resting_round),
        .round_key(resting_key));
    reg         rested_q = 1'b0;
    reg [127:0] rested_key_q;
    always @(posedge clk) begin
        rested_q <= !resting_busy;
        rested_key_q <= resting_key;
    end

    always @* begin
        if (rested_q && cycle_q == 5'd1) assert (!resting_busy && resting_key == rested_key_q);
        if (cycle_q >= WIPED) assert (!busy);
        if (!pulse && !busy) assert (round_key == 128'd0);
    end
endmodule

`default_nettype wire
