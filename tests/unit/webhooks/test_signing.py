"""Requests are signed as Standard Webhooks, so that any of its libraries can check them."""

import base64
import hashlib
import hmac
from datetime import UTC, datetime

from pydantic import SecretStr

from candor.webhooks.signing import new_secret, signed_headers

AT = datetime(2021, 6, 23, 12, 54, 38, tzinfo=UTC)


def test_that_the_published_example_gives_its_published_signature() -> None:
    """The example of the Standard Webhooks specification and its reference libraries."""
    secret = SecretStr("whsec_MfKQ9r8GKYqrTwjUPD8ILPZIo2LaLaSw")
    at = datetime.fromtimestamp(1614265330, UTC)

    headers = signed_headers(
        secret, event_id="msg_p5jXN8AQM9LWM0D4loKWxJek", body=b'{"test": 2432232314}', at=at
    )

    assert headers["webhook-signature"] == "v1,g0hM9SsE+OTPJTGt/tmIKtSyZlE3uFJELVlNIOLJ1OE="


def test_that_a_changed_body_id_or_time_does_not_verify() -> None:
    secret = new_secret()
    headers = signed_headers(secret, event_id="evt_1", body=b"{}", at=AT)

    def verifies(event_id: str, timestamp: str, body: bytes) -> bool:
        key = base64.b64decode(secret.get_secret_value().removeprefix("whsec_"))
        content = f"{event_id}.{timestamp}.".encode() + body
        digest = base64.b64encode(hmac.new(key, content, hashlib.sha256).digest()).decode()
        return headers["webhook-signature"] == f"v1,{digest}"

    stamp = headers["webhook-timestamp"]
    assert verifies("evt_1", stamp, b"{}")
    assert not verifies("evt_2", stamp, b"{}")
    assert not verifies("evt_1", str(int(stamp) + 1), b"{}")
    assert not verifies("evt_1", stamp, b'{"a":1}')


def test_that_a_secret_is_new_each_time_and_does_not_show() -> None:
    first, second = new_secret(), new_secret()

    assert first.get_secret_value() != second.get_secret_value()
    assert first.get_secret_value().startswith("whsec_")
    assert first.get_secret_value() not in repr(first)
