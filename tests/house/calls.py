#!/usr/bin/env python3
"""Compares the tables of docs/client.md that stand under <!-- HEADER CLASS --> with that class: its public functions by the names
of their parameters, but for options, in their order. BasicBlockingClient has the calls of Client."""
import pathlib
import re
import sys

from tables import tables


def without_nested(text, opening, closing):
    """What stands outside of the brackets, which stay."""
    out, depth = [], 0
    for c in text:
        if c == closing:
            depth -= 1
        if depth == 0:
            out.append(c)
        if c == opening:
            depth += 1
    return "".join(out)


def public_of(header, name):
    found = re.search(rf"class {name} \{{\n(.*?)^\}};", header.read_text(), re.M | re.S)
    if not found:
        sys.exit(f"tests/house/calls.py: there is no class {name} in {header}")
    text = re.sub(r"//[^\n]*", "", found.group(1))
    parts = re.split(r"^ (public|private):$", text, flags=re.M)  # not those of classes within it
    return "".join(part for kind, part in zip(parts[1::2], parts[2::2]) if kind == "public")


def calls_of(header, name):
    """The public functions that are called, as `download(remote, local)`, in their order."""
    text = without_nested(public_of(header, name), "{", "}")
    text = re.sub(r"<[^<>]*>", "", re.sub(r"<[^<>]*>", "", re.sub(r"<[^<>]*>", "", text)))
    for named, parameters in re.findall(r"[\w&*>:]\s+[&*]?(\w+)\(([^()]*)\)", re.sub(r"requires\([^\n]*\)", "", text)):
        if named in (name, "operator", "requires") or named.startswith("operator"):
            continue
        names = []
        for parameter in filter(None, (one.strip() for one in parameters.split(","))):
            if not re.search(r"TransferOptions options", parameter):
                names.append(re.search(r"(\w+)\s*(?:=.*)?$", parameter).group(1))
        yield f"{named}({', '.join(names)})"


root = pathlib.Path(sys.argv[1])
faults, compared = [], 0
for header, name, rows in list(tables(root / "docs/client.md")):
    told = [cells[0] for cells in rows]
    there = list(calls_of(root / header, name))
    compared += len(there)
    faults += [f"docs/client.md: {name} has {call}" for call in there if call not in told]
    faults += [f"docs/client.md: {name} has no {call}" for call in told if call not in there]
blocking = list(calls_of(root / "include/ftplike/client/blocking.hpp", "BasicBlockingClient"))
missing = [call for call in calls_of(root / "include/ftplike/client.hpp", "Client") if call not in blocking]
faults += [f"BasicBlockingClient has no {call}" for call in missing]
print("\n".join(faults))
if faults or compared < 50:
    sys.exit(1)
