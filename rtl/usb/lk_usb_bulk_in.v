// SPDX-License-Identifier: Apache-2.0
// Endpoint 1 IN: 32-bit words become packets, lowest byte first. Four buffers of one packet each; a packet stays until the host has
// acknowledged it. Full packets follow each other for as long as there is something to say. When a completion is over and nothing
// follows for IDLE_LIMIT cycles, what there is goes out as a short packet, or as one without data after a full packet, so that the
// host's transfer ends (clause 5.8.3). In the midst of a completion the limit is STALLED_LIMIT: completions that are whole are never
// held back by one that waits for the host. At full speed both are longer than the host's next packet takes to come: what it makes
// of the engine belongs to the same transfer.
`default_nettype none

module lk_usb_bulk_in #(
    parameter IDLE_LIMIT = 64,
    parameter STALLED_LIMIT = 2000,
    parameter FULL_SPEED_IDLE_LIMIT = 4000,
    parameter FULL_SPEED_STALLED_LIMIT = 16000
) (
    input  wire        clk,
    input  wire        reset,
    input  wire        clear,         // pulse: forget everything, but not the toggle
    input  wire        toggle_reset,  // pulse
    input  wire        high_speed,
    input  wire [31:0] in_data,
    input  wire        in_valid,
    input  wire        in_last,       // the last word of a completion
    output wire        in_ready,
    output wire        packet_ready,
    output wire        packet_empty,
    output wire        toggle,
    input  wire        packet_begin,  // it is sent, from its first byte
    input  wire        packet_next,   // a byte is taken
    output wire [7:0]  packet_data,
    output wire        packet_last,
    input  wire        packet_acked
);
    localparam [13:0] IDLE = IDLE_LIMIT, STALLED = STALLED_LIMIT, FULL_SPEED_IDLE = FULL_SPEED_IDLE_LIMIT,
                      FULL_SPEED_STALLED = FULL_SPEED_STALLED_LIMIT;

    reg [2:0]  fill_q, fill_d;          // buffer that words go to, and a bit more to tell full from empty
    reg [2:0]  send_q, send_d;          // buffer that is sent
    reg [7:0]  words_q, words_d;        // words in the buffer being filled
    reg [31:0] lengths_q, lengths_d;    // words in each closed buffer, 8 bits each
    reg        open_q, open_d;          // the last packet was full: the host's transfer goes on
    reg        ended_q, ended_d;        // the last word ended a completion
    reg [13:0] idle_q, idle_d;          // cycles without a word
    reg        sent_q, sent_d;          // the packet at send_q was sent: the host may have it
    reg [8:0]  index_q, index_d;        // byte of it that is next
    reg        toggle_q, toggle_d;

    wire [7:0]  packet_words = high_speed ? 8'd128 : 8'd16;
    wire        full = (fill_q ^ send_q) == 3'b100;
    wire        take = in_valid && in_ready;
    wire [13:0] limit = high_speed ? (ended_q ? IDLE : STALLED) : (ended_q ? FULL_SPEED_IDLE : FULL_SPEED_STALLED);
    wire        flush = !full && (words_q != 8'd0 || open_q) && idle_q >= limit;
    wire [7:0]  length = lengths_q[{send_q[1:0], 3'b000} +: 8];
    wire [31:0] word;

    lk_usb_memory #(.WIDTH(32), .ADDRESS_BITS(9)) memory (
        .clk(clk), .write(take), .write_address({fill_q[1:0], words_q[6:0]}), .write_data(in_data),
        .read_address({send_q[1:0], index_d[8:2]}), .read_data(word)
    );

    always @* begin
        fill_d = fill_q;
        send_d = send_q;
        words_d = words_q;
        lengths_d = lengths_q;
        open_d = open_q;
        ended_d = ended_q;
        idle_d = (idle_q == 14'h3FFF) ? idle_q : idle_q + 14'd1;
        sent_d = sent_q;
        index_d = index_q;
        toggle_d = toggle_q;

        if (take) begin
            words_d = words_q + 8'd1;
            ended_d = in_last;
        end
        if (in_valid) idle_d = 14'd0;
        if ((take && words_d == packet_words) || (flush && !in_valid)) begin
            lengths_d[{fill_q[1:0], 3'b000} +: 8] = words_d;
            open_d = words_d == packet_words;
            fill_d = fill_q + 3'd1;
            words_d = 8'd0;
        end

        if (packet_begin) begin
            index_d = 9'd0;
            sent_d = 1'b1;
        end else if (packet_next)
            index_d = index_q + 9'd1;
        if (packet_acked) begin
            send_d = send_q + 3'd1;
            sent_d = 1'b0;
            toggle_d = !toggle_q;
        end

        if (clear) begin
            // If the host may have the packet already, something must stand in for it, or the toggles part: a packet without data.
            // The host drops it as a repetition, or takes it and nothing is added.
            sent_d = sent_d && !toggle_reset;
            send_d = 3'd0;
            fill_d = {2'b00, sent_d};
            lengths_d[7:0] = 8'd0;
            words_d = 8'd0;
            open_d = 1'b0;
            ended_d = 1'b1;
        end
        if (toggle_reset) toggle_d = 1'b0;
    end

    always @(posedge clk) begin
        fill_q <= reset ? 3'd0 : fill_d;
        send_q <= reset ? 3'd0 : send_d;
        words_q <= reset ? 8'd0 : words_d;
        lengths_q <= reset ? 32'd0 : lengths_d;
        open_q <= !reset && open_d;
        ended_q <= reset || ended_d;
        idle_q <= reset ? 14'd0 : idle_d;
        sent_q <= !reset && sent_d;
        index_q <= reset ? 9'd0 : index_d;
        toggle_q <= !reset && toggle_d;
    end

    assign in_ready = !full;
    assign packet_ready = fill_q != send_q;
    assign packet_empty = length == 8'd0;
    assign packet_data = word[{index_q[1:0], 3'b000} +: 8];
    assign packet_last = index_q[1:0] == 2'd3 && {1'b0, index_q[8:2]} + 8'd1 == length;
    assign toggle = toggle_q;
endmodule

`default_nettype wire
