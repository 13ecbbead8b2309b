"""The two commands: `fairground report` and `fairground plot`."""

import argparse
import sys
from pathlib import Path

from . import model, output, reader
from .errors import UserError


def _runs(arguments):
    """The runs named on the command line, and the complaints about those that are not complete."""
    runs, seen = [], set()
    for argument in arguments:
        record = reader.read(argument)
        where = record.path.resolve()
        if where in seen:
            raise UserError(f"{argument} is given twice: give each run once.")
        seen.add(where)
        runs.append(model.Run(record))
    model.name_runs(runs)
    return runs


def _complain(runs):
    """One sentence for each incomplete record; 2 if one was cut in the middle of a line, else 0."""
    for run in runs:
        if run.record.complaint():
            print(f"fairground: {run.record.complaint()}", file=sys.stderr)
    return 2 if any(run.record.state == "cut" for run in runs) else 0


class Parser(argparse.ArgumentParser):
    """One that says what is wrong in one sentence."""

    def error(self, message):
        print(f"{self.prog}: {message}; `{self.prog} --help` shows how it is used.", file=sys.stderr)
        sys.exit(2)


REPORT_HELP = """examples:
  fairground report results/runs/7f3a                  report.html beside the record
  fairground report vm desktop server -o compare.html  several machines on common scales

The file needs no network and no other file, and can be read without its script. A record without its footer is reported as far as it goes, with
a banner; one that is cut off in the middle of a line too, with exit code 2."""


def report_main(argv=None):
    """`fairground report RUN... [-o FILE]`."""
    parser = Parser(
        prog="fairground report",
        description="One self-contained HTML file from one or several runs.",
        epilog=REPORT_HELP,
        formatter_class=argparse.RawDescriptionHelpFormatter,
    )
    parser.add_argument("runs", nargs="+", metavar="RUN", help="a run's folder, or its run.jsonl")
    parser.add_argument(
        "-o",
        "--output",
        metavar="FILE",
        help="where to write (default: report.html in the first run's folder; -: standard output, and nothing else)",
    )
    parser.add_argument("--quiet", action="store_true", help="don't print what was found")
    options = parser.parse_args(argv)

    def body():
        runs = _runs(options.runs)
        target = Path(options.output) if options.output else runs[0].record.path.parent / "report.html"
        if target.is_dir():
            raise UserError(f"{target} is a folder: name a file, such as {target / 'report.html'}.")
        from . import across, one

        text, sentences = one.render(runs[0]) if len(runs) == 1 else across.render(runs)
        output.write(target, text.encode("utf-8", "replace"))
        if not output.is_standard(target):
            print(*([] if options.quiet else sentences), target, sep="\n")
        return _complain(runs)

    return output.guarded(body)


PLOT_HELP = """examples:
  fairground plot results/runs/7f3a                            every figure as SVG, in its folder plots/
  fairground plot results/runs/7f3a --figure starved scaling   only these
  fairground plot vm desktop -o plots --format png             figures across machines

An SVG follows its reader's system, light or dark; PNG and PDF are light unless --theme says dark."""

FIGURES = (
    "starved interference scaling crowding shares progress waits shortterm tradeoff handover timeline machine single"
    " forest ranks"
).split()


def plot_main(argv=None):
    """`fairground plot RUN... [-o DIR] [--format svg|png|pdf] [--figure NAME...]`."""
    parser = Parser(
        prog="fairground plot",
        description="The figures of a report as files of their own.",
        epilog=PLOT_HELP,
        formatter_class=argparse.RawDescriptionHelpFormatter,
    )
    parser.add_argument("runs", nargs="+", metavar="RUN", help="a run's folder, or its run.jsonl")
    parser.add_argument(
        "-o",
        "--output",
        metavar="DIR",
        help="folder to write to (default: plots in the first run's folder; -: standard output, for one figure)",
    )
    parser.add_argument("--format", choices=("svg", "png", "pdf"), default="svg", help="kind of file (default: svg)")
    parser.add_argument("--figure", nargs="+", choices=FIGURES, metavar="NAME", help=f"only these: {' '.join(FIGURES)}")
    parser.add_argument("--theme", choices=("light", "dark"), default="light", help="of PNG and PDF (default: light)")
    options = parser.parse_args(argv)

    def body():
        runs = _runs(options.runs)
        from . import across, one, svg
        from .canvas import Canvas

        Canvas.theme = options.theme if options.format != "svg" else "light"
        figures = one.Report(runs[0]).everything() if len(runs) == 1 else across.Report(runs).everything()
        figures = [f for f in figures if not options.figure or f.kind in options.figure]
        if not figures:
            raise UserError(
                f"{options.runs[0]} has nothing to draw as {' '.join(options.figure or ['a figure'])}: leave out"
                " --figure to see what it has."
            )
        folder = Path(options.output) if options.output else runs[0].record.path.parent / "plots"
        if output.is_standard(folder) and len(figures) > 1:
            raise UserError(f"{len(figures)} figures don't go to standard output: choose one with --figure.")
        for f in figures:
            content = (
                svg.standalone(f.canvas, f.title, f.description).encode()
                if options.format == "svg"
                else svg.bitmap(f.canvas, options.format)
            )
            if output.is_standard(folder):
                output.write(folder, content)
                continue
            output.write(folder / f"{f.canvas.name}.{options.format}", content)
            print(f"{folder / f.canvas.name}.{options.format}: {f.title}")
        return _complain(runs)

    return output.guarded(body)
