"""Reads a channel post with rules and the encoder: idea, keywords, tone, sensitive matters."""

import re
from typing import Final

from candor.common.llm import Encoder, PostSummary
from candor.disclosure.visible_text import visible
from candor.llm.reading.keywords import keywords, main_idea
from candor.llm.reading.language import language_of
from candor.llm.reading.tone import tone_of

_SENSITIVE: Final[dict[str, re.Pattern[str]]] = {
    "health": re.compile(
        r"(?<!\w)(?:болезн\w+|заболе\w+|рак(?:а|ом)?(?!\w)|онколог\w+|диагноз\w*|операци[яию]\w* на|больниц\w+|реанимац\w+|эпидеми\w+|вакцин\w+|лекарств\w+|депресси\w+|суицид\w*|инвалид\w+|беременн\w+|аборт\w*|"
        r"disease|illness|cancer|diagnos\w+|hospital|epidemic|pandemic|vaccin\w+|depression|suicid\w+|disab\w+|pregnan\w+|abortion)"
    ),
    "politics": re.compile(
        r"(?<!\w)(?:выбор(?:ы|ов|ах) (?:президент|депутат|в)|президент\w*|депутат\w*|госдум\w+|правительств\w+|политик\w*|полити\w+ск\w+|санкци\w+|митинг\w*|протест\w*|войн[аыеу]\w*|фронт\w*|мобилизац\w+|парти[яию]\w* (?:власт|росс)|оппозици\w+|"
        r"elections?|president|parliament|government|politic\w+|sanctions?|protest\w*|war(?!\w)|ministry|congress|senate|opposition)"
    ),
    "disaster": re.compile(
        r"(?<!\w)(?:авари\w+|катастроф\w+|землетряс\w+|пожар\w*|наводнени\w+|теракт\w*|взрыв\w*|крушени\w+|обстрел\w*|эвакуац\w+|жертв\w+|погиб\w+|пострадавш\w+|"
        r"disaster|earthquake|wildfire|flood\w*|explosion|crash(?:ed)?|terror\w*|shooting|evacuat\w+|victims?|killed|injured)"
    ),
    "grief": re.compile(
        r"(?<!\w)(?:умер\w*|скончал\w+|похорон\w+|соболезн\w+|траур\w*|памяти (?:погиб|уше)|ушел из жизни|ушла из жизни|некролог\w*|светлая память|died|passed away|funeral|condolenc\w+|mourning|in memory of|rest in peace|obituary)"
    ),
    "minors": re.compile(
        r"(?<!\w)(?:школьник\w* (?:погиб|постра|избил|пропал)|пропал\w* (?:ребенок|девочк|мальчик|подрост)|дет(?:и|ей|ям) (?:погиб|постра|сирот|больн)|ребенок (?:погиб|умер|болен|пропал)|подростк\w+ (?:погиб|избил|покон)|сирот\w*|"
        r"missing child|child abuse|children (?:died|killed|hurt|suffer)\w*|orphan\w*|minors?(?!\w))"
    ),
    "religion": re.compile(
        r"(?<!\w)(?:религи\w+|церк\w+|мечет\w+|храм\w*|патриарх\w*|мусульман\w*|христиан\w*|иудаизм\w*|религиозн\w+|religio\w+|church|mosque|muslim\w*|christian\w*|jewish)"
    ),
    "crime": re.compile(
        r"(?<!\w)(?:убийств\w+|убит\w*|изнасил\w+|арест\w*|задержан\w*|уголовн\w+|насили\w+|murder\w*|rape\w*|arrest\w*|assault\w*|violence)"
    ),
}


async def read_post(text: str, encoder: Encoder) -> PostSummary:
    """`topics` are the leading keywords; `sensitive` names matters that are never commented."""
    words = keywords(text)
    return PostSummary(
        main_idea=main_idea(text),
        keywords=words,
        tone=await tone_of(text[:1_000], encoder),
        topics=words[:3],
        sensitive=sensitive_matters(text),
        language=language_of(text),
    )


def sensitive_matters(text: str) -> tuple[str, ...]:
    """Those that plain words show; no model and no encoder is asked."""
    seen = visible(text)
    return tuple(name for name, pattern in _SENSITIVE.items() if pattern.search(seen))
