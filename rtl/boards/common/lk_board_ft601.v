// SPDX-License-Identifier: Apache-2.0
// A board behind an FT601, all but its pins. The link's clock is the chip's, 100 MHz; the engine has its own.
`default_nettype none

module lk_board_ft601 #(
    parameter SLOTS = 256,
    parameter LANES = 3,
    parameter CHACHA20_POLY1305 = 1,
    parameter [31:0] BUILD = 32'd1,
    parameter CLOCK_HERTZ = 70000000  // of the engine
) (
    input  wire        link_clk,
    input  wire        link_reset,  // for four cycles of either clock at least
    input  wire        clk,
    input  wire        rxf,
    input  wire        txe,
    input  wire [31:0] data_in,
    input  wire [3:0]  be_in,
    output wire [31:0] data_out,
    output wire        data_oe,
    output wire        oe,
    output wire        rd,
    output wire        wr,
    output wire        keyed,
    output wire        working,
    output wire        failed
);
    wire [31:0] command_data, completion_data, fact_data, fact_word;
    wire [7:0]  fact_address, fact_index;
    wire        command_valid, command_ready, completion_valid, completion_ready, stream_reset, selftest, stream_reset_busy;
    wire        fact_ask, fact_answer;
    lk_ft601_link link (
        .clk(link_clk), .reset(link_reset), .rxf(rxf), .txe(txe), .data_in(data_in), .be_in(be_in), .data_out(data_out),
        .data_oe(data_oe), .oe(oe), .rd(rd), .wr(wr), .command_data(command_data), .command_valid(command_valid),
        .command_ready(command_ready), .completion_data(completion_data), .completion_valid(completion_valid),
        .completion_ready(completion_ready), .stream_reset(stream_reset), .selftest(selftest),
        .stream_reset_busy(stream_reset_busy), .fact_ask(fact_ask), .fact_address(fact_index), .fact_data(fact_word),
        .fact_answer(fact_answer)
    );
    lk_ft601_facts facts (
        .link_clk(link_clk), .ask(fact_ask), .address(fact_index), .data(fact_word), .answer(fact_answer),
        .clk(clk), .fact_address(fact_address), .fact_data(fact_data)
    );

    /* verilator lint_off PINCONNECTEMPTY */ // frames end by themselves
    lk_engine_apart #(
        .SLOTS(SLOTS), .LANES(LANES), .BUILD(BUILD), .CLOCK_HERTZ(CLOCK_HERTZ), .CHACHA20_POLY1305(CHACHA20_POLY1305)
    ) engine (
        .link_clk(link_clk), .link_reset(link_reset), .command_data(command_data), .command_valid(command_valid),
        .command_ready(command_ready), .completion_data(completion_data), .completion_valid(completion_valid), .completion_last(),
        .completion_ready(completion_ready), .stream_reset(stream_reset), .selftest(selftest),
        .stream_reset_busy(stream_reset_busy), .clk(clk), .fact_address(fact_address), .fact_data(fact_data),
        .working(working), .keyed(keyed), .failed(failed)
    );
    /* verilator lint_on PINCONNECTEMPTY */
endmodule

`default_nettype wire
