"""Which statements need no proof: those that say nothing about the business, its people or results.

The claims gate stops what it knows as a claim; for the rest it asks here. A statement in the third
person that no source carries and that isn't of a harmless kind is taken for a claim.
"""

import re
from typing import Final

_STAFF_RU = (
    r"(?:человек|коллег\w+|преподавател\w+|учител\w+|тренер\w*|врач\w*|доктор|администратор\w*|менеджер\w*|мастер\w*|дизайнер\w*|консультант\w*|"
    r"специалист\w*|юрист\w*|бухгалтер\w*|фотограф\w*|оператор\w*|замерщик\w*|куратор\w*|люди|налоговая|сотрудник\w*)"
)
_STAFF_EN = (
    r"(?:person|people|colleagues?|teachers?|coach(?:es)?|trainers?|doctors?|dentists?|receptionists?|managers?|mechanics?|designers?|consultants?|"
    r"advisers?|advisors?|specialists?|lawyers?|accountants?|photographers?|operators?|staff|tax office|team)"
)
_HARMLESS: Final = tuple(
    re.compile(pattern)
    for pattern in (
        # the two who talk
        r"(?<!\w)(?:я|мне|меня|мной|вы|вам|вас|вами|ваш\w*|ты|тебе|тебя|твой|твоя)(?!\w)",
        r"(?<!\w)\w+(?:ете|ите|йте|етесь|итесь|йтесь|ешь|ишь)(?!\w)",
        r"(?<!\w)(?:понима|понял|поняла|передам|передаю|передал|уточн|спрош|зову|позов|помог[ул]|расска|подска|объясн|отвеч|напиш|пришл|верн[ую]|запиш|отмеч|учту|вижу|дума|предлаг|советую|давай|узна[юе]|провер|покаж|добав|приглаш|благодар|извин)\w*",
        r"(?<!\w)(?:спасибо|пожалуйста|здравствуйте|привет|добр\w+ (?:день|вечер|утро)|жаль|рад[аы]?|хорошо|отлично|ясно|понятно|конечно|договорились|поздравля\w+|удачи|приятно|итак|кстати)(?!\w)",
        # what depends, may or must be
        r"(?<!\w)(?:можно|нужн\w*|надо|лучше|завис\w+|хватит|хватает|может|могут|бывает|бывают|важно|достаточно|необязательно|возможно|если|когда|пока|чтобы|например|пример\w*|вариант\w*|допустим|скажем|главное|шаг|осталось|остаётся|иногда|кому-то|сначала|потом|затем|дальше|начать)(?!\w)",
        r"(?<!\w)(?:нет|не|ни|без|неизвестно|ничего)(?!\w)",
        rf"(?<!\w){_STAFF_RU}(?!\w)(?! [–—-])(?:.*(?<!\w)\w+(?:ет|ит|ят|ут|ют|ат)(?:ся)?(?!\w))",
        rf"(?<!\w)\w+(?:ет|ит)(?:ся)? (?:\w+ )?{_STAFF_RU}(?!\w)(?! [–—-])",
        r"(?<!\w)(?:ссылк\w+|приглашени\w+|сообщени\w+|вопрос\w*|ответ\w*|разговор\w*|чат\w*|програм\w+|тема|тему|диалог\w*|ии|искусственн\w+|задани\w+|слово|слова|фраз\w+|предложени\w+|онлайн|есть)(?!\w)",
        # English
        r"(?<![\w'])(?:i|i'm|i'll|i've|i'd|me|let's|let|you|your|yours|you're|you'll|you've|you'd)(?!\w)",
        r"(?<!\w)(?:can|may|might|could|should|need|needed|depends?|enough|if|when|while|maybe|perhaps|sometimes|some|others|first|then|next|example|option|step|for instance|one can|please|write|try|tell)(?!\w)",
        r"(?<!\w)(?:thanks|thank|hello|hi|good|sorry|glad|happy|great|fine|welcome|right|okay|ok|sure|congratulations|noted|understood|agreed)(?!\w)",
        r"(?<!\w)(?:not|no|don't|doesn't|won't|can't|cannot|isn't|aren't|nothing|unknown|nobody)(?!\w)",
        rf"(?<!\w)(?:a |the |our )?{_STAFF_EN} (?:will|can|may|looks?|decides?|chooses?|names?|knows?|helps?|answers?|gives?|explains?|works? out|confirms?|sends?|tells?|are|is able)(?!\w)",
        rf"(?<!\w)by (?:a |the )?{_STAFF_EN}(?!\w)",
        r"(?<!\w)(?:link|invitation|message|question|answer|chat|programme|program|topic|ai|task|word|sentence|phrase|online|there (?:is|are)|comes? in)(?!\w)",
    )
)  # fmt: skip
_NEVER: Final = re.compile(
    r"(?<!\w)(?:never|никогда|always|всегда|half of|половина|most of|большинство|famous|известн(?:ый|ая|ые|ых|ого|ым|ыми)|чемпион\w*|champion\w*|сборн\w+|queue|очеред\w+|included|входит в|внутри цены|known for|славится|знаменит\w*)(?!\w)"
)
"""Words that make a statement a claim, however harmless its other words are."""


def needs_proof(seen: str) -> bool:
    """Whether a visible sentence states something that only a source can carry."""
    return boasts(seen) or not any(pattern.search(seen) for pattern in _HARMLESS)


def boasts(seen: str) -> bool:
    """Whether it holds a word that makes any statement a claim."""
    return _NEVER.search(seen) is not None
