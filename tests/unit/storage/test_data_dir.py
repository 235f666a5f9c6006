"""The data folder is private, of a known version, and each part used by one at a time."""

import json
import os
import stat
import subprocess
import sys
from pathlib import Path

import pytest

from candor.common.errors import ConfigurationError
from candor.storage.data_dir import LAYOUT, lock_data_dir, prepare_data_dir


def test_that_it_is_made_private_and_stamped(tmp_path: Path) -> None:
    folder = prepare_data_dir(tmp_path / "a" / "data")
    assert stat.S_IMODE(folder.stat().st_mode) == 0o700
    assert json.loads((folder / "candor.json").read_text()) == {"layout": LAYOUT}
    assert prepare_data_dir(folder) == folder


def test_that_an_open_folder_is_closed(tmp_path: Path) -> None:
    tmp_path.chmod(0o755)
    prepare_data_dir(tmp_path)
    assert stat.S_IMODE(tmp_path.stat().st_mode) == 0o700


def test_that_a_folder_of_a_newer_version_is_refused(tmp_path: Path) -> None:
    (tmp_path / "candor.json").write_text(json.dumps({"layout": LAYOUT + 1}))
    with pytest.raises(ConfigurationError, match="newer Candor"):
        prepare_data_dir(tmp_path)


def test_that_a_damaged_stamp_is_told(tmp_path: Path) -> None:
    (tmp_path / "candor.json").write_text("{")
    with pytest.raises(ConfigurationError, match="damaged"):
        prepare_data_dir(tmp_path)


def test_that_a_file_in_its_place_is_told(tmp_path: Path) -> None:
    (tmp_path / "data").write_text("")
    with pytest.raises(ConfigurationError, match="is a file"):
        prepare_data_dir(tmp_path / "data")


def test_that_a_second_user_is_refused_with_the_pid_of_the_first(tmp_path: Path) -> None:
    first = lock_data_dir(tmp_path, part="worker")
    with pytest.raises(
        ConfigurationError, match=rf"running already .*worker, process {os.getpid()}"
    ):
        lock_data_dir(tmp_path, part="worker")
    first.release()
    lock_data_dir(tmp_path, part="worker").release()


def test_that_a_killed_holder_leaves_no_lock_behind(tmp_path: Path) -> None:
    code = (
        "import sys, pathlib; from candor.storage.data_dir import lock_data_dir;"
        "lock = lock_data_dir(pathlib.Path(sys.argv[1]), part='worker'); print('held', flush=True); input()"
    )
    holder = subprocess.Popen(
        [sys.executable, "-c", code, str(tmp_path)],
        stdin=subprocess.PIPE,
        stdout=subprocess.PIPE,
        text=True,
    )
    with holder:
        assert holder.stdout is not None
        assert holder.stdout.readline() == "held\n"
        with pytest.raises(ConfigurationError, match=f"process {holder.pid}"):
            lock_data_dir(tmp_path, part="worker")
        holder.kill()
    lock_data_dir(tmp_path, part="worker").release()
