"""The same networks and the same loop in scikit-learn's language: `fit`, `predict`, Pipelines and grids."""

from .classifier import GlassClassifier
from .regressor import GlassRegressor

__all__ = ["GlassClassifier", "GlassRegressor"]
