"""The same network as a module text in PyTorch's own words: to be read, to be run, and what the engine runs."""

from glassnet import Recipe, engines

from . import words

DEVICES = {
    "auto": 'DEVICE = "cuda" if torch.cuda.is_available() else "cpu"',
    "cpu": 'DEVICE = "cpu"',
    "cuda": 'DEVICE = "cuda"',
}


def script(recipe: Recipe, device: str) -> str:
    """The module text. It expects the mapping `weights`: "W1" and "b1" of the first layer, and so on."""
    rule = words.optimizer(recipe.optimizer)
    rates = words.schedule(recipe.schedule, recipe.total_steps)
    product = "NAdam" in rule.source and recipe.dtype == "float64"
    settings = "\n".join(
        [
            *(["torch.set_default_dtype(torch.float64)  # NAdam keeps a product in it"] if product else []),
            DEVICES[device],
            f"BATCH_SIZE = {recipe.batch_size}",
        ]
    )
    sections = [
        f"{engines.beginning(recipe, words.LIBRARY)}\n\n{_imports(rule, rates)}\n\n{settings}",
        _model(recipe),
        _handed_over(recipe),
        "\n".join(
            [
                f"optimizer = {rule.source}",
                *([f"schedule = {rates.source}"] if rates else []),
                *(["steps = count(1)  # the number of each update"] if rule.before_step else []),
            ]
        ),
    ]
    if rates and rates.functions:
        sections.insert(3, rates.functions)
    functions = [_loss(recipe), _penalty(recipe), _train_batch(recipe, rule, rates), _train(recipe, rates)]
    sections += [function for function in [*functions, _outputs(recipe)] if function]
    return engines.spaced(sections)


def _imports(rule: engines.Rule, rates: words.Rates | None) -> str:
    standard = "import math\n" if rates and "math." in rates.functions else ""
    standard += "from itertools import count\n" if rule.before_step else ""
    return (standard and standard + "\n") + "import torch\nfrom torch import nn\nfrom torch.nn import functional as F"


def _model(recipe: Recipe) -> str:
    lines = [f"nn.Dropout({recipe.input_dropout!r})"] if recipe.input_dropout else []
    for number, activation in enumerate(recipe.activations):
        lines.append(_linear(recipe, number))
        if recipe.batch_norm:
            lines.append(f"nn.BatchNorm1d({recipe.widths[number + 1]}, eps=1e-05, momentum=0.1)")
        lines.append(words.activation(activation))
        if recipe.dropout:
            lines.append(f"nn.Dropout({recipe.dropout!r})")
    lines.append(_linear(recipe, len(recipe.activations)))
    stack = "".join(f"    {line},\n" for line in lines)
    return (
        f"# From inputs to scores. What makes outputs of them stands apart, because the loss may have it inside.\n"
        f"model = nn.Sequential(\n{stack}).to(DEVICE, torch.{recipe.dtype})\n"
        f"output = {words.activation(recipe.output)}"
    )


def _linear(recipe: Recipe, number: int) -> str:
    return f"nn.Linear({recipe.widths[number]}, {recipe.widths[number + 1]})"


def _handed_over(recipe: Recipe) -> str:
    """The lines that copy the weights into the layers."""
    lines = [
        "# PyTorch keeps a matrix of weights as (outputs, inputs), glassnet as (inputs, outputs): each is turned.",
        "dense = [layer for layer in model if isinstance(layer, nn.Linear)]",
        "with torch.no_grad():",
        "    for number, layer in enumerate(dense, start=1):",
        '        layer.weight.copy_(torch.tensor(weights[f"W{number}"].T))',
        '        layer.bias.copy_(torch.tensor(weights[f"b{number}"]))',
    ]
    if recipe.batch_norm:
        lines += [
            "    normal = [layer for layer in model if isinstance(layer, nn.BatchNorm1d)]",
            "    for number, layer in enumerate(normal, start=1):",
            '        layer.weight.copy_(torch.tensor(weights[f"scale{number}"]))',
            '        layer.bias.copy_(torch.tensor(weights[f"shift{number}"]))',
            '        layer.running_mean.copy_(torch.tensor(weights[f"mean{number}"]))',
            '        layer.running_var.copy_(torch.tensor(weights[f"var{number}"]))',
        ]
    return "\n".join(lines)


def _loss(recipe: Recipe) -> str:
    source = words.loss(recipe)
    lines = [
        "def loss(z, t):",
        f'    """The mean loss of the rows of a batch, from scores z and targets t{engines.inside(recipe, source)}."""',
    ]
    if recipe.loss[0] == "glassnet/cross_entropy" and recipe.task == "binary":
        lines.append("    t = torch.cat([1 - t, t], dim=1)  # one column of 0 and 1 as a column for each class")
    return "\n".join([*lines, f"    return {source}"])


def _penalty(recipe: Recipe) -> str:
    """The penalties as a function, empty without any."""
    says, lines, terms = [], [], []
    if recipe.l1:
        says.append("l1 * sum|W|")
        lines.append("sizes = sum(layer.weight.abs().sum() for layer in dense)")
        terms.append(f"{recipe.l1!r} * sizes")
    if recipe.l2:
        says.append("l2 / 2 * sum(W^2)")
        lines.append("# weight_decay would do the same for l2, in a group of parameters that leaves the biases out.")
        lines.append("squares = sum((layer.weight**2).sum() for layer in dense)")
        terms.append(f"{recipe.l2!r} / 2 * squares")
    if not terms:
        return ""
    return _function("penalty()", f"{' + '.join(says)}, biases left out.", lines, " + ".join(terms))


def _train_batch(recipe: Recipe, rule: engines.Rule, rates: words.Rates | None) -> str:
    lines = ["model.train()", "optimizer.zero_grad()", "value = loss(model(X), t)"]
    lines.append("(value + penalty()).backward()" if recipe.l1 or recipe.l2 else "value.backward()")
    lines += _clipping(recipe)
    if rule.before_step:
        lines += ["step = next(steps)", *rule.before_step.splitlines()]
    lines.append("optimizer.step()")
    if rates and rates.each == "batch":
        lines.append("schedule.step()")
    without = ", without the penalty" if recipe.l1 or recipe.l2 else ""
    return _function("train_batch(X, t)", f"One update; returns the loss before it{without}.", lines, "value.item()")


def _function(head: str, says: str, lines: list[str], result: str) -> str:
    body = "".join(f"    {line}\n" for line in [f'"""{says}"""', *lines])
    return f"def {head}:\n{body}    return {result}"


def _clipping(recipe: Recipe) -> list[str]:
    lines = []
    if recipe.clip_norm is not None:
        lines += [
            "# By hand, because nn.utils.clip_grad_norm_ adds 1e-6 to the length.",
            "length = torch.cat([p.grad.flatten() for p in model.parameters()]).norm()",
            f"if length > {recipe.clip_norm!r}:",
            "    for p in model.parameters():",
            f"        p.grad *= {recipe.clip_norm!r} / length",
        ]
    if recipe.clip_value is not None:
        lines.append(f"nn.utils.clip_grad_value_(model.parameters(), {recipe.clip_value!r})")
    return lines


def _train(recipe: Recipe, rates: words.Rates | None) -> str:
    join = (
        "        if len(batches) > 1 and len(batches[-1]) == 1:  # batch normalisation needs two rows\n"
        "            batches[-2:] = [torch.cat(batches[-2:])]\n"
    )
    moved_on = "        schedule.step()\n" if rates and rates.each == "epoch" else ""
    return (
        "def train(X, t, epochs):\n"
        '    """Visit all rows so many times, each time in a new order. X are prepared inputs, t encoded targets."""\n'
        f"    X, t = (torch.as_tensor(rows, dtype=torch.{recipe.dtype}, device=DEVICE) for rows in (X, t))\n"
        "    for epoch in range(1, epochs + 1):\n"
        "        batches = list(torch.randperm(len(X)).split(BATCH_SIZE))\n"
        f"{join if recipe.batch_norm else ''}"
        "        total = sum(len(rows) * train_batch(X[rows], t[rows]) for rows in batches)\n"
        f"{moved_on}"
        '        print(f"epoch {epoch}: loss {total / len(X):.4f}")'
    )


def _outputs(recipe: Recipe) -> str:
    return _function(
        "outputs(X)",
        "What the network puts out for prepared inputs X, a row each.",
        [
            "model.eval()",
            "with torch.no_grad():",
            f"    y = output(model(torch.as_tensor(X, dtype=torch.{recipe.dtype}, device=DEVICE)))",
        ],
        "y.cpu().numpy()",
    )
