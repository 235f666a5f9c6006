"""How people say that they are in danger, bereaved, under age, ill or in debt: Russian and English.

Each pattern is looked for in one visible sentence (small letters, ё as е) and speaks of the writer:
a first person stands in it, or nobody else does. What follows "unless" takes the cue back: a joke, a
trade, a child of the writer, a loss of long ago. Words between two others are few and counted, so
that a long message costs no more than its length.
"""

from typing import Final

SCHOOL_AGE: Final = r"(?:[6-9]|1[0-7])"
_AGE_RU: Final = r"(?:шесть|семь|восемь|девять|десять|одиннадцать|двенадцать|тринадцать|четырнадцать|пятнадцать|шестнадцать|семнадцать)"
_AGE_EN: Final = rf"(?:{SCHOOL_AGE}|ten|eleven|twelve|thirteen|fourteen|fifteen|sixteen|seventeen)"
_GRADE_RU: Final = r"(?:(?:[1-9]|1[01])[ -]?(?:м|ом|й)?|перв\w+|втор\w+|треть\w+|четверт\w+|пят\w+|шест\w+|седьм\w+|восьм\w+|девят\w+|десят\w+|одиннадцат\w+)"
_GRADE_EN: Final = r"(?:[1-9](?:st|nd|rd|th)|1[0-2]th|first|second|third|fourth|fifth|sixth|seventh|eighth|ninth|tenth|eleventh|twelfth)"
_ENDS: Final = r"(?= *(?:$|[.,!?:()]))"
_FEW: Final = r"(?:[\w'-]+,? ){0,3}?"
"""Up to three words of any kind."""
_NOT: Final = r"(?<! не )(?<!^не )"
"""No "не" stands before; "мне" may."""
_IM: Final = r"i(?:'?m| am)"
_IVE: Final = r"i(?:'?ve)?"

_TO_DIE: Final = (
    r"(?:умереть|сдохнуть|подохнуть|повеситься|застрелиться|утопиться|отравиться|зарезаться|вскрыться|самоубиться|роскомнадзорнуться|выпилиться|покончить (?:с собой|с жизнью|со всем этим)"
    r"|убить себя|себя убить|уйти из жизни|исчезнуть навсегда|не просыпаться|не существовать|(?:уснуть|заснуть) (?:навсегда|и (?:больше )?не про\w+)|прыгнуть (?:с|из) (?:крыши|моста|окна|балкона)|прыгнуть под|лечь под поезд)"
)
_PLACE_RU: Final = r"(?! (?:с |со |в |во |на |у |за |под |здесь|тут|там|как |одно[йм]|одна|один|вместе|отдельно|рядом|прошл|от зарплат|по (?!тому)|(?:без|ради) (?:англ|язык|интернет|кофе|машин|телефон|музык|спорт|велос)))"
_PLACE_EN: Final = r"(?! (?:in|with|at|near|here|abroad|alone|off|on|like (?:a|an)|out|without|far|there|next|paycheck|together|costs?)(?!\w))"
_FEELS_EN: Final = r"(?:(?:^|[,:;(] ?|and |but |so |because |that )(?:just |really |honestly )?|i(?:'m|'d|'ll|'ve|m| am| would| will| have)?(?: (?:just|really|honestly|only|still|often|sometimes|always|also|even|simply|actually|do|been|kinda|so badly|literally|truly)){0,5}? )"
_KILL_ME: Final = r"(?:kill(?:ing)? myself|unaliv(?:e|ing) myself|end(?:ing)? (?:it all|my (?:own )?life|myself)|overdos(?:e|ing)|(?:jump(?:ing)?|throw(?:ing)? myself) (?:off|from|in front of))"

SELF_HARM: Final = (
    rf"{_NOT}(?:хочу|хочется|хотел\w* бы|мечтаю|лучше|легче|думаю|решил[аи]?|собираюсь|планирую|готов[аы]?|пора|могу|остается) (?:\w+ ){{0,2}}?{_TO_DIE}",
    rf"{_TO_DIE} (?:бы |так )?(?:хочу|хочется|охота)",
    r"(?:хочу|хочется|лучше|решил[аи]?) (?:\w+ ){0,2}?не жить" + _ENDS,
    r"не хо(?:чу|чется) (?:больше |дальше |так )?(?:жить|просыпаться(?! (?:рано|так|до))|существовать)" + _PLACE_RU,
    r"жить (?:больше |дальше |совсем |уже ){0,5}(?:не хоч\w+|надоело|незачем|невмоготу|не для чего|не ради чего|нет сил|не могу|устал[аи]?)" + _PLACE_RU,
    r"(?:устал[аи]?|надоело|осточертело|незачем|не для чего|не ради чего|нет (?:больше )?сил|сил (?:больше )?нет|невмоготу|тошно) (?:больше |дальше |уже ){0,5}(?:жить|существовать)" + _PLACE_RU,
    r"(?:нет|не вижу|не нахожу|потерял[аи]?|не осталось) (?:больше |никакого |в этом ){0,5}смысла? (?:больше |дальше )?(?:жить|жизни|существовать)" + _PLACE_RU,
    r"(?:повешусь|вскроюсь|выпилюсь|застрелюсь|удавлюсь|утоплюсь|самовыпилюсь|роскомнадзорнусь|убью себя|наложу на себя руки|покончу (?:с собой|с жизнью))",
    r"(?:наложить на себя руки|сведу счеты|свести счеты с жизнью|предсмертн\w+ записк\w+)",
    r"(?:всем|им|ей|ему|вам|детям|семье|родным|близким|миру|маме|мужу|жене) (?:будет |было бы |станет |только |всем |намного |гораздо ){0,5}(?:лучше|легче|проще) без меня(?! (?:на|в|сегодня|завтра)(?!\w))",
    r"(?:наглотал(?:ся|ась)|наглотаюсь)(?: \w+){0,2} (?:таблет\w*|снотворн\w*|колес)|(?:выпил[аи]?|выпью|съел[аи]?|съем|принял[аи]?|приму) (?:сразу )?(?:все|всю|горсть|целую|много|кучу|пачку)(?: \w+)? (?:таблет\w*|снотворн\w*|упаковк\w*|лекарств\w*|колеса)",
    r"(?:у меня|мне|я|меня|мысли|думаю|думал[аи]?|попытк\w+|на грани|близк\w+ к|решил\w* на|хочу|снова|опять)(?: \w+){0,3}? (?:суицид\w*|самоуби(?:йств\w+|йц\w+|ться))|суицидальн\w+ (?:мысл\w+|настроен\w+|наклонност\w+)|мысли о (?:смерти|суициде|самоубийстве)",
    r"реж[уе]\w* себя(?! в)|режу (?:руки|вены)|порез\w+ (?:себе )?вены|причиня\w+ себе (?:вред|боль)|(?:хочу|хочется|боюсь|могу|желание|тянет|у меня мысли) (?:\w+ )?причинить себе вред|селфхарм\w*",
    r"больше не могу,? (?:и )?(?:я )?хочу (?:все это|все|это) (?:закончить|прекратить)",
    rf"{_FEELS_EN}(?:want|wanna|wanted|need|ready|rather|decided|wish|hope) (?:to )?(?:just |really |simply )?(?:die|be dead|not exist|stop existing|never wake up|disappear forever|not be alive)(?!\w)",
    rf"{_FEELS_EN}(?:want|wanna|need|ready|decided|plan|planning|going|gonna|about|thinking|thought|feel|feeling|try|tried|trying|might|will|could|can)?(?: (?:to|of|about|like)){{0,5}}(?: just| really)? ?{_KILL_ME}",
    r"i wish (?:i|that i) (?:was|were) (?:dead|never born)|i wish i(?:'d| had) never been born|i(?:'d| would) be better off dead",
    r"(?:want to|wanna|gonna|going to|i'?ll|i will|might|should|just|literally|let me|to) (?:kms|unalive)(?! (?:him|her|them|people|per|an|a|from|away|of|on|to)(?!\w))|^(?:kms|unalive)(?= *$|[,!.])|unalive (?:myself|me)(?!\w)",
    r"(?:tired|sick|done|exhausted|weary) (?:of|with) (?:living|life|being alive|existing)" + _PLACE_EN,
    rf"{_IVE} (?:just |already |have |took it, ){{0,5}}(?:took|taken|swallowed|swallow|eaten|ate) (?:all|a bottle|a whole bottle|a bunch|a handful|the whole|the entire|every|too many|\d\d+) (?:of )?(?:my |the |these |those )?(?:\w+ )?(?:pills?|tablets|meds|medication|bottle)|{_IVE} (?:just )?overdosed",
    r"i (?:just |really |simply |honestly ){0,5}(?:can'?t|cannot|can not) (?:go on|keep going|do life)(?: (?:anymore|any more|any longer|living|with (?:my |this )?life))+|^i (?:just |really |simply ){0,5}(?:can'?t|cannot) go on$",
    r"(?:better off|happier|easier|better) without me(?! (?:in|at|on|there|today|tomorrow|this)(?!\w))",
    r"(?:life|it)(?:'s| is| isn'?t)?(?: just| really)? (?:not )?worth living(?! (?:in|here|there))(?<!is worth living)(?<!'s worth living)",
    r"(?:no|any) (?:reason|point) (?:to|in|for) (?:live|living|being alive|going on)" + _PLACE_EN,
    r"nothing (?:left )?to live for|(?:i'?m|i feel|i am|i'?ve been|i have been|having|my)(?: \w+){0,2} suicidal|suicidal (?:thoughts|feelings|ideation)|(?:i|i'll|i'd|to|think\w*|thought)(?: \w+){0,3}? (?:commit|of|about) suicide|my suicide",
    r"(?:don'?t|do not|no longer|never) (?:want to|wanna) (?:live|be alive|wake up|exist|be here)(?= *(?:$|[.,!?]|anymore|any more|any longer|ever|again|like this))",
    rf"(?:{_FEELS_EN}(?:want to|wanna|going to|gonna|keep|started?|might|will|need to|feel like|urge to|like to|been)? ?(?:cutting|hurting|harming)|(?:want to|wanna|gonna|going to|i'll|i will|might|need to|urge to) (?:cut|hurt|harm)|i (?:cut|hurt|harm|burn)(?= myself (?:again|every|on purpose|to feel|when i|because i|at night))) myself(?! (?:off|short|out|a|some|shaving|on|while|at|riding|by|if|falling|doing|in the)(?!\w))",
    r"(?:i|i'?ve|i have|my)(?: \w+){0,2} self[- ]?harm\w*|jump (?:off|from) (?:the|a|this|my) (?:bridge|roof|building|balcony) (?:tonight|today|now|tomorrow)",
)  # fmt: skip
SELF_HARM_UNLESS: Final = (
    r"(?:умереть|сдохнуть|повешусь|вскроюсь|застрелюсь|удавлюсь|утоплюсь|выпилюсь|убью себя|повеситься|застрелиться|удавиться) (?:уже |просто |скоро |прям\w* ){0,5}(?:от|со?) (?:смех\w+|скук\w+|любопыт\w+|стыд\w*|завист\w+|восторг\w*|счаст\w+|умилен\w+|голод\w*|жар\w+|духот\w+|нетерпен\w+|домашк\w+|грамматик\w+|отчет\w*|дедлайн\w*|английск\w+|правил\w*|времен\w*|слов\w*|(?:эт\w+|тво\w+|ваш\w+|сво\w+|так\w+) (?!жизн|бол|мук|тоск|одиноч|мысл|семь|муж|отц|дом))",
    r"(?:лучше|легче) (?:\w+ )?(?:умереть|сдохнуть|повеситься|застрелиться|убить себя),? чем (?:\w+ ){0,3}?(?:уч\w+|сда\w+|чит\w+|зубр\w+|говор\w+|делать|работ\w+|ходить|платить|ехать|слушать|пользов\w+|писать)",
    r"как (?:будет|сказать|перевести|переводится|пишется)|по-английски|по-русски|переведите|что значит|how (?:do|does|would|can) (?:you|i|one) (?:say|translate|spell)|how to (?:say|translate)|what does .{0,40} mean|in (?:english|russian)$",
    r"(?:фильм|сериал|книг|роман|стать|диплом|лекци|эссе|песн|профилактик|исследован|психологи|отряд|доклад|перевож|перевод)\w*|(?:book|film|movie|articles?|essay|research|paper|thesis|series|novel|song|squad|prevention|helpline worker|translat\w+|documentary)(?!\w)",
    r"(?:die|dying|kill(?:ing)? myself) (?:of|from|with|out of)? ?(?:laugh\w+|boredom|curiosity|embarrass\w+|shame|hunger|heat|cuteness|jealousy|envy|this (?:homework|grammar|exam|heat))|to die for|(?:kill|killing) myself (?:over|for|trying|working|at (?:the )?(?:gym|work))",
    r"(?:rather|would) (?:die|kill myself|be dead) than (?:\w+ ){0,2}?(?:learn|study|do|use|take|read|write|pay|work|speak|go (?:to|back)|call|drive|ride|miss|listen|wear|eat)",
    r"(?:n'?t|not|never) (?:\w+ )?(?:want|wanna|going|ready|plan|planning|wish|trying|about|gonna|thinking)(?: (?:to|of|about))? ?(?:die|kill|killing|be dead|end|ending|hurt|overdose|jump\w*|throw\w*|cut|harm)",
    r"bungee|на турник\w*|parachut\w+|в бассейн|прыгнуть с парашютом",
    r"(?:прописал|назначил|по рецепту|от (?:кашля|зуб|головы|простуд|давлен))\w*|as prescribed|(?:doctor|dentist) (?:prescribed|gave|said|told)|course of antibiotics|vitamins?|витамин\w*",
)  # fmt: skip

_KIN_RU: Final = r"(?:муж|жена|мама|мать|папа|отец|сын|сынок|дочь|дочка|брат|сестра|бабушка|дедушка|дед|ребенок|друг|подруга|супруг|супруга|жених|невеста|внук|внучка|тетя|дядя|парень|девушка|малыш|родители|свекровь|теща)"
_KIN_LOST: Final = r"(?:мужа|жену|маму|мать|папу|отца|сына|сынишку|дочь|дочку|дочурку|брата|сестру|бабушку|дедушку|деда|ребенка|малыша|друга|подругу|супруга|супругу|жениха|невесту|внука|внучку|тетю|дядю|родителей|обоих родителей|близкого человека)"
_KIN_OF: Final = r"(?:мужа|жены|мамы|матери|папы|отца|сына|дочери|дочки|брата|сестры|бабушки|дедушки|деда|ребенка|друга|подруги|супруга|супруги|жениха|невесты|внука|внучки)"
_DIED_RU: Final = r"(?:умер(?:ла|ли)?|скончал(?:ся|ась|ись)|погиб(?:ла|ли)?|уш(?:ел|ла) из жизни|покончил[аи]? с собой|умирает|при смерти|разбился насмерть)(?!\w)"
_LATELY_RU: Final = r"(?:(?:вчера|сегодня|позавчера|недавно|внезапно|только что|на днях|на \w+ неделе|неделю назад|месяц назад|год назад|весной|летом|осенью|зимой|утром|ночью|тоже|и|еще|мо[йяи]|наш[аи]?|\w+ (?:дня|дней|недели|месяца) назад|в \w+),? )"
_KIN_EN: Final = r"(?:husband|wife|mom|mum|mama|mother|dad|father|son|daughter|brother|sister|baby|child|kid|grandma|grandmother|grandpa|grandfather|granny|nana?|friend|partner|fianc[eé]e?|boyfriend|girlfriend|parents|aunt|uncle|cousin|nephew|niece|twin)"

GRIEF: Final = (
    rf"(?:у (?:меня|нас)|мо[йяи]|наш[аи]?) (?:\w+,? ){{0,4}}?{_KIN_RU},? {_LATELY_RU}{{0,3}}{_DIED_RU}",
    rf"(?:у (?:меня|нас)|мо[йяи]) (?:\w+,? ){{0,4}}?{_DIED_RU} (?:\w+ ){{0,2}}?{_KIN_RU}(?!\w)",
    rf"(?:^|(?<=, )){_LATELY_RU}{{0,3}}{_KIN_RU} {_LATELY_RU}{{0,3}}{_DIED_RU}",
    rf"(?:^|(?<=, )){_LATELY_RU}{{0,3}}{_DIED_RU} (?:мо[йяи] |у меня )?{_KIN_RU}(?!\w)",
    rf"не стало (?:мо\w+ |нашей |нашего )?{_KIN_OF}(?!\w)|(?:^|моего |моей ){_LATELY_RU}{{0,2}}{_KIN_OF} {_LATELY_RU}{{0,2}}(?:больше )?не стало|^{_LATELY_RU}{{0,2}}{_KIN_LOST} {_LATELY_RU}{{0,2}}(?:убили|застрелили|зарезали|насмерть сбил\w*)(?!\w)",
    rf"(?:^|я |мы |, ?|и |но )(?:я |мы )?{_LATELY_RU}{{0,3}}(?:похоронил[аи]?|хоронил[аи]?|хороним|хороню|потерял[аи]?|потеряли) {_LATELY_RU}{{0,2}}(?:\w+ )?{_KIN_LOST}(?!\w)(?! (?:в (?:чате|группе|списке|толпе|магазин\w*|торгов\w+|метро|парке|аэропорту)|из вид))",
    rf"(?:после (?:\w+ )?смерти|(?:переживаю|не могу пережить|оплакиваю) (?:смерть|потерю|гибель)|тоскую после смерти) (?:мо\w+ )?{_KIN_OF}(?!\w)",
    r"(?:у меня|у нас)(?: \w+){0,3}? (?:траур|горе(?!-)|похороны(?= *(?:$|[.,!?])| мо| завтра| сегодня| был| в | мужа| мам| пап| отца)|поминки|утрата|сорок дней|40 дней|выкидыш|замершая беременность|мертворожд\w+)(?!\w)(?! от ума)",
    r"(?:еду|иду|уезжаю|лечу|был[аи]?|завтра|сегодня|вчера)(?: \w+){0,2}? (?:на )?похорон(?:ы|ах)(?!\w)|(?:недавно|только что|на днях|в этом году) (?:я )?овдовел[а]?",
    rf"my (?:\w+ ){{0,2}}?{_KIN_EN} (?:has |have |had |just |recently |suddenly |unexpectedly |sadly |was |also |is |'s ){{0,5}}(?:died|passed away|passed(?= (?:last|yesterday|two|away|recently)(?!\w)| on *(?:$|[.,!?]| last| yesterday)|$|[.,!])|dead|killed|murdered|committed suicide|took (?:his|her|their) own life|dying)(?!\w)",
    rf"(?:i|we)(?:'ve| have)? (?:just |recently |have |also ){{0,5}}lost (?:my|our|both my|a) (?:\w+ )?{_KIN_EN}(?!\w|'s? )(?! in (?:the|a) (?:crowd|mall|shop|store|supermarket))",
    rf"(?:we|i)(?:'ve| have|'re| are|'m| am)? (?:just |recently )?bur(?:ied|ying) (?:my|our) (?:\w+ )?{_KIN_EN}|(?:death|loss|funeral) of my (?:\w+ )?{_KIN_EN}|my (?:\w+ )?{_KIN_EN}'?s (?:death|funeral|passing)|since my (?:\w+ )?{_KIN_EN} (?:died|passed)",
    rf"(?:{_IM}|we(?:'re| are)) (?:still |just |currently |deeply |now ){{0,5}}(?:grieving|mourning|in mourning|in grief|bereaved|newly widowed|recently widowed)|i (?:just |recently ){{0,5}}(?:had|have had|suffered) a (?:miscarriage|stillbirth)|(?:{_IM}|i was|i have|i need to go|i'?m going) (?:\w+ ){{0,3}}?(?:to )?(?:a|the|his|her) funeral(?! (?:home|director|business|service provider))",
)  # fmt: skip
GRIEF_UNLESS: Final = (
    r"на войне|в 19\d\d|(?:[5-9]|\d\d|десять|двадцать|тридцать|много|пять) лет назад|давно|давным|когда (?:мне|я|ему|ей) (?:был|еще)|в детстве|до моего рождения|(?:умер|погиб)\w* (?:от|со) (?:смех|скук|любопыт|завист|зависти)",
    r"(?:died|dead|dying|killed) (?:laughing|of laughter|of boredom|to |for |inside|tired|serious|set|sure|against|it|her|him|with)|(?:[5-9]|\d\d|ten|twenty|thirty|many) years ago|long ago|when i was|before i was born|in the war|in 19\d\d|a long time",
    r"(?:в игре|фильм|книг|сериал|рассказ|персонаж|герой|героин)\w*|in (?:the|a|this) (?:game|movie|film|book|novel|story|show|series)",
)  # fmt: skip

_STILL_RU: Final = r"(?:всего |только |пока |еще |тоже |сейчас |уже |почти |скоро |будет |исполнилось |недавно |исполнится |через неделю |лишь |вообще |правда )"
_PARENT_EN: Final = r"my (?:mom|mum|mommy|mummy|mother|dad|daddy|father|parents|folks)"
_PUPIL: Final = r"(?:перво|второ|третье|четверо|пяти|шести|семи|восьми|девяти|десяти|одиннадцати)классни(?:к|ца)(?!\w)"
_NOT_AN_AGE: Final = r"(?! (?:назад|было|был|опыт|стаж|гарант|не хват|хват|понадоб|потреб|подряд|учебы|рассроч|как |обещ|говор|служ|став|леч|делал|показ|шл|жда|вер|снил))"

MINOR: Final = (
    rf"(?<!когда )(?<!пока )(?<!раз )мне {_STILL_RU}{{0,3}}(?:{SCHOOL_AGE}|{_AGE_RU}) ?(?:с половиной )?(?:лет|годик\w*|годочк\w*|годков)(?!\w){_NOT_AN_AGE}",
    rf"(?<!когда )(?<!пока )мне {_STILL_RU}{{0,3}}(?:{SCHOOL_AGE}|{_AGE_RU})(?= *(?:$|[.!?)]|,(?! ?(?:\d|пожалуйста|спасибо))| (?:а|но|можно|учусь|только|всего|исполнилось|скоро|почти)(?!\w)| и (?!\d)))",
    rf"(?<!на )(?<!за )(?<!через )(?<!лет )(?<![\d.,:])(?:{SCHOOL_AGE}|{_AGE_RU}) (?:лет|годик\w*) мне(?= *(?:$|[.,!?)])| (?:и|а|но|всего|только|еще|пока|исполнилось|можно)(?!\w))",
    rf"(?<!учитель )(?:я|учусь|хожу|перехожу|пойду|перешел|перешла) (?:сейчас |еще |только |пока |учусь |уже |же |тоже |осенью ){{0,5}}(?:в|во) {_GRADE_RU} класс(?:е)?(?!\w)(?! (?:еще |только |уже |же ){{0,5}}\w+(?<!хоте)л(?:а|ся|ась|и)?(?!\w))(?! (?:англ\w+ )?(?:бросил|учил|начал)\w*)",
    rf"(?:в|во|из) {_GRADE_RU} класс(?:е|а)? (?:сейчас |еще |я ){{0,5}}учусь|я (?:сам |сама )?из {_GRADE_RU}(?: класса)?{_ENDS}|(?:^|я )(?:пока |еще )?учени(?:к|ца) (?:[1-9]|1[01])(?:-?го)? класса(?= *(?:$|[.,!?])| и| а)|учусь в (?:обычной |средней |общеобразовательной )?школе(?= *(?:$|[.,!?)])| (?:и|а|но)(?!\w))",
    rf"{_NOT}(?:^|я )(?:сам |сама |еще |пока |всего |только |просто |тоже |обычн\w+ |лишь ){{0,5}}{_PUPIL}(?= *(?:$|[.,!?)])| (?:и|а|но|хочу|можно|я|из|учусь|мне)(?!\w))",
    rf"(?<!\w ){_PUPIL} я(?!\w)|{_NOT}(?<!как )я (?:сам |сама |еще |пока |всего |только |просто |тоже |обычн\w+ |лишь |же ){{0,5}}(?:школьни(?:к|ца)|подросток|несовершеннолетн(?:ий|яя)|(?:ребенок|дитя)(?! (?:\d|девян|восьмид|войн|своего|природ|сво|из|солн)))(?!\w)",
    r"мне (?:еще |пока |же |ведь ){0,5}(?:нет|не исполнилось|меньше|не стукнуло|нету|до) (?:еще |пока ){0,5}(?:18|восемнадцат\w+)(?! (?:числ|час|уро|занят|тыс))|(?:нет|не исполнилось) (?:еще |пока )?(?:18|восемнадцат\w+) лет|(?:^|если |, )(?:еще |мне )?нет (?:еще )?(?:18|восемнадцати)" + _ENDS + r"|я младше (?:18|восемнадцати)",
    r"(?:мама|папа|родители|мать|отец|мамка|предки) (?:мне |меня |пока |еще |точно |никогда ){0,5}(?:не )?(?:разреша\w+|разрешит|разрешил[аи]?|разрешат|отпуст\w+|пуска(?:ет|ют))(?!\w)|(?:мама|папа|родители|предки) не зна(?:ет|ют),? (?:об этом|что я (?:\w+ ){0,2}?(?:пиш|запис|хочу|покуп|заказ|перепис|плач)\w*)",
    r"(?:мама|папа|родители) (?:мне |за меня |потом |точно |все ){0,5}(?:оплат(?:ит|ят)|заплат(?:ит|ят)|да(?:ст|дут) (?:мне )?(?:денег|деньги|карту))|(?:маминой|папиной|родительской) карт(?:ой|ы)(?!\w)|отпрошусь у (?:мамы|папы|родителей)",
    r"(?:я )?(?:сдаю|готовлюсь к|мне сдавать|буду сдавать) (?:огэ|впр)(?!\w)",
    rf"{_IM} (?:only |just |still |almost |turning |about to be |barely |like |actually |gonna be |a ){{0,5}}{_AGE_EN}(?:[ -]years?[ -]old| yrs?(?: old)?| ?y\.?/?o\.?(?!\w)| (?:and|but)(?! a half (?:hour|min|month|km|mile|week))(?= )|(?= *(?:$|[!?)]|\.(?!\d)|,(?! ?(?:\d|maybe|or|and))))| lol| btw)",
    rf"(?:^|, ?|hi |hey |hello )(?:a )?{_AGE_EN}(?: ?y\.?/?o\.?| years? old|[ -]year[ -]old)? here(?= *(?:$|[.,!?]| and| so))|^{_AGE_EN} ?(?:y\.?/?o\.?|years? old|[ -]?year[ -]old)(?: (?:girl|boy|student|kid|teen|guy|male|female|f|m))?(?= *(?:$|[.,!?]| here| and| from))(?!.{{0,80}}(?<!\w)(?:he|she|his|her|son|daughter|child|kids?|nephew|niece)(?!\w))",
    rf"my age is {_AGE_EN}(?!\w)|i(?:'ll be|'ll turn| turn| will be| will turn| just turned|'?m turning) {_AGE_EN}(?= *$|[.,!?]| next| soon| tomorrow| this| in (?:\w+ )?(?:days?|weeks?|months?|january|february|march|april|may|june|july|august|september|october|november|december|spring|summer|autumn|fall|winter)(?!\w))",
    rf"(?:^|{_IM} |as )(?:a |an |only |just |still ){{0,5}}{_GRADE_EN}[ -]grader(?= *(?:$|[.,!?])| here| and| so| from| at| in)|(?:{_IM}|^|i go to school|i study)(?: (?:currently|still|only|just|now)){{0,5}} ?in (?:the )?{_GRADE_EN} grade(?= *(?:$|[.,!?])| and| so| at| now| but| of (?:middle|high))|{_IM} in grade (?:[1-9]|1[0-2])(?!\w)|{_IM} in year (?:[7-9]|1[01])(?!\w| (?:of|at))",
    rf"{_IM} (?:a |an |still |only |just |actually ){{0,5}}(?:minor|kid|child|teenager|teen|schoolboy|schoolgirl|schoolkid|middle schooler|high schooler|school student|high school student|middle school student)(?= *(?:$|[.,!?])| and| but| so| still| here| from)|{_IM} (?:still )?(?:under ?age|under (?:18|eighteen)(?! (?:hours|min|pounds|miles))|not (?:yet |even )?(?:18|eighteen)(?! (?:any ?more|hours|min))|below 18)",
    rf"{_IM} (?:still )?(?:in )?(?:middle|primary|elementary|junior high|high|secondary|grade) school(?= *(?:$|[.,!?])| and| but| so| now| still| student)",
    rf"{_PARENT_EN} (?:\w+ )?(?:won'?t|will not|wouldn'?t|don'?t|doesn.?t|do not|does not|didn'?t) (?:let me(?! (?:forget|down|know|live))|allow me|allow it|approve|know (?:that i|about this|i(?:'?m| am)))|{_PARENT_EN} (?:has to|have to|must|would(?: have to)?|will need to) (?:allow (?:me|it)|agree|approve|sign (?:for|it)|pay for me|let me)|(?:{_PARENT_EN}|mom|mommy|mum|dad|daddy) (?:lets|let|will let|said) (?:me|i can|i could) use (?:her|his|their|the) (?:\w+ )?card|{_PARENT_EN} (?:won'?t|will not|don'?t|doesn.?t) (?:let me )?pay",
)  # fmt: skip
ABOUT_ANOTHER: Final = (
    r"для (?:ребенка|сына|сынишки|дочки|дочери|внука|внучки|племянни\w+)|(?:my|for my|for a|our) (?:\w+ )?(?:son|daughter|kid|child|nephew|niece|grandson|granddaughter|boy|girl)(?!\w)|моему (?:сын\w*|ребенк\w*|внук\w*)|моей (?:доч\w+|внуч\w+)|мо[йя] (?:сын|ребенок|доч\w+|внук|внучка)(?!\w)",
    r"(?:сыну|дочке|дочери|ребенку|внуку|внучке|племянни\w+) (?:\d|уже|скоро|всего)|(?:сын|дочь|дочка|ребенок|внук|внучка|младший|старшая|старший|младшая) (?:-|–|—)? ?(?:\w+ )?(?:в \w+ классе|школьни|\w+классни)|я (?:мама|папа|отец|мать|бабушка|дедушка|учитель\w*|преподав\w+|репетитор|тренер|педагог)(?!\w)|детей|детям|дети(?!\w)|ученик(?:и|ов|ам|ами|ах)(?!\w)|(?:у меня|мой|моя) учени(?:к|ца)",
    r"i(?:'?m| am) (?:a |the |an |\w+ ){0,5}(?:teacher|parent|tutor|coach|mother|father|mom|dad) (?:of|to)|i teach|my (?:pupils|students|kids|children)|как (?:будет|сказать|перевести)|how (?:do|would) (?:you|i) say",
    r"(?<!\w)(?:мне|сейчас) (?:уже |сейчас |самому |самой )?(?:1[89]|[2-9]\d)(?= *(?:$|[.,!?)]|лет|год))|i(?:'?m| am) (?:now |already )?(?:1[89]|[2-9]\d)(?= *(?:$|[.,!?]| and| now| years? old| yo))|now i(?:'?m| am) (?:1[89]|[2-9]\d)",
)  # fmt: skip
"""A minor's words are another's, or an adult's: a parent, a teacher, somebody who tells of school days."""

_DISEASE_RU: Final = (
    r"(?:рак(?:ом|а)?(?!\w)|онколог(?:ия|ию|ии|ией)|онкозаболев\w+|(?:злокачественн\w+ )?опухол[ьи]\w*|депресс(?:ия|ию|ии|ией)(?! от (?:погод|понедель|дожд|осен|грамм))|(?:сахарн\w+ )?диабет\w*|инсульт\w*|инфаркт\w*|вич(?!\w)|спид(?:ом)?(?!\w)|гепатит\w*|цирроз\w*|туберкулез\w*|лейкоз\w*|лейкеми\w+|лимфом\w+|меланом\w+|саркома|шизофрен\w+"
    r"|биполяр\w+|бар(?= расстр)|анорекс\w+|булими\w+|паническ\w+ атак\w*|эпилепс\w+|алкоголизм\w*|(?:алкогольн|наркотическ|игров)\w+ зависимост\w*|деменц\w+|рассеянн\w+ склероз\w*|паркинсон\w*|болезнь паркинсона|альцгеймер\w*|волчанк\w+|порок сердца|почечн\w+ недостаточност\w*|дцп(?!\w)|птср(?!\w)|муковисцидоз\w*|зависимост[ьи]\w* от (?:алког|нарк|игр|герои|табле|лекар)\w*)"
)
_HAS_RU: Final = r"(?:(?!нет |нету |не |без |был[аио]? |подозр|доклад|стат|тем|пациент|лекци|курс|клиент|диплом|экзамен|фильм|книг)[\w-]+,? ){0,3}?"
_ADJ_EN: Final = r"(?: (?:a|an|the|my|this|early|late|severe|mild|type|stage|\d|i{1,3}|iv|one|two|three|four|breast|lung|skin|brain|terminal|bone|blood|prostate|ovarian|colon|chronic|clinical|acute|bad|really|serious|heavy|deep|major|postpartum|advanced|malignant|manic|drug|alcohol|gambling|heart|kidney|cystic|systemic|multiple|parkinson's|such|also|got|been)){0,5}"
_DISEASE_EN: Final = (
    r"(?:cancer|tumou?r|depression|diabetes|stroke|hiv|aids|hepatitis|schizophrenia|bipolar(?: disorder)?|anorexia|bulimia|addiction(?! to (?!drug|alcohol|opi|heroin|gambl|pill|pain|cocaine))|panic attacks?|epilepsy|leuk\w+|lymphoma|melanoma|dementia|alzheimer'?s?|parkinson'?s?|lupus|(?:multiple )?sclerosis|al[s](?! ice)|cirrhosis|tuberculosis|heart (?:failure|disease)|kidney failure|fibrosis|alcoholism|ptsd"
    r"|ms(?= *(?:$|[.,!?])| and| so| but| since| for \d))(?!\w)"
)
_WARD: Final = r"(?:больниц\w+|реанимац\w+|стационар\w*|онкодиспансер\w*|психбольниц\w+|психушк\w+|хоспис\w*|диспансер\w*)"
_CHEMO: Final = r"(?:chemo(?:therapy)?|radiation therapy|radiotherapy|dialysis)(?!\w)"

ILLNESS: Final = (
    rf"(?:у меня|мне (?:поставили|диагностировали|сказали)|у меня (?:нашли|обнаружили)|болею|болен|больна|лечусь от|лечу|борюсь с|страдаю|живу с) {_HAS_RU}{_DISEASE_RU}",
    rf"^(?:мой )?диагноз:? ?-? ?{_HAS_RU}{_DISEASE_RU}|^(?:нашли|диагностировали|обнаружили) (?:у меня )?{_HAS_RU}{_DISEASE_RU}|{_DISEASE_RU} у меня(?! (?:не|нет|в (?:голове|плане|книге)))|мой рак",
    r"(?:прохожу|после курса|делаю|начинаю|жду|начал[аи]?|закончил[аи]?|у меня) (?:\w+ )?(?:химиотерап\w*|химию(?!\w)|химия сегодня|лучев\w+ терап\w*|диализ\w*)|я (?:сейчас |сегодня |опять |снова |уже |пока |до сих пор ){0,5}(?:на|после) (?:химии|химиотерапии|диализ[ае])(?!\w)",
    rf"(?:лежу|попал[аи]?|нахожусь|выписал[аи]?(?:сь)?|выписался|меня (?:положили|кладут|увезли)|ложусь|загремел[а]?) (?:\w+ ){{0,2}}?(?:в|из|под) {_WARD}|я (?:сейчас )?(?:в больнице|в реанимации){_ENDS}|(?:лежу|сижу|я) (?:\w+ )?под капельниц\w+|(?:лежу|положили|угроза)(?: \w+){{0,2}} на сохранени\w+",
    r"(?:^|я |мне |сам |сама )(?:недавно |тоже |сейчас ){0,5}после (?:\w+ )?(?:инсульта|инфаркта)(?= *(?:$|[.,!?)])| (?:я|мне|у меня|плохо|не|с трудом|говорю|хожу|рук\w+|трудно|тяжело|восстан\w+|учусь)(?!\w))|(?:^|я |недавно |, |мной )(?:перенес|перенесла|пережил[а]?|случился) (?:\w+ )?(?:инсульт|инфаркт)(?!\w)",
    r"я (?:очень )?(?:тяжело |серьезно |смертельно |неизлечимо |сильно )(?:болею|болен|больна|заболел[аи]?)|смертельн\w+ (?:болен|больна|диагноз\w*)|(?:мне|у меня) (?:\w+ )?инвалидност\w+|у меня (?:\w+ )?группа инвалидности|я (?:сам\w* )?инвалид (?:\w+ )?групп|(?:^|я |очень |сейчас )(?:сейчас |опять |снова ){0,5}в (?:глубокой |тяжелой |сильной )?депрессии",
    rf"{_IVE}(?: have| got| had| have had| was told i have)+{_ADJ_EN} {_DISEASE_EN}(?! (?:of (?:luck|genius|sales)|nurse|research|course|patient|awareness|charity))",
    rf"(?:{_IM}|{_IVE}(?: have)? been|i was|i got|^)(?: (?:being|just|recently|newly|now|currently|also|still|been)){{0,5}} ?(?:diagnosed with|battling|fighting|suffer(?:ing)? from|treated for|recovering from|living with|dying (?:of|from)|sick with|ill with){_ADJ_EN} {_DISEASE_EN}",
    rf"i (?:suffer from|live with|survived|am fighting){_ADJ_EN} {_DISEASE_EN}|my{_ADJ_EN} (?:cancer|tumou?r|depression|parkinson's|lupus|hiv|chemo\w*) (?:is|came|has|treatment|diagnosis|makes|keeps|got|started)|{_IM} (?:hiv[ -]positive|bipolar|schizophrenic|epileptic|an alcoholic|a drug addict|(?:at )?stage (?:4|iv|four))|stage (?:4|iv|four) \w* ?cancer",
    rf"(?:{_IM}|i'?ve|i have|i start(?:ed)?|i had|i need|i go (?:to|for)|i get|i'll|my|i do)(?: \w+){{0,3}}? {_CHEMO}|^(?:during|after|in|on|undergoing|between) (?:my )?{_CHEMO}",
    rf"{_IM} (?:still |currently |back |now ){{0,5}}in (?:the |a )?(?:psychiatric )?(?:hospital|intensive care|icu|hospice)(?! (?:business|administration|sector|parking|cafeteria|lobby))|{_IM} at the (?:hospital|hospice)(?= *(?:$|[.,!?])| (?:with a|because|after my|for (?:surgery|treatment|tests)|right now))",
    rf"{_IM} (?:\w+ )?(?:terminally|seriously|severely|chronically|gravely|critically|very) ill(?!\w)|{_IM} (?:so |very |really |deeply |severely |clinically |badly ){{0,5}}(?:depressed|disabled)(?! (?:about (?:the|my) (?:weather|price|grammar|score|exam|result|test))|the|it|by (?:the )?admin|my)|{_IM} dying(?= *(?:$|[.!])|, | soon| slowly)|{_IM} having (?:a |another )?panic attacks?",
)  # fmt: skip
ILLNESS_UNLESS: Final = (
    r"урок\w*|школ\w+|учител\w+|контрольн\w+|лаборатор\w+|препода\w+|факультет\w*|экзамен\w*|олимпиад\w*|егэ(?!\w)|огэ(?!\w)|домашн\w+|задани\w+|репетитор\w*|волос\w*|завивк\w*|салон\w*|химчистк\w*",
    r"(?:работаю|на смене|дежур\w+|навеща\w+|стажир\w+|практик[аеу]|я (?:\w+ )?(?:врач|медсестра|медбрат|онколог|психиатр|фельдшер|санитар\w*|хирург|волонтер))(?!\w)|гороскоп\w*|знак\w* зодиака|по зодиаку",
    r"у меня (?:\w+ )?(?:пациент|доклад|статья|лекция|дипломн?|курсовая|перевод|тема|презентация|исследование|книга|клиент)\w*",
    r"(?:work(?:ing|s)?|nurse|doctor|surgeon|shift|visit(?:ing)?|volunteer\w*|intern|job|colleague|technician|studying|i study|research\w*|article|translat\w+|essay|thesis|patients?|staff|security guard|cleaner)(?!\w)",
    r"(?:don'?t|do not|never) (?:have|had)|n'?t been diagnosed|almost had|nearly had|when i (?:saw|heard|read)|very ill (?:today|tomorrow|this)|(?:today|cold|flu|reschedul\w+),? .{0,30}very ill|very ill.{0,40}(?:today|tomorrow|lesson|class|reschedul|move)",
    r"dying,? (?:to |for |of (?:curio|bore|laugh|hunger|heat|thirst|embarr)|laughing|inside|here|over)|dying.*haha",
)  # fmt: skip

_PERSONS_RU: Final = r"(?:знаком\w+|сестры|брата|друз\w+|друга|мамы|отца|родител\w+|родствен\w+|подруг\w*|сосед\w+|коллег\w*|тещи|мужа|свекров\w+|тети)"
_LOAN_RU: Final = r"(?:кредит(?:ы|а|ов)?|микрозайм\w*|микрокредит\w*|займ\w*|заем)(?!\w)"
_NEEDS_RU: Final = r"(?:еду|хлеб|продукты|лекарства|жизнь|памперсы|коммуналку|квартплату|аренду|молоко|детей|дорогу|проезд)(?!\w)"
_WILL_EN: Final = r"(?:i'?ll|i will|i'd|i would|(?:have|need|had|going|about) to|gonna|must|i(?:'?m| am)|i might|i just|i)"
_CARE_EN: Final = r"(?: (?:deep|deeply|so|so much|really|still|badly|heavily|seriously|up to my \w+|currently|already|way|drowning|buried|both|now|completely|totally)){0,5}"

DEBT: Final = (
    r"(?:я|мы|сижу|весь|вся|по уши|погряз\w*|увяз\w*|живу|тону)(?: (?:весь|вся|по уши|по горло|сейчас|сижу|живу|погряз\w*|увяз\w*|тону|давно|уже|сильно|очень|целиком|опять|снова|и так|же|просто)){0,5} в (?!ваш|тво|технич)(?:\w+ )?(?:долгах|кредитах|микрозаймах|займах)(?! (?:не )?(?:специал|разбира|консульт))",
    r"(?:у меня|на мне|за мной|накопил\w+|осталось)(?: (?:большой|большие|огромн\w+|куча|много|одни|висит|висят|остал\w+|еще|накопил\w+|есть|сплошн\w+|сейчас|уже|и так|\d+|полно|тоже|два|три|пять|гора)){0,5} (?:долг(?:и|ов|ами|а|у)?|просрочк\w+|коллектор\w+|микрозайм\w*|задолженност[ьи]|кредитов)(?!\w)(?! (?:по (?:учеб|англ|домаш|предмет|задан|зачет|школ|сесси|физ|мат)|перед (?:родин|стран|общест)))",
    r"(?:кредит\w*|долг(?:и|ов|а)|ипотек\w*|займ\w*)(?: \w+,?){0,3}? (?:не вытягива\w+|нечем (?:платить|гасить|закрывать)|душат|задушил\w*|не потян\w+|выше крыши)|(?:должен|должна) (?:банку|банкам|мфо)(?!\w)|(?:должен|должна|торчу) (?:\d[\d ]*|миллион\w*|тысяч\w*|кучу|много)(?: \w+){0,2}? (?:банку|банкам|мфо|людям)|задолжал[аи]? (?:\w+ ){0,3}?(?:банк\w*|мфо|за (?:квартиру|аренду|кредит|жкх))",
    r"коллектор(?:ы|ов) (?:\w+ ){0,2}?(?:звон\w+|достали|приход\w+|угрож\w+|донимают|мучают)|(?:звонят|угрожают|приходят|достали|прячусь от)(?: \w+)? коллектор\w+",
    rf"{_NOT}(?:возьму|беру|оформлю|придется (?:брать|взять|оформ\w+)|надо брать|буду брать|могу взять|хочу взять) (?:(?!в |без )\w+ ){{0,2}}?{_LOAN_RU}|(?:возьму|взять|взял[аи]?|беру|займу|занял[аи]?|залез\w*|влез\w*|живу|живем) (?:\w+ )?в долг(?:и|ах)?(?!\w)|(?:займу|занимаю|занимать|занять|перезаня\w+|одолжу)(?: \w+){{0,2}}? у {_PERSONS_RU}(?! (?:мест|очеред|пять|минут|велос|книг|учебник|зарядк))",
    r"(?:займу|занять|занимать|одолжу|попрошу) (?:\w+ )?(?:денег|деньги)(?! на сдачу)|(?:заложу|заложил[аи]?|заложить|закладываю|придется заложить)(?: \w+)? (?:квартир\w*|кольц\w*|машин\w*|дом(?! \w*фундам)(?!\w)|золот\w*|телефон\w*|украшени\w*)|(?:сдам|отнесу|сдать|отнес\w*|снес\w*)(?: \w+){0,2} в ломбард",
    rf"(?:нет|не хватает|не осталось|нету)(?: (?:денег|даже|уже|совсем|больше))+ на {_NEEDS_RU}|денег на {_NEEDS_RU} (?:\w+ )?(?:нет|не хватает|не осталось)|денег (?:\w+ )?(?:нет|нету|не хватает|едва хватает|еле хватает|не осталось)(?: \w+)? на {_NEEDS_RU}|нечем кормить|не на что (?:жить|есть|кормить)|нет денег совсем|последние деньги|перебива\w+ с хлеба на воду|живу впроголодь|голодаю(?= *(?:$|[.,!])| с деть)",
    r"нечем платить(?! (?:кром|картой|из-за))|потерял[а]? работу|меня (?:вчера |сегодня |недавно |только что |тоже |просто ){0,5}(?:уволили|сократили)(?!\w)|(?:сижу|остал(?:ся|ась|ись)) (?:\w+ )?без (?:работы|денег|средств|копейки|гроша)|жив(?:у|ем) на (?:\w+ )?пособи\w+",
    r"(?:прохожу (?:через )?|подал[аи]? на |подаю на |оформляю |мое |мое личное |процедура )банкротств\w*|я (?:теперь |уже )?банкрот(?!\w)|я обанкротил(?:ся|ась)|меня признали банкротом|пристав(?:ы|ов) (?:\w+ )?(?:арест\w+|описа\w+|звон\w+|приход\w+|списыва\w+|сня\w+|заблокир\w+|забра\w+)|(?:карт[аыу]|счет\w*) (?:\w+ )?(?:арестова\w+|заблокирова\w+) (?:\w+ )?пристав\w*|у меня (?:\w+ )?приставы",
    rf"{_IM}(?: (?:so|totally|completely|dead|flat|really|literally|just|absolutely|currently|too|flat out)){{0,5}} broke(?= *(?:$|[.,!?])| and| right now| but| at the moment| as hell)",
    rf"(?:max(?:ed|ing)?|maxing) out (?:my|all my|another|the) (?:\w+ ){{0,2}}?cards?|cards? (?:is|are)(?: all| already)? maxed|(?:drowning|buried|sinking) in (?:\w+ )?(?:loans|debts?|bills|credit|payments)|(?:{_IM}|we're|we are|drowning|deep|up to my (?:ears|neck|eyeballs)){_CARE_EN} in (?!your|technical|sleep|tech)(?:\w+ )?debts?(?! (?:collect|manage|counsel))",
    r"(?:i have|i'?ve got|i'?ve|we have)(?: (?:a lot of|lots of|huge|so many|many|big|large|credit card|some|too much|too many|serious|medical|unpaid|old|so much|massive|crushing|got)){0,5} (?:debts?(?! (?:collection|manag|counsel))|loans? i can'?t|overdue (?:bills|rent|loans?|payments)|arrears|payday loans?|debt collectors)(?!\w)|i owe (?:the bank|thousands|money to|my landlord|the irs|a lot of money|\$?\d[\d,.]*k? (?:to|in|on))",
    rf"debt collectors? (?:\w+ ){{0,2}}?(?:call\w*|harass\w*|threat\w*|came|come|knock\w*|after me|chas\w+)|(?:calls?|letters?|hiding|running) from (?:the )?debt collectors?|bailiffs? (?:are|came|come|took)|(?:{_IM}|{_IVE}|i'm going|i went|i filed for|we went|we are|filing for|file for)(?: \w+)? bankrupt\w*|(?:{_IM}|i was|i got|we got|we were|we're|being|getting|facing|about to be|{_IM} being) (?:evicted|eviction)",
    rf"{_WILL_EN} (?:\w+ ){{0,2}}?(?:take|get|taking|getting) (?:out )?(?:a|another|one more) (?:\w+ )?loan(?= *(?:$|[.,!?])| for| to| from| just| at)|(?:take|took|taking) out (?:a|another) (?:\w+ )?loan(?! (?:calc|officer))|{_WILL_EN}(?: \w+)? borrow (?:\w+ )?(?:money|cash|from (?:my|a|some) (?:sister|brother|mom|mum|mother|dad|father|parents|friends?|family|neighbou?r|cousin|aunt|uncle|boss))",
    r"i(?:'?ve)? (?:just |recently )?lost my job(?! (?:offer|desc|appl|title|ref))|i (?:just |recently )?(?:got|was|have been) (?:fired(?! up)|laid off)|can'?t (?:even )?(?:afford|pay for|buy) (?:food|rent|to eat|my (?:meds|rent)|groceries|diapers)|can'?t pay (?:my |the )?(?:rent|bills|loans?|mortgage)|behind on (?:my |the |our )?(?:rent|mortgage|bills|payments|loans?)|(?:barely|can'?t|cannot|struggl\w+ to) feed my (?:kids|family|children)",
    r"i (?:\w+ )?live on (?:benefits|welfare|food stamps|disability)|my last (?:savings|money|dollars?|euros?|\$\d+)|last of my savings|last savings|no money (?:for (?:food|rent|diapers|my kids)|left|to (?:eat|live))|pawn(?:ed|ing)? my|i'?ll sell my (?:ring|car|house|kidney) (?:for|to pay)",
)  # fmt: skip
DEBT_UNLESS: Final = (
    r"(?<!\w)(?:юрист\w*|адвокат\w*|арбитражн\w+|бизнес по|работаю|консультирую|помогаю|специалист\w*)(?!\w)|(?:i work|i help|lawyer|attorney|accountant|advisor|adviser|counsell?or|my job is)(?!\w)",
    r"n'?t (?:\w+ )?(?:in debt|broke)|not (?:\w+ )?(?:in debt|broke|bankrupt)|не (?:в долгах|должен)|как оформ\w+|какие документы|у вас(?!\w)|until payday|after (?:the )?(?:holidays?|christmas|vacation)|(?:карт[аы] не|валют|санкц|visa|paypal)\w*|haha",
)  # fmt: skip
