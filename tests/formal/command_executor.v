// SPDX-License-Identifier: Apache-2.0
// P1 and P2 in lk_command_executor: `keep`, which lets plaintext out of the record buffer, comes only while the lane says `authentic`
// of the record that was opened last; at most once for each record; and with its length. A completion that tells of an error
// announces no payload. A record is sealed only by a command whose slot check was passed, and the table advances in the same cycle.
//
// Assumed: what the lane says of a record holds until the next one starts (property record_lane), it is done only with a record that
// was started; and what the parser holds of a command, it holds until `next`.
//
// method: induction 10
// sees: state executor.state_q
// sees: status executor.status_q
// sees: opening executor.opening_q
// sees: opened executor.opened_q
// mutation: keeps_unverified record/lk_command_executor.v s/complete_length = {1'b0, lane_bytes};//;s/complete_length = 16'd0;/complete_length = {1'b0, lane_bytes};/
// mutation: ignores_tag record/lk_command_executor.v s/if (lane_authentic && !lane_typeless) begin/if (!lane_typeless) begin/
// mutation: starts_unchecked record/lk_command_executor.v s/status_d = check_status;/status_d = `LK_STATUS_OK;/;s/if (check_status != `LK_STATUS_OK) state_d/if (1'b0) state_d/
// mutation: never_advances record/lk_command_executor.v s/assign advance = .*/assign advance = 1'b0;/
// mutation: keeps_twice record/lk_command_executor.v s/opened_d = 1'b0;/opened_d = opened_q;/
`default_nettype none
`include "lk_protocol.vh"

module formal_command_executor (
    input wire        clk,
    input wire        reset,
    input wire        header_valid,
    input wire        framing_error,
    input wire [7:0]  opcode,
    input wire [7:0]  flags,
    input wire [7:0]  content_type,
    input wire [15:0] slot,
    input wire [15:0] length,
    input wire [15:0] padding,
    input wire [63:0] sequence_number,
    input wire [7:0]  slot_status,
    input wire        lane_done,
    input wire        lane_idle,
    input wire        lane_authentic,
    input wire        lane_typeless,
    input wire [14:0] lane_bytes,
    input wire        complete_ready
);
    localparam [3:0] IDLE = 4'd0, CHECK = 4'd1, RECEIVE = 4'd3, START = 4'd4, STREAM = 4'd5;
    wire        next, advance, lane_start, keep, complete_valid, opening, opened, payload_begins;
    wire [3:0]  state;
    wire [7:0]  complete_opcode, complete_status, status;
    wire [15:0] complete_length;

    wire       uses_slot;
    wire [7:0] header_status;
    lk_header_check #(.SLOTS(256)) header_check (
        .opcode(opcode), .flags(flags), .content_type(content_type), .slot(slot), .length(length), .padding(padding),
        .sequence_number(sequence_number), .uses_slot(uses_slot), .status(header_status));

    // What is left open is free.
    lk_command_executor executor (
        .clk(clk), .reset(reset), .header_valid(header_valid), .framing_error(framing_error), .opcode(opcode), .slot(slot),
        .length(length), .next(next), .uses_slot(uses_slot), .header_status(header_status),
        .slot_status(slot_status), .payload_begins(payload_begins), .advance(advance), .lane_idle(lane_idle),
        .lane_done(lane_done), .lane_authentic(lane_authentic), .lane_typeless(lane_typeless), .lane_bytes(lane_bytes),
        .lane_start(lane_start), .keep(keep), .complete_valid(complete_valid), .complete_ready(complete_ready),
        .complete_opcode(complete_opcode), .complete_status(complete_status), .complete_length(complete_length));

    // The parser.
    wire [136:0] header = {framing_error, opcode, flags, content_type, slot, length, padding, sequence_number};
    reg          held_q = 1'b0;
    reg [136:0]  header_q;
    always @(posedge clk) begin
        held_q <= header_valid && !next && !reset;
        header_q <= header;
    end
    always @* if (held_q) assume (header_valid && header == header_q);

    // The lane: busy from start to done, which comes with `idle`; the result holds.
    reg       running_q = 1'b0, opens_q = 1'b0, result_held_q = 1'b0;
    reg [16:0] result_q;
    always @(posedge clk) begin
        running_q <= (lane_start || (running_q && !lane_done)) && !reset;
        if (lane_start) opens_q <= opcode == `LK_OPCODE_OPEN;
        result_held_q <= !lane_start && !reset && (lane_done || result_held_q);
        result_q <= {lane_authentic, lane_typeless, lane_bytes};
    end
    always @* begin
        if (lane_done) assume (running_q && lane_idle);
        if (running_q && !lane_done) assume (!lane_idle);
        if (result_held_q) assume ({lane_authentic, lane_typeless, lane_bytes} == result_q);
    end

    // What the slot check said of the command in work, when it was asked.
    reg  passed_q = 1'b0;
    wire passes = slot_status == `LK_STATUS_OK;
    always @(posedge clk) begin
        if (payload_begins) passed_q <= passes;
        if (next || reset) passed_q <= 1'b0;
    end

    // Records that were opened and of which nobody has been told.
    reg owed_q = 1'b0;
    always @(posedge clk) begin
        if (complete_valid && complete_ready && complete_opcode == `LK_OPCODE_OPEN && opening) owed_q <= 1'b0;
        if (lane_start && opcode == `LK_OPCODE_OPEN) owed_q <= 1'b1;
        if (reset) owed_q <= 1'b0;
    end

    wire announces = complete_valid && complete_ready;
    wire seals = opcode == `LK_OPCODE_SEAL;
    always @* begin
        if (!reset) begin
            if (keep) assert (lane_authentic && !lane_typeless && owed_q && (lane_done || result_held_q));
            if (keep) assert (announces && complete_opcode == `LK_OPCODE_OPEN && complete_status == `LK_STATUS_OK
                              && complete_length == {1'b0, lane_bytes});
            if (announces && complete_opcode == `LK_OPCODE_OPEN && complete_length != 16'd0) assert (keep);
            if (complete_valid && complete_status != `LK_STATUS_OK) assert (complete_length == 16'd0);
            if (lane_start) assert (passed_q && advance == seals);
            if (advance) assert (lane_start);
        end
        // What makes the above inductive.
        assert (opening == owed_q);
        if (opened) assert (opening && result_held_q);
        if (opening && !opened) assert (running_q);
        if (state == START || state == STREAM) assert (status == `LK_STATUS_OK && passed_q && (seals || opcode == `LK_OPCODE_OPEN));
        if (state == RECEIVE) assert (status == `LK_STATUS_OK && passed_q && opcode == `LK_OPCODE_OPEN);
        if (state == CHECK) assert (header_status == `LK_STATUS_OK && uses_slot);
        if (state != IDLE) assert (held_q);
    end
endmodule

`default_nettype wire
