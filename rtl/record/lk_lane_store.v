// SPDX-License-Identifier: Apache-2.0
// What a lane has made and not yet sent, where there are several lanes and no record is verified afterwards: sealed records, and the
// plaintext of records that are being opened, in one ring of 24 KiB of block RAM. The next record comes in while the one before waits for
// its turn and goes out. Bytes come in by the lane's rate, words go out as a stream, in the order of the records.
//
// A word of a sealed record may leave at once. Those of a record that is being opened stand behind what may leave until `keep` says how many of
// them may; the others, or all, are written over by the next record (P1).
`default_nettype none

module lk_lane_store #(
    parameter WORD_BITS = 11         // of an address in one of three banks
) (
    input  wire        clk,
    input  wire        reset,
    input  wire        begins,       // pulse: the next byte that opening gives is the first of a record
    input  wire [7:0]  sealed_data,  // a byte moves when valid and ready
    input  wire        sealed_last,
    input  wire        sealed_valid,
    output wire        sealed_ready,
    input  wire [7:0]  opened_data,  // likewise; those of the record sealed before come first
    input  wire        opened_last,
    input  wire        opened_valid,
    output wire        opened_ready,
    output wire        sealed_whole, // pulse: the last word of a sealed record has come
    output wire        full,         // no byte is taken before words have left
    input  wire        keep,         // pulse: the record that was opened may leave,
    input  wire [12:0] keep_words,   // so much of it: no more than it has
    output wire [31:0] out_data,     // a register
    output wire        out_valid,
    input  wire        out_ready
);
    // Three banks of block RAM: an address is a bank and a word in it.
    localparam BANKS = 3, BITS = WORD_BITS + 2;
    localparam [BITS-1:0] ZERO = 0, ONE = 1, WORDS = BANKS << WORD_BITS;
    localparam [BITS-1:0] ROOM_MAX = WORDS - 4;  // one word is on its way here, and another may be filled

    function [BITS-1:0] behind;  // an address
        input [BITS-1:0] address;
        behind = address == WORDS - ONE ? ZERO : address + ONE;
    endfunction

    reg [BITS-1:0] head_d, head_q = ZERO;            // the word that leaves next
    reg [BITS-1:0] kept_end_d, kept_end_q = ZERO;    // behind the last one that may,
    reg [BITS-1:0] end_d, end_q = ZERO;              // and behind the last one there is
    reg [BITS-1:0] kept_d, kept_q = ZERO;            // words that may leave,
    reg [BITS-1:0] held_d, held_q = ZERO;            // and all
    reg            room_d, room_q = 1'b1;
    reg            opened_d, opened_q = 1'b0;        // the byte before was of a record that is being opened
    reg            valid_d, valid_q = 1'b0;
    reg [1:0]      bank_d, bank_q = 2'd0;            // of the word that is there

    wire [31:0] word;
    wire        word_last, word_valid, word_ready;
    wire        in_valid = sealed_valid || opened_valid;
    lk_stream_widen widen (
        .clk(clk), .reset(reset), .in_data(sealed_valid ? sealed_data : opened_data), .in_last(sealed_valid ? sealed_last : opened_last),
        .in_valid(in_valid && room_q), .in_ready(word_ready), .out_data(word), .out_last(word_last), .out_valid(word_valid),
        .out_ready(1'b1));
    assign sealed_ready = room_q;
    assign opened_ready = room_q && !sealed_valid;
    assign full = !room_q;

    // A word has come: it may leave, or it stands behind what may.
    wire            stores = word_valid && held_q != WORDS;
    wire            stores_sealed = stores && !opened_q;
    wire [BITS-1:0] store_address = opened_q ? end_q : kept_end_q;
    wire            fetch = kept_q != ZERO && (!valid_q || out_ready);
    assign sealed_whole = word_valid && word_last && !opened_q;

    wire [32*BANKS-1:0] words;
    genvar              i;
    generate
        for (i = 0; i < BANKS; i = i + 1) begin : bank
            // A word is never read while it is written: no_rw_check leaves out logic for that case.
            (* no_rw_check *) reg [31:0] memory[0:(1 << WORD_BITS) - 1];
            reg [31:0] word_q = 32'd0;
            assign words[32*i+:32] = word_q;
            always @(posedge clk) begin
                if (stores && store_address[BITS-1:WORD_BITS] == i) memory[store_address[WORD_BITS-1:0]] <= word;
                if (fetch && head_q[BITS-1:WORD_BITS] == i) word_q <= memory[head_q[WORD_BITS-1:0]];
            end
        end
    endgenerate
    assign out_data = bank_q == 2'd0 ? words[31:0] : bank_q == 2'd1 ? words[63:32] : words[95:64];

    // Which words may leave: when one of these registers is not what it should be, nothing leaves any more (P1).
    wire sound;
    lk_guard #(.WIDTH(5 * BITS + 4)) guard (
        .clk(clk), .reset(reset), .next({head_d, kept_end_d, end_d, kept_d, held_d, opened_d, valid_d, bank_d}),
        .now({head_q, kept_end_q, end_q, kept_q, held_q, opened_q, valid_q, bank_q}), .sound(sound));
    assign out_valid = valid_q && sound;

    // Banks are added modulo three; what is kept has two at most.
    wire [BITS-1:0] keeps = keep_words[BITS-1:0];
    wire [BITS:0]   beyond = {1'b0, kept_end_q} + {1'b0, keeps};
    wire [BITS-1:0] keep_end = beyond[BITS:WORD_BITS] < 3'd3 ? beyond[BITS-1:0] : {beyond[BITS-1:WORD_BITS] - 2'd3, beyond[WORD_BITS-1:0]};
    always @* begin
        head_d = fetch ? behind(head_q) : head_q;
        kept_end_d = keep ? keep_end : stores_sealed ? behind(kept_end_q) : kept_end_q;
        kept_d = kept_q + (keep ? keeps : {ZERO[BITS-1:1], stores_sealed}) - {ZERO[BITS-1:1], fetch};
        end_d = stores && opened_q ? behind(end_q) : end_q;
        held_d = held_q + {ZERO[BITS-1:1], stores} - {ZERO[BITS-1:1], fetch};
        if (begins || stores_sealed) begin
            end_d = kept_end_d;
            held_d = kept_d;
        end
        room_d = held_q < ROOM_MAX;
        opened_d = in_valid && room_q ? !sealed_valid : opened_q;
        valid_d = fetch || (valid_q && !out_ready);
        bank_d = fetch ? head_q[BITS-1:WORD_BITS] : bank_q;
        if (reset) begin
            head_d = ZERO;
            kept_end_d = ZERO;
            end_d = ZERO;
            kept_d = ZERO;
            held_d = ZERO;
            valid_d = 1'b0;
        end
    end

    always @(posedge clk) begin
        head_q <= head_d;
        kept_end_q <= kept_end_d;
        end_q <= end_d;
        kept_q <= kept_d;
        held_q <= held_d;
        room_q <= room_d;
        opened_q <= opened_d;
        valid_q <= valid_d;
        bank_q <= bank_d;
    end

    wire unused = &{1'b0, word_ready, keep_words, 1'b0};
endmodule

`default_nettype wire
