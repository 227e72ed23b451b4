"""The one loop. Progress bar, early stopping, live page, estimator, notebook and sweep all iterate over it."""

from __future__ import annotations

from collections.abc import Iterator, Sequence
from math import isnan

from ..data import Rows
from ..errors import Diverged
from ..kinds import Optimizer, Schedule
from ..wording import count
from .epochs import Plan, Progress, said_of_undefined, watched_split
from .history import Epoch
from .objective import Lowered
from .passes import Apart, Member
from .scoring import Scorer
from .teams import Midway, Team

#: Which members have an epoch more; with an exception, which one it has ended.
Found = tuple[Sequence[int], Exception | None]


def train(
    objective: Lowered,
    optimizer: Optimizer,
    schedule: Schedule,
    rows: Rows,
    validation: Rows | None,
    scorer: Scorer,
    plan: Plan,
    progress: Progress | None = None,
) -> Iterator[Epoch]:
    """Train `objective.network` in place and yield an `Epoch` after each pass over the rows.

    `progress` is filled as it goes; handed in again with the network's weights, it is where training goes
    on. With `plan.patience` the best weights are restored at the end; a consumer that breaks off early asks
    `progress.restore_best(network)` for them. An interrupt or a divergence inside an epoch leaves the
    weights of the epoch before.

    Raises `Diverged` at the first number that is not finite.
    """
    progress = Progress() if progress is None else progress
    return iter(Loop(Member(objective, optimizer, schedule, rows, validation, scorer, plan, progress)))


class Loop:
    """A training at work: iterate over it for its epochs, or over `steps()` to stand still after each update.

    `together()` trains several members side by side. Each comes to the very numbers that it would come to alone.
    """

    def __init__(self, *members: Member) -> None:
        self.members = members
        self._exhausted: set[int] = set()  # those whose solver has come to its end
        self._team: Team | None = None  # the one at work

    def __iter__(self) -> Iterator[Epoch]:
        for found in self._run(standing_still=False):
            if isinstance(found, tuple) and found[1] is None:
                for number in found[0]:
                    yield self.members[number].progress.epochs[-1]

    def steps(self) -> Iterator[int | Epoch]:
        """Yield the number of each update once it is done, and after the last one of a pass its `Epoch`.

        Whoever breaks off inside an epoch finds the weights as they were before it, as after an interrupt. Asking
        for each step costs a few microseconds each time: small networks go quicker by epochs.
        """
        for found in self._run(standing_still=True):
            if isinstance(found, int):
                yield found
            elif found[1] is None:
                for number in found[0]:
                    yield self.members[number].progress.epochs[-1]

    @property
    def midway(self) -> Midway | None:
        """Where it stands still inside an epoch; None between epochs."""
        return None if self._team is None else self._team.midway

    def together(self) -> Iterator[Found]:
        """Yield after each epoch which members, by their numbers from 0, have one more in their `progress`.

        What breaks one of them off is handed over with its number alone, and the others go on.
        """
        for found in self._run(standing_still=False):
            if isinstance(found, tuple):
                yield found

    def _run(self, standing_still: bool) -> Iterator[int | Found]:
        waiting = [list(range(len(self.members)))]  # teams: members that are at the same epoch
        try:
            while waiting:
                team = [number for number in waiting.pop() if not self._has_ended(number)]
                if team:
                    yield from self._until_one_ends(team, waiting, standing_still)
        except KeyboardInterrupt:
            for number, member in enumerate(self.members):
                if not self._over(number):
                    _end(member, "interrupted")
            raise

    def _until_one_ends(
        self, numbers: list[int], waiting: list[list[int]], standing_still: bool
    ) -> Iterator[int | Found]:
        """Train a team as long as all in it go on; those who do then wait for another one."""
        members = [self.members[number] for number in numbers]
        try:
            team = self._team = Team(members)
        except Exception as error:  # together they may be too much for the memory
            yield from self._broken(numbers, error, waiting)
            return
        try:
            last = min(member.plan.epochs for member in members)
            patient = [number for number in numbers if self.members[number].plan.patience is not None]
            while team.number <= last and not any(self._over(number) for number in patient):
                try:
                    went_on = yield from team.steps(standing_still)
                except Exception as error:
                    yield from self._broken(numbers, error, waiting)
                    return
                if not went_on:
                    self._exhausted.update(numbers)
                    break
                if team.number == 2:
                    _warn_of_undefined(members)
                yield numbers, None
        finally:
            team.hand_back()
        waiting.append(numbers)

    def _broken(self, numbers: list[int], error: Exception, waiting: list[list[int]]) -> Iterator[Found]:
        """Part a team that was broken off; what has broken off a single member is raised where there is no other."""
        if len(numbers) > 1:
            waiting += _parted(numbers, error)
            return
        (number,) = numbers
        if isinstance(error, Diverged):
            self.members[number].progress.stopped = f"diverged: {error}"
        if len(self.members) == 1:
            raise error
        yield numbers, error

    def _has_ended(self, number: int) -> bool:
        """Whether no further epoch of a member begins; why is written into its `progress.stopped`."""
        if over := self._over(number):
            _end(self.members[number], over)
        return bool(over)

    def _over(self, number: int) -> str:
        """Why no further epoch of a member begins; empty while one does."""
        member = self.members[number]
        plan, progress, done = member.plan, member.progress, len(member.progress.epochs)
        if number in self._exhausted:
            ended = f"the solver ended after {count(done, 'iteration')}"
            return f"{ended} without converging: {progress.gave_up}" if progress.gave_up else f"{ended}: it converged"
        if plan.patience is not None and done and done - progress.best_epoch >= plan.patience:
            which = f"best weights of epoch {progress.best_epoch}" if progress.best_epoch else "it was never defined"
            return f"no better {plan.monitor} for {count(plan.patience, 'epoch')}: {which}"
        return f"all {count(plan.epochs, 'epoch')}" if done >= plan.epochs else ""


def _warn_of_undefined(members: Sequence[Member]) -> None:
    """Say after the first epoch for whom there is nothing to look at."""
    for member in members:
        first = member.progress.epochs[0]
        if isnan(first.monitored):
            member.warn(said_of_undefined(member.plan.monitor, watched_split(first.scores)))


def _end(member: Member, reason: str) -> None:
    member.progress.stopped = reason
    if member.plan.patience is not None:
        member.progress.restore_best(member.network)


def _parted(numbers: Sequence[int], error: Exception) -> list[list[int]]:
    """The teams that begin an epoch again after one of them has broken it off: who did, alone, and the others.

    Where it is not known who did, both halves find out.
    """
    if isinstance(error, Apart) and error.networks:
        alone = [numbers[network] for network in error.networks]
        return [[number for number in numbers if number not in alone], *([number] for number in alone)]
    half = len(numbers) // 2
    return [list(numbers[:half]), list(numbers[half:])]
