// SPDX-License-Identifier: Apache-2.0
// What the device says of itself (docs/protocol.md, facts): constants, and 64-bit counters in LUT RAM. Events gather in small
// registers; one counter a cycle, in turn, takes over what has gathered, so a counter is at most sixteen cycles old.
`default_nettype none
`include "lk_protocol.vh"

module lk_engine_facts #(
    parameter SLOTS = 256,
    parameter LANES = 1,
    parameter BUILD = 32'd1,
    parameter CLOCK_HERTZ = 60000000
) (
    input  wire        clk,
    input  wire        reset,            // counters begin at zero
    input  wire        busy,             // a command is in work
    input  wire        command,          // pulse: a command was taken
    input  wire        completion,       // pulse: a completion was made, with:
    input  wire [7:0]  opcode,
    input  wire [7:0]  status,
    input  wire [15:0] sealed_length,
    input  wire [15:0] opened_length,
    input  wire [15:0] live_slots,
    input  wire [31:0] ciphers,          // bit maps: that can be used,
    input  wire [31:0] ciphers_tested,   // that the selftest has tried,
    input  wire [31:0] ciphers_failed,   // and that failed it
    input  wire        lost,             // framing is lost: only a stream reset helps
    input  wire [7:0]  fact_address,
    output wire [31:0] fact_data         // one cycle later; a pair's low word latches its high word
);
    localparam [7:0] FIRST_COUNTER = `LK_FACT_CYCLES, LAST_COUNTER = `LK_FACT_OPENED_BYTES;
    localparam [7:0] LIVE_LOW = `LK_FACT_LIVE_SLOTS, LIVE_HIGH = LIVE_LOW + 8'd1;
    localparam [3:0] COUNTERS = 4'd10, SEALED_BYTES = 4'd7, OPENED_BYTES = 4'd9;
    // More than sixteen cycles can bring: events, and bytes of records.
    localparam COUNT_BITS = 5, BYTES_BITS = 18;

    wire ok = status == `LK_STATUS_OK;
    wire sealed = completion && ok && opcode == `LK_OPCODE_SEAL;
    wire opened = completion && ok && opcode == `LK_OPCODE_OPEN;

    reg [3:0]    turn_d, turn_q = 4'd0;
    reg          cleared_d, cleared_q = 1'b0;  // every counter has been written since reset
    reg [63:0]   counters[0:15];
    reg [31:0]   data_d, data_q = 32'd0;
    reg [31:0]   high_d, high_q = 32'd0;

    // In the order of the addresses, the first lowest.
    wire [9:0] events = {opened, opened, sealed, sealed, completion && status == `LK_STATUS_BAD_RECORD_MAC, completion && !ok,
                         completion, command, busy, 1'b1};
    wire [10*BYTES_BITS-1:0] gathered;

    // What has gathered of each counter since its turn; shown in its turn, else zero.
    genvar i;
    generate
        for (i = 0; i < COUNTERS; i = i + 1) begin : gather
            localparam BITS = i == SEALED_BYTES || i == OPENED_BYTES ? BYTES_BITS : COUNT_BITS;
            reg [BITS-1:0] sum_d, sum_q = {BITS{1'b0}};
            wire           in_turn = turn_q == i;
            wire [BITS-1:0] more;
            if (i == SEALED_BYTES) assign more = {2'd0, sealed_length};
            else if (i == OPENED_BYTES) assign more = {2'd0, opened_length};
            else assign more = {{(BITS - 1) {1'b0}}, 1'b1};
            always @* begin
                sum_d = in_turn ? {BITS{1'b0}} : sum_q;
                if (events[i]) sum_d = sum_d + more;
                if (reset) sum_d = {BITS{1'b0}};
            end
            always @(posedge clk) sum_q <= sum_d;
            assign gathered[BYTES_BITS*i+:BYTES_BITS] = in_turn ? {{(BYTES_BITS - BITS) {1'b0}}, sum_q} : {BYTES_BITS{1'b0}};
        end
    endgenerate

    reg [BYTES_BITS-1:0] sum;
    integer j;
    always @* begin
        sum = {BYTES_BITS{1'b0}};
        for (j = 0; j < COUNTERS; j = j + 1) sum = sum | gathered[BYTES_BITS*j+:BYTES_BITS];
    end

    wire [63:0] counter = cleared_q ? counters[turn_q] : 64'd0;
    always @* begin
        turn_d = turn_q + 4'd1;
        cleared_d = cleared_q || turn_q == 4'd15;
        if (reset) begin
            turn_d = 4'd0;
            cleared_d = 1'b0;
        end
    end

    wire        counts = fact_address >= FIRST_COUNTER && fact_address <= LAST_COUNTER + 8'd1;
    wire [7:0]  offset = fact_address - FIRST_COUNTER;
    wire [63:0] asked = counters[offset[4:1]];
    always @* begin
        data_d = 32'd0;
        high_d = high_q;
        if (counts) begin
            data_d = fact_address[0] ? high_q : asked[31:0];
            if (!fact_address[0]) high_d = asked[63:32];
        end else begin
            case (fact_address)
                `LK_FACT_MAGIC: data_d = `LK_FACT_MAGIC_VALUE;
                `LK_FACT_PROTOCOL_VERSION: data_d = {`LK_PROTOCOL_MAJOR, `LK_PROTOCOL_MINOR};
                `LK_FACT_BUILD: data_d = BUILD;
                `LK_FACT_CLOCK_HERTZ: data_d = CLOCK_HERTZ;
                `LK_FACT_SLOTS: data_d = SLOTS;
                `LK_FACT_LANES: data_d = LANES;
                `LK_FACT_RECORD_MAX: data_d = {16'd0, `LK_RECORD_BYTES_MAX};
                `LK_FACT_CIPHERS: data_d = ciphers;
                `LK_FACT_VERSIONS: data_d = (32'd1 << `LK_VERSION_TLS1_2) | (32'd1 << `LK_VERSION_TLS1_3);
                `LK_FACT_HEALTH: data_d = {30'd0, |ciphers_failed, lost};
                `LK_FACT_SELFTEST_RAN: data_d = ciphers_tested;
                `LK_FACT_SELFTEST_FAILED: data_d = ciphers_failed;
                LIVE_LOW: begin
                    data_d = {16'd0, live_slots};
                    high_d = 32'd0;
                end
                LIVE_HIGH: data_d = high_q;
                default: data_d = 32'd0;
            endcase
        end
    end
    assign fact_data = data_q;

    always @(posedge clk) begin
        turn_q <= turn_d;
        cleared_q <= cleared_d;
        counters[turn_q] <= counter + {{(64 - BYTES_BITS) {1'b0}}, sum};
        data_q <= data_d;
        high_q <= high_d;
    end

    wire unused = &{1'b0, offset[7:5], offset[0], 1'b0};
endmodule

`default_nettype wire
