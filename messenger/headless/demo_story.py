"""A week in the demo clinic: who wrote what, when, on the clock of the machine that seeds it."""

from __future__ import annotations

from dataclasses import dataclass
from datetime import UTC, datetime, time, timedelta
from typing import Final

from messenger.headless.demo_people import AMARA, PEGGY, TOM, XIUYING, DemoPerson
from messenger.protocol.message import Category, MessageKind, Urgency


@dataclass(frozen=True)
class Thread:
    """A conversation of the story."""

    key: str
    patient: DemoPerson
    name: str


KNEE: Final = Thread("knee", PEGGY, "Knee, after the operation")
TABLETS: Final = Thread("tablets", PEGGY, "Blood pressure tablets")
SUGAR: Final = Thread("sugar", XIUYING, "血糖记录")
VISIT: Final = Thread("visit", XIUYING, "复诊和检查")


@dataclass(frozen=True)
class DaysAgo:
    """A time of day, so many days before today: people write by day."""

    days: int
    clock: time

    def instant(self, end: datetime) -> datetime:
        """The instant, where the day of `end` is today."""
        local = end.astimezone()
        return datetime.combine(local.date() - timedelta(days=self.days), self.clock, local.tzinfo).astimezone(UTC)


@dataclass(frozen=True)
class MinutesAgo:
    """Shortly before the end of the story, whatever the time of day."""

    minutes: int

    def instant(self, end: datetime) -> datetime:
        """The instant."""
        return end - timedelta(minutes=self.minutes)


When = DaysAgo | MinutesAgo


@dataclass(frozen=True)
class Line:
    """One message. `answers`, `acknowledges`, `corrects` and `takes_back` name earlier lines by `key`."""

    when: When
    thread: Thread
    sender: DemoPerson
    text: str
    key: str = ""
    kind: MessageKind = "update"
    category: Category | None = None
    urgency: Urgency = "ordinary"
    answers: str = ""
    acknowledges: str = ""
    corrects: str = ""
    reason: str = ""
    takes_back: str = ""


def _at(days: int, hour: int, minute: int) -> DaysAgo:
    return DaysAgo(days, time(hour, minute))


FOUNDED: Final = _at(6, 7, 55)
"""The clinic is not a week old: its first epochs still run."""

LINES: Final = (
    Line(
        _at(6, 10, 24),
        KNEE,
        TOM,
        "Hello Peggy, this is Tom, the nurse who saw you on the ward. You can write here any time about the knee. "
        "Most questions are answered the same day.",
    ),
    Line(
        _at(6, 13, 41),
        KNEE,
        PEGGY,
        "Thank you Tom. The stairs are the worst part so far, but I managed them twice today.",
    ),
    Line(
        _at(5, 8, 12),
        TABLETS,
        PEGGY,
        "Dr Okafor gave me the new blood pressure tablets. Should I take them in the morning or in the evening?",
        key="when-tablets",
        kind="question",
        category="medicines",
    ),
    Line(
        _at(5, 9, 57),
        TABLETS,
        AMARA,
        "In the morning, at about the same time each day, with a glass of water. You need not eat first.",
        answers="when-tablets",
    ),
    Line(_at(5, 10, 20), TABLETS, PEGGY, "Morning it is, with my tea. Thank you!", kind="thanks"),
    Line(
        _at(5, 11, 5),
        SUGAR,
        TOM,
        "陈阿姨您好，我是护士 Tom。请您每天早上吃饭前量一次血糖，把数字写在这里就可以。",
    ),
    Line(_at(5, 12, 2), SUGAR, XIUYING, "好的。今天早上 7.8。"),
    Line(_at(4, 7, 31), SUGAR, XIUYING, "今天 8.1，昨天晚上吃了粥。", key="porridge"),
    Line(
        _at(4, 9, 12),
        SUGAR,
        TOM,
        "谢谢您记得写。粥升糖比较快，晚上可以换成半碗杂粮饭，多一点青菜。",
        acknowledges="porridge",
    ),
    Line(
        _at(4, 14, 8),
        KNEE,
        PEGGY,
        "The bandage came a little loose at the top. Is it all right to change it myself?",
        key="bandage",
        kind="question",
        category="other",
    ),
    Line(
        _at(4, 14, 46),
        KNEE,
        TOM,
        "Yes, if the skin under it is dry and not hot. Wash your hands, use one of the dressings we gave you, and "
        "leave the strips on the wound where they are.",
        key="dressing",
        answers="bandage",
    ),
    Line(
        _at(4, 14, 55),
        KNEE,
        TOM,
        "Yes, if the skin under it is dry and not hot. Wash your hands, use one of the dressings we gave you, and "
        "leave the strips on the wound where they are. Do not shower on the day you change it.",
        corrects="dressing",
        reason="I forgot the shower.",
    ),
    Line(_at(4, 16, 20), KNEE, PEGGY, "Done, and it looks clean.", kind="update"),
    Line(
        _at(3, 9, 3),
        VISIT,
        XIUYING,
        "医生您好，下个月的检查要不要空腹？",
        key="fasting",
        kind="question",
        category="appointments",
    ),
    Line(
        _at(3, 11, 26),
        VISIT,
        AMARA,
        "要空腹。前一天晚上十点以后不吃东西，可以喝白开水。早上的药请带来，抽完血再吃。",
        answers="fasting",
    ),
    Line(_at(3, 11, 44), VISIT, XIUYING, "明白了，谢谢医生。", kind="thanks"),
    Line(_at(3, 18, 5), SUGAR, XIUYING, "今天 7.2。"),
    Line(
        _at(2, 8, 40),
        TABLETS,
        PEGGY,
        "My last three readings: 138 over 84, 134 over 82, and today 131 over 80.",
        key="readings",
    ),
    Line(
        _at(2, 10, 15),
        TABLETS,
        AMARA,
        "That is going the right way. Please keep measuring, sitting down, after five minutes of rest.",
        acknowledges="readings",
    ),
    Line(_at(2, 13, 22), KNEE, PEGGY, "Please ignore this, I wrote to the wrong place.", key="slip"),
    Line(_at(2, 13, 26), KNEE, PEGGY, "", takes_back="slip"),
    Line(_at(1, 7, 28), SUGAR, XIUYING, "今天 7.0，按您说的换了杂粮饭。"),
    Line(_at(1, 9, 46), SUGAR, TOM, "非常好！就这样坚持。"),
    Line(
        _at(1, 17, 33),
        SUGAR,
        XIUYING,
        "这两天脚有点麻，晚上比较明显。要紧吗？",
        key="numb",
        kind="question",
        category="symptoms",
    ),
    Line(
        _at(1, 17, 52),
        KNEE,
        TOM,
        "How are the stairs, Peggy? The physiotherapist asks whether you can bend the knee to a right angle.",
    ),
    Line(
        MinutesAgo(192),
        KNEE,
        PEGGY,
        "Nearly! But since yesterday evening the knee is more swollen than before. No fever. Should I come in?",
        key="swollen",
        kind="question",
        category="symptoms",
        urgency="urgent",
    ),
    Line(
        MinutesAgo(47),
        TABLETS,
        PEGGY,
        "One more thing: I am down to the last six tablets. Do I need a new prescription?",
        key="prescription",
        kind="question",
        category="medicines",
    ),
)
"""Three questions stay open: the feet, the knee and the prescription."""
