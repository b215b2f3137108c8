// SPDX-License-Identifier: Apache-2.0
// Endpoint 1 OUT: packets become 32-bit words, first byte lowest. 2048 bytes of buffer: four packets at high speed. A packet's words
// can be read once it is committed. A transfer that ends in the midst of a word is padded with zeros: only the packet that ends a
// transfer can have such a length, so every packet begins a word.
`default_nettype none

module lk_usb_bulk_out (
    input  wire        clk,
    input  wire        reset,
    input  wire        clear,            // pulse: forget everything, but not the toggle
    input  wire        toggle_reset,     // pulse
    input  wire        high_speed,
    input  wire        packet_begin,
    input  wire        packet_valid,
    input  wire [7:0]  packet_data,
    input  wire        packet_commit,
    output wire        toggle,
    output wire        room,
    output wire        room_after,
    output wire        fits,
    output wire [31:0] out_data,
    output wire        out_valid,
    input  wire        out_ready
);
    localparam [9:0] DEPTH = 10'd512;

    reg [9:0]  write_q, write_d;     // where the next word goes
    reg [9:0]  commit_q, commit_d;   // the end of what counts
    reg [9:0]  read_q, read_d;
    reg [23:0] word_q, word_d;       // bytes of the word to come, lowest first
    reg [1:0]  byte_q, byte_d;
    reg [9:0]  count_q, count_d;     // bytes of this packet
    reg        toggle_q, toggle_d;
    reg        fetched_q, fetched_d; // the memory's output is the word at read_q
    reg        write;
    reg [31:0] write_data;

    wire [9:0]  packet_words = high_speed ? 10'd128 : 10'd16;
    wire        partial = byte_q != 2'd0;
    wire [9:0]  end_after = write_q + {9'd0, partial};
    wire [31:0] read_data;

    lk_usb_memory #(.WIDTH(32), .ADDRESS_BITS(9)) memory (
        .clk(clk), .write(write), .write_address(write_q[8:0]), .write_data(write_data),
        .read_address(read_d[8:0]), .read_data(read_data)
    );

    always @* begin
        write_d = write_q;
        commit_d = commit_q;
        read_d = read_q;
        word_d = word_q;
        byte_d = byte_q;
        count_d = count_q;
        toggle_d = toggle_q;
        write = 1'b0;
        case (byte_q)
            2'd0: write_data = {24'd0, packet_data};
            2'd1: write_data = {16'd0, packet_data, word_q[7:0]};
            2'd2: write_data = {8'd0, packet_data, word_q[15:0]};
            default: write_data = {packet_data, word_q};
        endcase

        if (packet_begin) begin
            write_d = commit_q;
            byte_d = 2'd0;
            count_d = 10'd0;
        end
        if (packet_valid && fits) begin
            count_d = count_q + 10'd1;
            byte_d = byte_q + 2'd1;
            word_d = write_data[23:0];
            write = byte_q == 2'd3;
            if (write) write_d = write_q + 10'd1;
        end
        if (packet_commit) begin
            toggle_d = !toggle_q;
            write = partial;
            if (partial) begin
                case (byte_q)
                    2'd1: write_data = {24'd0, word_q[7:0]};
                    2'd2: write_data = {16'd0, word_q[15:0]};
                    default: write_data = {8'd0, word_q};
                endcase
            end
            write_d = end_after;
            commit_d = end_after;
            byte_d = 2'd0;
        end
        if (out_valid && out_ready) read_d = read_q + 10'd1;
        if (clear) begin
            write_d = 10'd0;
            commit_d = 10'd0;
            read_d = 10'd0;
            byte_d = 2'd0;
        end
        if (toggle_reset) toggle_d = 1'b0;
        // The word at read_d is there in a cycle if it was written by then: commit_q, not commit_d.
        fetched_d = !clear && read_d != commit_q;
    end

    always @(posedge clk) begin
        write_q <= reset ? 10'd0 : write_d;
        commit_q <= reset ? 10'd0 : commit_d;
        read_q <= reset ? 10'd0 : read_d;
        word_q <= reset ? 24'd0 : word_d;
        byte_q <= reset ? 2'd0 : byte_d;
        count_q <= reset ? 10'd0 : count_d;
        toggle_q <= !reset && toggle_d;
        fetched_q <= !reset && fetched_d;
    end

    wire [9:0] used = commit_q - read_q;
    wire [9:0] used_after = end_after - read_q;
    assign toggle = toggle_q;
    assign room = DEPTH - used >= packet_words;
    assign room_after = DEPTH - used_after >= packet_words;
    assign fits = count_q <= {packet_words[7:0], 2'b00};
    assign out_data = read_data;
    assign out_valid = fetched_q;
endmodule

`default_nettype wire
