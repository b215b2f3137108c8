// SPDX-License-Identifier: Apache-2.0
// Frames to the host (docs/protocol.md, "Behind an FT601"): words are gathered in one half of a block RAM while the other half, whose
// length is known by then, is sent. A frame ends when it is full, when its last word is told so, or when no word has come for a while.
`default_nettype none
`include "lk_protocol.vh"

module lk_ft601_send #(
    parameter IDLE_LIMIT = 32  // cycles, less than 64
) (
    input  wire        clk,
    input  wire        reset,
    input  wire [31:0] in_data,
    input  wire [7:0]  in_kind,   // of frame: the same for all words of one
    input  wire        in_last,   // the frame ends here
    input  wire        in_end,    // it ends as it is, when it has words; in_valid is low
    input  wire        in_valid,
    output wire        in_ready,
    output wire        empty,     // the frame that is gathered has no word yet
    output wire [31:0] out_data,
    output wire        out_valid,
    input  wire        out_ready
);
    localparam [7:0] WORDS_MAX = 8'd255;

    (* no_rw_check *) reg [31:0] memory[0:511];
    reg [31:0] word_q;
    reg [7:0]  kind_q[0:1], length_q[0:1];
    reg [1:0]  full_q;

    // gathering
    reg        fill_q;
    reg [7:0]  count_q;
    reg [5:0]  quiet_q;
    localparam [5:0] QUIET_LIMIT = IDLE_LIMIT;
    wire       put = in_valid && in_ready;
    wire [7:0] count_d = count_q + {7'd0, put};
    wire       quiet = quiet_q == QUIET_LIMIT;
    wire       close = put ? in_last || count_d == WORDS_MAX : count_q != 8'd0 && (in_end || quiet);
    assign in_ready = !full_q[fill_q];
    assign empty = count_q == 8'd0;

    // sending: word 0 of a frame is its header
    reg         send_q, valid_q, header_q;
    reg  [31:0] head_q;
    reg  [7:0]  index_q;
    wire        fetch = full_q[send_q] && (!valid_q || out_ready);
    wire        over = fetch && index_q == length_q[send_q];
    assign out_valid = valid_q;
    assign out_data = header_q ? head_q : word_q;

    always @(posedge clk) begin
        if (put) begin
            memory[{fill_q, count_q}] <= in_data;
            kind_q[fill_q] <= in_kind;
        end
        if (close) length_q[fill_q] <= count_d;
        count_q <= reset || close ? 8'd0 : count_d;
        fill_q <= !reset && (fill_q ^ close);
        quiet_q <= reset || put || count_q == 8'd0 ? 6'd0 : quiet ? quiet_q : quiet_q + 6'd1;

        if (fetch) begin
            word_q <= memory[{send_q, index_q - 8'd1}];
            head_q <= {8'd0, length_q[send_q], kind_q[send_q], `LK_FRAME_MAGIC};
            header_q <= index_q == 8'd0;
        end
        valid_q <= !reset && (fetch || (valid_q && !out_ready));
        index_q <= reset || over ? 8'd0 : index_q + {7'd0, fetch};
        send_q <= !reset && (send_q ^ over);

        full_q[0] <= !reset && ((close && !fill_q) || (full_q[0] && !(over && !send_q)));
        full_q[1] <= !reset && ((close && fill_q) || (full_q[1] && !(over && send_q)));
    end
endmodule

`default_nettype wire
