// SPDX-License-Identifier: Apache-2.0
// Takes packets apart (USB 2.0 clauses 8.3 and 8.4): checks the PID, CRC5, CRC16 and the length, and tells of packets when they have
// ended well. A packet that is not well-formed is no packet, except that a data packet's bytes have gone by already: its
// data_end comes with data_good low.
`default_nettype none

module lk_usb_receive (
    input  wire       clk,
    input  wire       reset,
    input  wire       rx_active,
    input  wire       rx_valid,
    input  wire       rx_error,
    input  wire [7:0] rx_data,
    output wire       token,            // pulse: SETUP, IN, OUT or PING
    output wire       start_of_frame,   // pulse
    output wire [3:0] pid,              // of the packet that the pulses tell of; valid from its first byte on
    output wire [6:0] address,          // of a token
    output wire [3:0] endpoint,
    output wire       handshake,        // pulse: ACK, NAK, STALL or NYET
    output wire       data_start,       // pulse: a data packet begins
    output wire       data_valid,       // pulse: a byte of it, without the CRC
    output wire [7:0] data,
    output wire       packet_end,       // pulse: any packet has ended, well-formed or not; with the pulse that tells of it, if any
    output wire       data_end,         // pulse: it has ended
    output wire       data_good         // with data_end: the CRC is right
);
    localparam [1:0] WAIT = 2'd0, IDENTIFY = 2'd1, BODY = 2'd2, IGNORE = 2'd3;
    localparam [3:0] PID_SOF = 4'b0101, PID_PING = 4'b0100;
    localparam [15:0] CRC16_RESIDUE = 16'hB001;

    reg [1:0]  state_q, state_d;
    reg [3:0]  pid_q, pid_d;
    reg [1:0]  count_q, count_d;      // bytes after the PID, up to 3
    reg [7:0]  older_q, older_d, newer_q, newer_d;
    reg [15:0] crc_q, crc_d;
    reg        error_q, error_d;
    reg        token_q, token_d, sof_q, sof_d, handshake_q, handshake_d;
    reg        start_q, start_d, valid_q, valid_d, packet_end_q, packet_end_d, end_q, end_d, good_q, good_d;
    reg [7:0]  data_q, data_d;

    wire [15:0] crc_next;
    lk_usb_crc16 crc16 (.crc(crc_q), .data(rx_data), .next(crc_next));

    // CRC5 of the 11 bits of a token (clause 8.3.5.1: x^5 + x^2 + 1), and of its own CRC: then it is the residue.
    function [4:0] crc5(input [15:0] bits);
        integer i;
        begin
            crc5 = 5'h1F;
            for (i = 0; i < 16; i = i + 1)
                crc5 = {1'b0, crc5[4:1]} ^ ((crc5[0] ^ bits[i]) ? 5'h14 : 5'h00);
        end
    endfunction
    localparam [4:0] CRC5_RESIDUE = 5'h06;

    wire is_data = pid_q[1:0] == 2'b11;
    wire is_handshake = pid_q[1:0] == 2'b10;
    wire is_token = pid_q[1:0] == 2'b01 || pid_q == PID_PING;
    wire token_good = count_q == 2'd2 && crc5({newer_q, older_q}) == CRC5_RESIDUE;

    always @* begin
        state_d = state_q;
        pid_d = pid_q;
        count_d = count_q;
        older_d = older_q;
        newer_d = newer_q;
        crc_d = crc_q;
        error_d = error_q || rx_error;
        token_d = 1'b0;
        sof_d = 1'b0;
        handshake_d = 1'b0;
        start_d = 1'b0;
        valid_d = 1'b0;
        data_d = older_q;
        packet_end_d = 1'b0;
        end_d = 1'b0;
        good_d = 1'b0;
        case (state_q)
            WAIT: begin
                error_d = 1'b0;
                count_d = 2'd0;
                crc_d = 16'hFFFF;
                if (rx_active) state_d = IDENTIFY;
            end
            IDENTIFY: if (rx_valid) begin
                pid_d = rx_data[3:0];
                state_d = (rx_data[7:4] == ~rx_data[3:0]) ? BODY : IGNORE;
                start_d = state_d == BODY && rx_data[1:0] == 2'b11;
            end
            BODY: if (rx_valid) begin
                older_d = newer_q;
                newer_d = rx_data;
                crc_d = crc_next;
                if (count_q != 2'd3) count_d = count_q + 2'd1;
                valid_d = is_data && count_q >= 2'd2; // the last two are the CRC
            end
            default: ;
        endcase
        if (!rx_active && !rx_valid && state_q != WAIT) begin
            state_d = WAIT;
            packet_end_d = 1'b1;
            if (state_q == BODY) begin
                token_d = is_token && pid_q != PID_SOF && token_good && !error_q;
                sof_d = pid_q == PID_SOF && token_good && !error_q;
                handshake_d = is_handshake && count_q == 2'd0 && !error_q;
                end_d = is_data;
                good_d = is_data && count_q >= 2'd2 && crc_q == CRC16_RESIDUE && !error_q;
            end
        end
    end

    always @(posedge clk) begin
        state_q <= reset ? WAIT : state_d;
        pid_q <= reset ? 4'd0 : pid_d;
        count_q <= reset ? 2'd0 : count_d;
        older_q <= reset ? 8'd0 : older_d;
        newer_q <= reset ? 8'd0 : newer_d;
        crc_q <= reset ? 16'd0 : crc_d;
        error_q <= !reset && error_d;
        token_q <= !reset && token_d;
        sof_q <= !reset && sof_d;
        handshake_q <= !reset && handshake_d;
        start_q <= !reset && start_d;
        valid_q <= !reset && valid_d;
        data_q <= reset ? 8'd0 : data_d;
        packet_end_q <= !reset && packet_end_d;
        end_q <= !reset && end_d;
        good_q <= !reset && good_d;
    end

    assign token = token_q;
    assign start_of_frame = sof_q;
    assign pid = pid_q;
    assign address = older_q[6:0];
    assign endpoint = {newer_q[2:0], older_q[7]};
    assign handshake = handshake_q;
    assign data_start = start_q;
    assign data_valid = valid_q;
    assign data = data_q;
    assign packet_end = packet_end_q;
    assign data_end = end_q;
    assign data_good = good_q;
endmodule

`default_nettype wire
