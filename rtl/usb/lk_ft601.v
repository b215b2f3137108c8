// SPDX-License-Identifier: Apache-2.0
// FTDI's FT601 as a synchronous FIFO ("245 mode", one channel): 32 wires that go both ways on one side, words from and to the host
// on the other. The chip gives the clock, 100 MHz. Polarities are those inside; the board's top inverts what is low at the pins.
//
// A word comes in at an edge at which the chip has one (rxf) and is asked for it (rd, with oe); a word goes out at an edge at which
// the chip has room (txe) and is given one (wr). All pins end in registers here, so what the chip says is known two edges later than
// it counts: words that come in meanwhile find room, and words that the chip did not take any more are given again. This asks of the
// chip that its FIFO, once full, stays so for some cycles: it does until a packet has left.
`default_nettype none

module lk_ft601 #(
    parameter [31:0] FILLER = 32'd0,
    parameter ROOM_LOG2 = 9,   // words from the host that find room
    parameter BURST_LOG2 = 10  // words that go one way before the other way, when that waits, has its turn
) (
    input  wire        clk,
    input  wire        reset,
    // pins
    input  wire        rxf,
    input  wire        txe,
    input  wire [31:0] data_in,
    input  wire [3:0]  be_in,
    output reg  [31:0] data_out,
    output reg         data_oe,    // drives data, and all byte enables high
    output reg         oe,
    output reg         rd,
    output reg         wr,
    // from the host
    output wire [31:0] out_data,
    output wire        out_valid,
    input  wire        out_ready,
    // to the host
    input  wire [31:0] in_data,
    input  wire        in_valid,
    output wire        in_ready
);
    localparam [2:0] IDLE = 3'd0, READ_TURN = 3'd1, READ = 3'd2, READ_STOP = 3'd3, WRITE = 3'd4, WRITE_STOP = 3'd5;
    localparam [1:0] SETTLE = 2'd1;  // and one edge more until what the pins did last is known here
    localparam [ROOM_LOG2:0] DEPTH = {1'b1, {ROOM_LOG2{1'b0}}};
    localparam [ROOM_LOG2:0] SLACK = 8;  // words that may still come in after the decision to stop, and two more

    reg [2:0]  state_d, state_q;

    // What was at the pins at the last edge.
    reg        rxf_q, txe_q, whole_q, rd_was_q, wr_was_q;
    reg [31:0] data_q;
    wire       came = rd_was_q && rxf_q;
    wire       went = wr_was_q && txe_q;
    wire       stayed = wr_was_q && !txe_q;

    // Words from the host. A part of a word belongs to nothing that a host of ours sends.
    wire [ROOM_LOG2:0] out_held;
    wire               out_room;
    wire               full = out_held > DEPTH - SLACK || !out_room;
    lk_stream_store #(.WIDTH(32), .DEPTH_LOG2(ROOM_LOG2)) from_host (
        .clk(clk), .reset(reset), .in_data(data_q), .in_valid(came && whole_q), .in_ready(out_room),
        .out_data(out_data), .out_valid(out_valid), .out_ready(out_ready), .held(out_held)
    );

    // Words to the host: in the queue until the chip has them; those before `ahead` have been at the pins.
    reg [4:0]  in_head_q, in_ahead_q, in_tail_q;
    reg [31:0] in_memory[0:15];
    reg        stayed_q;  // a word was not taken: it and those behind it must be given again
    // The chip ends a transfer by a short packet when it is given no more words, which it cannot where they filled its packets: one more
    // word, which means nothing, helps it.
    reg [6:0]  sent_q;    // words since the chip was last left alone
    reg        even_q;    // which were packets of 512 bytes, or of 1024
    wire       nothing = in_head_q == in_tail_q;
    wire       fill = even_q && nothing && !in_valid && state_q == IDLE;
    wire       in_put = (in_valid && in_ready) || fill;
    assign in_ready = in_tail_q != {~in_head_q[4], in_head_q[3:0]};

    reg [1:0]          wait_d, wait_q;
    reg [BURST_LOG2:0] burst_d, burst_q;
    reg                read_last_d, read_last_q;
    reg                present;
    // A turn is to be worth its while: with half of the room free, or when the bus would rest otherwise.
    wire               begins = out_held <= DEPTH / 2 || (nothing && !in_valid && out_held <= DEPTH - 64);
    wire               may_read = rxf_q && begins;
    wire               may_write = txe_q && !nothing;
    wire               burst_over = burst_q[BURST_LOG2];
    always @* begin
        state_d = state_q;
        wait_d = SETTLE;
        burst_d = {(BURST_LOG2 + 1) {1'b0}};
        read_last_d = read_last_q;
        present = 1'b0;
        case (state_q)
            IDLE:
                if (may_read && !(may_write && read_last_q)) state_d = READ_TURN;
                else if (may_write) state_d = WRITE;
            READ_TURN: state_d = READ;
            READ: begin
                burst_d = burst_over ? burst_q : burst_q + 1'b1;
                read_last_d = 1'b1;
                if (!rxf_q || full || (burst_over && may_write)) state_d = READ_STOP;
            end
            WRITE: begin
                burst_d = burst_over ? burst_q : burst_q + 1'b1;
                read_last_d = 1'b0;
                present = txe_q && in_ahead_q != in_tail_q;
                if (!present || stayed || (burst_over && may_read)) state_d = WRITE_STOP;
            end
            default: begin
                wait_d = wait_q - 2'd1;
                if (wait_q == 2'd0) state_d = IDLE;
            end
        endcase
    end

    always @(posedge clk) begin
        rxf_q <= rxf;
        txe_q <= txe;
        data_q <= data_in;
        whole_q <= &be_in;
        rd_was_q <= rd;
        wr_was_q <= wr;

        state_q <= reset ? IDLE : state_d;
        wait_q <= wait_d;
        burst_q <= burst_d;
        read_last_q <= !reset && read_last_d;
        oe <= !reset && (state_d == READ_TURN || state_d == READ || state_d == READ_STOP);
        rd <= !reset && state_d == READ;
        wr <= !reset && present && !stayed;
        data_oe <= !reset && (state_d == WRITE || state_d == WRITE_STOP);
        data_out <= in_memory[in_ahead_q[3:0]];

        in_tail_q <= reset ? 5'd0 : in_tail_q + {4'd0, in_put};
        in_head_q <= reset ? 5'd0 : in_head_q + {4'd0, went && !stayed_q};
        if (reset) in_ahead_q <= 5'd0;
        else if (state_q == IDLE) in_ahead_q <= in_head_q;
        else if (present) in_ahead_q <= in_ahead_q + 5'd1;
        stayed_q <= !reset && state_q != IDLE && (stayed_q || stayed);
        if (in_put) in_memory[in_tail_q[3:0]] <= fill ? FILLER : in_data;
        sent_q <= reset || state_q == IDLE ? 7'd0 : sent_q + {6'd0, went && !stayed_q};
        even_q <= !reset && !fill && (went ? sent_q == 7'd127 : even_q);
    end

`ifdef FORMAL
    always @(posedge clk) begin
        assert (!came || !whole_q || out_room);
        assert (!(data_oe && oe));
    end
`endif
endmodule

`default_nettype wire
