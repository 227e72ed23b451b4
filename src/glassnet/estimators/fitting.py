"""What classifier and regressor share: parameters, fitting over the one loop, and what a fit has to show."""

from __future__ import annotations

import sys
import warnings
from collections.abc import Sequence
from dataclasses import KW_ONLY, dataclass, replace
from typing import TYPE_CHECKING, Any

from numpy.typing import NDArray
from sklearn.base import BaseEstimator
from sklearn.exceptions import ConvergenceWarning
from sklearn.utils.validation import check_is_fitted

from ..errors import GlassnetError
from ..experiment import Training
from ..experiment.building import history_table
from ..kinds import Task
from ..model import Model
from ..runs import Run
from ..synonyms import unknown_setting
from ..training import Epoch
from ..wording import count, figure
from .keeping import Fitted, Patience, standing_still
from .names import Names
from .parameters import checked
from .reprs import with_fit
from .rows import Given, checked_inputs, together
from .seeing import run_of_fit
from .unconverged import unconverged
from .words import (
    Refused,
    experiment_of,
    in_parameters,
    is_solver,
    known_parts,
    parameter_called,
    plain,
    said_in_parameters,
    seed_of,
    with_given,
)

if TYPE_CHECKING:
    import pandas as pd

Array = NDArray[Any]


def takes_batches(estimator: GlassEstimator) -> bool:
    """Whether there is a `partial_fit`: a whole-data solver has none."""
    try:
        return not is_solver(estimator)
    except GlassnetError:
        return True  # fitting will say what is wrong with it


@dataclass(eq=False, repr=False)
class GlassEstimator(Names, BaseEstimator):
    """Parameters and fitting; docs/estimators.md explains each parameter."""

    hidden_layer_sizes: Any = (100,)
    activation: Any = "relu"
    _: KW_ONLY
    loss: Any = None
    optimizer: Any = None
    schedule: Any = "constant"
    initializer: Any = None
    output: Any = None
    l1: float = 0.0
    l2: float = 0.0001
    dropout: float = 0.0
    input_dropout: float = 0.0
    batch_norm: bool = False
    clip_norm: float | None = None
    clip_value: float | None = None
    freeze: Any = ()
    features: Any = ()
    batch_size: int | str = "auto"
    shuffle: bool = True
    max_iter: int = 200
    tol: float = 1e-4
    n_iter_no_change: int | None = 10
    early_stopping: bool = False
    validation_fraction: float = 0.1
    monitor: str = "loss"
    warm_start: bool = False
    random_state: Any = None
    verbose: bool = False

    def fit(self, X: Any, y: Any, sample_weight: Any = None, X_val: Any = None, y_val: Any = None) -> Any:
        """Train on the rows of X (n, d) and y (n,) or (n, c); with `warm_start`, go on from the last fit.

        `sample_weight` (n,) says how much each row counts. `X_val` and `y_val` are rows that are only looked at:
        after each epoch for `validation_curve_`, and with `early_stopping` to choose the best epoch.

        Raises a ValueError in words for what can't be trained on, `Diverged` among them. An interrupt is raised again,
        so that it ends a search as well; the epochs that were done are kept.
        """
        limit = checked(self)
        before = self._fitted if self.warm_start and self.__sklearn_is_fitted__() else None
        given, seed = self._given(X, y, sample_weight, X_val, y_val, before)
        training = self._training(given, before and before.without_best(), seed, limit)
        for remark in training.still:
            warnings.warn(remark, stacklevel=2)
        if self.early_stopping:
            with said_in_parameters():
                training.need_monitor()
        self._train(training, given, Patience(), seed, begun=len(training.progress.epochs), by_parts=False)
        if words := unconverged(training, limit, asks=plain(self.n_iter_no_change) is not None):
            warnings.warn(words, ConvergenceWarning, stacklevel=2)
        return self

    def _one_epoch(self, X: Any, y: Any, sample_weight: Any, X_val: Any, y_val: Any, classes: Any = None) -> None:
        """One epoch on these rows, as `partial_fit` wants it; to a schedule, one of `max_iter` or more."""
        limit = checked(self)
        before = self._fitted if self.__sklearn_is_fitted__() else None
        given, seed = self._given(X, y, sample_weight, X_val, y_val, before, classes)
        patience = None if before is None else before.patience
        if patience is None:  # the first call, or the first after a fit, whose epochs are not those of this series
            before, patience = before and before.without_best(), Patience()
        elif self.early_stopping and self._is_over(patience):
            return
        training = self._training(given, before, seed, 1)
        training.plan = replace(training.plan, schedule_epochs=max(limit, training.plan.epochs))
        self._train(training, given, patience, seed, begun=before.begun if before else 0, by_parts=True)

    def set_params(self, **params: Any) -> Any:
        """As in scikit-learn; of a word that is none of ours it is said what that is called here."""
        names = self._get_param_names()
        for word in params:
            if "__" not in word and word not in names:
                raise Refused(unknown_setting(type(self).__name__, word, names, parameter_called))
        return super().set_params(**params)

    # --- the loop --------------------------------------------------------------------------------------

    def _given(
        self,
        X: Any,
        y: Any,
        sample_weight: Any,
        X_val: Any,
        y_val: Any,
        before: Fitted | None,
        classes: Any = None,
    ) -> tuple[Given, int]:
        """The rows, checked, and the seed. Columns and classes are learned at first and compared afterwards."""
        if y is None:
            raise ValueError(f"{type(self).__name__} requires y to be passed, but the target y is None")
        if (X_val is None) != (y_val is None):
            raise ValueError("X_val and y_val belong together: give both, or neither")
        X, y = checked_inputs(self, X, fresh=before is None), self._checked_target(y, fresh=before is None)
        if before is None:
            self._learn_target(y, classes)
        self._compare_target(y, classes)
        seed = seed_of(self.random_state) if before is None else before.seed
        validation = None
        if X_val is not None:
            validation = checked_inputs(self, X_val, fresh=False), self._checked_target(y_val, fresh=False)
            self._compare_target(validation[1], None)
            if len(validation[0]) != len(validation[1]):
                raise ValueError(f"X_val has {len(validation[0])} rows, but y_val has {len(validation[1])}")
        with said_in_parameters():
            given = together(
                self, X, y, sample_weight, validation,
                task=self._task(), classes=self._class_names(), strata=self._strata(y), seed=seed,
            )  # fmt: skip
            return self._weighed(given), seed

    def _training(self, given: Given, before: Fitted | None, seed: int, epochs: int) -> Training:
        catalog = known_parts()
        done = 0 if before is None else len(before.progress.epochs)
        dtype = given.dtype if before is None else before.model.network.dtype.name
        with said_in_parameters():
            experiment = experiment_of(
                self, catalog, task=self._task(), rows=len(given.split.train), dtype=dtype,
                epochs=done + epochs, seed=seed,
            )  # fmt: skip
            return Training(
                experiment, catalog, source=given.dataset, split=given.split, weight=given.weight,
                after=None if before is None else before.earlier,
            )  # fmt: skip

    def _train(
        self, training: Training, given: Given, patience: Patience, seed: int, *, begun: int, by_parts: bool
    ) -> None:
        """Follow the epochs from the one after `begun`; however that ends, what has been learned is kept."""
        before = len(training.progress.epochs)
        earlier: int | None = self._kept.seen if before else 0
        try:
            with said_in_parameters():
                over = self._follow(training, patience)
            if self.early_stopping and training.progress.best_epoch and (over or not by_parts):
                training.progress.restore_best(training.network)
                training.progress.stopped += f": best weights of epoch {training.progress.best_epoch}"
            if by_parts and not over:
                training.progress.stopped = ""  # one call ends, not the training
        finally:
            optimizer, kept = training.chosen.optimizer.part.full_name, patience if by_parts else None
            seen = (len(training.progress.epochs) - before) * len(training.data.train)
            in_all = None if earlier is None else earlier + seen
            self._fitted = Fitted(training.model, training.progress, optimizer, seed, kept, in_all, begun, given)

    def _follow(self, training: Training, patience: Patience) -> bool:
        """Look at each epoch; whether it was broken off because nothing had improved for too long."""
        training.warn = lambda words: warnings.warn(in_parameters(words), ConvergenceWarning, stacklevel=6)
        looks = self.early_stopping or not training.chosen.is_solver  # a solver knows its own end
        by_loss = not self.early_stopping or training.chosen.monitor == "loss"
        tol = plain(self.tol) * (standing_still(training) if by_loss else 1.0)
        try:
            for epoch in training:
                if self.verbose:
                    say(epoch)
                patience.see(epoch.monitored if self.early_stopping else epoch.loss, tol)
                if looks and self._is_over(patience):
                    training.progress.stopped = self._why(training, patience)
                    return True
        except KeyboardInterrupt:
            training.progress.stopped = "interrupted"
            raise
        return False

    def _is_over(self, patience: Patience) -> bool:
        most = plain(self.n_iter_no_change)
        return most is not None and patience.stalled > most

    def _why(self, training: Training, patience: Patience) -> str:
        """Why it was broken off, in a sentence."""
        stalled = count(patience.stalled, "epoch")
        if not self.early_stopping:
            return f"training loss fell by less than {plain(self.tol):g} for {stalled}"
        return f"no better validation {training.chosen.monitor} for {stalled}"

    # --- what is different for classes and for numbers ---------------------------------------------------

    def _checked_target(self, y: Any, fresh: bool) -> Array:
        """y as an array, checked as scikit-learn does; `fresh` where nothing was learned that it is compared with."""
        raise NotImplementedError

    def _learn_target(self, y: Array, classes: Any) -> None:
        """Keep what y consists of; `classes` are announced where a first part need not hold them all."""
        raise NotImplementedError

    def _compare_target(self, y: Array, classes: Any) -> None:
        """Refuse what is not of the kind that was learned."""
        raise NotImplementedError

    def _task(self) -> Task:
        raise NotImplementedError

    def _class_names(self) -> list[Any] | None:
        """The classes in order, where there are any."""
        return None

    def _strata(self, y: Array) -> Array | None:
        """What a hold-out keeps the shares of."""
        return None

    def _weighed(self, given: Given) -> Given:
        """The rows with the weights that follow from their targets."""
        return given

    # --- predicting ------------------------------------------------------------------------------------

    def _outputs(self, X: Any) -> Array:
        """What the network puts out, (n, k)."""
        kept = self._kept
        x = checked_inputs(self, X, fresh=False)
        with said_in_parameters(), kept.lock:
            return kept.model.outputs(x)

    def _scores(self, X: Any) -> Array:
        """What the last layer has before the output activation, z (n, k)."""
        kept = self._kept
        x = checked_inputs(self, X, fresh=False)
        with said_in_parameters(), kept.lock:
            return kept.model.network.scores(kept.model.features.transform(x))

    # --- what a fit has to show ------------------------------------------------------------------------

    @property
    def model_(self) -> Model:
        """The trained network with its targets' encoding: `model_.network` has layers, weights and gradient."""
        return self._kept.model

    @property
    def history_(self) -> pd.DataFrame:
        """One row an epoch: losses, scores, rate of the optimizer, seconds."""
        return history_table(self._kept.progress.epochs)

    @property
    def loss_curve_(self) -> list[float]:
        """The mean training loss of each epoch, without penalties."""
        return [epoch.loss for epoch in self._kept.progress.epochs]

    @property
    def validation_curve_(self) -> list[float]:
        """The mean validation loss after each epoch; empty without validation rows."""
        losses = [epoch.validation_loss for epoch in self._kept.progress.epochs]
        return [loss for loss in losses if loss is not None]

    @property
    def n_iter_(self) -> int:
        """How many epochs the last `fit` did, those after the best one and later ones of `partial_fit` included."""
        return len(self._kept.progress.epochs) - self._kept.begun

    @property
    def n_outputs_(self) -> int:
        """How many outputs the network has."""
        return self._kept.model.network.outputs

    @property
    def n_layers_(self) -> int:
        """How many layers there are, counted with inputs and outputs."""
        return len(self._kept.model.network.widths)

    @property
    def stopped_(self) -> str:
        """Why training ended; empty between calls of `partial_fit`."""
        return in_parameters(self._kept.progress.stopped)

    @property
    def coefs_(self) -> list[Array]:
        """The weight matrix (i, o) of each layer, so that x @ W + b, layer by layer, ends in `predict`'s units."""
        network = self._kept.model.network
        matrices = [network.view(network.w, "weight", layer).copy() for layer in range(len(network.widths) - 1)]
        matrices[-1] *= self._units()[0]
        return matrices

    @property
    def intercepts_(self) -> list[Array]:
        """The bias (o,) of each layer."""
        network = self._kept.model.network
        biases = [network.view(network.w, "bias", layer).copy() for layer in range(len(network.widths) - 1)]
        scale, mean = self._units()
        biases[-1] = (biases[-1] * scale + mean).astype(network.dtype, copy=False)
        return biases

    def _units(self) -> tuple[Any, Any]:
        """Scale and mean that turn outputs into the target's own units, where the output is a plain sum."""
        model = self._kept.model
        point = model.targets.task == "regression" and model.loss.predict is None
        linear = point and model.parts.output.part.full_name == "glassnet/identity"
        return (model.targets.scale, model.targets.mean) if linear else (1.0, 0.0)

    @property
    def _kept(self) -> Fitted:
        if not self.__sklearn_is_fitted__():  # scikit-learn asks for all tags before it looks
            check_is_fitted(self)  # its error is an AttributeError, too, so that hasattr is honest
        return self._fitted

    def __sklearn_is_fitted__(self) -> bool:
        return hasattr(self, "_fitted")

    def __sklearn_tags__(self) -> Any:
        tags = super().__sklearn_tags__()
        tags.input_tags.sparse = not plain(self.features)  # what is made of them would fill them
        return tags

    def as_run(self, names: Sequence[str] | None = None) -> Run:
        """The fit as a run, which `glassnet.plot`, `summary`, `trace`, `report` and `explain` look at; `names` are
        those of the columns, where X had none."""
        return run_of_fit(self, names)

    # --- copies and pictures ---------------------------------------------------------------------------

    def __getstate__(self) -> dict[str, Any]:
        state = dict(super().__getstate__())
        if "_fitted" in state:
            state["_fitted"] = state["_fitted"].to_arrays()
        return state

    def __setstate__(self, state: dict[str, Any]) -> None:
        arrays = state.get("_fitted")
        super().__setstate__({name: value for name, value in state.items() if name != "_fitted"})
        if arrays is not None:
            self._fitted = Fitted.from_arrays(arrays, with_given(known_parts(), self))

    def _repr_html_inner(self) -> str:
        return with_fit(self)

    def _repr_mimebundle_(self, include: Any = None, exclude: Any = None) -> dict[str, str]:
        bundle: dict[str, str] = super()._repr_mimebundle_()
        return bundle | ({"text/html": with_fit(self)} if "text/html" in bundle else {})


def say(epoch: Epoch) -> None:
    """One line an epoch, for `verbose`: asked for by name, and where scikit-learn's estimators print theirs."""
    words = [f"epoch {epoch.number}: loss {figure(epoch.loss)}"]
    if epoch.validation_loss is not None:
        words.append(f"validation loss {figure(epoch.validation_loss)}")
    scores = epoch.scores.get("validation") or epoch.scores["train"]
    name, value = next(iter(scores.items()))
    split = "validation" if "validation" in epoch.scores else "training"
    sys.stdout.write(", ".join([*words, f"{split} {name} {figure(value)}"]) + "\n")
