// SPDX-License-Identifier: Apache-2.0
// Makes the words of a message out of its bytes, and pads it as SHA-1 and SHA-256 do (FIPS 180-4 section 5.1.1).
//
// A message has two ends. The public one is where bytes stop to come: what follows from there on are zeros, a word at a time, up
// to the end of the first block that has room for the padding. The other is where bytes stop to count, maybe earlier, and it is
// a secret: there the padding is put in the place of what comes, and blocks behind the one that holds the length are marked, to
// be discarded. Nothing but those words and that mark depends on it (P5).
`default_nettype none

module lk_mac_padding (
    input  wire        clk,
    input  wire        reset,
    input  wire        begins,        // pulse: a message begins
    input  wire [15:0] message_bytes, // how many there are before the padding; held
    input  wire        byte_valid,
    input  wire [7:0]  byte_in,
    input  wire        counts,        // with byte_valid: it is of the message
    input  wire        closes,        // with byte_valid: it is the one behind the public end
    input  wire        fills,         // after closes: a word of zeros
    input  wire [3:0]  word_index,    // where the word that is made stands in its block
    output wire        word_valid,    // in the same cycle
    output wire [31:0] word,          // first byte in [31:24]
    output wire        last_block,    // at word 15: this is the last block
    output wire        discard        // at word 15: this is a block behind the secret end
);
    reg [23:0] bytes_d, bytes_q = 24'd0;        // of the word, zeros behind them
    reg [1:0]  position_d, position_q = 2'd0;
    reg        padded_d, padded_q = 1'b0;       // the byte 0x80 has been put behind the last one that counts
    reg        closed_d, closed_q = 1'b0;       // the same of the public end
    reg        length_d, length_q = 1'b0;       // this block ends in the length
    reg        over_d, over_q = 1'b0;           // a block before this one did
    reg        last_d, last_q = 1'b0;

    wire       completes = byte_valid && (position_q == 2'd3 || closes);
    wire       decides = word_valid && word_index == 4'd13;  // room for the length needs words 14 and 15
    wire [7:0] put = !byte_valid ? 8'd0 : counts ? byte_in : {!padded_q, 7'd0};

    assign word_valid = completes || fills;
    assign last_block = last_q;
    assign discard = over_q;

    wire [31:0] assembled = {position_q == 2'd0 ? put : bytes_q[23:16], position_q == 2'd1 ? put : bytes_q[15:8],
                             position_q == 2'd2 ? put : bytes_q[7:0], position_q == 2'd3 ? put : 8'd0};
    assign word = word_index == 4'd15 && length_q ? {13'd0, message_bytes, 3'd0} : assembled;

    always @* begin
        bytes_d = word_valid ? 24'd0 : assembled[31:8];
        position_d = word_valid ? 2'd0 : position_q + {1'b0, byte_valid};
        padded_d = padded_q || (byte_valid && !counts);
        closed_d = closed_q || (byte_valid && closes);
        length_d = decides ? padded_d && !over_q : length_q;
        over_d = over_q || (word_valid && word_index == 4'd15 && length_q);
        last_d = decides ? closed_d : last_q;
        if (begins || reset) begin
            bytes_d = 24'd0;
            position_d = 2'd0;
            padded_d = 1'b0;
            closed_d = 1'b0;
            length_d = 1'b0;
            over_d = 1'b0;
            last_d = 1'b0;
        end
    end

    always @(posedge clk) begin
        bytes_q <= bytes_d;
        position_q <= position_d;
        padded_q <= padded_d;
        closed_q <= closed_d;
        length_q <= length_d;
        over_q <= over_d;
        last_q <= last_d;
    end
endmodule

`default_nettype wire
