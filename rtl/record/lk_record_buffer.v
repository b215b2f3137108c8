// SPDX-License-Identifier: Apache-2.0
// Banks of block RAM for the plaintext of records that are being opened: one is filled while another is verified, and another
// is sent. Bytes come in by the lane's rate, words go out as a stream. A bank holds 16384 bytes. What lies beyond, the content
// type of a full record, is not stored; of a record that is verified from here, MAC and padding may lie there, and stand
// in a memory of their own.
//
// A bank that has been filled is sent only after `keep`; without it, a later record is written over it (P1).
`default_nettype none

module lk_record_buffer #(
    parameter VERIFIES = 1           // records are verified from here: three banks; otherwise two
) (
    input  wire        clk,
    input  wire        reset,
    output wire        bank_free,    // there is one to fill
    input  wire        fill_begins,  // pulse: the next byte is the first of a record
    input  wire [7:0]  in_data,
    input  wire        in_last,
    input  wire        in_valid,     // taken at once
    // The bank filled last holds a record that is verified from here, until keep or drop, with verified.
    input  wire        hand_on,      // pulse
    input  wire [14:0] read_index,
    output wire [7:0]  read_byte,    // of the cycle before
    input  wire        verified,     // with keep: it is the bank that was verified, not the one filled last
    input  wire        keep,         // pulse: the bank holds a record to send
    input  wire        drop,         // pulse: the bank that was verified does not
    input  wire        send_begins,  // pulse: send that many words of the oldest bank kept
    input  wire [12:0] send_words,
    output wire [31:0] out_data,
    output wire        out_valid,
    input  wire        out_ready,
    input  wire        sent          // pulse: the oldest bank kept is free again
);
    localparam BANKS = VERIFIES != 0 ? 3 : 2;

    function [2:0] place_of;  // a bank's bit
        input [1:0] of_bank;
        place_of = {of_bank == 2'd2, of_bank == 2'd1, of_bank == 2'd0};
    endfunction

    reg [12:0] fill_d, fill_q = 13'd0;                      // the word that is filled next; from 4096 on past the end
    reg [1:0]  fill_bank_d, fill_bank_q = 2'd0;
    reg [1:0]  verify_bank_d, verify_bank_q = 2'd0;
    reg [2:0]  taken_d, taken_q = 3'd0;                     // banks that hold a record to verify or to send
    reg [5:0]  kept_banks_d, kept_banks_q = 6'd0;           // to send, the oldest lowest
    reg [1:0]  kept_d, kept_q = 2'd0;
    reg [11:0] send_d, send_q = 12'd0;                      // the word that is read next
    reg [12:0] left_d, left_q = 13'd0;
    reg        valid_d, valid_q = 1'b0;
    reg [2:0]  place_q = 3'd0;                              // of the byte that is read: beyond the bank, which of its word

    wire [31:0] filled;
    wire        filled_last, filled_valid, filled_ready;
    lk_stream_widen widen (
        .clk(clk), .reset(reset || fill_begins), .in_data(in_data), .in_last(in_last), .in_valid(in_valid), .in_ready(filled_ready),
        .out_data(filled), .out_last(filled_last), .out_valid(filled_valid), .out_ready(1'b1));

    wire       store = filled_valid && !fill_q[12];
    wire       fetch = left_q != 13'd0 && (!valid_q || out_ready);
    wire [1:0] send_bank = kept_banks_q[1:0];
    wire [1:0] keep_bank = verified ? verify_bank_q : fill_bank_q;
    wire [1:0] free_bank = !taken_q[0] ? 2'd0 : !taken_q[1] ? 2'd1 : 2'd2;
    assign bank_free = !(taken_q[0] && taken_q[1] && (taken_q[2] || BANKS == 2));

    // A bank is read for one purpose at a time.
    wire [32*BANKS-1:0] words;
    genvar              i;
    generate
        for (i = 0; i < BANKS; i = i + 1) begin : bank
            // A word is never written while it is read: no_rw_check leaves out logic for that case.
            (* no_rw_check *) reg [31:0] memory[0:4095];
            reg [31:0]  word_q = 32'd0;
            wire        sends = send_bank == i && left_q != 13'd0;
            wire [11:0] read_address = sends ? send_q : read_index[13:2];
            assign words[32*i+:32] = word_q;
            always @(posedge clk) begin
                if (store && fill_bank_q == i) memory[fill_q[11:0]] <= filled;
                if (sends ? fetch : !(send_bank == i && valid_q)) word_q <= memory[read_address];
            end
        end
        if (VERIFIES != 0) begin : tail
            // MAC and padding, at most 32 and 256 bytes.
            (* no_rw_check *) reg [31:0] memory[0:511];
            reg [31:0]  word_q = 32'd0;
            // The byte of each word comes first: then there are eight bits to choose from banks.
            wire [7:0]  first_byte = words[8*place_q[1:0]+:8], second_byte = words[32+8*place_q[1:0]+:8];
            wire [7:0]  third_byte = words[64+8*place_q[1:0]+:8], tail_byte = word_q[8*place_q[1:0]+:8];
            assign read_byte = place_q[2] ? tail_byte : verify_bank_q == 2'd0 ? first_byte
                             : verify_bank_q == 2'd1 ? second_byte : third_byte;
            always @(posedge clk) begin
                if (filled_valid && fill_q[12]) memory[{fill_bank_q, fill_q[6:0]}] <= filled;
                word_q <= memory[{verify_bank_q, read_index[8:2]}];
            end
            assign out_data = send_bank == 2'd0 ? words[31:0] : send_bank == 2'd1 ? words[63:32] : words[95:64];
        end else begin : no_tail
            assign read_byte = 8'd0;
            assign out_data = send_bank == 2'd0 ? words[31:0] : words[63:32];
            wire unused = &{1'b0, place_q, 1'b0};
        end
    endgenerate
    assign out_valid = valid_q && sound;

    // Which bank, and how much of it: when one of these registers is not what it should be, nothing leaves any more (P1).
    wire sound;
    lk_guard #(.WIDTH(54)) guard (
        .clk(clk), .reset(reset),
        .next({fill_d, fill_bank_d, verify_bank_d, taken_d, kept_banks_d, kept_d, send_d, left_d, valid_d}),
        .now({fill_q, fill_bank_q, verify_bank_q, taken_q, kept_banks_q, kept_q, send_q, left_q, valid_q}), .sound(sound));

    always @* begin
        fill_d = fill_begins ? 13'd0 : fill_q + {12'd0, filled_valid && (store || VERIFIES != 0)};
        fill_bank_d = fill_begins ? free_bank : fill_bank_q;
        verify_bank_d = hand_on ? fill_bank_q : verify_bank_q;
        taken_d = taken_q;
        if (hand_on) taken_d = taken_d | place_of(fill_bank_q);
        if (keep) taken_d = taken_d | place_of(keep_bank);
        if (drop) taken_d = taken_d & ~place_of(verify_bank_q);
        if (sent) taken_d = taken_d & ~place_of(send_bank);
        kept_d = kept_q + {1'b0, keep} - {1'b0, sent};
        kept_banks_d = sent ? {2'd0, kept_banks_q[5:2]} : kept_banks_q;
        if (keep) begin
            case (kept_q - {1'b0, sent})
                2'd0: kept_banks_d[1:0] = keep_bank;
                2'd1: kept_banks_d[3:2] = keep_bank;
                default: kept_banks_d[5:4] = keep_bank;
            endcase
        end
        send_d = send_q + {11'd0, fetch};
        left_d = left_q - {12'd0, fetch};
        valid_d = fetch || (valid_q && !out_ready);
        if (send_begins) begin
            send_d = 12'd0;
            left_d = send_words;
        end
        if (reset) begin
            taken_d = 3'd0;
            kept_d = 2'd0;
            left_d = 13'd0;
            valid_d = 1'b0;
        end
    end

    always @(posedge clk) begin
        fill_q <= fill_d;
        fill_bank_q <= fill_bank_d;
        verify_bank_q <= verify_bank_d;
        taken_q <= taken_d;
        kept_banks_q <= kept_banks_d;
        kept_q <= kept_d;
        send_q <= send_d;
        left_q <= left_d;
        valid_q <= valid_d;
        place_q <= {read_index[14], read_index[1:0]};
    end

`ifdef FORMAL
    always @(posedge clk) if (!reset) begin
        if (keep) assume (verified || bank_free);
        if (sent) assume (kept_q != 2'd0);
        if (send_begins) assert (kept_q != 2'd0);  // P1
    end
`endif

    wire unused = &{1'b0, filled_last, filled_ready, read_index, 1'b0};
endmodule

`default_nettype wire
