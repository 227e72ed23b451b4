"""Rows of your own, as a function: here the flight of a ball, thrown at an angle, with and without noise."""

import numpy as np

from glassnet import Dataset, Experiment, run


def ball(size: int = 300, noise: float = 0.2, *, rng: np.random.Generator):
    """How far a ball flies in metres, from its speed in m/s and its angle in degrees."""
    speed, angle = rng.uniform(5, 20, size), rng.uniform(10, 80, size)
    distance = speed**2 * np.sin(2 * np.radians(angle)) / 9.81
    X = np.column_stack([speed, angle])
    return Dataset(X, distance + noise * rng.standard_normal(size), feature_names=("speed", "angle"))


training = run(Experiment(dataset=ball, hidden=(32, 32), optimizer="adam:lr=0.01", epochs=100, patience=20))
for _ in training:
    pass
print(*training.remarks)
print("stopped:", training.progress.stopped)
print({name: round(value, 2) for name, value in training.scores()["test"].items()}, "in metres on test rows")
print(f"15 m/s at 45 degrees: {training.model.predict([[15, 45]])[0]:.1f} m, by physics {15**2 / 9.81:.1f} m")
