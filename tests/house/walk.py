#!/usr/bin/env python3
"""What CONTRIBUTING.md draws of the way of a command through the code is there: each file has what the line names."""
import pathlib
import re
import sys

root = pathlib.Path(sys.argv[1])
drawn = re.search(r"<!-- walk of (\S+) -->\n```text\n(.*?)```", (root / "CONTRIBUTING.md").read_text(), re.S)
faults, seen = [], 0
for line in drawn.group(2).splitlines():
    file, names = re.match(r" *(\S+) +(\w+(?:, \w+)*)", line).groups()
    text = (root / drawn.group(1) / file).read_text()
    for name in names.split(", "):
        seen += 1
        if not re.search(rf"\b{name}\(|struct {name} ", text):
            faults.append(f"CONTRIBUTING.md: {file} has no {name}")
print("\n".join(faults))
if faults or seen < 20:
    sys.exit(1)
