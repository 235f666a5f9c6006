"""What is made ready in the background of a start, so that the first client waits for nothing."""

from candor.bootstrap.container import Container
from candor.common.errors import CandorError
from candor.llm.knowledge import passages
from candor.sales.views import fact_views


async def warm(container: Container) -> None:
    """Load the encoder, then read and encode what the sales scripts compare messages with.

    One to three seconds of CPU, most of it in the encoder's thread.
    """
    await container.language.warm()
    scripts = container.sales.scripts
    for info in (await scripts.list_scripts(kind="sales")).items:
        try:
            script = await scripts.load_script(info.id)
        except CandorError:
            continue  # unreadable or deleted meanwhile; whoever uses it is told why
        await container.sales.writer.warm(script)
        document = script.document
        known = passages(fact_views(document), document.knowledge)
        await container.language.encoder.encode(tuple(passage.text for passage in known))
