"""Section 2: every command with its options, what stdout gives to a script, and the exit codes."""

import json
import shutil
from pathlib import Path

import httpx
import pytest
from tests.integration.contract.conftest import Command, Product, run_candor, until

GROUPS = {
    "db": ("upgrade", "current", "backup", "restore"),
    "operator": ("add", "list", "disable", "reset-2fa"),
    "token": ("create", "list", "revoke"),
    "account": ("add-bot", "login", "list", "pause", "resume", "logout"),
    "script": ("import", "export", "check", "test"),
    "keys": ("rotate",),
    "client": ("export", "erase"),
}
WRONG_USAGE = (
    ("nonsense",),
    ("up", "--roles", "nonsense"),
    ("up", "--port", "many"),
    ("token", "create", "--role", "owner"),
    ("token", "create", "--name", "x", "--role", "emperor"),
    ("operator", "add", "x@example.org", "--role", "emperor"),
    ("account", "add-bot", "--role", "emperor"),
    ("account", "pause", "many"),
    ("client", "export"),
    ("db", "restore", "no-such-file"),
    ("bench", "nonsense"),
    ("bench", "fit"),
)


def test_that_every_command_explains_itself(candor: Command) -> None:
    for group, commands in GROUPS.items():
        assert candor(group, "--help").code == 0
        for command in commands:
            said = candor(group, command, "--help")
            assert said.code == 0
            assert "--data-dir" in said.out
    options = candor("up", "--help").out
    assert all(f"--{name}" in options for name in ("data-dir", "host", "port", "roles", "demo"))
    bench = candor("bench", "--help").out
    assert all(f"--{name}" in bench for name in ("json", "base-url", "concurrency", "dialogues"))


@pytest.mark.parametrize("arguments", WRONG_USAGE, ids=" ".join)
def test_that_wrong_usage_ends_with_two(arguments: tuple[str, ...], candor: Command) -> None:
    said = candor(*arguments)
    assert said.code == 2
    assert not said.out
    assert not Path("data").exists()


def test_that_it_does_not_start_without_a_business_name(tmp_path: Path) -> None:
    said = run_candor("up", "--port", "0", cwd=tmp_path)
    assert said.returncode == 1
    assert "CANDOR_BUSINESS_NAME" in said.stderr
    assert "Traceback" not in said.stderr


def test_that_people_and_tokens_come_and_go(product: Product, candor: Command) -> None:
    data = ("--data-dir", product.data_dir)
    person = "vera@example.org"
    added = candor(
        "operator", "add", person, "--role", "viewer", "--password-stdin", *data,
        stdin="a long enough password\n",
    )  # fmt: skip
    assert added.code == 0, added.err
    assert "a long enough" not in added.out + added.err
    assert person in candor("operator", "list", *data).out
    assert candor("operator", "reset-2fa", person, *data).code == 0
    assert candor("operator", "disable", person, *data).code == 0
    assert candor("operator", "disable", "nobody@example.org", *data).code == 1

    token = candor("token", "create", "--name", "held", "--role", "viewer", *data).out.strip()
    headers = {"Authorization": f"Bearer {token}"}
    address = f"{product.address}/api/accounts"
    assert httpx.get(address, headers=headers).status_code == 200
    listed = candor("token", "list", *data).out
    assert "held" in listed
    assert token not in listed
    assert candor("token", "revoke", "held", *data).code == 0
    assert httpx.get(address, headers=headers).status_code == 401
    assert candor("token", "revoke", "never-made", *data).code == 1


def test_that_a_bot_is_added_paused_resumed_and_logged_out(
    product: Product, candor: Command, monkeypatch: pytest.MonkeyPatch
) -> None:
    data = ("--data-dir", product.data_dir)
    monkeypatch.setenv("TELEGRAM_BOT_API_URL", product.printed("Its Bot API"))
    made = product.owner.post("/api/sandbox/bots", json={"username": "cli_bot", "name": "C"}).json()
    secret = made["token"]
    added = candor(
        "account", "add-bot", "--role", "partner", "--title", "Друг", *data, stdin=f"{secret}\n"
    )
    assert added.code == 0, added.err
    listed = candor("account", "list", *data).out
    line = next(text for text in listed.splitlines() if "cli_bot" in text)
    number = line.split()[0]
    assert "active" in line
    assert secret not in added.out + added.err + listed
    for command, status in (("pause", "paused"), ("resume", "active"), ("logout", "logged_out")):
        assert candor("account", command, number, *data).code == 0
        assert product.owner.get(f"/api/accounts/{number}").json()["status"] == status
    assert candor("account", "pause", 999_999, *data).code == 1
    assert candor("account", "login", "--phone", *data, stdin="+79990001122\n").code == 1


def test_that_keys_are_rotated_while_everything_runs(product: Product, candor: Command) -> None:
    data = ("--data-dir", product.data_dir)
    assert candor("keys", "rotate", *data).code == 0
    chat = _write(product, 820_001, "Здравствуйте")
    until(lambda: _is_answered(product, chat))


def test_that_a_client_is_exported_and_erased(product: Product, candor: Command) -> None:
    data = ("--data-dir", product.data_dir)
    chat = _write(product, 820_002, "Здравствуйте")
    until(lambda: _is_answered(product, chat))
    found = product.owner.get("/api/conversations", params={"q": "person_820002"}).json()["items"]
    number = found[0]["client"]["id"]
    exported = candor("client", "export", number, *data)
    assert "person_820002" in json.dumps(json.loads(exported.out))
    assert candor("client", "erase", number, *data, stdin="y\n").code == 0
    assert candor("client", "export", number, *data).code == 1
    left = product.owner.get("/api/conversations", params={"q": "person_820002"}).json()
    assert left["total"] == 0


def test_that_a_backup_is_written_and_doctor_looks(
    product: Product, candor: Command, tmp_path: Path
) -> None:
    data = ("--data-dir", product.data_dir)
    current = candor("db", "current", *data)
    assert current.code == 0
    assert len(current.out.split()) == 1
    assert candor("db", "upgrade", *data).code == 0
    file = tmp_path / "backup"
    assert candor("db", "backup", file, *data).code == 0
    assert file.stat().st_size > 10_000
    refused = candor("db", "restore", file, *data)
    assert refused.code == 1, "A database in use is not overwritten."
    doctor = candor("doctor", *data)
    assert doctor.code in (0, 1)
    assert all(word in doctor.out for word in ("DATABASE_URL", "CANDOR_BUSINESS_NAME", "database"))


@pytest.mark.slow
def test_that_a_backup_is_restored_into_an_empty_place(
    product: Product, candor: Command, tmp_path: Path
) -> None:
    file, other = tmp_path / "backup", tmp_path / "other"
    assert candor("db", "backup", file, "--data-dir", product.data_dir).code == 0
    restored = candor("db", "restore", file, "--data-dir", other)
    assert restored.code == 0, restored.err
    assert "secret.keys" in restored.out
    lacks_keys = candor("account", "list", "--data-dir", other)
    assert (lacks_keys.code, "secret.keys is missing" in lacks_keys.err) == (1, True)
    assert not (other / "secret.keys").exists()
    shutil.copy(Path(product.data_dir) / "secret.keys", other)
    assert "mayak_school_bot" in candor("account", "list", "--data-dir", other).out
    broken = tmp_path / "broken"
    broken.write_bytes(file.read_bytes()[: file.stat().st_size // 2])
    refused = candor("db", "restore", broken, "--data-dir", tmp_path / "third")
    assert refused.code == 1
    assert "Traceback" not in refused.err


def _write(product: Product, person: int, text: str) -> int:
    api = product.owner
    body = {"id": person, "first_name": "Вера", "username": f"person_{person}"}
    api.post("/api/sandbox/users", json={**body, "language_code": "ru"})
    sent = {"from": person, "to": "mayak_school_bot", "text": text}
    return int(api.post("/api/sandbox/messages", json=sent).json()["chat_id"])


def _is_answered(product: Product, chat: int) -> bool:
    found = product.owner.get(f"/api/sandbox/chats/{chat}/messages").json()
    return any(message["from"]["is_bot"] for message in found)
