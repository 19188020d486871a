"""Objectives: real ones are sound, and each mistake is said once, at its place, with a remedy."""

import jsonschema
import pytest
from hypothesis import given, settings
from hypothesis import strategies as st

from nnspec.catalog import Catalog
from nnspec.document import analyse
from nnspec.formulas import Number
from nnspec.problems import Problems
from nnspec.schema import schema
from nnspec.shapes import Interface, Shape
from nnspec.syntax import plain, read
from tests.nnspec.objective_specs import (
    CATALOG,
    GAN,
    LABELLED,
    PHYSICS,
    PICTURES,
    SPECS,
    TABLE,
    TASKS,
    VAE,
    WGAN,
    analysed,
)

OTHER = "  other: {input: {z: [3]}, layers: [{linear: 1}]}\n"


def problems(text, interface):
    return [
        (p.code, text[p.span.start : p.span.end] if p.span else "")
        for p in analysed(text, interface).problems
    ]


@pytest.mark.parametrize("name", SPECS)
def test_real_objectives_are_sound(name):
    text, interface = SPECS[name]
    assert analysed(text, interface).problems == ()
    assert analysed(text).problems == ()


def test_the_schema_takes_real_objectives_and_flags_typos():
    validator = jsonschema.Draft202012Validator(schema(CATALOG))
    for text, _ in SPECS.values():
        assert not [*validator.iter_errors(plain(read(text, Problems(text))))]
    for typo in (
        ("update:", "updat:"),
        ("against: 1}", "agains: 1}"),
        ("input: image", "inpt: image"),
    ):
        text = GAN.replace(*typo, 1)
        assert [*validator.iter_errors(plain(read(text, Problems(text))))], typo


def test_what_is_read_of_a_gan():
    critic, painter = analysed(GAN, LABELLED).spec.train.steps
    assert [each.name for each in critic.update] == ["critic"]
    assert [let.name for let in critic.let] == ["fake"]
    real, fake = critic.losses
    assert real.loss.kind.name == "bce_with_logits"
    assert isinstance(real.arguments["against"], Number)
    assert real.arguments["against"].value == 1
    assert fake.weight == Number(1, fake.span)
    assert painter.optimizer.made.lr == 0.0002
    assert painter.losses[1].weight.value == 0.1


def test_losses_are_one_step_that_updates_everything():
    (step,) = analysed(VAE, PICTURES).spec.train.steps
    assert step.update == ()
    assert len(step.losses) == 2


def test_when_a_step_is_taken():
    critic = analysed(WGAN, PICTURES).spec.train.steps[0]
    assert critic.when.times == 5
    assert critic.when.every == 1


def test_a_spec_with_its_own_losses_needs_no_target():
    assert not analysed(VAE, PICTURES).spec.data.supervised
    assert analysed(TASKS, TABLE).spec.data.supervised


def test_items_that_formulas_mention_are_not_unused():
    graph = analysed(TASKS, TABLE).graph
    heads = {"price_head": "price_head", "kind_head": "kind_head"}
    assert graph.named == heads | {"output": "kind_head"}
    assert graph.outputs == {"price": "price_head", "kind": "kind_head"}


def test_parameters_count_as_used_in_formulas():
    assert "beta" in analysed(VAE, PICTURES).spec.used_params


@pytest.mark.parametrize(
    ("old", "new", "code", "at"),
    [
        ("critic(image)", "critik(image)", "formula.call", "critik"),
        ("critic(image)", "critic(imag)", "formula.name", "imag"),
        ("critic(image)", "critic(image, image)", "formula.inputs", "critic(image, image)"),
        ("critic(image)", "critic()", "formula.inputs", "critic()"),
        ("critic(image)", "critic(normal(64))", "formula.shape", "normal(64)"),
        ("critic(image)", "critic(image).sen", "formula.name", "sen"),
        ("critic(image)", "mean(image).seen", "formula.name", "seen"),
        ("critic(image)", "critic(critic)", "formula.name", "critic"),
        ("critic(image)", "mean(image, 1)", "formula.arguments", "mean(image, 1)"),
        ("critic(image)", "mean(image, axis=4)", "formula.shape", "mean(image, axis=4)"),
        ("critic(image)", "clamp(image, 0, image)", "formula.arguments", "clamp(image, 0, image)"),
        ("critic(image)", "reshape(image, 10)", "formula.shape", "reshape(image, 10)"),
        ("critic(image)", "slice(image, 4, 2)", "formula.shape", "slice(image, 4, 2)"),
        ("critic(image)", "image + normal(5)", "formula.shape", "image + normal(5)"),
        ("critic(image)", "critic(image", "formula.syntax", ""),
        (
            "critic(image)",
            "derivative(critic(image), fake)",
            "formula.derivative",
            "derivative(critic(image), fake)",
        ),
        ("critic(image)", "derivative(image, image + 1)", "formula.derivative", "image + 1"),
        ("update: critic", "update: critics", "update.unknown", "critics"),
        ("against: 0}", "against: 'normal(3, 5)', weight: image}", "loss.weight", "image"),
        (
            'bce_with_logits: {of: "critic(fake)"',
            'bce_logits: {of: "critic(fake)"',
            "loss.unknown",
            "bce_logits",
        ),
        (
            'let: {fake: "painter(normal(64))"}',
            'let: {fake: "painter(normal(64))", image: "0 * fake"}',
            "name.taken",
            "image",
        ),
        ("weight: 0.1", "wieght: 0.1", "key.unknown", "wieght"),
        ('preview: "painter(normal(64))"', "preview: normal(64)", "preview.shape", "normal(64)"),
        ('preview: "painter(normal(64))"', "preview: {count: 4}", "value.missing", "{count: 4}"),
        ('preview: "painter(normal(64))"', "preview: {of: image, count: 0}", "value.range", "0"),
        ("input: image", "input: images", "input.unknown", "images"),
        ("input: image", "input: {image: [0]}", "spec.shape", "[0]"),
    ],
)
def test_one_mistake_is_one_problem(old, new, code, at):
    assert old in GAN
    text = GAN.replace(old, new, 1)
    found = [each for each in problems(text, LABELLED) if not each[0].endswith(".unused")]
    assert [each[0] for each in found] == [code]
    assert found[0][1].startswith(at)


def test_the_nearest_name_is_offered_as_a_fix():
    text = GAN.replace('"critic(image)"', '"critik(image)"', 1)
    (problem,) = analysed(text, LABELLED).problems
    assert problem.fix.edit.apply(text) == GAN


def test_shapes_that_a_loss_compares():
    text = VAE.replace("against: image", "against: mean", 1)
    (problem,) = analysed(text, PICTURES).problems
    assert problem.code == "loss.shape"
    assert problem.details == ("of       1 x 28 x 28", "against  8")


@pytest.mark.parametrize(
    ("text", "interface", "expected"),
    [
        (GAN.replace("update: painter", "update: critic"), LABELLED, ("model.fixed", "painter")),
        (
            GAN.replace("let: {fake", 'let: {more: "normal(2)", fake', 1),
            LABELLED,
            ("let.unused", "more"),
        ),
        (
            PHYSICS.replace("models:\n", "models:\n" + OTHER),
            TABLE,
            ("model.unused", "other"),
        ),
        (GAN[: GAN.index("train:")], LABELLED, ("objective.missing", "painter")),
        (
            TASKS.replace("  losses:", "  steps: [{update: model}]\n  losses:"),
            TABLE,
            ("objective.both", "losses"),
        ),
        (GAN.replace("train:\n", "train:\n  let: {a: 1}\n"), LABELLED, ("objective.both", "let")),
        (GAN + "model: [{linear: 3}]\n", LABELLED, ("model.both", "model")),
        (TASKS + "  loss: mse\n", TABLE, ("loss.idle", "loss")),
        (GAN + "  loss: {label: cross_entropy}\n", LABELLED, ("loss.idle", "loss")),
    ],
)
def test_what_does_not_go_together(text, interface, expected):
    assert problems(text, interface) == [expected]


def test_one_network_is_called_and_updated_as_model():
    text = TASKS.replace("of: price_head", "of: model(features + 1).price_head") + (
        '  preview: {of: "model(features, features)"}\n'
    )
    assert problems(text, TABLE) == [("formula.inputs", "model(features, features)")]


def test_names_of_unknown_data_are_not_judged():
    text = GAN.replace("critic(image)", "critic(anything)")
    assert analyse(text, CATALOG).problems == ()


LAST_LOSSES = GAN[GAN.rindex("      losses:") : GAN.index("  preview:")]
STOPPED = "critic(stop_gradient(fake))"


def last_step(of: str, more: str = "") -> str:
    """A GAN whose painter learns from one loss alone."""
    loss = f'      losses: [{{bce_with_logits: {{of: "{of}", against: 1}}}}]\n'
    return GAN.replace(LAST_LOSSES, more + loss)


@pytest.mark.parametrize(
    ("of", "reached"),
    [
        ("critic(fake)", True),
        ("mean(critic(fake).seen)", True),
        ("fake", True),
        ("derivative(critic(fake), fake)", True),
        ("stop_gradient(fake) + fake", True),
        ("-critic(slice(fake, 0, 1))", True),
        ("stop_gradient(critic(fake))", False),
        ("critic(stop_gradient(fake))", False),
        ("critic(image) + 0 * stop_gradient(fake)", False),
        ("critic(image)", False),
        ("image", False),
    ],
)
def test_a_step_teaches_only_what_its_losses_reach(of, reached):
    for interface in (LABELLED, None):
        found = [each for each in problems(last_step(of), interface) if each[0] != "let.unused"]
        assert found == ([] if reached else [("step.unreached", "painter")])


def test_what_the_losses_do_reach_is_told():
    (problem,) = analysed(last_step(STOPPED), LABELLED).problems
    assert problem.path == "train.steps[1].update"
    assert problem.message == ("no loss of this step reaches 'painter', so it would learn nothing")
    assert problem.hint == "they reach 'critic'"


def test_each_model_of_a_step_has_to_be_reached():
    text = last_step(STOPPED).replace("update: painter", "update: [critic, painter]")
    assert problems(text, LABELLED) == [("step.unreached", "painter")]


def test_gradients_follow_names():
    text = last_step("critic(more)").replace(
        'let: {fake: "painter(normal(64))"}\n      losses: [',
        'let: {fake: "painter(normal(64))", more: "2 * fake"}\n      losses: [',
    )
    assert problems(text, LABELLED) == []
    text = text.replace("2 * fake", "stop_gradient(2 * fake)")
    assert problems(text, LABELLED) == [("step.unreached", "painter")]


def test_a_step_of_all_models_has_to_reach_one():
    text = GAN[: GAN.index("train:")] + (
        'train: {losses: [{mse: {of: "stop_gradient(critic(image))", against: 1}}, '
        '{minimize: "stop_gradient(painter(normal(64)))"}]}\n'
    )
    assert problems(text, LABELLED) == [("step.unreached", "losses")]
    assert problems(text.replace("stop_gradient(critic(image))", "critic(image)"), LABELLED) == []
    single = TASKS.replace("of: price_head", "of: stop_gradient(price_head)")
    assert problems(single, TABLE) == []
    single = single.replace("of: kind_head", "of: stop_gradient(kind_head)")
    assert problems(single, TABLE) == [("step.unreached", "losses")]


@pytest.mark.parametrize(("weight", "sound"), [(0.02, True), (0, False)])
def test_what_a_layer_asks_for_itself_reaches_its_model(weight, sound):
    layer = f"restricted_boltzmann: {{hidden_size: 784, weight: {weight}}}"
    text = last_step("critic(stop_gradient(fake))").replace("linear: 784", layer)
    assert problems(text, LABELLED) == ([] if sound else [("step.unreached", "painter")])
    uncalled = last_step("critic(image)").replace("linear: 784", layer)
    assert ("step.unreached", "painter") in problems(uncalled, LABELLED)


def test_a_loss_that_could_not_be_read_is_the_only_mistake():
    text = last_step("critic(fake").replace("against: 1}}]", "against: 1}}, {mse: {of: 1}}]")
    assert "step.unreached" not in {code for code, _ in problems(text, LABELLED)}


@pytest.mark.parametrize(
    ("formula", "at"),
    [
        ("critic(image) / 0", "0"),
        ("critic(image) / (2 - 2)", "2 - 2"),
        ("critic(image) ** 9 ** 9 ** 9", "9 ** 9 ** 9"),
        ("critic(image) ** 9 ** 9 ** 9 ** 9", "9 ** 9 ** 9"),
        ("critic(image) * 1e31", "1e31"),
        ("critic(image) * -1e31 * 2", "1e31"),
        ("critic(image) + 1e20 * 1e20", "1e20 * 1e20"),
        ("critic(image) + (1e20 * 1e20 + 1)", "1e20 * 1e20"),
        ("critic(image) + (0 - 8) ** 0.5", "0 - 8) ** 0.5"),
        ("critic(noise(image, 1e40))", "1e40"),
        ("critic(image) + 1 / 0", "0"),
        ("critic(image) + " + " * ".join(["999999999999999999"] * 30), None),
    ],
)
def test_constants_are_finite(formula, at):
    text = GAN.replace("critic(image)", formula, 1)
    ((code, place),) = problems(text, LABELLED)
    assert code == "formula.number"
    assert at is None or place.strip("()") == at


def test_constants_of_usual_size_are_sound():
    for formula in ("critic(image) / 1e30", "critic(image) * 2 ** 90 / 3", "0 / 5 * critic(image)"):
        assert problems(GAN.replace("critic(image)", formula, 1), LABELLED) == []
    weight = GAN.replace("weight: 0.1", 'weight: "1 / 0"')
    assert problems(weight, LABELLED) == [("formula.number", "0")]


TRUTHS = {
    "label": Shape((), "int", 10),
    "price": Shape((1,)),
    "pixels": Shape((28, 28), "int", 3),
    "words": Shape((6,), "int", 50),
}
KNOWN = Interface(
    {"image": Shape((1, 28, 28))},
    {"label": Shape((10,)), "price": Shape((1,)), "pixels": Shape((3, 28, 28))},
    "image",
    truths=TRUTHS,
)
JUDGED = """\
netwright: 1
data: {source: digits/, target: [label, price, pixels]}
models:
  judge: {input: image, layers: [flatten, {linear: 10}]}
  seer: {input: image, layers: [{conv2d: 3}]}
train: {losses: [LOSS]}
"""


@pytest.mark.parametrize(
    ("loss", "fits"),
    [
        ("cross_entropy: {of: judge(image), against: label}", True),
        ("cross_entropy: {of: seer(image), against: pixels}", True),
        ("cross_entropy: {of: seer(image), against: label}", False),
        ("cross_entropy: {of: judge(image), against: pixels}", False),
        ('cross_entropy: {of: "slice(judge(image), 0, 4)", against: label}', False),
        ('bce_with_logits: {of: judge(image), against: "one_hot(label, 10)"}', True),
        ("bce_with_logits: {of: judge(image), against: label}", False),
        ('mse: {of: "mean(judge(image))", against: label}', True),
        ("mse: {of: judge(image), against: price}", True),
        ("mse: {of: seer(image), against: pixels}", False),
        ('mse: {of: "judge(image) - price", against: 0}', True),
    ],
)
def test_losses_against_the_values_of_targets(loss, fits):
    text = JUDGED.replace("LOSS", f"{{{loss}}}")
    problems = analyse(text, Catalog.discover(), KNOWN).problems
    found = [problem.code for problem in problems if problem.severity == "error"]
    assert found == ([] if fits else ["loss.shape"])


PIECES = (
    "critic(",
    "image",
    ")",
    "fake",
    "+",
    "*",
    "norm(",
    "derivative(",
    ",",
    "1",
    "-",
    "mean",
    ".seen",
    "concat(",
    "slice(",
    "normal(",
    "axis=",
    "one_hot(",
    "**",
    "(",
    "softmax(",
)


@given(st.lists(st.sampled_from(PIECES), min_size=1, max_size=14))
@settings(max_examples=40, deadline=None)
def test_mutated_formulas_never_raise(pieces):
    text = GAN.replace("critic(image)", "".join(pieces), 1)
    for interface in (LABELLED, None):
        analysed(text, interface)


@given(st.integers(0, len(GAN)), st.integers(0, 30), st.text(max_size=6))
@settings(max_examples=60, deadline=None)
def test_mutated_specs_never_raise(place, length, text):
    analysed(GAN[:place] + text + GAN[place + length :], LABELLED)
