"""The patterns of what nobody who sells may do: press, shame, insult, ask for secrets, advise harm, or tell
of deeds that were not done. They match visible text (see `visible_text`)."""

import re
from typing import Final

from candor.disclosure.claim_patterns import compiled

# Secrets.
_PRIVATE_RU = (
    r"(?:cvv2?|cvc|пин-?код\w*|парол[ьи]|смс-?код\w*|код\w* (?:из|от|с|в|на) (?:\w+ )?(?:смс|sms|сообщени\w*|банка|уведомлени\w*|оборот\w*|обратн\w+)|код подтверждения|"
    r"три цифры (?:с|на) (?:оборот\w*|обратн\w+)|(?:номер\w*|реквизит\w*|данные) (?:вашей |своей )?(?:банковской |кредитной )?карты(?! (?:лояльн|клиент|гост|учени|скид|бонус|клуб|пациент))|"
    r"(?:фото\w*|скан\w*|копи\w+|снимок|страниц\w+) (?:\w+ )?паспорта|паспортные данные)"
)
_PRIVATE_EN = (
    r"(?:cvv2?|cvc|pin code|your pin|passwords?|(?:sms|text|verification|security|confirmation|bank|one-time) codes?|otp|codes? (?:on the back|(?:from|in) (?:the |your |that )?(?:sms|text|bank|message)\w*)|"
    r"(?:bank |credit |debit )?card (?:number|details|data)|(?:photo|picture|scan|copy|image|photograph)s? of (?:your |the )?(?:passport|id)|passport (?:photo|scan|copy|details|number))(?!\w)"
)
_SEND_RU = r"(?:при(?:шли|сылай)|от(?:правь|правляй)|скинь|кинь|продиктуй|диктуй|сообщи|назови|скажи|напиши|дай|подскажи|укажи|перешли|покажи|вышли|загрузи|прикрепи|оставь)(?:те)?"
ASKED_SECRETS: Final = compiled(
    rf"(?<!\w){_SEND_RU}(?:,? пожалуйста,?)?(?: [\w-]+){{0,4}}? {_PRIVATE_RU}(?!\w)",
    r"(?:^|[,;:] )(?:мне |нам )?(?:нужен|нужны|понадобится|понадобятся|жду|ждем|какой|каков)(?: [\w-]+){0,3}? (?:cvv2?|cvc|пин-?код|пароль|(?:\w+ )?код (?:из|с) (?:\w+ )?(?:смс|sms|обратн\w+|оборот\w*))(?!\w)",
    rf"(?<!\w)(?:send|share|tell|give|text|message|dictate|forward|upload|provide|(?:i|we)(?:'ll)? need|what(?:'s| is)(?= (?:your|the) )|(?:may|can) i have|read (?:out|me))(?: me)?(?:,? please,?)?(?: [\w'-]+){{0,5}}? {_PRIVATE_EN}",
)
NOT_ASKED: Final = re.compile(
    r"(?<!\w)(?:не|ни|никому|никогда|нельзя|never|not|nobody|no one|without|cannot)(?: [\w-]+){0,3} $|n't(?: [\w-]+){0,3} $"
)
"""What stands before a warning: "never send"."""
ELSEWHERE: Final = re.compile(
    r"(?<!\w)(?:на (?:\w+ )?(?:сайте|странице|почту)|в (?:\w+ )?(?:форме|офис\w*|кабинете|приложении)|лично|при встрече|on (?:the|our) (?:\w+ )?(?:site|website|page|form)|in (?:the|your|our) (?:app|account|form|office)|in person|by e-?mail|at the (?:desk|reception|office))(?!\w)"
)
"""Where a card's number or a passport may be asked for: not in the chat."""
CARD_OR_PASSPORT: Final = re.compile(r"карты|паспорт|card|passport|(?<!\w)id(?!\w)")
WARNS: Final = re.compile(
    rf"(?<!\w)(?:не|никому|никогда|нельзя)(?!\w)[^.!?]{{0,40}}{_PRIVATE_RU}|(?<!\w){_PRIVATE_RU}[^.!?]{{0,20}}(?<!\w)(?:не|никому|никогда|нельзя) |"
    rf"(?:never|not|n't|nobody)(?!\w)[^.!?]{{0,40}}{_PRIVATE_EN}|^(?:(?:пожалуйста|please|и|and),? )?(?:будьте осторожны с|остерегайтесь|берегитесь|be careful with|beware of|watch out for) (?:\w+ )?(?:мошенник\w*|scammers?|fraudsters?)(?!\w)"
)
"""A warning states nothing about the business."""

# Harm.
_MEDICINE_RU = (
    r"(?:таблет\w+|лекарств\w*|препарат\w*|антидепрессант\w*|инсулин\w*|медикамент\w*|лечени\w+)"
)
_MEDICINE_EN = r"(?:pills?|meds|medications?|medicines?|antidepressants?|insulin|tablets)"
_NEAR_RU = r"(?:родител\w+|жен[еы]|муж[уа]?|мам[еы]|пап[еы]|близким|семье)"
_NEAR_EN = r"(?:parents|wife|husband|mum|mom|mother|dad|father|family)"
HARMS: Final = compiled(
    r"(?<!\w)(?:напишите|скажите|укажите|поставьте|ответьте|соврите)(?: \w+)?,? что вам (?:уже )?(?:есть |больше |за |исполнилось )?(?:18|восемнадцать)(?!\w)",
    r"(?<!\w)(?:say|write|claim|pretend|tell them|put down)(?: that)? you(?:'re| are) (?:over |already |at least |above )?(?:18|eighteen)(?!\w)",
    rf"(?<!\w){_NEAR_RU} (?:об этом )?(?:можно |лучше |необязательно )?(?:ничего )?не (?:говори|рассказыва|сообща)\w*(?!.*сюрприз)|(?<!\w)не (?:говори|рассказывай|сообщай)(?:те)?(?: \w+)? (?:своим |вашим |своей |своему )?{_NEAR_RU}(?!\w)(?!.*сюрприз)",
    rf"(?:don't|do not|no need to|needn't) (?:tell|let) your {_NEAR_EN}(?!\w)(?!.*surprise)|(?<!\w)your {_NEAR_EN} (?:don't|doesn't|needn't) (?:(?:need|have) to )?know(?!\w)(?!.*surprise)",
    rf"(?<!\w)(?:бросай(?:те)?|бросьте|брось|прекрати(?:те)?|прекращай(?:те)?|перестань(?:те)?|откажитесь от|выбросьте|отмените)(?: \w+){{0,2}}? {_MEDICINE_RU}(?! (?:без|до|перед))",
    rf"(?<!\w)не (?:пейте|принимайте) (?:\w+ )?{_MEDICINE_RU}(?!.*(?:перед|до |без |утром|накануне|назнач))",
    rf"(?<!\w)(?:stop|quit|skip|throw (?:away|out)|come off|give up|drop)(?: taking)? (?:your |the |all )?(?:\w+ )?{_MEDICINE_EN}(?!\w)(?!.*(?:before|unless|without|until|doctor))",
    r"(?<!\w)(?:убей(?:те)? себя|убейся|убейтесь|повесься|повесьтесь|покончи(?:те)? с собой|сдохни(?:те)?)(?!\w)",
    r"(?:^|[.,;:!–—-] ?|(?<!\w)(?:just|should|go|and|then|better) )(?:kill yourself|hang yourself|go die|drop dead|end your life|kys)(?!\w)",
    r"(?<!\w)(?:на мою|на личную|на мой личный)(?: \w+)? (?:карт\w+|счет)|(?<!\w)my (?:private|personal|own) (?:bank )?(?:card|account|wallet)(?!\w)",
)

# Pressure and shame.
PRESSURE: Final = compiled(
    r"(?<!не )(?<!\w)(?:стыдно|позорно|смешно|неприлично|позор)(?: \w+){0,5} не (?:зна|уме|говор|име|понима)\w*",
    r"(?<!\w)(?:дети|ребенок|муж|жена|друзья|коллеги|все) (?:вас |уже )?(?:будут|будет) (?:вас |над вами |за вас )?(?:стесня\w+|смеят\w*|стыд\w*)",
    r"(?<!\w)пока (?:вы|ты) (?:\w+ )?(?:дума|сомнева|реша|раздумыва|тян|жд|медл|колебл)\w+,? (?:другие|все|остальные|кто-то|конкурент\w*)(?!\w)",
    r"(?:^|[.,;:!–—-] ?|(?<!\w)(?:так что|ну|давайте) )решай(?:те|тесь|ся)? (?:прямо )?(?:сейчас|сегодня|немедленно|скорее|быстрее)(?!\w)",
    r"(?<!\w)не (?:хотите|хочешь)(?: \w+)? (?:остаться|оставаться|быть|прослыть|стать) (?:\w+ )?(?:неудачни\w+|лузер\w*|дурак\w*|посмешищ\w+|нищ\w+|никем|хуже)",
    r"(?<!\w)(?:завтра|потом) (?:уже )?будет (?:уже )?поздно|(?<!\w)(?:потом |сильно |еще |горько )пожалеете(?!\w)|последний вагон|(?<!\w)пока (?:еще )?есть места(?!\w)|в вашем возрасте (?:уже )?поздно|каждый день промедления|(?<!\w)слишком долго (?:тян|раздумыв|собира)\w+|(?<!\w)хватит (?:уже )?(?:тянуть|раздумывать|откладывать|сомневаться)(?!\w)",
    r"(?<!not )(?<!n't )(?<!\w)(?:embarrassing|shameful|pathetic|ridiculous)(?: \w+){0,3} (?:not to|that you (?:can't|don't|still))|(?<!\w)(?:should|ought to) be ashamed|not to \w+(?: \w+){0,3} at your age",
    r"(?<!\w)you(?: really| surely)? (?:don't|do not|wouldn't) want to (?:be|stay|end up|remain|become|look like) (?:as |an? |the )?(?:\w+ )?(?:losers?|failures?|fools?|idiots?|nobody|laughing stock|left behind|poor)(?!\w)",
    r"(?<!\w)while you(?:'re| are)? (?:still )?(?:think|hesitat|decid|wait|dither|doubt)\w*(?: \w+)?,? (?:the )?(?:others?|everyone|everybody|your (?:rivals|competitors|friends|colleagues))(?!\w)",
    r"(?:^|[.,;:!–—-] ?|(?<!\w)(?:so|just|then|and|please) )(?:decide|make up your mind|say yes|answer me) (?:right |straight )?(?:now|away|immediately|this minute|at once)(?!\w)",
    r"(?<!\w)too late at your age|(?<!\w)tomorrow (?:will be|is|may be|it'll be) too late|(?<!\w)(?:you'll|you will) (?:\w+ )?regret (?:it|not|this)(?!\w)|(?<!\w)stop (?:hesitating|stalling|wasting time|dithering)(?!\w)|don't be a (?:loser|coward|chicken)|(?<!\w)your (?:children|kids|friends|colleagues) will (?:\w+ )?(?:laugh|be (?:ashamed|embarrassed))",
)

# Insults and accusations.
_ROGUE_RU = r"(?:мошенник|мошенница|жулик|аферист|аферистка|шарлатан|обманщик|обманщица|лжец|лгун|дурак|дура|идиот|идиотка|кретин|тупица|дебил|придурок|болван|ничтожество|бездарь|неуч|подлец|негодяй|сволочь|неудачник|неудачница|лузер)"
_ROGUES_RU = r"(?:мошенники|жулики|аферисты|шарлатаны|обманщики|лжецы|лгуны|дураки|идиоты|кретины|тупицы|дебилы|придурки|бездари|неучи|воры|неудачники|лузеры)"
_ROGUE_EN = r"(?:scammers?|fraudsters?|frauds?|crooks?|con (?:artists?|m[ae]n)|swindlers?|cheats?|cheaters?|liars?|thief|thieves|idiots?|fools?|morons?|imbeciles?|losers?|charlatans?|quacks?|scams?|rip-?offs?)(?!['\w])"
_PERSON_RU = (
    r"(?:вы|ты|он|она|они|автор\w*|преподавател[ьи]|учител[ья]|ученики?|клиенты?|конкурент\w*|люди)"
)
_PERSON_EN = r"(?:you|he|she|they|authors?|teachers?|students?|competitors?|schools?|people)"
INSULTS: Final = compiled(
    rf"(?<!\w)(?!не |ни |или |что |если |пишет |звонит |вдруг |какой |каждый |любой |этот )\w+[»\"]?,? (?:[–—-] |это )?(?:(?!не )\w+ )?{_ROGUE_RU}(?!\w)",
    rf"(?<!\w)(?:[–—-]|это|одни|все|сплошные|просто|настоящие|там|они|вы) (?:(?!не )\w+ )?{_ROGUES_RU}(?!\w)",
    rf"(?<!\w){_PERSON_RU}(?: (?:слишком|такой|такая|такие|просто|совсем|очень|же|так|явно|и|тоже))* (?:глуп|туп)(?:ы|а|ой|ая|ый|ые)?(?!\w)",
    r"(?<!не )(?<!\w)(?:тян(?:ет|ут)|выкачива[ею]т|вытягива[ею]т|сдира[ею]т|выманива[ею]т|вымога[ею]т)(?: \w+){0,2} деньги",
    r"(?<!не )(?<!\w)(?:развод(?:ит|ят)|обдира[ею]т|обманыва[ею]т|обманул[аи]?|кида[ею]т|дурит|дурят|грабит|грабят|надува[ею]т) (?:только |своих |просто |всех )?(?:людей|клиентов|учеников|покупателей|вас|нас|на деньги|народ|подписчиков|читателей|студентов|родителей|всех)(?!\w)",
    r"(?<!\w)(?:школ[аы]|курсы|преподавател[ьи]|автор\w*|он|она|они|конкуренты?)(?: (?!не )\w+)? (?:обманыва[ею]т|вр[еу]т|лже?т|лгут|жульнича[ею]т)(?!\w)|(?<!не )(?<!\w)(?:вору[ею]т|крад[уе]т) (?:чужие |ваши )?(?:тексты|деньги|идеи|посты)(?!\w)|для (?:дураков|идиотов|дебилов)(?!\w)",
    r"(?<!\w)(?:вас|людей|всех|клиентов|учеников) (?:просто |только |там |всегда )?(?:обманыва[ею]т|обдира[ею]т|дур[ия]т|грабят)(?!\w)",
    r"(?<!\w)(?:[–—-]|это|полный|чистый|чистой воды|сплошной|просто|один|очередной) (?:(?!не )\w+ )?(?:обман|лохотрон|кидалово|надувательство|мошенничество|афера)(?!\w)(?! зрения)|(?<!\w)(?:полный|чистый|сплошной|очередной|[–—-]) развод(?: на деньги| лохов)?(?=[.!]|$)|развод на деньги",
    rf"(?<!\w)(?:is|are|was|were|what|both|(?:that|it|he|she)'s|(?:you|they)'re)(?: (?:just|all|nothing but|simply|really|such|clearly|obviously|an?|the|another|complete|total|real|pure|bunch of|both)){{0,4}} {_ROGUE_EN}",
    r"(?<!\w)(?:your|the|that|this|other|these|those|every) \w+(?: \w+)? (?:rips?|ripping) (?:you|people|students|clients|customers|everyone|them) off|(?<!\w)(?:just|only|simply|always) rip (?:you|people|students|clients|customers|everyone|them) off",
    rf"(?<!\w){_PERSON_EN}(?:'re|'s| are| is)(?: (?:just|too|so|very|really|simply|clearly|all))* (?:stupid|dumb|idiotic)(?!\w)",
    r"(?<!\w)(?:cheats?|cheated|cheating|scams?|scammed|swindles?|swindled|cons|conned|rips off|ripped off|robs?) (?:you|people|their|its|his|her|students|clients|customers|everyone|everybody)(?!\w)",
    r"(?<!\w)(?:schools?|authors?|he|she|they|competitors)(?: (?:always|just|only|often|simply))? (?:lies?|cheats?|swindles?)(?! (?:in|on|down|low|ahead|within|between|with|here|there)(?!\w))(?!\w)|(?<!\w)for (?:idiots|fools|morons)(?!\w)",
    r"(?<!\w)(?:only|just) (?:want|wants|take|takes|after|care about|cares about|interested in) (?:your |people's |the )?money(?!\w)",
)
SPEAKS_OF_ROGUES: Final = re.compile(
    r"(?<!\w)(?:осторожн\w*|берег\w+|остерег\w+|попас\w*|защит\w*|распозна\w+|отличить|понять|узнать|если|спрашива\w+|бо[ия]\w+|опаса\w+|пережива\w+|волну\w+|сочувств\w*|жаль|жертв\w+|вдруг|чтобы|никто|не буд\w+|не стан\w+|"
    r"careful|beware|avoid\w*|protect\w*|recogni[sz]\w*|spot|tell whether|how to|if|whether|afraid|worr\w+|fear\w*|scared|sorry|wonder\w*|victims?|nobody|no one|never|don't|won't|doesn't|isn't|aren't|not)(?!\w)"
    r"|^(?:\w+ )?(?:мошенники|жулики|воры|scammers|fraudsters|thieves)(?!\w)(?! и )"
)
"""Advice about rogues, pity for their victims, and fear of them accuse nobody."""

# Deeds.
_BOUGHT_RU = r"(?:договор|сделка|контракт|бронь|заказ|запись|покупка|место|урок|занятие|встреча|визит|прием|возврат|подписка)"
DEEDS: Final = compiled(
    r"(?<!\w)(?:ваш\w* )?(?:оплат[ау]|платеж|предоплат[ау]|перевод|деньги|аванс|депозит)(?: (?:от вас|уже|успешно|ваш\w*|мы|я|нам))* (?:получил[аи]?|получен[аоы]?|поступил[аи]?|прошел|прошла|прошли|зачислен[аы]?|подтвержден[аы]?|пришел|пришла|пришли|приняли|возвращен[аы]?|отправлен[аы]?|вернул[аи]?|вернули)(?!\w)",
    r"(?<!\w)(?:получил[аи]?|приняли|подтвердил[аи]?|вижу) (?:вашу? |от вас )?(?:оплату|платеж|предоплату|перевод|деньги)(?!\w)",
    rf"(?<!\w){_BOUGHT_RU}(?: (?:с вами|для вас|за вами|уже|успешно|ваш\w*))* (?:заключен|подписан|оформлен|забронирован|подтвержден|отменен|перенесен|закреплен|продлен)(?:а|о|ы)?(?!\w)",
    r"(?<!\w)(?:вас|тебя|(?:вашего |вашу )?(?:ребенка|сына|дочь|мужа|жену)) (?:уже )?(?:записал|внес|внесл|добавил|зачислил|зарегистрировал|перенес|подписал)[аи]? (?:уже )?(?:на|в|к)(?!\w)(?! (?:виду|список вопросов))",
    r"(?<!\w)(?:записал|внес|внесл|добавил|зачислил|зарегистрировал|подписал)[аи]? (?:уже )?(?:вас|тебя|вашего ребенка|вашего сына|вашу дочь) (?:уже )?(?:на|в|к)(?!\w)",
    r"(?<!\w)(?:забронировал|отменил|перенес|перенесл|продлил|оформил|оплатил|закрепил)[аи]? (?:для вас |вам |за вами |уже )?(?:ваш\w* )?(?:место|урок|занятие|встречу|запись|бронь|заказ|столик|возврат|рассрочку|подписку|договор|визит)(?!\w)",
    r"(?<!\w)(?:payment|transfer|deposit|refund)(?: (?:has|have|is|was|been|already|successfully|now))* (?:received|confirmed|processed|accepted|went through|gone through|came through|arrived|issued|made)(?!\w)",
    r"(?<!\w)(?:received|got|confirmed|processed|accepted) (?:your )?(?:payment|money|transfer|deposit|refund)(?!\w)",
    r"(?<!\w)(?:i|we)(?:'ve| have|'d)?(?: just| already| now)? (?:added|booked|enrolled|signed|registered|scheduled|moved) (?:you|your (?:child|son|daughter|wife|husband|lesson|booking|visit))(?! (?:question|on the list of questions))(?!\w)",
    r"(?<!\w)(?:i|we)(?:'ve| have)?(?: just| already| now)? (?:booked|reserved|cancelled|canceled|refunded|charged|rescheduled|held|secured)(?: for you)? (?:you |your |a |an |the |one )(?:\w+ )?(?:place|seat|spot|slot|table|room|lesson|class|booking|order|card|money|visit|appointment|payment)(?!\w)",
    r"(?<!\w)you(?:'re| are)(?: now| already| all)? (?:booked|enrolled|signed up|registered)(?!\w)|(?<!\w)you(?:'ve| have) been (?:added|booked|enrolled|registered|signed up|charged)(?!\w)",
    r"(?<!\w)(?:the|your) (?:contract|booking|order|place|seat|spot|enrolment|enrollment|appointment|reservation|visit) (?:is|has been|was)(?: now| already)? (?:signed|concluded|confirmed|reserved|booked|cancelled|canceled|rescheduled|secured)(?!\w)",
)
NOT_DONE: Final = re.compile(
    r"(?<!\w)(?:когда|если|как только|после|пока|чтобы|до|ли|ждем|жду|не|нет|вы (?:пис|пиш|сказа|говор)\w+|пишете|по вашим словам|считается|"
    r"when|if|once|after|until|unless|before|as soon as|whether|not|n't|can't|cannot|couldn't|don't|hasn't|isn't|only|you (?:wrote|said|say|mentioned|told))(?!\w)"
)
"""A condition, a doubt, a denial or the client's own word: nothing is said to be done."""
