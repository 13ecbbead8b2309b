"""The two commands: `fairground report` and `fairground plot`."""

import argparse
import os
import sys
from pathlib import Path

from . import model, reader
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


def _write(path, content):
    """Writes a file whole or not at all."""
    half = path.with_name(path.name + ".part")
    try:
        path.parent.mkdir(parents=True, exist_ok=True)
        half.write_bytes(content)
        os.replace(half, path)
    except OSError as error:
        try:
            half.unlink()
        except OSError:
            pass
        raise UserError(f"{path} can't be written: {error.strerror or error}; choose another place with -o.") from None


def _guarded(body):
    """Runs a command: the exit code is 2 with one sentence for bad input, also for a file that was cut off."""
    try:
        return body()
    except UserError as error:
        print(f"fairground: {error}", file=sys.stderr)
        return 2
    except BrokenPipeError:
        os.dup2(os.open(os.devnull, os.O_WRONLY), sys.stdout.fileno())
        return 1
    except KeyboardInterrupt:
        return 130


def _complain(runs):
    """One sentence for each incomplete record; 2 if one was cut in the middle of a line, else 0."""
    for run in runs:
        if run.record.complaint():
            print(f"fairground: {run.record.complaint()}", file=sys.stderr)
    return 2 if any(run.record.state == "cut" for run in runs) else 0


REPORT_HELP = """examples:
  fairground report results/runs/7f3a                  report.html beside the record
  fairground report vm desktop server -o compare.html  several machines on common scales

The file needs no network, no script and no other file. A record without its footer is reported as far as it goes, with
a banner; one that is cut off in the middle of a line too, with exit code 2."""


def report_main(argv=None):
    """`fairground report RUN... [-o FILE]`."""
    parser = argparse.ArgumentParser(
        prog="fairground report",
        description="One self-contained HTML file from one or several runs.",
        epilog=REPORT_HELP,
        formatter_class=argparse.RawDescriptionHelpFormatter,
    )
    parser.add_argument("runs", nargs="+", metavar="RUN", help="a run's folder, or its run.jsonl")
    parser.add_argument(
        "-o", "--output", metavar="FILE", help="where to write (default: report.html in the first run's folder)"
    )
    parser.add_argument("--quiet", action="store_true", help="don't print what was found")
    options = parser.parse_args(argv)

    def body():
        runs = _runs(options.runs)
        output = Path(options.output) if options.output else runs[0].record.path.parent / "report.html"
        if output.is_dir():
            raise UserError(f"{output} is a folder: name a file, such as {output / 'report.html'}.")
        from . import across, one

        text, sentences = one.render(runs[0]) if len(runs) == 1 else across.render(runs)
        _write(output, text.encode("utf-8", "replace"))
        if not options.quiet:
            for sentence in sentences:
                print(sentence)
        print(output)
        return _complain(runs)

    return _guarded(body)


PLOT_HELP = """examples:
  fairground plot results/runs/7f3a                            every figure as SVG, in its folder plots/
  fairground plot results/runs/7f3a --figure starved scaling   only these
  fairground plot vm desktop -o plots --format png             figures across machines

An SVG follows its reader's system, light or dark; PNG and PDF are light unless --theme says dark."""

FIGURES = ("starved", "scaling", "shares", "progress", "tradeoff", "machine", "single", "forest", "ranks")


def plot_main(argv=None):
    """`fairground plot RUN... [-o DIR] [--format svg|png|pdf] [--figure NAME...]`."""
    parser = argparse.ArgumentParser(
        prog="fairground plot",
        description="The figures of a report as files of their own.",
        epilog=PLOT_HELP,
        formatter_class=argparse.RawDescriptionHelpFormatter,
    )
    parser.add_argument("runs", nargs="+", metavar="RUN", help="a run's folder, or its run.jsonl")
    parser.add_argument(
        "-o", "--output", metavar="DIR", help="folder to write to (default: plots in the first run's folder)"
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
        for f in figures:
            content = (
                svg.standalone(f.canvas, f.title, f.description).encode()
                if options.format == "svg"
                else svg.bitmap(f.canvas, options.format)
            )
            _write(folder / f"{f.canvas.name}.{options.format}", content)
            print(f"{folder / f.canvas.name}.{options.format}: {f.title}")
        return _complain(runs)

    return _guarded(body)
