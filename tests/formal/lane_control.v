// SPDX-License-Identifier: Apache-2.0
// P1 in lk_lane_control: `keep`, which lets plaintext out of the record buffer, comes only while the lane says `authentic` of the
// record that was opened last, or of the one that was verified afterwards; at most once for each record; and with its length. A
// completion that tells of an error announces no payload. Nothing starts but a record that is in work, and no record to open whose header is refused.
//
// Assumed: what the lane says of a record holds until the next one starts (property record_lane), it is done only with a record that
// was started; what is in work is held until record_done; what its header shows holds while it is in work; and while one record is
// verified, another only starts that is verified afterwards, too (both are of one slot, because the key stays).
//
// method: induction 10
// sees: state control.state_q
// sees: opening control.opening_q
// sees: verifying control.verifying_q
// sees: opened control.opened_q
// sees: refused control.refused_q
// mutation: keeps_unverified record/lk_lane_control.v s/complete_length = {1'b0, opened_bytes};//;s/complete_length = 16'd0;/complete_length = {1'b0, opened_bytes};/
// mutation: ignores_tag record/lk_lane_control.v s/good = authentic \&\& /good = /
// mutation: keeps_all record/lk_lane_control.v s/announces \&\& good \&\& opened_bytes/announces \&\& opened_bytes/
// mutation: trusts_verification record/lk_lane_control.v s/verifying_q ? verify_authentic : lane_authentic/verifying_q || lane_authentic/
// mutation: mixes_up record/lk_lane_control.v s/verifying_q ? verify_bytes : lane_bytes/lane_bytes/
// mutation: starts_refused record/lk_lane_control.v s/lane_start = starts \&\& !refused_q/lane_start = starts/
// mutation: starts_alone record/lk_lane_control.v s/wire begins = .*/wire begins = state_q == BEGIN;/
// mutation: keeps_twice record/lk_lane_control.v s/opened_d = 1'b0;/opened_d = opened_q;/
`default_nettype none
`include "lk_protocol.vh"

module formal_lane_control (
    input wire        clk,
    input wire        reset,
    input wire        record_valid,
    input wire        open,
    input wire        received_header,
    input wire        received_all,
    input wire [7:0]  open_status,
    input wire        lane_done,
    input wire        lane_idle,
    input wire        lane_authentic,
    input wire        lane_typeless,
    input wire [14:0] lane_bytes,
    input wire        hands_on,
    input wire        verify_done,
    input wire        verify_authentic,
    input wire [14:0] verify_bytes,
    input wire        complete_ready
);
    localparam [1:0] BEGIN = 2'd0, START = 2'd1, STREAM = 2'd2, DISCARD = 2'd3;
    wire        record_begins, record_done, lane_start, keep, drop, verified, hand_free, complete_valid, opening, verifying, opened, refused;
    wire [1:0]  state;
    wire [7:0]  complete_opcode, complete_status;
    wire [15:0] complete_length;

    // What is left open is free.
    lk_lane_control control (
        .clk(clk), .reset(reset), .record_valid(record_valid), .open(open), .record_begins(record_begins),
        .record_done(record_done), .received_header(received_header), .received_all(received_all), .open_status(open_status),
        .lane_idle(lane_idle), .lane_done(lane_done), .lane_authentic(lane_authentic), .lane_typeless(lane_typeless),
        .lane_bytes(lane_bytes), .hands_on(hands_on), .hand_free(hand_free), .verify_done(verify_done),
        .verify_authentic(verify_authentic), .verify_bytes(verify_bytes), .lane_start(lane_start), .keep(keep), .drop(drop),
        .verified(verified), .complete_valid(complete_valid), .complete_ready(complete_ready),
        .complete_opcode(complete_opcode), .complete_status(complete_status), .complete_length(complete_length));

    // What is in work, and its header once that is there.
    reg       held_q = 1'b0, open_q, received_q = 1'b0;
    reg [7:0] status_q;
    always @(posedge clk) begin
        held_q <= record_valid && !record_done && !reset;
        open_q <= open;
        received_q <= record_valid && received_header && !record_done && !reset;
        status_q <= open_status;
    end
    always @* begin
        if (held_q) assume (record_valid && open == open_q);
        if (received_q) assume (received_header && open_status == status_q);
        if (received_all) assume (received_header);
    end

    // The lane: busy from start to done, which comes with `idle`, or until it hands a record on; the results hold.
    reg        running_q = 1'b0, running_open_q = 1'b0, result_held_q = 1'b0, verify_running_q = 1'b0, verify_held_q = 1'b0;
    reg [16:0] result_q;
    reg [15:0] verify_result_q;
    always @(posedge clk) begin
        running_q <= (lane_start || (running_q && !lane_done && !hands_on)) && !reset;
        if (lane_start) running_open_q <= open;
        result_held_q <= !lane_start && !reset && (lane_done || result_held_q);
        result_q <= {lane_authentic, lane_typeless, lane_bytes};
        verify_running_q <= (hands_on || (verify_running_q && !verify_done)) && !reset;
        verify_held_q <= !hands_on && !reset && (verify_done || verify_held_q);
        verify_result_q <= {verify_authentic, verify_bytes};
    end
    always @* begin
        if (lane_done) assume (running_q && lane_idle && !hands_on && !verifying);
        if (running_q && !lane_done) assume (!lane_idle);
        if (result_held_q) assume ({lane_authentic, lane_typeless, lane_bytes} == result_q);
        if (hands_on) assume (running_q && running_open_q && hand_free);
        if (verify_done) assume (verify_running_q);
        if (verify_held_q) assume ({verify_authentic, verify_bytes} == verify_result_q);
    end

    // Records that were opened and of which nobody has been told: the one in the lane, and the one that is verified.
    reg  owed_q = 1'b0, verify_owed_q = 1'b0;
    wire announces = complete_valid && complete_ready;
    wire tells = announces && complete_opcode == `LK_OPCODE_OPEN && (opening || verifying);
    always @(posedge clk) begin
        if (tells && verifying) verify_owed_q <= 1'b0;
        if (tells && !verifying) owed_q <= 1'b0;
        if (hands_on) begin
            owed_q <= 1'b0;
            verify_owed_q <= 1'b1;
        end
        if (lane_start && open) owed_q <= 1'b1;
        if (reset) begin
            owed_q <= 1'b0;
            verify_owed_q <= 1'b0;
        end
    end

    always @* begin
        if (!reset) begin
            if (keep && !verified) assert (lane_authentic && !lane_typeless && owed_q && (lane_done || result_held_q)
                                           && complete_length == {1'b0, lane_bytes});
            if (keep && verified) assert (verify_authentic && verify_owed_q && (verify_done || verify_held_q)
                                          && complete_length == {1'b0, verify_bytes});
            if (drop) assert (verified && verify_owed_q && tells && !keep);
            if (keep) assert (announces && complete_opcode == `LK_OPCODE_OPEN && complete_status == `LK_STATUS_OK);
            if (announces && complete_opcode == `LK_OPCODE_OPEN && complete_length != 16'd0) assert (keep);
            if (complete_valid && complete_status != `LK_STATUS_OK) assert (complete_length == 16'd0);
            if (lane_start) assert (record_valid && record_begins && (!open || (received_q && open_status == `LK_STATUS_OK)));
        end
        // What makes the above inductive.
        assert (opening == owed_q && verifying == verify_owed_q);
        if (opened) assert (verifying ? verify_held_q : opening && result_held_q);
        if (opened && !verifying) assert (!running_q);
        if (running_q && running_open_q) assert (opening);
        if (verifying && !opened) assert (verify_running_q);
        if (opening && (verifying || !opened)) assert (running_q && running_open_q);
        if (state != BEGIN) assert (held_q);
        if (state == START) assert (open_q && received_q && refused == (status_q != `LK_STATUS_OK));
        if (state == DISCARD) assert (open_q);
    end
endmodule

`default_nettype wire
