# SPDX-License-Identifier: Apache-2.0
"""What a primitive does with its area, beside other people's cores: bits a cycle, for each thousand LUTs."""
from . import tables

INTRODUCTION = """## Primitives, and other people's cores
What a core does with its area. Ours are measured alone, and the clock that they reach is that of the lane and the engine above.
The areas of the others come from `synth_ecp5 -abc9` as well, of an earlier yosys and without the step for sums that ours have (it
concerns ChaCha20 and the hashes alone), and are those of the cores as published, with the interfaces and modes that their authors
chose (the AES of secworks also decrypts).
"""
HEADINGS = ["core", "all LUTs", "cycles a block", "bits a cycle", "bits a cycle a kLUT"]


def configurations(groups):
    """What is to be measured: our primitives, as configurations."""
    return [primitive for group in groups for primitive in group["ours"]]


def density(core, luts):
    """Bits a cycle a thousand LUTs."""
    return core["bits"] / core["cycles"] / (luts / 1000)


def figures(results, notes):
    """Rows for area.json."""
    rows = []
    for result in results:
        core, luts = result.configuration, result.area.luts
        rows.append(tables.row(f"primitive.{core['name']}.bits_per_cycle_per_klut", round(density(core, luts), 2),
                               "bits a cycle a kLUT", notes["area"]))
    return rows


def section(groups, results):
    """The tables of area.md, one a group, ours first."""
    measured = {result.configuration["name"]: result for result in results}
    text = INTRODUCTION
    for group in groups:
        ours = [measured[core["name"]] for core in group["ours"]]
        rows = [_line(f"**ours**, {result.configuration['what']}", result.configuration, result.area.luts) for result in ours]
        rows += [_line(core["what"], core, core["luts"]) for core in group["others"]]
        remark = f"\n{group['remark']}\n" if "remark" in group else ""
        text += f"\n### {group['group']}\n{tables.table(HEADINGS, rows)}{remark}"
    return text


def _line(title, core, luts):
    return [title, luts, core["cycles"], f"{core['bits'] / core['cycles']:.1f}", f"{density(core, luts):.2f}"]
