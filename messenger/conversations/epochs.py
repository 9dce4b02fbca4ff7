"""Which stretches of a conversation a reader is served: the epochs whose keys were sealed to them, and nothing else."""

from collections.abc import Collection
from dataclasses import dataclass

from sqlalchemy.orm import Session

from messenger.conversations import store
from messenger.conversations.models import Conversation


@dataclass(frozen=True)
class Stretches:
    """First and last sequences, inclusive, ascending: what a reader is served, and what is withheld from them."""

    served: tuple[tuple[int, int], ...]
    withheld: tuple[tuple[int, int], ...]


def stretches_for(session: Session, conversation: Conversation, readers: Collection[str]) -> Stretches:
    """What of a conversation may be served to whom is one of `readers`: themselves and their teams."""
    starts = store.list_epochs(session, conversation.conversation)
    ends = [after for _, after in starts[1:]] + [conversation.last_sequence]
    sealed = store.list_sealed_epochs(session, conversation.conversation, readers)
    served: list[tuple[int, int]] = []
    withheld: list[tuple[int, int]] = []
    for (epoch, after), last in zip(starts, ends, strict=True):
        if after < last:
            _extend(served if epoch in sealed else withheld, after + 1, last)
    return Stretches(tuple(served), tuple(withheld))


def reads_running(session: Session, conversation: Conversation, readers: Collection[str]) -> bool:
    """Whether the running epoch's key was sealed to one of `readers`."""
    return not set(readers).isdisjoint(store.list_readers(session, conversation.conversation, conversation.epoch))


def _extend(stretches: list[tuple[int, int]], first: int, last: int) -> None:
    """Put in a stretch; one that begins where the last ends becomes one with it."""
    if stretches and stretches[-1][1] == first - 1:
        stretches[-1] = (stretches[-1][0], last)
    else:
        stretches.append((first, last))
