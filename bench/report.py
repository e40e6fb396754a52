"""Makes docs/benchmarks.md, and the plot in it, of what bench/run has measured.

Its `results` are, by part and row, who was measured, and samples of each: a rate (of rows named in LESS the less the better), and
where they were taken processor time, memory, size. "ftplike" is this build, "before" the one that it is compared with.
"""
import pathlib
import statistics
import subprocess

ROOT = pathlib.Path(__file__).resolve().parent.parent
MIB = 1024 * 1024
BESIDE_OTHERS = {"servers": "", "tls": "under TLS, ", "clients": "our client, "}
NAMES = {"before": "the build before"}
LESS = {"idle", "tls-idle", "one-down", "one-up", "tree-down", "tree-up", "same"}


def median(samples, what="rate"):
    return statistics.median(sample[what] for sample in samples)


def spread(samples, what):
    """How far the samples are apart, in per cent of their median."""
    values = [sample[what] for sample in samples]
    return 100 * (max(values) - min(values)) / median(samples, what) if median(samples, what) else 0


def digits(value):
    return f"{value:.0f}" if value >= 100 else f"{value:.2g}" if value < 10 else f"{value:.1f}"


def medians(rows, row, what="rate"):
    """Of all that were measured in a row; those without a figure above zero, because it was too small to be taken, are left out."""
    found = {name: median([sample for sample in samples if what in sample], what)
             for name, samples in rows.get(row, {}).items() if any(what in sample for sample in samples)}
    return {name: value for name, value in found.items() if value > 0}


def better(ours, theirs, less):
    return theirs / ours if less else ours / theirs


def to_best(found, less):
    """How ours stands to the best of the others, above 1 where it is better."""
    others = [value for name, value in found.items() if name not in ("ftplike", "before")]
    return better(found["ftplike"], (min if less else max)(others), less) if others and "ftplike" in found else None


def told(ratio):
    return f"{ratio:.2f}" if ratio else "–"


def comparison(rows, titles, what="rate"):
    """A table with a row for each of `titles`."""
    names = sorted({name for row in titles for name in medians(rows, row, what)} - {"before"}, key=lambda name: (name != "ftplike", name))
    has_before = any("before" in rows.get(row, {}) for row in titles)
    heads = ["", "unit", *names, "ours to the best other", *(["to the build before"] if has_before else []), "spread of ours"]
    lines = ["| " + " | ".join(heads) + " |", "|---" * len(heads) + "|"]
    for row, (title, unit) in titles.items():
        found, less = medians(rows, row, what), row in LESS or what != "rate"
        if "ftplike" not in found:
            continue
        before = better(found["ftplike"], found["before"], less) if "before" in found else None
        cells = [title, unit, *(digits(found[name]) if name in found else "–" for name in names), told(to_best(found, less)),
                 *([told(before)] if has_before else []), f"{spread(rows[row]['ftplike'], what):.0f} %"]
        lines.append("| " + " | ".join(cells) + " |")
    return [*lines, ""]


def plot(path, title, ratios):
    """A picture of ratios, one bar each, by gnuplot."""
    data = "\n".join(f'"{label}" {value:.3f}' for label, value in ratios)
    script = f"""set terminal svg size 800,{90 + 26 * len(ratios)} font "sans,12" background "white"
set output "{path}"
set title "{title}"
set style fill solid 0.7
set yrange [{len(ratios) - 0.4}:-0.6]
set xrange [0:*]
set grid xtics
set ytics out nomirror
set arrow from 1,{len(ratios) - 0.4} to 1,-0.6 nohead dt 2
$data << END
{data}
END
plot $data using ($2*0.5):0:($2*0.5):(0.35):ytic(1) with boxxyerror lc rgb "#3b6ea5" notitle
"""
    subprocess.run(["gnuplot"], input=script, text=True, check=True)


def of_servers(rows, titles):
    ratios = [(title, to_best(medians(rows, row), row in LESS)) for row, (title, _) in titles.items()]
    plot(ROOT / "docs/pictures/bench-servers.svg", "Our server to the best other one (above 1 is better)",
         [(title, ratio) for title, ratio in ratios if ratio])
    return ["The client is a load generator (`bench/load.cpp`) that costs as little as it can. Our server has as many threads as the machine has",
            "processors. To log in, ours and pyftpdlib compare the password as it is, ProFTPD and Pure-FTPd its hash; vsftpd asks PAM. *An idle",
            "session* is the memory that one more session takes which is logged in and does nothing.", "",
            *comparison(rows, titles), "![How our server stands to the best other one](pictures/bench-servers.svg)", "",
            "Processor time of the server for one operation, or for a MiB of the big files; less is better:", "",
            *comparison(rows, in_microseconds(titles), "cpu")]


def of_tls(rows, titles):
    return ["The client is curl. One that downloads small files waits 0.2 s before a file if the server is late with its answer, which is most",
            "of what that row shows.", "", *comparison(rows, titles),
            "Processor time of the server for a MiB of the big files, or for a small file, counted in steps of 10 ms; less is better:", "", *comparison(rows, in_microseconds(titles), "cpu")]


def in_microseconds(titles):
    return {row: (title, "µs") for row, (title, _) in titles.items()}


def of_clients(rows, titles):
    peaks = medians(rows, "same", "memory")
    return ["The server is ours. Time that a client takes for all of it; less is better:", "", *comparison(rows, titles),
            "Processor time of the client:", "", *comparison(rows, titles, "cpu"), *of_memory(peaks)]


def of_memory(peaks):
    return ["Memory that the client takes at the most in the last row: "
            + ", ".join(f"{NAMES.get(name, name)} {digits(peak / MIB)} MiB" for name, peak in peaks.items()) + ".", ""]


def ratios_by_turns(samples, less):
    """How this build stands to the one before in each turn, above 1 where it is better; the least first."""
    return sorted(better(ours["rate"], theirs["rate"], less) for ours, theirs in zip(samples["ftplike"], samples["before"]))


def of_before(rows, titles):
    lines = ["This build and the one before by turns, over and over, each for a short time, so that whatever else happens meets both. A client of",
             "one session, and its server, have a processor each. The ratio is that of two neighbouring turns, above 1 where this build is",
             "better, also in rows where less is better: the median, and between which two numbers the middle half of them is. Where many",
             "sessions share the processors with their clients, the median differs from run to run, also that of a build beside itself.", "",
             "|  | to the build before | middle half |", "|---|---|---|"]
    for row, (title, _) in titles.items():
        if {"ftplike", "before"} <= rows.get(row, {}).keys():
            ratios = ratios_by_turns(rows[row], row in LESS)
            quarter = len(ratios) // 4
            lines.append(f"| {title} | {statistics.median(ratios):.2f} | {ratios[quarter]:.2f} to {ratios[-1 - quarter]:.2f} |")
    return [*lines, "", *of_memory(medians(rows, "same", "memory"))]


def of_compiling(programs, titles):
    def cells(name):
        samples = programs[name]["g++"]
        size = f"{median(programs[name]['size']) / 1000:.0f}" if "size" in programs[name] else "–"
        return f"{median(samples) / median(programs['echo']['g++']):.1f} | {median(samples, 'memory') / MIB:.0f} | {size}"

    return ["*Time* is the processor time of `g++ -O0`, as a multiple of what it takes for a plain Asio echo server, and *memory* what the",
            "compiler takes at the most. *Size* is that of the program by `g++ -Os`, without symbols.", "",
            "| program | time | memory, MiB | size, kB |", "|---|---|---|---|",
            *(f"| {title} | {cells(name)} |" for name, title in titles.items()), ""]


def of_growth(rows, titles):
    lines = ["Our server alone: how the time for something, or the memory, depends on how much there is.", ""]
    for row, (title, unit) in titles.items():
        lines += [f"| {title} | {unit} |", "|---|---|", *(f"| {count} | {digits(median(samples))} |" for count, samples in rows.get(row, {}).items()), ""]
    return lines


PARTS = {"servers": ("Servers", of_servers), "tls": ("Servers under TLS 1.3", of_tls), "clients": ("Clients", of_clients),
         "before": ("Beside the build before", of_before), "compile": ("What including it costs", of_compiling), "growth": ("How it grows", of_growth)}


def circumstances(about, part):
    before = f"; the build before is commit {about['base']}" if about["base"] and part in ("before", *BESIDE_OTHERS) else ""
    rounds = f"{about['rounds']} rounds" + (f", {about['seconds']:g} s for each row" if part == "servers" else "")
    if part == "before":
        rounds = f"{about['turns']} turns"
    return (f"{about['date']}, {about['processors']} processors ({about['processor']}), Linux {about['kernel']}, {about['compiler']}; "
            f"{rounds}; commit {about['commit']}{before}.")


def behind(results, titles):
    return [f"- {said}{title}: {ratio:.2f}" for part, said in BESIDE_OTHERS.items() if part in results
            for row, (title, _) in titles[part].items()
            if (ratio := to_best(medians(results[part], row), row in LESS)) and round(ratio, 2) < 1]


def write(results, titles):
    """`titles`: for each part its rows in their order, with their title and unit."""
    lines = ["# Benchmarks", "",
             "Written by `bench/run`, which measures all of this on loopback, with all files in memory, so that no disk is measured. In each",
             "round every server is started afresh, in another order, and has to do the same for the same client.", "",
             "- *Down* is a download, *up* an upload. A small file has 1 KiB, a big one 256 MiB, and 1 GiB under TLS.",
             "- Figures are medians of the rounds. On another machine they are others: only the ratios mean anything.",
             "- *Ours to the best other*: how many times as good ours, the column *ftplike*, is as the best of the other columns. Above 1 ours is",
             "  better, also in rows where less is better. *To the build before* compares ours with an older build of ours in the same way;",
             "  what is not under TLS has that in a table of its own, [below](#beside-the-build-before).",
             "- *Spread of ours*: the difference of its best and its worst round, in per cent of the median.",
             "- A dash: there is no figure, since the program cannot do this (vsftpd has no MLSD) or none could be taken.", ""]
    for part, (heading, told_of) in PARTS.items():
        if part in results:
            lines += [f"## {heading}", "", circumstances(results["about"][part], part), "", *told_of(results[part], titles[part])]
    lines += ["## Where we are behind", "", "Rows of the tables above, but for those of processor time, where *ours to the best other* is below 1:", "",
              *(behind(results, titles) or ["Nowhere."]),
              *(f"- not measured: {failure}" for failure in results["failures"]), ""]
    (ROOT / "docs/benchmarks.md").write_text("\n".join(lines))
