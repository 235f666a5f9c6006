"""The sample scripts that come with Candor: two invented schools, in Russian and English."""

from importlib.resources import files


def sample_sources() -> tuple[str, ...]:
    """Each sample's YAML; the education scripts first, since the sales scripts name them."""
    folder = files("candor.sales") / "samples"
    found = sorted(
        (item.name, item.read_text(encoding="utf-8"))
        for item in folder.iterdir()
        if item.name.endswith(".yaml")
    )
    lessons = [text for name, text in found if name.startswith("onboarding")]
    sales = [text for name, text in found if not name.startswith("onboarding")]
    return (*lessons, *sales)


def questionnaire_sources() -> tuple[str, ...]:
    """The sample questionnaires, which sample scripts name."""
    folder = files("candor.sales.questionnaires") / "samples"
    found = sorted(item.name for item in folder.iterdir() if item.name.endswith(".yaml"))
    return tuple((folder / name).read_text(encoding="utf-8") for name in found)
