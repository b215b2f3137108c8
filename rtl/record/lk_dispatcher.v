// SPDX-License-Identifier: Apache-2.0
// Gives records to one of several lanes, and keeps the order that the protocol promises: completions of one slot come in the
// order of its commands. Every record on its way has an entry, from here until its completion has left its lane: four a lane, in
// the lane's order. An entry knows which others of its slot were there before it, in whatever lane, and waits for them with its
// completion. These are older, and an older record never waits for a younger one, so the oldest of all always comes out.
//
// A lane is chosen by what waits for it, and of two with about the same the one whose last record was of the same slot: it will
// hold the key.
`default_nettype none

module lk_dispatcher #(
    parameter LANES = 2,
    parameter SLOT_BITS = 8
) (
    input  wire                 clk,
    input  wire                 reset,
    // The record in work.
    input  wire                 record_valid,
    input  wire [SLOT_BITS-1:0] slot,
    input  wire                 lane_given,     // it must go to this lane
    input  wire [1:0]           lane,
    input  wire                 table_busy,     // its number cannot be noted yet
    input  wire                 payload_done,
    output wire                 record_begins,  // pulse: it is a lane's from now on
    output wire                 record_done,    // pulse: and its payload too
    output reg  [LANES-1:0]     take,           // pulse, to the lane
    output reg  [LANES-1:0]     feed,           // its payload goes to this lane
    // What waits for the lanes.
    input  wire [3*LANES-1:0]   queued_records,
    input  wire [13*LANES-1:0]  queued_words,
    // Completions.
    input  wire [LANES-1:0]     delivered,      // pulse: the oldest of that lane has left it
    output reg  [LANES-1:0]     may_deliver,    // the oldest of that lane need not wait for others
    input  wire                 other_announced,// pulse: a completion of the slot that is no record's
    input  wire                 other_busy,     // it is on its way
    output reg                  slot_runs,      // there are records of the slot
    output wire                 any_runs
);
    localparam ENTRIES = 4 * LANES;
    localparam [1:0] CHOOSE = 2'd0, TAKE = 2'd1, FEED = 2'd2;

    reg [1:0]           state_d, state_q = CHOOSE;
    reg [1:0]           lane_d, lane_q = 2'd0;
    reg [2*LANES-1:0]   head_d, head_q = {2 * LANES{1'b0}};     // the oldest entry of each lane
    reg [2*LANES-1:0]   tail_d, tail_q = {2 * LANES{1'b0}};     // the next one to be used
    reg [ENTRIES-1:0]   used_d, used_q = {ENTRIES{1'b0}};
    reg [ENTRIES-1:0]   freed, taken, same;
    reg [SLOT_BITS*LANES-1:0] last_d, last_q = {SLOT_BITS * LANES{1'b0}};  // slot of the lane's last record
    reg [SLOT_BITS-1:0] other_slot_d, other_slot_q = {SLOT_BITS{1'b0}};

    // The lane with the smallest score: what waits, in records and KiB; a foreign key counts for a record and a half.
    reg [6:0]       score, best_score;
    reg [1:0]       best;
    reg             found;
    integer         i;
    always @* begin
        best = 2'd0;
        best_score = 7'd0;
        found = 1'b0;
        score = 7'd0;
        for (i = 0; i < LANES; i = i + 1) begin
            score = {1'b0, queued_words[13*i+8+:5], 1'b0} + {3'd0, queued_records[3*i+:3], 1'b0}
                  + (last_q[SLOT_BITS*i+:SLOT_BITS] == slot ? 7'd0 : 7'd3);
            if (!(&used_q[4*i+:4]) && (!found || score < best_score) && (!lane_given || lane == i[1:0])) begin
                best = i[1:0];
                best_score = score;
                found = 1'b1;
            end
        end
    end

    assign record_begins = state_q == TAKE && !table_busy;
    assign record_done = state_q == FEED && payload_done;
    assign any_runs = |used_q;

    always @* begin
        state_d = state_q;
        lane_d = lane_q;
        case (state_q)
            CHOOSE: if (record_valid && found) begin
                lane_d = best;
                state_d = TAKE;
            end
            TAKE: if (record_begins) state_d = FEED;
            default: if (record_done) state_d = CHOOSE;
        endcase
        if (reset) state_d = CHOOSE;
    end

    integer j;
    always @* begin
        take = {LANES{1'b0}};
        feed = {LANES{1'b0}};
        head_d = head_q;
        tail_d = tail_q;
        last_d = last_q;
        freed = {ENTRIES{1'b0}};
        taken = {ENTRIES{1'b0}};
        for (j = 0; j < LANES; j = j + 1) begin
            take[j] = record_begins && lane_q == j[1:0];
            feed[j] = state_q == FEED && lane_q == j[1:0];
            taken[4*j+:4] = {3'd0, take[j]} << tail_q[2*j+:2];
            freed[4*j+:4] = {3'd0, delivered[j]} << head_q[2*j+:2];
            if (take[j]) begin
                tail_d[2*j+:2] = tail_q[2*j+:2] + 2'd1;
                last_d[SLOT_BITS*j+:SLOT_BITS] = slot;
            end
            if (delivered[j]) head_d[2*j+:2] = head_q[2*j+:2] + 2'd1;
        end
        used_d = (used_q | taken) & ~freed;
        other_slot_d = other_announced ? slot : other_slot_q;
        if (reset) begin
            head_d = {2 * LANES{1'b0}};
            tail_d = {2 * LANES{1'b0}};
            used_d = {ENTRIES{1'b0}};
        end
    end

    // The entries, and what each of them waits for: entries, and the completion that is no record's.
    wire               other_same = other_busy && other_slot_q == slot;
    wire [ENTRIES-1:0] same_slot, clear_to_go;
    genvar             e;
    generate
        for (e = 0; e < ENTRIES; e = e + 1) begin : entry
            reg [SLOT_BITS-1:0] slot_q = {SLOT_BITS{1'b0}};
            reg [ENTRIES:0]     waits_d, waits_q = {(ENTRIES + 1) {1'b0}};
            assign same_slot[e] = used_q[e] && slot_q == slot;
            assign clear_to_go[e] = waits_q == {(ENTRIES + 1) {1'b0}};
            always @* waits_d = (taken[e] ? {other_same, same} : waits_q) & {other_busy, ~freed};
            always @(posedge clk) begin
                waits_q <= waits_d;
                if (taken[e]) slot_q <= slot;
            end
        end
    endgenerate

    integer   k;
    reg [3:0] clear_of_lane;
    always @* begin
        same = same_slot;
        slot_runs = |same_slot;
        clear_of_lane = 4'd0;
        for (k = 0; k < LANES; k = k + 1) begin
            clear_of_lane = clear_to_go[4*k+:4];
            may_deliver[k] = clear_of_lane[head_q[2*k+:2]];
        end
    end

    always @(posedge clk) begin
        state_q <= state_d;
        lane_q <= lane_d;
        head_q <= head_d;
        tail_q <= tail_d;
        used_q <= used_d;
        last_q <= last_d;
        other_slot_q <= other_slot_d;
    end

`ifdef FORMAL
    always @(posedge clk) if (!reset) assert ((freed & ~used_q) == {ENTRIES{1'b0}} && (taken & used_q) == {ENTRIES{1'b0}});
`endif

    wire unused = &{1'b0, queued_words, 1'b0};
endmodule

`default_nettype wire
