# SPDX-License-Identifier: Apache-2.0
"""What the reports of both tools say, as figures."""
import re
import statistics
from dataclasses import dataclass

# What each cell of a netlist after synth_ecp5 counts as. A CCU2C is two LUTs with a carry chain, a DPR16X4 takes the place of
# four LUTs and of two more that address it.
CELLS = {
    "lut4": "LUT4",
    "carry": "CCU2C",
    "lut_ram": "TRELLIS_DPR16X4",
    "registers": "TRELLIS_FF",
    "block_ram": "DP16KD",
    "multipliers": "MULT18X18D",
}
LUTS_OF = {"lut4": 1, "carry": 2, "lut_ram": 6}
# These leave no trace in the logic of the chip: pins, and what has places of its own.
FREE_CELLS = {"$scopeinfo", "PFUMX", "L6MUX21", "$_TBUF_", "TRELLIS_IO", "EHXPLLL", "ODDRX1F"}


class ReportError(Exception):
    """A tool's report does not say what it should."""


@dataclass(frozen=True)
class Area:
    lut4: int
    carry: int
    lut_ram: int
    registers: int
    block_ram: int
    multipliers: int

    @property
    def luts(self):
        """All that takes the place of a LUT4."""
        return sum(getattr(self, name) * luts for name, luts in LUTS_OF.items())


def area_of(report):
    """The area that yosys' `stat -json` reports of a flat design."""
    try:
        design = report["design"]
        cells = design.get("num_cells_by_type", {})
    except (KeyError, TypeError, AttributeError) as error:
        raise ReportError("not a report of yosys' stat -json") from error
    strangers = set(cells) - set(CELLS.values()) - FREE_CELLS
    if strangers:
        raise ReportError(f"cells that no column counts: {', '.join(sorted(strangers))}")
    return Area(**{name: int(cells.get(cell, 0)) for name, cell in CELLS.items()})


@dataclass(frozen=True)
class Step:
    """One cell or wire that a path goes through."""

    kind: str  # clk-to-q, routing, logic, setup
    nanoseconds: float
    cell: str  # that it leaves
    to: str    # the cell that it reaches


@dataclass(frozen=True)
class Timing:
    megahertz: float
    path: tuple  # of Step: the path that allows no more


def timing_of(report):
    """Fmax and the critical path that nextpnr's --report gives of a design with one clock."""
    clocks = report.get("fmax", {})
    if len(clocks) != 1:
        raise ReportError(f"{len(clocks)} clocks, not one")
    (clock, figures), = clocks.items()
    for path in report.get("critical_paths", []):
        if path["from"] == path["to"] == f"posedge {clock}":
            return Timing(float(figures["achieved"]), tuple(_step(step) for step in path["path"]))
    raise ReportError(f"no path of the clock {clock}")


@dataclass(frozen=True)
class Clock:
    """What nextpnr says of one clock of a whole board."""

    name: str
    megahertz: float  # that it reaches
    wanted: float     # that the board's constraints ask for


def clocks_of(report):
    """Every clock of a board, and what it reaches."""
    clocks = [
        Clock(clock_name(net), float(figures["achieved"]), float(figures["constraint"]))
        for net, figures in report.get("fmax", {}).items()
    ]
    if not clocks:
        raise ReportError("no clock")
    return clocks


def clock_name(net):
    """The name in the Verilog of the clock whose net nextpnr has given a global one's name."""
    return re.sub(r"^\$glbnet\$|\$TRELLIS_IO_IN$", "", net)


def pins_of(report):
    """The longest way, in nanoseconds, from a pin to a register, from a register to a pin, and from a pin to a pin, as far as the
    chip's own wires and logic go: nextpnr has no figures for the pins themselves."""
    ways = {(True, False): "from_pins", (False, True): "to_pins", (True, True): "across"}
    longest = {way: 0.0 for way in ways.values()}
    for path in report.get("critical_paths", []):
        way = ways.get((path["from"] == "<async>", path["to"] == "<async>"))
        if way:
            longest[way] = max(longest[way], sum(float(step["delay"]) for step in path["path"]))
    return longest


def _step(step):
    return Step(step["type"], float(step["delay"]), step["from"].get("cell", ""), step["to"].get("cell", ""))


@dataclass(frozen=True)
class Result:
    """A configuration, and what was measured of it."""

    configuration: dict
    area: Area
    timings: tuple  # of Timing: one a seed; none when it is not placed

    @property
    def megahertz(self):
        """The median over the seeds, or None."""
        return statistics.median(timing.megahertz for timing in self.timings) if self.timings else None

    @property
    def slowest(self):
        """The timing of the slowest seed."""
        return min(self.timings, key=lambda timing: timing.megahertz)
