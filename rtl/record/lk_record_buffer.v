// SPDX-License-Identifier: Apache-2.0
// Two banks of block RAM for the plaintext of records that are being opened: one is filled while the other is sent. Bytes
// come in by the lane's rate, words go out as a stream. A bank holds 16384 bytes; what lies beyond, the content type of a
// full record, is not stored.
//
// A bank that has been filled is sent only after `keep`; without it, the next record is written over it (P1).
`default_nettype none

module lk_record_buffer (
    input  wire        clk,
    input  wire        reset,
    output wire        bank_free,    // there is one to fill
    input  wire        fill_begins,  // pulse: the next byte is the first of a record
    input  wire [7:0]  in_data,
    input  wire        in_last,
    input  wire        in_valid,     // taken at once
    input  wire        keep,         // pulse: the bank filled last holds a record to send
    input  wire        send_begins,  // pulse: send that many words of the oldest bank kept
    input  wire [12:0] send_words,
    output wire [31:0] out_data,
    output wire        out_valid,
    input  wire        out_ready,
    input  wire        sent          // pulse: the oldest bank kept is free again
);
    reg [12:0] fill_d, fill_q = 13'd0;  // the word that is filled next; 4096 is past the end
    reg        fill_bank_d, fill_bank_q = 1'b0;
    reg        send_bank_d, send_bank_q = 1'b0;
    reg [1:0]  kept_d, kept_q = 2'd0;
    reg [11:0] send_d, send_q = 12'd0;  // the word that is read next
    reg [12:0] left_d, left_q = 13'd0;
    reg        valid_d, valid_q = 1'b0;
    reg [31:0] memory[0:8191];
    reg [31:0] word_q = 32'd0;

    wire [31:0] filled;
    wire        filled_last, filled_valid, filled_ready;

    lk_stream_widen widen (
        .clk(clk), .reset(reset || fill_begins), .in_data(in_data), .in_last(in_last), .in_valid(in_valid), .in_ready(filled_ready),
        .out_data(filled), .out_last(filled_last), .out_valid(filled_valid), .out_ready(1'b1));

    // Which bank, and how much of it: when one of these registers is not what it should be, nothing leaves any more (P1).
    wire sound;
    lk_guard #(.WIDTH(43)) guard (
        .clk(clk), .reset(reset), .next({fill_d, fill_bank_d, send_bank_d, kept_d, send_d, left_d, valid_d}),
        .now({fill_q, fill_bank_q, send_bank_q, kept_q, send_q, left_q, valid_q}), .sound(sound));

    wire store = filled_valid && !fill_q[12];
    wire fetch = left_q != 13'd0 && (!valid_q || out_ready);
    assign bank_free = kept_q != 2'd2;
    assign out_data = word_q;
    assign out_valid = valid_q && sound;

    always @* begin
        fill_d = fill_begins ? 13'd0 : fill_q + {12'd0, store};
        fill_bank_d = fill_bank_q ^ keep;
        send_bank_d = send_bank_q ^ sent;
        kept_d = kept_q + {1'b0, keep} - {1'b0, sent};
        send_d = send_q + {11'd0, fetch};
        left_d = left_q - {12'd0, fetch};
        valid_d = fetch || (valid_q && !out_ready);
        if (send_begins) begin
            send_d = 12'd0;
            left_d = send_words;
        end
        if (reset) begin
            fill_bank_d = 1'b0;
            send_bank_d = 1'b0;
            kept_d = 2'd0;
            left_d = 13'd0;
            valid_d = 1'b0;
        end
    end

    always @(posedge clk) begin
        fill_q <= fill_d;
        fill_bank_q <= fill_bank_d;
        send_bank_q <= send_bank_d;
        kept_q <= kept_d;
        send_q <= send_d;
        left_q <= left_d;
        valid_q <= valid_d;
        if (store) memory[{fill_bank_q, fill_q[11:0]}] <= filled;
        if (fetch) word_q <= memory[{send_bank_q, send_q}];
    end

`ifdef FORMAL
    always @(posedge clk) if (!reset) begin
        if (keep) assume (bank_free);
        if (sent) assume (kept_q != 2'd0);
        if (send_begins) assert (kept_q != 2'd0);  // P1
    end
`endif

    wire unused = &{1'b0, filled_last, filled_ready, 1'b0};
endmodule

`default_nettype wire
