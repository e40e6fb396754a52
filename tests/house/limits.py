#!/usr/bin/env python3
"""Compares the tables of docs/limits.md that stand under <!-- HEADER STRUCT --> with that struct: the names of its numbers
and times, in their order, and their defaults. Each option that the page names is one of the server program's."""
import pathlib
import re
import sys

from tables import tables

UNITS = {"milliseconds": "ms", "seconds": "s", "minutes": "min", "hours": "h"}


def default_of(value):
    time = re.fullmatch(r"std::chrono::(\w+)\{(.*)\}", value)
    number = eval(time.group(2) if time else value.replace("'", ""), {"__builtins__": {}})
    return f"{number} {UNITS[time.group(1)]}" if time else str(number)


def limits_of(header, struct):
    text = re.search(rf"^struct {struct} \{{\n(.*?)^\}};", header.read_text(), re.M | re.S)
    if not text:
        sys.exit(f"docs/limits.md: there is no struct {struct} in {header}")
    kinds = r"(?:std::size_t|std::uint64_t|unsigned|Duration|std::chrono::\w+)"
    for line in text.group(1).splitlines():
        declared = re.match(rf"  {kinds} (\w+ = .*?);", line)
        if not declared:
            continue
        for part in declared.group(1).split(", "):
            name, _, value = part.partition(" = ")
            yield name, default_of(value)


root = pathlib.Path(sys.argv[1])
page = root / "docs/limits.md"
faults, compared = [], 0
for header, struct, rows in list(tables(page)):
    told = [tuple(cells[:2]) for cells in rows]
    there = list(limits_of(root / header, struct))
    compared += len(there)
    if there != told:
        faults.append(f"docs/limits.md: of {struct} it has {told}, and {header} has {there}")
options = set(re.findall(r'^    \{\w+, "([\w-]+)"', (root / "examples/server/settings.cpp").read_text(), re.M))
for option in re.findall(r"`--([\w-]+)`", page.read_text()):
    if option not in options:
        faults.append(f"docs/limits.md: the program has no --{option}")
print("\n".join(faults))
if faults or not compared or not options:
    sys.exit(1)
