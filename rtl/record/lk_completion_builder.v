// SPDX-License-Identifier: Apache-2.0
// Makes completions: four words of header, then the payload, from the lane (a record being sealed) or from the record buffer
// (a record that was opened, and whose tag was right: P1). In the order in which they are announced.
`default_nettype none
`include "lk_protocol.vh"

module lk_completion_builder (
    input  wire        clk,
    input  wire        reset,         // drops everything
    // A completion is announced.
    input  wire        valid,
    output wire        ready,
    input  wire [7:0]  opcode,
    input  wire [7:0]  status,
    input  wire [7:0]  content_type,
    input  wire [15:0] slot,
    input  wire [15:0] generation,
    input  wire [31:0] tag,
    input  wire [15:0] length,        // of the payload: from the buffer when the opcode is OPEN, else from the lane
    input  wire        may_begin,     // the oldest of them may go out
    output wire        begins_sealed, // it is a sealed record
    // Payload of sealed records: zeros behind it in the last word.
    input  wire [31:0] sealed_data,
    input  wire        sealed_valid,
    output wire        sealed_ready,
    // Payload of opened records.
    output wire        send_begins,
    output wire [12:0] send_words,
    input  wire [31:0] send_data,
    input  wire        send_valid,
    output wire        send_ready,
    output wire        sent,          // pulse: the payload has left the buffer
    // The stream of completions.
    output wire [31:0] out_data,
    output wire        out_last,
    output wire        out_valid,
    input  wire        out_ready,
    output wire        delivered,     // pulse: the last word of a completion goes out
    output wire        idle
);
    localparam DESCRIPTOR_BITS = 104;
    localparam [1:0] HEADER = 2'd0, SEALED = 2'd1, OPENED = 2'd2;

    reg [1:0]  state_d, state_q = HEADER;
    reg [1:0]  index_d, index_q = 2'd0;
    reg [12:0] left_d, left_q = 13'd0;     // words of payload

    wire        head_valid;
    wire [7:0]  head_opcode, head_status, head_type;
    wire [15:0] head_slot, head_generation, head_length;
    wire [31:0] head_tag;
    wire        payload_ends;

    // The announcement of a completion stays at the head until its last word is out.
    lk_stream_fifo #(.WIDTH(DESCRIPTOR_BITS), .DEPTH_LOG2(2)) announced (
        .clk(clk), .reset(reset), .in_data({opcode, status, content_type, slot, generation, tag, length}), .in_valid(valid),
        .in_ready(ready), .out_data({head_opcode, head_status, head_type, head_slot, head_generation, head_tag, head_length}),
        .out_valid(head_valid), .out_ready(payload_ends));

    reg         word_valid;
    reg  [31:0] word;
    reg         word_last;
    wire        word_ready;

    lk_stream_register #(.WIDTH(33)) out_register (
        .clk(clk), .reset(reset), .in_data({word_last, word}), .in_valid(word_valid && sound), .in_ready(word_ready),
        .out_data({out_last, out_data}), .out_valid(out_valid), .out_ready(out_ready));

    // Whose payload it is, and how much of it: what is not sure of that says nothing more (P1).
    wire        sound;
    lk_guard #(.WIDTH(17)) guard (
        .clk(clk), .reset(reset), .next({state_d, index_d, left_d}), .now({state_q, index_q, left_q}), .sound(sound));

    wire        moves = word_valid && word_ready && sound;
    wire        opened = head_opcode == `LK_OPCODE_OPEN;
    wire        has_payload = head_length != 16'd0;
    wire        header_ends = state_q == HEADER && moves && index_q == 2'd3;
    wire [12:0] words = head_length[14:2] + {12'd0, |head_length[1:0]};

    assign payload_ends = moves && word_last;
    assign send_begins = header_ends && has_payload && opened;
    assign send_words = words;
    assign send_ready = state_q == OPENED && word_ready && sound;
    assign sent = state_q == OPENED && payload_ends;
    assign sealed_ready = state_q == SEALED && word_ready && sound;
    assign begins_sealed = head_valid && has_payload && !opened;
    assign delivered = payload_ends;
    assign idle = !head_valid && !out_valid;

    // What follows the content in the last word, content type and padding of the record, is not sent.
    reg [31:0] mask;
    always @* begin
        case (head_length[1:0])
            2'd1: mask = 32'h000000ff;
            2'd2: mask = 32'h0000ffff;
            2'd3: mask = 32'h00ffffff;
            default: mask = 32'hffffffff;
        endcase
        if (left_q != 13'd1) mask = 32'hffffffff;
    end

    always @* begin
        word_valid = head_valid && (may_begin || index_q != 2'd0);
        word_last = index_q == 2'd3 && !has_payload;
        case (index_q)
            2'd0: word = {head_type, head_status, head_opcode, `LK_COMPLETION_MAGIC};
            2'd1: word = {head_generation, head_slot};
            2'd2: word = head_tag;
            default: word = {16'd0, head_length};
        endcase
        if (state_q == SEALED) begin
            word_valid = sealed_valid;
            word_last = left_q == 13'd1;
            word = sealed_data;
        end else if (state_q == OPENED) begin
            word_valid = send_valid;
            word_last = left_q == 13'd1;
            word = send_data & mask;
        end
    end

    always @* begin
        state_d = state_q;
        index_d = index_q;
        left_d = left_q;
        if (state_q == HEADER) begin
            if (moves) index_d = index_q + 2'd1;
            if (header_ends && has_payload) state_d = opened ? OPENED : SEALED;
            left_d = head_valid ? words : 13'd0;
        end else if (moves) begin
            left_d = left_q - 13'd1;
            if (word_last) state_d = HEADER;
        end
        if (reset) begin
            state_d = HEADER;
            index_d = 2'd0;
        end
    end

    always @(posedge clk) begin
        state_q <= state_d;
        index_q <= index_d;
        left_q <= left_d;
    end

`ifdef FORMAL
    always @(posedge clk) if (!reset) begin
        if (valid && status != `LK_STATUS_OK) assume (length == 16'd0);
        if (send_begins) assert (head_status == `LK_STATUS_OK);
    end
`endif
endmodule

`default_nettype wire
