"""`CommentGenerationService`: from a stored post to a pending comment with variants, or a reason why not.

Read in one unit, ask the model outside any unit, look again and store in a second one. When the model
is away there is no comment: the post waits until it is too old.
"""

import asyncio
from collections.abc import Sequence
from dataclasses import dataclass, replace
from datetime import datetime, timedelta
from decimal import Decimal

from candor.commenting.advertising import marking
from candor.commenting.approval import CommentApprovalService
from candor.commenting.channel import Channel, Commentator, LegalSignOff
from candor.commenting.checking import CommentChecks, KnowledgeSource, no_knowledge
from candor.commenting.comment import Comment, NewComment
from candor.commenting.commentator import available, choose
from candor.commenting.gate import (
    MAX_AGE,
    Decision,
    Surroundings,
    look_at,
    summary_refusal,
)
from candor.commenting.lanes import EXPIRE_COMMENT, NO_MODEL_PAUSE, OFFER_COMMENT
from candor.commenting.ports import Unit, Units, Verdict
from candor.commenting.post import Post
from candor.commenting.recheck import Situation, may_go_unapproved
from candor.commenting.slots import local_day
from candor.common.clock import Clock
from candor.common.errors import TemporaryError
from candor.common.ids import CommentId, PostId
from candor.common.llm import OFFLINE, CommentDraft, CommentRequest, Fact, LLMService, PostSummary

PENDING_FOR = timedelta(hours=24)
"""How long a comment may wait for approval and its slot."""
VARIANTS = 3
TRIES = 2


@dataclass(frozen=True, slots=True)
class Batch:
    """A channel's posts to be decided about, and what the decisions look at."""

    posts: tuple[Post, ...]
    channel: Channel
    candidates: tuple[Commentator, ...]
    commented: frozenset[PostId]
    in_channel_today: int
    earlier: tuple[str, ...]
    guidance: tuple[str, ...]
    """Why an approver has rejected earlier drafts for this channel."""

    def around(self, post: Post, *, relevance: float | None, now: datetime) -> Surroundings:
        return Surroundings(
            now=now,
            has_comment=post.id in self.commented,
            in_channel_today=self.in_channel_today,
            has_account=bool(available(self.candidates)),
            relevance=relevance,
        )


@dataclass(frozen=True, slots=True)
class _Drafts:
    account: Commentator
    texts: tuple[str, ...]
    first: CommentDraft
    cost: Decimal | None
    problems: tuple[str, ...] = ()


class CommentGenerationService:
    """Writes the drafts for one post that the gate has let pass."""

    def __init__(
        self,
        units: Units,
        clock: Clock,
        llm: LLMService,
        checks: CommentChecks,
        approval: CommentApprovalService,
        *,
        business: str,
        knowledge: KnowledgeSource = no_knowledge,
    ) -> None:
        self._units = units
        self._clock = clock
        self._llm = llm
        self._checks = checks
        self._approval = approval
        self._business = business
        self._knowledge = knowledge

    async def write(self, batch: Batch, post: Post) -> datetime | None:
        """Summary, drafts, checks, pending comment; or the reason why there is none.

        `post.relevance` holds what the gate has measured. Answers when to come back if the model is
        away: the channel's other posts wait as well.
        """
        known = post.summary
        try:
            # What may be stated is read while the model reads the post.
            summary, facts = await asyncio.gather(self._summary_of(post), self._checks.facts())
            known = summary
            if refusal := summary_refusal(summary, post, batch.channel):
                await self._decide(post, refusal, summary)
                return None
            drafts = await self._drafts(batch, post, summary, facts)
        except TemporaryError as error:
            return await self._wait_for_model(post, known, error)
        if drafts is None:
            await self._decide(
                post, Decision("no_account", "Every account's day is full."), summary
            )
        elif not drafts.texts:
            why = "; ".join(drafts.problems)[:500] or "The model wrote nothing for this post."
            await self._decide(post, Decision("no_clean_text", why), summary)
        else:
            await self._store(post, summary, drafts)
        return None

    async def _wait_for_model(
        self, post: Post, summary: PostSummary | None, error: TemporaryError
    ) -> datetime | None:
        """No model, no comment: it is tried again while the post is fresh."""
        now = self._clock.now()
        until = now + max(NO_MODEL_PAUSE, error.retry_after or NO_MODEL_PAUSE)
        if until - post.posted_at > MAX_AGE:
            gone = Decision("no_model", "The model was away until the post was too old.")
            await self._decide(post, gone, summary)
            return None
        async with self._units() as unit:
            await unit.posts.put_off(post.id, until=until, summary=summary)
        return until

    async def _summary_of(self, post: Post) -> PostSummary:
        return post.summary or await self._llm.summarize_post(post.text)

    async def _drafts(
        self, batch: Batch, post: Post, summary: PostSummary, facts: tuple[Fact, ...]
    ) -> _Drafts | None:
        about = (*summary.topics, *summary.keywords)
        account = choose(batch.candidates, about=about, language=summary.language)
        if account is None:
            return None
        request = CommentRequest(
            post_text=post.text,
            summary=summary,
            business=self._business,
            personality=account.personality.as_json(),
            facts=facts,
            knowledge=tuple(await self._knowledge()),
            variants=VARIANTS,
            guidance=batch.guidance,
        )
        return await self._asked(batch, post, account, request)

    async def _asked(
        self, batch: Batch, post: Post, account: Commentator, request: CommentRequest
    ) -> _Drafts:
        """Ask, check, and once more with what was wrong."""
        clean: list[str] = []
        problems: list[str] = []
        answers: list[CommentDraft] = []
        for _ in range(TRIES):
            mended = replace(request, must_mend=tuple(dict.fromkeys(problems)))
            drafts = await self._llm.write_comments(mended)
            answers += drafts
            problems = []
            for text in (draft.text.strip() for draft in drafts):
                found = self._problems(text, post, request, (*batch.earlier, *clean))
                problems += found
                clean += [] if found else [text]
            if clean or not drafts:
                break
        first = answers[0] if answers else CommentDraft(text="", model="", prompt_version="")
        cost = _cost(request.summary, answers)
        return _Drafts(account, tuple(clean[:VARIANTS]), first, cost, tuple(problems))

    def _problems(
        self, text: str, post: Post, request: CommentRequest, earlier: Sequence[str]
    ) -> tuple[str, ...]:
        return self._checks.problems(
            text,
            post=post,
            keywords=request.summary.keywords,
            earlier=earlier,
            own_links=(),
            facts=request.facts,
        )

    async def _store(self, seen: Post, summary: PostSummary, drafts: _Drafts) -> None:
        """Look again, since the model took its time: permission, post, caps, one live comment."""
        now = self._clock.now()
        async with self._units() as unit:
            channel = await unit.channels.get(seen.channel_id, for_update=True)
            post = await unit.posts.get(seen.id, for_update=True)
            if channel is None or post is None or post.text_hash != seen.text_hash:
                return
            around = await _around_now(unit, channel, post, seen.relevance, now)
            decision = look_at(post, channel, around)
            await unit.posts.decide([_verdict(seen, decision, summary)], now=now)
            if decision.is_worth:
                await self._add(unit, channel, post, drafts, summary, now)

    async def _add(
        self,
        unit: Unit,
        channel: Channel,
        post: Post,
        drafts: _Drafts,
        summary: PostSummary,
        now: datetime,
    ) -> None:
        sign_off = await unit.channels.sign_off(channel.audience, at=now)
        comment_id = await unit.comments.reserve_id()
        ending = await self._ending(unit, comment_id, channel, drafts.account, sign_off, now)
        texts = tuple(text + ending for text in drafts.texts)
        comment = await unit.comments.add(
            NewComment(
                id=comment_id,
                post_id=post.id,
                channel_id=channel.id,
                account_id=drafts.account.account_id,
                text=texts[0],
                variants=texts,
                language=summary.language,
                post_hash=post.text_hash,
                expires_at=now + PENDING_FOR,
                has_link=bool(ending),
                model=drafts.first.model,
                prompt_version=drafts.first.prompt_version,
                cost=None if drafts.cost is None else format(drafts.cost, "f"),
            ),
            now=now,
        )
        if comment is None:
            return
        await unit.lanes.wake(EXPIRE_COMMENT, comment.id, at=comment.expires_at)
        await unit.lanes.wake(OFFER_COMMENT, comment.id, at=now)
        # Without a model nobody has weighed whether the words suit the post: a person does.
        if comment.model != OFFLINE and may_go_unapproved(channel, now):
            await self._approve_at_once(unit, comment, post, channel, drafts, sign_off, now)

    async def _approve_at_once(
        self,
        unit: Unit,
        comment: Comment,
        post: Post,
        channel: Channel,
        drafts: _Drafts,
        sign_off: LegalSignOff | None,
        now: datetime,
    ) -> None:
        standings = await unit.channels.standings_of(channel.id)
        standing = next((one for one in standings if one.account_id == comment.account_id), None)
        situation = Situation(comment, post, channel, standing, drafts.account, sign_off, now)
        await self._approval.approve_by_permission(unit, situation)

    async def _ending(
        self,
        unit: Unit,
        comment_id: CommentId,
        channel: Channel,
        account: Commentator,
        sign_off: LegalSignOff | None,
        now: datetime,
    ) -> str:
        """The deep link where the permission allows one, with the marking that the law demands."""
        permission = channel.permission_at(now)
        if permission is None or not permission.scope.may_link:
            return ""
        username = await unit.commentators.dialogue_username() or account.username
        if not username:
            return ""
        link = f"\n\n{self._checks.link_of(comment_id, username)}"
        if channel.audience == "RU":
            return f"{link}\n{marking(sign_off)}" if sign_off and sign_off.erid else ""
        return link

    async def _decide(self, post: Post, decision: Decision, summary: PostSummary | None) -> None:
        async with self._units() as unit:
            await unit.posts.decide([_verdict(post, decision, summary)], now=self._clock.now())


def _verdict(post: Post, decision: Decision, summary: PostSummary | None) -> Verdict:
    return Verdict(
        post_id=post.id,
        text_hash=post.text_hash,
        code=decision.code,
        reason=decision.reason,
        relevance=post.relevance,
        summary=summary,
    )


async def _around_now(
    unit: Unit, channel: Channel, post: Post, relevance: float | None, now: datetime
) -> Surroundings:
    since, until = local_day(now, channel.hours)
    candidates = await unit.commentators.candidates(channel.id, since=since, until=until)
    return Surroundings(
        now=now,
        has_comment=await unit.comments.live_of_post(post.id) is not None,
        in_channel_today=await unit.comments.load(channel.id, since=since, until=until),
        has_account=bool(available(candidates)),
        relevance=relevance,
    )


def _cost(summary: PostSummary, drafts: Sequence[CommentDraft]) -> Decimal | None:
    """What the summary and the drafts cost together; None when nothing is known of it."""
    usages = [summary.usage, *(draft.usage for draft in drafts)]
    known = {id(usage): usage.cost for usage in usages if usage and usage.cost is not None}
    return sum(known.values(), Decimal(0)) if known else None
