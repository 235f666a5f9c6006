"""What the client wants: agreement, refusal, postponement, a person, a complaint, no more messages.

Rules first; where they are silent the nearest shipped examples decide, if they are near enough. One
message may hold several ("дорого, но давайте" is an objection and an agreement).
"""

import re
from collections.abc import Mapping
from dataclasses import dataclass
from typing import Final

import numpy as np

from candor.common.llm import Encoder, Intent, Vectors
from candor.disclosure.visible_text import visible
from candor.llm.reading.agreement import Stance, stance
from candor.llm.reading.examples import phrases
from candor.llm.reading.keywords import without_start
from candor.llm.reading.polarity_words import ASKS

NEAR: Final = 0.55
"""Mean cosine to the three nearest examples of a class that lets the encoder speak."""
MARGIN: Final = 0.04
"""By how much the best class must lead the next one."""
CALLED_FROM: Final = 0.9
"""Weight (1 is an example of the class, 0 one of another) from which the examples taken together call a
message a complaint or a wish for a person, whatever the rules say. High: of 1,125 ordinary replies of the
labelled files none reaches it without being a complaint, while at 0.6 one in fifty would."""
READ_WHOLE: Final = 4
"""Words from which a message is weighed although a rule found something in it."""
_DOUBT: Final = 0.3
"""How much of an example's own vector is left to chance when the classes are told apart (ridge)."""
AGREEMENT_WORDS: Final = 12
"""Longer messages agree by rules only: a likeness of vectors says little about them."""

_OPT_OUT: Final = re.compile(
    r"(?<!\w)(?:не (?:надо |нужно |смейте )?(?:мне |больше |нам )*(?:пис\w+|пиш\w+|присыла\w+|шлите|беспоко\w+|спам\w+|звон\w+)(?: (?:мне|больше|сюда|никогда))*|(?:хватит|перестаньте|прекрат\w+|кончай\w*|заканчивай\w*|достали)(?: \w+){0,2} (?:пис\w+|слать|присыла\w+|спам\w*|рассыл\w+|сообщени\w+|беспоко\w+)|"
    r"отпиш(?!усь|емся)\w+|отписа(?!лся|лась)\w+|отстаньте|отстань|отвали\w*|удали(?:те)? (?:меня|мой|мои|номер|контакт)\w*|уберите меня|без рассыл\w+|стоп(?= *[.!]*$)|не хочу (?:больше )?(?:получать|ваших сообщений)|забудьте (?:мой номер|обо мне|про меня))"
    r"|(?<![\w'])(?:(?:stop|quit|cease) (?:writing|texting|messaging|sending|spamming|contacting|bothering|it)|(?:don't|do not|never|dont) (?:ever )?(?:write|text|message|contact|bother|send|call)(?: (?:to )?me)?(?: any ?more| again| ever)?|unsubscribe|leave me alone|(?:remove|delete|take) (?:me|my (?:number|contact|data))|"
    r"opt(?:ing)? out|no more (?:messages|texts|emails)|stop(?= *[.!]*$)|fuck off|(?:^|[,.!] )(?:just |please )?get lost(?! (?:in|at|with|on|when|while|during))|i want out of (?:this|your) (?:list|mailing))"
)
_NOT_OPT_OUT: Final = re.compile(
    r"не пиш\w+ (?:на|в|ли|код|как|так)|don't (?:forget|hesitate) to|(?:why|почему)(?: \w+){0,3} (?:don't|не) (?:you )?\w+|don't (?:send|write) (?:it|that|the|this)(?! (?:to me )?any)"
)
_PERSON_NOUN: Final = r"(?:человек\w*|оператор\w*|менеджер\w*|сотрудник\w*|консультант\w*|администратор\w*|специалист\w*|жив(?:ым|ого|ой|ому|ые)|куратор\w*|директор\w*|начальник\w*|руководител\w+|людьми|кем-?(?:то|нибудь)(?: (?:живым|другим|из))?|преподавател\w+|юрист\w*|врач\w*|мастер\w*|дизайнер\w*)"
_PERSON: Final = re.compile(
    rf"(?<!\w)(?:позов\w+|позвать|зовите|переключ\w+|соедин\w+|свяж\w+|дайте|дай|перевед\w+|нуж(?:ен|на|ны)|хочу|хотел\w* бы|можно|лучше|поговор\w+|пообща\w+|связаться|пригласи\w*|требую|давайте|подключите|передайте|мне бы|есть ли)(?: \w+){{0,4}}? {_PERSON_NOUN}"
    r"|(?<!\w)жив(?:ого|ой|ому|ым) (?:человек\w*|оператор\w*|менеджер\w*|консультант\w*)|^(?:человек|оператор|менеджер|человека|оператора|менеджера)[.! ]*$"
    r"|(?<!\w)(?:перезвон\w+|позвоните|пусть (?:мне )?(?:позвон\w+|перезвон\w+|напишет (?:человек|менеджер)|ответит (?:человек|менеджер))|закажите звонок|заказать звонок|хочу (?:по|пере)?звон\w+|номер (?:телефона )?(?:менеджера|оператора|для связи))"
    r"|(?:с )?(?:ботом|роботом|ботами|роботами|машиной|программой|нейросетью)(?: \w+){0,2} не (?:хочу|буду|желаю|люблю|стану)|где (?:ваш\w* |у вас )?(?:администратор|оператор|менеджер|человек|люди|живые)|не (?:хочу|буду|желаю|люблю)(?: \w+){0,2} (?:с )?(?:ботом|роботом|ботами|роботами|машиной|программой|ии|нейросетью)"
    r"|(?<![\w'])(?:(?:get|give|connect|transfer|put|pass|call|find|bring|want|need|like|prefer|speak|talk|chat|let me|is there|can i|could i|may i|reach|hand|switch|forward)(?: [\w']+){0,5}? (?:a |an |your |the |some |real |live |actual )*(?:human|person|operator|agent|manager|representative|rep|someone(?: real| else| human| from)?|somebody(?: real)?|staff|employee|supervisor|consultant|people|advisor|adviser|boss|admin|administrator))(?!\w)|(?<![\w'])(?:put me through|transfer me|connect me|pass me (?:on|over))(?!\w)|(?<![\w'])where(?:'s| is| are) (?:your |the )?(?:admin\w*|manager|operator|staff|human|person|people)(?!\w)"
    r"|(?:^|[.,!] )(?:human|agent|operator|representative|manager|real person|a human|a person)(?:,? please)?[.! ]*$|(?<!\w)(?:call me(?: back)?|phone me|give me a call|ring me|please call)(?!\w)|(?:don't|not|won't|do not|hate|tired)(?: \w+){0,3} (?:talk|talking|speak|chat|chatting|deal|dealing)(?:ing)? (?:to|with) (?:a |an |this |your )?(?:bots?|robots?|machines?|ai|computers?)"
)
_NOT_PERSON: Final = re.compile(
    r"(?:на|для|до|сколько|из|по|\d) (?:\w+ )?человек|person to person|как человек|стать (?:\w+ )?(?:специалист\w*|менеджер\w*|преподавател\w+|юрист\w*|дизайнер\w*|мастер\w*|врач\w*)|(?:become|want to be|work as|as) (?:a|an) \w*"
    r"|общаться с (?:носител|иностран|людьми|коллег)\w*|(?:talk|speak|chat) (?:to|with) (?:people|foreign|native|colleagues|my )"
)
_COMPLAINT: Final = re.compile(
    r"(?<!\w)(?:жалоб\w+|пожал\w+ся|жаловаться|безобрази\w+|возмутительн\w+|возмущен\w*|отвратительн\w+|ужасн\w+ (?:сервис|обслужив|качеств|отношен|работ|компан)\w*|(?:вы )?(?:меня |нас )?(?:обманул\w*|обманывает\w*|кинул\w+|развели|надули)|обманщик\w*|мошенни\w+|аферист\w*|шарашк\w+|верните (?:мои |мне )?деньги|недовол\w+|хамств\w*|нахамил\w*|хамит\w*|"
    r"разочарован\w*|разочаровал\w*|издевает\w+|позор\w*|кошмар\w*|бардак\w*|(?:никто|почему)(?: \w+){0,3} (?:не )?(?:отвеча\w+|реагиру\w+|перезвон\w+) (?:уже|до сих|третий|второй|вторые|неделю|несколько)|(?:так долго|сколько можно)|в суд\b|роспотребнадзор\w*|прокуратур\w*|испортил\w*|(?:все|вс[её]) сломал\w*|не выполнил\w*|игнорируете|(?:деньги|сумму|оплату) (?:\w+ )?(?:списали|сняли|взяли|забрали)|(?:списали|сняли) (?:\w+ )?(?:деньги|дважды|два раза|лишн\w+)|(?:доступа|урока|ответа|заказа|товара|письма|ссылки|чека) (?:до сих пор |так и |всё ещё |все еще )?нет(?!\w)|(?:так и |до сих пор )не (?:пришл\w+|пришел|прислали|ответили|дали|открыли|перезвонили|вернули)|(?:даже )?не предупред\w+|не можете (?:\w+ )?(?:нормально|толком|ответить|решить|объяснить)|(?:третий|второй|пятый|который) (?:день|раз|час) (?:жду|не|пишу|прошу)|обещали одно|(?:жду|ждем|ждём)(?: \w+){0,4} (?:никто|никого)|хам(?:ил|ит|ят|ство|ье)\w*|за что я (?:за)?плати\w*|отменили без|опоздал\w*|навязали|плохо(?:е|й) (?:сервис|качеств|обслужив)\w*|некачествен\w+|брак(?:ованн\w+)?(?!\w)|(?:сайт|ссылка|приложение|запись|доступ|личный кабинет|оплата)(?: \w+){0,2} не (?:работает|открывается|проходит|приходит)|претензи\w+|плачу (?:деньги )?а )"
    r"|(?<![\w'])(?:complain\w*|complaint\w*|outrag\w+|unacceptable|disgust\w+|disgrace\w*|terrible|horrible|awful (?:service|experience|quality|company)|(?:you )?(?:cheated|scammed|deceived|lied|tricked|robbed|ripped)(?: (?:to )?(?:me|us|off))?|scam(?:mers?)?|fraud\w*|rip-?off|(?:want|give|need) (?:me )?(?:my )?(?:money back|a refund)|refund me|unhappy with|dissatisf\w+|disappoint\w+|let (?:me|us) down|rude|fed up|sick of|ridiculous|shame on|worst|"
    r"pathetic|nobody (?:has )?(?:answer|repl|respond|call)\w*|no one (?:has )?(?:answer|repl|respond|call)\w*|still waiting|taking (?:so|forever)|ignor(?:ed|ing) me|lawsuit|sue you|(?:site|link|app|page|access|payment)(?: \w+){0,2} (?:doesn't|isn't|does not|not|won't) (?:work\w*|open\w*|load\w*)|(?:you |they )?(?:charged|billed|debited) (?:me|my|us|twice)|(?:have|got|still have|there's) no (?:access|answer|reply|refund|link)(?!\w)|(?:cancell?ed|moved|changed|postponed)(?: \w+){0,3} (?:nobody|no one|without|didn't)|(?:nobody|no one) (?:told|warned|informed|called|cares)|still (?:can't|haven't|no|don't have|waiting)|can't (?:even )?(?:give me a|get a) (?:\w+ )?(?:answer|reply)|promised (?:one|me)(?: \w+){0,3} (?:and|but) (?:gave|got|did)|what (?:did )?i (?:am |'m )?(?:paid|paying|pay) for|waiting(?: \w+){0,6} (?:nobody|no one)|never (?:arrived|came|got|received)|(?:awful|bad|lousy|poor) (?:quality|service)|poor (?:quality|service)|bad service|lost my (?:documents|order|money|data))"
)


_CALLS: Final = ("complaint", "wish_for_person")


@dataclass(frozen=True, slots=True)
class Intents:
    """The intents of a message, whether it agrees, and a sentence for each why."""

    found: tuple[Intent, ...]
    agrees: bool
    is_sure: bool
    reasons: tuple[str, ...]


class IntentReader:
    """Rules first, nearest examples second."""

    def __init__(self, encoder: Encoder) -> None:
        self._encoder = encoder
        self._learned: Vectors | None = None

    async def read(self, text: str, message: Vectors | None = None) -> Intents:
        """`message` is the text's vector (one row) when the caller has it already."""
        if not without_start(text).strip():
            return Intents((), agrees=False, is_sure=True, reasons=())
        seen = visible(text)
        by_rule = stance(text)
        found = _ruled(seen, by_rule)
        reasons = [f"rule: {intent}" for intent in found]
        is_sure = True
        if not found or (len(seen.split()) >= READ_WHOLE and "opt_out" not in found):
            vector = message if message is not None else await self._encoder.encode((text,))
            if called := await self._calls_person(vector, found):
                found = [called]
                reasons.append(f"examples together: {called}")
            elif not found and by_rule.polarity in (None, "question"):
                guess, lead = await self._nearest(vector)
                if guess and _may_speak(guess, by_rule, seen):
                    found = [guess]
                    is_sure = lead > 2 * MARGIN
                    reasons.append(f"nearest examples: {guess}")
        if ASKS.search(seen) and "question" not in found:
            found.append("question")
        return Intents(tuple(found), "agreement" in found, is_sure, tuple(reasons))

    async def _nearest(self, vector: Vectors) -> tuple[Intent | None, float]:
        likeness = await self._likeness(vector)
        ranked = sorted(likeness.items(), key=lambda item: -item[1])
        (best, top), (_, second) = ranked[0], ranked[1]
        if best in ("statement", "question") or top < NEAR or top - second < MARGIN:
            return None, 0.0
        return best, top - second  # type: ignore[return-value]  # the file's classes are intents

    async def _calls_person(self, vector: Vectors, found: list[Intent]) -> Intent | None:
        """A complaint or a wish for a person, whose words differ too much for nearest examples.

        Both bring a person, so a mistake costs a look; nothing that binds the client is read so.
        """
        weights = (vector @ await self.learned())[0]
        best = int(np.argmax(weights))
        name = tuple(phrases("intents"))[best]
        if name not in _CALLS or name in found or weights[best] < CALLED_FROM:
            return None
        return name  # type: ignore[return-value]  # the file's classes are intents

    async def learned(self) -> Vectors:
        """One column per class: ridge regression on the examples, each class counting the same.

        Learned when first asked for, which takes the encoding of a few hundred phrases.
        """
        if self._learned is None:
            self._learned = await self._learn()
        return self._learned

    async def _learn(self) -> Vectors:
        classes = phrases("intents")
        rows = await self._encoder.encode(
            tuple(line for lines in classes.values() for line in lines)
        )
        sizes = np.array([len(lines) for lines in classes.values()])
        wanted = np.repeat(np.eye(len(sizes)), sizes, axis=0)
        doubt = np.sqrt(np.repeat(sizes, sizes) * len(sizes) / len(rows))
        likeness = rows @ rows.T + _DOUBT * np.diag(doubt)
        return np.asarray(rows.T @ np.linalg.solve(likeness, wanted), dtype=np.float32)

    async def _likeness(self, vector: Vectors) -> Mapping[str, float]:
        classes = phrases("intents")
        rows = await self._encoder.encode(
            tuple(line for lines in classes.values() for line in lines)
        )
        result: dict[str, float] = {}
        start = 0
        for name, lines in classes.items():
            values = rows[start : start + len(lines)] @ vector[0]
            result[name] = float(np.sort(values)[-3:].mean())
            start += len(lines)
        return result


def _may_speak(guess: Intent, by_rule: Stance, seen: str) -> bool:
    """Whether the nearest examples may say what no rule found."""
    if guess == "agreement" and _is_long(seen):
        return False
    return by_rule.polarity is None or guess in (*_CALLS, "opt_out")


def _ruled(seen: str, by_rule: Stance) -> list[Intent]:
    found: list[Intent] = []
    is_opt_out = bool(_OPT_OUT.search(seen)) and not _NOT_OPT_OUT.search(seen)
    is_person = bool(_PERSON.search(_NOT_PERSON.sub(" ", seen)))
    is_complaint = bool(_COMPLAINT.search(seen))
    if is_opt_out:
        found.append("opt_out")
    if is_person:
        found.append("wish_for_person")
    if is_complaint:
        found.append("complaint")
    if is_opt_out or (is_complaint and by_rule.polarity != "yes"):
        return found
    if by_rule.polarity == "yes" and not is_person:
        found.append("agreement")
    elif by_rule.polarity == "later":
        found.append("postponement")
    elif by_rule.polarity == "no" and not is_person:
        found.append("refusal")
    return found


def _is_long(seen: str) -> bool:
    return len(seen.split()) > AGREEMENT_WORDS
