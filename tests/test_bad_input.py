"""Bad input of every kind: exit code 2, one clear line, no traceback, and nothing is left behind."""

import gzip
import re
from pathlib import Path

import numpy as np
import pytest
from click.testing import CliRunner

import glassnet
from glassnet.cli import main

ROWS = "".join(f"{i},{i * i % 7},{'xy'[i % 2]}\n" for i in range(60))
NUMBERS = "".join(f"{i},{i * 1.5 - 20}\n" for i in range(60))
FILES = {
    "good.csv": "a,b,y\n" + ROWS,
    "numbers.csv": "a,y\n" + NUMBERS,
    "empty.csv": "",
    "blank.csv": "\n \n",
    "header.csv": "a,b\n",
    "ragged.csv": "a,b\n1,2\n3\n4,5\n",
    "long.csv": "a,b\n1,2\n3,4,5\n",
    "quote.csv": 'a,b\n1,"2\n3,4\n',
    "twice.csv": "a,a,y\n" + ROWS,
    "text.csv": "a,y\n" + "".join(f"{i},{i % 2}\n" for i in range(40)) + "oops,1\n",
    "slip.csv": "a,y\n" + NUMBERS + "3,many\n",
    "one.csv": "a,y\n" + "".join(f"{i},yes\n" for i in range(40)),
    "gone.csv": "a,y\n" + "".join(f"{i},\n" for i in range(40)),
    "infinite.csv": "a,y\n" + "".join(f"{i},{i % 2}\n" for i in range(40)) + "inf,1\n",
    "alone.csv": "y\n" + "".join(f"{i % 2}\n" for i in range(40)),
    "names.csv": "a,y\n" + "".join(f"{i},name {i}\n" for i in range(40)),
    "void.csv": "a,y\n" + "".join(f",{i % 2}\n" for i in range(40)),
    "rows.doc": "a,b,y\n" + ROWS,
    "page.csv": "<!DOCTYPE html>\n<html>a,b</html>\n",
    "windows.csv": "a,y\n\u00fc,1\n",
    "xor": "",
    "half.toml": "epochs = \n",
    "key.toml": "dataset = 'iris'\nepoch = 5\n",
    "many.toml": "dataset = 'iris'\nepochs = 'many'\n",
    "options.toml": "dataset = 'iris'\n[optimizer]\nlr = 1\n",
    "three.toml": "dataset = 'iris'\nactivation = 3\n",
    "taken": "",
    "guest.py": """
import numpy as np
from glassnet import Dataset, hookimpl

X = np.random.default_rng(0).normal(size=(60, 2))

def strange_test_rows(*, rng):
    return Dataset(X, np.arange(60) % 2, test_X=X[:6], test_y=np.arange(6) % 3)

def a_nan(*, rng):
    return Dataset(X, np.where(np.arange(60) == 7, np.nan, X[:, 0]))

def nothing(*, rng):
    return Dataset(X[:0], np.zeros(0))

def uneven(*, rng):
    return Dataset(X, np.arange(3) / 2)

def fails(*, rng):
    raise ZeroDivisionError("by nought")

@hookimpl
def datasets():
    return [strange_test_rows, a_nan, nothing, uneven, fails]
""",
}


@pytest.fixture
def desk(tmp_path: Path, monkeypatch: pytest.MonkeyPatch) -> Path:
    """A folder with all these files, and nothing else, in which the commands run."""
    for name, content in FILES.items():
        (tmp_path / name).write_text(content)
    (tmp_path / "packed.csv").write_bytes(gzip.compress(b"a,b\n1,2\n"))
    (tmp_path / "picture.csv").write_bytes(b"\x89PNG\r\n\x1a\n\0\0")
    (tmp_path / "folder.csv").mkdir()
    monkeypatch.chdir(tmp_path)
    monkeypatch.delenv("GLASSNET_RUNS", raising=False)
    return tmp_path


def everything(folder: Path) -> dict[str, bytes]:
    return {str(path): path.read_bytes() if path.is_file() else b"" for path in folder.rglob("*")}


def refusal(desk: Path, command: str) -> str:
    """The one line that a command ends with; it must have changed nothing."""
    before = everything(desk)
    done = CliRunner().invoke(main, ["--no-plugins", *command.split()], prog_name="glassnet")
    assert done.exit_code == 2, (done.output, done.exception)
    assert isinstance(done.exception, SystemExit)
    (line,) = done.stderr.splitlines()
    assert line.startswith("Error: ")
    assert "Traceback" not in done.output and "Errno" not in done.output
    assert done.stdout == ""
    assert everything(desk) == before
    return line.removeprefix("Error: ")


DATASETS = "and_gate, or_gate, nand_gate, xor, toy6, "
REFUSED = {
    # files
    "train nowhere.csv --target y": "no file 'nowhere.csv'",
    "train goood.csv --target y": "no file 'goood.csv'. Did you mean 'good.csv'?",
    "train no/where.csv --target y": "no file 'no/where.csv'. Check the name and the folder.",
    "train folder.csv --target y": "folder.csv is a folder, not a file",
    "train empty.csv --target y": "empty.csv is empty",
    "train blank.csv --target y": "blank.csv is empty",
    "train header.csv --target b": "header.csv holds only a header, no rows",
    "train ragged.csv --target b": "ragged.csv, line 3 has 1 field where line 1 has 2. Correct the line: a missing",
    "train long.csv --target b": "long.csv, line 3 has 3 fields where line 1 has 2",
    "train quote.csv --target b": "quote.csv, line 2: a quotation mark is opened and never closed",
    "train twice.csv --target y": "twice.csv, line 1: several columns are called a",
    "train text.csv --target y": "text.csv, line 42: 'oops' in column 'a' is not a number, but the column holds",
    "train slip.csv --target y": "slip.csv, line 62: 'many' in column 'y' is not a number, but the column holds",
    "train infinite.csv --target y": "infinite.csv, line 42: column 'a' holds inf, and a network",
    "train packed.csv --target y": "no column 'y'. Columns of packed.csv: a, b",
    "train picture.csv --target y": "picture.csv holds a picture, not a text table. Save it as CSV from its program",
    "train rows.doc --target y": "'rows.doc' is a file, but no table by its ending: tables are .csv, .tsv, .tab, ",
    "train page.csv --target y": "page.csv holds a page of the web, not a table. Download the file itself",
    "train rows.doc/x.csv --target y": "no file 'rows.doc/x.csv'",
    # words that say how a file is written
    "train good.csv --target y --separator ;;": "the separator is one character or one of tab, ",
    "train good.csv --target y --decimal x": "the decimal mark is . or , and not 'x'",
    "train good.csv --target y --thousands abc": "the thousands mark is one character, such as . or ' or space",
    "train good.csv --target y --encoding utf-9": "there is no encoding 'utf-9'. Did you mean 'utf-8'? Such as: utf-8",
    "train good.csv --target y --encoding base64": "there is no encoding 'base64'.",
    "train windows.csv --target y --encoding ascii": "windows.csv is not written in ascii: line 2 holds the byte 0xc3",
    "train good.csv --target y --skip-lines few": "skip wants a number of lines above the table, not 'few'",
    "train good.csv --target y --skip-lines 99": "good.csv is empty below its first 99 lines",
    "train good.csv --target y --sheet 2": "--sheet says nothing about good.csv, which is text: leave it away",
    "train good.csv --target y --separator ;": "no column 'y'. Columns of good.csv: a,b,y",
    "train good.csv --target y --no-header": "no column 'y'. Columns of good.csv: column_1, column_2, column_3 (",
    "train xor --header --epochs 1": "--header is for a table",
    "data export good.csv --target y --decimal x": "the decimal mark is . or , and not 'x'",
    "sweep good.csv --target y --encoding utf-9": "there is no encoding 'utf-9'",
    # columns and targets
    "train good.csv": "which column is to be learned? Name it with --target. Columns of good.csv: a, b, y",
    "train good.csv --target z": "no column 'z'. Columns of good.csv: a, b, y",
    "train good.csv --target y --keep c": "no column 'c' to keep. Columns of good.csv: a, b",
    "train alone.csv --target y": "alone.csv has no column besides the target 'y'",
    "train void.csv --target y": "column 'a' was dropped: it is empty",
    "train one.csv --target y": "every row has the same target, 'yes': there is only one class",
    "train gone.csv --target y": "gone.csv: no row has a value in the target column 'y'",
    "train names.csv --target y": "the target holds 40 different texts, and more than 20 are not taken for classes",
    "train good.csv --target y --task regression": "regression needs numbers, but the target holds text such as 'x'",
    "train good.csv --target y --task clusters": "--task 'clusters' is unknown. Possible: binary, multiclass, ",
    "train good.csv --target a --task binary": "binary target has two values, but this one has 60",
    "train numbers.csv --target y --class-weight balanced": "class_weight='balanced' needs classes, but the task is ",
    "train iris --target y": "--target names a column of a table (.csv, .xlsx, .parquet or .npy); the dataset iris",
    "train iris --keep y": "--keep is for a table (.csv, .xlsx, .parquet or .npy), and iris is none",
    # splits
    "train good.csv --target y --test 0.99": "no row is left for validation",
    "train numbers.csv --target y --test 0.99": "leave no training row of 60. Give smaller shares",
    "train good.csv --target y --test 20": "--test must be at least 0 and below 1, not 20 (for 20 % give 0.2)",
    "train good.csv --target y --validation -1": "--validation must be at least 0 and below 1, not -1",
    # data sets of a guest
    "--plugin guest.py train strange_test_rows": "the fixed test rows don't fit the training rows: ",
    "--plugin guest.py train a_nan": "the target of row 7 (counted from 0) is nan, and so in 1 rows in all. Leave such",
    "--plugin guest.py train nothing": "the data set has no rows",
    "--plugin guest.py train uneven": "X has 60 rows, but y has 3",
    "--plugin guest.py train fails": "local/fails can't be built: ZeroDivisionError: by nought (",
    "--plugin nowhere.py train iris": "there is no plugin file '",
    # sizes
    "train iris --hidden -5": "--hidden wants widths of at least 1, or none for no hidden layer, not '-5'",
    "train iris --hidden 0": "--hidden wants widths of at least 1, or none for no hidden layer, not '0'",
    "train iris --hidden 64;32": "--hidden wants widths such as 128,64, or none, not '64;32'",
    "train iris --hidden 100000000,100000000": "--hidden 100000000, 100000000: that network does not fit into memory",
    "train iris --epochs -1": "--epochs must be at least 0, not -1",
    "train iris --epochs 1.5": "--epochs wants a whole number, not '1.5'",
    "train iris --batch-size 0": "--batch-size must be at least 1 or full, not 0",
    "train iris --batch-size -3": "--batch-size must be at least 1 or full, not -3",
    "train iris --batch-size half": "--batch-size wants a whole number or full, not 'half'",
    "train iris --batch-size 1 --batch-norm": "--batch-norm needs batches of at least 2 rows, not --batch-size 1",
    "train iris --l2 -1": "--l2 must be at least 0, not -1",
    "train iris --l1 nan": "--l1 wants a finite number, not 'nan'",
    "train iris --dropout 1": "--dropout must be at least 0 and below 1, not 1",
    "train iris --clip-norm 0": "--clip-norm must be more than 0, not 0",
    "train iris --patience 0": "--patience must be at least 1, not 0",
    "train iris --seed -1": "--seed must be at least 0, not -1",
    # names
    "train": "name a dataset or a table: glassnet train digits8x8 (`glassnet list datasets` shows all)",
    "train irsi": f"there is no dataset 'irsi'. Did you mean 'iris'? Known names: {DATASETS}",
    "train iris --activation rleu": "there is no activation 'rleu'. Did you mean 'relu'? Known names: identity, step, ",
    "train iris --output sofmax": "there is no activation 'sofmax'. Did you mean 'softmax'? Known names: identity, ",
    "train iris --loss crossentropy": "there is no loss 'crossentropy'. Did you mean 'cross_entropy'? Known names: ",
    "train iris --optimizer adma": "there is no optimizer 'adma'. Did you mean 'adam'? Known names: sgd, momentum, ",
    "train iris --initializer he_unifrom": "there is no initializer 'he_unifrom'. Did you mean 'he_uniform'? Known ",
    "train iris --schedule cosin": "there is no schedule 'cosin'. Did you mean 'cosine'? Known names: constant, ",
    "train iris --metric acuracy": "there is no metric 'acuracy'. Did you mean 'accuracy'? Known names: accuracy, ",
    "train iris --metric relu": "there is no metric 'relu'. 'relu' is the name of another kind: activation.",
    "train iris --monitor val_loss": "--monitor 'val_loss' is unknown. Did you mean 'loss'? Possible: loss, accuracy, ",
    "train iris --dtype float16": "--dtype 'float16' is unknown. Did you mean 'float64'? Possible: float32, float64",
    "train iris --scale standart": "--scale 'standart' is unknown. Did you mean 'standard'? Possible: auto, standard, ",
    "train iris --class-weight heavy": "--class-weight 'heavy' is unknown. Possible: balanced",
    # options of parts
    "train iris --optimizer adam:rate=1": "glassnet/adam has no option 'rate'. Here it is 'lr'. Its options: lr, ",
    "train iris --optimizer adam:lr=-1": "glassnet/adam: lr=-1 is out of range: it may be a number at least 0",
    "train iris --optimizer adam:lr": "in 'adam:lr', 'lr' is not OPTION=VALUE, such as lr=0.01",
    "train iris --optimizer adam:lr=fast": "glassnet/adam: lr=fast is not a number at least 0",
    "train iris --activation relu:slope=1": "glassnet/relu has no option 'slope'. It takes none",
    "train moons:noize=1": "glassnet/moons has no option 'noize'. Did you mean 'noise'? Its options: size, noise",
    # what does not go together
    "train iris --activation relu --activation tanh": "2 activations for 1 hidden layer: give --activation once, or",
    "train iris --optimizer lbfgs --dropout 0.1": "lbfgs looks at all rows at once and chooses its own steps: leave ",
    "train numbers.csv --target y --loss hinge": "loss hinge is for classes and the target holds numbers; for ",
    "train numbers.csv --target y --loss poisson": "poisson needs targets of at least 0, as counts are, got -20: use ",
    "train iris --metric r2": "metric r2 sees numbers, but the target holds classes: choose another",
    "train iris --output tanh": "cross_entropy needs outputs from 0 to 1, got -",
    "train iris --loss hinge --metric log_loss": "log_loss needs probabilities, got outputs from -",
    # files of choices
    "train --config nowhere.toml": "can't read nowhere.toml: No such file or directory",
    "train --config half.toml": "half.toml is not TOML: Invalid value (at line 1, column 10)",
    "train --config key.toml": "key.toml has no 'epoch'. Did you mean 'epochs'? It may hold: dataset, target, ",
    "train --config many.toml": "--epochs wants a whole number, not 'many'",
    "train --config options.toml": "--optimizer wants a phrase, NAME or NAME:OPTION=VALUE, not {'lr': 1} (see `glass",
    "train --config three.toml": "--activation wants a phrase, NAME or NAME:OPTION=VALUE, not 3 (see `glassnet list ",
    "train iris --set epochs": "--set wants KEY=VALUE, such as optimizer.lr=0.01, not 'epochs'",
    "train iris --set epoch=3": "--set epoch=3: no setting 'epoch'. Did you mean 'epochs'? Known: dataset, ",
    "train iris --set epochs=none": "--epochs wants a whole number, not None",
    "train iris --set metrics.k=3": "--set metrics.k: metrics is not chosen yet: name it first, with --metric",
    # runs
    "train iris --runs taken": "can't write to taken: File exists; choose another folder with --runs DIR or ",
    "train iris --runs taken/deep": "can't write to taken/deep: Not a directory; choose another folder with --runs DIR",
    "train --resume 7": "no run '7': name its folder, its number, or last; the latest in runs are: none (",
    "train --resume good.csv": "no run 'good.csv': name its folder, its number, or last; the latest in runs are: none",
    "evaluate last": "no run 'last': name its folder, its number, or last; the latest in runs are: none (`glassnet ",
    "predict last good.csv": "no run 'last': name its folder, its number, or last; ",
    "data export irsi": "there is no dataset 'irsi'. Did you mean 'iris'? Known names: ",
    "data export iris --to taken": "can't write to taken: File exists; give another folder with --to",
    "data export good.csv --target y --scale log": "--scale 'log' is unknown. Possible: auto, standard, minmax, none",
}


@pytest.mark.parametrize("command", REFUSED)
def test_bad_input_is_one_clear_line_and_leaves_nothing(desk: Path, command: str) -> None:
    assert REFUSED[command].lower() in refusal(desk, command).lower()


def test_the_files_of_these_tests_are_all_used() -> None:
    used = {word for command in REFUSED for word in command.split()}
    assert set(FILES) <= used


def test_rows_to_predict_for_are_checked_like_those_of_training(desk: Path) -> None:
    words = ["--no-plugins", "train", "good.csv", "--target", "y", "--epochs", "1", "--quiet"]
    assert CliRunner().invoke(main, words).exit_code == 0
    (desk / "infinite-b.csv").write_text("a,b\n1,2\ninf,3\n")
    (desk / "word.csv").write_text("a,b\n1,2\n3,four\n")
    assert "no file 'goot.csv'. Did you mean 'good.csv'?" in refusal(desk, "predict 1 goot.csv")
    assert "numbers.csv lacks 1 of the 2 columns that the model needs: b" in refusal(desk, "predict 1 numbers.csv")
    assert "empty.csv is empty" in refusal(desk, "predict 1 empty.csv")
    assert "line 3 has 1 field where line 1 has 2" in refusal(desk, "predict 1 ragged.csv")
    assert "word.csv, line 3: 'four' in column 'b' is not a number" in refusal(desk, "predict 1 word.csv")
    assert "infinite-b.csv, line 3: column 'a' holds inf" in refusal(desk, "predict 1 infinite-b.csv").lower()
    assert "good.csv exists already and is left as it is" in refusal(desk, "predict 1 good.csv --output good.csv")


def test_a_damaged_run_is_one_clear_line_for_every_command(desk: Path) -> None:
    assert CliRunner().invoke(main, ["train", "iris", "--epochs", "1", "--quiet"]).exit_code == 0
    folder = desk / "runs" / "0001-iris"
    model = (folder / "model.npz").read_bytes()
    (folder / "model.npz").write_bytes(model[: len(model) // 2])
    words = "runs/0001-iris/model.npz is damaged and can't be read: "
    np.savetxt("new.csv", np.ones((2, 4)), delimiter=",")
    assert words in refusal(desk, "evaluate 1")
    assert words in refusal(desk, "predict 1 new.csv")
    (folder / "checkpoint.npz").write_bytes(b"")
    assert "checkpoint.npz is damaged and can't be read: " in refusal(desk, "train --resume 1 --epochs 3")
    (folder / "experiment.json").write_text("{")
    for command in ("evaluate 1", "predict 1 new.csv", "train --resume 1 --epochs 3"):
        assert "runs/0001-iris/experiment.json is not an experiment: " in refusal(desk, command)


@pytest.mark.parametrize(
    "command",
    [
        "export 1 --to sklearn --output LONG",
        "evaluate LONG",
        "compare LONG/x 1",
        "sweep --resume LONG/in",
        "sweep LONG.csv --target y --over l2=0,1",
        "summary LONG.csv --target y",
    ],
)
def test_a_name_that_no_disk_takes_is_one_line(command: str, desk: Path) -> None:
    assert CliRunner().invoke(main, ["train", "iris", "--epochs", "1", "--quiet"]).exit_code == 0
    said = refusal(desk, command.replace("LONG", "n" * 300))
    assert said.startswith("can't ") and "n" * 300 in said and said.endswith("File name too long")


def test_our_own_lines_begin_in_lower_case_or_with_what_was_given() -> None:
    """`Error: There is` and `Error: there is` side by side look careless."""
    package = Path(glassnet.__file__).parent
    ours = [*package.glob("experiment/*.py"), *package.glob("runs/*.py"), *package.glob("cli/*.py")]
    assert len(ours) > 10
    capital = re.compile(r'GlassnetError\(\s*f?"([A-Z][a-z][^"]*)')
    assert {found for path in ours for found in capital.findall(path.read_text())} == set()
