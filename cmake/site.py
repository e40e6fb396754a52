#!/usr/bin/env python3
"""Builds the site: the documents and the reference of the headers, in build/docs/html. Fails for a broken link, a
docstring that Doxygen does not understand, and a type, concept or header of our own without one."""
import html.parser
import pathlib
import re
import shutil
import subprocess
import sys
import urllib.parse

OUT = pathlib.Path("build/docs")
# The documents by the name of their pages.
PAGES = {"README": "README.md", "findings": "findings/README.md", "packaging": "packaging/README.md"}
PAGES |= {path.stem: str(path) for path in sorted(pathlib.Path(".").glob("[A-Z]*.md")) if path.stem != "README"}
PAGES |= {path.stem: str(path) for path in sorted(pathlib.Path("docs").glob("*.md"))}


def anchor_of(heading):
    """The anchor that a heading has where these documents are read otherwise."""
    return re.sub(r" ", "-", re.sub(r"[^\w\- ]", "", heading.lower().strip()))


def link_in(source, match):
    """A link of a document as one of the site: to a page, to a part of one, or outside; a file of the tree is named."""
    text, target = match.group(1), match.group(2)
    if re.match(r"https?:", target):
        return match.group(0)
    path, _, part = target.partition("#")
    path = (pathlib.Path(source).parent / path).resolve() if path else pathlib.Path(source).resolve()
    if not path.exists():
        sys.exit(f"{source}: no such file: {target}")
    for name, page in PAGES.items():
        if pathlib.Path(page).resolve() == path:
            return f"[{text}](#{name}-{part})" if part else f"[{text}](#page_{name})"
    return text if text.startswith("`") else f"`{path.relative_to(pathlib.Path.cwd())}`"


def page_of(name, source):
    lines, block, seen = [], False, set()
    for line in pathlib.Path(source).read_text().splitlines():
        if line.lstrip().startswith("```"):
            block = not block
        heading = None if block else re.match(r"(#+) (.*)", line)
        if heading and len(heading.group(1)) == 1:
            line += f" {{#page_{name}}}"
        elif heading:
            anchor = f"{name}-{anchor_of(heading.group(2))}"
            line += f" {{#{anchor}}}" if anchor not in seen else ""
            seen.add(anchor)
        elif not block and not line.startswith("    "):
            line = line.replace("](docs/pictures/", "](pictures/")  # from IMAGE_PATH on
            line = re.sub(r"(?<!!)\[((?:[^\[\]`]|`[^`]*`)+)\]\(([^()\s]+)\)", lambda m: link_in(source, m), line)
        lines.append(line)
    return "\n".join(lines) + "\n"


def without_tags(line):
    """`<path>` in the words of a docstring is no HTML."""
    if re.match(r" *///     ", line):
        return line
    parts = line.split("`")
    return "`".join(re.sub(r"<(?=[\w/])", r"\\<", part) if i % 2 == 0 else part for i, part in enumerate(parts))


def header_of(source):
    """A header as Doxygen is to see it: without what is private to it, and the words behind a member as its docstring."""
    lines, hidden, in_type = [], None, False
    for line in source.read_text().splitlines():
        opened = re.match(r"namespace (?:ftplike::inline v0_2::)?detail[\w:]* \{$", line)
        if opened:
            hidden = opened.group(0)[:-2]
        if hidden:
            if line == "}  // " + hidden:
                hidden = None
            lines.append("")
            continue
        line = line.replace("namespace ftplike::inline v0_2", "namespace ftplike")
        if re.match(r"(template .*|class|struct|enum).*\{$", line):
            in_type = True
        elif line.startswith("}"):
            in_type = False
        if in_type:
            line = re.sub(r"^(  \S.*[;,]|  \w+)  // (.*)$", r"\1  ///< \2", line)
        if "///" in line:
            line = without_tags(line)
        lines.append(line)
    return "\n".join(lines) + "\n"


def lay_out():
    for name in ["pages", "include", "html"]:
        shutil.rmtree(OUT / name, ignore_errors=True)
    (OUT / "pages").mkdir(parents=True)
    for name, source in PAGES.items():
        (OUT / "pages" / (name + ".md")).write_text(page_of(name, source))
    for header in sorted(pathlib.Path("include").rglob("*.hpp")):
        copy = OUT / header
        copy.parent.mkdir(parents=True, exist_ok=True)
        copy.write_text(header_of(header))


class Links(html.parser.HTMLParser):
    def __init__(self):
        super().__init__()
        self.ids, self.links, self.loaded = set(), [], []

    def handle_starttag(self, tag, attributes):
        given = dict(attributes)
        self.ids |= {given[key] for key in ("id", "name") if given.get(key)}
        if tag == "a" and given.get("href"):
            self.links.append(given["href"])
        self.loaded += [given[key] for key in ("src", "data") if given.get(key)]
        if tag == "link":
            self.loaded.append(given["href"])


def broken_links():
    pages = {}
    for path in sorted((OUT / "html").rglob("*.html")):
        pages[path.resolve()] = Links()
        pages[path.resolve()].feed(path.read_text())
    for path, page in pages.items():
        for link in page.loaded + page.links:
            if re.match(r"[a-z]+:|//", link):
                if link in page.loaded and not re.match(r"data:|javascript:", link):
                    yield f"{path.name}: loads {link}"
                continue
            file, _, part = urllib.parse.unquote(link).partition("#")
            # Doxygen's own lists name what it shows nowhere: friends, and nested classes that are private.
            if link == "#nested-classes" or re.match(r"functions|.*-members\.", path.name):
                continue
            target = (path.parent / file).resolve() if file else path
            if not target.exists() or (part and target in pages and part not in pages[target].ids):
                yield f"{path.name}: leads nowhere: {link}"


def warnings():
    for line in (OUT / "warnings").read_text().splitlines():
        # Members may be plain from their names, or be what a concept describes.
        if re.search(r"Member .* is not documented\.$", line):
            continue
        yield line.replace(str(OUT.resolve()) + "/", "")


lay_out()
subprocess.run(["doxygen", "cmake/Doxyfile"], check=True)
faults = [*warnings(), *broken_links()]
print("\n".join(faults))
if faults:
    sys.exit(f"{len(faults)} faults")
print(OUT / "html" / "index.html")
