"""The extra local-llm: settings reach the library, loopback only, and every refusal says its mend."""

import sys
from pathlib import Path
from types import SimpleNamespace

import pytest
from typer.testing import CliRunner

from candor.cli import app
from candor.common.errors import ConfigurationError, InvalidInputError
from candor.llm.local_server import open_local_server


class Params(SimpleNamespace):
    def __init__(self) -> None:
        super().__init__(model=SimpleNamespace(path=""))


def library(refusal: str = "") -> SimpleNamespace:
    """A double of xllamacpp: remembers its parameters, or refuses the file as the library does."""

    def server(params: Params) -> SimpleNamespace:
        if refusal:
            raise RuntimeError(refusal)
        return SimpleNamespace(listening_address=f"http://127.0.0.1:{params.port}", params=params)

    return SimpleNamespace(CommonParams=Params, Server=server)


@pytest.fixture
def weights(tmp_path: Path) -> Path:
    file = tmp_path / "small.gguf"
    file.write_bytes(b"GGUF")
    return file


def test_that_a_model_is_served_on_this_machine_only(weights: Path) -> None:
    server = open_local_server(weights, port=8099, context=4096, parallel=2, library=library())
    assert server.listening_address == "http://127.0.0.1:8099"
    params = server.params  # type: ignore[attr-defined]
    assert params.hostnames == ["127.0.0.1"]
    assert (params.model.path, params.n_ctx, params.n_parallel) == (str(weights), 8192, 2)


def test_that_a_broken_file_is_told(weights: Path) -> None:
    with pytest.raises(ConfigurationError, match=r"small\.gguf can't be served"):
        open_local_server(weights, port=1, context=4096, parallel=1, library=library("bad magic"))


def test_that_a_missing_file_is_told(tmp_path: Path) -> None:
    with pytest.raises(InvalidInputError, match="There is no file"):
        open_local_server(tmp_path / "none.gguf", port=1, context=4096, parallel=1)


def test_that_the_command_says_which_extra_is_missing(
    weights: Path, monkeypatch: pytest.MonkeyPatch
) -> None:
    monkeypatch.setitem(sys.modules, "xllamacpp", None)
    done = CliRunner().invoke(app, ["model", "serve", str(weights)])
    assert done.exit_code == 1
    assert "candor[local-llm]" in done.output
