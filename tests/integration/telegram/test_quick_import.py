"""aiogram's models are built at first use; each of them has to come out whole."""

import subprocess
import sys

ALL = """
import candor.telegram.bot
import aiogram.types, aiogram.methods
from aiogram.methods.base import Response
from pydantic import BaseModel

broken = []
for module in (aiogram.types, aiogram.methods):
    for name in module.__all__:
        model = getattr(module, name)
        if isinstance(model, type) and issubclass(model, BaseModel):
            model.model_rebuild()
            if not model.__pydantic_complete__:
                broken.append(name)
            if not isinstance(getattr(model, "__returning__", property()), property):
                answer = Response[model.__returning__]
                answer.model_rebuild()
                if not answer.__pydantic_complete__:
                    broken.append(f"answer of {name}")
assert not broken, broken
"""


def test_that_every_type_and_method_of_aiogram_can_be_built() -> None:
    done = subprocess.run(
        [sys.executable, "-c", ALL], capture_output=True, text=True, check=False, timeout=100
    )
    assert done.returncode == 0, done.stderr


def test_that_other_models_are_built_as_ever() -> None:
    code = (
        "import candor.telegram.bot\n"
        "from pydantic import BaseModel\n"
        "class A(BaseModel):\n    b: 'B'\n"
        "class B(BaseModel):\n    c: int\n"
        "assert A.model_rebuild() is not False\n"
        "assert A.model_validate({'b': {'c': 1}}).b.c == 1\n"
    )
    done = subprocess.run(
        [sys.executable, "-c", code], capture_output=True, text=True, check=False, timeout=60
    )
    assert done.returncode == 0, done.stderr
