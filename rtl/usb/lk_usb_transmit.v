// SPDX-License-Identifier: Apache-2.0
// Makes packets (USB 2.0 clause 8.3): a handshake is its PID; a data packet is its PID, the payload and the CRC16.
`default_nettype none

module lk_usb_transmit (
    input  wire       clk,
    input  wire       reset,
    input  wire       start,        // pulse, when not busy
    input  wire [3:0] pid,          // with start
    input  wire       empty,        // with start, a data packet: no payload
    input  wire [7:0] data,         // payload byte, there when data_next may rise
    input  wire       data_last,
    output wire       data_next,    // this byte is taken
    output wire       busy,
    output wire       tx_valid,
    output wire [7:0] tx_data,
    input  wire       tx_ready
);
    localparam [2:0] IDLE = 3'd0, IDENTIFY = 3'd1, PAYLOAD = 3'd2, CRC_LOW = 3'd3, CRC_HIGH = 3'd4;

    reg [2:0]  state_q, state_d;
    reg [3:0]  pid_q, pid_d;
    reg        empty_q, empty_d;
    reg [15:0] crc_q, crc_d;

    wire [15:0] crc_next;
    lk_usb_crc16 crc16 (.crc(crc_q), .data(data), .next(crc_next));

    always @* begin
        state_d = state_q;
        pid_d = pid_q;
        empty_d = empty_q;
        crc_d = crc_q;
        case (state_q)
            IDLE: if (start) begin
                state_d = IDENTIFY;
                pid_d = pid;
                empty_d = empty;
                crc_d = 16'hFFFF;
            end
            IDENTIFY: if (tx_ready) state_d = (pid_q[1:0] != 2'b11) ? IDLE : empty_q ? CRC_LOW : PAYLOAD;
            PAYLOAD: if (tx_ready) begin
                crc_d = crc_next;
                if (data_last) state_d = CRC_LOW;
            end
            CRC_LOW: if (tx_ready) state_d = CRC_HIGH;
            default: if (tx_ready) state_d = IDLE;
        endcase
    end

    always @(posedge clk) begin
        state_q <= reset ? IDLE : state_d;
        pid_q <= reset ? 4'd0 : pid_d;
        empty_q <= !reset && empty_d;
        crc_q <= reset ? 16'd0 : crc_d;
    end

    assign busy = state_q != IDLE;
    assign tx_valid = busy;
    assign tx_data = (state_q == IDENTIFY) ? {~pid_q, pid_q} : (state_q == PAYLOAD) ? data :
                     (state_q == CRC_LOW) ? ~crc_q[7:0] : ~crc_q[15:8];
    assign data_next = state_q == PAYLOAD && tx_ready;
endmodule

`default_nettype wire
