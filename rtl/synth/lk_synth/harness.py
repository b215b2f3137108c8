# SPDX-License-Identifier: Apache-2.0
"""The Verilog that joins a block's ports to the scan registers of lk_synth_scan."""
from dataclasses import dataclass

CLOCKS = ("clk", "ulpi_clk")


@dataclass(frozen=True)
class Port:
    name: str
    output: bool
    width: int


def ports_of(netlist, top):
    """The ports of a module in a netlist that yosys has written as JSON."""
    return [
        Port(name, port["direction"] == "output", len(port["bits"]))
        for name, port in netlist["modules"][top]["ports"].items()
    ]


def harness(top, ports):
    """Verilog of the module lk_synth_harness: the block `top`, a black box here, and the scan registers."""
    clocks = [port for port in ports if port.name in CLOCKS]
    if len(clocks) != 1:
        raise ValueError(f"{top} has {len(clocks)} clocks, not one")
    inputs = [port for port in ports if not port.output and port not in clocks]
    outputs = [port for port in ports if port.output]
    connections = [f".{clocks[0].name}(clk)"] + _connect(inputs, "block_inputs") + _connect(outputs, "block_outputs")
    declarations = ", ".join(
        f"{'output' if port.output else 'input'} wire [{port.width - 1}:0] {port.name}" for port in ports
    )
    return f"""(* blackbox *) module {top} ({declarations});
endmodule
module lk_synth_harness (input wire clk, input wire scan_in, input wire capture, output wire scan_out);
    wire [{_bits(inputs) - 1}:0] block_inputs;
    wire [{_bits(outputs) - 1}:0] block_outputs;
    lk_synth_scan #(.INPUTS({_bits(inputs)}), .OUTPUTS({_bits(outputs)})) scan (.clk(clk), .scan_in(scan_in),
        .capture(capture), .scan_out(scan_out), .block_inputs(block_inputs), .block_outputs(block_outputs));
    {top} block ({", ".join(connections)});
endmodule
"""


def _bits(ports):
    return sum(port.width for port in ports)


def _connect(ports, vector):
    connections, low = [], 0
    for port in ports:
        connections.append(f".{port.name}({vector}[{low + port.width - 1}:{low}])")
        low += port.width
    return connections
