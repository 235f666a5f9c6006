"""The machine behind the world: faults, limits, time, snapshots, the live feed."""

from dataclasses import asdict
from datetime import timedelta

from candor.sandbox.botapi.calls import NAMES
from candor.sandbox.botapi.faults import Fault, FaultKind
from candor.sandbox.control.errors import wrong_field
from candor.sandbox.control.routing import Answer, Request, route
from candor.sandbox.world.model import Json
from candor.sandbox.world.world import MOVED_SECONDS

LONGEST_WAIT = 55
LONGEST_ADVANCE = 10 * 366 * 86_400


@route("POST", "/faults")
def add_fault(request: Request) -> Answer:
    """`{method, kind, count, retry_after, seconds?, bot?}`: the next calls fail so; `*` is any method."""
    body = request.body
    method = body.needed_text("method")
    if method != "*" and method.lower() not in NAMES:
        raise wrong_field("method", "is no method that the sandbox serves")
    fault = Fault(
        method=method.lower(),
        kind=FaultKind(body.one_of("kind", [str(kind) for kind in FaultKind])),
        count=body.integer("count", least=1, most=1_000_000, default=1) or 1,
        retry_after=body.integer("retry_after", least=1, most=86_400, default=5) or 5,
        seconds=body.number("seconds", least=0, most=3600, default=60),
        bot_id=body.user(request.world, "bot").id if body.has("bot") else None,
    )
    request.desk.api.faults.add(fault)
    return 201, asdict(fault)


@route("GET", "/faults")
def list_faults(request: Request) -> Answer:
    """The faults still to come."""
    return 200, [asdict(fault) for fault in request.desk.api.faults.planned]


@route("DELETE", "/faults")
def clear_faults(request: Request) -> Answer:
    """No faults any more."""
    request.desk.api.faults.clear()
    return 200, []


@route("GET", "/limits")
def show_limits(request: Request) -> Answer:
    """The sending limits."""
    return 200, asdict(request.desk.api.limits.settings)


@route("PUT", "/limits")
def change_limits(request: Request) -> Answer:
    """`{is_on, per_chat_second, chat_burst, per_group_minute, per_bot_second}`."""
    body, limits = request.body, request.desk.api.limits
    now = limits.settings
    now.is_on = body.boolean("is_on", default=now.is_on)
    for name in ("per_chat_second", "per_bot_second"):
        setattr(now, name, body.number(name, least=0.01, most=1e6, default=getattr(now, name)))
    for name in ("chat_burst", "per_group_minute"):
        value = body.integer(name, least=1, most=1_000_000, default=getattr(now, name))
        setattr(now, name, value)
    limits.reset()
    return 200, asdict(now)


@route("POST", "/limits/off")
def lift_limits(request: Request) -> Answer:
    """No limits at all: for load tests."""
    request.desk.api.limits.settings.is_on = False
    return 200, asdict(request.desk.api.limits.settings)


@route("GET", "/clock")
def show_clock(request: Request) -> Answer:
    """The time of the world."""
    return 200, _time(request)


@route("POST", "/clock")
def move_clock(request: Request) -> Answer:
    """`{advance_seconds}`: time goes forward, never back."""
    seconds = request.body.needed_integer("advance_seconds", least=0, most=LONGEST_ADVANCE)
    request.desk.clock.advance(timedelta(seconds=seconds))
    counters = request.world.tables.counters
    counters[MOVED_SECONDS] = counters.get(MOVED_SECONDS, 0) + seconds
    request.world.save("counters", MOVED_SECONDS)
    request.desk.feed.add("clock", None, _time(request))
    return 200, _time(request)


def _time(request: Request) -> Json:
    return {"now": request.desk.clock.now().isoformat()}


@route("POST", "/snapshot")
def take_snapshot(request: Request) -> Answer:
    """Keeps the world and gives an id; `{full: true}` also gives the document."""
    answer: Json = {"snapshot": request.desk.snapshots.take()}
    if request.body.boolean("full"):
        answer["document"] = request.desk.snapshots.document()
    return 201, answer


@route("POST", "/restore")
def restore(request: Request) -> Answer:
    """`{snapshot}` or `{document}`."""
    document = request.body.mapping("document")
    if document is not None:
        request.desk.snapshots.load(document)
    else:
        request.desk.snapshots.restore(request.body.needed_text("snapshot"))
    return 200, {"restored": True}


@route("GET", "/events")
async def events(request: Request) -> Answer:
    """`?after=&user_id=&timeout=`: changes after a number, waiting for the first. `reset`: load anew."""
    after = request.query.integer("after", least=0)
    feed = request.desk.feed
    if after is None:
        return 200, {"last": feed.last, "reset": False, "events": []}
    seconds = request.query.number("timeout", least=0, most=LONGEST_WAIT, default=20)
    viewer = request.viewer_id
    entries, has_gap = await feed.after(after, seconds)
    shown = [
        {"number": entry.number, "kind": entry.kind, "chat_id": entry.chat_id, **entry.body}
        for entry in entries
        if viewer is None or entry.people is None or viewer in entry.people
    ]
    return 200, {"last": feed.last, "reset": has_gap, "events": shown}


@route("GET", "/methods")
def list_methods(request: Request) -> Answer:
    """The Bot API methods that are served."""
    return 200, sorted(NAMES.values())
