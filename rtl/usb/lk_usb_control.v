// SPDX-License-Identifier: Apache-2.0
// Endpoint 0: the setup, data and status stages of control transfers (USB 2.0 clauses 5.5 and 8.5.3), in packets of 64 bytes, in front
// of lk_usb_request. No request of this device has data from the host, so every one that announces some is stalled.
`default_nettype none

module lk_usb_control (
    input  wire        clk,
    input  wire        reset,
    input  wire        bus_reset,
    // lk_usb_transaction
    output wire        out_stall,
    output wire        out_fits,
    output wire        out_toggle,
    output wire        setup_complete,
    input  wire        out_begin,
    input  wire        out_valid,
    input  wire [7:0]  out_data,
    input  wire        out_commit,
    input  wire        setup_commit,
    output wire        in_stall,
    output wire        in_ready,
    output wire        in_empty,
    output wire        in_toggle,
    input  wire        in_begin,
    input  wire        in_next,
    output wire [7:0]  in_data,
    output wire        in_last,
    input  wire        in_acked,
    // lk_usb_request
    output wire        setup_valid,
    output wire [63:0] setup_packet,
    input  wire [7:0]  request_data,
    input  wire        request_valid,
    input  wire        request_last,
    output wire        request_ready,
    input  wire        request_done,
    input  wire        request_stall,
    output wire        status_done
);
    localparam [1:0] IDLE = 2'd0, DATA_IN = 2'd1, STATUS_OUT = 2'd2, STATUS_IN = 2'd3;
    localparam [6:0] PACKET = 7'd64;

    reg [1:0]  state_q, state_d;
    reg [63:0] setup_q, setup_d;
    reg [6:0]  received_q, received_d;  // bytes of the packet that comes in
    reg [6:0]  count_q, count_d;        // bytes in the buffer
    reg        ready_q, ready_d;        // the buffer can be sent
    reg        ended_q, ended_d;        // the request has no more data
    reg [15:0] left_q, left_d;          // of wLength
    reg [5:0]  index_q, index_d;
    reg        out_toggle_q, out_toggle_d, in_toggle_q, in_toggle_d;
    reg        setup_valid_q, setup_valid_d, status_done_q, status_done_d;

    wire take = request_valid && request_ready;

    lk_usb_memory #(.WIDTH(8), .ADDRESS_BITS(6)) buffer (
        .clk(clk), .write(take), .write_address(count_q[5:0]), .write_data(request_data),
        .read_address(index_d), .read_data(in_data)
    );

    always @* begin
        state_d = state_q;
        setup_d = setup_q;
        received_d = received_q;
        count_d = count_q;
        ready_d = ready_q;
        ended_d = ended_q;
        left_d = left_q;
        index_d = index_q;
        out_toggle_d = out_toggle_q;
        in_toggle_d = in_toggle_q;
        setup_valid_d = 1'b0;
        status_done_d = 1'b0;

        if (out_begin) received_d = 7'd0;
        if (out_valid) begin
            setup_d = {out_data, setup_q[63:8]};
            if (received_q != 7'h7F) received_d = received_q + 7'd1;
        end

        if (take) begin
            count_d = count_q + 7'd1;
            left_d = left_q - 16'd1;
            ended_d = request_last;
            ready_d = request_last || count_d == PACKET;
        end
        if (in_begin) index_d = 6'd0;
        else if (in_next) index_d = index_q + 6'd1;

        if (in_acked) begin
            in_toggle_d = !in_toggle_q;
            count_d = 7'd0;
            ready_d = 1'b0;
            if (state_q == STATUS_IN) begin
                status_done_d = 1'b1;
                state_d = IDLE;
            end else if (ended_q) begin
                // Less than wLength and no short packet yet: an empty one ends the data (clause 8.5.3.2).
                if (count_q == PACKET && left_q != 16'd0) ready_d = 1'b1;
                else state_d = STATUS_OUT;
            end
        end
        if (out_commit) begin
            out_toggle_d = !out_toggle_q;
            if (state_q == DATA_IN || state_q == STATUS_OUT) begin // the host may end the data early
                status_done_d = 1'b1;
                ready_d = 1'b0;
                state_d = IDLE;
            end
        end
        if (setup_commit) begin
            setup_valid_d = 1'b1;
            out_toggle_d = 1'b1;
            in_toggle_d = 1'b1;
            count_d = 7'd0;
            ready_d = 1'b0;
            ended_d = 1'b0;
            left_d = setup_q[63:48];
            state_d = (setup_q[7] && setup_q[63:48] != 16'd0) ? DATA_IN : STATUS_IN;
        end
        if (bus_reset) begin
            state_d = IDLE;
            ready_d = 1'b0;
        end
    end

    always @(posedge clk) begin
        state_q <= reset ? IDLE : state_d;
        setup_q <= reset ? 64'd0 : setup_d;
        received_q <= reset ? 7'd0 : received_d;
        count_q <= reset ? 7'd0 : count_d;
        ready_q <= !reset && ready_d;
        ended_q <= !reset && ended_d;
        left_q <= reset ? 16'd0 : left_d;
        index_q <= reset ? 6'd0 : index_d;
        out_toggle_q <= !reset && out_toggle_d;
        in_toggle_q <= !reset && in_toggle_d;
        setup_valid_q <= !reset && setup_valid_d;
        status_done_q <= !reset && status_done_d;
    end

    assign out_stall = request_stall;
    assign out_fits = received_q <= PACKET;
    assign out_toggle = out_toggle_q;
    assign setup_complete = received_q == 7'd8;
    assign in_stall = request_stall || state_q == IDLE || state_q == STATUS_OUT;
    assign in_ready = (state_q == STATUS_IN) ? request_done : ready_q;
    assign in_empty = count_q == 7'd0;
    assign in_toggle = in_toggle_q;
    assign in_last = {1'b0, index_q} + 7'd1 == count_q;
    assign setup_valid = setup_valid_q;
    assign setup_packet = setup_q;
    assign request_ready = state_q == DATA_IN && !ready_q && !ended_q && !setup_valid_q; // with setup_valid: data of the last request
    assign status_done = status_done_q;
endmodule

`default_nettype wire
