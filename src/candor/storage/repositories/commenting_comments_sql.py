"""What a post's way to a comment reads of comments: statements that go straight to the driver."""

from sqlalchemy import ARRAY, BigInteger, Integer, any_, bindparam, func, select

from candor.commenting.comment import LIVE
from candor.storage.lean import lean
from candor.storage.tables.commenting import generated_comments

_C = generated_comments.c
_DAY = func.coalesce(_C.sent_at, _C.scheduled_for, _C.created_at)
BY_ID = lean(select(generated_comments).where(_C.id == bindparam("id", None)))
LOCKED = lean(select(generated_comments).where(_C.id == bindparam("id", None)).with_for_update())
LIVE_OF_POST = lean(
    select(generated_comments)
    .where(_C.post_id == bindparam("post_id", None), _C.status.in_(LIVE))
    .limit(1)
)
COMMENTED = lean(
    select(_C.post_id).where(
        _C.post_id == any_(bindparam("post_ids", None, type_=ARRAY(BigInteger))),
        _C.status.in_(LIVE),
    )
)
RECENT_TEXTS = lean(
    select(_C.text)
    .where(_C.status.in_(LIVE), _C.created_at >= bindparam("since", None))
    .order_by(_C.id.desc())
    .limit(bindparam("most", None, type_=Integer))
)
REJECTIONS = lean(
    select(_C.reason)
    .where(
        _C.channel_id == bindparam("channel_id", None),
        _C.status == "rejected",
        _C.reason != "",
    )
    .order_by(_C.created_at.desc())
    .limit(bindparam("most", None, type_=Integer))
)
LOAD = lean(
    select(func.count())
    .select_from(generated_comments)
    .where(
        _C.channel_id == bindparam("channel_id", None),
        _C.created_at >= bindparam("made_since", None),
        _C.status.in_(LIVE),
        bindparam("since", None, type_=_C.created_at.type) <= _DAY,
        bindparam("until", None, type_=_C.created_at.type) > _DAY,
    )
)
