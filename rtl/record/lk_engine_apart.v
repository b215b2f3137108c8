// SPDX-License-Identifier: Apache-2.0
// The record engine with a clock of its own, apart from the link's: lk_record_engine between two lk_stream_crossing. Its streams
// are at the link's clock, its facts at its own.
//
// stream_reset and selftest go over as a level: the engine drops everything, zeroises, tests, and answers; then the level falls, and then
// the answer.
// Until then the link's side is busy, and the queues are held empty from both sides. What is in them when it begins may still
// reach the engine in part, just before it drops that too.
`default_nettype none

module lk_engine_apart #(
    parameter SLOTS = 256,
    parameter LANES = 3,
    parameter BUILD = 32'd1,
    parameter CLOCK_HERTZ = 70000000,  // of the engine
    parameter GHASH_DIGIT = 8,
    parameter CHACHA20_POLY1305 = 1,
    parameter CBC = 1
) (
    // The link's side.
    input  wire        link_clk,
    input  wire        link_reset,         // for four cycles of either clock at least
    input  wire [31:0] command_data,
    input  wire        command_valid,
    output wire        command_ready,
    output wire [31:0] completion_data,
    output wire        completion_valid,
    output wire        completion_last,
    input  wire        completion_ready,
    input  wire        stream_reset,       // pulse: drop everything, zeroise the slots
    input  wire        selftest,           // pulse: and run the selftest, as after reset
    output wire        stream_reset_busy,  // high until that is finished; no command is taken meanwhile
    // The engine's side.
    input  wire        clk,
    input  wire [7:0]  fact_address,
    output wire [31:0] fact_data,
    output wire        working,
    output wire        keyed,
    output wire        failed
);
    // The link's side of the reset: wanted, asked for, answered.
    reg wanted_q = 1'b1, asks_q = 1'b0, answered_first_q = 1'b0, answered_q = 1'b0;
    reg drops_q = 1'b0, tests_q = 1'b0;            // what for; after a reset for nothing but the answer
    reg asks_drop_q = 1'b0, asks_test_q = 1'b0;   // held while the level is high
    reg answers_q = 1'b0;
    wire asks = wanted_q && !asks_q && !answered_q;
    always @(posedge link_clk) begin
        drops_q <= !link_reset && (stream_reset || (drops_q && !asks));
        tests_q <= !link_reset && (selftest || (tests_q && !asks));
        if (asks) begin
            asks_drop_q <= drops_q;
            asks_test_q <= tests_q;
        end
        wanted_q <= link_reset || stream_reset || selftest || (wanted_q && !asks);
        asks_q <= !link_reset && (asks || (asks_q && !answered_q));
        answered_first_q <= answers_q;
        answered_q <= answered_first_q;
    end
    wire link_clears = wanted_q || asks_q || answered_q;
    assign stream_reset_busy = link_clears;

    // The engine's.
    reg  reset_first_q = 1'b1, reset_q = 1'b1, asked_first_q = 1'b0, asked_q = 1'b0, asked_before_q = 1'b0;
    wire engine_busy;
    always @(posedge clk) begin
        reset_first_q <= link_reset;
        reset_q <= reset_first_q;
        asked_first_q <= asks_q;
        asked_q <= asked_first_q;
        asked_before_q <= asked_q;
        answers_q <= asked_q && asked_before_q && !engine_busy && !reset_q;
    end
    wire engine_clears = reset_q || asked_q;
    wire begins = asked_q && !asked_before_q;

    wire [31:0] in_data, out_data;
    wire        in_valid, in_ready, out_last, out_valid, out_ready;
    lk_stream_crossing #(.WIDTH(32)) commands (
        .in_clk(link_clk), .in_reset(link_clears), .in_data(command_data), .in_valid(command_valid), .in_ready(command_ready),
        .out_clk(clk), .out_reset(engine_clears), .out_data(in_data), .out_valid(in_valid), .out_ready(in_ready));
    lk_record_engine #(
        .SLOTS(SLOTS), .LANES(LANES), .BUILD(BUILD), .CLOCK_HERTZ(CLOCK_HERTZ), .GHASH_DIGIT(GHASH_DIGIT),
        .CHACHA20_POLY1305(CHACHA20_POLY1305), .CBC(CBC)) engine (
        .clk(clk), .reset(reset_q), .command_data(in_data), .command_valid(in_valid), .command_ready(in_ready),
        .completion_data(out_data), .completion_valid(out_valid), .completion_last(out_last), .completion_ready(out_ready),
        .stream_reset(begins && asks_drop_q), .selftest(begins && asks_test_q), .stream_reset_busy(engine_busy),
        .fact_address(fact_address), .fact_data(fact_data), .working(working), .keyed(keyed), .failed(failed));
    lk_stream_crossing #(.WIDTH(33)) completions (
        .in_clk(clk), .in_reset(engine_clears), .in_data({out_last, out_data}), .in_valid(out_valid), .in_ready(out_ready),
        .out_clk(link_clk), .out_reset(link_clears), .out_data({completion_last, completion_data}),
        .out_valid(completion_valid), .out_ready(completion_ready));
endmodule

`default_nettype wire
