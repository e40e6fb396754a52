"""The tables of a page that tell of a class, and so are compared with it."""
import re


def tables(page):
    """The header, the class and the rows, as lists of their cells, of each table that stands under <!-- HEADER CLASS -->."""
    told = None
    for line in page.read_text().splitlines():
        named = re.fullmatch(r"<!-- (include/\S+) (\w+) -->", line)
        if named:
            told = (named.group(1), named.group(2), [])
            yield told
        elif told and line.startswith("| `"):
            told[2].append([cell.strip().strip("`") for cell in line.strip("|").split("|")])
        elif not line.startswith("|"):
            told = None
