// SPDX-License-Identifier: Apache-2.0
// Records that wait for a lane, where there are several: the fields of up to four of them, the one in work included, and 16 KiB
// of their payloads. They come in by a word a cycle, so that one stream of commands keeps all lanes busy.
`default_nettype none

module lk_lane_queue #(
    parameter FIELDS = 32  // bits; the lowest sixteen are the payload's length
) (
    input  wire              clk,
    input  wire              reset,
    input  wire              take,           // pulse: a record begins; never when four are held
    input  wire [FIELDS-1:0] fields,
    input  wire [31:0]       in_data,        // its payload, and no more
    input  wire              in_valid,
    output wire              in_ready,
    output wire [2:0]        records,
    output wire [12:0]       words,          // of payload
    // To the lane.
    output wire              record_valid,
    output wire [FIELDS-1:0] record_fields,
    output wire [31:0]       payload_data,
    output wire [2:0]        payload_count,
    output wire              payload_valid,
    input  wire              payload_ready,
    output wire              payload_done,
    input  wire              record_done
);
    reg [2:0]  records_d, records_q = 3'd0;
    reg        active_d, active_q = 1'b0;   // the oldest record is in work
    reg [14:0] left_d, left_q = 15'd0;      // words of its payload

    wire fifo_ready, fifo_valid, store_valid;
    lk_stream_fifo #(.WIDTH(FIELDS), .DEPTH_LOG2(2)) waiting (
        .clk(clk), .reset(reset), .in_data(fields), .in_valid(take), .in_ready(fifo_ready), .out_data(record_fields),
        .out_valid(fifo_valid), .out_ready(record_done));
    lk_stream_store #(.WIDTH(32), .DEPTH_LOG2(12)) store (
        .clk(clk), .reset(reset), .in_data(in_data), .in_valid(in_valid), .in_ready(in_ready), .out_data(payload_data),
        .out_valid(store_valid), .out_ready(payload_ready && payload_valid), .held(words));

    wire [15:0] length = record_fields[15:0];
    assign records = records_q;
    assign record_valid = active_q;
    assign payload_valid = active_q && left_q != 15'd0 && store_valid;
    assign payload_count = left_q == 15'd1 && length[1:0] != 2'd0 ? {1'b0, length[1:0]} : 3'd4;
    assign payload_done = left_q == 15'd0;

    always @* begin
        records_d = records_q + {2'd0, take} - {2'd0, record_done};
        active_d = active_q && !record_done;
        left_d = left_q;
        if (fifo_valid && !active_q) begin
            active_d = 1'b1;
            left_d = {1'b0, length[15:2]} + {14'd0, |length[1:0]};
        end else if (payload_valid && payload_ready) begin
            left_d = left_q - 15'd1;
        end
        if (reset) begin
            records_d = 3'd0;
            active_d = 1'b0;
        end
    end

    always @(posedge clk) begin
        records_q <= records_d;
        active_q <= active_d;
        left_q <= left_d;
    end

`ifdef FORMAL
    always @(posedge clk) if (!reset) begin
        if (take) assert (fifo_ready);
        if (record_done) assert (active_q && left_q == 15'd0);
    end
`endif

    wire unused = &{1'b0, fifo_ready, 1'b0};
endmodule

`default_nettype wire
