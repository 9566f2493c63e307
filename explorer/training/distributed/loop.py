"""The epochs and steps of a run in one of several processes, any of which may be killed."""

from __future__ import annotations

from collections.abc import Iterator

from explorer.errors import ExplorerError
from explorer.training import health
from explorer.training.distributed.control import SharedControl
from explorer.training.distributed.session import SharedMeter, SharedSession
from explorer.training.distributed.team import LostWorkerError
from explorer.training.events import Event
from explorer.training.loop import Events, Loop
from explorer.training.saver import Saver


class SilentSaver(Saver):
    """The saver of a process that writes nothing."""

    @property
    def due(self) -> bool:
        return False

    def save(self, *, best: bool = False, epoch_end: bool = False) -> Iterator[Event]:
        return iter(())


class SharedLoop(Loop):
    """The epochs and steps of a run in one of several processes.

    Args:
        session: The run.
        saver: Writes its checkpoints, or none.
        control: What the processes agree on.
    """

    def __init__(self, session: SharedSession, saver: Saver, control: SharedControl) -> None:
        super().__init__(session, saver, control, SharedMeter(session.portion))
        self._shared, self._talk = session, control

    def run(self) -> Events:
        try:
            yield from super().run()
        except LostWorkerError:
            yield from self._save_what_is_done()
            raise
        except (RuntimeError, MemoryError, ExplorerError) as error:
            explained = health.explain(error)
            if explained is not None:
                self._shared.team.say_last_words(explained[1])
            raise

    def _bad_layer(self) -> str:
        # the processes look at different steps, so each takes its own part of one again without the others, unless a
        # layer needs them
        if self._shared.config.sync_batch_norm:
            return ""
        self._talk.fall_silent()
        return super()._bad_layer()

    def _save_what_is_done(self) -> Events:
        """Saves the steps that all processes completed; at the end of an epoch that has been done already."""
        self._shared.take_back()
        yield from self._read()
        if self._shared.position.batch:
            yield from self._saver.save()
