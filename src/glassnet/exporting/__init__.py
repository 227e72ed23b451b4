"""A run as a program that works without glassnet: PyTorch, Keras, scikit-learn or ONNX, and a few lines of pandas."""

from .programs import export

__all__ = ["export"]
