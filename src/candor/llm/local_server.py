"""The extra `[local-llm]`: a GGUF model of one's own behind an OpenAI-compatible address on loopback.

Candor talks to it as to any other server (`OPENAI_BASE_URL`), so nothing else knows that it is local.
"""

from importlib import import_module
from pathlib import Path
from typing import Any, Final, Protocol

from candor.common.errors import ConfigurationError, InvalidInputError

PACKAGE: Final = "xllamacpp"
LOOPBACK: Final = "127.0.0.1"


class LocalServer(Protocol):
    """Serves for as long as it is held."""

    @property
    def listening_address(self) -> str:
        """`http://127.0.0.1:8080`; the API lies under `/v1`."""
        ...


def open_local_server(
    model: Path, *, port: int, context: int, parallel: int, library: Any = None
) -> LocalServer:
    """Load the weights and listen on loopback only. `context` is in tokens per dialogue.

    Raises InvalidInputError for a file that can't be a model, ConfigurationError without the extra or
    when the library refuses the file. `library` stands in for xllamacpp in tests.
    """
    if not model.is_file():
        raise InvalidInputError(f"There is no file {model}. Give the path of a GGUF model.")
    found = library or _library()
    params = found.CommonParams()
    params.model.path = str(model)
    params.hostnames = [LOOPBACK]
    params.port = port
    params.n_ctx = context * parallel
    params.n_parallel = parallel
    params.model_alias = {model.stem}
    try:
        server: LocalServer = found.Server(params)
    except (RuntimeError, ValueError, OSError) as error:
        raise ConfigurationError(
            f"The model {model.name} can't be served: {str(error).rstrip('.')}. Is it a whole GGUF file, and does it fit "
            "into memory?"
        ) from error
    return server


def _library() -> Any:
    try:
        return import_module(PACKAGE)
    except ImportError as error:
        raise ConfigurationError(
            "Serving a model of your own needs the extra local-llm. Install it with "
            "`pip install 'candor[local-llm]'`, or point OPENAI_BASE_URL at another server (Ollama, vLLM)."
        ) from error
