"""The action -j: one job script a setting, from a template as doce's users have them."""

import re
import shlex
import sys
from collections.abc import Sequence
from pathlib import Path

from core.errors import ConfigError, UnknownName
from core.selection import Selection
from core.setting import Setting
from launch.slurm.command import call
from launch.terminal import Terminal
from launch.workspace import Workspace

LAUNCH = "<DOCE_LAUNCH>"
WORDS = (LAUNCH, "<DOCE_SETTING>", "<DOCE_NAME>")
"""The command that computes the setting, the setting's label, the experiment's name."""


def write_jobs(
    workspace: Workspace,
    selection: Selection,
    template: Path,
    changes: Sequence[str],
    submit: bool,
    terminal: Terminal,
) -> int:
    """Write the scripts and print their paths; submit each, if asked, unless it is done.

    `changes` are the assignments of `--set`, which each command repeats. Scripts of other settings
    are left alone.
    """
    text = read_template(template)
    folder = workspace.store.folder / "jobs"
    folder.mkdir(parents=True, exist_ok=True)
    for setting in selection:
        command = launch_command(workspace, f"{selection.plan_of(setting)}/{setting}", changes)
        filled = fill(text, command, setting, workspace.experiment.name)
        script = folder / f"{list(workspace.maker.tasks(setting).values())[-1].id}.sh"
        script.write_text(filled, encoding="utf-8")
        terminal.line(str(script))
        if submit and workspace.state_of(setting) != "done":
            terminal.note(call("sbatch", str(script)).strip())
    if not submit:
        every = shlex.quote(str(folder))
        terminal.note(f'to launch them all: for job in {every}/*.sh; do sbatch "$job"; done')
    return 0


def read_template(file: Path) -> str:
    """Read a template; raises for a word that is not known, and where nothing is launched."""
    try:
        text = file.read_text(encoding="utf-8")
    except (OSError, ValueError) as error:
        raise ConfigError(f"template {file} cannot be read: {error}") from error
    for word in re.findall(r"<DOCE_\w*>", text):
        if word not in WORDS:
            raise UnknownName(f"word of template {file}", word, WORDS)
    if LAUNCH not in text:
        raise ConfigError(f"template {file} launches nothing; write {LAUNCH} on a line of its own")
    return text


def fill(text: str, command: str, setting: Setting, name: str) -> str:
    """Put a setting into a template."""
    values = dict(zip(WORDS, (command, str(setting), name), strict=True))
    return re.sub("|".join(WORDS), lambda found: values[found[0]], text)


def launch_command(workspace: Workspace, selector: str, changes: Sequence[str]) -> str:
    """Write the command that computes what a selector picks, with the folders of this call."""
    words = [sys.executable, "-m", "launch.cli", workspace.experiment.name, "-s", selector, "-c"]
    for change in changes:
        words += ["--set", change]
    words += ["--results", str(workspace.config.results)]
    for name, path in workspace.config.data.items():
        if name in workspace.experiment.data:
            words += ["--data", f"{name}={path}"]
    return shlex.join(words)
