"""Number words and units, Russian and English, in visible form (small letters, ё as е)."""

from collections.abc import Iterable
from typing import Final


def _forms(table: dict[float, str]) -> dict[str, float]:
    return {word: value for value, words in table.items() for word in words.split()}


NUMBER_WORDS: Final = _forms(
    {
        1: "один одна одно одну одного одной одним one",
        1.5: "полтора полторы полутора",
        2: "два две двух двум двумя двое двоих двоим вдвоем пара пару couple two двухлетн",
        3: "три трех трем тремя трое троих three",
        4: "четыре четырех четырем четверо четверых four",
        5: "пять пяти пятью пятеро five",
        6: "шесть шести шестью six",
        7: "семь семи семью seven",
        8: "восемь восьми восемью eight",
        9: "девять девяти девятью nine",
        10: "десять десяти десятью десяток ten",
        11: "одиннадцать одиннадцати eleven",
        12: "двенадцать двенадцати twelve dozen",
        13: "тринадцать тринадцати thirteen",
        14: "четырнадцать четырнадцати fourteen",
        15: "пятнадцать пятнадцати fifteen",
        16: "шестнадцать шестнадцати sixteen",
        17: "семнадцать семнадцати seventeen",
        18: "восемнадцать восемнадцати eighteen",
        19: "девятнадцать девятнадцати nineteen",
        20: "двадцать двадцати twenty",
        30: "тридцать тридцати thirty",
        40: "сорок сорока forty",
        50: "пятьдесят пятидесяти fifty",
        60: "шестьдесят шестидесяти sixty",
        70: "семьдесят семидесяти seventy",
        80: "восемьдесят восьмидесяти eighty",
        90: "девяносто девяноста ninety",
        100: "сто ста",
        200: "двести двухсот",
        300: "триста трехсот",
        400: "четыреста четырехсот",
        500: "пятьсот пятисот",
        600: "шестьсот шестисот",
        700: "семьсот семисот",
        800: "восемьсот восьмисот",
        900: "девятьсот девятисот",
        3.5: "несколько",
        3.25: "several few",
    }
)
BIG: Final = _forms(
    {
        100: "hundred hundreds",
        1000: "тысяча тысячи тысяч тысячу тысячам тыс к k thousand thousands",
        1_000_000: "миллион миллиона миллионов млн million millions",
        500_000: "полмиллиона",
        1_000_000_000: "миллиард миллиарда миллиардов млрд billion",
    }
)


def _units(table: dict[tuple[str, int], str]) -> dict[str, tuple[str, int]]:
    return {word: unit for unit, words in table.items() for word in words.split()}


UNITS: Final = _units(
    {
        ("rub", 1): "₽ руб рубль рубля рублей рублям р rub rubles roubles ruble rouble",
        ("usd", 1): "$ usd доллар доллара долларов dollar dollars bucks баксов",
        ("eur", 1): "€ eur евро euro euros",
        ("gbp", 1): "£ gbp фунтов",
        ("percent", 1): "% процент процента процентов процентах процентами percent pct",
        ("minutes", 1): "минута минуты минут минуту мин minute minutes min mins минутный minutely",
        ("minutes", 60): "час часа часов часу часам часовой hour hours hr hrs часовое",
        ("days", 1): "день дня дней дням сутки суток днем дневный дневный day days дню дневная",
        (
            "days",
            7,
        ): "неделя недели недель неделю неделе неделям недельный недельного недельное week weeks wk",
        ("months", 1): "месяц месяца месяцев месяцам мес месячный месячная month months месячное",
        (
            "months",
            12,
        ): "год года лет году годом летний летняя летнее летнюю летним летней летнем year years",
        ("times", 1): "раз раза times time",
        (
            "lessons",
            1,
        ): "урок урока уроков занятие занятия занятий занятиями занятиям уроками урокам тренировка тренировки тренировок lesson "
        "lessons class classes session sessions workout workouts training trainings встреча встречи встреч вебинар вебинара вебинаров сеанс сеанса сеансов",
        (
            "people",
            1,
        ): "человек человека людей ученик ученика учеников участник участника участников "
        "студент студента студентов клиент клиента клиентов пациент пациентов person people student "
        "students client clients member members participants customers patients graduates выпускников",
        ("points", 1): "балл балла баллов points point",
        ("kg", 1): "кг килограмм килограмма килограммов kg kilos kilo kilograms",
        ("lb", 1): "pounds lbs lb",
        ("metres", 1): "м метр метра метров metre metres meter meters m",
        ("places", 1): "место места мест place places spot spots seat seats",
    }
)
COUNTED: Final = frozenset({"times", "lessons"})
PERIODS: Final[dict[tuple[str, ...], str]] = {
    ("в", "неделю"): "week",
    ("в", "день"): "day",
    ("в", "месяц"): "month",
    ("в", "год"): "year",
    ("a", "week"): "week",
    ("per", "week"): "week",
    ("each", "week"): "week",
    ("every", "week"): "week",
    ("weekly",): "week",
    ("еженедельно",): "week",
    ("a", "day"): "day",
    ("per", "day"): "day",
    ("каждую", "неделю"): "week",
}
PART_WORDS: Final = frozenset(
    ("рабочих", "рабочие", "рабочий", "рабочего", "календарных", "полных", "полные", "целых", "целые",
     "учебных", "учебные", "академических", "астрономических", "working", "business", "calendar", "full", "whole",
     "of", "academic")
)  # fmt: skip
"""Words that may stand between a number and its unit."""
HARMLESS: Final = (
    "слов", "предлож", "пример", "вопрос", "вариант", "шаг", "пункт", "способ", "причин", "абзац",
    "строк", "строч", "фраз", "мысл", "част", "вещ", "момент", "тем", "формат", "путь", "пути", "секунд",
    "word", "sentence", "example", "question", "option", "step", "way", "reason", "line", "phrase",
    "thing", "part", "idea", "point ", "topic", "format", "moment", "choice", "kind", "detail", "детал",
    "направлен", "тип", "уточн", "of", "more", "things", "ways", "options", "general", "main", "simple",
    "small", "коротк", "прост", "основн", "главн", "уточняющ", "quick", "little", "task", "exercise", "задани", "упражнен", "задач",
)  # fmt: skip
"""What may be counted up to ten without proof: it says nothing about the product."""


def _months(names: Iterable[str]) -> dict[str, int]:
    return {form: at for at, forms in enumerate(names, 1) for form in forms.split()}


MONTHS: Final = _months(
    (
        "января январь январе january jan",
        "февраля февраль феврале february feb",
        "марта март марте march mar",
        "апреля апрель апреле april apr",
        "мая май мае may",
        "июня июнь июне june jun",
        "июля июль июле july jul",
        "августа август августе august aug",
        "сентября сентябрь сентябре september sep sept",
        "октября октябрь октябре october oct",
        "ноября ноябрь ноябре november nov",
        "декабря декабрь декабре december dec",
    )
)
