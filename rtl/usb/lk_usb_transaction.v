// SPDX-License-Identifier: Apache-2.0
// Transactions (USB 2.0 clauses 8.4 to 8.6): a token to this device picks an endpoint, data go to it or come from it, and a
// handshake answers. Endpoint 0 is bit 0 of each vector, endpoint 1 is bit 1. The toggles are the endpoints'.
//
// A packet for an endpoint: out_begin, its bytes (out_valid), and out_commit when it counts; without out_commit the endpoint forgets
// it. A packet from an endpoint: in_begin each time it is sent, in_acked when the host has it.
`default_nettype none

module lk_usb_transaction (
    input  wire       clk,
    input  wire       reset,
    input  wire       enabled,
    input  wire       high_speed,
    input  wire       nak_all,         // Test_SE0_NAK: every IN token gets a NAK, and nothing else an answer
    input  wire [6:0] address,
    input  wire       configured,      // endpoint 1 exists
    // from lk_usb_receive
    input  wire       rx_active,
    input  wire       token,
    input  wire       handshake,
    input  wire [3:0] pid,
    input  wire [6:0] token_address,
    input  wire [3:0] token_endpoint,
    input  wire       data_start,
    input  wire       data_valid,
    input  wire       packet_end,
    input  wire       data_end,
    input  wire       data_good,
    // to lk_usb_transmit
    output wire       tx_start,
    output wire [3:0] tx_pid,
    output wire       tx_empty,
    input  wire       tx_busy,
    // endpoints, host to device
    input  wire [1:0] out_stall,
    input  wire [1:0] out_room,        // for a packet of the largest size
    input  wire [1:0] out_room_after,  // for another one after the packet that has just come in
    input  wire [1:0] out_fits,        // the packet that has just come in is not too long
    input  wire [1:0] out_toggle,      // what is expected
    input  wire       setup_complete,  // the packet that has just come in is a whole setup packet
    output wire [1:0] out_begin,
    output wire [1:0] out_valid,
    output wire [1:0] out_commit,
    output wire       setup_commit,
    // endpoints, device to host
    input  wire [1:0] in_stall,
    input  wire [1:0] in_ready,
    input  wire [1:0] in_empty,        // what is ready is a packet without data
    input  wire [1:0] in_toggle,
    output wire       in_endpoint,     // whose packet is being sent
    output wire [1:0] in_begin,
    output wire [1:0] in_acked
);
    localparam [3:0] OUT = 4'b0001, IN = 4'b1001, SETUP = 4'b1101, PING = 4'b0100;
    localparam [3:0] DATA0 = 4'b0011, DATA1 = 4'b1011;
    localparam [3:0] ACK = 4'b0010, NAK = 4'b1010, STALL = 4'b1110, NYET = 4'b0110;

    localparam [2:0] IDLE = 3'd0, AWAIT_DATA = 3'd1, DATA = 3'd2, PAUSE = 3'd3, SEND = 3'd4, AWAIT_ACK = 3'd5;
    localparam [7:0] TURN_LIMIT = 8'd200;  // the host goes on within 816 bit times, 102 cycles (clause 7.1.19.2)
    localparam [7:0] FULL_SPEED_PAUSE = 8'd6; // a full-speed answer comes no sooner than 2 bit times (clause 7.1.18.1)

    reg [2:0] state_q, state_d;
    reg       endpoint_q, endpoint_d;
    reg       setup_q, setup_d;
    reg       store_q, store_d;            // the packet's bytes are wanted
    reg       full_q, full_d;              // there was no room when it began
    reg       data_q, data_d;              // what is sent is a data packet
    reg [3:0] tx_pid_q, tx_pid_d;
    reg [7:0] timer_q, timer_d;
    reg       tx_start_q, tx_start_d;
    reg [1:0] out_commit_q, out_commit_d, in_acked_q, in_acked_d;
    reg       setup_commit_q, setup_commit_d;

    wire ours = token && token_address == address &&
                (token_endpoint == 4'd0 || (token_endpoint == 4'd1 && configured && pid != SETUP));
    wire target = token_endpoint[0];
    wire toggle_matches = pid[3] == out_toggle[endpoint_q];
    wire is_data = pid == DATA0 || pid == DATA1;
    wire [1:0] selected = endpoint_q ? 2'b10 : 2'b01;

    always @* begin
        state_d = state_q;
        endpoint_d = endpoint_q;
        setup_d = setup_q;
        store_d = store_q;
        full_d = full_q;
        data_d = data_q;
        tx_pid_d = tx_pid_q;
        timer_d = timer_q;
        tx_start_d = 1'b0;
        out_commit_d = 2'b00;
        in_acked_d = 2'b00;
        setup_commit_d = 1'b0;

        case (state_q)
            AWAIT_DATA: if (data_start) begin
                state_d = is_data ? DATA : IDLE;
                full_d = !out_room[endpoint_q];
                store_d = setup_q || (toggle_matches && out_room[endpoint_q] && !out_stall[endpoint_q]);
            end else if (packet_end || timer_q == 8'd0)
                state_d = IDLE; // what comes later belongs to another token, perhaps one that was damaged
            else if (!rx_active)
                timer_d = timer_q - 8'd1;
            DATA: if (data_end) begin
                state_d = PAUSE;
                data_d = 1'b0;
                store_d = 1'b0;
                if (!data_good || !out_fits[endpoint_q])
                    state_d = IDLE; // no answer: the host tries again (clause 8.6.4)
                else if (setup_q) begin
                    tx_pid_d = ACK;
                    setup_commit_d = setup_complete && pid == DATA0;
                    if (!setup_commit_d) state_d = IDLE;
                end else if (out_stall[endpoint_q])
                    tx_pid_d = STALL;
                else if (!toggle_matches)
                    tx_pid_d = ACK; // it is here already, and our ACK was lost (clause 8.6.4)
                else if (full_q)
                    tx_pid_d = NAK;
                else begin
                    out_commit_d = selected;
                    tx_pid_d = (high_speed && !out_room_after[endpoint_q]) ? NYET : ACK;
                end
            end
            PAUSE: if (timer_q != 8'd0)
                timer_d = timer_q - 8'd1;
            else begin
                tx_start_d = 1'b1;
                state_d = SEND;
            end
            SEND: if (!tx_start_q && !tx_busy) begin
                state_d = data_q ? AWAIT_ACK : IDLE;
                timer_d = TURN_LIMIT;
            end
            AWAIT_ACK: if (handshake) begin
                if (pid == ACK) in_acked_d = selected;
                state_d = IDLE;
            end else if (packet_end || timer_q == 8'd0)
                state_d = IDLE;
            else if (!rx_active)
                timer_d = timer_q - 8'd1;
            default: ;
        endcase

        // Any token ends what was before it: the host has given that up.
        if (token && state_q != SEND && state_q != PAUSE) begin
            state_d = IDLE;
            endpoint_d = target;
            setup_d = pid == SETUP;
            data_d = 1'b0;
            if (nak_all) begin
                tx_pid_d = NAK;
                if (pid == IN) state_d = PAUSE;
            end else if (ours) case (pid)
                OUT, SETUP: begin
                    state_d = AWAIT_DATA;
                    timer_d = TURN_LIMIT;
                end
                IN: begin
                    state_d = PAUSE;
                    data_d = in_ready[target] && !in_stall[target];
                    tx_pid_d = in_stall[target] ? STALL : !in_ready[target] ? NAK : in_toggle[target] ? DATA1 : DATA0;
                end
                PING: if (high_speed) begin
                    state_d = PAUSE;
                    tx_pid_d = out_stall[target] ? STALL : out_room[target] ? ACK : NAK;
                end
                default: ;
            endcase
        end
        if (state_d == PAUSE && state_q != PAUSE) timer_d = high_speed ? 8'd0 : FULL_SPEED_PAUSE;
        if (!enabled) state_d = IDLE;
    end

    always @(posedge clk) begin
        state_q <= reset ? IDLE : state_d;
        endpoint_q <= !reset && endpoint_d;
        setup_q <= !reset && setup_d;
        store_q <= !reset && store_d;
        full_q <= !reset && full_d;
        data_q <= !reset && data_d;
        tx_pid_q <= reset ? 4'd0 : tx_pid_d;
        timer_q <= reset ? 8'd0 : timer_d;
        tx_start_q <= !reset && tx_start_d;
        out_commit_q <= reset ? 2'd0 : out_commit_d;
        in_acked_q <= reset ? 2'd0 : in_acked_d;
        setup_commit_q <= !reset && setup_commit_d;
    end

    assign tx_start = tx_start_q;
    assign tx_pid = tx_pid_q;
    assign tx_empty = in_empty[endpoint_q];
    assign out_begin = (state_q == AWAIT_DATA && data_start) ? selected : 2'b00;
    assign out_valid = (state_q == DATA && store_q && data_valid) ? selected : 2'b00;
    assign out_commit = out_commit_q;
    assign setup_commit = setup_commit_q;
    assign in_endpoint = endpoint_q;
    assign in_begin = (tx_start_q && data_q) ? selected : 2'b00;
    assign in_acked = in_acked_q;
endmodule

`default_nettype wire
