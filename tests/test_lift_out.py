"""Our own parts get no favours: each file works as a stranger's plugin, copied and registered from outside."""

import ast
import importlib.util
import inspect
import sys
from pathlib import Path

import pluggy
import pytest

import glassnet
from glassnet import hooks, kinds
from glassnet.builtin import activations, initializers, losses, metrics, optimizers, schedules

FILES = [activations, losses, optimizers, initializers, schedules, metrics]
NAMES = [module.__name__.rpartition(".")[2] for module in FILES]
KIND = {hook: kind for kind, hook in hooks.HOOKS.items()}


@pytest.mark.parametrize(("module", "hook"), list(zip(FILES, NAMES, strict=True)), ids=NAMES)
def test_a_copy_under_another_name_yields_the_same_parts(module, hook, tmp_path):
    copy = tmp_path / f"guest_{hook}.py"
    copy.write_text(Path(module.__file__).read_text(encoding="utf-8"), encoding="utf-8")
    spec = importlib.util.spec_from_file_location(copy.stem, copy)
    guest = importlib.util.module_from_spec(spec)
    spec.loader.exec_module(guest)

    manager = pluggy.PluginManager(hooks.PROJECT)
    manager.add_hookspecs(hooks)
    manager.register(guest)
    manager.check_pending()
    (parts,) = getattr(manager.hook, hook)()

    assert [part.__name__ for part in parts] == [part.__name__ for part in getattr(module, hook)()]
    for part in parts:
        assert part.__module__ == copy.stem
        assert isinstance(part(), kinds.BAGS[KIND[hook]])


@pytest.mark.parametrize("module", FILES, ids=NAMES)
def test_imports_are_those_a_stranger_has(module):
    tree = ast.parse(inspect.getsource(module))
    top = [node for node in tree.body if isinstance(node, ast.Import | ast.ImportFrom)]
    for node in ast.walk(tree):
        if isinstance(node, ast.ImportFrom):
            assert node.level == 0
            if node.module.split(".")[0] == "glassnet":
                assert node.module == "glassnet" and {alias.name for alias in node.names} <= set(glassnet.__all__)
    modules = [node.module if isinstance(node, ast.ImportFrom) else node.names[0].name for node in top]
    heavy = [name for name in modules if name.split(".")[0] not in {*sys.stdlib_module_names, "numpy", "glassnet"}]
    assert not heavy


@pytest.mark.parametrize("module", FILES, ids=NAMES)
def test_every_part_of_the_file_is_in_the_list_at_its_bottom(module):
    hook = module.__name__.rpartition(".")[2]
    public = {
        name
        for name, function in inspect.getmembers(module, inspect.isfunction)
        if function.__module__ == module.__name__ and not name.startswith("_") and name != hook
    }
    assert public == {part.__name__ for part in getattr(module, hook)()}
    assert all(inspect.getdoc(part).splitlines()[0].endswith(".") for part in getattr(module, hook)())
