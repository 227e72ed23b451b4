"""How fast glassnet is beside its peers, as ratios taken in one run, so that they hold on a noisy machine.

Every measurement is a fresh process, with its modules compiled before. The engines take turns, and a ratio is the
median over the rounds. Prints tables and writes benchmarks/results.json. `make bench` runs it;
`make bench ONLY=startup,commands` measures these sections alone.
"""

import compileall
import importlib.util
import json
import os
import resource
import subprocess
import sys
import tempfile
from pathlib import Path
from statistics import median
from time import perf_counter

from play import CASES as ON_THE_PAGE
from small import CASES as LITTLE
from steps import CASES
from tables import CASES as TABLES

HERE = Path(__file__).parent
ROUNDS = int(os.environ.get("BENCH_ROUNDS", "5"))
SWEEP_ROUNDS = int(os.environ.get("BENCH_SWEEP_ROUNDS", "1"))  # each is 49 networks, four times

GUEST = '''
from glassnet import Activation, hookimpl

def guest_{number}():
    """Twice the score."""
    return Activation(f=lambda z: 2 * z, df=lambda z, a: z * 0 + 2)

@hookimpl
def activations():
    return [guest_{number}]
'''

BARE_CLICK = """
import click

@click.group()
def main():
    pass

for name in "list show plugins doctor train evaluate predict runs data".split():
    main.command(name)(lambda: None)

main(["--help"])
"""


#: What `glassnet train digits8x8` does, as somebody would write it without glassnet.
SCRIPT = """
import warnings
from sklearn.datasets import load_digits
from sklearn.model_selection import train_test_split
from sklearn.neural_network import MLPClassifier

warnings.simplefilter("ignore")
X, y = load_digits(return_X_y=True)
X, X_test, y, y_test = train_test_split(X / 16, y, test_size=0.28, random_state=0, stratify=y)
network = MLPClassifier((100,), batch_size=32, max_iter=50, n_iter_no_change=60, random_state=0).fit(X, y)
print(network.score(X_test, y_test))
"""
#: A picture and nothing else: what every picture of ours has to load as well.
PICTURE = """
from matplotlib.backends.backend_agg import FigureCanvasAgg
from matplotlib.figure import Figure

figure = Figure()
figure.add_subplot().plot([1, 2, 3])
FigureCanvasAgg(figure).print_png("one.png")
"""


def microseconds(engine: str, case: str) -> float:
    done = subprocess.run(
        [sys.executable, str(HERE / "steps.py"), engine, case], capture_output=True, text=True, check=True
    )
    return float(json.loads(done.stdout))


def steps() -> dict[str, dict[str, object]]:
    """Each case with the median time of each engine and the ratios to glassnet's, round by round."""
    engines = ["glassnet", "sklearn", "matmul"] + ["torch"] * (importlib.util.find_spec("torch") is not None)
    results = {}
    for case in CASES:
        rounds = [{engine: microseconds(engine, case) for engine in engines} for _ in range(ROUNDS)]
        results[case] = {
            "microseconds": {engine: median(one[engine] for one in rounds) for engine in engines},
            "times_as_fast_as": {
                engine: median(one[engine] / one["glassnet"] for one in rounds)
                for engine in engines
                if engine not in ("glassnet", "matmul")
            },
            "times_its_matrix_products": median(one["glassnet"] / one["matmul"] for one in rounds),
        }
    return results


def watching() -> dict[str, float]:
    """How many times as long a recorded training takes with `--watch`: the median over the rounds."""
    script, found = str(HERE / "watching.py"), {}
    for case in CASES:
        for what in ("norms", "all"):
            command = [sys.executable, script, case, what]
            outputs = [
                subprocess.run(command, capture_output=True, text=True, check=True).stdout for _ in range(ROUNDS)
            ]
            found[f"{case}, --watch {what}"] = median(float(json.loads(output)) for output in outputs)
    return found


def fitting() -> dict[str, float]:
    """How many times as long `GlassClassifier.fit` takes as the same epochs of the bare loop."""
    command = [sys.executable, str(HERE / "fitting.py")]
    return {
        case: median(
            float(json.loads(subprocess.run([*command, case], capture_output=True, text=True, check=True).stdout))
            for _ in range(ROUNDS)
        )
        for case in CASES
    }


def small_calls() -> dict[str, float]:
    """How many times as long calls with few rows take as scikit-learn's."""
    return {case: small(case) for case in LITTLE if case != "many epochs"}


def many_epochs() -> dict[str, float]:
    """How many times as long 10,000 epochs of a tiny network take as the bare functions of their steps."""
    return {"many epochs": small("many epochs")}


def small(case: str) -> float:
    command = [sys.executable, str(HERE / "small.py"), case]
    rounds = [subprocess.run(command, capture_output=True, text=True, check=True).stdout for _ in range(ROUNDS)]
    return median(float(json.loads(one)) for one in rounds)


def sweeps() -> dict[str, float]:
    """How many times as fast a sweep is as the same networks in scikit-learn's grid search, at each dtype.

    "as they come" is each with its own default: float32 for images here, float64 there and for tables.
    """
    environment = os.environ | dict.fromkeys(("OMP_NUM_THREADS", "OPENBLAS_NUM_THREADS"), "1")

    def seconds(*words: str) -> float:
        command = [sys.executable, str(HERE / "sweeps.py"), *words]
        done = subprocess.run(command, env=environment, capture_output=True, text=True, check=True)
        return float(json.loads(done.stdout))

    found: dict[str, list[float]] = {"float64": [], "float32": [], "as they come": [], SMALL: []}
    for _ in range(SWEEP_ROUNDS):
        time = {
            (dtype, engine): seconds(engine, dtype)
            for dtype in ("float64", "float32") for engine in ("glassnet", "sklearn")
        }  # fmt: skip
        for dtype in ("float64", "float32"):
            found[dtype].append(time[dtype, "sklearn"] / time[dtype, "glassnet"])
        found["as they come"].append(time["float64", "sklearn"] / time["float32", "glassnet"])
        found[SMALL].append(seconds("sklearn", "float64", "small") / seconds("glassnet", "float64", "small"))
    return {name: median(ratios) for name, ratios in found.items()}


def stacks() -> dict[str, float]:
    """How many times as long 32 networks of one shape take side by side as one of them alone."""
    command = [sys.executable, str(HERE / "stacks.py")]
    return {
        case: float(json.loads(subprocess.run([*command, case], capture_output=True, text=True, check=True).stdout))
        for case in STACKS
    }


def tables() -> dict[str, dict[str, float]]:
    """How many times as long as pandas a large table takes to be read, and how many sizes of its file in memory."""
    command, found = [sys.executable, str(HERE / "tables.py")], {}

    def read(reader: str, case: str, path: str) -> dict[str, float]:
        done = subprocess.run([*command, reader, case, path], capture_output=True, text=True, check=True)
        return json.loads(done.stdout)

    with tempfile.TemporaryDirectory() as folder:
        path = str(Path(folder, "table.csv"))
        for case in TABLES:
            subprocess.run([*command, "write", case, path], check=True)
            rounds = [(read("glassnet", case, path), read("pandas", case, path)) for _ in range(ROUNDS)]
            found[case] = {
                "times_as_long_as_pandas": median(ours["seconds"] / theirs["seconds"] for ours, theirs in rounds),
                "sizes_of_the_file": median(ours["sizes"] for ours, _ in rounds),
            }
    return found


def play() -> dict[str, float]:
    """What a page costs the training that it looks at, how soon it answers, and how soon it is there."""
    command = [sys.executable, str(HERE / "play.py")]
    return {case: float(subprocess.check_output([*command, case], text=True)) for case in ON_THE_PAGE}


def seconds(command: list[str], extra_path: str = "") -> float:
    environment = os.environ | {"PYTHONPATH": extra_path, "PYTHONDONTWRITEBYTECODE": ""}
    began = perf_counter()
    subprocess.run(command, env=environment, capture_output=True, check=True)
    return perf_counter() - began


def ratio(command: list[str], other: list[str], extra_path: str = "") -> float:
    """How many times as long the first command takes: the median of rounds, in turns, after a warm-up."""
    pairs = [(seconds(command, extra_path), seconds(other)) for _ in range(3 * ROUNDS + 1)][1:]
    return median(a / b for a, b in pairs)


def install_guests(folder: Path, count: int) -> None:
    """Distributions as an installer would leave them: a module and its metadata."""
    for number in range(count):
        (folder / f"guest_{number}.py").write_text(GUEST.format(number=number))
        info = folder / f"glassnet_guest_{number}-1.0.dist-info"
        info.mkdir()
        (info / "METADATA").write_text(f"Metadata-Version: 2.1\nName: glassnet-guest-{number}\nVersion: 1.0\n")
        (info / "entry_points.txt").write_text(f"[glassnet]\nguest = guest_{number}\n")


def startup() -> dict[str, float]:
    """Start-up times as ratios to programs that only import what they must."""
    python, command = sys.executable, [sys.executable, "-m", "glassnet"]
    imports = [python, "-c", "import click, pluggy, numpy"]
    with tempfile.TemporaryDirectory() as folder:
        bare = Path(folder, "bare.py")
        bare.write_text(BARE_CLICK)
        found = {"--help / a bare click program": ratio([*command, "--help"], [python, str(bare)])}
        for count in (0, 10, 100):
            path = Path(folder, str(count))
            path.mkdir()
            install_guests(path, count)
            name = f"list with {count} guests / import click, pluggy, numpy"
            found[name] = ratio([*command, "list"], imports, str(path))
    return found


def cpu_seconds(command: list[str], folder: str) -> float:
    """Of a process and its children, which a machine that is busy with others leaves as they are."""
    environment = os.environ | {"OMP_NUM_THREADS": "1", "OPENBLAS_NUM_THREADS": "1", "GLASSNET_REPORT": "on"}
    before = resource.getrusage(resource.RUSAGE_CHILDREN)
    subprocess.run(command, env=environment, cwd=folder, capture_output=True, check=True)
    after = resource.getrusage(resource.RUSAGE_CHILDREN)
    return after.ru_utime + after.ru_stime - before.ru_utime - before.ru_stime


COMMANDS = {
    "train digits8x8 with its page / the same as a scikit-learn script": (["train", "digits8x8", "--quiet"], SCRIPT),
    "train digits8x8 --no-report / the same script": (["train", "digits8x8", "--quiet", "--no-report"], SCRIPT),
    "report last / one bare picture": (["report", "last"], PICTURE),
    "plot last / one bare picture": (["plot", "last"], PICTURE),
    "train moons --no-report / that script on digits": (["train", "moons", "--quiet", "--no-report"], SCRIPT),
}


def commands() -> dict[str, float]:
    """CPU seconds of whole commands as ratios, the two in turns; and the seconds themselves."""
    found: dict[str, float] = {}
    with tempfile.TemporaryDirectory() as folder:
        cpu_seconds([sys.executable, "-m", "glassnet", "train", "digits8x8", "--quiet"], folder)
        for name, (words, script) in COMMANDS.items():
            ours, other = [sys.executable, "-m", "glassnet", *words], [sys.executable, "-c", script]
            pairs = [(cpu_seconds(ours, folder), cpu_seconds(other, folder)) for _ in range(ROUNDS + 1)][1:]
            found[name] = median(a / b for a, b in pairs)
            found[f"{name}, CPU seconds"] = median(a for a, _ in pairs)
    return found


COMMAND_AIMS = {"train digits8x8 with its page / the same as a scikit-learn script": 0.85}
TARGETS = {"64-100-50-10": 2.5, "30-100-30-2": 2.5, "784-128-64-10": 1.8}


PLAY_AIMS = {
    "frames, share of the worker's CPU time": "at most 0.03",
    "speed, as a share of that without a page": "at least 0.85",
    "bytes a frame": "at most 25000",
}
SMALL = "200 small networks"
SWEEP_AIMS = {"float64": 2, "float32": 2, "as they come": 2.5, SMALL: 8}
#: Networks side by side: how many times as long as one alone they may take.
STACKS = {
    "moons 2-10-1": 5, "iris 4-10-3": 6, "iris 4-10-3, with scores": 8, "digits 64-16-10": 7, "digits 64-100-10": 16,
}  # fmt: skip
SECTIONS = {
    "stacks": stacks, "steps": steps, "watching": watching, "fitting": fitting, "sweeps": sweeps, "tables": tables,
    "small calls": small_calls, "many epochs": many_epochs, "startup": startup, "commands": commands, "play": play,
}  # fmt: skip


def measured(only: str) -> dict[str, dict]:
    """The sections that are asked for, all by default; unknown names end the program with what there is."""
    wanted = [name for name in only.split(",") if name] or list(SECTIONS)
    if unknown := set(wanted) - set(SECTIONS):
        sys.exit(f"bench: no section {', '.join(sorted(unknown))}; there are {', '.join(SECTIONS)}")
    compileall.compile_dir(HERE.parent / "src", quiet=1)
    return {name: (SECTIONS[name]() if name in wanted else {}) for name in SECTIONS}


def main() -> None:
    found = measured(os.environ.get("ONLY", ""))
    if all(found.values()):
        (HERE / "results.json").write_text(json.dumps(found, indent=2) + "\n")
    print(f"{'case':<16}{'glassnet':>10}{'sklearn':>10}{'torch':>10}{'products':>10}   microseconds a step")
    for case, row in found["steps"].items():
        times = row["microseconds"]
        shown = ("glassnet", "sklearn", "torch", "matmul")
        cells = (f"{times[engine]:.0f}" if engine in times else "-" for engine in shown)
        print(f"{case:<16}" + "".join(f"{cell:>10}" for cell in cells))
    print("\nratios")
    for case, row in found["steps"].items():
        for peer, times_as_fast in row["times_as_fast_as"].items():
            aim = f"  (aim: at least {TARGETS[case]})" if peer == "sklearn" else ""
            print(f"  {case}: {times_as_fast:.2f} times as fast as {peer}{aim}")
    for row in [found["steps"].get("784-128-64-10", {})] * bool(found["steps"]):
        times = row["times_its_matrix_products"]
        print(f"  784-128-64-10: {times:.2f} times its matrix products alone  (aim: at most 2)")
    for name, value in found["watching"].items():
        print(f"  {name}: {value:.2f} times as long as unwatched")
    for case, value in found["fitting"].items():
        print(f"  {case}: GlassClassifier.fit {value:.3f} times as long as its epochs alone  (aim: below 1.05)")
    for case, value in (found["small calls"] | found["many epochs"]).items():
        other = "the bare functions" if case == "many epochs" else "scikit-learn's"
        print(f"  {case}: {value:.2f} times as long as {other}  (aim: at most {LITTLE[case]})")
    for case, value in found["stacks"].items():
        print(f"  32 networks, {case}: {value:.2f} times as long as one alone  (aim: at most {STACKS[case]})")
    for case, value in found["sweeps"].items():
        aim = SWEEP_AIMS[case]
        print(f"  a sweep, {case}: {value:.2f} times as fast as GridSearchCV of MLPClassifier  (aim: at least {aim})")
    for case, row in found["tables"].items():
        longest, most = TABLES[case]
        long, sizes = row["times_as_long_as_pandas"], row["sizes_of_the_file"]
        aim = f"  (aim: at most {longest}" + (f" and {most})" if most else ")")
        print(f"  a table, {case}: {long:.2f} times as long as pandas, in {sizes:.2f} times its size{aim}")
    for name, value in found["startup"].items():
        aim = "  (aim: at most 1.25)" if "help" in name else "  (aim: at most 1.5)" if " 0 " in name else ""
        print(f"  {name}: {value:.2f}{aim}")
    for name, value in found["commands"].items():
        aim = next((f"  (aim: at most {most})" for start, most in COMMAND_AIMS.items() if name == start), "")
        print(f"  {name}: {value:.2f}{aim}")
    for name, value in found["play"].items():
        print(f"  {name}: {value:.3g}" + (f"  (aim: {PLAY_AIMS[name]})" if name in PLAY_AIMS else ""))


if __name__ == "__main__":
    main()
