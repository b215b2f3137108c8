// SPDX-License-Identifier: Apache-2.0
// The order of completions in lk_dispatcher: the records of a slot, whatever lanes they are given to, are let out of those lanes in the
// order in which they came; and a record waits for older ones alone, so the oldest of all is never held back. Two lanes, any slot; without
// completions that are no record's.
//
// Assumed: a lane delivers only what it may (lk_completion_builder begins nothing else), and only what it was given.
//
// method: induction 6
// sees: used dispatcher.used_q
// sees: head dispatcher.head_q
// sees: tail dispatcher.tail_q
// sees: lane dispatcher.lane_q
// sees: state dispatcher.state_q
// sees: same_slot dispatcher.same_slot
// sees: w0 dispatcher.entry[0].waits_q
// sees: w1 dispatcher.entry[1].waits_q
// sees: w2 dispatcher.entry[2].waits_q
// sees: w3 dispatcher.entry[3].waits_q
// sees: w4 dispatcher.entry[4].waits_q
// sees: w5 dispatcher.entry[5].waits_q
// sees: w6 dispatcher.entry[6].waits_q
// sees: w7 dispatcher.entry[7].waits_q
// sees: s0 dispatcher.entry[0].slot_q
// sees: s1 dispatcher.entry[1].slot_q
// sees: s2 dispatcher.entry[2].slot_q
// sees: s3 dispatcher.entry[3].slot_q
// sees: s4 dispatcher.entry[4].slot_q
// sees: s5 dispatcher.entry[5].slot_q
// sees: s6 dispatcher.entry[6].slot_q
// sees: s7 dispatcher.entry[7].slot_q
// mutation: waits_for_none record/lk_dispatcher.v s/{other_same, same} : waits_q/{(ENTRIES + 1) {1'b0}} : waits_q/
// mutation: forgets record/lk_dispatcher.v s/& {other_busy, ~freed}/\& {other_busy, {ENTRIES{1'b0}}}/
// mutation: looks_at_other record/lk_dispatcher.v s/clear_of_lane\[head_q\[2\*k+:2\]\]/clear_of_lane[tail_q[2*k+:2]]/
// mutation: takes_fifth record/lk_dispatcher.v s/!(&used_q\[4\*i+:4\])/1'b1/
`default_nettype none

module formal_dispatcher (
    input wire        clk,
    input wire        reset,
    input wire        record_valid,
    input wire [1:0]  slot,
    input wire        table_busy,
    input wire        payload_done,
    input wire [5:0]  queued_records,
    input wire [25:0] queued_words,
    input wire [1:0]  delivered
);
    wire       record_done, record_begins;
    wire [1:0] take, may_deliver, lane, state;
    wire [7:0] used, same_slot;
    wire [3:0] head, tail;
    wire [8:0] w0, w1, w2, w3, w4, w5, w6, w7;
    wire [1:0] s0, s1, s2, s3, s4, s5, s6, s7;
    lk_dispatcher #(.LANES(2), .SLOT_BITS(2)) dispatcher (
        .clk(clk), .reset(reset), .record_valid(record_valid), .slot(slot), .lane_given(1'b0), .lane(2'd0),
        .table_busy(table_busy), .payload_done(payload_done), .record_begins(record_begins), .record_done(record_done),
        .take(take), .queued_records(queued_records), .queued_words(queued_words), .delivered(delivered),
        .may_deliver(may_deliver), .other_announced(1'b0), .other_busy(1'b0));
    wire [71:0] waits = {w7, w6, w5, w4, w3, w2, w1, w0};
    wire [15:0] slots = {s7, s6, s5, s4, s3, s2, s1, s0};

    // The command is held until it is done.
    reg       held_q = 1'b0;
    reg [1:0] slot_q;
    always @(posedge clk) begin
        held_q <= record_valid && !record_done && !reset;
        slot_q <= slot;
    end
    always @* if (held_q) assume (record_valid && slot == slot_q);

    // Any two entries, and which of them was given out first: `older` says so of the two while both are used.
    (* anyconst *) wire [2:0] one;
    (* anyconst *) wire [2:0] two;
    reg  one_first_q = 1'b0;
    wire [7:0] taken = {4'd0, {3'd0, take[0]} << tail[1:0]} | {{3'd0, take[1]} << tail[3:2], 4'd0};
    wire [7:0] freed = {4'd0, {3'd0, delivered[0]} << head[1:0]} | {{3'd0, delivered[1]} << head[3:2], 4'd0};
    always @(posedge clk) begin
        if (taken[two] && used[one]) one_first_q <= 1'b1;
        if (taken[one]) one_first_q <= 1'b0;
        if (reset) one_first_q <= 1'b0;
    end

    wire       waits_for_one = waits[9*two+:9] >> one;
    wire [1:0] head0 = head[1:0], head1 = head[3:2];
    wire [2:0] count0 = {2'd0, used[0]} + {2'd0, used[1]} + {2'd0, used[2]} + {2'd0, used[3]};
    wire [2:0] count1 = {2'd0, used[4]} + {2'd0, used[5]} + {2'd0, used[6]} + {2'd0, used[7]};
    always @* begin
        assume (one != two);
        if (delivered[0]) assume (may_deliver[0] && used[{1'b0, head0}]);
        if (delivered[1]) assume (may_deliver[1] && used[{1'b1, head1}]);

        // Of two records of a slot the first one leaves first.
        if (used[one] && used[two] && one_first_q && slots[2*one+:2] == slots[2*two+:2] && !reset) assert (!freed[two]);
        // What makes it inductive: the second waits for the first; and nobody waits for what is not there.
        if (used[one] && used[two] && one_first_q && slots[2*one+:2] == slots[2*two+:2]) assert (waits_for_one);
        if (used[two] && waits_for_one) assert (used[one] && one_first_q && slots[2*one+:2] == slots[2*two+:2]);
        // Each lane's entries are in use from head to tail.
        if (used[{1'b0, head0}] || used[3:0] == 4'd0) assert (tail[1:0] == head0 + count0[1:0]);
        if (used[{1'b1, head1}] || used[7:4] == 4'd0) assert (tail[3:2] == head1 + count1[1:0]);
        assert (used[3:0] == ((4'hf >> (3'd4 - count0)) << head0 | (4'hf >> (3'd4 - count0)) >> (3'd4 - {1'b0, head0})));
        assert (used[7:4] == ((4'hf >> (3'd4 - count1)) << head1 | (4'hf >> (3'd4 - count1)) >> (3'd4 - {1'b0, head1})));
        assert (state != 2'd3 && lane < 2'd2);
        if (state != 2'd0) assert (held_q);
        if (state == 2'd1) assert (lane[0] ? !(&used[7:4]) : !(&used[3:0]));
    end
endmodule

`default_nettype wire
