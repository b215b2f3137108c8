// SPDX-License-Identifier: Apache-2.0
// Makes one stream of several: completions as they come, each of them whole, the sources in turn.
`default_nettype none

module lk_collector #(
    parameter SOURCES = 2
) (
    input  wire                  clk,
    input  wire                  reset,
    input  wire [32*SOURCES-1:0] in_data,
    input  wire [SOURCES-1:0]    in_last,
    input  wire [SOURCES-1:0]    in_valid,
    output reg  [SOURCES-1:0]    in_ready,
    output wire [31:0]           out_data,
    output wire                  out_last,
    output wire                  out_valid,
    input  wire                  out_ready
);
    reg [SOURCES-1:0] turn_d, turn_q = {{(SOURCES - 1) {1'b0}}, 1'b1};  // one of them
    reg               busy_d, busy_q = 1'b0;                            // in a completion of it

    // Outside of a completion: the next source after the one before that has something.
    wire [2*SOURCES-1:0] both = {in_valid, in_valid};
    reg  [SOURCES-1:0]   chosen;
    reg                  after;
    integer              i, j;
    always @* begin
        chosen = {SOURCES{1'b0}};
        after = 1'b0;
        for (i = 0; i < 2 * SOURCES; i = i + 1) begin
            if (after && both[i] && chosen == {SOURCES{1'b0}}) chosen[i%SOURCES] = 1'b1;
            if (turn_q[i%SOURCES]) after = 1'b1;
        end
    end

    reg  [31:0] data;
    reg         last, valid;
    wire        ready;
    always @* begin
        data = 32'd0;
        last = 1'b0;
        valid = 1'b0;
        for (j = 0; j < SOURCES; j = j + 1) begin
            in_ready[j] = busy_q && turn_q[j] && ready;
            if (turn_q[j]) begin
                data = in_data[32*j+:32];
                last = in_last[j];
                valid = busy_q && in_valid[j];
            end
        end
    end

    lk_stream_register #(.WIDTH(33)) out_register (
        .clk(clk), .reset(reset), .in_data({last, data}), .in_valid(valid), .in_ready(ready), .out_data({out_last, out_data}),
        .out_valid(out_valid), .out_ready(out_ready));

    always @* begin
        turn_d = turn_q;
        busy_d = busy_q && !(valid && ready && last);
        if (!busy_q && in_valid != {SOURCES{1'b0}}) begin
            turn_d = chosen;
            busy_d = 1'b1;
        end
        if (reset) busy_d = 1'b0;
    end

    always @(posedge clk) begin
        turn_q <= turn_d;
        busy_q <= busy_d;
    end
endmodule

`default_nettype wire
