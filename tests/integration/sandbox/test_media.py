"""Files through aiogram: sending, receiving, downloading, groups of media, copies."""

import base64
import struct
import zlib

import pytest
from aiogram import Bot
from aiogram.exceptions import TelegramBadRequest, TelegramEntityTooLarge
from aiogram.types import (
    BufferedInputFile,
    InputMediaDocument,
    InputMediaPhoto,
    InputPollOption,
)
from tests.integration.sandbox.conftest import Sandbox, drain


def png(width: int = 3, height: int = 2) -> bytes:
    def chunk(kind: bytes, data: bytes) -> bytes:
        checked = kind + data
        return struct.pack(">I", len(data)) + checked + struct.pack(">I", zlib.crc32(checked))

    rows = b"".join(b"\0" + b"\x30\x80\xc0" * width for _ in range(height))
    head = struct.pack(">IIBBBBB", width, height, 8, 2, 0, 0, 0)
    return (
        b"\x89PNG\r\n\x1a\n"
        + chunk(b"IHDR", head)
        + chunk(b"IDAT", zlib.compress(rows))
        + chunk(b"IEND", b"")
    )


async def content(bot: Bot, file_id: str) -> bytes:
    file = await bot.get_file(file_id)
    assert file.file_path
    stream = await bot.download_file(file.file_path)
    assert stream
    return stream.read()


async def test_that_a_photo_goes_up_and_comes_down(sandbox: Sandbox) -> None:
    bot, person, _ = await sandbox.dialogue()
    sent = await bot.send_photo(
        person, BufferedInputFile(png(), "a.png"), caption="*Схема*", parse_mode="MarkdownV2"
    )
    assert sent.photo
    assert (sent.photo[0].width, sent.photo[0].height) == (3, 2)
    assert (sent.caption, (sent.caption_entities or [])[0].type) == ("Схема", "bold")
    assert await content(bot, sent.photo[0].file_id) == png()
    again = await bot.send_photo(person, sent.photo[0].file_id)
    assert again.photo
    assert again.photo[0].file_id == sent.photo[0].file_id
    edited = await bot.edit_message_caption(
        chat_id=person, message_id=sent.message_id, caption="Другая подпись"
    )
    assert not isinstance(edited, bool)
    assert edited.caption == "Другая подпись"


async def test_that_documents_voice_video_and_audio_keep_their_kind(sandbox: Sandbox) -> None:
    bot, person, _ = await sandbox.dialogue()
    await sandbox.put("/limits", is_on=False)
    data = BufferedInputFile(b"data", "program.pdf")
    document = (await bot.send_document(person, data)).document
    assert document
    assert (document.file_name, document.mime_type, document.file_size) == (
        "program.pdf",
        "application/pdf",
        4,
    )
    assert (await bot.send_voice(person, data, duration=3)).voice
    assert (await bot.send_video(person, data, width=10, height=5, duration=1)).video
    assert (await bot.send_audio(person, data, title="Урок")).audio
    assert (await bot.send_animation(person, data)).animation
    assert (await bot.send_video_note(person, data)).video_note
    assert (await bot.send_sticker(person, data)).sticker
    assert (await bot.send_location(person, 59.9, 30.3)).location
    assert (await bot.send_venue(person, 59.9, 30.3, "Школа", "Невский, 1")).venue
    assert (await bot.send_contact(person, "+70000000000", "Олег")).contact
    assert (await bot.send_dice(person)).dice


async def test_that_what_a_person_sends_reaches_the_bot(sandbox: Sandbox) -> None:
    bot, person, _ = await sandbox.dialogue()
    encoded = base64.b64encode(png()).decode()
    await sandbox.write(
        person,
        "school_bot",
        "вот домашняя работа",
        media={"kind": "photo", "name": "work.png", "content_base64": encoded},
    )
    await sandbox.post(
        "/messages",
        **{"from": person, "to": "school_bot"},
        media={"kind": "voice", "content_base64": encoded, "duration": 7},
    )
    photo, voice = await drain(bot)
    assert photo.message is not None
    assert photo.message.photo
    assert photo.message.caption == "вот домашняя работа"
    assert await content(bot, photo.message.photo[-1].file_id) == png()
    assert voice.message is not None
    assert voice.message.voice is not None
    assert voice.message.voice.duration == 7


async def test_that_a_media_group_is_one_album(sandbox: Sandbox) -> None:
    bot, person, _ = await sandbox.dialogue()
    sent = await bot.send_media_group(
        person,
        [
            InputMediaPhoto(media=BufferedInputFile(png(), "1.png"), caption="Первое"),
            InputMediaPhoto(media=BufferedInputFile(png(), "2.png")),
        ],
    )
    assert len({message.media_group_id for message in sent}) == 1
    assert sent[0].caption == "Первое"
    with pytest.raises(TelegramBadRequest, match="can't be mixed"):
        await bot.send_media_group(
            person,
            [
                InputMediaPhoto(media=BufferedInputFile(png(), "1.png")),
                InputMediaDocument(media=BufferedInputFile(b"x", "x.txt")),
            ],
        )


async def test_that_bad_files_are_refused(sandbox: Sandbox) -> None:
    bot, person, chat = await sandbox.dialogue()
    with pytest.raises(TelegramBadRequest, match="IMAGE_PROCESS_FAILED"):
        await bot.send_photo(person, BufferedInputFile(b"no picture", "a.png"))
    with pytest.raises(TelegramBadRequest, match="file must be non-empty"):
        await bot.send_document(person, BufferedInputFile(b"", "a.txt"))
    with pytest.raises(TelegramBadRequest, match="wrong remote file identifier"):
        await bot.send_document(person, "no-such-file")
    big = BufferedInputFile(b"\x89PNG\r\n\x1a\n" + b"\0" * (11 * 1024 * 1024), "big.png")
    with pytest.raises(TelegramEntityTooLarge):
        await bot.send_photo(person, big)
    with pytest.raises(TelegramBadRequest, match="caption is too long"):
        await bot.send_document(person, BufferedInputFile(b"x", "a.txt"), caption="я" * 1025)
    assert len(await sandbox.texts(chat)) == 1


async def test_that_a_too_big_upload_is_refused_without_harm(sandbox: Sandbox) -> None:
    bot, person, _ = await sandbox.dialogue()
    with pytest.raises(TelegramEntityTooLarge):
        await bot.send_document(person, BufferedInputFile(b"\0" * 56 * 1024 * 1024, "big.bin"))
    assert (await bot.get_me()).id == bot.id


async def test_that_messages_are_forwarded_and_copied(sandbox: Sandbox) -> None:
    bot, person, _ = await sandbox.dialogue()
    other = await sandbox.person("Олег")
    await sandbox.write(other, "school_bot", "/start")
    asked = await sandbox.write(person, "school_bot", "Позовите человека")
    forwarded = await bot.forward_message(other, person, asked["message_id"])
    assert forwarded.forward_origin is not None
    assert forwarded.forward_origin.type == "user"
    assert forwarded.text == "Позовите человека"
    copied = await bot.copy_message(other, person, asked["message_id"])
    assert copied.message_id > forwarded.message_id
    several = await bot.copy_messages(other, person, [asked["message_id"], 99_999])
    assert len(several) == 1
    with pytest.raises(TelegramBadRequest, match="message to forward not found"):
        await bot.forward_message(other, person, 99_999)
    kept = await bot.send_message(person, "секрет", protect_content=True)
    with pytest.raises(TelegramBadRequest, match="protected content"):
        await bot.forward_message(other, person, kept.message_id)


async def test_that_a_poll_is_voted_on_and_closed(sandbox: Sandbox) -> None:
    bot, person, chat = await sandbox.dialogue()
    sent = await bot.send_poll(
        person,
        "Какой уровень?",
        [InputPollOption(text="A1"), InputPollOption(text="B1")],
        is_anonymous=False,
    )
    assert sent.poll
    await sandbox.post(
        "/votes", user_id=person, chat_id=chat, message_id=sent.message_id, options=[1]
    )
    updates = await drain(bot)
    answers = [u.poll_answer for u in updates if u.poll_answer]
    assert answers[0].option_ids == [1]
    closed = await bot.stop_poll(person, sent.message_id)
    assert closed.is_closed
    assert closed.options[1].voter_count == 1
