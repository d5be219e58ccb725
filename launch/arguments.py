"""The flags, their help and their completion."""

import argparse
from collections.abc import Iterable

from launch import experiments
from launch.flags import command_parser, complete_by, positive
from launch.target import DPI

_EPILOG = """\
selectors
  demo/                        one plan
  backbone=cnn6+method=ce      both conditions (a comma joins them too)
  method=ce+scl                either modality
  a=x+b=1:a=y+b=2              either of two selections
  lr<1e-3  method!=ce  backbone=cnn*  state=failed  id=3f2a

a first session
  sonoplan icbhi -i                          what the experiment is
  sonoplan icbhi -s demo/ -l                 the settings of its plan `demo`
  sonoplan icbhi -s demo/ -c                 compute them
  sonoplan icbhi -s demo/ -d -e demo.png     the table, also as a picture
  sonoplan icbhi -s tuning/ --search 20 -c   draw 20 of its settings, and compute them

other commands
  sonoplan doctor                            what is installed, found, missing; what to do next
  sonoplan models                            pretrained checkpoints: list, fetch, verify
  sonoplan data                              datasets: list, inspect, download, prepare
  sonoplan table RUNS.csv --metric NAME      compare hyperparameters from a csv of runs
  sonoplan doce SCRIPT --as NAME             bring an experiment written for doce along
  sonoplan new NAME                          write an experiment to be changed into one's own
"""


def parser() -> argparse.ArgumentParser:
    """Build the parser of the command line."""
    parse = command_parser(
        "sonoplan",
        "Compare methods: list, compute, display and export an experiment's settings.",
        _EPILOG,
    )
    name = parse.add_argument("experiment", nargs="?", help="name of an experiment")
    complete_by(name, lambda **_: experiments.names())
    parse.add_argument("-v", "--version", action="store_true", help="tell the version")
    _selecting(parse)
    _looking(parse)
    _tables(parse)
    _computing(parse)
    _clusters(parse)
    _queued(parse)
    _keeping(parse)
    _places(parse)
    return parse


def _selecting(parse: argparse.ArgumentParser) -> None:
    group = parse.add_argument_group("which settings")
    selector = group.add_argument("-s", "--select", metavar="SELECTOR", help="see below")
    complete_by(selector, _complete_selector)
    group.add_argument(
        "--set",
        action="append",
        default=[],
        metavar="FACTOR=A,B",
        help="replace a factor's modalities for this call",
    )
    _searching(parse)


def _searching(parse: argparse.ArgumentParser) -> None:
    group = parse.add_argument_group("a sweep: of the settings selected, some that are drawn")
    group.add_argument("--search", type=positive, metavar="N", help="draw N settings in all")
    group.add_argument(
        "--search-by",
        metavar="WAY",
        help="random: by the seed, each as likely (default); tpe: with -c, where results so far "
        "are promising (needs optuna)",
    )
    group.add_argument(
        "--metric", metavar="METRIC", help="what the search is after (default: the first metric)"
    )
    group.add_argument("--search-seed", type=int, default=0, metavar="S", help="another draw")
    group.add_argument(
        "--search-batch",
        type=positive,
        metavar="K",
        help="tpe: settings drawn at a time (default: as many as run at once; with --slurm "
        "--parallel, or 8)",
    )


def _looking(parse: argparse.ArgumentParser) -> None:
    group = parse.add_argument_group("looking")
    group.add_argument("-i", "--information", action="store_true", help="tell what it is")
    group.add_argument("-p", "--plan", action="store_true", help="show the plans' factors")
    group.add_argument("-l", "--list", action="store_true", help="list the settings")
    group.add_argument("-f", "--files", action="store_true", help="list tasks and their folders")
    group.add_argument("--status", action="store_true", help="count what is done and what is left")
    group.add_argument(
        "--watch", action="store_true", help="follow the status until nothing runs or waits"
    )
    group.add_argument("--log", metavar="ID", help="print the log of a task")
    group.add_argument(
        "-F", "--follow", action="store_true", help="with --log: go on until the task has ended"
    )
    group.add_argument(
        "-d",
        "--display",
        nargs="?",
        const="",
        metavar="METRICS[:FACTOR…]",
        help="table of all metrics, or of those named (or numbered): -d Sc,Se; after a colon, "
        "factors whose modalities become columns: -d Sc:lr:backbone",
    )
    group.add_argument(
        "-e",
        "--export",
        nargs="?",
        const="",
        metavar="NAME",
        help="write the table, the sheet or the figure to a file: -e name.png; a table without a "
        "suffix in every format: csv, md, tex, html, xlsx, svg, pdf, png; report.html, or "
        "NAME-report.html: one page with the table, all figures, failures and sounds",
    )
    group.add_argument(
        "--figure",
        nargs="?",
        const="",
        metavar="NAME[:ARG…]",
        help="draw a figure: --figure curve:loss -e loss.pdf; without a name, list them",
    )
    group.add_argument(
        "--sheet", metavar="NAME", help="write a file of rows for other tools (-i lists them)"
    )
    group.add_argument(
        "--json", action="store_true", help="one JSON document for -l, -d, --why, --status"
    )


def _tables(parse: argparse.ArgumentParser) -> None:
    group = parse.add_argument_group("tables, with -d or -e")
    group.add_argument("--published", action="store_true", help="with published rows beside ours")
    group.add_argument(
        "--best-by",
        metavar="METRIC",
        help="one row a group: its setting with the best mean of a metric, shown or not",
    )
    group.add_argument(
        "--per",
        default="",
        metavar="A,B",
        help="with --best-by: factors that make the groups (default: the first that varies)",
    )
    group.add_argument(
        "--sort",
        metavar="METRIC",
        help="rows by a metric, shown or not, the best first; or as those `published`",
    )
    group.add_argument(
        "-o",
        "--order",
        default="",
        metavar="A,B",
        help="factors to show first, in this order, in -l too; with --sort METRIC, rows that agree "
        "in them stay together",
    )
    group.add_argument(
        "--rank",
        metavar="FACTOR",
        help="rank settings over a factor's modalities, as datasets, by the metric of -d: average "
        "ranks, wins and losses; -e writes the critical-difference diagram too",
    )
    group.add_argument(
        "--why",
        metavar="ROW",
        help="where a row's numbers come from: its number in the table, or a selector",
    )
    group.add_argument(
        "--cells",
        default="mean±std",
        metavar="NAME",
        help="what a cell shows of its runs: mean±std, interval, min-max, median, runs",
    )
    group.add_argument(
        "--test",
        default="t",
        metavar="NAME",
        help="test that underlines what is not significantly worse than the best: t (paired where "
        "runs pair, else Welch's), welch, wilcoxon, none",
    )
    group.add_argument("--alpha", type=float, default=0.05, metavar="P", help="level of the tests")
    group.add_argument("--dpi", type=int, default=DPI, metavar="N", help="resolution of a PNG")


def _computing(parse: argparse.ArgumentParser) -> None:
    group = parse.add_argument_group("computing")
    group.add_argument(
        "-c",
        "--compute",
        nargs="?",
        type=positive,
        const=0,
        metavar="JOBS",
        help="compute what is not done, on this machine",
    )
    group.add_argument("--jobs", type=positive, metavar="N", help="tasks at once")
    group.add_argument("--gpus", metavar="0,1", help="GPUs to use, or none")
    group.add_argument("--jobs-per-gpu", type=positive, default=1, metavar="K")
    group.add_argument(
        "-D", "--detached", action="store_true", help="go on after a failure (as is)"
    )
    group.add_argument("--fail-fast", action="store_true", help="stop at the first failure")
    group.add_argument("-S", "--skip", action="store_true", help="leave out what failed earlier")
    retried = group.add_argument(
        "--retry",
        nargs="?",
        const="",
        metavar="SELECTOR",
        help="compute only what failed earlier, of all settings or of those selected",
    )
    complete_by(retried, _complete_selector)
    group.add_argument("--dry-run", action="store_true", help="say what would be computed, and why")
    group.add_argument(
        "-P",
        "--progress",
        choices=("auto", "d", "s", "ds", "none"),
        nargs="?",
        const="d",
        default="auto",
        help="d: a bar, s: one line a task, ds: both",
    )


def _clusters(parse: argparse.ArgumentParser) -> None:
    group = parse.add_argument_group("computing on a cluster, with -c or --retry")
    profile = group.add_argument(
        "--slurm",
        nargs="?",
        const="",
        metavar="PROFILE",
        help="submit to Slurm and return: the profile of sonoplan.toml, or NAME, or NAME:VARIANT",
    )
    complete_by(profile, _complete_profile)
    group.add_argument("--parallel", type=positive, metavar="N", help="jobs at once, at most")
    group.add_argument(
        "--pack", type=positive, default=1, metavar="K", help="tasks side by side in one job"
    )
    group.add_argument(
        "-j",
        "--job",
        metavar="TEMPLATE",
        help="write one job script a setting from a template; with -c submit each",
    )


def _queued(parse: argparse.ArgumentParser) -> None:
    group = parse.add_argument_group("in Slurm's queue")
    actions = {
        "--cancel": "cancel the jobs of these settings, after asking",
        "--hold": "keep their waiting jobs from starting",
        "--release": "let their held jobs start",
    }
    for flag, told in actions.items():
        action = group.add_argument(flag, metavar="SELECTOR", help=told)
        complete_by(action, _complete_selector)


def _keeping(parse: argparse.ArgumentParser) -> None:
    group = parse.add_argument_group("keeping")
    group.add_argument(
        "-R",
        "--remove",
        nargs="?",
        const="all",
        metavar="STAGE",
        help="move records of the selected settings to the trash",
    )
    group.add_argument(
        "-K", "--keep", action="store_true", help="move all other records to the trash"
    )
    group.add_argument("-A", "--archive", metavar="PATH", help="copy the records to a folder")
    group.add_argument(
        "--compact",
        nargs="?",
        const="all",
        metavar="STAGE",
        help="fold the finished records of a stage, or of all stages, into one file each, which is "
        "read in place: it spares inodes",
    )
    group.add_argument("-y", "--yes", action="store_true", help="do not ask")


def _places(parse: argparse.ArgumentParser) -> None:
    group = parse.add_argument_group("places")
    group.add_argument("--results", metavar="PATH", help="folder of results (default: results)")
    group.add_argument("-t", "--tag", metavar="NAME", help="keep this call's results apart")
    group.add_argument(
        "--data",
        action="append",
        default=[],
        metavar="NAME=PATH",
        help="where a dataset lies",
    )


def _complete_selector(prefix: str, parsed_args: argparse.Namespace, **_: object) -> Iterable[str]:
    """Complete plans, then factors, then modalities."""
    from core.values import text

    try:
        experiment = experiments.find(parsed_args.experiment)
    except KeyError:
        return []
    head = prefix[: max(prefix.rfind(mark) for mark in "/+,:") + 1]
    known = [f"{name}={text(m)}" for name, ms in experiment.factors.items() for m in ms]
    plans = [] if head else [f"{plan.name}/" for plan in experiment.plans]
    return [head + word for word in (*plans, *known)]


def _complete_profile(**_: object) -> Iterable[str]:
    from launch.slurm import profile

    return profile.names()
