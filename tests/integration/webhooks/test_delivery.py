"""Events go out signed, in order, once per id; a receiver that was down gets them later."""

import asyncio
import base64
import hashlib
import hmac
from datetime import timedelta

import pytest
from tests.integration.webhooks.conftest import Hooks

from candor.common.errors import ConflictError, InvalidInputError, NotFoundError
from candor.common.events import BusinessEvent
from candor.webhooks.administration import EndpointDraft
from candor.webhooks.delivery import LONGEST_PAUSE, PAUSED_AFTER, Posted, pause_after
from candor.webhooks.endpoint import EndpointId


async def test_that_an_event_arrives_signed_with_the_secret_that_was_shown(hooks: Hooks) -> None:
    _, secret = await hooks.add()
    await hooks.publish(1)
    await hooks.run()

    _, headers, body = hooks.receiver.requests[0]
    key = base64.b64decode(secret.get_secret_value().removeprefix("whsec_"))
    content = f"{headers['webhook-id']}.{headers['webhook-timestamp']}.".encode() + body
    digest = base64.b64encode(hmac.new(key, content, hashlib.sha256).digest()).decode()
    assert headers["webhook-signature"] == f"v1,{digest}"
    assert headers["webhook-timestamp"] == str(int(hooks.clock.now().timestamp()))
    assert b'"type":"client.agreed"' in body


async def test_that_only_wanted_kinds_are_sent(hooks: Hooks) -> None:
    await hooks.add("task.done")
    await hooks.publish(1, "client.agreed")
    await hooks.publish(2, "task.done")
    await hooks.run()

    assert hooks.receiver.numbers == [2]


async def test_that_an_event_lives_and_dies_with_its_unit(hooks: Hooks) -> None:
    async def fail_after_publishing() -> None:
        async with hooks.units() as unit:
            await unit.events.publish(
                BusinessEvent(kind="client.agreed", at=hooks.clock.now(), client_id=None)
            )
            raise RuntimeError

    await hooks.add()
    with pytest.raises(RuntimeError):
        await fail_after_publishing()
    await hooks.run()

    assert hooks.receiver.requests == []


async def test_that_a_receiver_that_is_down_for_a_day_gets_all_in_order_once_per_id(
    hooks: Hooks,
) -> None:
    await hooks.add()
    hooks.receiver.is_down = True
    for number in range(1, 6):
        await hooks.publish(number)
        await hooks.run(until=hooks.clock.now() + timedelta(hours=5))
    tried = len(hooks.receiver.requests)
    assert set(hooks.receiver.numbers) == {1}, "The oldest holds the others back."
    assert 20 < tried < 80, "Pauses grow, to an hour at most."

    hooks.receiver.is_down = False
    await hooks.run(until=hooks.clock.now() + timedelta(hours=2))

    assert hooks.receiver.numbers[tried:] == [1, 2, 3, 4, 5]
    accepted = hooks.receiver.ids[tried:]
    assert len(set(accepted)) == 5
    assert set(hooks.receiver.ids[:tried]) == {accepted[0]}, "A repeat carries the same id."
    bodies = {
        body for _, headers, body in hooks.receiver.requests if headers["webhook-id"] == accepted[0]
    }
    assert len(bodies) == 1
    assert hooks.told == []


@pytest.mark.parametrize("status", [301, 400, 401, 404, 429, 500, 503])
async def test_that_any_other_answer_than_a_good_one_is_tried_again(
    hooks: Hooks, status: int
) -> None:
    await hooks.add()
    hooks.receiver.answers = [Posted(status, f"answered {status}")]
    await hooks.publish(1)
    await hooks.run(until=hooks.clock.now() + timedelta(minutes=1))

    assert hooks.receiver.numbers == [1, 1]
    found, _ = await hooks.administration.deliveries(EndpointId(1), limit=10)
    assert (found[0].status, found[0].attempts) == ("delivered", 2)


async def test_that_after_days_of_silence_it_pauses_tells_and_keeps_everything(
    hooks: Hooks,
) -> None:
    endpoint, _ = await hooks.add()
    hooks.receiver.is_down = True
    await hooks.publish(1)
    await hooks.run(until=hooks.clock.now() + PAUSED_AFTER + timedelta(hours=3))

    assert (await hooks.administration.get(endpoint.id)).status == "auto_paused"
    assert len(hooks.told) == 1
    assert "CRM" in hooks.told[0][1]
    tried = len(hooks.receiver.requests)
    await hooks.publish(2)
    await hooks.run(until=hooks.clock.now() + timedelta(days=2))
    assert len(hooks.receiver.requests) == tried, "Nothing is sent while it is paused."

    hooks.receiver.is_down = False
    await hooks.administration.resume(endpoint.id)
    await hooks.run()
    assert hooks.receiver.numbers[tried:] == [1, 2]


async def test_that_gone_pauses_at_once_and_drops_that_event_only(hooks: Hooks) -> None:
    endpoint, _ = await hooks.add()
    hooks.receiver.answers = [Posted(410, "answered 410")]
    await hooks.publish(1)
    await hooks.publish(2)
    await hooks.run()

    assert hooks.receiver.numbers == [1]
    assert (await hooks.administration.get(endpoint.id)).status == "auto_paused"
    await hooks.administration.resume(endpoint.id)
    await hooks.run()
    assert hooks.receiver.numbers == [1, 2]


async def test_that_one_endpoint_s_trouble_is_not_another_s(hooks: Hooks) -> None:
    await hooks.add(title="down")
    await hooks.add(title="up")
    hooks.receiver.answers = [Posted(500, "answered 500")]
    await hooks.publish(1)
    await hooks.run()

    states = await hooks.rows("SELECT status FROM webhook_deliveries ORDER BY status")
    assert [row["status"] for row in states] == ["delivered", "pending"]


async def test_that_events_of_many_units_at_once_keep_the_order_of_their_commits(
    hooks: Hooks,
) -> None:
    await hooks.add()
    order: list[int] = []

    async def publish(number: int) -> None:
        async with hooks.units() as unit:
            await unit.events.publish(
                BusinessEvent(
                    kind="client.agreed",
                    at=hooks.clock.now(),
                    client_id=None,
                    data={"n": number},
                )
            )
            await asyncio.sleep(0)
        order.append(number)

    await asyncio.gather(*(publish(number) for number in range(12)))
    await hooks.run()

    assert sorted(hooks.receiver.numbers) == list(range(12))
    committed = await hooks.rows("SELECT body FROM webhook_deliveries ORDER BY id")
    assert len(committed) == 12
    assert len(order) == 12


async def test_that_a_lane_run_twice_sends_nothing_twice(hooks: Hooks) -> None:
    await hooks.add()
    await hooks.publish(1)
    await hooks.run()
    async with hooks.units() as unit:
        await unit.lanes.wake("webhooks.deliver", 1, at=hooks.clock.now())
    await hooks.run()

    assert hooks.receiver.numbers == [1]


def test_that_pauses_double_up_to_an_hour_and_differ_a_little() -> None:
    pauses = [pause_after(attempt) for attempt in range(20)]

    assert timedelta(seconds=5) <= pauses[0] <= timedelta(seconds=6)
    assert timedelta(seconds=10) <= pauses[1] <= timedelta(seconds=12)
    assert all(pause <= LONGEST_PAUSE * 1.2 for pause in pauses)
    assert len({pause_after(30) for _ in range(20)}) > 1


# --- administration


async def test_that_the_secret_lies_sealed_and_survives_a_rotation(hooks: Hooks) -> None:
    endpoint, secret = await hooks.add()
    stored = (await hooks.rows("SELECT secret FROM webhook_endpoints"))[0]["secret"]
    assert secret.get_secret_value().encode() not in bytes(stored)

    report = await hooks.security.rotate(actor="test", drop_old=True)
    assert (report.values, report.unreadable) == (1, ())
    await hooks.publish(1)
    await hooks.run()
    assert len(hooks.receiver.requests) == 1

    second = await hooks.administration.replace_secret(endpoint.id)
    assert second.get_secret_value() != secret.get_secret_value()


async def test_that_a_test_event_goes_out_after_what_waits(hooks: Hooks) -> None:
    endpoint, _ = await hooks.add()
    await hooks.publish(1)
    event_id = await hooks.administration.test(endpoint.id)
    await hooks.run()

    assert hooks.receiver.ids[-1] == event_id
    assert b"webhook.test" in hooks.receiver.requests[-1][2]
    await hooks.administration.pause(endpoint.id)
    with pytest.raises(ConflictError):
        await hooks.administration.test(endpoint.id)


async def test_that_wrong_fields_are_all_named_and_nothing_is_stored(hooks: Hooks) -> None:
    with pytest.raises(InvalidInputError) as caught:
        await hooks.administration.add(
            EndpointDraft(title=" ", url="http://10.0.0.1/", events=("client.dreamt",)),
            actor="owner@example.org",
        )

    assert [error.path for error in caught.value.errors] == ["title", "url", "events"]
    assert await hooks.administration.all() == ()


async def test_that_a_removed_endpoint_takes_its_queue_along(hooks: Hooks) -> None:
    endpoint, _ = await hooks.add()
    await hooks.publish(1)
    await hooks.administration.remove(endpoint.id)
    await hooks.run()

    assert hooks.receiver.requests == []
    assert await hooks.rows("SELECT 1 FROM webhook_deliveries") == []
    with pytest.raises(NotFoundError):
        await hooks.administration.remove(endpoint.id)
