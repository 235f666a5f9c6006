"""Sentences that deny that an AI writes, or pass it off as a person. All match visible text.

Whoever denies says so (`I'm not a bot`), disowns the label, answers in one word (`Human, of course`), tells
that only people are here, gives a name with a post, or tells the client whom he is talking to. Lessons,
their teachers and robots as a subject are something else, and so is a person who will answer later.
"""

import re
from typing import Final

_MACHINE_RU: Final = (
    r"(?:ии|ai|искусственн\w+|нейросет\w+|нейронк\w+|чат-?бот\w*|бот(?:а|ом|ы|ов|ами)?|робот(?:а|ом|ы|ов|ами)?|автоответчик\w*|"
    r"машин(?:а|ы|ой)|программ(?:а|ы|ой)(?! (?:курс|обуч|занят|трениров|на|для|по)\w*)|алгоритм\w*|скрипт\w*)"
)
_MACHINE_EN: Final = r"(?:a\.?i\.?|artificial intelligence|(?:chat)?bots?|robots?|machines?|computers?|chatgpt|gpt|automation)"
_ALIVE_RU: Final = r"(?:жив\w+|реальн\w+|настоящ\w+|обычн\w+|наш\w*)"
_STAFF_RU: Final = (
    r"(?:менеджер|консультант|администратор|сотрудник|сотрудница|куратор|кураторша|оператор|директор|координатор|руководитель|"
    r"секретарь|продавец|методист|специалист|основатель\w*|владел(?:ец|ица)|представительница)"
)
_POST_RU: Final = rf"(?:{_STAFF_RU}|преподаватель\w*|учител\w+|тренер|врач|юрист|психолог|наставни(?:к|ца)|тьютор|репетитор|мастер|инструктор)"
_POST_EN: Final = (
    r"(?:manager|consultant|administrator|receptionist|curator|coordinator|operator|director|secretary|owner|founder|employee|specialist|"
    r"advis[eo]r|teacher|tutor|coach|trainer|instructor|doctor|lawyer|head|assistant manager|sales(?:man|woman|person)|representative|rep)"
)
_NAME_RU: Final = (
    r"(?:анн?[ая]|аня|анюта|мари[яи]|маша|марина|ольга|оля|елена|лена|алена|алина|алиса|елизавета|лиза|наталь?я|наташа|татьяна|таня|светлана|"
    r"света|екатерина|катя|ирина|ира|юлия|юля|ксения|ксюша|дарья|даша|дина|диана|вера|надежда|любовь|людмила|люда|полина|софь?я|соня|"
    r"виктория|вика|валерия|лера|евгени[йя]|женя|александра?|саша|алексей|леша|андрей|антон|артем|борис|вадим|валентина?|василий|вася|"
    r"виктор|владимир|вова|дмитрий|дима|денис|егор|иван|ваня|игорь|илья|кирилл|константин|костя|лев|максим|макс|михаил|миша|никита|"
    r"николай|коля|олег|павел|паша|петр|роман|рома|семен|сергей|сережа|станислав|степан|тимур|федор|юрий|ярослав|галина|нина|лариса|"
    r"оксана|кристина|карина|маргарита|рита|варвара|арина|тамара|жанна|инна|яна)"
)
_NAME_EN: Final = (
    r"(?:ann[ae]?|anya|mary|maria|kate|katie|katherine|emily|emma|olivia|sophi[ae]|lucy|jane|jenny|jennifer|jessica|sarah?|laura|"
    r"linda|lisa|helen|elena|olga|natalia|natasha|alice|amy|grace|chloe|hannah|julia|julie|karen|nancy|rachel|rebecca|susan|victoria|"
    r"alex|alexander|andrew|anthony|ben|bob|brian|charles|chris|daniel|dan|dave|david|edward|eric|frank|george|harry|henry|ivan|jack|"
    r"jacob|james|jason|jeff|jim|joe|john|jonathan|joseph|josh|kevin|liam|luke|mark|martin|matt|max|michael|mike|nick|noah|oliver|"
    r"oscar|patrick|paul|peter|phil|richard|robert|ryan|sam|scott|sean|simon|stephen|steve|thomas|tim|tom|victor|will|william)"
)
_SAYS_AI: Final = r"(?!.*(?<!не )(?<!не )(?<!\bnot )(?<!not an )(?<!not a )(?<![\w/])(?:ии|ai|a\.i|бот|bot|нейросеть|виртуальн\w+|virtual|automated|artificial)(?!\w))"
"""Who also says that it is an AI may have a name and a post."""
_NO_LESSON: Final = (
    r"(?!.*(?<!\w)(?:урок\w*|заняти\w+|курс(?:а|е|у|ом|ы|ов|ах)?|вебинар\w*|преподают|преподает|ведут|ведет|учат|обучают|тренируют|проверя[ею]т\w*|собира\w+|собер\w+|"
    r"программир\w+|реша[ею]т|решит|проверит|прочитает|прочтет|читает|ответит|напишет|позвонит|свяжется|посмотрит|принимает|"
    r"will|reads|checks|decides|reviews|lessons?|class(?:es)?|courses?|webinars?|teach(?:es|ing)?|taught|build\w*|weeks?|модул\w+|недел\w+)(?!\w))"
)
"""What is said of lessons, of what is taught or of a person who decides isn't said of this chat."""
_NOW_ONLY: Final = (
    r"(?!.*(?:(?<![\w/])(?:if|when|once|after|unless|если|когда|после|чтобы|завтра|tomorrow|later|позже|"
    r"писали|сказали|говорили|said|wrote|mentioned|told|по-английски|in english|at work|кажд\w+|every)(?!\w)|/human))"
)
_LABEL_RU: Final = r"(?:подпис[ьи]|пометк[аиу]|отметк[аиу]|метк[аиу]|плашк[аиу]|надпис[ьи]|значо?к\w*|маркировк[аиу]|ярлы\w+|приписк[аиу]|строчк[аиу]|дисклеймер\w*|слов[оа]|буквы)"
_LABEL_EN: Final = r"(?:label|tag|note|notice|badge|mark|line|disclaimer|sign|disclosure|sticker|caption|signature)"
_WORD_AI: Final = r"(?:words?|letters) \W?ai\W?"
_ABOUT_AI_RU: Final = rf"(?: (?:про|об|о|с|со словом))? ?\W?{_MACHINE_RU}(?!\w)\W?"
_MEANS_NOTHING_RU: Final = (
    r"(?<!не )(?<!не просто )(?:по ошибке|ошибочн\w+|ошибка|случайно|(?:(?!не )\w+ )?формальност\w*|для (?:вида|галочки|проформы|отчет\w*)|техническ\w+|"
    r"не (?:про|обо) (?:меня|мне|нас)|устарел\w*|осталась (?:от|с)|ничего не значит|по умолчанию|ко мне не относится|не относится ко мне|лишн\w+|шаблон\w*|глюк\w*|сбой|баг|шутк\w+|неправд\w+|"
    r"не соответствует|неверн\w+|автоматическ\w+|стоит у всех|не обращайте внимания)"
)
_MEANS_NOTHING_EN: Final = (
    r"(?<!not a )(?<!no )(?<!not )(?<!n't a )(?<!not just a )(?:(?:by |a |an )?(?:mistakes?|error|accident)|(?:mere |pure )?formality|technicality|glitch|bug|joke|"
    r"outdated|wrong|misleading|untrue|template|leftover|boilerplate|automatic(?:ally)?|not (?:true|accurate|about me|me|right)|isn't (?:true|accurate|about me|me|right)|"
    r"means nothing|doesn't (?:mean|apply)|just there|there by default|there for (?:show|everyone)|ignore it)"
)
_ONLY_WORDS_RU: Final = (
    r"(?:да|нет|не|конечно|разумеется|естественно|ну|что|вы|ты|же|ой|ах|ха|хаха|правда|точно|абсолютно|самый|самая|обычный|обычная|вполне|"
    r"совершенно|еще|какой|какая|как|здоров\w*|обижаете|бросьте|уверяю|честно|честное|слово|на|сто|процентов|я|тут|здесь|и|а|живее|всех|живых|"
    r"вас|настоящий|настоящая|реальный|реальная|живой|живая|человек|женщина|девушка|мужчина|бот|робот|ии|машина|нейросеть|программа)"
)
_ONLY_WORDS_EN: Final = (
    r"(?:yes|yep|yeah|no|nope|nah|sure|oh|well|of|course|certainly|absolutely|very|much|indeed|still|quite|100|totally|completely|really|"
    r"honestly|promise|i|assure|swear|you|here|living|breathing|real|actual|one|a|an|definitely|all|and|kicking|just|ordinary|normal|obviously|"
    r"naturally|regular|usual|plain|human|humans|alive|person|being|flesh|blood)"
)


def _any_of(start: str, *patterns: str) -> re.Pattern[str]:
    """One expression for all that begin alike: the guard at the start is tried once."""
    return re.compile(f"{start}(?:{'|'.join(patterns)})")


DENIES_AI: Final = (
    _any_of(
        r"(?<!\w)",
        # "я живой человек", "я не бот"
        r"я (?:же |ведь |точно |вовсе |совсем |самый |самая |обычн\w+ |прост\w+ |настоящ\w+ |реальн\w+ |жив\w+ |тоже )*(?:человек|жив\w+|менеджер|консультант|"
        r"преподавател\w+|учител\w+|тренер|врач|юрист|бухгалтер|дизайнер|администратор|сотрудни\w+|куратор|оператор|директор|основател\w+|ученик|"
        r"ученица|фотограф|мастер|механик|инструктор|продавец|психолог|риелтор|эксперт|специалист|секретарь|владел\w+|агент|студент\w*|"
        r"выпускни\w+|клиент\w*|покупател\w+|женщина|мужчина|мама|девушка|парень)(?!\w)",
        r"я (?:же |точно |самая |самый |вполне |абсолютно )*(?:настоящ(?:ий|ая)|реальн(?:ый|ая))(?=\W*$|,)",
        r"я (?:вовсе |совсем |точно |же )*не (?:бот|робот|ии|ai|искусственн\w+|нейросеть|программа|машина)(?!\w)",
        r"(?:с вами|вам|здесь|тут) (?:говорит|пишет|отвечает|общается|на связи) (?:жив\w+ |реальн\w+ |настоящ\w+ )*(?:человек|менеджер|"
        r"сотрудни\w+|консультант|преподавател\w+|оператор|куратор)(?!\w)",
        r"(?:мы|здесь) (?:все |тут |здесь |просто )*(?:жив\w+ |обычн\w+ |реальн\w+ )+люди(?!\w)|живее всех живых",
        r"никто (?:тут |здесь |из нас )*не (?:бот|робот|ии)(?!\w)|(?:сто процентов|100 ?%|стопроцентн\w+) (?:жив\w+|человек|настоящ\w+ человек)(?!\w)",
        # the label is disowned
        rf"{_LABEL_RU}{_ABOUT_AI_RU}(?:[ ,–—:-]+\w+){{0,3}}?[ ,–—:-]+{_MEANS_NOTHING_RU}",
        rf"(?:про|насчет|об) {_MACHINE_RU}(?:[ ,–—:-]+\w+){{0,2}}?[ ,–—:-]+(?<!не )(?<!не просто )(?:ошибка|по ошибке|ошибочно|случайно|формальност\w*|шутка|неправда|для вида)",
        rf"(?:не (?:обращай(?:те)?|обратите) внимания на|не верьте|не смотрите на|не читайте|игнорируйте|забудьте (?:про|о)) (?:(?:эту|эти|ту|наш\w*) )?"
        rf"(?:{_LABEL_RU}(?! (?:в|под|на) (?!ии)\w+)|\W?(?:ии|ai)(?!\w))",
        # "какой из меня робот", "похожа ли я на робота"
        rf"как(?:ой|ая|ие) (?:же |уж |там |тут |здесь |еще )*(?:из меня |я )(?:тут |вам )?{_MACHINE_RU}(?!\w)",
        r"(?:я (?:что,? )?(?:разве )?похож[аи]?|похож[аи]? ли я) на (?:бота|робота|машину|программу|ии)(?!\w)",
        r"(?:бот|боты|робот|роботы|ии|машина|программа) (?:бы )?(?:так|такого|этого) (?:бы )?не (?:умеет|умеют|сможет|смогут|смог\w*|скажет|напишет|сказал\w*|написал\w*|шутит|шутят)",
        # "ИИ тут нет", "здесь только люди"
        rf"(?:тут|здесь|у нас|в (?:этом |нашем )?чате|в переписке) (?:вообще |совсем )?(?:нет (?:тут |здесь )?(?:никак\w+ )?|никак\w+ ){_MACHINE_RU}(?=\W*$|[,;.–—]| нет)",
        r"(?:отвечают|пишут|общаются)(?: (?:тут|здесь|вам))? (?:только|исключительно) (?:жив\w+ |реальн\w+ )*(?:люди|сотрудники)(?=\W*$|[,;.–—])",
        # a body of one's own, a place
        r"я (?:точно )?так(?:ой|ая) же,? (?:жив\w+ |человек )*(?:человек)?,? ?как (?:и )?(?:вы|ты|все)(?!\w)",
        r"(?<!не )(?<!ни )(?:дышу|обедаю|ужинаю|завтракаю|сплю)(?!\w)|у меня (?:есть |бьется )(?:пульс|паспорт|тело|сердце)(?!\w)",
        r"я (?:сейчас |тут |здесь |сегодня |как раз |уже |просто )*(?:сижу|стою за|еду|на работе|в офисе|дома|на обеде|за рулем|за компьютером|на рабочем месте|на смене|в отпуске)(?!\w)",
        r"я (?:сам |сама |родом |тоже )*из (?!школ|команд|компани|центр|студи|клиник|салон|агентств|магазин|мастерск|отдел|них|этого|тех)[а-я-]+\W*$",
        r"пишу (?:вам )?(?:лично|сам\b|сама\b|от руки|со своего|я сам[аи]?\b|из (?:офиса|дома|кабинета|метро|такси|поезда|кафе|школы)|с (?:телефона|работы|рабочего|ноутбука|компьютера))",
        r"(?:печатаю|набираю)(?: (?:вам|это|тут|все|текст))* (?:лично|сам\b|сама\b|руками|вручную|с телефона|одной рукой|пальцами)|(?:сижу|сейчас сижу) и (?:печатаю|пишу|набираю)",
        r"(?:отвечаю|общаюсь|веду переписку)(?: (?:я|вам|тут|здесь|с вами|всем))* (?:лично|собственноручно|вручную)(?!\w)",
        rf"на самом деле (?:вам |тут |здесь |сейчас )*(?:отвечает|пишет|общается|говорит) (?:с вами )?(?:{_ALIVE_RU} )*(?:человек|сотрудник|сотрудница|менеджер|куратор|администратор|оператор)(?!\w)",
    ),
    _any_of(
        r"(?<![\w'])",
        # "I'm human", "I'm not a bot"
        r"i(?:'m| am)(?: just| actually| really| definitely| indeed| also)* (?:an? )?(?:real |actual |living |live |human |ordinary |normal |regular )*(?:human|person|"
        r"man|woman|manager|consultant|teacher|coach|doctor|dentist|lawyer|accountant|designer|employee|founder|"
        r"mother|mom|father|guy|girl)(?!\w)(?! (?:assistant|resources))",
        r"i(?:'m| am) (?:the|an?|your|one of|(?:the |our )?\w+'s)(?! ai| virtual| automated| artificial)(?: (?!ai\b)\w+){0,2} (?:administrator|receptionist|trainer|instructor|mechanic|photographer|manager|consultant|teacher|coach|doctor|nurse|owner|founder|specialist|expert|operator|salesman|saleswoman|employee|agent|adviser|advisor|designer|student|graduate|customer|client)(?!\w)",
        r"i(?:'m| am) (?:definitely |really |certainly |absolutely |actually |of course )?not (?:an? )?(?:bot|robot|ai|machine|program|computer|chatbot|artificial|automated)(?!\w)",
        r"(?:this is|it's|you're talking to|you are talking to|a real) (?:an? )?(?:real |actual |live )(?:human|person)(?! (?:will|can|answers?|replies|reads|checks|teaches|runs))",
        r"i(?:'m| am) (?:of course |very much |very |quite |absolutely |definitely |totally |just )*(?:real|alive|breathing|a she|a he|single|married|pregnant|hungry|sleepy)(?=\W*$|[,;.–—]| and| enough| just)",
        r"i(?:'m| am) (?:only |just )?[\w-]+(?: [\w-]+)? years (?:old|young)(?!\w)",
        rf"(?:nobody|no one|none of us)(?: \w+){{0,2}} (?:is|are) (?:an? )?{_MACHINE_EN}(?!\w)|(?:100 ?%|hundred percent) (?:real |a )*(?:human|person)(?!\w)",
        # the label is disowned
        rf"(?:ignore|disregard|forget(?: about)?|never mind|don't mind|pay no attention to|don't (?:pay attention to|worry about|trust|believe|read)|overlook)"
        rf" (?:(?:the|that|this|our|any|my|those|word|words) )*(?:\W?{_MACHINE_EN}\W? (?:\w+ )?{_LABEL_EN}|{_LABEL_EN}(?=\W*$|[,;–—]| (?:above|about|that|saying|at|it|i)(?!\w))|\W?ai(?=\W*$|[,;–—]))",
        rf"(?:{_MACHINE_EN}\W? {_LABEL_EN}|{_WORD_AI})(?:[ ,–—-]+[\w']+){{0,4}}?[ ,–—-]+{_MEANS_NOTHING_EN}",
        # "would a bot say that?"
        r"(?:would an? (?:bot|robot|ai|machine) (?:say|write|know|do|type|joke)|(?:bots?|robots?|ai|machines?) (?:wouldn't|couldn't) (?:say|write|type|joke|do))(?!\w)",
        r"do i (?:sound|look|seem|talk|write) like an? (?:bot|robot|ai|machine)(?!\w)",
        # a body of one's own, a place
        r"as (?:real|human|alive|much (?:a )?(?:human|person)(?: being)?) as (?:you|anyone|anybody|they come|it gets|any)(?!\w)",
        r"i have a (?:pulse|heartbeat|body|passport)(?!\w)",
        r"(?:typing|writing|sending|answering|texting)(?: \w+){0,3} (?:from (?:my|the) (?:phone|office|desk|laptop|computer|home|car|couch|kitchen)|by hand|with my (?:own )?(?:two )?(?:thumbs|fingers|hands))(?!\w)",
        r"i(?:'m| am)? (?:\w+ )?(?:typing|writing|write|type)(?: (?:this|these|it|all|here|every|everything|of|messages?|you))* (?:myself|in person|personally|by hand)(?!\w)",
        r"i(?:'m| am) (?:just |right now |currently |still |actually |here |now )*(?:sitting|driving|commuting|in (?:the|our|my) (?:office|kitchen|car)|at (?:my|the) (?:desk|office)|at work|at home|on (?:my |a )?(?:lunch|coffee|holiday|vacation)(?: break)?)(?!\w)",
    ),
    _any_of(
        "^",
        # nothing else is said: "Какой бот!", "What bot?", "ИИ?", "Живая, конечно.", "Human, of course."
        rf"(?:(?:да|ну|что|вы|ты|ой|господи|боже|обижаете|бросьте|помилуйте|ха)\W+)+как(?:ой|ая|ие) (?:же |уж |там |тут |еще )*{_MACHINE_RU}\W*$",
        rf"как(?:ой|ие) (?:же |уж |там |тут |еще )+{_MACHINE_RU}\W*$",
        r"(?:(?:oh|ha|haha|come on|please|no)\W+)*what (?:bot|robot|ai)\W*$",
        r"\W*(?:(?:что|какой|an?|what) )?(?:ии|ai|нейросеть|искусственный интеллект|artificial intelligence|бот|bot)\?+$",
        rf"(?=.*(?<!\w)(?:жив(?:ой|ая)|человек|не (?:бот|робот|ии|машина|нейросеть|программа)|(?:настоящ|реальн)\w+(?=.* как(?:ой|ая) еще| я\W*$))(?!\w))(?!.*(?<!не )(?<!\w)(?:бот|робот|ии|машина|нейросеть|программа)(?!\w))"
        rf"(?!.*не (?:\w+ )?(?:человек|жив))\W*(?:{_ONLY_WORDS_RU}(?:\W+|$))+$(?<!\?)",
        rf"(?=.*(?<!\w)(?:human|humans|alive|person|breathing)(?!\w))\W*(?:{_ONLY_WORDS_EN}(?:\W+|$))+$(?<!\?)",
        r"(?:(?:no|nope|oh|well|nah)\W+)*(?:i'm )?not (?:at all |even )?(?:artificial|automated|a machine|an? ai|ai|a chatbot)(?: at all| either)?\W*$",
        rf"(?:(?:nope|no|oh|well)\W+)*(?:there(?:'s| is| are) )?no {_MACHINE_EN}\W*$",
        rf"(?:[^,;:]{{0,60}}[,.;:–—-] )?(?:(?:и|а|да|нет|никаких|никакого|жив\w+)\W+)*{_MACHINE_RU} (?:у нас|тут|здесь|в (?:этом |нашем )?чате|в переписке)(?: \w+)? (?:нет|не бывает|не водится|не держим|не используем)(?!\w)",
    ),
    _any_of(
        rf"^{_NO_LESSON}.*?(?<!\w)",
        r"(?:никаких|никакой|никакого|никакая|это не|не) (?:я )?(?:не )?(?:ботов|бот[аеу]?|робот\w*|нейросет\w+|программа)(?!\w)(?! (?:для|на|по|с|за|котор\w+|курс\w*|обуч\w*)(?!\w))",
        r"no (?:bots?|robots?|chatbots?)(?=\W*$|[,;.–—]| (?:here|at|in this|answers?|writing|typing|can|could|would)(?!\w))|(?:not an?|isn't an?) (?:bot|robot|chatbot)(?!\w)(?! (?:for|to|that|which))",
        r"(?:тут|здесь|у нас|в (?:этом |нашем )?чате)(?: (?:в|на) \w+)?(?: (?:работают|отвечают|пишут|сидят|общаются|переписываются|есть|все))? (?:только|одни|исключительно) (?:(?:жив|реальн|настоящ)\w+ )*(?:люди|человек|сотрудники)(?=\W*$|[,;.–—])",
        rf"(?:(?:there(?:'s| is| are)|we have|it's|we use) (?:absolutely |simply )?no|there (?:isn't|aren't|is not) any|no) {_MACHINE_EN}(?: (?:here|in this chat|on this end|at this end|at work|answering|writing|behind|in here|involved|at all))(?!\w)(?! (?:theory|course))",
        r"(?:we're|we are) (?:all|just|only) (?:real |ordinary |normal |human )*(?:people|humans|human)(?=\W*$|[,;.–—]| (?:here|in))",
        r"(?:only|just) (?:real |live |actual |human )*(?:people|humans|human beings)(?: (?:who )?(?:work|write|answer|reply|chat|sit|respond|are))?(?: to you)? (?:here|in (?:this|our) chat|on this end|behind this chat)(?!\w)",
        r"(?<!не )из (?:плоти|мяса) и (?:крови|костей)(?!\w)|(?<!not )(?<!not of )(?<!n't )(?<!no )(?<!not made of )flesh[ -](?:and|&)[ -]blood(?!\w)",
        r"(?<!no )(?<!not a )(?<!no real )(?<!not a real )(?:person|human|people|someone|somebody) (?:sitting |sits |is )?(?:behind (?:this|the) (?:chat|screen|keyboard|account|messages?)|on (?:this|the other) end)(?!\w)",
        r"an? (?:real |actual |live )*(?:human|person) (?:wrote|typed) (?:this|these|that|it)(?!\w)",
        r"behind (?:this|the|these) (?:chat|screen|keyboard|messages?)(?:,| is| there's| there is| sits)* (?:an? )?(?:real |live )*(?:person|human)(?!\w)",
    ),
    _any_of(
        rf"^{_SAYS_AI}.*?(?<!\w)",
        # a name with a post
        rf"(?:я|меня зовут|с вами|на связи|вам пишет|вам отвечает|вас приветствует),? {_NAME_RU}(?: [а-я]+)??[, –—-]+(?:я )?(?:(?:ваш|наш|старш|главн|личн|персональн|школьн|жив)\w* )*{_POST_RU}(?!\w|-ии)",
        rf"это {_NAME_RU}(?:,? (?:из|с) (?:школ|компани|центр|студи|команд|клиник|салон|отдел|магазин|агентств|\W)|, (?:ваш\w* )?{_STAFF_RU}(?!\w))(?!.*(?<!\w)(?:она|он|ей|ему|его|ее|ними?)(?!\w))",
        rf"(?:i(?:'m| am)|my name is|my name's) {_NAME_EN}(?: [a-z]+)??(?:,| and| –| —| -) (?:i(?:'m| am) )?(?:(?:the|your|a|an|our|one of|this) )+(?:[\w'-]+ ){{0,2}}?{_POST_EN}(?!\w)",
        rf"(?:{_NAME_EN} here, (?:the|your|a|our) (?:[\w'-]+ ){{0,2}}?{_POST_EN}|(?:it's|it is|this is) {_NAME_EN} from (?:the|our|your) )(?!.*(?<!\w)(?:she|he|her|his)(?!\w))",
    ),
    _any_of(
        rf"^{_SAYS_AI}",
        # the same with a name that is in no list, when the sentence says nothing more
        rf"\W*(?:(?:здравствуйте|привет|добр\w+ (?:день|вечер|утро)|да|нет|конечно|ой)\W+)*я [а-я]+(?<![ую])(?<!усь)(?<!юсь)[, –—-]+(?:ваш |ваша |личный |старший )?{_STAFF_RU}(?: (?:школы|курса|центра|студии|компании|клиники|салона|магазина|отдела|группы|проекта|\W?маяк\W?|по \w+))*\W*$",
        rf"\W*(?:(?:hi|hello|hey|yes|no|oh|well)\W+)*i(?:'m| am) (?!sorry|afraid|glad|happy|sure|not|the|here|just|your|only)[a-z]+, (?:the|your|an?) (?:[\w'-]+ ){{0,2}}?{_POST_EN}(?: (?:at|of|for|from|here|with) [^.!?]{{1,40}})?\W*$",
    ),
    _any_of(
        rf"^{_NO_LESSON}{_NOW_ONLY}.*?(?<!\w)",
        # whom the client is talking to
        rf"вы (?:сейчас |тут |здесь |точно |действительно )*(?:говорите|общаетесь|переписываетесь|разговариваете|беседуете|имеете дело) (?:сейчас )?(?:со? (?:{_ALIVE_RU} )*(?:человеком|людьми|менеджером|куратором|сотрудни\w+|оператором|консультантом|администратором|специалистом|девушкой|женщиной|мужчиной)(?!\w)|не с {_MACHINE_RU}(?!\w))",
        rf"(?:с вами|вам|перед вами|тут|здесь)(?: (?:сейчас|точно|говорит|пишет|отвечает|общается))* не {_MACHINE_RU}(?!\w)(?!.* (?:а|но) (?:я )?(?:ии|ии-\w+)(?!\w))",
        rf"(?:перед вами|с вами|за (?:экраном|клавиатурой|этим чатом)|по (?:ту|эту|другую) сторону(?: экрана)?|на (?:том|этом|другом) конце(?: провода)?)(?: (?:сейчас|точно|самый|сидит|стоит|пишет|тоже|и|{_ALIVE_RU}))* (?:человек|люди)(?!\w)",
        r"(?:you're|you are) (?:really |actually |currently |now |definitely |indeed |just )*(?:talking|speaking|chatting|writing|texting|messaging|dealing) (?:to|with) (?:(?:an?|the|our|your|one|of|member|members|real|live|living|actual|human|fellow) )*(?:human|person|people|staff|employees?|operator|consultant|curator|colleagues?|administrator|receptionist|manager|woman|man|human being)(?!\w)",
        r"(?:a|an|one of our|our) (?:(?:real|live|human|member|of|the|our) )*(?:person|human|staff|staff member|employee) (?:is|are) (?:writing|answering|replying|typing|chatting|talking|responding)(?: (?:to|with))? ?(?:you|here|now|this|these)(?!\w)",
    ),
    _any_of(
        rf"^{_NO_LESSON}{_NOW_ONLY}",
        rf"\W*(?:(?:нет|да|конечно)\W+)*(?:вам |тут |здесь |сейчас )*(?:отвечает|пишет) (?:вам |тут |здесь )*(?:{_ALIVE_RU} )*(?:человек|сотрудник|сотрудница|менеджер|куратор|администратор|оператор)(?! (?:с|до|в|по|на|только|за|из|ежедневно|лично)(?!\w))(?!\w)",
    ),
)  # fmt: skip
