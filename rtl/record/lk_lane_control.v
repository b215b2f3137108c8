// SPDX-License-Identifier: Apache-2.0
// Brings one record after the other through a lane: looks at the header of one that is to be opened, gets the key, starts, and
// announces the completion. While the lane finishes a record, the next one is already received and checked; completions stay
// in the order of the records. A record that is verified afterwards does not even keep the next one of its slot from starting.
`default_nettype none
`include "lk_protocol.vh"

module lk_lane_control (
    input  wire        clk,
    input  wire        reset,
    // The record in work: held from record_valid to record_done.
    input  wire        record_valid,
    input  wire        open,              // else it is sealed
    input  wire        near_limit,        // and its key has reached the soft limit
    input  wire [15:0] slot,
    input  wire [15:0] generation,
    input  wire [31:0] tag,
    input  wire        payload_done,
    output wire        record_begins,     // pulse: from now on something of it may leave
    output wire        record_done,       // pulse: all its payload has been consumed
    // Where the payload goes.
    output wire        to_received,
    output wire        to_lane,
    output wire        to_nowhere,
    input  wire        received_header,
    input  wire        received_all,
    input  wire [7:0]  open_status,
    // The key, which stays in the lane until another one comes or it is wiped.
    input  wire        chained,           // the record's IV comes with the key, and anew for each record
    output wire        fetch_key,         // the slot's is wanted,
    output wire        key_here,          // or of it the IV alone
    output wire [15:0] key_slot,          // whose key the lane has
    input  wire        key_granted,       // pulse: it comes
    input  wire        key_coming,        // from then on until all its words are there
    input  wire        wipe,              // pulse: the key of that slot is erased
    input  wire        wipe_all,          // pulse: of every slot
    input  wire [15:0] wipe_slot,
    output wire        key_wipe,
    // Lane and record buffer.
    input  wire        lane_idle,
    input  wire        lane_in_done,
    input  wire        lane_key_busy,
    input  wire        lane_done,
    input  wire        lane_authentic,
    input  wire        lane_typeless,
    input  wire [7:0]  lane_type,
    input  wire [14:0] lane_bytes,
    input  wire        hands_on,          // pulse: the record that is being opened is verified afterwards
    output wire        hand_free,         // the one before is done with
    input  wire        verify_done,
    input  wire        verify_authentic,
    input  wire [7:0]  verify_type,
    input  wire [14:0] verify_bytes,
    input  wire [15:0] record_bytes,      // of the record that sealing makes
    input  wire        bank_free,
    output wire        lane_start,
    output wire        keep,              // the plaintext in the record buffer may go out,
    output wire        drop,              // or may not
    output wire        verified,          // and is that of the record that was verified afterwards
    // Completions.
    input  wire        blank,             // the command in work has no header: what is announced of it has zeros
    output wire        complete_valid,
    input  wire        complete_ready,
    output reg  [7:0]  complete_opcode,
    output reg  [7:0]  complete_status,
    output reg  [7:0]  complete_type,
    output reg  [15:0] complete_slot,
    output reg  [15:0] complete_generation,
    output reg  [31:0] complete_tag,
    output reg  [15:0] complete_length,
    output wire        owing,             // a record is being opened, and nobody has been told of it
    output wire        free               // no record in the lane, and none owed
);
    localparam [1:0] BEGIN = 2'd0, START = 2'd1, STREAM = 2'd2, DISCARD = 2'd3;

    reg [1:0]  state_d, state_q = BEGIN;
    reg [7:0]  status_d, status_q = `LK_STATUS_OK;
    reg        refused_d, refused_q = 1'b0;      // by what the cycle before has seen of the header of a record to open
    reg [15:0] key_slot_d, key_slot_q = 16'd0;   // whose key the lane holds
    reg        key_valid_d, key_valid_q = 1'b0;
    reg        iv_valid_d, iv_valid_q = 1'b0;    // and the IV of its next record
    // A record is being opened, another is verified; the result of the older is there; whom to tell.
    reg        opening_d, opening_q = 1'b0;
    reg        verifying_d, verifying_q = 1'b0;
    reg        opened_d, opened_q = 1'b0;
    reg [63:0] opening_for_d, opening_for_q = 64'd0;
    reg [63:0] verifying_for_d, verifying_for_q = 64'd0;

    wire begins = state_q == BEGIN && record_valid;
    wire starts = state_q == START || (begins && !open);
    wire opened = opened_q || (verifying_q ? verify_done : opening_q && lane_done);
    wire announces = complete_valid && complete_ready;
    wire refuses = state_q == DISCARD && payload_done && !owing;
    wire lane_free = lane_idle && !opening_q;

    assign to_received = begins && open && !received_all && !refused_q;
    assign to_lane = state_q == STREAM;
    assign to_nowhere = state_q == DISCARD;

    // What a lane is at, and whose key it has: when that is not sure, nothing starts and nothing is announced (P1).
    wire sound;
    lk_guard #(.WIDTH(23)) guard (
        .clk(clk), .reset(reset),
        .next({state_d, key_slot_d, key_valid_d, iv_valid_d, opening_d, verifying_d, opened_d}),
        .now({state_q, key_slot_q, key_valid_q, iv_valid_q, opening_q, verifying_q, opened_q}), .sound(sound));

    // Records of the slot whose key is here, behind one that is verified, are of its kind. All others wait for its end.
    assign free = lane_free && !verifying_q;
    assign owing = opening_q || verifying_q;
    assign hand_free = !verifying_q && sound;
    assign key_slot = key_slot_q;
    assign key_here = key_valid_q && key_slot_q == slot;
    assign fetch_key = starts && !refused_q && (key_here ? lane_free && chained && !iv_valid_q : free) && !lane_key_busy && !key_coming;
    assign lane_start = starts && !refused_q && key_here && lane_free && !(chained && !iv_valid_q) && !lane_key_busy && !key_coming
                      && (open ? bank_free : complete_ready);
    assign record_begins = lane_start;
    assign record_done = (state_q == STREAM && lane_in_done) || (refuses && announces);
    assign key_wipe = (wipe && key_valid_q && key_slot_q == wipe_slot) || wipe_all;

    always @* begin
        state_d = state_q;
        status_d = begins ? open_status : status_q;
        refused_d = begins && open && received_header && open_status != `LK_STATUS_OK && !reset;
        case (state_q)
            BEGIN: if (begins) begin
                if (lane_start) state_d = STREAM;
                else if (refused_q) state_d = DISCARD;
                else if (open && received_all) state_d = START;
            end
            START: if (refused_q) state_d = DISCARD;
                   else if (lane_start) state_d = STREAM;
            default: if (record_done) state_d = BEGIN;
        endcase
        if (reset) state_d = BEGIN;
    end

    always @* begin
        key_slot_d = key_granted ? slot : key_slot_q;
        key_valid_d = (key_valid_q || key_granted) && !key_wipe;
        iv_valid_d = (iv_valid_q || key_granted) && !lane_start;
        opening_d = opening_q;
        verifying_d = verifying_q;
        opened_d = opened;
        opening_for_d = opening_for_q;
        verifying_for_d = verifying_for_q;
        if (opened && announces) begin
            if (verifying_q) verifying_d = 1'b0;
            else opening_d = 1'b0;
            opened_d = 1'b0;
        end
        if (hands_on) begin
            opening_d = 1'b0;
            verifying_d = 1'b1;
            verifying_for_d = opening_for_q;
        end
        if (lane_start && open) begin
            opening_d = 1'b1;
            opening_for_d = {slot, generation, tag};
        end
        if (reset) begin
            key_valid_d = 1'b0;
            opening_d = 1'b0;
            verifying_d = 1'b0;
            opened_d = 1'b0;
        end
    end

    // Announcements: a record that has been opened; one of which sealing begins; one that is refused.
    assign complete_valid = (opened || (lane_start && !open) || refuses) && sound;
    assign verified = verifying_q;
    assign keep = opened && announces && good && opened_bytes != 15'd0;
    assign drop = opened && announces && !(good && opened_bytes != 15'd0) && verifying_q;
    // Of the record whose result is there. CBC may have been given more plaintext than a record has, by a peer that knows the key.
    localparam [14:0] PLAINTEXT_MAX = 15'd16384;
    wire        authentic = verifying_q ? verify_authentic : lane_authentic;
    wire        typeless = !verifying_q && lane_typeless;
    wire [14:0] opened_bytes = verifying_q ? verify_bytes : lane_bytes;
    wire        overflows = opened_bytes > PLAINTEXT_MAX;
    wire        good = authentic && !typeless && !overflows;
    always @* begin
        complete_opcode = open ? `LK_OPCODE_OPEN : `LK_OPCODE_SEAL;
        complete_status = `LK_STATUS_OK;
        complete_type = 8'd0;
        {complete_slot, complete_generation, complete_tag} = blank ? 64'd0 : {slot, generation, tag};
        complete_length = 16'd0;
        if (opened) begin
            complete_opcode = `LK_OPCODE_OPEN;
            {complete_slot, complete_generation, complete_tag} = verifying_q ? verifying_for_q : opening_for_q;
            complete_status = !authentic ? `LK_STATUS_BAD_RECORD_MAC : typeless ? `LK_STATUS_NO_CONTENT_TYPE
                            : overflows ? `LK_STATUS_RECORD_OVERFLOW : `LK_STATUS_OK;
            if (good) begin
                complete_type = verifying_q ? verify_type : lane_type;
                complete_length = {1'b0, opened_bytes};
            end
        end else if (state_q == DISCARD) begin
            complete_status = status_q;
        end else begin
            complete_type = near_limit ? `LK_SEAL_NEAR_LIMIT : 8'd0;
            complete_length = record_bytes;
        end
    end

    always @(posedge clk) begin
        state_q <= state_d;
        status_q <= status_d;
        refused_q <= refused_d;
        key_slot_q <= key_slot_d;
        key_valid_q <= key_valid_d;
        iv_valid_q <= iv_valid_d;
        opening_q <= opening_d;
        verifying_q <= verifying_d;
        opened_q <= opened_d;
        opening_for_q <= opening_for_d;
        verifying_for_q <= verifying_for_d;
    end

`ifdef FORMAL
    always @(posedge clk) if (!reset) begin
        if (keep) assert (verified ? verify_authentic : lane_authentic);          // P1
        if (complete_valid && complete_status != `LK_STATUS_OK) assert (complete_length == 16'd0);
        assert (!opened_q || opening_q || verifying_q);
    end
`endif
endmodule

`default_nettype wire
