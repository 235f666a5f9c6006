"""Makers of what a request is about, each new at every call; see `whole.py`."""

import html
import re
import time
from collections.abc import Callable
from datetime import timedelta
from typing import Any, cast

from sqlalchemy import delete, func, select
from tests.integration.panel.conftest import Browser
from tests.integration.panel.whole import TWO_STEP, Whole, totp

from candor.common.operators import OperatorRole
from candor.storage.tables.accounts import telegram_account_sessions
from candor.storage.tables.clients import users
from candor.storage.tables.commenting import (
    channel_permissions,
    generated_comments,
    telegram_channels,
    telegram_posts,
)
from candor.storage.tables.education import education_groups
from candor.storage.tables.follow_ups import follow_ups
from candor.storage.tables.messaging import chats, client_conversations, conversation_messages
from candor.storage.tables.owner_chats import owner_chats
from candor.storage.tables.panel import operators, panel_sessions

SALES_BOT, COMMENTING_BOT = 1, 2
DEMO_BOTS = (SALES_BOT, 3, 4, 5)
"""Accounts of the demo; the last: those of a study group."""
SCRIPT = "key: {key}\nkind: sales\ntitle: Try\nlanguage: en\nsteps:\n  - {{key: a, say: Hello}}\n"
QUESTIONS = (
    "key: {key}\ntitle: Two\nlanguage: en\nquestions:\n"
    "  - key: level\n    ask: Where?\n    options: [{{label: Zero}}, {{label: Further}}]\n"
)
YAML = {"Content-Type": "application/yaml"}
HOOK = {"title": "CRM", "url": "https://hooks.example.org/candor", "events": ["client.agreed"]}
AGREED = {"mode": "approve", "max_per_day": 20, "topics": [], "may_link": True}
POST_HASH = "hash of the post"
COMMENT = "Cards work well together with repetition: a word is met again just in time."


def bot_token(whole: Whole) -> str:
    """Of a bot that BotFather has just made in the sandbox."""
    name = f"made_{next(whole.numbers)}_bot"
    return str(whole.ask("POST", "/sandbox/bots", json={"username": name, "name": "Made"})["token"])


def bot(whole: Whole, role: str = "partner") -> int:
    made = whole.ask("POST", "/accounts", json={"role": role, "token": bot_token(whole)})
    return int(made["id"])


def phone(whole: Whole, *, two_step: bool = False) -> str:
    """A number of a new person in the sandbox."""
    number = next(whole.numbers)
    whole.ask("POST", "/sandbox/users", json={"id": number, "first_name": "Olga"})
    digits = f"7999{number:07d}"
    if two_step:
        if not whole.desk:  # it is made at the first sign-in
            login(whole)
        whole.desk[0].add_phone(digits, number, password=TWO_STEP)
    return f"+{digits}"


def login(whole: Whole, *, two_step: bool = False) -> int:
    """A sign-in that waits for the code; the code is `whole.desk[0].last_code`."""
    body = {"phone": phone(whole, two_step=two_step)}
    return int(whole.ask("POST", "/accounts/login", json=body)["id"])


def login_at_password(whole: Whole) -> int:
    number = login(whole, two_step=True)
    whole.ask("POST", f"/accounts/login/{number}/code", json={"code": last_code(whole)})
    return number


def last_code(whole: Whole) -> str:
    return str(whole.desk[0].last_code)


def user_account(whole: Whole) -> int:
    """Signed in and held by the running process; one for all, as it takes seconds to be held."""
    if not whole.user_account:
        number = login(whole)
        whole.ask("POST", f"/accounts/login/{number}/code", json={"code": last_code(whole)})
        owner = whole.programs["owner"]
        until(lambda: owner.get(f"/api/accounts/{number}/chats/offered").status_code == 200)
        whole.user_account = number
    return whole.user_account


def until(look: Callable[[], bool], *, within: float = 90.0) -> None:
    """Ask again until it is so."""
    end = time.monotonic() + within
    while not look():
        assert time.monotonic() < end, "It did not come in time."
        time.sleep(0.1)


def own_chat(whole: Whole, account: int) -> int:
    """A group that belongs to the person behind the user account."""
    statement = select(telegram_account_sessions.c.telegram_id).where(
        telegram_account_sessions.c.id == account
    )
    with whole.database.connect() as connection:
        owner = connection.scalar(statement)
    body = {"type": "supergroup", "title": "Ours", "owner_id": owner}
    return int(whole.ask("POST", "/sandbox/chats", json=body)["id"])


def allowed_chat(whole: Whole) -> tuple[int, int]:
    """Account and chat."""
    account = user_account(whole)
    chat = own_chat(whole, account)
    made = whole.ask("POST", f"/accounts/{account}/chats", json={"chat": str(chat)})
    return account, int(made["chat_id"])


def channel(whole: Whole) -> int:
    body = {"username": f"words_{next(whole.numbers)}", "comment_mode": "approve"}
    return int(whole.ask("POST", "/channels", json=body)["id"])


def permitted_channel(whole: Whole) -> int:
    number, now = next(whole.numbers), whole.now()
    made = whole.put(
        telegram_channels,
        username=f"words_{number}",
        title="Words",
        chat_id=-1_000_000_000_000 - number,
        is_monitored=True,
        comment_mode="approve",
        daily_cap=20,
        timezone="UTC",
        quiet_from="00:00",
        quiet_until="00:00",
        audience="other",
        grant_code=f"code{number}",
        offered=AGREED,
        created_at=now,
        updated_at=now,
    )
    whole.put(
        channel_permissions,
        channel_id=made,
        granted_by="Olga",
        granted_by_id=1,
        granted_at=now,
        scope=AGREED,
        proof={
            "chat_id": 1,
            "message_id": 1,
            "text": "/allow",
            "administrator_status": "creator",
            "verified_at": now.isoformat(),
        },
        expires_at=now + timedelta(days=90),
    )
    return made


def comment(whole: Whole, *, account: int = COMMENTING_BOT) -> int:
    """Waits for approval."""
    place, now = permitted_channel(whole), whole.now()
    post = whole.put(
        telegram_posts,
        channel_id=place,
        message_id=next(whole.numbers),
        text="How do you learn words?",
        text_hash=POST_HASH,
        posted_at=now,
        created_at=now,
        ready_at=now,
    )
    return whole.put(
        generated_comments,
        post_id=post,
        channel_id=place,
        account_id=account,
        text=COMMENT,
        status="pending",
        language="en",
        post_hash=POST_HASH,
        has_link=False,
        created_at=now,
        updated_at=now,
        expires_at=now + timedelta(days=3),
    )


def scheduled_comment(whole: Whole) -> int:
    account = bot(whole, "commentator")  # no other comment takes up its day
    whole.ask("PUT", f"/comments/accounts/{account}", json={"daily_cap": 50})
    number = comment(whole, account=account)
    whole.ask("POST", f"/comments/{number}/approve", json={"text": COMMENT})
    return number


def owner_chat(whole: Whole, role: str = "") -> int:
    """A linked Telegram chat of the person of that role; by default of who acts."""
    number, now = next(whole.numbers), whole.now()
    return whole.put(
        owner_chats,
        operator_id=whole.ids[role or whole.acting],
        code_hash=f"hash {number}",
        code_expires_at=now,
        account_id=COMMENTING_BOT,
        chat_id=number,
        telegram_id=number,
        linked_at=now,
        created_at=now,
    )


def client(whole: Whole) -> int:
    number, now = next(whole.numbers), whole.now()
    return whole.put(
        users,
        telegram_user_id=number,
        first_name="Anna",
        language="en",
        created_at=now,
        last_seen_at=now,
    )


def dialogue(whole: Whole, **values: Any) -> int:
    now, person = whole.now(), client(whole)
    chat = whole.put(
        chats,
        account_id=SALES_BOT,
        chat_id=next(whole.numbers),
        type="private",
        client_id=person,
        created_at=now,
        last_in_at=now,
    )
    fixed = {"handling": "ai", "handling_since": now, "created_at": now, "active_at": now}
    return whole.put(
        client_conversations,
        client_id=person,
        account_id=SALES_BOT,
        chat=chat,
        script_id=sample(whole, "first-contact-en"),
        script_version=1,
        **{**fixed, **values},
    )


def taken_dialogue(whole: Whole, role: str = "") -> int:
    """In the hands of the person of that role; by default of who acts."""
    return dialogue(whole, handling="human", operator_id=whole.ids[role or whole.acting])


def answered_dialogue(whole: Whole) -> tuple[int, int]:
    """With a word of the client and the AI's answer; returns dialogue and answer."""
    number, now = dialogue(whole), whole.now()
    said = {"conversation_id": number, "account_id": SALES_BOT, "text": "words", "created_at": now}
    for direction, author in (("in", "client"), ("out", "ai")):
        row = {**said, "chat_id": 1, "message_id": next(whole.numbers)}
        answer = whole.put(
            conversation_messages,
            direction=direction,
            author=author,
            answered_at=now if author == "client" else None,
            delivery="sent" if author == "ai" else None,
            provenance={"by": "test"} if author == "ai" else {},
            **row,
        )
    return number, answer


def correction(whole: Whole) -> tuple[int, int]:
    """Script and an open correction of it."""
    number, answer = answered_dialogue(whole)
    made = whole.ask(
        "POST",
        f"/conversations/{number}/corrections",
        json={"message_id": answer, "expected": {"stage": "greeting"}},
    )
    return int(made["script_id"]), int(made["id"])


def quiet_dialogue(whole: Whole) -> int:
    """A reminder is planned in it."""
    number, now = dialogue(whole), whole.now()
    with whole.database.connect() as connection:
        person = connection.scalar(
            select(client_conversations.c.client_id).where(client_conversations.c.id == number)
        )
    whole.put(
        follow_ups,
        client_id=person,
        conversation_id=number,
        after_message=1,
        due_at=now + timedelta(days=1),
        hours="10:00-20:00",
        created_at=now,
    )
    return number


def note(whole: Whole, of: str) -> tuple[int, int]:
    """Of a new client or a new dialogue; returns both ids."""
    about = client(whole) if of == "clients" else dialogue(whole)
    made = whole.ask("POST", f"/{of}/{about}/notes", json={"text": "calls back on Monday"})
    return about, int(made["id"])


def consenting(whole: Whole) -> int:
    about = client(whole)
    body = {"purpose": "marketing", "text": "I agree", "source": "a form of 1 March"}
    whole.ask("POST", f"/clients/{about}/consents", json=body)
    return about


def group(whole: Whole, **values: Any) -> int:
    """Active, with its client; no task is open."""
    talk, now = dialogue(whole), whole.now()
    with whole.database.connect() as connection:
        person = connection.scalar(
            select(client_conversations.c.client_id).where(client_conversations.c.id == talk)
        )
    fixed = {"status": "active", "source": "pool", "consent_at": now, "created_at": now}
    return whole.put(
        education_groups,
        account_id=SALES_BOT,
        client_id=person,
        conversation_id=talk,
        chat_id=-next(whole.numbers),
        language="en",
        script_key="onboarding-lessons-en",
        **{**fixed, **values},
    )


def group_with_task(whole: Whole) -> int:
    return group(whole, step=task_step(whole), task_sent_at=whole.now())


def task_step(whole: Whole) -> str:
    """The key of the sample lessons' first step with a task."""
    document = whole.ask("GET", f"/scripts/{sample(whole, 'onboarding-lessons-en')}")
    return next(str(step["key"]) for step in document["steps"] if step.get("task"))


def pooled(whole: Whole) -> int:
    """A chat of the owner's that came into the pool when our bots came into it."""
    return _prepared(whole)[0]


def group_in_telegram(whole: Whole) -> int:
    """Such a chat that the pool does not know: nobody has told of it."""
    number, chat = _prepared(whole)
    with whole.database.begin() as connection:
        connection.execute(delete(education_groups).where(education_groups.c.id == number))
    return chat


def _prepared(whole: Whole) -> tuple[int, int]:
    """Row and chat."""
    body = {"type": "supergroup", "title": "Study", "owner_id": 500_001}
    chat = int(whole.ask("POST", "/sandbox/chats", json=body)["id"])
    for account in whole.ask("GET", "/accounts", params={"per_page": 200})["items"]:
        if account["id"] in DEMO_BOTS:
            member = {"username": account["username"], "as": "admin"}
            whole.ask("POST", f"/sandbox/chats/{chat}/members", json=member)
    statement = select(education_groups.c.id).where(education_groups.c.chat_id == chat)
    found: list[int] = []

    def is_known() -> bool:
        with whole.database.connect() as connection:
            found.extend(connection.scalars(statement))
        return bool(found)

    until(is_known)
    return found[0], chat


def sample(whole: Whole, key: str) -> int:
    """A sample script's id."""
    found = whole.ask("GET", "/scripts", params={"q": key})["items"]
    return next(int(item["id"]) for item in found if item["key"] == key)


def script_text(whole: Whole) -> str:
    return SCRIPT.format(key=f"script-{next(whole.numbers)}")


def script(whole: Whole) -> int:
    made = whole.ask("POST", "/scripts", content=script_text(whole), headers=YAML)
    return int(made["id"])


def questions_text(whole: Whole) -> str:
    return QUESTIONS.format(key=f"questions-{next(whole.numbers)}")


def questionnaire(whole: Whole) -> int:
    made = whole.ask("POST", "/questionnaires", content=questions_text(whole), headers=YAML)
    return int(made["id"])


def webhook(whole: Whole) -> int:
    return int(whole.ask("POST", "/webhooks", json=HOOK)["id"])


def paused_webhook(whole: Whole) -> int:
    number = webhook(whole)
    whole.ask("PUT", f"/webhooks/{number}", json={**HOOK, "status": "paused"})
    return number


# --- people of the panel


def colleague_email(whole: Whole, role: str = "viewer") -> str:
    """Of somebody new whose password is `PASSWORD`."""
    email = f"colleague{next(whole.numbers)}@example.org"
    whole.admit(email, cast(OperatorRole, role))
    return email


def colleague(whole: Whole, role: str = "viewer") -> int:
    email = colleague_email(whole, role)
    with whole.database.connect() as connection:
        return int(connection.scalar(select(operators.c.id).where(operators.c.email == email)) or 0)


def signed_in(whole: Whole, role: str = "viewer") -> Browser:
    browser = whole.stranger()
    assert browser.sign_in(colleague_email(whole, role)).status_code == 303
    return browser


def session(whole: Whole, role: str = "") -> int:
    """One more session of the person of that role; by default of who acts."""
    email = f"{role or whole.acting}@example.org"
    assert whole.stranger().sign_in(email).status_code == 303
    statement = select(func.max(panel_sessions.c.id))
    with whole.database.connect() as connection:
        return int(connection.scalar(statement) or 0)


def offered_factor(browser: Browser) -> tuple[str, str]:
    """The second factor's secret as the page shows it, and the same sealed."""
    page = browser.http.get("/profile/second-factor").text
    secret = re.search(r"<code[^>]*>([A-Z2-7 ]{16,})</code>", page)
    sealed = re.search(r'name="sealed" value="([^"]+)"', page)
    assert secret
    assert sealed
    return secret[1].replace(" ", ""), html.unescape(sealed[1])


def with_second_factor(whole: Whole) -> tuple[Browser, str, list[str]]:
    """Somebody signed in who has just switched it on, their e-mail and recovery codes."""
    email, browser = colleague_email(whole), whole.stranger()
    assert browser.sign_in(email).status_code == 303
    secret, sealed = offered_factor(browser)
    shown = browser.post("/profile/second-factor", sealed=sealed, code=totp(secret))
    return browser, email, re.findall(r"<code>(\w{5}-\w{5})</code>", shown.text)
