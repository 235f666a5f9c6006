"""What a sentence names without claiming it: what it leaves open, what it does not promise, what it says back.

"Есть ли скидка для двойняшек, не знаю" names a discount and gives none; "nobody could promise a job by summer"
names a result and foretells none. The rules of the claims gate read a sentence a second time without these parts,
so that what stands beside them is still judged: "I can't promise a place, but you get half off" stays an offer.
All patterns match visible text (see `visible_text`).
"""

import re
from typing import Final

_REST: Final = r"(?:,(?= (?:что|чтобы|будто|как|за)(?!\w)))?(?:(?! (?:но|а|зато|однако|but|however|yet|though) )[^,.;:!?—–])*"
"""To the end of the clause, never beyond a "but"."""
_BEFORE: Final = r"(?:(?! (?:но|а|и|зато|однако|but|however|yet|and) )[^,.;:!?—–])"
_ASKED_RU: Final = r"(?:\w+ ли|кто|сколько|как(?:ой|ая|ое|ие|ого|ому|им|их)|чей|когда|где|куда|про|по поводу|насчет|относительно)"
_ASKED_EN: Final = r"(?:whether|if|how|which|what|who|when|where|about|on|as for)"
_BETWEEN_RU: Final = r"(?:(?:я|мне|пока|увы|к сожалению|честно|точно|наверняка|сейчас|отсюда|тоже|сама?|у меня|в моих данных|в описании|что-то),? )*"
_UNKNOWN_RU: Final = (
    r"(?:не (?:знаю|вижу|скажу|подскажу|уверена?|берусь|возьмусь|слышала?|нашла?|сообщ\w+|указан\w*|написано|дали|известно)|"
    r"неизвестно|пусто|(?:нет|без) (?:данных|сведений|информации)|(?:данных|сведений|информации) (?:нет|не дали)|"
    r"уточню|спрошу|узнаю|выясню|проверю|надо уточнить|нужно уточнить)(?!\w)"
)
_UNKNOWN_EN: Final = (
    r"(?:i (?:do not|don't|can't|cannot|couldn't) (?:know|see|say|tell)|i(?:'m| am) (?:not sure|unsure)|i(?:'ll| will| need to| have to) (?:ask|check|find out)|"
    r"let me (?:ask|check|find out)|i (?:wasn't|was not|haven't been|have not been) (?:told|given)|"
    r"(?:is|are) (?:not|beyond|outside|nowhere|unknown)(?: \w+){0,3} (?:what )?(?:i|we|me|us|my)(?:'ve| have)?(?: been)?(?: told| given| notes)?|"
    r"(?:isn't|aren't|is not|are not) (?:something|anything|known|clear|mentioned|in (?:what|my))(?: (?:i|we)(?:'ve| have)?)?(?: been)?(?: told| given| notes)?)(?!\w)"
)
_NO_WORD_RU: Final = r"(?:по)?(?:обеща\w+|обещ\w+|гарантир\w+|гарантии|руч\w+|предсказ\w+|слова дать|слово дать|за\w*ручиться)"
_WILL_NOT_RU: Final = r"(?:не (?:могу|можем|может|буду|стану|станем|берусь|возьмусь|возьмется|хочу|вправе)|нельзя|я не вправе|не в моих силах|нечестно|было бы нечестно)"
_NO_WORD_EN: Final = r"(?:promise|guarantee|vouch|swear|say for (?:sure|certain))"
_WILL_NOT_EN: Final = (
    r"(?:can't|cannot|can not|couldn't|could not|won't|will not|wouldn't|would not|don't|do not|not going to|no way (?:that )?(?:i|we) (?:can|could)|"
    r"not able to|unable to|nobody can|no one can|nobody could|no one could|nobody honest can)"
)
_LEFT_OPEN: Final = tuple(
    re.compile(pattern)
    for pattern in (
        # Есть ли скидка на двойняшек, я не знаю · про рассрочку не подскажу
        rf"^(?:а |и |но )?{_ASKED_RU} {_BEFORE}*?,? {_BETWEEN_RU}{_UNKNOWN_RU}",
        rf"(?<!\w){_UNKNOWN_RU}(?: \w+){{0,3}}?,? {_ASKED_RU}(?!\w){_REST}",
        rf"^(?:and |but )?{_ASKED_EN} {_BEFORE}*?,? (?:unfortunately |sadly |i'm afraid )?{_UNKNOWN_EN}",
        rf"^{_BEFORE}{{3,90}} (?:isn't|aren't|is not|are not) something {_BEFORE}*",
        rf"(?<!\w){_UNKNOWN_EN}(?: \w+){{0,3}}? {_ASKED_EN}(?!\w){_REST}",
        rf"(?<!\w)i(?:'ll| will|'m going to) ask(?: \w+){{0,3}}? (?:if|whether|about|what|which|when){_REST}",
        r"(?<!\w)(?:is there|are there|do they|do we|can i|could i) [^.!?]{3,80}\? not that i've been told",
        # обещать, что …, не могу · не возьмусь обещать, что …
        rf"^(?:(?:что|чтобы|как|про|\w+ ли) (?:(?! (?:но|а|зато) )[^.;:!?—–]){{0,150}}?|{_BEFORE}{{0,80}}?){_NO_WORD_RU} (?:\w+ )?{_WILL_NOT_RU}(?!\w)",
        rf"^(?:(?:что|чтобы|как|про|\w+ ли) (?:(?! (?:но|а|зато) )[^.;:!?—–]){{0,150}}?|{_BEFORE}{{0,80}}?)(?:никто(?: \w+){{0,2}} )?не (?:обещаю|обещаем|пообещаю|пообещает|обещает|гарантирую|гарантируем)(?!\w){_REST}",
        rf"(?<!\w)(?:обещать|пообещать|гарантировать|поручиться|ручаться|предсказать)(?!\w)(?:(?! (?:но|а|зато) )[^.;:!?—–]){{0,150}}?{_WILL_NOT_RU}(?!\w)",
        rf"(?<!\w)(?:{_WILL_NOT_RU}|никто)(?: \w+){{0,3}}? (?:не )?{_NO_WORD_RU}(?!\w){_REST}",
        rf"(?<!\w){_WILL_NOT_EN}(?: \w+)?(?: be able to)? {_NO_WORD_EN}(?!\w){_REST}",
        rf"(?<!\w)(?:not going to|won't|can't) tell you (?:that )?you{_REST}",
        rf"^{_BEFORE}{{3,90}} something (?:i|we|anyone|anybody) (?:can|could|am able to|would) {_NO_WORD_EN}(?!\w)",
    )
)

_SAID: Final = re.compile(
    r"^(?:так,? |ага,? |хорошо,? |и еще )?(?:итак|значит|то есть|получается|ясно|понял[аи]?(?: вас)?|насколько я понял[аи]?|если я правильно понял[аи]?|"
    r"вы (?:\w+ )?(?:написали|писали|пишете|сказали|говорили|говорите|упомянули|упоминали|рассказали|рассказывали|заметили|отметили))(?:,|:| (?=вам|вы|у вас|что))"
    r"|^(?:ok,? |okay,? |right,? |got it,? |i see,? )?(?:so (?:you|your|he|she|it|they|that's|an?|old)(?:'re|'ve|'s)?(?!\w)|you (?:said|wrote|mentioned|told me|were saying)(?!\w)|right, an? )"
    r"|, (?:noted|got it|поняла?|ясно|верно|правильно)(?:\?|\.|!|$)| is that right\?$"
)
_COMFORTS: Final = re.compile(
    r"(?<!\w)(?:сочувству\w+|соболезну\w+|держитесь|поздравля\w+|поздравлени\w+|(?:очень |прекрасно |хорошо )?(?:вас )?понимаю|уважаю|восхища\w+|"
    r"не приговор|поправимо|трогательно|обидн\w+|тяжело|беспокойств\w+|ого|утомит|"
    r"sorry|congratulations|condolences|understand(?:able)?|i get (?:it|why)|lovely|how (?:nice|kind|hard)|no judge?ment|daunting|exhausting|heartbreaking|miserable|rotten|awful|"
    r"hard on (?:anyone|anybody|you)|hard to|a lot of work|determination|fair play|good for you|shock for|no small thing|long (?:time|friendship)|no need to apologi[sz]e)(?!\w)"
)
_ADVISES: Final = re.compile(
    r"(?<!\w)(?:обычно|лучше|полезн\w+|советуют|понемногу|usually|tends? to|often|helps? (?:to|more)|(?:more|better) (?:good )?than|beats?|far more good)(?!\w)"
)
_OURS: Final = re.compile(
    r"(?<!\w)(?:мы|нас|нам|наш\w*|ученик\w*|клиент\w*|выпускни\w+|we|us|our|ours|students?|clients?|customers?|graduates?)(?!\w)"
)


def claimed(seen: str) -> str:
    """The visible sentence without what it leaves open and what it does not promise."""
    for pattern in _LEFT_OPEN:
        seen = pattern.sub(" ", seen)
    return seen.strip()


def says_back(seen: str) -> bool:
    """Whether it tells what the client told, and nothing of the business: "so your son has football till five"."""
    return _SAID.search(seen) is not None and not _OURS.search(seen)


def comforts(seen: str) -> bool:
    """Whether it feels with the client or congratulates, and tells nothing of the business."""
    return _COMFORTS.search(seen) is not None and not _OURS.search(seen)


def advises(seen: str) -> bool:
    """Whether it gives general advice ("ten minutes a day beat an hour on Sunday"), and tells nothing of the business."""
    return _ADVISES.search(seen) is not None and not _OURS.search(seen)
