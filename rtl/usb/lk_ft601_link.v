// SPDX-License-Identifier: Apache-2.0
// Everything between an FT601's pins and the engine's streams: the bus, frames both ways, requests. All at the chip's clock.
`default_nettype none
`include "lk_protocol.vh"

module lk_ft601_link (
    input  wire        clk,
    input  wire        reset,
    // pins; see lk_ft601
    input  wire        rxf,
    input  wire        txe,
    input  wire [31:0] data_in,
    input  wire [3:0]  be_in,
    output wire [31:0] data_out,
    output wire        data_oe,
    output wire        oe,
    output wire        rd,
    output wire        wr,
    // engine; see lk_engine_apart
    output wire [31:0] command_data,
    output wire        command_valid,
    input  wire        command_ready,
    input  wire [31:0] completion_data,
    input  wire        completion_valid,
    output wire        completion_ready,
    output wire        stream_reset,
    output wire        selftest,
    input  wire        stream_reset_busy,
    // facts; see lk_ft601_facts
    output wire        fact_ask,
    output wire [7:0]  fact_address,
    input  wire [31:0] fact_data,
    input  wire        fact_answer
);
    wire [31:0] out_data, in_data;
    wire        out_valid, out_ready, in_valid, in_ready;
    lk_ft601 #(.FILLER({16'd0, `LK_FRAME_IDLE, `LK_FRAME_MAGIC})) front (
        .clk(clk), .reset(reset), .rxf(rxf), .txe(txe), .data_in(data_in), .be_in(be_in), .data_out(data_out),
        .data_oe(data_oe), .oe(oe), .rd(rd), .wr(wr), .out_data(out_data), .out_valid(out_valid), .out_ready(out_ready),
        .in_data(in_data), .in_valid(in_valid), .in_ready(in_ready)
    );

    wire [31:0] request_tag;
    wire [23:0] request;
    wire        request_valid, request_done;
    lk_ft601_receive receive (
        .clk(clk), .reset(reset), .in_data(out_data), .in_valid(out_valid), .in_ready(out_ready),
        .command_data(command_data), .command_valid(command_valid), .command_ready(command_ready),
        .request_valid(request_valid), .request(request), .request_tag(request_tag), .request_done(request_done)
    );

    wire [31:0] word_data;
    wire [7:0]  word_kind;
    wire        word_last, word_end, word_valid, word_ready, word_empty;
    lk_ft601_request requests (
        .clk(clk), .reset(reset), .request_valid(request_valid), .request(request), .request_tag(request_tag),
        .request_done(request_done), .completion_data(completion_data), .completion_valid(completion_valid),
        .completion_ready(completion_ready), .out_data(word_data), .out_kind(word_kind), .out_last(word_last), .out_end(word_end),
        .out_valid(word_valid), .out_ready(word_ready), .out_empty(word_empty), .stream_reset(stream_reset), .selftest(selftest),
        .stream_reset_busy(stream_reset_busy), .fact_ask(fact_ask), .fact_address(fact_address), .fact_data(fact_data),
        .fact_answer(fact_answer)
    );
    lk_ft601_send send (
        .clk(clk), .reset(reset), .in_data(word_data), .in_kind(word_kind), .in_last(word_last), .in_end(word_end),
        .in_valid(word_valid), .in_ready(word_ready), .empty(word_empty), .out_data(in_data), .out_valid(in_valid),
        .out_ready(in_ready)
    );
endmodule

`default_nettype wire
