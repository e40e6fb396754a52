#!/usr/bin/env python3
"""Builds the site: the documents and the reference of the headers, in build/docs/html. Fails for a broken link, a
docstring that Doxygen does not understand, and a public name of our own without one: type, concept, function or member."""
import html
import html.parser
import json
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
PAGES |= {f"{path.parent.name}_{path.stem}": str(path) for path in sorted(pathlib.Path("docs").glob("*/*.md"))}
# As a newcomer reads them; others follow.
FIRST = ["README", "server", "operating", "page", "client", "cookbook", "embedding", "extending", "extending_storage", "extending_authenticator",
         "extending_verb", "extending_protocol", "extending_data_channel", "extending_transport", "extending_observer", "events", "testing", "recording", "tls",
         "s3", "fleet", "scale", "benchmarks", "compile_time", "errors", "limits", "protocol", "interoperability", "SECURITY", "portability", "packaging"]
PAGES = {name: PAGES[name] for name in FIRST} | PAGES


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
            if path.parent == pathlib.Path(source).resolve().with_suffix(""):
                return f'@subpage page_{name} "{text}"'  # which stands below it in the site's tree
            return f"[{text}](#{name}-{part})" if part else f"[{text}](#page_{name})"
    return text if text.startswith("`") else f"`{path.relative_to(pathlib.Path.cwd())}`"


CUT_FROM = r"<!-- ((?:examples|tests|include)/\S+)(?: \[\w+\])? -->"


def anchor_of_file(file):
    return "file_" + re.sub(r"\W", "_", file)


def with_quotes(paragraph):
    """Code that has a ' in it, in the marks that Doxygen wants for that."""
    return re.sub(r"`([^`]+)`", lambda m: f"`{m.group(0)}`" if "'" in m.group(1) else m.group(0), paragraph)


def page_of(name, source):
    lines, block, seen, cut_from = [], False, set(), None
    paragraph = []

    def end_paragraph():
        lines.extend(with_quotes("\n".join(paragraph)).split("\n") if paragraph else [])
        paragraph.clear()

    for line in pathlib.Path(source).read_text().splitlines():
        if re.fullmatch(CUT_FROM, line):
            cut_from = re.fullmatch(CUT_FROM, line).group(1)
        if line.lstrip().startswith("```"):
            block = not block
            if cut_from and not block:
                lines += [line, "", f"*From* [{cut_from}](#{anchor_of_file(cut_from)})"]
                line, cut_from = "", None
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
            if line:
                paragraph.append(line)
                continue
        end_paragraph()
        lines.append(line)
    end_paragraph()
    return "\n".join(lines) + "\n"


def pages_of_files():
    """The files that the documents cut their code from, each whole on a page, and a page of these: name and text of each."""
    files = sorted({file for source in PAGES.values() for file in re.findall(rf"(?m)^{CUT_FROM}$", pathlib.Path(source).read_text())})
    told = "\n".join(f"- @subpage {anchor_of_file(file)}" for file in files)
    yield "files", ("# The examples, whole {#page_files}\n\nThe files that these pages show parts of. The tests compile and run them.\n\n"
                    f"{told}\n")
    for file in files:
        code = re.sub(r"(?m)^ *// \[/?[a-z]+\]\n", "", pathlib.Path(file).read_text())
        language = "cpp" if pathlib.Path(file).suffix in (".cpp", ".hpp") else ""
        yield anchor_of_file(file), f"# {file} {{#{anchor_of_file(file)}}}\n\n```{language}\n{code}```\n"


def as_it_is(line):
    """`<path>` in the words of a docstring is no HTML, and `'\\n'` no command. What is quoted Doxygen leaves alone."""
    if re.match(r" *///     ", line):
        return line
    parts = re.split(r"(`[^`]*`|\"[^\"]*\")", line)
    return "".join(re.sub(r"(\\(?=[\w'])|<(?=[\w/]))", r"\\\1", part) if i % 2 == 0 else part for i, part in enumerate(parts))


# Members that are the same thing in whatever type they are, most of them since a concept describes them: what their type has if it
# is meant for that, what they are, and their declarations.
AS = "As #ftplike::{} has it."
STORAGE = r"awaitable<(Entry> stat|Writer> create)\("
DESCRIBED = [
    (r"", AS.format("Command"),
     r"static constexpr (?:bool|auto|Rights|ArgumentRule|std::string_view) (verb|help|feature|argument|needs|before_login|"
     r"keeps_blanks|keeps_prepared|secret|at_once|interruptible)\b|(template <class S> )?static constexpr bool available\b|"
     r"(template <class S> )?static .*\b(run|feature|secret)\("),
    (STORAGE, AS.format("ReadableStorage"),
     r"using (Reader|Listing) =|awaitable<.*> (stat|list|open)\(|.* label\(\)"),
    (STORAGE, AS.format("WritableStorage"), r"using Writer =|awaitable<.*> create\("),
    (STORAGE, AS.format("AppendsToFiles"), r"awaitable<.*> append\("),
    (STORAGE, AS.format("MakesUniqueNames"), r"awaitable<.*> create_unique\("),
    (STORAGE, AS.format("KeepsPartialFiles"), r"awaitable<.*> partial_size\("),
    (STORAGE, AS.format("MakesDirectories"), r"awaitable<.*> make_directory\("),
    (STORAGE, AS.format("RemovesFiles"), r"awaitable<.*> remove\("),
    (STORAGE, AS.format("RemovesDirectories"), r"awaitable<.*> remove_directory\("),
    (STORAGE, AS.format("RenamesFiles"), r"awaitable<.*> rename\("),
    (STORAGE, AS.format("SetsTimes"), r"awaitable<.*> set_modified\("),
    (STORAGE, AS.format("KeepsModes"), r"awaitable<.*> set_mode\("),
    (STORAGE, AS.format("TellsFreeSpace"), r"awaitable<.*> available\("),
    (STORAGE, AS.format("TellsUsage"), r"awaitable<.*> usage\("),
    (STORAGE, AS.format("ServesClientsInTurn"), r".* for_client\("),
    (r"void discard\(\)", AS.format("WritableStorage"), r"awaitable<void> (write|finish)\(|void discard\(|.* (path|size|is_kept|kept_as)\(\) const"),
    (r"awaitable<std::vector<Entry>> next\(", AS.format("ListsNamesAlone"), r"void names_only\("),
    (r"awaitable<std::vector<Entry>> next\(", AS.format("ReadableStorage"), r"(template .*)?awaitable<std::vector<Entry>> next\("),
    (r" write_some\(", AS.format("Stream"),
     r".* (read_some|write|write_some|finish|has_ended|cancel|close|local|remote)\("),
    (r" read_some\(", AS.format("ByteSource"), r".* (read_some|seek|size)\("),
    (r"awaitable<void> write\(", AS.format("ByteSink"), r".* (write|finish|seek|size)\("),
    (r" accept\(", AS.format("Transport"), r".* (accept|endpoint|cancel|close)\("),
    (r" start\(Time", AS.format("Transport"), r".* (start|cancel)\("),
    (r"( resolve| connect)\(", AS.format("Transport"),
     r"using (Stream|Acceptor|Timer) =|.* (executor|main_executor|executor_near|lifetime|connect|listen|resolve|now|sleep_until)\("),
    (r" armed\(\)", AS.format("DataChannel"), r".* (armed|announces|disarm|open)\("),
    (r"using AddTo =", AS.format("DataChannel"), r"(template .*)?using AddTo ="),
    (r"(ClientEnd|class Client) ", AS.format("DataChannel"), r".* open\("),
    (r" log_in\(", AS.format("Authenticator"), r".* (log_in|guest)\("),
    (r" log_in\(", AS.format("KnowsHosts"), r".* knows_host\("),
    (r" log_in\(", AS.format("KnowsWhoNeedsAPassword"), r".* needs_password\("),
    (r" log_in\(", AS.format("MayObjectToListening"), r".* objection\("),
    (r" storage_for\(", AS.format("GivesStorages"), r".* storage_for\("),
    (r"", "Whether there is anything in it.", r"(constexpr )?explicit operator bool\("),
    (r"", "What it makes.", r"using type ="),
    (r"", "Takes this event, as observers do.", r"(void|.*Reply>) operator\(\)\(const [A-Z]\w+& ?\w*\)"),
    (r"", "The session that it happened in. A reference in an event lasts as long as the call.", r"const SessionInfo& who;"),
    (r"", "Compares all members.", r"friend .*operator(==|<=>)\(.*= default;"),
]


def types_of(lines):
    """For each line the text of the type that has it as a member, or nothing."""
    result, open_types = [None] * len(lines), []
    for number, line in enumerate(lines):
        indentation = len(line) - len(line.lstrip())
        if open_types and line.lstrip().startswith("}") and indentation == open_types[-1][0]:
            _, first, own = open_types.pop()
            text = "\n".join(lines[first:number])
            for one in own:
                result[one] = text
            continue
        if open_types and indentation == open_types[-1][0] + 2:
            open_types[-1][2].append(number)
        if re.match(r" *(template .*)?\b(class|struct|enum)\b[^;()]*\{$", line):
            open_types.append((indentation, number, []))
    return result


def of_each(line):
    """Several members of one declaration, with the words behind it, as one declaration each."""
    several = re.fullmatch(r"( *)([\w:<>, ]*[\w>][&*]?) (\w+(?:\{\}| = [^,;]+)?(?:, \w+(?:\{\}| = [^,;]+)?)+); +// (.*)", line)
    if not several or "<" in several.group(2) and ">" not in several.group(2):
        return line
    indentation, kind, names, words = several.groups()
    return indentation + " ".join(f"/** {words} */ {kind} {name};" for name in names.split(", "))


def described(line, text, before, declared):
    """A member with what describes it: the words behind it, or the concept that its type is a model of. `declared` is what stands
    there behind the lines of a template."""
    line = re.sub(r"^( *\S.*[;,]|  +\w+) +// (.*)$", r"\1  ///< \2", of_each(line))
    if "///" in line or "/**" in line or re.match(r" *(///|requires |template <[^;{]*$)", before):
        return line
    for has, words, declaration in DESCRIBED:
        if re.search(has, text) and re.match(declaration, declared):
            return re.sub(r"^( *)", lambda m: f"{m.group(0)}/** {words} */ ", line)
    return line


def grouped(lines):
    """Members below a heading such as `// ---- directories ----` as a group of that name, up to the next one or the end of their part."""
    indentation = None  # of the heading
    for line in lines:
        heading = re.match(r"( +)// ---- (\w)(.*?)( -*)?$", line)
        ends = indentation is not None and (heading or re.match(rf" {{0,{indentation - 1}}}\S", line))
        before = "/**@}*/ " if ends else ""
        if heading:
            indentation = len(heading.group(1))
            line = f"{heading.group(1)}{before}/** @name {heading.group(2).upper()}{heading.group(3)} */ /**@{{*/"
        elif ends:
            indentation, line = None, before + line
        yield line


def header_of(source):
    """A header as Doxygen is to see it: without what is private to it, and each member with what describes it."""
    lines, hidden = [], None
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
        line = re.sub(r"^using \w+ = (Basic\w+)<>;", r"/** #ftplike::\1, as it is used. */ \g<0>", line)
        lines.append(re.sub(r"(struct .*)\{ using type = ([^;]*); \};$", r"\1{ /** What it makes. */ using type = \2; };", line))
    types = types_of(lines)
    result = []
    for number, line in enumerate(lines):
        if types[number] is not None:
            declared = next(each.strip() for each in lines[number:] if not re.match(r" *(template <.*>|requires .*)$", each))
            line = described(line, types[number], lines[number - 1], declared)
        elif re.match(r"\w", line) and number and lines[number - 1].startswith("///"):  # of a type Doxygen tells it by itself
            header = source.relative_to("include").as_posix()
            line = line if re.match(r"(template <.*> )?(class|struct|concept)\b", line) else f"/** <p>In `<{header}>`. */ {line}"
        result.append(as_it_is(line) if "///" in line else line)
    return "\n".join(grouped(result)) + "\n"


# Doxygen shows the functions, aliases and enumerations of a namespace where that has words of its own.
NAMESPACES = {
    "ftplike": "All that the library has; each name tells the header that it is in.",
    "ftplike::verbs": "The commands of the servers, for tables of your own. Each is a #ftplike::Command.",
}


def lay_out():
    for name in ["pages", "include", "html"]:
        shutil.rmtree(OUT / name, ignore_errors=True)
    (OUT / "pages").mkdir(parents=True)
    for number, (name, source) in enumerate(PAGES.items()):  # Doxygen's list of pages has the order of their files
        (OUT / "pages" / f"{number:02}_{name}.md").write_text(page_of(name, source))
    for name, text in pages_of_files():
        (OUT / "pages" / (name + ".md")).write_text(text)
    for header in sorted(pathlib.Path("include").rglob("*.hpp")):
        copy = OUT / header
        copy.parent.mkdir(parents=True, exist_ok=True)
        copy.write_text(header_of(header))
    words = "".join(f"/** {words} */\nnamespace {name} {{}}\n" for name, words in NAMESPACES.items())
    (OUT / "include" / "namespaces.hpp").write_text(words)


def sections():
    """Each part of the documents: where it is, what it is called, and its words."""
    for name, source in PAGES.items():
        page, where, title, block, words = None, f"page_{name}.html" if name != "README" else "index.html", "", False, []
        for line in page_of(name, source).splitlines():
            block ^= line.lstrip().startswith("```")
            heading = None if block else re.match(r"#+ (.*?) \{#(\S+)\}$", line)
            if heading:
                yield where, title, words
                page = page or heading.group(1)
                if heading.group(2) != f"page_{name}":
                    where = where.partition("#")[0] + "#" + heading.group(2)
                title, words = page if heading.group(1) == page else f"{page}: {heading.group(1)}", []
            words += re.findall(r"[a-z][a-z0-9]{2,}", re.sub(r"\{#\S+\}|\]\(\S*\)|@subpage \S+|<!--.*-->", " ", line).lower())
        yield where, title, words


def add_documents_to_search():
    """Doxygen's search knows names and titles alone: the words of the documents are put into the lists that it looks through."""
    places = {}
    for where, title, words in sections():
        for word in set(words) if title else ():
            places.setdefault(word, []).append(["../" + where, 1, html.escape(title.replace("`", ""))])
    search = OUT / "html/search"
    lists = (search / "searchdata.js").read_text()
    letters = known = re.search(r'0: "(.*)"', lists).group(1)  # a list each
    entries = {}
    for word, found in sorted(places.items()):
        if len(found) <= 25:  # others are everywhere
            entries.setdefault(word[0], []).append(json.dumps([f"{word}_0documents", [f"{word} in the documents", *found]]))
    for letter, added in entries.items():
        if letter not in letters:
            letters += letter
            name = f"all_{letters.index(letter):x}"
            (search / f"{name}.html").write_text((search / "all_0.html").read_text().replace("all_0.js", f"{name}.js"))
            (search / f"{name}.js").write_text("var searchData=\n[\n  ['',['']]\n];\n")
        file = search / f"all_{letters.index(letter):x}.js"
        file.write_text(re.sub(r"(?s)\n\];\s*$", lambda _: ",\n  " + ",\n  ".join(added) + "\n];\n", file.read_text()))
    (search / "searchdata.js").write_text(lists.replace(f'0: "{known}"', f'0: "{letters}"'))
    return [link for found in places.values() for link, *_ in found]


class Links(html.parser.HTMLParser):
    def __init__(self):
        super().__init__()
        self.ids, self.links, self.loaded = set(), [], []
        self.within, self.leftovers = [], []

    def handle_data(self, text):
        # Marks of Markdown that Doxygen took for something else.
        if not self.within and re.search(r"`|(?<!\*)\*\*(?!\*)|\\ilinebr", text):
            self.leftovers.append(text.strip())

    def handle_endtag(self, tag):
        if self.within and self.within[-1] == tag:
            self.within.pop()

    def handle_starttag(self, tag, attributes):
        given = dict(attributes)
        if tag in ("code", "pre", "script", "style") or (tag == "div" and (self.within or given.get("class") in ("fragment", "memproto"))):
            self.within.append(tag)
        self.ids |= {given[key] for key in ("id", "name") if given.get(key)}
        if tag == "a" and given.get("href"):
            self.links.append(given["href"])
        self.loaded += [given[key] for key in ("src", "data") if given.get(key)]
        if tag == "link":
            self.loaded.append(given["href"])


def faults_of_pages(found_by_search):
    pages = {}
    for path in sorted((OUT / "html").rglob("*.html")):
        pages[path.resolve()] = Links()
        pages[path.resolve()].feed(path.read_text())
    search = (OUT / "html/search/search.html").resolve()  # as if it were a page
    pages[search] = Links()
    pages[search].links = sorted(set(found_by_search))
    for path, page in pages.items():
        for text in page.leftovers:
            yield f"{path.name}: not understood: {text}"
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
        # What the language makes, or a type has in its place, has nothing to tell.
        if re.search(r"Member (.*=(default|delete)|operator=\(.*) \(function\) .* is not documented\.$", line):
            continue
        yield line.replace(str(OUT.resolve()) + "/", "")


lay_out()
subprocess.run(["doxygen", "cmake/Doxyfile"], check=True)
faults = [*warnings(), *faults_of_pages(add_documents_to_search())]
print("\n".join(faults))
if faults:
    sys.exit(f"{len(faults)} faults")
print(OUT / "html" / "index.html")
