# SPDX-License-Identifier: Apache-2.0
"""Makes the bitstream of one board: yosys, nextpnr-ecp5 with the board's pins, ecppack."""
import hashlib
import re
import shlex
import shutil
from dataclasses import dataclass

from . import results
from .flow import Flow, FlowError, sources_of


@dataclass(frozen=True)
class Built:
    """A bitstream, and what was measured of the board."""

    board: dict
    bitstream: object  # pathlib.Path
    build: int         # fact BUILD
    seed: int
    area: results.Area
    clocks: tuple      # of results.Clock
    reach: dict        # results.pins_of


class BoardFlow(Flow):
    """The flow for whole boards. Places again, with another seed, until the timing is met."""

    def __init__(self, work, rtl, yosys, nextpnr, ecppack, target):
        super().__init__(work, rtl, yosys, nextpnr, target)
        self.rtl = rtl
        self.ecppack = shlex.split(ecppack)

    def build(self, board, serial, seeds):
        name = board["name"]
        sources = sources_of(board["top"], self.work, self.sources)
        shutil.copyfile(self.rtl / board["pins"], self.work / f"{name}.lpf")
        build = self.build_id(board, sources)
        board = {**board, "parameters": {**board.get("parameters", {}), "BUILD": f"32'h{build:08X}", "SERIAL": f"64'h{serial:016X}"}}
        self._yosys(name, "synthesis", f"{name}.area.json", sources, self._netlist(board, sources))
        area = results.area_of(self._read(f"{name}.area.json"))
        failures = []
        for seed in seeds:
            clocks, reach = self._place(board, seed)
            missed = shortfalls(board, clocks, reach)
            if not missed:
                return Built(board, self._pack(name, seed), build, seed, area, tuple(clocks), reach)
            failures.append(f"  seed {seed}: {'; '.join(missed)}")
        raise FlowError(f"{name}: timing is not met, so there is no bitstream:\n" + "\n".join(failures))

    def build_id(self, board, sources):
        """The first 32 bits of a hash of all that the bitstream is made of but the serial number."""
        return int(self._key([board, self.target["synthesis"]], [*sources, f"{board['name']}.lpf"])[:8], 16)

    def _netlist(self, board, sources):
        """A yosys script: the whole board, its area and its netlist."""
        return f"""{self._mapping(board, sources)}write_json {board["name"]}.json
tee -q -o {board["name"]}.area.json stat -json
"""

    def _place(self, board, seed):
        name = board["name"]
        netlist, pins, report = f"{name}.json", f"{name}.lpf", f"{name}.{seed}.json"
        arguments = [*board["device"], "--json", netlist, "--lpf", pins, "--report", report, "--seed", str(seed),
                     "--textcfg", f"{name}.{seed}.config", "--timing-allow-fail"]
        try:
            self._step(name, f"place and route, seed {seed}", report, [netlist, pins], self.nextpnr, arguments)
        except FlowError as error:
            raise FlowError(fit_failure(board, self.work / f"{report}.log") or str(error)) from error
        report = self._read(report)
        return results.clocks_of(report), results.pins_of(report)

    def _pack(self, name, seed):
        configuration, bitstream = f"{name}.{seed}.config", f"{name}.bit"
        self._step(name, "bitstream", bitstream, [configuration], self.ecppack, ["--compress", configuration, bitstream])
        return self.work / bitstream


def shortfalls(board, clocks, reach):
    """What of the board's timing is not met, in words."""
    missed = [
        f"{clock.name} reaches {clock.megahertz:.1f} MHz, not {clock.wanted:.0f}" for clock in clocks if clock.megahertz < clock.wanted
    ]
    words_of = {"from_pins": "from a pin to a register", "to_pins": "from a register to a pin", "across": "from a pin to a pin"}
    for way, words in words_of.items():
        if reach[way] > board["reach"][way]:
            missed.append(f"{reach[way]:.1f} ns {words}, not {board['reach'][way]:.1f}")
    return missed


def fit_failure(board, log):
    """The sentence for a board that is too large for its chip, or None."""
    text = log.read_text() if log.exists() else ""
    found = re.search(r"ERROR: (.*(?:no BELs remaining|[Uu]nable to find legal placement|[Ff]ailed to (?:place|pack)|Unable to place).*)", text)
    return f"{board['name']} does not fit {board['what']}: {found.group(1).strip()}" if found else None
