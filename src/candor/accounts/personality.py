"""`PersonalityService`: how an account writes. No personality removes the label or invents a person."""

import re
from collections.abc import Mapping, Sequence
from dataclasses import replace
from typing import Final

from candor.accounts.account import Account, Personality
from candor.accounts.management import AccountTools, found
from candor.accounts.manners import in_manner
from candor.common.errors import FieldError, InvalidInputError
from candor.common.hot_reload import Change
from candor.common.ids import AccountId
from candor.common.llm import Language
from candor.disclosure.claims import Proof, Reason, find_claims
from candor.disclosure.profile import AccountProfile, is_name_labelled
from candor.disclosure.visible_text import visible

TEXT_LIMIT: Final = 400
NAME_LIMIT: Final = 24
LIST_LIMIT: Final = 40
ITEM_LIMIT: Final = 80
_TEXTS: Final = ("name", "style", "tone")
_LISTS: Final = ("interests", "vocabulary", "phrases")
_SURNAME: Final = re.compile(
    r"\w{2,}(?:ов|ова|ев|ева|ёв|ёва|ин|ина|ын|ына|ский|ская|цкий|цкая|енко|чук|швили|дзе|янц?|"
    r"son|sen|escu|ovich|ovna|ez|owski|owska)$",
    re.IGNORECASE,
)
_PATRONYMIC: Final = re.compile(r"\w{2,}(?:ович|евич|ична|овна|евна)$", re.IGNORECASE)
_CLAIMS: Final = re.compile(
    r"я (?:живой |обычный |простой )?(?:человек|не бот|не ии|ученик|ученица|студент|клиент)|"
    r"(?:говори|скажи|притворя|представля|выдава|отвечай)\w*\W.{0,40}(?:человек|учени|студент|клиент)|"
    r"не (?:говори|упоминай|признавай|пиши|раскрывай)\w*\W.{0,40}(?:бот|ии|нейросет|искусственн)|"
    r"(?:скры|убер|убра|убир|удали|опуст|пропус)\w*\W.{0,30}(?:подпис|метк|пометк)|"
    r"i am (?:a |an )?(?:human|person|real|student|customer|not an? (?:bot|ai))|"
    r"i'm (?:a |an )?(?:human|person|real|student|customer|not an? (?:bot|ai))|"
    r"(?:say|pretend|act|pose|claim|introduce)\w*\W.{0,40}(?:human|person|student|customer)|"
    r"(?:don't|do not|never) (?:say|mention|admit|tell|reveal|disclose)\b.{0,40}(?:bot|ai|artificial)|"
    r"(?:hide|remove|drop|omit|skip)\w*\W.{0,30}(?:label|disclosure)"
)
_OWN_LIFE: Final = frozenset({Reason.DENIES_AI, Reason.EXPERIENCE, Reason.TESTIMONIAL})


class PersonalityService:
    """The outline's PersonalityService: the form, its JSON, and what a personality may not be."""

    def __init__(self, tools: AccountTools) -> None:
        self._tools = tools

    async def of(self, account_id: AccountId) -> Personality:
        async with self._tools.units() as unit:
            return (await found(unit, account_id)).personality

    async def save(
        self, account_id: AccountId, personality: Mapping[str, object], *, actor: str
    ) -> Personality:
        """Store it; raises InvalidInputError naming each wrong field, nothing saved then.

        A changed name stands in the account's labelled name from its next labelling on
        (`AccountManagementService.label`).
        """
        checked = parse_personality(personality)
        async with self._tools.units() as unit:
            await found(unit, account_id, for_update=True)
            await unit.account_personalities.save(account_id, checked, self._tools.clock.now())
            await self._tools.security.record(
                unit, "personality_changed", account_id=account_id, actor=actor
            )
            await unit.announcements.announce(Change("account", str(account_id)))
        return checked

    def preview(self, account: Account, personality: Personality) -> AccountProfile:
        """The name and descriptions that Telegram would show of the account with it."""
        seen = replace(account, personality=personality)
        return self._tools.labels.profile_of(seen, self._tools.language)

    def sample(self, personality: Personality, language: Language) -> str:
        """The same short answer in this personality, for a comparison without a model."""
        phrase = next(iter(personality.phrases), "")
        return " ".join(part for part in (phrase, in_manner(personality, language)) if part)

    async def samples(self, language: Language) -> tuple[tuple[Account, str], ...]:
        """The same answer in the personality of each account that speaks, to compare them."""
        async with self._tools.units() as unit:
            accounts = await unit.accounts.list_all()
        speaking = [account for account in accounts if account.kind != "business"]
        return tuple((account, self.sample(account.personality, language)) for account in speaking)

    def keeps_the_label(self, account: Account, personality: Personality) -> bool:
        """Whether the labelled name still says AI and names the business with this personality."""
        name = self.preview(account, personality).name
        return is_name_labelled(name, business=self._tools.labels.business)


def parse_personality(values: Mapping[str, object]) -> Personality:
    """The public JSON shape as a Personality; raises InvalidInputError with a path per field."""
    errors: list[FieldError] = [
        FieldError(f"personality.{name}", "There is no such field.")
        for name in values
        if name not in (*_TEXTS, *_LISTS)
    ]
    texts = {name: _text(name, values.get(name), errors) for name in _TEXTS}
    lists = {name: _list(name, values.get(name), errors) for name in _LISTS}
    errors += _name_errors(texts["name"])
    errors += [
        FieldError(
            f"personality.{name}", "A personality can't hide that it is AI or play a person."
        )
        for name in (*_TEXTS, *_LISTS)
        if _claims_to_be_human(texts[name] if name in texts else " \n ".join(lists[name]))
    ]
    if not any(error.path == "personality.phrases" for error in errors):
        errors += _experience_errors(lists["phrases"])
    if errors:
        raise InvalidInputError(errors=tuple(errors))
    return Personality(**texts, **lists)  # type: ignore[arg-type]


def _text(name: str, value: object, errors: list[FieldError]) -> str:
    if value is None:
        return ""
    limit = NAME_LIMIT if name == "name" else TEXT_LIMIT
    if not isinstance(value, str):
        errors.append(FieldError(f"personality.{name}", "Write a text."))
        return ""
    text = " ".join(value.replace("\x00", "").split())
    if len(text) > limit:
        errors.append(FieldError(f"personality.{name}", f"Write at most {limit} characters."))
    return text


def _list(name: str, value: object, errors: list[FieldError]) -> tuple[str, ...]:
    path = f"personality.{name}"
    if value is None:
        return ()
    if not isinstance(value, Sequence) or isinstance(value, str | bytes):
        errors.append(FieldError(path, "Write a list of texts."))
        return ()
    if len(value) > LIST_LIMIT:
        errors.append(FieldError(path, f"Write at most {LIST_LIMIT} entries."))
        return ()
    items: list[str] = []
    for number, item in enumerate(value):
        if not isinstance(item, str) or len(item) > ITEM_LIMIT:
            errors.append(
                FieldError(f"{path}.{number}", f"Write a text of at most {ITEM_LIMIT} characters.")
            )
        elif cleaned := " ".join(item.replace("\x00", "").split()):
            items.append(cleaned)
    return tuple(items)


def _name_errors(name: str) -> list[FieldError]:
    """A persona is called by one given name or a thing's name; a surname makes it a person."""
    path = "personality.name"
    words = [word for word in re.split(r"[\s\-_.]+", name) if word]
    if any(_PATRONYMIC.fullmatch(word) for word in words):
        return [FieldError(path, "A patronymic makes it a person. Give one name only.")]
    capitalised = [word for word in words if word[:1].isupper()]
    if len(capitalised) > 1 or any(_SURNAME.fullmatch(word) for word in words[1:]):
        return [FieldError(path, "A surname makes it a person. Give one name only.")]
    if any(character in name for character in "·|/@<>\n"):
        return [FieldError(path, "Use letters, digits and spaces only.")]
    return []


def _experience_errors(phrases: Sequence[str]) -> list[FieldError]:
    """Phrases are said word for word, so they are held to what any text is held to (H3)."""
    return [
        FieldError(
            f"personality.phrases.{number}", "An AI has no experience of its own to tell of."
        )
        for number, phrase in enumerate(phrases)
        if any(claim.reason in _OWN_LIFE for claim in find_claims(phrase, Proof()))
    ]


def _claims_to_be_human(text: str) -> bool:
    return _CLAIMS.search(visible(text)) is not None
