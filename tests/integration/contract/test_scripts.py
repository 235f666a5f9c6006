"""Section 5 and its paths in section 4: the very example of the public interface, and each mistake."""

from pathlib import Path

import httpx
import pytest
from tests.integration.contract.conftest import Command, Product, page, problem

EXAMPLE = """\
key: first-contact-held       # unique, stable
kind: sales                   # sales | education
title: Знакомство и приглашение в группу
language: ru
variables: {product: Курс «Маяк», price: 4900 ₽}
facts:                        # the only figures and results the AI may state
  - id: f1
    text: Курс длится 6 недель, занятия два раза в неделю.
    evidence: https://example.org/program
steps:
  - key: greeting
    say: "{{ client.first_name }}, добрый день! ..."       # Jinja, sandboxed
    must_say: [кто пишет, что предлагаем, вопрос о цели]    # points a script_80 reply must carry
    fits: ["хочу учить английский", "расскажите о курсе"]    # example replies this step expects
    next: [{when: default, to: need}]
  - key: need
    say: Для чего вам язык?
triggers:
  - key: agrees_to_group
    fits: ["да, добавляйте", "согласен"]
    unless: ["не сейчас", "подумаю"]
    action: open_group         # open_group | hand_off | send_invoice | go_to | close
    script: onboarding-lessons # for open_group: the education script
tests:
  - name: согласие ведёт в группу
    says: ["здравствуйте", "хочу для работы", "да, добавляйте"]
    expects: [{stage: greeting}, {stage: need}, {trigger: agrees_to_group}]
"""
LESSONS = """\
key: lessons-held
kind: education
title: Уроки
language: ru
steps:
  - key: hello
    say: Добро пожаловать!
    task: Напишите три предложения о себе.
    reactions:
      - {partner: curious, kind: question}
      - {partner: methodical, kind: worked_example}
      - {partner: cautious, kind: encouragement}
    done_when: прислал три предложения
    send_at: "10:00"
"""
MISTAKES = {
    "unknown key": ("title: Знакомство", "colour: red\ntitle: Знакомство", 3),
    "unreachable step": ("triggers:\n", "  - key: lost\n    say: Никогда\ntriggers:\n", 18),
    "dangling to": (
        "    say: Для чего",
        "    next: [{when: default, to: nowhere}]\n    say: Для чего",
        17,
    ),
    "template error": ("{{ client.first_name }}, д", "{{ client.first_name, д", 12),
}
YAML = {"Content-Type": "application/yaml"}


@pytest.mark.parametrize("mistake", MISTAKES)
def test_that_each_mistake_is_one_error_with_its_line(
    mistake: str, product: Product, candor: Command, tmp_path: Path
) -> None:
    old, new, line = MISTAKES[mistake]
    assert EXAMPLE.count(old) == 1
    wrong = EXAMPLE.replace(old, new)
    file = tmp_path / "wrong.yaml"
    file.write_text(wrong, encoding="utf-8")
    said = candor("script", "check", file)
    errors = [text for text in said.out.splitlines() if ": error: " in text]
    assert (said.code, len(errors)) == (1, 1), said.out
    assert errors[0].startswith(f"{file}:{line}:"), errors
    body = problem(product.owner.post("/api/scripts", content=wrong.encode(), headers=YAML), 422)
    assert [error["line"] for error in body["errors"]] == [line]


def test_that_the_example_is_checked_imported_tested_and_given_back(
    product: Product, candor: Command, tmp_path: Path
) -> None:
    file, lessons = tmp_path / "example.yaml", tmp_path / "lessons.yaml"
    file.write_text(EXAMPLE, encoding="utf-8")
    lessons.write_text(LESSONS, encoding="utf-8")
    data = ("--data-dir", product.data_dir)
    assert candor("script", "check", file).code == 0
    assert candor("script", "import", file, *data).code == 0
    assert candor("script", "import", lessons, *data).code == 0
    tested = candor("script", "test", file, *data)
    assert tested.code == 0, tested.out
    assert all(line.startswith("ok     ") for line in tested.out.splitlines())
    often = candor("script", "test", file, "--runs", 3, "--pass", 2, *data)
    assert (often.code, "(3 of 3 runs)" in often.out) == (0, True), often.out
    assert candor("script", "test", file, "--runs", 2, "--pass", 3, *data).code == 2
    untested = candor("script", "test", lessons, *data)
    assert (untested.code, "no tests" in untested.out) == (0, True)
    assert candor("script", "export", "first-contact-held", *data).out.strip() == EXAMPLE.strip()
    old = candor("script", "export", "first-contact-held", "--version", 1, *data)
    assert old.out.strip() == EXAMPLE.strip()
    assert candor("script", "export", "no-such", *data).code == 1
    assert candor("script", "check", tmp_path / "missing.yaml").code == 2
    assert candor("script", "check").code == 2


@pytest.fixture
def script(product: Product) -> httpx.Response:
    text = EXAMPLE.replace("first-contact-held", "held-by-api")
    answer = product.owner.post("/api/scripts", content=text.encode(), headers=YAML)
    if answer.status_code == 409:
        return product.owner.get(f"/api/scripts/{answer.json()['id']}")
    assert answer.status_code == 201, answer.text
    return answer


def test_that_versions_are_made_compared_and_rolled_back(
    product: Product, script: httpx.Response
) -> None:
    api, address = product.owner, f"/api/scripts/{script.json()['id']}"
    document = script.json()
    assert document.keys() >= {
        "id", "version", "updated_at", "key", "kind", "title", "language", "variables", "facts",
        "steps", "triggers", "tests",
    }  # fmt: skip
    now = document["version"]
    tag = {"If-Match": f'"{now}"'}
    saved = api.put(address, json={**document, "title": "Второе"}, headers=tag)
    assert saved.json()["version"] == now + 1
    for change in (api.put, api.post):
        stale = problem(change(address, json={**document, "title": "Моё"}, headers=tag), 409)
        assert stale["current_version"] == now + 1
        assert stale["current"]["title"] == "Второе"
    assert api.post(address, json={**document, "title": "Третье"}).json()["version"] == now + 2
    versions = page(product.viewer.get(f"{address}/versions"))
    assert [item["version"] for item in versions[:3]] == [now + 2, now + 1, now]
    old = product.viewer.get(f"{address}/versions/{now}").json()
    assert (old["version"], old["title"]) == (now, document["title"])
    span = {"from": now, "to": now + 1}
    difference = product.viewer.get(f"{address}/diff", params=span)
    assert "Второе" in difference.text
    back = api.post(f"{address}/rollback", json={"version": now}).json()
    assert (back["version"], back["title"]) == (now + 3, document["title"])
    problem(api.post(f"{address}/rollback", json={"version": 9999}), 404)
    problem(api.get(f"{address}/versions/9999"), 404)


def test_that_a_dry_run_answers_and_touches_no_client(
    product: Product, script: httpx.Response
) -> None:
    address = f"/api/scripts/{script.json()['id']}/try"
    before = product.viewer.get("/api/conversations").json()["total"]
    says = ["здравствуйте", "хочу для работы", "да, добавляйте"]
    tried = product.operator.post(address, json={"messages": says})
    replies = tried.json()["replies"]
    assert [reply["message"] for reply in replies] == says
    assert (replies[1]["stage"], replies[2]["trigger"]) == ("need", "agrees_to_group")
    assert product.viewer.get("/api/conversations").json()["total"] == before
    problem(product.operator.post(address, json={"messages": []}), 422)


def test_that_a_script_is_removed(product: Product, script: httpx.Response) -> None:
    address = f"/api/scripts/{script.json()['id']}"
    problem(product.operator.delete(address), 403)
    assert product.owner.delete(address).status_code in (200, 204)
    problem(product.owner.get(address), 404)
