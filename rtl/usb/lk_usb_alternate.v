// SPDX-License-Identifier: Apache-2.0
// What the two bulk endpoints are connected to: the engine in alternate setting 0; in setting 1, for tests of the bus, nothing: what
// comes out of the host is dropped, and what goes in is zeros without end. Both change with a stream reset.
`default_nettype none

module lk_usb_alternate (
    input  wire        source_sink,     // alternate setting 1
    // from the OUT endpoint
    input  wire        out_valid,
    output wire        out_ready,
    // to the engine; the data are the same
    output wire        command_valid,
    input  wire        command_ready,
    // from the engine
    input  wire [31:0] completion_data,
    input  wire        completion_valid,
    input  wire        completion_last,
    output wire        completion_ready,
    // to the IN endpoint
    output wire [31:0] in_data,
    output wire        in_valid,
    output wire        in_last,
    input  wire        in_ready
);
    assign out_ready = source_sink || command_ready;
    assign command_valid = out_valid && !source_sink;
    assign completion_ready = in_ready && !source_sink;
    assign in_data = source_sink ? 32'd0 : completion_data;
    assign in_valid = source_sink || completion_valid;
    assign in_last = completion_last && !source_sink;
endmodule

`default_nettype wire
