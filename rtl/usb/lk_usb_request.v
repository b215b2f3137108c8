// SPDX-License-Identifier: Apache-2.0
// Answers control requests and holds what they set: address, configuration, halts. lk_usb_decode says what is asked. Knows no
// packets: lk_usb_control makes packets of it at the pins, and the direct board has its ports as they are.
//
// A request begins with setup_valid. Then either `stall` rises, or the data of an IN request flow (never more than wLength) and
// `done` rises after them. Both stay until the next setup_valid. status_done says that the status stage has ended.
`default_nettype none

module lk_usb_request #(
    parameter HIGH_SPEED = 1,
    parameter [63:0] SERIAL = 64'h0000000000000001
) (
    input  wire        clk,
    input  wire        reset,
    input  wire        bus_reset,         // pulse: back to the default state (USB 2.0 clause 9.1.1.3)
    input  wire        high_speed,
    input  wire        setup_valid,       // pulse
    input  wire [63:0] setup_packet,      // byte 0 in [7:0]
    output wire [7:0]  in_data,
    output wire        in_valid,
    output wire        in_last,
    input  wire        in_ready,
    output wire        done,
    output wire        stall,
    input  wire        status_done,       // pulse
    output wire [6:0]  address,
    output wire        configured,
    output wire        alternate,         // the alternate setting of the interface
    output wire [2:0]  test_mode,         // selector of clause 9.4.9; 0: none
    output wire        out_halted,        // endpoint 1 OUT
    output wire        in_halted,         // endpoint 1 IN
    output wire        out_toggle_reset,  // pulse: the next packet is DATA0
    output wire        in_toggle_reset,   // pulse
    output wire        stream_reset,      // pulse: the engine and both bulk endpoints drop everything
    output wire        selftest,          // pulse with stream_reset: the engine tests itself, too
    input  wire        stream_reset_busy,
    output wire [7:0]  fact_address,      // a word's address for one cycle, else 0: a pair's high word is latched with the low one
    input  wire [31:0] fact_data          // one cycle later
);
    localparam [2:0] IDLE = 3'd0, DECODE = 3'd1, DESCRIPTOR = 3'd2, WORD = 3'd3, FETCH = 3'd4, CAPTURE = 3'd5, ERASE = 3'd6;

    localparam [1:0] ANSWER_DESCRIPTOR = 2'd2, ANSWER_FACTS = 2'd3; // the other one is a word

    reg [2:0]  state_q, state_d;
    reg [63:0] setup_q, setup_d;
    reg        done_q, done_d, stall_q, stall_d;
    reg [6:0]  address_q, address_d;
    reg        address_pending_q, address_pending_d; // SET_ADDRESS takes effect after its status stage (clause 9.4.6)
    reg        configured_q, configured_d;
    reg        alternate_q, alternate_d;
    reg        test_pending_q, test_pending_d;       // a test begins after its status stage (clause 9.4.9), and ends with the power
    reg [2:0]  test_mode_q, test_mode_d;
    reg        out_halted_q, out_halted_d, in_halted_q, in_halted_d;
    reg        out_toggle_reset_q, out_toggle_reset_d, in_toggle_reset_q, in_toggle_reset_d;
    reg        stream_reset_q, stream_reset_d, selftest_q, selftest_d;
    reg [1:0]  erase_wait_q, erase_wait_d;           // cycles until stream_reset_busy tells of this reset
    reg [15:0] left_q, left_d;                       // bytes of data still to give
    reg [8:0]  position_q, position_d;               // address of a descriptor's byte, or of a fact
    reg        second_q, second_d;                   // the descriptor's byte 1 is next
    reg        first_q, first_d;                     // the descriptor's byte 0 is next
    reg [31:0] word_q, word_d;                       // the answer of a short request, or a fact
    reg [1:0]  byte_q, byte_d;                       // its byte that is next
    reg        facts_q, facts_d;                     // more facts follow this word

    wire [15:0] value = setup_q[31:16];

    wire        descriptor_found;
    wire [8:0]  descriptor_start;
    wire [7:0]  descriptor_length, descriptor_byte;
    lk_usb_descriptors #(.HIGH_SPEED(HIGH_SPEED), .SERIAL(SERIAL)) descriptors (
        .clk(clk), .kind(value[15:8]), .index(value[7:0]), .high_speed(high_speed),
        .found(descriptor_found), .start(descriptor_start), .length(descriptor_length),
        .address(position_d), .data(descriptor_byte)
    );

    wire        refused, set_address, set_configuration, set_interface, set_halt, clear_halt, set_test, erase, test_itself, is_out, is_in;
    wire [1:0]  answer;
    wire [15:0] answer_word, answer_length;
    lk_usb_decode decode (
        .setup(setup_q), .high_speed(high_speed), .configured(configured_q), .alternate(alternate_q),
        .out_halted(out_halted_q), .in_halted(in_halted_q),
        .descriptor_found(descriptor_found), .descriptor_length(descriptor_length),
        .refused(refused), .answer(answer), .word(answer_word), .length(answer_length),
        .set_address(set_address), .set_configuration(set_configuration), .set_interface(set_interface),
        .set_halt(set_halt), .clear_halt(clear_halt), .set_test(set_test), .erase(erase), .selftest(test_itself), .is_out(is_out), .is_in(is_in)
    );

    // The request of this cycle, if it is not refused, and what it does to each endpoint.
    wire accepted = state_q == DECODE && !refused;
    wire restart = accepted && (set_configuration || set_interface); // both endpoints (clauses 9.4.7 and 9.4.10)
    wire clear_out = restart || (accepted && clear_halt && is_out);
    wire clear_in = restart || (accepted && clear_halt && is_in);

    always @* begin
        state_d = state_q;
        setup_d = setup_q;
        done_d = done_q;
        stall_d = stall_q;
        address_d = address_q;
        address_pending_d = address_pending_q;
        configured_d = configured_q;
        alternate_d = alternate_q;
        test_pending_d = test_pending_q;
        test_mode_d = test_mode_q;
        stream_reset_d = 1'b0;
        selftest_d = 1'b0;
        erase_wait_d = erase_wait_q;
        left_d = left_q;
        position_d = position_q;
        first_d = first_q;
        second_d = second_q;
        word_d = word_q;
        byte_d = byte_q;
        facts_d = facts_q;

        out_halted_d = !clear_out && (out_halted_q || (accepted && set_halt && is_out));
        in_halted_d = !clear_in && (in_halted_q || (accepted && set_halt && is_in));
        out_toggle_reset_d = clear_out;
        in_toggle_reset_d = clear_in;
        case (state_q)
            DECODE: begin
                stall_d = refused;
                left_d = answer_length;
                word_d = {16'd0, answer_word};
                byte_d = 2'd0;
                first_d = 1'b1;
                second_d = 1'b0;
                facts_d = answer == ANSWER_FACTS;
                position_d = facts_d ? {1'b0, setup_q[39:32]} : descriptor_start;
                address_pending_d = accepted && set_address;
                test_pending_d = accepted && set_test;
                stream_reset_d = restart || (accepted && erase);
                selftest_d = accepted && test_itself;
                erase_wait_d = 2'd3;
                if (accepted && set_configuration) configured_d = value[0];
                if (restart) alternate_d = set_interface && value[0];
                if (stream_reset_d) state_d = ERASE;
                else if (!accepted || answer_length == 16'd0) begin
                    state_d = IDLE;
                    done_d = accepted;
                end else case (answer)
                    ANSWER_DESCRIPTOR: state_d = DESCRIPTOR;
                    ANSWER_FACTS: state_d = FETCH;
                    default: state_d = WORD;
                endcase
            end
            DESCRIPTOR: if (in_ready) begin
                position_d = position_q + 9'd1;
                first_d = 1'b0;
                second_d = first_q;
                left_d = left_q - 16'd1;
                if (in_last) begin
                    state_d = IDLE;
                    done_d = 1'b1;
                end
            end
            FETCH: state_d = CAPTURE;
            CAPTURE: begin
                word_d = fact_data;
                position_d = position_q + 9'd1;
                state_d = WORD;
            end
            WORD: if (in_ready) begin
                word_d = {8'd0, word_q[31:8]};
                byte_d = byte_q + 2'd1;
                left_d = left_q - 16'd1;
                if (in_last) begin
                    state_d = IDLE;
                    done_d = 1'b1;
                end else if (facts_q && byte_q == 2'd3)
                    state_d = FETCH;
            end
            ERASE: if (erase_wait_q != 2'd0)
                erase_wait_d = erase_wait_q - 2'd1;
            else if (!stream_reset_busy) begin
                state_d = IDLE;
                done_d = 1'b1;
            end
            default: ;
        endcase

        if (status_done && address_pending_q) begin
            address_d = value[6:0];
            address_pending_d = 1'b0;
        end
        if (status_done && test_pending_q) begin
            test_mode_d = setup_q[42:40];
            test_pending_d = 1'b0;
        end
        if (setup_valid) begin
            setup_d = setup_packet;
            done_d = 1'b0;
            stall_d = 1'b0;
            test_pending_d = 1'b0;
            address_pending_d = 1'b0;
            state_d = DECODE;
        end
        if (bus_reset) begin
            state_d = IDLE;
            done_d = 1'b0;
            stall_d = 1'b0;
            address_d = 7'd0;
            test_pending_d = 1'b0;
            test_mode_d = 3'd0;
            address_pending_d = 1'b0;
            configured_d = 1'b0;
            alternate_d = 1'b0;
            out_halted_d = 1'b0;
            in_halted_d = 1'b0;
            out_toggle_reset_d = 1'b1;
            in_toggle_reset_d = 1'b1;
            stream_reset_d = 1'b1;
        end
    end

    always @(posedge clk) begin
        state_q <= reset ? IDLE : state_d;
        setup_q <= reset ? 64'd0 : setup_d;
        done_q <= !reset && done_d;
        stall_q <= !reset && stall_d;
        address_q <= reset ? 7'd0 : address_d;
        address_pending_q <= !reset && address_pending_d;
        configured_q <= !reset && configured_d;
        alternate_q <= !reset && alternate_d;
        test_pending_q <= !reset && test_pending_d;
        test_mode_q <= reset ? 3'd0 : test_mode_d;
        out_halted_q <= !reset && out_halted_d;
        in_halted_q <= !reset && in_halted_d;
        out_toggle_reset_q <= !reset && out_toggle_reset_d;
        in_toggle_reset_q <= !reset && in_toggle_reset_d;
        stream_reset_q <= !reset && stream_reset_d;
        selftest_q <= !reset && selftest_d;
        erase_wait_q <= reset ? 2'd0 : erase_wait_d;
        left_q <= reset ? 16'd0 : left_d;
        position_q <= reset ? 9'd0 : position_d;
        first_q <= !reset && first_d;
        second_q <= !reset && second_d;
        word_q <= reset ? 32'd0 : word_d;
        byte_q <= reset ? 2'd0 : byte_d;
        facts_q <= !reset && facts_d;
    end

    assign in_valid = state_q == DESCRIPTOR || state_q == WORD;
    assign in_data = (state_q == WORD) ? word_q[7:0] : second_q ? value[15:8] : descriptor_byte;
    assign in_last = left_q == 16'd1;
    assign done = done_q;
    assign stall = stall_q;
    assign address = address_q;
    assign configured = configured_q;
    assign alternate = alternate_q;
    assign test_mode = test_mode_q;
    assign out_halted = out_halted_q;
    assign in_halted = in_halted_q;
    assign out_toggle_reset = out_toggle_reset_q;
    assign in_toggle_reset = in_toggle_reset_q;
    assign stream_reset = stream_reset_q;
    assign selftest = selftest_q;
    assign fact_address = (state_q == FETCH) ? position_q[7:0] : 8'd0;
endmodule

`default_nettype wire
