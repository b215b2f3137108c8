# SPDX-License-Identifier: Apache-2.0
"""Runs yosys and nextpnr-ecp5 over one configuration."""
import hashlib
import json
import re
import shlex
import shutil
import subprocess
import sys
import time
from pathlib import Path

from . import harness, results

PROGRESS_SECONDS = 15


class FlowError(Exception):
    """A tool failed."""


class Flow:
    """The tools, the target, and the Verilog, copied into the folder `work`: the tools run there and see nothing else, for those
    in a sandbox do not see every path. What has been made of the same input by the same tools is not made again."""

    def __init__(self, work, rtl, yosys, nextpnr, target):
        self.work = work
        self.yosys = shlex.split(yosys)
        self.nextpnr = shlex.split(nextpnr)
        self.target = target
        self.sources = copy_sources(rtl, work / "verilog")
        self.versions = [self._version(self.yosys), self._version(self.nextpnr)]

    def measure(self, configuration, seeds):
        """The Result of one configuration: its area, and its timing with each seed."""
        name, top = configuration["name"], configuration["top"]
        sources = sources_of(top, self.work, self.sources)
        self._yosys(name, "synthesis", f"{name}.area.json", sources, self._synthesis(configuration, sources))
        area = results.area_of(self._read(f"{name}.area.json"))
        timings = []
        if seeds and configuration.get("place", True):
            ports = harness.ports_of(self._read(f"{name}.ports.json"), top)
            self._write(f"{name}.harness.v", harness.harness(top, ports))
            inputs = [f"{name}.il", f"{name}.harness.v", "verilog/synth/lk_synth_scan.v"]
            self._yosys(name, "harness", f"{name}.json", inputs, self._harness(name, top))
            timings = [self._route(configuration, seed) for seed in seeds]
        return results.Result(configuration, area, tuple(timings))

    def _synthesis(self, configuration, sources):
        """A yosys script: the block alone, its area, its ports, its netlist."""
        name, top = configuration["name"], configuration["top"]
        return f"""{self._mapping(configuration, sources)}select {top}
write_rtlil -selected {name}.il
write_json {name}.ports.json
select -clear
tee -q -o {name}.area.json stat -json
"""

    def _mapping(self, configuration, sources):
        """The part of a yosys script that makes cells of ECP5 out of Verilog. A latch is an error. Whether every module is there is
        checked in synth_ecp5, which brings the chip's own. A sum of three numbers or more would become adders without carry, two
        LUTs a bit for each number over two, and one chain of carries: here, between two steps of synth_ecp5, it becomes chains alone,
        which are half as large."""
        top = configuration["top"]
        modules = [source for source in sources if source.endswith(".v")]
        synthesis = f"synth_ecp5 {self.target['synthesis']} -top {top}"
        parameters = "".join(f"chparam -set {key} {value} {top}\n" for key, value in configuration.get("parameters", {}).items())
        return f"""read_verilog -Iverilog/include {" ".join(modules)}
{parameters}hierarchy -top {top}
proc
opt_clean
select -assert-none t:$dlatch*
{synthesis} -run begin:map_ram
maccmap -unmap
opt_clean
{synthesis} -run map_ram:
"""

    def _harness(self, name, top):
        """A yosys script: the netlist of the block between scan registers."""
        return f"""read_verilog verilog/synth/lk_synth_scan.v {name}.harness.v
synth_ecp5 -top lk_synth_harness
delete ={top}
read_rtlil {name}.il
hierarchy -check -top lk_synth_harness
flatten
clean
write_json {name}.json
"""

    def _yosys(self, name, title, product, inputs, script):
        script_file = f"{product}.ys"
        self._write(script_file, script)
        self._step(name, title, product, [script_file, *inputs], self.yosys, ["-s", script_file])

    def _route(self, configuration, seed):
        name = configuration["name"]
        netlist, report = f"{name}.json", f"{name}.{seed}.json"
        arguments = [*configuration.get("device", self.target["device"]), "--json", netlist, "--report", report, "--seed", str(seed),
                     "--freq", str(self.target["megahertz"]), "--timing-allow-fail", "--lpf-allow-unconstrained"]
        self._step(name, f"place and route, seed {seed}", report, [netlist], self.nextpnr, arguments)
        return results.timing_of(self._read(report))

    def _step(self, name, title, product, inputs, tool, arguments):
        """Runs a tool that writes the file `product`, unless it has made it of the same inputs already."""
        key = self._key(arguments, inputs)
        key_file = self.work / f"{product}.key"
        if (self.work / product).exists() and key_file.exists() and key_file.read_text() == key:
            print(f"[{name}] {title}: as before", flush=True)
            return
        key_file.unlink(missing_ok=True)
        self._run(name, title, [*tool, *arguments], self.work / f"{product}.log")
        key_file.write_text(key)

    def _key(self, arguments, inputs):
        """A hash of all that a step's outcome depends on."""
        digest = hashlib.sha256(json.dumps([self.versions, arguments]).encode())
        for file in inputs:
            digest.update((self.work / file).read_bytes())
        return digest.hexdigest()

    def _run(self, name, title, command, log):
        begin = shown = time.monotonic()
        print(f"[{name}] {title}", flush=True)
        with log.open("w") as out, subprocess.Popen(
            command, cwd=self.work, stdout=subprocess.PIPE, stderr=subprocess.STDOUT, text=True
        ) as process:
            for line in process.stdout:
                out.write(line)
                now = time.monotonic()
                if now - shown >= PROGRESS_SECONDS and re.match(r"[\d.]+ Executing|Info: ", line):
                    shown = now
                    print(f"[{name}] {title}, {now - begin:.0f} s: {line.strip()[:90]}", flush=True)
        if process.returncode != 0:
            sys.stderr.write("".join(log.read_text().splitlines(keepends=True)[-20:]))
            raise FlowError(f"{name}: {title} failed, see {log}")
        print(f"[{name}] {title}: {time.monotonic() - begin:.0f} s", flush=True)

    @staticmethod
    def _version(command):
        """What the tool says of itself; yosys to stdout, nextpnr to stderr."""
        done = subprocess.run([*command, "--version"], stdout=subprocess.PIPE, stderr=subprocess.STDOUT, text=True, check=False)
        if done.returncode != 0:
            raise FlowError(f"{command[0]} --version failed:\n{done.stdout}")
        return version_of(done.stdout)

    def _read(self, name):
        return json.loads((self.work / name).read_text())

    def _write(self, name, text):
        (self.work / name).write_text(text)


def version_of(text):
    """'Yosys 0.70' or 'nextpnr-0.11.1' out of what the tool says of itself."""
    found = re.search(r"Yosys \d[\w.+]*|nextpnr-\d[\w.+-]*", text)
    if not found:
        raise FlowError(f"no version in: {text.strip()[:200]}")
    return found.group(0).replace("nextpnr-", "nextpnr-ecp5 ")


def copy_sources(rtl, folder):
    """Copies all Verilog of `rtl` to `folder`; the copies' paths, as seen from the folder above."""
    shutil.rmtree(folder, ignore_errors=True)
    copies = []
    for source in sorted(rtl.rglob("*.v*")):
        copy = folder / source.relative_to(rtl)
        copy.parent.mkdir(parents=True, exist_ok=True)
        shutil.copyfile(source, copy)
        copies.append(str(copy.relative_to(folder.parent)))
    return copies


def sources_of(top, folder, sources):
    """Those of the sources that the hierarchy under the module `top` needs. A module is in the file of its name."""
    named = {Path(source).stem: source for source in sources}
    needed, waiting = set(), [top]
    while waiting:
        module = waiting.pop()
        if module in named and named[module] not in needed:
            needed.add(named[module])
            waiting += re.findall(r"\blk_\w+", (folder / named[module]).read_text())
    if not needed:
        raise FlowError(f"no file {top}.v")
    return sorted(needed)
