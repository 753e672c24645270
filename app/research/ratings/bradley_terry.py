"""Bradley-Terry strengths of models by maximum likelihood, from aggregated counts."""

from collections.abc import Iterable, Mapping, Sequence
from dataclasses import dataclass
from typing import Final

import numpy as np
import numpy.typing as npt

Matrix = npt.NDArray[np.float64]

_MAX_ITERATIONS: Final = 200
# Convergence is quadratic: what is left after a step this small is of the order of its square.
_LAST_STEP: Final = 1e-8
# Sums of many logarithms differ by this much for no reason; a step is not refused for it.
_ROUNDING: Final = 1e-12


class NoComparisons(ValueError):
    """There is nothing to rank: no judged comparison of two different models."""


class NotConnected(ValueError):
    """The counts do not determine the strengths: some models never lost, or were never compared, to the others.

    `components` are the largest groups within which every model can be compared with every other. A group that
    only ever won against the rest has no finite strength, and two groups that never met have no common scale.
    """

    def __init__(self, components: Sequence[Sequence[str]]) -> None:
        self.components = tuple(tuple(sorted(component)) for component in components)
        named = "; ".join(", ".join(component) for component in self.components)
        super().__init__(
            f"The models fall into {len(self.components)} groups that cannot be compared: {named}."
        )


@dataclass(frozen=True)
class PairCount:
    """How often two models met in one display order, and how it ended."""

    model_a: str
    model_b: str
    a_wins: float = 0
    b_wins: float = 0
    ties: float = 0


@dataclass(frozen=True)
class BradleyTerry:
    """Fitted strengths, in the order of `models`.

    `theta` are log strengths that sum to 0: a beats b with probability 1 / (1 + exp(theta_b - theta_a)).
    `standard_errors` are those of `theta` by the sandwich formula, every vote taken as independent.
    """

    models: tuple[str, ...]
    theta: Matrix
    standard_errors: Matrix

    @property
    def scores(self) -> Mapping[str, float]:
        """Strengths exp(theta) divided by their sum."""
        strengths = np.exp(self.theta - self.theta.max())
        return dict(zip(self.models, (strengths / strengths.sum()).tolist(), strict=True))


def fit(pairs: Iterable[PairCount]) -> BradleyTerry:
    """The maximum-likelihood strengths (Bradley and Terry 1952), a tie counting as half a win for each side.

    Comparisons of a model with itself say nothing and are passed over. Raises NoComparisons without any other, and
    NotConnected where the maximum does not exist (Ford 1957: the graph of who beat or tied whom must be strongly
    connected).
    """
    models, wins, ties = _matrices(pairs)
    if not models:
        raise NoComparisons("There is no judged comparison of two different models.")
    half_wins = wins + ties / 2
    components = _components(half_wins > 0)
    if len(components) > 1:
        raise NotConnected([[models[index] for index in component] for component in components])
    theta = _maximise(half_wins)
    return BradleyTerry(models=models, theta=theta, standard_errors=_standard_errors(theta, wins, ties))


def _matrices(pairs: Iterable[PairCount]) -> tuple[tuple[str, ...], Matrix, Matrix]:
    """The models in alphabetical order, wins of row over column, and ties (symmetric)."""
    counted = [
        pair for pair in pairs if pair.model_a != pair.model_b and pair.a_wins + pair.b_wins + pair.ties > 0
    ]
    models = tuple(sorted({model for pair in counted for model in (pair.model_a, pair.model_b)}))
    position = {model: index for index, model in enumerate(models)}
    wins = np.zeros((len(models), len(models)))
    ties = np.zeros_like(wins)
    for pair in counted:
        a, b = position[pair.model_a], position[pair.model_b]
        wins[a, b] += pair.a_wins
        wins[b, a] += pair.b_wins
        ties[a, b] += pair.ties
        ties[b, a] += pair.ties
    return models, wins, ties


def _components(edges: npt.NDArray[np.bool_]) -> list[list[int]]:
    """The strongly connected components of a directed graph, as lists of node numbers."""
    unassigned = np.ones(len(edges), dtype=bool)
    components = []
    while unassigned.any():
        start = int(np.argmax(unassigned))
        component = _reached(edges, start) & _reached(edges.T, start)
        unassigned &= ~component
        components.append(np.flatnonzero(component).tolist())
    return components


def _reached(edges: npt.NDArray[np.bool_], start: int) -> npt.NDArray[np.bool_]:
    reached = np.zeros(len(edges), dtype=bool)
    frontier = reached.copy()
    frontier[start] = True
    while frontier.any():
        reached |= frontier
        frontier = edges[frontier].any(axis=0) & ~reached
    return reached


def _win_probabilities(theta: Matrix) -> Matrix:
    difference = theta[:, None] - theta[None, :]
    # tanh neither overflows nor loses the small side.
    probabilities: Matrix = 0.5 * (1.0 + np.tanh(difference / 2))
    return probabilities


def _log_likelihood(theta: Matrix, half_wins: Matrix) -> float:
    return -float((half_wins * np.logaddexp(0.0, theta[None, :] - theta[:, None])).sum())


def _information(theta: Matrix, meetings: Matrix) -> Matrix:
    """The negative second derivative of the log-likelihood; its only null direction is a common shift."""
    probabilities = _win_probabilities(theta)
    weights = meetings * probabilities * probabilities.T
    information: Matrix = np.diag(weights.sum(axis=1)) - weights
    return information


def _maximise(half_wins: Matrix) -> Matrix:
    """Newton's method from equal strengths; the log-likelihood is concave, so a step halved often enough climbs."""
    count = len(half_wins)
    meetings = half_wins + half_wins.T
    # Fixes the common shift without touching the other directions.
    shift = np.full((count, count), meetings.sum() / count**2)
    theta = np.zeros(count)
    for _ in range(_MAX_ITERATIONS):
        gradient = (half_wins - meetings * _win_probabilities(theta)).sum(axis=1)
        step = np.linalg.solve(_information(theta, meetings) + shift, gradient)
        if np.abs(step).max() < _LAST_STEP:
            theta = theta + step
            centred: Matrix = theta - theta.mean()
            return centred
        height = _log_likelihood(theta, half_wins)
        while _log_likelihood(theta + step, half_wins) < height - _ROUNDING * abs(height):
            step = step / 2
        theta = theta + step
    raise ArithmeticError("The Bradley-Terry fit did not converge.")


def _standard_errors(theta: Matrix, wins: Matrix, ties: Matrix) -> Matrix:
    """Square roots of the diagonal of A B A, A the pseudo-inverse information, B the summed squared scores.

    Twice a tie's half win is not two observations: B takes each vote once, as 1, 0 or one half.
    """
    probabilities = _win_probabilities(theta)
    squares = wins * (1 - probabilities) ** 2 + ties * (0.5 - probabilities) ** 2 / 2
    weights = squares + squares.T
    spread = np.diag(weights.sum(axis=1)) - weights
    bread = np.linalg.pinv(_information(theta, wins + wins.T + ties), hermitian=True)
    errors: Matrix = np.sqrt(np.diag(bread @ spread @ bread))
    return errors
