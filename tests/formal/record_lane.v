// SPDX-License-Identifier: Apache-2.0
// P1 in lk_record_lane: it says `authentic` only of a record that it opened, when it is done with it, and when the last sixteen bytes
// that it took were the tag that the cipher made, and the cipher said that the tag was there. While a record is opened, nothing leaves by
// the output but the tag of the record sealed before. What it says of a record holds until the next one starts.
//
// For any cipher: what lk_aead does is free. Assumed: a record starts only while the lane is idle (lane_control).
//
// method: induction 2
// cut: lk_aead
// sees: state lane.state_q
// sees: open_record lane.open_q
// sees: received lane.tag_q
// sees: received_count lane.tag_in_q
// sees: sending lane.tag_out_q
// sees: tag lane.aead.tag
// sees: tag_valid lane.aead.tag_valid
// mutation: believes record/lk_record_lane.v s/authentic_d = open_q && tag_q == tag;/authentic_d = open_q;/
// mutation: compares_half record/lk_record_lane.v s/tag_q == tag;/tag_q[63:0] == tag[63:0];/
// mutation: compares_early record/lk_record_lane.v s/state_q == TAG && tag_valid &&/state_q == TAG \&\&/
// mutation: takes_fifteen record/lk_record_lane.v s/TAG_BYTES = 5'd16/TAG_BYTES = 5'd15/
// mutation: shows_plaintext record/lk_record_lane.v s/wire       sealing = state_q == DATA && !open_q;/wire       sealing = state_q == DATA;/
// mutation: remembers record/lk_record_lane.v s/authentic_d = 1'b0;/authentic_d = authentic_q;/
`default_nettype none

module formal_record_lane (
    input wire       clk,
    input wire       reset,
    input wire       start,
    input wire       open,
    input wire       tls1_3,
    input wire [7:0] in_data,
    input wire       in_valid,
    input wire       out_ready
);
    localparam [1:0] IDLE = 2'd0, DATA = 2'd1, TAG = 2'd2;
    wire         in_ready, out_valid, idle, done, authentic, typeless, open_record, tag_valid;
    wire [1:0]   state;
    wire [4:0]   received_count, sending;
    wire [7:0]   opened_type;
    wire [14:0]  opened_bytes;
    wire [127:0] received, tag;

    // What is left open is free.
    lk_record_lane lane (
        .clk(clk), .reset(reset), .start(start), .open(open), .tls1_3(tls1_3), .in_data(in_data), .in_valid(in_valid),
        .in_ready(in_ready), .out_valid(out_valid), .out_ready(out_ready), .idle(idle), .done(done), .authentic(authentic),
        .typeless(typeless), .opened_type(opened_type), .opened_bytes(opened_bytes));
    always @* if (start) assume (idle);

    // The last sixteen bytes taken; and the cycle before.
    reg [127:0] taken_q = 128'd0, past_taken_q, past_tag_q;
    reg         past_valid_q = 1'b0, opens_q = 1'b0;
    reg [24:0]  past_result_q = 25'd0;
    reg         past_idle_q = 1'b0;
    always @(posedge clk) begin
        if (in_valid && in_ready) taken_q <= {taken_q[119:0], in_data};
        if (start) opens_q <= open;
        past_taken_q <= taken_q;
        past_tag_q <= tag;
        past_valid_q <= tag_valid && !reset;
        past_result_q <= {authentic, typeless, opened_type, opened_bytes};
        past_idle_q <= idle && !start && !reset;
    end

    integer i;
    always @* begin
        if (done) assert (idle);
        if (done && authentic) assert (opens_q && past_valid_q && past_taken_q == past_tag_q);
        if (authentic) assert (idle);
        if (past_idle_q) assert (!done && past_result_q == {authentic, typeless, opened_type, opened_bytes});
        if (!idle && opens_q && sending == 5'd0) assert (!out_valid);
        // What makes the above inductive.
        assert (state <= TAG && idle == (state == IDLE));
        if (!idle) assert (open_record == opens_q);
        if (state == DATA || (!idle && sending != 5'd0)) assert (received_count == 5'd0);
        if (!idle) assert (received_count <= 5'd16);
        if (state == TAG && opens_q) begin
            for (i = 0; i < 16; i = i + 1) begin
                if (i < received_count) assert (received[8*i+:8] == taken_q[8*i+:8]);
            end
        end
    end
endmodule

`default_nettype wire
