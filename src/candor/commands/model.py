"""`candor model`: a language model on this machine."""

import time
from pathlib import Path
from typing import Annotated

import typer

from candor.commands.running import (
    DEFAULT_DATA_DIR,
    EXIT_FAILED,
    DataDir,
    print_error,
    progress,
    say,
)
from candor.common.errors import CandorError

app = typer.Typer(help="A language model on this machine.", no_args_is_help=True)


@app.command()
def serve(
    model: Annotated[Path, typer.Argument(help="A GGUF file.")],
    port: Annotated[int, typer.Option(min=1, max=65535)] = 8080,
    context: Annotated[int, typer.Option(min=2048, help="Tokens per dialogue.")] = 4096,
    parallel: Annotated[int, typer.Option(min=1, max=64, help="Dialogues at once.")] = 2,
    _data_dir: DataDir = DEFAULT_DATA_DIR,
) -> None:
    """Serve a model of your own on 127.0.0.1 until Ctrl-C (extra local-llm)."""
    # Late: the library is 100 MB, and no other command needs it.
    from candor.llm.local_server import open_local_server  # noqa: PLC0415

    progress(f"loading {model.name} ...")
    try:
        server = open_local_server(model, port=port, context=context, parallel=parallel)
    except CandorError as error:
        print_error(error)
        raise typer.Exit(EXIT_FAILED) from None
    say(f"OPENAI_BASE_URL={server.listening_address}/v1")
    say(f"CANDOR_LLM_MODEL={model.stem}")
    progress("serving on this machine only; Ctrl-C stops it.")
    try:
        while True:
            time.sleep(3600)
    except KeyboardInterrupt:
        progress("stopped.")
