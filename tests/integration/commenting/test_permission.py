"""H4: nothing is sent without the channel owner's standing permission."""

from dataclasses import replace
from datetime import timedelta

import pytest
from sqlalchemy import text
from sqlalchemy.exc import IntegrityError
from tests.integration.commenting.conftest import (
    APPROVER,
    AUTO,
    CHANNEL_CHAT,
    GROUP_CHAT,
    OWNER,
    READER,
    Stage,
)

from candor.commenting.administration import Administrator, ChatFacts, OwnRights
from candor.commenting.channel import LegalSignOff
from candor.commenting.errors import (
    BlockedByPolicyError,
    GrantRefusedError,
    NotAnAdministratorError,
    PermissionMissingError,
)
from candor.commenting.paging import Page
from candor.common.ids import TelegramChatId
from candor.common.llm import OFFLINE


async def test_that_a_grant_is_recorded_with_who_scope_proof_and_end(stage: Stage) -> None:
    channel, _ = await stage.scripted()
    permission = channel.permission
    assert permission is not None
    assert (permission.granted_by, permission.granted_by_id) == ("Ольга", OWNER)
    assert permission.proof.administrator_status == "owner"
    assert permission.proof.chat_id == GROUP_CHAT
    assert permission.expires_at > stage.clock.now() + timedelta(days=100)
    assert channel.chat_id == CHANNEL_CHAT
    assert channel.discussion_chat_id == GROUP_CHAT


async def test_that_a_reader_cannot_grant(stage: Stage) -> None:
    account = await stage.add_account()
    channel = await stage.add_channel()
    stage.telegram.admins = [Administrator(READER, "Модератор", is_owner=False, can_manage=False)]
    with pytest.raises(NotAnAdministratorError):
        await stage.grant(channel, account)
    assert (await stage.register.get(channel.id)).permission is None


async def test_that_a_code_counts_for_its_own_channel_only(stage: Stage) -> None:
    account = await stage.add_account()
    channel = await stage.add_channel()
    stage.telegram.chats[CHANNEL_CHAT] = ChatFacts(
        CHANNEL_CHAT, "channel", "Другой", "drugoy", GROUP_CHAT
    )
    with pytest.raises(GrantRefusedError):
        await stage.grant(channel, account)
    with pytest.raises(GrantRefusedError):
        await stage.grant(replace(channel, grant_code="wrong"), account)


async def test_that_a_bot_without_rights_is_told_before_the_grant_counts(stage: Stage) -> None:
    account = await stage.add_account()
    channel = await stage.add_channel()
    stage.telegram.rights = OwnRights(is_member=True, can_see_posts=False, can_write=True)
    with pytest.raises(GrantRefusedError, match="administrator"):
        await stage.grant(channel, account)


async def test_that_posts_of_a_channel_without_permission_are_not_even_stored(stage: Stage) -> None:
    await stage.add_account()
    channel = await stage.add_channel()
    async with stage.engine.begin() as connection:
        await connection.execute(
            text("UPDATE telegram_channels SET chat_id = :chat"), {"chat": CHANNEL_CHAT}
        )
    assert await stage.monitor.record_post(stage.arrived()) is None
    _posts, total = await stage.register.posts(channel.id, Page())
    assert total == 0
    assert stage.model.calls == 0


async def test_that_revoking_cancels_the_queue_at_once(stage: Stage) -> None:
    _channel, account = await stage.scripted()
    pending = await stage.pending()
    await stage.approval.approve(pending.id, pending.text, APPROVER)
    await stage.permissions.revoke_in_group(account, GROUP_CHAT, OWNER, "Ольга")
    cancelled = await stage.comment(pending.id)
    assert cancelled.status == "expired"
    assert "permission" in cancelled.reason
    await stage.run_lanes()
    assert stage.telegram.sent == []


async def test_that_a_comment_in_the_outbox_is_recalled_by_a_withdrawal(stage: Stage) -> None:
    channel, _account = await stage.scripted()
    pending = await stage.pending()
    await stage.approval.approve(pending.id, pending.text, APPROVER)
    await stage.run_lanes("commenting.send_comment")
    assert (await stage.comment(pending.id)).status == "sending"
    await stage.permissions.revoke(channel.id, by="operator:1", reason="asked by mail")
    assert (await stage.comment(pending.id)).status == "expired"
    await stage.run_lanes()
    assert stage.telegram.sent == []


async def test_that_a_reader_cannot_revoke(stage: Stage) -> None:
    _channel, account = await stage.scripted()
    with pytest.raises(NotAnAdministratorError):
        await stage.permissions.revoke_in_group(account, GROUP_CHAT, READER, "Кто-то")


async def test_that_a_removed_bot_withdraws_the_permission(stage: Stage) -> None:
    channel, account = await stage.scripted()
    pending = await stage.pending()
    await stage.discussion.account_moved(stage.moved(account, is_in=False))
    assert (await stage.register.get(channel.id)).permission is None
    assert (await stage.comment(pending.id)).status == "expired"


async def test_that_a_demoted_bot_sends_nothing(stage: Stage) -> None:
    _channel, account = await stage.scripted()
    pending = await stage.pending()
    await stage.approval.approve(pending.id, pending.text, APPROVER)
    stage.telegram.rights = OwnRights(is_member=True, can_see_posts=False, can_write=False)
    await stage.discussion.account_moved(
        stage.moved(account, is_in=True, was_in=True, can_write=False)
    )
    await stage.run_lanes()
    assert stage.telegram.sent == []
    assert (await stage.comment(pending.id)).status == "expired"


async def test_that_a_permission_runs_out(stage: Stage) -> None:
    channel, _account = await stage.scripted()
    permission = channel.permission
    assert permission is not None
    stage.clock.advance(permission.expires_at - stage.clock.now() - timedelta(hours=1))
    pending = await stage.pending()
    await stage.pass_time(timedelta(hours=2))
    assert (await stage.comment(pending.id)).status == "expired"
    assert await stage.monitor.record_post(stage.arrived(2)) is None


async def test_that_the_owner_allows_and_revokes_in_the_group(stage: Stage) -> None:
    account = await stage.add_account()
    channel = await stage.add_channel()
    await stage.discussion.account_moved(stage.moved(account, is_in=True))
    await stage.run_lanes()
    assert channel.grant_code in stage.telegram.sent[-1].text
    await stage.discussion.hear(stage.heard(f"/allow {channel.grant_code}", by=READER))
    await stage.run_lanes()
    assert "администратор" in stage.telegram.sent[-1].text
    stage.clock.advance(timedelta(minutes=1))
    await stage.discussion.hear(stage.heard(f"/allow {channel.grant_code}", by=OWNER))
    assert (await stage.register.get(channel.id)).permission is not None
    await stage.discussion.hear(stage.heard("/revoke", by=OWNER))
    assert (await stage.register.get(channel.id)).permission is None


async def test_that_adding_the_bot_puts_an_unknown_channel_on_the_list(stage: Stage) -> None:
    account = await stage.add_account()
    await stage.discussion.account_moved(stage.moved(account, is_in=True))
    (channel,), total = await stage.register.page(Page())
    assert (channel.username, total) == ("slova", 1)
    assert channel.permission is None


async def test_that_the_database_refuses_a_sendable_comment_without_permission(
    stage: Stage,
) -> None:
    await stage.scripted()
    pending = await stage.pending()
    with pytest.raises(IntegrityError, match="sendable_is_permitted"):
        async with stage.engine.begin() as connection:
            await connection.execute(
                text(
                    "UPDATE generated_comments SET status = 'approved', approved_at = now(),"
                    " approved_hash = 'x' WHERE id = :id"
                ),
                {"id": pending.id},
            )


async def test_that_the_database_allows_one_live_comment_per_post(stage: Stage) -> None:
    await stage.scripted()
    pending = await stage.pending()
    with pytest.raises(IntegrityError, match="live_per_post"):
        async with stage.engine.begin() as connection:
            await connection.execute(
                text(
                    "INSERT INTO generated_comments (post_id, channel_id, account_id, text, status,"
                    " language, post_hash, has_link, created_at, updated_at, expires_at)"
                    " SELECT post_id, channel_id, account_id, text, status, language, post_hash,"
                    " has_link, created_at, updated_at, expires_at FROM generated_comments"
                    " WHERE id = :id"
                ),
                {"id": pending.id},
            )


async def test_that_auto_needs_the_settings_and_the_permission(stage: Stage) -> None:
    await stage.scripted(comment_mode="auto", offered=AUTO)
    await stage.monitor.record_post(stage.arrived())
    await stage.run_lanes()
    assert len(stage.telegram.sent) == 1
    (sent,) = await stage.comments("sent")
    assert sent.approved_by is None
    assert sent.approver.startswith("permission ")


async def test_that_a_sentence_offered_without_a_model_waits_for_a_person_even_in_auto(
    stage: Stage,
) -> None:
    stage.model.name = OFFLINE
    await stage.scripted(comment_mode="auto", offered=AUTO)
    await stage.monitor.record_post(stage.arrived())
    await stage.run_lanes()
    assert stage.telegram.sent == []
    assert len(await stage.comments("pending")) == 1


async def test_that_auto_in_the_settings_alone_waits_for_a_person(stage: Stage) -> None:
    channel, _account = await stage.scripted()
    async with stage.engine.begin() as connection:
        await connection.execute(text("UPDATE telegram_channels SET comment_mode = 'auto'"))
    await stage.monitor.record_post(stage.arrived())
    await stage.run_lanes()
    assert stage.telegram.sent == []
    assert len(await stage.comments("pending")) == 1
    assert channel.permission is not None


async def test_that_drafts_can_be_looked_at_and_never_sent(stage: Stage) -> None:
    await stage.scripted(comment_mode="draft")
    pending = await stage.pending()
    with pytest.raises(Exception, match="mode"):
        await stage.approval.approve(pending.id, pending.text, APPROVER)


async def test_that_an_audience_in_russia_waits_for_a_legal_sign_off(stage: Stage) -> None:
    await stage.scripted(audience="RU")
    pending = await stage.pending()
    with pytest.raises(BlockedByPolicyError):
        await stage.approval.approve(pending.id, pending.text, APPROVER)
    now = stage.clock.now()
    await stage.register.sign_off(
        LegalSignOff(
            audience="RU",
            signed_by="И. Иванова",
            role="директор",
            contact="law@example.org",
            basis="заключение юриста",
            signed_at=now,
            expires_at=now + timedelta(days=90),
            operator_id=None,
        )
    )
    approved = await stage.approval.approve(pending.id, pending.text, APPROVER)
    assert approved.status == "scheduled"
    assert not approved.has_link


async def test_that_approving_without_permission_says_so(stage: Stage) -> None:
    channel, _account = await stage.scripted()
    pending = await stage.pending()
    async with stage.engine.begin() as connection:
        await connection.execute(text("UPDATE channel_permissions SET revoked_at = granted_at"))
    with pytest.raises(PermissionMissingError):
        await stage.approval.approve(pending.id, pending.text, APPROVER)
    assert channel.id == pending.channel_id


async def test_that_a_message_in_another_group_grants_nothing(stage: Stage) -> None:
    account = await stage.add_account()
    channel = await stage.add_channel()
    other = TelegramChatId(-1009)
    stage.telegram.chats[other] = ChatFacts(other, "supergroup", "Просто группа", None, None)
    heard = stage.heard(f"/allow {channel.grant_code}", by=OWNER, chat_id=other)
    await stage.discussion.hear(replace(heard, account_id=account))
    assert (await stage.register.get(channel.id)).permission is None
