"""Tables such as students bring, drawn from a seed: passengers with ids and cabins, houses with dates and marks."""

import numpy as np
import pandas as pd


def passengers(rows: int = 600, seed: int = 1) -> pd.DataFrame:
    """Like the Titanic's: an id, names, tickets, mostly missing cabins, gaps in ages, a target written twice."""
    rng = np.random.default_rng(seed)
    sex = rng.choice(["male", "female"], rows, p=[0.65, 0.35])
    cabin_class = rng.choice([1, 2, 3], rows, p=[0.24, 0.21, 0.55])
    age = np.round(np.clip(rng.normal(30, 14, rows), 1, 80))
    logit = 2.2 * (sex == "female") - 0.8 * (cabin_class - 2) - 0.02 * (age - 30) - 1
    survived = (rng.random(rows) < 1 / (1 + np.exp(-logit))).astype(int)
    cabin = np.array([f"{rng.choice(list('ABCDEF'))}{rng.integers(1, 130)}" for _ in range(rows)], dtype=object)
    cabin[rng.random(rows) < 0.77] = None
    age[rng.random(rows) < 0.2] = np.nan
    return pd.DataFrame(
        {
            "PassengerId": np.arange(1, rows + 1),
            "Survived": survived,
            "Pclass": cabin_class,
            "Name": [f"Miller, Mr. {'ABCDEFGHIJ'[i % 10]}. {i}" for i in range(rows)],
            "Sex": sex,
            "Age": age,
            "SibSp": rng.poisson(0.5, rows),
            "Ticket": [f"A/5 {number}" for number in rng.integers(10_000, 99_999, rows)],
            "Fare": np.round(np.exp(rng.normal(2.9, 0.9, rows) - 0.3 * cabin_class + 0.9), 4),
            "Cabin": cabin,
            "Embarked": rng.choice(["S", "C", "Q"], rows, p=[0.7, 0.2, 0.1]),
            "alive": np.where(survived == 1, "yes", "no"),
        }
    )


def houses(rows: int = 500, seed: int = 2) -> pd.DataFrame:
    """Like those of Ames: an Id, quality marks, a date of sale, one street for all, pools mostly missing."""
    rng = np.random.default_rng(seed)
    area = np.round(np.exp(rng.normal(7.25, 0.3, rows)))
    quality = rng.integers(3, 10, rows)
    built = rng.integers(1900, 2010, rows)
    price = np.round((area * 60 + quality * 15_000 + (built - 1900) * 300) * np.exp(rng.normal(0, 0.15, rows)), -2)
    pool = np.where(rng.random(rows) < 0.98, None, "Gd").astype(object)
    marks = np.array(["Fa", "TA", "Gd", "Ex"])[np.clip(quality // 2 - 1, 0, 3)]
    return pd.DataFrame(
        {
            "Id": np.arange(1, rows + 1),
            "GrLivArea": area,
            "LivAreaSqM": np.round(area * 0.09290304, 8),
            "OverallQual": quality,
            "KitchenQual": marks,
            "YearBuilt": built,
            "Street": "Pave",
            "PoolQC": pool,
            "SaleDate": pd.Timestamp("2006-01-01") + pd.to_timedelta(rng.integers(0, 1500, rows), "D"),
            "Neighborhood": rng.choice(["NAmes", "CollgCr", "OldTown", "Edwards", "Somerst"], rows),
            "SalePrice": price,
        }
    )


def sound(rows: int = 300, seed: int = 3) -> pd.DataFrame:
    """Three measurements and a category that share the work of telling two classes apart: nothing stands out."""
    rng = np.random.default_rng(seed)
    table = pd.DataFrame({name: np.round(rng.normal(10, 2, rows), 3) for name in ("length", "width", "weight")})
    table["colour"] = rng.choice(["red", "green", "blue"], rows)
    rest = table[["length", "width", "weight"]].sum(axis=1) - 30 + 2.0 * (table["colour"] == "red")
    table["kind"] = np.where(rest + rng.normal(0, 1.5, rows) > 0.6, "oak", "elm")
    return table
