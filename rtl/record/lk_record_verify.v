// SPDX-License-Identifier: Apache-2.0
// Verifies a record whose MAC was encrypted with its content, when all of it is decrypted and stands in the record buffer: reads
// the bytes back, has the MAC made, and compares it with the one behind the content. Where that is, is a secret until MAC and padding
// are both known to be right. So all bytes that may be content are read, whether they are or not; the MAC is made in a time
// that depends on their number (lk_record_mac); and as many bytes are compared as a MAC has, wherever they are. A block RAM
// answers in one cycle whatever is asked of it (P5).
`default_nettype none

module lk_record_verify (
    input  wire        clk,
    input  wire        reset,
    input  wire        start,          // pulse, while not busy; with:
    input  wire        sha256,
    input  wire        padding_good,   // secret
    input  wire [14:0] content_bytes,  // secret
    input  wire [14:0] body_bytes,     // all that was decrypted, with MAC and padding
    output wire        busy,
    // The record buffer: the byte of the index that was asked for in the cycle before.
    output wire [14:0] read_index,
    input  wire [7:0]  read_byte,
    // The MAC.
    output wire        mac_start,
    output wire [14:0] mac_stream_bytes,
    output wire [7:0]  mac_data,
    output wire        mac_data_valid,
    input  wire        mac_data_ready,
    input  wire        mac_valid,
    input  wire [7:0]  mac_byte,       // the next of it
    output wire        mac_taken,
    // The result.
    output wire        done,           // pulse
    output wire        authentic       // from done to the next start
);
    localparam [1:0] IDLE = 2'd0, HASH = 2'd1, COMPARE = 2'd2;

    reg [1:0]  state_d, state_q = IDLE;
    reg [14:0] index_d, index_q = 15'd0;
    reg [14:0] left_d, left_q = 15'd0;
    reg [14:0] content_d, content_q = 15'd0;
    reg        sha256_d, sha256_q = 1'b0;
    reg        wrong_d, wrong_q = 1'b0;
    reg        done_d, done_q = 1'b0;
    reg        authentic_d, authentic_q = 1'b0;

    wire [14:0] mac_length = sha256_q ? 15'd32 : 15'd20;
    wire        moves = state_q == HASH ? mac_data_ready : state_q == COMPARE && mac_valid;
    wire        last = left_q == 15'd1;

    assign busy = state_q != IDLE;
    assign read_index = index_d;
    assign mac_start = start;
    assign mac_stream_bytes = body_bytes - (sha256 ? 15'd32 : 15'd20);
    assign mac_data = read_byte;
    assign mac_data_valid = state_q == HASH;
    assign mac_taken = state_q == COMPARE && mac_valid;
    assign done = done_q;

    // How far it is, and what was found: without being sure of that, nothing is authentic (P1).
    wire sound;
    lk_guard #(.WIDTH(50)) guard (
        .clk(clk), .reset(reset), .next({state_d, index_d, left_d, content_d, sha256_d, wrong_d, authentic_d}),
        .now({state_q, index_q, left_q, content_q, sha256_q, wrong_q, authentic_q}), .sound(sound));
    assign authentic = authentic_q && sound;

    always @* begin
        state_d = state_q;
        index_d = index_q + {14'd0, moves};
        left_d = left_q - {14'd0, moves};
        content_d = content_q;
        sha256_d = sha256_q;
        wrong_d = wrong_q || (state_q == COMPARE && moves && read_byte != mac_byte);
        done_d = 1'b0;
        authentic_d = authentic_q;
        if (start) begin
            state_d = HASH;
            index_d = 15'd0;
            left_d = mac_stream_bytes;
            content_d = content_bytes;
            sha256_d = sha256;
            wrong_d = !padding_good;
            authentic_d = 1'b0;
        end else if (state_q == HASH && moves && last) begin
            state_d = COMPARE;
            index_d = content_q;
            left_d = mac_length;
        end else if (state_q == COMPARE && moves && last) begin
            state_d = IDLE;
            done_d = 1'b1;
            authentic_d = !wrong_d;
        end
        if (reset) begin
            state_d = IDLE;
            done_d = 1'b0;
            authentic_d = 1'b0;
        end
    end

    always @(posedge clk) begin
        state_q <= state_d;
        index_q <= index_d;
        left_q <= left_d;
        content_q <= content_d;
        sha256_q <= sha256_d;
        wrong_q <= wrong_d;
        done_q <= done_d;
        authentic_q <= authentic_d;
    end
endmodule

`default_nettype wire
