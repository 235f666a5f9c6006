"""Tables, one file per area. Importing this package completes `candor.storage.metadata.metadata`.

Only repositories, migrations and tests come in; a row never leaves storage.
"""

from importlib import import_module
from pkgutil import iter_modules

for _area in sorted(module.name for module in iter_modules(__path__)):
    import_module(f"{__name__}.{_area}")
