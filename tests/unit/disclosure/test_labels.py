"""H1: which label is due, that compose puts it there whole, and that the verifier can't be fooled."""

from datetime import UTC, datetime, timedelta

import pytest
from hypothesis import given
from hypothesis import strategies as st

from candor.common.llm import Language
from candor.disclosure.labels import (
    MESSAGE_LIMIT,
    LabelForm,
    LabelKind,
    LabelledText,
    compose,
    hand_off_notice,
    is_labelled,
    label,
    label_due,
)
from candor.disclosure.profile import (
    AccountProfile,
    AccountRole,
    labelled_profile,
    profile_problems,
)
from candor.disclosure.visible_text import utf16_length

NOW = datetime(2026, 11, 22, 12, tzinfo=UTC)
HOUR = timedelta(hours=1)
kinds = st.sampled_from(LabelKind)
languages: st.SearchStrategy[Language] = st.sampled_from(["ru", "en"])
names = st.text(min_size=1, max_size=80).filter(
    lambda name: any(c.isalnum() and c.isascii() for c in name)
)
bodies = st.text(min_size=1, max_size=6_000).filter(
    lambda body: any(c.isalnum() and c.isascii() for c in body)
)
moments = st.none() | st.integers(-200, 50).map(lambda hours: NOW + hours * HOUR)


def due(form: LabelForm = "dialogue", **changes: object) -> LabelKind | None:
    given: dict[str, object] = {
        "disclosed_at": NOW - HOUR,
        "last_out_at": NOW - HOUR,
        "last_in_at": NOW,
        "returned_from_human": False,
        "now": NOW,
    }
    return label_due(form=form, **(given | changes))  # type: ignore[arg-type]


def test_that_the_first_contact_is_told() -> None:
    assert due(disclosed_at=None) is LabelKind.FIRST_CONTACT


def test_that_silence_of_more_than_a_day_asks_for_the_label_again() -> None:
    assert due(last_out_at=NOW - 24 * HOUR) is None
    assert due(last_out_at=NOW - 25 * HOUR) is LabelKind.AFTER_SILENCE
    assert due(last_in_at=NOW - 25 * HOUR) is LabelKind.AFTER_SILENCE


def test_that_the_return_from_a_human_is_told() -> None:
    assert due(returned_from_human=True) is LabelKind.RETURN_FROM_HUMAN


def test_that_a_clock_set_back_asks_for_the_label() -> None:
    assert due(disclosed_at=NOW + HOUR) is LabelKind.FIRST_CONTACT


@pytest.mark.parametrize("form", ["comment", "partner", "teacher", "business_chat"])
def test_that_other_forms_are_labelled_each_time(form: LabelForm) -> None:
    assert due(form) is not None


def test_that_a_persons_text_carries_no_label() -> None:
    assert due("none", disclosed_at=None) is None


@given(moments, moments, moments, st.booleans())
def test_that_a_dialogue_is_unlabelled_only_a_day_after_a_label(
    disclosed: datetime | None, out: datetime | None, last_in: datetime | None, back: bool
) -> None:
    kind = due(
        disclosed_at=disclosed, last_out_at=out, last_in_at=last_in, returned_from_human=back
    )
    if kind is None:
        assert disclosed is not None
        assert not back
        assert NOW - (out or disclosed) <= 24 * HOUR


@given(bodies, kinds, names, languages, names)
def test_that_compose_keeps_the_label_whole_within_telegrams_limit(
    body: str, kind: LabelKind, business: str, language: Language, partner: str
) -> None:
    made = compose(body, kind, business=business, language=language, partner_name=partner)
    assert utf16_length(made.text) <= MESSAGE_LIMIT
    assert is_labelled(made.text, kind, business=business, language=language, partner_name=partner)


@given(kinds, languages, st.sampled_from([" ", "\n", "\u200b", "\u2063", "\u00ad", "\ufeff"]))
def test_that_spaces_and_hidden_characters_do_not_hide_a_label(
    kind: LabelKind, language: Language, noise: str
) -> None:
    head = label(kind, business="Маяк", language=language, partner_name="Ника")
    noisy = noise + head.replace(" ", f" {noise}") + "\nтекст"
    assert is_labelled(noisy, kind, business="Маяк", language=language, partner_name="Ника")


def test_that_another_business_or_a_later_label_is_no_label() -> None:
    text = compose("Привет", LabelKind.COMMENT, business="Маяк", language="ru").text
    assert not is_labelled(text, LabelKind.COMMENT, business="Факел", language="ru")
    assert not is_labelled("Привет\nИИ · Маяк", LabelKind.COMMENT, business="Маяк", language="ru")
    assert not is_labelled("ИИ · Маяковский\nх", LabelKind.COMMENT, business="Маяк", language="ru")


def test_that_only_compose_makes_a_labelled_text() -> None:
    with pytest.raises(TypeError):
        LabelledText("Привет", LabelKind.COMMENT, "Маяк", "ru")


def test_that_nobody_can_be_spoken_for_and_nothing_can_not_be_sent() -> None:
    with pytest.raises(ValueError, match="business"):
        compose("Привет", LabelKind.COMMENT, business=" \u200b", language="ru")
    with pytest.raises(ValueError, match="empty"):
        compose(" \u200b ", None, business="Маяк", language="ru")


def test_that_the_wording_says_what_the_law_asks() -> None:
    first = label(LabelKind.FIRST_CONTACT, business="Маяк", language="ru")
    assert first == (
        "Я ИИ-помощник Маяк, не человек. Могу ошибаться. "
        "/human – человек, /stop – больше не писать, /privacy."
    )
    assert "человек" in hand_off_notice(person="Анна", language="ru")


class TestProfiles:
    """Accounts say AI and whose in every field, within Telegram's lengths."""

    @given(
        st.text(max_size=80), names, languages, st.sampled_from(["sales", "commentator", "partner"])
    )
    def test_that_a_labelled_profile_verifies(
        self, persona: str, business: str, language: Language, role: AccountRole
    ) -> None:
        profile = labelled_profile(persona, business=business, role=role, language=language)
        assert profile_problems(profile, business=business) == ()

    def test_that_each_lack_is_named(self) -> None:
        problems = profile_problems(AccountProfile("Анна", "", "", "менеджер"), business="Маяк")
        assert len(problems) == 7
