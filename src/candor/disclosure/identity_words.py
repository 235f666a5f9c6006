"""The words of the identity question, Russian and English, in visible form (small letters, ё as е)."""

import re
from typing import Final


def listed(words: str) -> frozenset[str]:
    """A set of words written with spaces between them."""
    return frozenset(words.split())


BOT_WORDS: Final = listed(
    "бот бота ботом боты ботами боте ботяра ботик чат-бот чатбот чат-ботом чатботом робот роботом роботы "
    "роботами робота робат машина машиной программа программой программка нейросеть нейросетью нейронка "
    "нейронкой нейронная автоответчик автоответчиком ии ai a.i алгоритм алгоритмом скрипт скриптом "
    "искусственный искусственным интеллект интеллектом чатгпт гпт gpt chatgpt chat-gpt гпт-чат жпт "
    "автомат автоматом компьютер компьютером комп железяка искин llm алиса "
    "bot bots robot robots chatbot chat-bot machine computer software program algorithm automated "
    "automation artificial intelligence autoreply script neural siri "
    "бот-помощник ии-помощник ии-бот ai-bot botty bott "
    "автоответ автоответом автосообщение робот-помощник ии-ассистент ии-менеджер нейропомощник "
    "claude клод gemini джемини deepseek дипсик grok copilot gigachat гигачат yandexgpt яндексгпт "
    "gpt4 gpt-4 gpt4o gpt-4o gpt5 gpt-5 гпт4 гпт-4"
)
HUMAN_WORDS: Final = listed(
    "человек человеком живой живая живым живою живые живыми живого настоящий настоящая настоящим "
    "настоящие реальный реальная реальным реальные люди людьми человечек чел человеческий "
    "человеческое человека "
    "human humans person people real alive somebody someone humanoid guy man woman "
    "чек чиловек челавек"
)
ADDRESS: Final = listed(
    "ты вы это тут здесь там эт тя тебя вас "
    "you u ya this it that you're ur youre it's its there who's is are am isn't aren't "
    "собеседник менеджер оператор консультант поддержка"
)
FILLERS: Final = listed(
    "что ли же вообще точно не правда правде действительно случайно реально сейчас а и или либо просто обычный "
    "обычная какой-то какая-то там тут здесь тоже все все-таки всетаки таки опять снова этот такой такая "
    "часом например мне нам кажется похоже видимо наверное наверно случаем чтоли чо че штоле да нет "
    "ну ну-ка вы ты это как бы типа с со на самом деле серьезно честно скажите скажи ответьте ответь "
    "докажи докажите интересно хоть или-или у вас есть если был будто словно мной настолько разве "
    "неужели ведь кто-то кто-нибудь кто-либо прям прямо очередной тупой глупый умный обыкновенный один одна одни "
    "by chance really actually just a an the some any or not even honestly seriously like maybe "
    "probably only kind of sort another stupid dumb here right now then also still real-life "
    "are is am be i me you u to with sure truly at all in fact literally basically some-kind "
    "live living actual simple being yes no so ok okay hey hi hello please tell um uh "
    "привет здравствуйте добрый день слушай слушайте подскажите подскажи вот"
)
WITH: Final = listed("с со к to with by из от мне me us нам")
TALKING: Final = listed(
    "общаюсь говорю разговариваю переписываюсь пишу беседую болтаю общаемся говорим разговор чат "
    "отвечает отвечаешь отвечаете пишет пишешь пишете общается говорит сидит печатает переписка отвечают "
    "talking speaking chatting texting writing messaging typing replying answering responding "
    "speak talk chat conversing dealing answers replies writes responds"
)
NOT_ABOUT_US_AFTER: Final = listed(
    "для на который которая которого которые кто who with по который-то под which that for course courses resources developer "
    "developers builder development learning marketing dance слова дела науки хороший занятой "
    "занятый широкой разработка разработчик resource rights body anatomy estate deal "
    "price talk"
)
SHARE_FILLERS: Final = listed(
    "сколько how many much лучше дешевле дороже выгоднее нанять заказать купить делает учит cheaper better hire buy order "
    "преподает ведет teaches"
)
"""Words that make "bot or person" a question about the service, not about who is writing."""
PRESENCE: Final = (
    r"\bесть\b.{0,12}\b(?:живые|живой|люди|человек|настоящ(?:ий|ие) (?:люди|человек))(?: люди| человек)?(?: тут| здесь| там| вообще)?$",
    r"\b(?:живые|живой|люди|(?:настоящ|реальн)\w+ (?:люди|человек))(?: (?:люди|человек|кто-то|кто-нибудь|вообще|ли|у вас|сейчас|тут|здесь|там))* (?:есть|тут|здесь|там)$",
    r"\bна (?:том|другом) конце\b",
    r"\b(?:anyone|anybody|somebody|someone) (?:real|human|alive|there real)\b",
    r"\b(?:real|actual|live) (?:person|human|people)\b.{0,14}\b(?:here|there|behind|reading)\b",
    r"\bis (?:there|this|it|that) (?:a |an )?(?:real |actual |live )?(?:human|person)\b",
)
OPEN_QUESTIONS: Final = (
    r"^(?:а |ну |и |так |слушай |привет )?(?:кто|что) (?:ты|вы)(?: такой| такая| такие| такое| вообще| есть)*$",
    r"^(?:а |ну )?(?:ты|вы) (?:вообще )?кто(?: такой| такая| такие| вообще)*$",
    r"\bс кем (?:я |мы )?(?:сейчас |вообще |собственно )?(?:говорю|общаюсь|разговариваю|переписываюсь|имею)",
    r"\bкто (?:мне |это |со мной |тут |сейчас |вообще ){1,3}(?:отвечает|пишет|говорит|общается)",
    r"\b(?:who|what) (?:are|r) (?:you|u)(?: really| exactly| anyway)?$",
    r"\bwhom?(?: am|'m|m)? i (?:am )?(?:talking|speaking|chatting|writing|texting) (?:to|with)\b",
    r"\bwith whom(?: am i| i am| i'm) (?:\w+ )?(?:talking|speaking|chatting|texting)$",
    r"\bwho is (?:this|answering|writing|replying)(?: me)?$",
)
_FILLED_RU = r"(?: (?:что|ли|же|случайно|точно|вообще|просто|опять|какая-то|какой-то|какое-то|там|тут|здесь|сейчас|это|правда|реально|всего|лишь))*"
_MADE_BY_MACHINE = r"(?:automated|automatic|auto|auto-generated|generated|canned|scripted|pre-?written|ai|ai-generated|bot|robot|machine|computer|machine-generated|template)"
MACHINE_QUESTIONS: Final = (
    # "is this an automated reply", "are you a virtual assistant", "are you powered by AI"
    rf"\b(?:is|was|are) (?:this|that|it|these|those)(?: just| only| some| all| like| really)*(?: an?)? {_MADE_BY_MACHINE}(?: generated)? (?:reply|replies|response|responses|message|messages|answer|answers|text|chat)(?: or\b.*)?$",
    r"\bare you(?: just| only| some| really| actually| like)*(?: an?)? (?:virtual|digital|automated|automatic|ai|computer|robotic) (?:assistant|agent|system|manager|consultant|operator|helper|service|thing|voice)$",
    r"\b(?:are|do) you (?:powered by|based on|built on|made with|running on|run on) (?:an? )?(?:ai|gpt|chatgpt|claude|gemini|deepseek|language model|llm|neural network)$",
    r"\b(?:are you|is this|is it|am i talking to|am i chatting with) (?:an? )?(?:large )?language model$",
    # "ты автоматическая система", "это автоматический ответ", "вы работаете на gpt"
    rf"\b(?:ты|вы|мне|отвечает){_FILLED_RU}(?: отвечает)?{_FILLED_RU} (?:автоматическ|автоматизированн|компьютерн|роботизированн|виртуальн|электронн|цифров)\w+ (?:систем\w+|программ\w+|помощни\w+|ассистент\w*|оператор\w*|собеседник\w*|консультант\w*|менеджер\w*)$",
    rf"\b(?:это|мне пишет|мне пришел){_FILLED_RU} (?:автоматическ|автоматизированн|компьютерн|роботизированн|виртуальн|шаблонн)\w+ (?:ответ\w*|сообщени\w+|помощник\w*|ассистент\w*|оператор\w*|собеседник\w*|консультант\w*|менеджер\w*)$",
    rf"\b(?:ты|вы|это){_FILLED_RU} (?:работае\w+ |сделан\w* |написан\w* |построен\w* )?на (?:базе |основе )?(?:chatgpt|gpt|gpt-?\d\w?|гпт|чатгпт|чат гпт|claude|клод\w*|gemini|нейросет\w+|ии)$",
    r"\b(?:сообщени[ея]|ответы?|письмо) (?:от|пишет|написал\w?) (?:бота?|робота?|нейросет\w+|ии|программ[аы])$",
    rf"\b(?:ты|вы|это){_FILLED_RU} языков\w+ модел\w+$",
)
"""More than one word says that a machine is meant; the same words end a question about goods or courses."""
HUMAN_QUESTIONS: Final = (
    r"\b(?:ты|вы)\b(?: \w+){0,3} из плоти и крови$",
    r"\bare you(?: \w+){0,2} (?:made of )?flesh and blood$",
    r"\bare you(?: even| really| actually| truly)* (?:sentient|conscious|a living being|a living person)$",
)
CERTAIN_WORDS: Final = listed(
    "бот ботом боты робот роботом роботы чатбот чат-бот чатботом чат-ботом автоответчик нейросеть "
    "нейросетью человек человеком чел люди bot bots robot robots chatbot chat-bot person people human "
    "чатгпт chatgpt"
)
"""Words that name what is writing even with another word behind; the rest may be an adjective."""
TAGS: Final = listed("чтоли штоле чтоль что-ли опять похоже очевидно")
"""With one of these "бот" alone is a guess about us."""
WISHES_PERSON: Final = re.compile(
    r"(?:^|\b(?:please|ok|so|and|hi|hey|hello|но|и|а|тогда|лучше) )(?:let me|can i|could i|may i|i want|i need|i'd like|i would like|i'd rather|i prefer|get me|give me|put me|transfer|connect|switch me|hand me|pass me|find me)\b.*\b(?:person|human|people|someone|somebody)\b"
    r"|\b(?:talk|speak|chat) (?:to|with) an? (?:real |actual |live |human )*(?:person|human|manager|someone)(?! or\b)(?=[ ,.!?]*(?:please|instead|now)?[ ,.!?]*$)(?<!am i talking to a person)(?<!am i speaking to a person)"
    r"|\b(?:is there|do you have) (?:a |an |any |some)?(?:real |actual |live )?(?:person|human|someone|somebody) (?:that )?i (?:can|could) (?:talk|speak|write)"
    r"|\b(?:don't|do not|dont) (?:want|wish|like) to (?:talk|speak|chat) (?:to|with) (?:a |an |the )?(?:bot|robot|machine|ai)\b"
    r"|\b(?:позов\w+|зовите|дайте|дай|переключ\w+|соедин\w+|нуж(?:ен|на|ны)|хочу|хотел\w*|можно|мне бы|пусть|давайте|требую)\b(?: \w+){0,5} (?:человек\w*|жив(?:ого|ым|ой|ому)|людьми|людей|оператор\w*|менеджер\w*)\b(?! ли\b)"
)
"""Asks for a person, which is more than asking whether one is here: the wish is read, and followed."""
