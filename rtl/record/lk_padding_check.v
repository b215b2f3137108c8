// SPDX-License-Identifier: Apache-2.0
// Judges the padding at the end of what CBC has decrypted, as its bytes go by (RFC 5246 section 6.2.3.2: each byte of padding says
// how many there are, not counting itself). The last byte says p; so the padding is right when it ends a run of at least p + 1
// equal bytes. A run is counted in each cycle, whatever comes: the time is always the same (P5). SSL 3.0 leaves it open what
// the padding holds, and allows a block of it at most (RFC 6101 section 5.2.3.2).
`default_nettype none

module lk_padding_check (
    input  wire        clk,
    input  wire        begins,       // pulse
    input  wire        ssl3,         // taken with begins
    input  wire [14:0] most,         // how many bytes may be padding: all, but for the MAC in front of it; taken with begins
    input  wire [7:0]  data,
    input  wire        valid,
    // Of what had come a cycle before. They are secret.
    output wire        good,
    output wire [14:0] content_bytes // what is left without padding; when it is not good, `most`
);
    localparam [8:0] RUN_MAX = 9'd256;

    reg        ssl3_d, ssl3_q = 1'b0;
    reg [14:0] most_d, most_q = 15'd0;
    reg [7:0]  last_d, last_q = 8'd0;
    reg [8:0]  run_d, run_q = 9'd0;  // 0: no byte has come

    reg        good_d, good_q = 1'b0;
    reg [14:0] content_d, content_q = 15'd0;

    wire [14:0] padding = {7'd0, last_q} + 15'd1;
    assign good = good_q;
    assign content_bytes = content_q;

    always @* begin
        good_d = padding <= most_q && (ssl3_q ? last_q[7:4] == 4'd0 : {6'd0, run_q} >= padding);
        content_d = most_q - (good_d ? padding : 15'd0);
        ssl3_d = begins ? ssl3 : ssl3_q;
        most_d = begins ? most : most_q;
        last_d = valid ? data : last_q;
        run_d = run_q;
        if (begins) run_d = 9'd0;
        else if (valid && (data != last_q || run_q == 9'd0)) run_d = 9'd1;
        else if (valid && run_q != RUN_MAX) run_d = run_q + 9'd1;
    end

    always @(posedge clk) begin
        ssl3_q <= ssl3_d;
        most_q <= most_d;
        last_q <= last_d;
        run_q <= run_d;
        good_q <= good_d;
        content_q <= content_d;
    end
endmodule

`default_nettype wire
