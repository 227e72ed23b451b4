"""Logistic regression in three functions of plain NumPy: is a tumour benign (1) or malignant (0)?"""

import numpy as np
from sklearn.datasets import load_breast_cancer


def init_parameters(inputs):
    return np.zeros(inputs), 0.0


def forward(X, w, b):
    return 1 / (1 + np.exp(-(X @ w + b)))  # the probability of class 1


def backward(X, y, p):
    error = (p - y) / len(y)  # the slope of the mean log-loss in each score: as simple as this
    return X.T @ error, error.sum()


X, y = load_breast_cancer(return_X_y=True)
X = (X - X.mean(axis=0)) / X.std(axis=0)
w, b = init_parameters(X.shape[1])
for step in range(1, 101):
    p = forward(X, w, b)
    if step in (1, 10, 100):
        print(f"step {step:3}: loss {-np.mean(y * np.log(p) + (1 - y) * np.log(1 - p)):.6f}")
    dw, db = backward(X, y, p)
    w, b = w - 0.5 * dw, b - 0.5 * db
print(f"accuracy {np.mean((forward(X, w, b) > 0.5) == y):.4f}, first weight {w[0]:.6f}, bias {b:.6f}")
