// SPDX-License-Identifier: Apache-2.0
// ChaCha20 blocks (RFC 8439 section 2.3), counted from 0, two quarter rounds a cycle: 40 cycles a block, and up to eight blocks
// made before they are taken. When all blocks of a message have begun, the first ones of the next are made, for the nonce that is
// expected; a start with that nonce finds them there. When a word is there depends on the numbers of blocks, on when words are
// taken, and on whether a nonce was expected, and on no secret (P5).
//
// Two blocks are in work, by turns, two cycles each, for a round is ready for the next after four. In its first cycle a block's
// quarter rounds 0 and 2 begin, in the second 1 and 3. b stays where it is from round to round; between columns and diagonals,
// a and c go to a neighbour, which begins in the other cycle, d to the other unit.
`default_nettype none

module lk_chacha20 (
    input  wire        clk,
    input  wire        reset,
    input  wire        key_word_valid, // eight of them make a key
    input  wire [31:0] key_word,       // first byte in [31:24]
    input  wire        key_wipe,       // pulse: zeros over key, state and blocks
    output wire        key_busy,
    input  wire        start,          // pulse, while not key_busy: what is left of other blocks is dropped
    input  wire [95:0] nonce,          // first byte in [95:88]; this and the next two are taken in the cycle after start
    input  wire [15:0] next_nonce,     // the last two bytes of the nonce that is expected next; the others stay
    input  wire [9:0]  blocks,         // how many are wanted: one or more
    output wire        word_valid,
    output wire [31:0] word,           // sixteen a block; first byte in [31:24]
    input  wire        word_taken,
    input  wire        block_taken     // with word_taken: the rest of this block is dropped
);
    localparam [4:0] LAST_ROUND = 5'd19;
    localparam [2:0] AHEAD_MAX = 3'd4;      // blocks of a message that has not started

    // "expand 32-byte k"
    function [31:0] constant;
        input [1:0] index;
        case (index)
            2'd0: constant = 32'h61707865;
            2'd1: constant = 32'h3320646e;
            2'd2: constant = 32'h79622d32;
            default: constant = 32'h6b206574;
        endcase
    endfunction

    // Words are little-endian; the ports have the first byte highest.
    function [31:0] swap;
        input [31:0] in;
        swap = {in[7:0], in[15:8], in[23:16], in[31:24]};
    endfunction

    // The message, and the nonce expected after it.
    reg         live_d, live_q = 1'b0;               // there is one
    reg         check_d, check_q = 1'b0;             // the cycle after start
    reg         expected_d, expected_q = 1'b0;       // its nonce was
    reg [95:0]  nonce_d, nonce_q = 96'd0;
    reg [15:0]  next_nonce_d, next_nonce_q = 16'd0;
    reg [9:0]   blocks_d, blocks_q = 10'd0;
    // Blocks: the next one to begin, places in the buffer (a bit more than an address).
    reg         ahead_d, ahead_q = 1'b0;             // it is of the next message
    reg [9:0]   counter_d, counter_q = 10'd0;
    reg [3:0]   begun_d, begun_q = 4'd0;             // its place
    reg [3:0]   made_d, made_q = 4'd0;               // the place behind what has been made,
    reg [3:0]   read_d, read_q = 4'd0;               // of what is taken now,
    reg [3:0]   ahead_place_d, ahead_place_q = 4'd0; // of block 0 of the next message
    // Which quarter rounds begin: bit 1 is the block, bit 0 the cycle. Of each of the two blocks: whether it is one, round, place.
    reg [1:0]   phase_q = 2'd0;
    reg [1:0]   busy_d, busy_q = 2'd0;
    reg [4:0]   first_round_d, first_round_q = 5'd0, second_round_d, second_round_q = 5'd0;
    reg [2:0]   first_place_d, first_place_q = 3'd0, second_place_d, second_place_q = 3'd0;
    // What goes in, in the first round.
    reg         enters_d, enters_q = 1'b0, entered_q = 1'b0;
    reg         entering_ahead_d, entering_ahead_q = 1'b0;
    reg [9:0]   entering_counter_d, entering_counter_q = 10'd0;
    // Key and wiping.
    reg [255:0] key_d, key_q = 256'd0;
    reg [2:0]   key_index_d, key_index_q = 3'd0;
    reg         wiping_d, wiping_q = 1'b0;
    reg [3:0]   wipe_index_d, wipe_index_q = 4'd0;
    // The word that goes out.
    reg [9:0]   out_counter_d, out_counter_q = 10'd0;
    reg [3:0]   out_index_d, out_index_q = 4'd0;

    wire       forgets = reset || key_wipe;
    wire       drops = forgets || key_word_valid || (check_q && !expected_q);
    wire       second_cycle = phase_q[0];
    wire [4:0] round = phase_q[1] ? second_round_q : first_round_q;
    wire [2:0] place = phase_q[1] ? second_place_q : first_place_q;
    wire       round_ends = second_cycle && busy_q[phase_q[1]];
    wire       last_round = busy_q[phase_q[1]] && round == LAST_ROUND;

    // Whether the other block begins, in the next cycle.
    wire [2:0] ahead_blocks = |blocks_q[9:2] ? AHEAD_MAX : {1'b0, blocks_q[1:0]};
    wire       all_begun = !ahead_q && counter_q >= blocks_q;
    wire       wanted = ahead_q ? counter_q[2:0] != ahead_blocks : !all_begun;
    wire       full = begun_q == {!read_q[3], read_q[2:0]};
    wire       begins = second_cycle && !busy_q[~phase_q[1]] && live_q && wanted && !full && !start && !check_q && !drops;

    // Two units. Into a diagonal round (an odd one), the first cycle takes a of the other unit and c of its own, the second a of
    // its own and c of the other; into a column round it is the other way around.
    wire        odd_round = round[0];
    wire        a_round = phase_q[1] ^ phase_q[0] ? second_round_q[0] : first_round_q[0];
    wire        a_crosses = a_round ^ second_cycle;
    wire        c_crosses = odd_round ^ second_cycle;
    wire [31:0] entering_nonce = {nonce_q[31:16], entering_ahead_q ? next_nonce_q : nonce_q[15:0]};
    wire [63:0] a_made, b_made, c_made, d_made;      // unit 0 lowest
    reg  [63:0] d_waits_q = 64'd0;
    wire [63:0] a_mixed, b_mixed, c_mixed, d_mixed;  // in the buffer

    // Words of the last round go to the buffer: a and d three cycles after the quarter round began, b and c four.
    reg [4:1]  last_d, last_q = 4'd0;
    reg [3:0]  place1_q = 4'd0, place2_q = 4'd0, place3_q = 4'd0, place4_q = 4'd0;
    wire       stores_ad = last_q[3] || wiping_q;
    wire       stores_bc = last_q[4] || wiping_q;
    wire [3:0] ad_place = wiping_q ? wipe_index_q : place3_q;
    wire [3:0] bc_place = wiping_q ? wipe_index_q : place4_q;
    wire [3:0] out_place;

    genvar unit;
    generate
        for (unit = 0; unit < 2; unit = unit + 1) begin : units
            localparam OWN = 32 * unit, OTHER = 32 - OWN;
            localparam [1:0] FIRST = unit == 0 ? 2'd0 : 2'd2, SECOND = unit == 0 ? 2'd1 : 2'd3;  // columns that enter here
            reg [31:0] a4_q = 32'd0, a5_q = 32'd0, c5_q = 32'd0, c6_q = 32'd0;
            reg [31:0] a_buffer[0:15];
            reg [31:0] b_buffer[0:15];
            reg [31:0] c_buffer[0:15];
            reg [31:0] d_buffer[0:15];

            wire [31:0] a_comes = a_crosses ? a_made[OTHER+:32] : a_made[OWN+:32];
            wire [31:0] c_comes = c_crosses ? c_made[OTHER+:32] : c_made[OWN+:32];
            wire [31:0] b_enters = second_cycle ? key_q[32*SECOND+:32] : key_q[32*FIRST+:32];
            wire [31:0] c_enters = second_cycle ? key_q[128+32*FIRST+:32] : key_q[128+32*SECOND+:32];
            wire [31:0] d_enters = unit == 0 ? (second_cycle ? swap(nonce_q[95:64]) : {22'd0, entering_counter_q})
                                             : swap(second_cycle ? entering_nonce : nonce_q[63:32]);
            wire [31:0] a = enters_q ? constant(second_cycle ? SECOND : FIRST) : second_cycle ? a5_q : a_comes;
            wire [31:0] b = enters_q ? b_enters : b_made[OWN+:32];
            wire [31:0] d = enters_q ? d_enters : d_waits_q[OTHER+:32];
            wire [31:0] c = entered_q ? c_enters : second_cycle ? c_comes : c6_q;  // of those that began in the cycle before

            lk_chacha20_quarter_round quarter_round (
                .clk(clk), .reset(forgets), .a(a), .b(b), .d(d), .c(c), .a_out(a_made[OWN+:32]), .d_out(d_made[OWN+:32]),
                .b_out(b_made[OWN+:32]), .c_out(c_made[OWN+:32]));

            assign a_mixed[OWN+:32] = a_buffer[out_place];
            assign b_mixed[OWN+:32] = b_buffer[out_place];
            assign c_mixed[OWN+:32] = c_buffer[out_place];
            assign d_mixed[OWN+:32] = d_buffer[out_place];

            always @(posedge clk) begin
                a4_q <= a_comes;
                a5_q <= a4_q;
                c5_q <= c_comes;
                c6_q <= c5_q;
                d_waits_q[OWN+:32] <= d_made[OWN+:32];
                if (forgets) begin
                    {a4_q, a5_q, c5_q, c6_q} <= 128'd0;
                    d_waits_q[OWN+:32] <= 32'd0;
                end
                if (stores_ad) a_buffer[ad_place] <= a_made[OWN+:32];
                if (stores_bc) b_buffer[bc_place] <= b_made[OWN+:32];
                if (stores_bc) c_buffer[bc_place] <= c_made[OWN+:32];
                if (stores_ad) d_buffer[ad_place] <= d_made[OWN+:32];
            end
        end
    endgenerate

    // Out: the word and what it began as. Words have changed places with the last diagonals.
    reg  [31:0] key_copy[0:7];
    wire [1:0]  column = out_index_q[1:0];
    wire        same_bits = column[1] == column[0];
    wire [31:0] key_word_out = key_copy[{!out_index_q[2], column}];
    reg  [31:0] mixed, initial_word;
    assign out_place = {read_q[2:0], column[0] == out_index_q[2]};
    always @* begin
        case (out_index_q[3:2])
            2'd0: mixed = same_bits ? a_mixed[31:0] : a_mixed[63:32];
            2'd1: mixed = column[1] ? b_mixed[63:32] : b_mixed[31:0];
            2'd2: mixed = same_bits ? c_mixed[63:32] : c_mixed[31:0];
            default: mixed = column[1] ? d_mixed[31:0] : d_mixed[63:32];
        endcase
        case (out_index_q[3:2])
            2'd0: initial_word = constant(column);
            2'd3: case (column)
                2'd0: initial_word = {22'd0, out_counter_q};
                2'd1: initial_word = swap(nonce_q[95:64]);
                2'd2: initial_word = swap(nonce_q[63:32]);
                default: initial_word = swap(nonce_q[31:0]);
            endcase
            default: initial_word = key_word_out;
        endcase
    end
    assign word = swap(mixed + initial_word);
    // Blocks that were made and not taken: one to eight. The place of an expected message can be beyond what has been made.
    wire [3:0]  waiting = made_q - read_q;
    assign word_valid = waiting != 4'd0 && waiting <= 4'd8 && !(ahead_q && read_q == ahead_place_q) && !check_q;
    assign key_busy = wiping_q || key_index_q != 3'd0;

    always @(posedge clk)
        if (key_word_valid || wiping_q) key_copy[wiping_q ? wipe_index_q[2:0] : key_index_q] <= wiping_q ? 32'd0 : swap(key_word);

    always @* begin
        live_d = (live_q || check_q) && !forgets && !key_word_valid;
        check_d = start && !forgets;
        expected_d = live_q && ahead_q && nonce == {nonce_q[95:16], next_nonce_q};
        nonce_d = check_q ? nonce : nonce_q;
        next_nonce_d = check_q ? next_nonce : next_nonce_q;
        blocks_d = check_q ? blocks : blocks_q;
    end

    always @* begin
        ahead_d = ahead_q;
        counter_d = counter_q;
        begun_d = begun_q;
        ahead_place_d = ahead_place_q;
        if (check_q) begin
            ahead_d = 1'b0;
        end else if (live_q && all_begun) begin
            ahead_d = 1'b1;
            counter_d = 10'd0;
            ahead_place_d = begun_q;
        end
        if (begins) begin
            counter_d = counter_q + 10'd1;
            begun_d = begun_q + 4'd1;
        end
        if (drops) begin
            ahead_d = 1'b0;
            counter_d = 10'd0;
            begun_d = 4'd0;
        end
    end

    always @* begin
        busy_d = busy_q;
        first_round_d = first_round_q;
        second_round_d = second_round_q;
        first_place_d = first_place_q;
        second_place_d = second_place_q;
        enters_d = second_cycle ? begins : enters_q;
        entering_ahead_d = second_cycle ? ahead_q : entering_ahead_q;
        entering_counter_d = second_cycle ? counter_q : entering_counter_q;
        if (round_ends) begin
            busy_d[phase_q[1]] = round != LAST_ROUND;
            if (phase_q[1]) second_round_d = second_round_q + 5'd1;
            else first_round_d = first_round_q + 5'd1;
        end
        if (begins) begin
            busy_d[~phase_q[1]] = 1'b1;
            if (phase_q[1]) begin
                first_round_d = 5'd0;
                first_place_d = begun_q[2:0];
            end else begin
                second_round_d = 5'd0;
                second_place_d = begun_q[2:0];
            end
        end
        last_d = {last_q[3:1], last_round};
        if (drops) begin
            busy_d = 2'd0;
            last_d = 4'd0;
        end
        if (forgets) enters_d = 1'b0;
    end

    always @* begin
        made_d = made_q + {3'd0, last_q[4] && place4_q[0]};
        read_d = read_q;
        out_counter_d = out_counter_q;
        out_index_d = out_index_q;
        if (word_valid && word_taken) begin
            out_index_d = out_index_q + 4'd1;
            if (block_taken || out_index_q == 4'd15) begin
                out_index_d = 4'd0;
                out_counter_d = out_counter_q + 10'd1;
                read_d = read_q + 4'd1;
            end
        end
        if (check_q) begin
            out_counter_d = 10'd0;
            out_index_d = 4'd0;
            read_d = ahead_place_q;
        end
        if (drops) begin
            made_d = 4'd0;
            read_d = 4'd0;
        end
    end

    always @* begin
        key_d = key_word_valid ? {swap(key_word), key_q[255:32]} : key_q;
        key_index_d = key_index_q + {2'd0, key_word_valid};
        wiping_d = wiping_q && wipe_index_q != 4'd15;
        wipe_index_d = wipe_index_q + 4'd1;
        if (forgets) begin
            key_d = 256'd0;
            key_index_d = 3'd0;
            wiping_d = 1'b1;
            wipe_index_d = 4'd0;
        end
    end

    always @(posedge clk) begin
        live_q <= live_d;
        check_q <= check_d;
        expected_q <= expected_d;
        nonce_q <= nonce_d;
        next_nonce_q <= next_nonce_d;
        blocks_q <= blocks_d;
        ahead_q <= ahead_d;
        counter_q <= counter_d;
        begun_q <= begun_d;
        made_q <= made_d;
        read_q <= read_d;
        ahead_place_q <= ahead_place_d;
        phase_q <= drops ? 2'd1 : phase_q + 2'd1;
        busy_q <= busy_d;
        first_round_q <= first_round_d;
        second_round_q <= second_round_d;
        first_place_q <= first_place_d;
        second_place_q <= second_place_d;
        enters_q <= enters_d;
        entered_q <= enters_q && !forgets;
        entering_ahead_q <= entering_ahead_d;
        entering_counter_q <= entering_counter_d;
        last_q <= last_d;
        place1_q <= {place, second_cycle};
        place2_q <= place1_q;
        place3_q <= place2_q;
        place4_q <= place3_q;
        key_q <= key_d;
        key_index_q <= key_index_d;
        wiping_q <= wiping_d;
        wipe_index_q <= wipe_index_d;
        out_counter_q <= out_counter_d;
        out_index_q <= out_index_d;
    end
endmodule

`default_nettype wire
