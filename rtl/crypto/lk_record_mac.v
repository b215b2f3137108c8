// SPDX-License-Identifier: Apache-2.0
// The MAC of a record: HMAC (RFC 2104) with SHA-1 or SHA-256 for TLS, and the MAC of SSL 3.0 (RFC 6101 section 5.2.3.1).
//
// Everything is a pass of the hash over some blocks. With a key, HMAC makes two passes of a block each, over the key with either
// pad, and keeps the states they end in; then the key is gone. A message takes an inner pass, which goes on from the first of
// these states, and an outer one over the digest. For SSL 3.0 either of them begins with the key, so that is what is kept.
// Between passes the states change places word by word: the one that was made goes out while the next goes in.
//
// Words of a block are put together while the block before it is compressed. How many cycles a message takes depends on
// stream_bytes, the hash and the version alone (P5): see lk_mac_padding.
`default_nettype none

module lk_record_mac #(
    parameter SHA1 = 1,
    parameter SHA256 = 1
) (
    input  wire         clk,
    input  wire         reset,
    // The key: five words with SHA-1, eight with SHA-256. Not while busy.
    input  wire         sha256,         // held with the words of the key and with start
    input  wire         ssl3,           // likewise
    input  wire         key_word_valid,
    input  wire [31:0]  key_word,       // first byte in [31:24]
    input  wire         key_wipe,       // pulse: zeros over the key and all that is made of it
    output wire         key_busy,
    // One message: the header of the MAC, then data.
    input  wire         start,          // pulse, not while key_busy or busy
    input  wire [103:0] header,         // sequence number, type, version (which SSL 3.0 leaves out), length; taken with start
    input  wire [14:0]  data_bytes,     // how many of the bytes that come count: a secret; taken with start
    input  wire [14:0]  stream_bytes,   // how many come, at least data_bytes; taken with start
    input  wire [7:0]   data_in,
    input  wire         data_valid,     // a byte moves when valid and ready
    output wire         data_ready,     // from registers alone
    output wire         busy,           // until mac_valid
    output wire         mac_valid,      // until the next start
    output wire [7:0]   mac_byte,       // with mac_valid: the next byte of the MAC
    input  wire         mac_taken       // with mac_valid: it is taken; as often as the MAC has bytes, or not at all
);
    localparam [3:0] IDLE = 4'd0, SWEEP = 4'd1, PREFIX = 4'd2, DIGEST = 4'd3, HEADER = 4'd4, DATA = 4'd5, CLOSE = 4'd6,
                     FILL = 4'd7, JOIN = 4'd8, TURN = 4'd9;
    localparam [2:0] KEY_INNER = 3'd0, KEY_OUTER = 3'd1, INNER = 3'd2, OUTER = 3'd3, KEY_DONE = 3'd4;
    localparam [3:0] HEADER_BYTES = 4'd13, HEADER_BYTES_SSL3 = 4'd11;
    localparam [15:0] BLOCK_BYTES = 16'd64, PREFIX_BYTES_SSL3 = 16'd60, DIGEST_BYTES = 16'd32, DIGEST_BYTES_SHA1 = 16'd20;

    reg [3:0]   step_d, step_q = SWEEP;                    // where the words of the block come from
    reg [2:0]   pass_d, pass_q = KEY_DONE;
    reg         sha256_d, sha256_q = 1'b0, ssl3_d, ssl3_q = 1'b0;
    reg [2:0]   key_index_d, key_index_q = 3'd0;
    reg         wiping_d, wiping_q = 1'b1;
    reg [3:0]   word_d, word_q = 4'd0;                     // of the block: the one that is next
    reg         full_d, full_q = 1'b0;                     // a block waits to be compressed
    reg         discard_d, discard_q = 1'b0;               // and its result is not wanted
    reg [3:0]   exchange_d, exchange_q = 4'd0;             // words of the state that have yet to change places
    reg [103:0] header_d, header_q = 104'd0;
    reg [3:0]   header_left_d, header_left_q = 4'd0;
    reg [14:0]  counted_left_d, counted_left_q = 15'd0;
    reg [14:0]  stream_left_d, stream_left_q = 15'd0;
    reg [15:0]  message_bytes_d, message_bytes_q = 16'd0;  // of the pass, without padding
    reg         mac_valid_d, mac_valid_q = 1'b0;
    reg [4:0]   mac_index_d, mac_index_q = 5'd0;

    wire        outer = pass_q[0];
    wire        chained = pass_q == OUTER && !ssl3_q;      // the block begins with the digest, which comes straight from the state
    wire [3:0]  words = sha256_q ? 4'd8 : 4'd5;            // of a state, a key and a MAC
    wire        exchanging = exchange_q != 4'd0;
    wire [2:0]  exchange_index = exchange_q[2:0] - 3'd1;
    wire        hash_ready, hash_sound;
    wire        hash_start = full_q && hash_ready && !exchanging;
    wire        done = !full_q && hash_ready && !exchanging;
    wire [31:0] state_out;

    // Key and states: in the lower half the key, then the outer state; in the upper half the inner state, or SSL 3.0's digest.
    reg  [31:0] memory[0:15];
    wire        word_of_key = word_q < words;
    wire        stale = word_q[2:0] >= words[2:0] && !sha256_q || (ssl3_q && word_q[3]);
    wire        keeps_state = exchanging && (pass_q == KEY_OUTER || pass_q == KEY_DONE || (pass_q == OUTER && ssl3_q));
    wire        takes_key = key_word_valid && step_q == IDLE;
    wire        memory_write = takes_key || keeps_state || (step_q == SWEEP && (wiping_q || stale));
    wire [3:0]  write_address = step_q == SWEEP ? word_q : takes_key ? {1'b0, key_index_q} : {pass_q != KEY_DONE, exchange_index};
    wire [31:0] memory_in = step_q == SWEEP ? 32'd0 : takes_key ? key_word : state_out;
    wire [3:0]  read_address = step_q == PREFIX ? {1'b0, word_q[2:0]} : step_q == DIGEST ? {1'b1, word_q[2:0] + 3'd1} :
                               {!outer, exchange_index};
    wire [31:0] remembered = memory[read_address];
    always @(posedge clk) if (memory_write) memory[write_address] <= memory_in;

    // Bytes of the message.
    wire        byte_valid = !full_q && (step_q == HEADER || (step_q == DATA && data_valid) || step_q == CLOSE);
    wire        counts = step_q == HEADER || (step_q == DATA && counted_left_q != 15'd0);
    wire        fills = !full_q && step_q == FILL;
    wire        pads_begin = start || step_q == TURN;
    wire        padded_valid, last_block, discard;
    wire [31:0] padded;
    lk_mac_padding padding (
        .clk(clk), .reset(reset || key_wipe), .begins(pads_begin), .message_bytes(message_bytes_q), .byte_valid(byte_valid),
        .byte_in(step_q == HEADER ? header_q[103:96] : data_in), .counts(counts), .closes(step_q == CLOSE), .fills(fills),
        .word_index(word_q), .word_valid(padded_valid), .word(padded), .last_block(last_block), .discard(discard));

    // The block. A word that has been read may be overwritten: the hash reads one in each cycle, from the first on.
    reg  [31:0] block[0:15];
    wire        prefixes = !full_q && (step_q == PREFIX || step_q == DIGEST);
    wire        bare = step_q == DIGEST || (ssl3_q && word_of_key);
    wire [31:0] pad = bare ? 32'd0 : outer ? 32'h5c5c5c5c : 32'h36363636;
    wire [31:0] prefix = (word_of_key || step_q == DIGEST ? remembered : 32'd0) ^ pad;
    wire        puts = prefixes || padded_valid;
    wire        puts_last = puts && word_q == 4'd15;
    wire        block_write = puts || step_q == JOIN || step_q == SWEEP;
    wire [3:0]  block_address = step_q == JOIN ? {1'b0, exchange_index} : word_q;
    wire [31:0] block_in = (step_q == JOIN ? state_out : 32'd0) | (prefixes ? prefix : 32'd0) | (padded_valid ? padded : 32'd0);
    wire [3:0]  hash_word_index;
    always @(posedge clk) if (block_write) block[block_address] <= block_in;

    lk_hash #(.SHA1(SHA1), .SHA256(SHA256)) hash (
        .clk(clk), .reset(reset || takes_key || step_q == SWEEP), .sha256(sha256_q), .initial_state(!pass_q[1] || ssl3_q),
        .state_index(exchange_index), .state_shift(exchanging), .state_in(remembered), .state_out(state_out),
        .byte_half(mac_index_q[4]), .byte_place(mac_index_q[1:0]), .byte_taken(mac_taken && mac_valid), .state_byte(mac_byte),
        .start(hash_start), .discard(discard_q), .may_discard(!outer), .ready(hash_ready), .sound(hash_sound),
        .word_index(hash_word_index), .word(block[hash_word_index]));

    assign data_ready = step_q == DATA && !full_q;
    // Without its last block, the state would be that which HMAC's key leads to, as good as the key.
    wire sound;
    lk_guard #(.WIDTH(15), .INITIAL({SWEEP, KEY_DONE, 8'd0})) guard (
        .clk(clk), .reset(reset), .next({step_d, pass_d, exchange_d, full_d, sha256_d, ssl3_d, mac_valid_d}),
        .now({step_q, pass_q, exchange_q, full_q, sha256_q, ssl3_q, mac_valid_q}), .sound(sound));
    assign mac_valid = mac_valid_q && sound && hash_sound;
    assign busy = step_q != IDLE && pass_q[1];
    assign key_busy = (step_q != IDLE && !pass_q[1]) || key_index_q != 3'd0;

    // Steps and passes.
    wire last_key_word = takes_key && key_index_q == (sha256 ? 3'd7 : 3'd4);
    wire joins = step_q == JOIN && exchange_q == 4'd1;
    always @* begin
        step_d = step_q;
        pass_d = pass_q;
        word_d = word_q + {3'd0, puts || step_q == SWEEP};
        exchange_d = exchange_q - {3'd0, exchanging};
        mac_valid_d = mac_valid_q && !takes_key;
        case (step_q)
            IDLE: begin
                if (last_key_word) begin
                    step_d = ssl3 ? SWEEP : PREFIX;
                    pass_d = KEY_INNER;
                end
                if (start) begin
                    step_d = ssl3 ? PREFIX : HEADER;
                    pass_d = INNER;
                    mac_valid_d = 1'b0;
                end
                if (last_key_word || start) exchange_d = sha256 ? 4'd8 : 4'd5;
            end
            PREFIX: begin
                if (puts_last) step_d = TURN;
                else if (ssl3_q && word_q == 4'd14) step_d = outer ? DIGEST : HEADER;
            end
            DIGEST: if (puts && word_q == 4'd3) step_d = CLOSE;
            HEADER: if (byte_valid && header_left_q == 4'd1) step_d = stream_left_q == 15'd0 ? CLOSE : DATA;
            DATA: if (byte_valid && stream_left_q == 15'd1) step_d = CLOSE;
            CLOSE: if (byte_valid) step_d = FILL;
            FILL: if (puts_last && last_block) step_d = TURN;
            JOIN: begin
                if (joins) begin
                    step_d = CLOSE;
                    word_d = words;
                end
            end
            TURN: begin
                if (done) begin
                    exchange_d = words;
                    case (pass_q)
                        KEY_INNER: begin
                            step_d = PREFIX;
                            pass_d = KEY_OUTER;
                        end
                        KEY_OUTER: pass_d = KEY_DONE;
                        INNER: begin
                            step_d = ssl3_q ? PREFIX : JOIN;
                            pass_d = OUTER;
                        end
                        OUTER: begin
                            step_d = IDLE;
                            exchange_d = 4'd0;
                            mac_valid_d = 1'b1;
                        end
                        default: begin
                            step_d = SWEEP;
                            exchange_d = 4'd0;
                        end
                    endcase
                end
            end
            default: if (word_q == 4'd15) step_d = IDLE;
        endcase
        if (reset || key_wipe) begin
            step_d = SWEEP;
            pass_d = KEY_DONE;
            word_d = 4'd0;
            exchange_d = 4'd0;
            mac_valid_d = 1'b0;
        end
    end

    always @* begin
        full_d = (full_q && !hash_start) || (puts_last && !chained) || joins;
        discard_d = puts_last ? discard : discard_q && !joins;
        key_index_d = last_key_word ? 3'd0 : key_index_q + {2'd0, takes_key};
        wiping_d = wiping_q && step_q == SWEEP;
        if (reset || key_wipe) begin
            full_d = 1'b0;
            key_index_d = 3'd0;
            wiping_d = 1'b1;
        end
    end

    always @* begin
        sha256_d = sha256_q;
        ssl3_d = ssl3_q;
        header_d = header_q;
        header_left_d = header_left_q;
        counted_left_d = counted_left_q;
        stream_left_d = stream_left_q;
        message_bytes_d = message_bytes_q;
        mac_index_d = start ? 5'd0 : mac_index_q + {4'd0, mac_taken && mac_valid};
        if (takes_key || start) begin
            sha256_d = sha256;
            ssl3_d = ssl3;
        end
        if (start) begin
            header_d = ssl3 ? {header[103:32], header[15:0], 16'd0} : header;
            header_left_d = ssl3 ? HEADER_BYTES_SSL3 : HEADER_BYTES;
            counted_left_d = data_bytes;
            stream_left_d = stream_bytes;
            message_bytes_d = {1'b0, data_bytes} + (ssl3 ? PREFIX_BYTES_SSL3 + {12'd0, HEADER_BYTES_SSL3} :
                                                    BLOCK_BYTES + {12'd0, HEADER_BYTES});
        end else if (step_q == TURN) begin
            message_bytes_d = (ssl3_q ? PREFIX_BYTES_SSL3 : BLOCK_BYTES) + (sha256_q ? DIGEST_BYTES : DIGEST_BYTES_SHA1);
        end else if (byte_valid && step_q == HEADER) begin
            header_d = {header_q[95:0], 8'd0};
            header_left_d = header_left_q - 4'd1;
        end else if (byte_valid && step_q == DATA) begin
            counted_left_d = counted_left_q - {14'd0, counts};
            stream_left_d = stream_left_q - 15'd1;
        end
    end

    always @(posedge clk) begin
        step_q <= step_d;
        pass_q <= pass_d;
        sha256_q <= sha256_d;
        ssl3_q <= ssl3_d;
        key_index_q <= key_index_d;
        wiping_q <= wiping_d;
        word_q <= word_d;
        full_q <= full_d;
        discard_q <= discard_d;
        exchange_q <= exchange_d;
        header_q <= header_d;
        header_left_q <= header_left_d;
        counted_left_q <= counted_left_d;
        stream_left_q <= stream_left_d;
        message_bytes_q <= message_bytes_d;
        mac_valid_q <= mac_valid_d;
        mac_index_q <= mac_index_d;
    end
endmodule

`default_nettype wire
