"""What does HiGHS say about a sparse 0-1 programme, and how far can its answer be off at most?"""

from __future__ import annotations

import time
from dataclasses import dataclass
from typing import Any

import highspy
import numpy as np
from numpy.typing import NDArray

from geo.access.costs import Floats

Bools = NDArray[np.bool_]

LARGE = 200_000


@dataclass(frozen=True)
class Programme:
    """Maximise or minimise `reward · x` with `low ≤ matrix x ≤ high` and `floor ≤ x ≤ ceiling`."""

    reward: Floats
    floor: Floats
    ceiling: Floats
    whole: Bools
    matrix: Any  # scipy.sparse.csr_array
    low: Floats
    high: Floats
    maximise: bool


@dataclass(frozen=True)
class Answer:
    """The best point found (None: none), a proven `bound` of the objective, and what is proven."""

    point: Floats | None
    bound: float
    optimal: bool
    infeasible: bool


class Clock:
    """How many seconds of a time limit are left?"""

    def __init__(self, limit_s: float | None) -> None:
        self.ends = np.inf if limit_s is None else time.monotonic() + limit_s

    def left(self) -> float:
        """Seconds left, 0 when the time is over, inf without a limit."""
        return max(0.0, self.ends - time.monotonic())

    def share(self, part: float) -> Clock:
        """A clock for the given part of what is left."""
        return Clock(None if np.isinf(self.ends) else part * self.left())


def solve(
    programme: Programme,
    clock: Clock,
    *,
    start: Floats | None = None,
    absolute_gap: float = 1e-6,
    target: float | None = None,
) -> Answer:
    """Run HiGHS until the optimum is proven, the time is over, or `target` is reached.

    `start` is a feasible point to begin from. `absolute_gap` below which the optimum counts as
    proven: just under 1 where the objective can only be whole.
    """
    worst = np.inf if programme.maximise else -np.inf
    if programme.reward.size == 0:
        empty = bool((programme.low <= 0).all() and (programme.high >= 0).all())
        return Answer(np.zeros(0) if empty else None, 0.0 if empty else worst, empty, not empty)
    if clock.left() <= 0:
        return Answer(start, worst, False, False)
    highs: Any = highspy.Highs()  # type: ignore[no-untyped-call]
    for name, value in (
        ("output_flag", False),
        ("mip_rel_gap", 0.0),
        ("mip_abs_gap", absolute_gap),
        ("random_seed", 0),
    ):
        highs.setOptionValue(name, value)
    if np.isfinite(clock.left()):
        # HiGHS looks at its clock between steps, and the steps of large models are long.
        large = programme.matrix.nnz > LARGE
        highs.setOptionValue("time_limit", clock.left() * (0.7 if large else 0.94))
    if target is not None:
        highs.setOptionValue("objective_target", target)
    highs.passModel(_model(programme))
    if start is not None:
        solution = highspy.HighsSolution()
        solution.col_value = start.tolist()
        highs.setSolution(solution)
    highs.run()
    return _answer(highs, worst)


def _answer(highs: Any, worst: float) -> Answer:
    status = highs.getModelStatus()
    info = highs.getInfo()
    infeasible = status in (
        highspy.HighsModelStatus.kInfeasible,
        highspy.HighsModelStatus.kUnboundedOrInfeasible,
    )
    found = info.primal_solution_status == highspy.SolutionStatus.kSolutionStatusFeasible
    point = np.asarray(highs.getSolution().col_value, dtype=np.float64) if found else None
    bound = float(info.mip_dual_bound)
    return Answer(
        point if not infeasible else None,
        bound if np.isfinite(bound) and abs(bound) < 1e29 else worst,
        status == highspy.HighsModelStatus.kOptimal,
        infeasible,
    )


def _model(programme: Programme) -> Any:
    matrix = programme.matrix
    model = highspy.HighsLp()
    model.num_col_, model.num_row_ = matrix.shape[1], matrix.shape[0]
    model.sense_ = highspy.ObjSense.kMaximize if programme.maximise else highspy.ObjSense.kMinimize
    model.col_cost_ = programme.reward
    model.col_lower_, model.col_upper_ = programme.floor, programme.ceiling
    model.row_lower_, model.row_upper_ = programme.low, programme.high
    model.a_matrix_.format_ = highspy.MatrixFormat.kRowwise
    model.a_matrix_.num_col_, model.a_matrix_.num_row_ = matrix.shape[1], matrix.shape[0]
    model.a_matrix_.start_ = matrix.indptr
    model.a_matrix_.index_ = matrix.indices
    model.a_matrix_.value_ = matrix.data
    kinds = (highspy.HighsVarType.kContinuous, highspy.HighsVarType.kInteger)
    model.integrality_ = [kinds[flag] for flag in programme.whole.astype(int).tolist()]
    return model
