"""Every text that may be published is checked here, whoever wrote it: wording, claims, matters, links."""

import re
from collections.abc import Awaitable, Callable, Sequence
from datetime import datetime, timedelta
from functools import lru_cache
from typing import Final

from candor.commenting.errors import TextRefusedError
from candor.commenting.ports import Unit
from candor.commenting.post import Post
from candor.commenting.recheck import Situation
from candor.commenting.sensitive import sensitive_matters
from candor.commenting.wording import WORDS, Yardstick, faults, without
from candor.commenting.words import language_of
from candor.common.errors import FieldError
from candor.common.ids import CommentId
from candor.common.llm import Fact, Language
from candor.disclosure.claims import Claim, Reason, find_claims
from candor.disclosure.proof import Proof

REMEMBERED = timedelta(days=90)
_WE: Final = re.compile(
    r"(?<!\w)(?:мы|нас|нам|нами|наш\w*|курс\w*|we|us|our|ours|we['’]\w+|courses?)(?!\w)"
)
_RIVALS: Final = re.compile(
    r"(?<!\w)(?:друг\w+|остальн\w+|прочи\w+|обычн\w+) (?:\w+ )?(?:школ\w*|студи\w+|центр\w*|репетитор\w*|преподавател\w+)|(?<!\w)конкурент\w*"
    r"|(?<!\w)(?:other|most|ordinary|rival) (?:\w+ )?(?:schools?|studios?|centres?|centers?|tutors?|teachers?)(?!\w)|(?<!\w)(?:competitors?|rivals?)(?!\w)"
)
"""Others who sell what we sell: to speak ill of them without proof is slander."""
_NAME: Final = re.compile(r"[^\W\d_]{4,}")
MAX_REMEMBERED = 300
"""Earlier comments that a new one is compared with."""


FactSource = Callable[[], Awaitable[Sequence[Fact]]]
"""What the business can prove. It reads in a unit of its own, so it is asked outside of units."""


KnowledgeSource = Callable[[], Awaitable[Sequence[str]]]
"""Sentences that the owner has written; read as `FactSource` is."""


async def no_facts() -> Sequence[Fact]:
    return ()


async def no_knowledge() -> Sequence[str]:
    return ()


class CommentChecks:
    """Knows what may be said: the facts with their evidence and our own link."""

    def __init__(
        self,
        *,
        facts: FactSource = no_facts,
        business: str = "",
        language: Language = "ru",
    ) -> None:
        """`language`: of posts that are too short to tell theirs."""
        self._facts = facts
        self._business = tuple(_NAME.findall(business.lower()))
        self._language = language

    async def facts(self) -> tuple[Fact, ...]:
        """Read before a unit is opened, and handed to the checks in it."""
        return tuple(await self._facts())

    def link_of(self, comment_id: CommentId, username: str) -> str:
        """The deep link whose dialogue keeps its origin."""
        return f"https://t.me/{username}?start=c_{comment_id}"

    def has_own_link(self, text: str) -> bool:
        return "?start=c_" in text

    def problems(
        self,
        text: str,
        *,
        post: Post,
        keywords: Sequence[str],
        earlier: Sequence[str],
        own_links: tuple[str, ...],
        facts: Sequence[Fact],
    ) -> tuple[str, ...]:
        """What is wrong with a text, in sentences for the model and the owner; empty when clean."""
        language = language_of(post.text, default=self._language)
        yardstick = Yardstick(post.text, tuple(keywords), language, earlier, own_links)
        found = [WORDS[fault]["en"] for fault in faults(text, yardstick)]
        if matters := sensitive_matters(text):
            found.append(f"touches a sensitive matter ({', '.join(matters)})")
        proof = _proof(tuple(fact.text for fact in facts), post.text)
        found += [claim.explanation for claim in self.claims(without(text, own_links), proof)]
        return tuple(found)

    def claims(self, text: str, proof: Proof) -> tuple[Claim, ...]:
        """What H3 stops here: of statements without proof only those about ourselves or our rivals.

        A comment or an answer in a thread speaks of the post's matter, which no script has facts for.
        Insults and accusations stop whoever is meant.
        """
        return tuple(
            claim
            for claim in find_claims(text, proof)
            if claim.reason is not Reason.UNPROVEN or self._is_about_sellers(claim.text)
        )

    def _is_about_sellers(self, sentence: str) -> bool:
        plain = sentence.lower()
        is_named = _WE.search(plain) or _RIVALS.search(plain)
        return bool(is_named) or any(word in plain for word in self._business)

    async def earlier(self, unit: Unit, *, now: datetime) -> tuple[str, ...]:
        return await unit.comments.recent_texts(since=now - REMEMBERED, limit=MAX_REMEMBERED)

    async def demand(
        self, unit: Unit, situation: Situation, text: str, facts: Sequence[Fact]
    ) -> None:
        """Raises TextRefusedError that names each fault of a person's own wording."""
        comment, post = situation.comment, situation.post
        known = {comment.text, *comment.variants}
        earlier = [one for one in await self.earlier(unit, now=situation.now) if one not in known]
        summary = post.summary
        problems = self.problems(
            text,
            post=post,
            keywords=summary.keywords if summary else (),
            earlier=earlier,
            own_links=own_links_of(comment.id, comment.text),
            facts=facts,
        )
        if problems:
            raise TextRefusedError(errors=tuple(FieldError("text", one) for one in problems))


@lru_cache(maxsize=16)
def _proof(facts: tuple[str, ...], post: str) -> Proof:
    """Read once for all variants of a comment."""
    return Proof(facts=facts, client_said=(post,))


def own_links_of(comment_id: CommentId, text: str) -> tuple[str, ...]:
    """The comment's own deep link, as it stands in its text."""
    ending = f"?start=c_{comment_id}"
    return tuple(
        word for word in text.split() if word.startswith("https://t.me/") and word.endswith(ending)
    )
