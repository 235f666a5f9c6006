"""What the script editor tells the author, in Russian and English: the mistake and its mend."""

from candor.common.errors import Problem
from candor.common.llm import Language

Wording = tuple[str, str]

RUSSIAN: dict[str, Wording] = {
    "too_big": ("Скрипт больше {limit} МБ.", "Сократите его или разделите на два скрипта."),
    "empty": ("Скрипт пуст.", "Начните с ключей key, kind, title, language и steps."),
    "syntax": ("Так YAML или JSON не пишут: {said}.", "Проверьте отступы, двоеточия и кавычки в этой строке."),
    "control_character": ("Здесь есть невидимый управляющий символ.", "Удалите его и наберите это место заново."),
    "too_deep": ("Слишком много вложенных уровней.", "Держитесь устройства из справочника: хватает шести уровней."),
    "too_many_nodes": ("В скрипте слишком много значений.", "Разделите его на два скрипта."),
    "several_documents": ("В файле больше одного документа.", "Оставьте один скрипт в файле: уберите строку «---»."),
    "alias": ("Якоря и ссылки YAML (& и *) не поддерживаются.", "Напишите значение целиком; текст, который начинается с * или &, возьмите в кавычки."),
    "tag": ("Метки типов YAML (!) не поддерживаются.", "Уберите метку; текст, который начинается с !, возьмите в кавычки."),
    "key_not_text": ("Ключом может быть только слово.", "Напишите обычный ключ, например say."),
    "duplicate_key": ("Ключ «{name}» уже есть выше.", "Оставьте один из двух."),
    "not_a_mapping": ("Здесь нужны ключи со значениями.", "Напишите «ключ: значение», по одному в строке."),
    "unknown_key": ("Неизвестный ключ «{name}».", "{hint}"),
    "missing": ("Не хватает ключа «{name}».", "Добавьте его."),
    "not_a_list": ("Здесь нужен список.", "Каждое значение с новой строки и с дефисом, или в квадратных скобках."),
    "not_text": ("Здесь нужен текст.", "Напишите одно значение; если в нём двоеточие, возьмите его в кавычки."),
    "not_a_number": ("Здесь нужно число.", "Напишите число, например {example}."),
    "number_range": ("Число вне допустимого: {said}.", "Исправьте число."),
    "not_a_choice": ("«{value}» здесь не годится.", "Можно: {allowed}."),
    "bad_key": ("«{value}» не годится как ключ.", "Строчные буквы, цифры, дефис и подчёркивание, до 64 знаков."),
    "too_short": ("Здесь пусто.", "Напишите хотя бы одно значение или уберите ключ."),
    "too_long": ("Слишком длинно: можно не больше {limit}.", "Сократите."),
    "wrong_value": ("Значение не годится: {said}.", "Посмотрите этот ключ в справочнике скриптов."),
    "repeated": ("«{name}» уже занят (строка {first}).", "Дайте другой ключ: по нему на это ссылаются."),
    "unknown_step": ("Шага «{name}» нет.", "{hint}"),
    "unreachable": ("До шага «{name}» нельзя дойти.", "Сошлитесь на него в next другого шага или в триггере go_to, либо уберите его."),
    "say_missing": ("У шага «{name}» нет слов.", "Добавьте say: что сказать клиенту на этом шаге."),
    "education_only": ("Ключ «{name}» бывает только в учебных скриптах.", "Уберите его или поставьте kind: education."),
    "two_defaults": ("У шага два перехода по умолчанию.", "Оставьте один: второй никогда не сработает."),
    "after_default": ("Переход после «when: default» никогда не сработает.", "Поставьте переход по умолчанию последним."),
    "when_and_fits": ("У перехода и when, и fits.", "Оставьте что-то одно: условие или примеры ответов."),
    "trigger_script": ("Для open_group нужен ключ script.", "Назовите учебный скрипт, например script: onboarding-lessons."),
    "trigger_step": ("Для go_to нужен ключ step.", "Назовите шаг, к которому перейти."),
    "trigger_extra": ("Ключ «{name}» не подходит к действию {action}.", "Уберите его."),
    "trigger_fits": ("У триггера нет примеров.", "Добавьте fits: хотя бы две фразы клиента."),
    "unless_same": ("«{value}» стоит и в fits, и в unless.", "Оставьте в одном из двух."),
    "unknown_trigger": ("Триггера «{name}» нет.", "{hint}"),
    "empty_expectation": ("Ожидание ничего не проверяет.", "Назовите stage, trigger, strategy или contains."),
    "more_expected": ("Ожиданий больше, чем реплик.", "На каждую реплику из says приходится одно ожидание."),
    "bad_link": ("«{value}» не похоже на адрес.", "Адрес начинается с https:// и не содержит пробелов."),
    "bad_send_at": ("Время «{value}» непонятно.", "Можно: now, 10:00, +1d или +1d 10:00."),
    "template_syntax": ("Ошибка в шаблоне: {value}.", "Подстановка пишется так: {{{{ client.first_name }}}}."),
    "template_variable": ("Шаблон не знает «{value}».", "{hint}"),
    "template_internals": ("Шаблон обращается к внутреннему устройству («{value}»), это запрещено.", "Берите только client, business, script и свои variables."),
    "template_filter": ("Фильтр «{value}» не разрешён.", "Разрешены: {allowed}."),
    "template_statement": ("В шаблоне нельзя: {value}.", "Разрешены подстановки {{{{ ... }}}} и условия {{% if %}} ... {{% endif %}}."),
    "template_too_long": ("Шаблон длиннее {value} знаков.", "Разделите шаг на два."),
    "template_too_deep": ("Шаблон слишком сложный.", "Упростите его."),
    "claim": ("Эту фразу остановит проверка честности ({why}): «{value}».", "Уберите опыт, обещание или оценку, или докажите цифру в facts. Иначе вместо неё позовут человека."),
    "few_fits": ("У шага «{name}» мало примеров ответа ({count}).", "С шестью и больше оценка станет надёжной; пока Candor пометит её как «без калибровки»."),
    "no_script_yet": ("Учебного скрипта «{name}» ещё нет.", "Создайте его до первого согласия клиента: пока вместо группы позовут человека."),
    "wrong_kind": ("«{name}» не учебный скрипт.", "В open_group назовите скрипт с kind: education."),
    "key_changed": ("Ключ скрипта нельзя менять ({old} → {name}).", "Верните {old} или создайте новый скрипт."),
}  # fmt: skip
ENGLISH: dict[str, Wording] = {
    "too_big": ("The script is larger than {limit} MB.", "Shorten it or cut it into two scripts."),
    "empty": ("The script is empty.", "Begin with the keys key, kind, title, language and steps."),
    "syntax": ("This is not how YAML or JSON is written: {said}.", "Check indents, colons and quotes on this line."),
    "control_character": ("There is an invisible control character here.", "Delete it and type this place anew."),
    "too_deep": ("Too many levels inside one another.", "Keep to the layout in the reference: six levels are enough."),
    "too_many_nodes": ("The script holds too many values.", "Cut it into two scripts."),
    "several_documents": ("The file holds more than one document.", "Keep one script per file: take out the line '---'."),
    "alias": ("YAML anchors and aliases (& and *) are not supported.", "Write the value out; put text that begins with * or & in quotes."),
    "tag": ("YAML type tags (!) are not supported.", "Take the tag out; put text that begins with ! in quotes."),
    "key_not_text": ("Only a word can be a key.", "Write an ordinary key, such as say."),
    "duplicate_key": ("The key '{name}' is there already, further up.", "Keep one of the two."),
    "not_a_mapping": ("Keys with values are needed here.", "Write 'key: value', one per line."),
    "unknown_key": ("Unknown key '{name}'.", "{hint}"),
    "missing": ("The key '{name}' is missing.", "Add it."),
    "not_a_list": ("A list is needed here.", "One value per line with a dash, or in square brackets."),
    "not_text": ("Text is needed here.", "Write one value; put it in quotes if it holds a colon."),
    "not_a_number": ("A number is needed here.", "Write a number, for example {example}."),
    "number_range": ("The number is out of range: {said}.", "Correct the number."),
    "not_a_choice": ("'{value}' is not possible here.", "Possible: {allowed}."),
    "bad_key": ("'{value}' can't be a key.", "Small letters, digits, dash and underscore, up to 64 characters."),
    "too_short": ("This is empty.", "Write at least one value or take the key out."),
    "too_long": ("Too long: {limit} at most.", "Shorten it."),
    "wrong_value": ("The value can't be used: {said}.", "Look this key up in the script reference."),
    "repeated": ("'{name}' is taken already (line {first}).", "Choose another key: others refer to it."),
    "unknown_step": ("There is no step '{name}'.", "{hint}"),
    "unreachable": ("The step '{name}' can't be reached.", "Refer to it in another step's next or in a go_to trigger, or take it out."),
    "say_missing": ("The step '{name}' has no words.", "Add say: what the client is told at this step."),
    "education_only": ("The key '{name}' belongs to education scripts only.", "Take it out or set kind: education."),
    "two_defaults": ("The step has two default ways on.", "Keep one: the second would never be taken."),
    "after_default": ("A way on after 'when: default' is never taken.", "Put the default last."),
    "when_and_fits": ("The way on has both when and fits.", "Keep one of them: a condition or example replies."),
    "trigger_script": ("open_group needs the key script.", "Name the education script, for example script: onboarding-lessons."),
    "trigger_step": ("go_to needs the key step.", "Name the step to jump to."),
    "trigger_extra": ("The key '{name}' does not go with the action {action}.", "Take it out."),
    "trigger_fits": ("The trigger has no examples.", "Add fits: at least two things a client would say."),
    "unless_same": ("'{value}' stands in both fits and unless.", "Keep it in one of them."),
    "unknown_trigger": ("There is no trigger '{name}'.", "{hint}"),
    "empty_expectation": ("The expectation checks nothing.", "Name a stage, trigger, strategy or contains."),
    "more_expected": ("There are more expectations than messages.", "Each message in says has one expectation."),
    "bad_link": ("'{value}' does not look like an address.", "An address begins with https:// and holds no spaces."),
    "bad_send_at": ("The time '{value}' can't be understood.", "Possible: now, 10:00, +1d or +1d 10:00."),
    "template_syntax": ("A mistake in the template: {value}.", "A value is written like this: {{{{ client.first_name }}}}."),
    "template_variable": ("The template does not know '{value}'.", "{hint}"),
    "template_internals": ("The template reaches for internals ('{value}'), which is forbidden.", "Use only client, business, script and your variables."),
    "template_filter": ("The filter '{value}' is not allowed.", "Allowed: {allowed}."),
    "template_statement": ("Not allowed in a template: {value}.", "Allowed are values {{{{ ... }}}} and choices {{% if %}} ... {{% endif %}}."),
    "template_too_long": ("The template is longer than {value} characters.", "Cut the step into two."),
    "template_too_deep": ("The template is too complicated.", "Make it simpler."),
    "claim": ("The honesty gate will stop this sentence ({why}): '{value}'.", "Take out the experience, promise or praise, or prove the figure in facts. Otherwise a person is called instead."),
    "few_fits": ("The step '{name}' has few example replies ({count}).", "With six or more the score becomes sure; until then Candor marks it 'not calibrated'."),
    "no_script_yet": ("There is no education script '{name}' yet.", "Make it before the first client agrees: until then a person is called instead of a group."),
    "wrong_kind": ("'{name}' is no education script.", "Name a script with kind: education in open_group."),
    "key_changed": ("A script's key can't be changed ({old} → {name}).", "Put {old} back or make a new script."),
}  # fmt: skip
_HINTS: dict[Language, tuple[str, str]] = {
    "ru": ("Может быть, «{near}»?", "Можно: {allowed}."),
    "en": ("Perhaps '{near}'?", "Possible: {allowed}."),
}


def problem(
    code: str,
    language: Language,
    *,
    line: int | None = None,
    path: str = "",
    **context: object,
) -> Problem:
    """A problem worded for the author; `code` and `context` stay with it for programs."""
    message, mend = (RUSSIAN if language == "ru" else ENGLISH)[code]
    return Problem(
        message=message.format(**context),
        mend=mend.format(**context),
        line=line,
        path=path,
        context={"code": code, **context},
    )


def hint(language: Language, *, near: str | None, allowed: tuple[str, ...]) -> str:
    """ "Perhaps 'fits'?", or the list of what is possible."""
    perhaps, possible = _HINTS[language]
    if near is not None:
        return perhaps.format(near=near)
    return possible.format(allowed=", ".join(sorted(set(allowed))[:20]) or "-")
