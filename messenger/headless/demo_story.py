"""A week in the demo clinic: who wrote what, when. Times are days before and minutes before the moment of seeding."""

from __future__ import annotations

from dataclasses import dataclass
from datetime import timedelta
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
class Line:
    """One message. `answers`, `acknowledges`, `corrects` and `takes_back` name earlier lines by `key`."""

    before: timedelta
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


def _ago(days: int, hours: int = 0, minutes: int = 0) -> timedelta:
    return timedelta(days=days, hours=hours, minutes=minutes)


LINES: Final = (
    Line(
        _ago(6, 5, 20),
        KNEE,
        TOM,
        "Hello Peggy, this is Tom, the nurse who saw you on the ward. You can write here any time about the knee. "
        "Most questions are answered the same day.",
    ),
    Line(
        _ago(6, 3, 4),
        KNEE,
        PEGGY,
        "Thank you Tom. The stairs are the worst part so far, but I managed them twice today.",
    ),
    Line(
        _ago(5, 22, 40),
        TABLETS,
        PEGGY,
        "Dr Okafor gave me the new blood pressure tablets. Should I take them in the morning or in the evening?",
        key="when-tablets",
        kind="question",
        category="medicines",
    ),
    Line(
        _ago(5, 20, 55),
        TABLETS,
        AMARA,
        "In the morning, at about the same time each day, with a glass of water. You need not eat first.",
        answers="when-tablets",
    ),
    Line(_ago(5, 20, 30), TABLETS, PEGGY, "Morning it is, with my tea. Thank you!", kind="thanks"),
    Line(
        _ago(5, 4, 10),
        SUGAR,
        TOM,
        "陈阿姨您好，我是护士 Tom。请您每天早上吃饭前量一次血糖，把数字写在这里就可以。",
    ),
    Line(_ago(5, 1, 2), SUGAR, XIUYING, "好的。今天早上 7.8。"),
    Line(_ago(4, 9, 15), SUGAR, XIUYING, "今天 8.1，昨天晚上吃了粥。", key="porridge"),
    Line(
        _ago(4, 6, 45),
        SUGAR,
        TOM,
        "谢谢您记得写。粥升糖比较快，晚上可以换成半碗杂粮饭，多一点青菜。",
        acknowledges="porridge",
    ),
    Line(
        _ago(4, 4, 30),
        KNEE,
        PEGGY,
        "The bandage came a little loose at the top. Is it all right to change it myself?",
        key="bandage",
        kind="question",
        category="other",
    ),
    Line(
        _ago(4, 3, 50),
        KNEE,
        TOM,
        "Yes, if the skin under it is dry and not hot. Wash your hands, use one of the dressings we gave you, and "
        "leave the strips on the wound where they are.",
        key="dressing",
        answers="bandage",
    ),
    Line(
        _ago(4, 3, 41),
        KNEE,
        TOM,
        "Yes, if the skin under it is dry and not hot. Wash your hands, use one of the dressings we gave you, and "
        "leave the strips on the wound where they are. Do not shower on the day you change it.",
        corrects="dressing",
        reason="I forgot the shower.",
    ),
    Line(_ago(4, 2, 15), KNEE, PEGGY, "Done, and it looks clean.", kind="update"),
    Line(
        _ago(3, 7, 30),
        VISIT,
        XIUYING,
        "医生您好，下个月的检查要不要空腹？",
        key="fasting",
        kind="question",
        category="appointments",
    ),
    Line(
        _ago(3, 5, 5),
        VISIT,
        AMARA,
        "要空腹。前一天晚上十点以后不吃东西，可以喝白开水。早上的药请带来，抽完血再吃。",
        answers="fasting",
    ),
    Line(_ago(3, 4, 48), VISIT, XIUYING, "明白了，谢谢医生。", kind="thanks"),
    Line(_ago(3, 1, 20), SUGAR, XIUYING, "今天 7.2。"),
    Line(
        _ago(2, 8, 12),
        TABLETS,
        PEGGY,
        "My last three readings: 138 over 84, 134 over 82, and today 131 over 80.",
        key="readings",
    ),
    Line(
        _ago(2, 6, 35),
        TABLETS,
        AMARA,
        "That is going the right way. Please keep measuring, sitting down, after five minutes of rest.",
        acknowledges="readings",
    ),
    Line(_ago(2, 2, 44), KNEE, PEGGY, "Please ignore this, I wrote to the wrong place.", key="slip"),
    Line(_ago(2, 2, 40), KNEE, PEGGY, "", takes_back="slip"),
    Line(_ago(1, 9, 18), SUGAR, XIUYING, "今天 7.0，按您说的换了杂粮饭。"),
    Line(_ago(1, 7, 2), SUGAR, TOM, "非常好！就这样坚持。"),
    Line(
        _ago(1, 3, 26),
        SUGAR,
        XIUYING,
        "这两天脚有点麻，晚上比较明显。要紧吗？",
        key="numb",
        kind="question",
        category="symptoms",
    ),
    Line(
        _ago(0, 21, 10),
        KNEE,
        TOM,
        "How are the stairs, Peggy? The physiotherapist asks whether you can bend the knee to a right angle.",
    ),
    Line(
        _ago(0, 3, 12),
        KNEE,
        PEGGY,
        "Nearly! But since yesterday evening the knee is more swollen than before. No fever. Should I come in?",
        key="swollen",
        kind="question",
        category="symptoms",
        urgency="urgent",
    ),
    Line(
        _ago(0, 0, 47),
        TABLETS,
        PEGGY,
        "One more thing: I am down to the last six tablets. Do I need a new prescription?",
        key="prescription",
        kind="question",
        category="medicines",
    ),
)
"""Three questions stay open: the feet, the knee and the prescription."""
