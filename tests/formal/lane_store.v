// SPDX-License-Identifier: Apache-2.0
// P1 in lk_lane_store: no word of a record that is being opened leaves the ring before `keep` has released it, and as long as a word that may
// leave has not left, none is written over it.
//
// A word is watched, whichever it is, in a ring of 24 words. Assumed: keep releases no more words than the record has, and comes neither while a word comes nor while
// the next record begins (lane_control: a record is judged when its tag has come, behind all of its data).
//
// For words that come in any order: what lk_stream_widen does is free.
//
// method: induction 2
// cut: lk_stream_widen
// sees: fetch store.fetch
// sees: stores store.stores
// sees: opened store.opened_q
// sees: address store.store_address
// sees: head store.head_q
// sees: kept_end store.kept_end_q
// sees: end_now store.end_q
// sees: kept store.kept_q
// sees: held store.held_q
// mutation: sends_all record/lk_lane_store.v s/fetch = kept_q != ZERO/fetch = held_q != ZERO/
// mutation: keeps_more record/lk_lane_store.v s/(keep ? keeps :/(keep ? keeps + ONE :/
// mutation: keeps_all record/lk_lane_store.v s/stores_sealed = stores \&\& !opened_q/stores_sealed = stores/
// mutation: misplaces record/lk_lane_store.v s/end_d = kept_end_d;/end_d = head_d;/
// mutation: overruns record/lk_lane_store.v s/word_valid \&\& held_q != WORDS/word_valid/
// mutation: turns_late record/lk_lane_store.v s/address == WORDS - ONE/address == WORDS/
`default_nettype none

module formal_lane_store (
    input wire        clk,
    input wire        reset,
    input wire        begins,
    input wire [7:0]  sealed_data,
    input wire        sealed_last,
    input wire        sealed_valid,
    input wire [7:0]  opened_data,
    input wire        opened_last,
    input wire        opened_valid,
    input wire        keep,
    input wire [12:0] keep_words,
    input wire        out_ready
);
    localparam [5:0] WORDS = 6'd24;
    wire        sealed_ready, opened_ready, sealed_whole, full, out_valid, fetch, stores, opened;
    wire [4:0]  address, head, kept_end, end_now, kept, held;
    lk_lane_store #(.WORD_BITS(3)) store (
        .clk(clk), .reset(reset), .begins(begins), .sealed_data(sealed_data), .sealed_last(sealed_last), .sealed_valid(sealed_valid),
        .sealed_ready(sealed_ready), .opened_data(opened_data), .opened_last(opened_last), .opened_valid(opened_valid),
        .opened_ready(opened_ready), .sealed_whole(sealed_whole), .full(full), .keep(keep), .keep_words(keep_words),
        .out_valid(out_valid), .out_ready(out_ready));

    // How far an address is behind the head.
    (* anyconst *) wire [4:0] watched;
    function [5:0] distance;
        input [4:0] from;
        input [4:0] to;
        distance = to >= from ? {1'b0, to} - {1'b0, from} : {1'b0, to} + WORDS - {1'b0, from};
    endfunction
    function [5:0] turned;
        input [5:0] sum;
        turned = sum >= WORDS ? sum - WORDS : sum;
    endfunction
    wire [5:0] from_head = distance(head, watched), from_kept = distance(kept_end, watched);

    // What stands there: a word that nobody has released; one that may leave, and has not left.
    reg secret_q = 1'b0, waits_q = 1'b0;
    wire comes = stores && address == watched;
    wire released = keep && from_kept < {1'b0, keep_words[4:0]};
    always @(posedge clk) begin
        if (comes) secret_q <= opened;
        else if (released) secret_q <= 1'b0;
        waits_q <= (waits_q && !(fetch && head == watched)) || (comes && !opened) || released;
        if (reset) waits_q <= 1'b0;
    end

    always @* begin
        assume (watched < WORDS);
        if (keep) assume (!stores && !begins && keep_words <= 13'd16 && keep_words[4:0] <= held - kept);
        if (fetch && head == watched) assert (!secret_q && waits_q);
        if (comes) assert (!waits_q);
        // What makes the above inductive.
        assert (head < WORDS && kept_end < WORDS && end_now < WORDS && kept <= held && held <= WORDS);
        assert ({1'b0, kept_end} == turned({1'b0, head} + {1'b0, kept}) && {1'b0, end_now} == turned({1'b0, head} + {1'b0, held}));
        assert (waits_q == (from_head < {1'b0, kept}));
        if (waits_q) assert (!secret_q);
    end
endmodule

`default_nettype wire
