"""Losses against PyTorch's or a value worked out by hand, and finite where scores are extreme."""

import math
from typing import Any

import pytest
import torch
from torch.nn import functional

from nnspec.shapes import Fault, Shape
from tests.trainers.small_plans import CATALOG


def made(name: str, **settings: Any) -> Any:
    kind = CATALOG.get("loss", name)
    assert kind is not None
    return kind.make(**settings).build(None, "cpu")


def same(got: torch.Tensor, wanted: Any) -> None:
    torch.testing.assert_close(got, torch.as_tensor(wanted, dtype=got.dtype), rtol=1e-5, atol=1e-6)


def test_binary_cross_entropies() -> None:
    scores, truth = torch.randn(30, 1), torch.rand(30, 1)
    wanted = functional.binary_cross_entropy_with_logits(scores, truth)
    same(made("bce_with_logits")(scores, truth), wanted)
    same(made("bce_with_logits")(scores, truth[:, 0]), wanted)
    same(
        made("bce")(scores.sigmoid(), truth),
        functional.binary_cross_entropy(scores.sigmoid(), truth),
    )
    assert made("bce")(torch.tensor([0.2, 1.5]), torch.ones(2)).isnan()


def test_focal_is_cross_entropy_at_gamma_zero_and_less_for_easy_rows() -> None:
    scores, classes = torch.randn(40, 5), torch.randint(0, 5, (40,))
    same(made("focal", gamma=0.0)(scores, classes), functional.cross_entropy(scores, classes))
    share = scores.softmax(1).gather(1, classes[:, None])[:, 0]
    same(made("focal")(scores, classes), (-((1 - share) ** 2) * share.log()).mean())


def test_unknown_pixels_count_nowhere() -> None:
    scores, classes = torch.randn(2, 3, 4, 4), torch.randint(0, 3, (2, 4, 4))
    classes[0] = -1
    for name in ("cross_entropy", "focal", "hinge", "dice"):
        same(made(name)(scores, classes), made(name)(scores[1:], classes[1:]))


def test_quantiles() -> None:
    answers, truth = torch.tensor([[1.0], [4.0]]), torch.tensor([[2.0], [2.0]])
    same(made("quantile", quantiles=(0.9,))(answers, truth), (0.9 * 1 + 0.1 * 2) / 2)
    both = torch.tensor([[1.0, 3.0]])
    same(made("quantile", quantiles=(0.1, 0.9))(both, torch.tensor([[2.0]])), (0.1 + 0.1) / 2)
    rule = CATALOG.get("loss", "quantile").make(quantiles=(0.1, 0.9))  # type: ignore[union-attr]
    assert isinstance(rule.shape(Shape((1,)), Shape((1,))), Fault)
    assert rule.shape(Shape((2,)), Shape((1,))) is None


def test_likelihoods() -> None:
    log, counts = torch.randn(30, 1), torch.randint(0, 9, (30, 1)).float()
    same(made("poisson")(log, counts), functional.poisson_nll_loss(log, counts))
    mean, spread, truth = torch.randn(3, 30, 1)
    wanted = functional.gaussian_nll_loss(mean, truth, spread.exp())
    same(made("gaussian_nll")(mean, spread, truth), wanted)


def test_dice_by_hand() -> None:
    scores = torch.tensor([[[[50.0, 50.0, -50.0, -50.0]]]])
    truth = torch.tensor([[[1, 0, 0, 0]]])
    same(made("dice", smooth=1.0)(scores, truth), 1 - (2 * 1 + 1) / (2 + 1 + 1))
    sure = torch.zeros(1, 2, 1, 4)
    sure[0, 1, 0, :2], sure[0, 0, 0, 2:] = 50.0, 50.0
    wanted = 1 - ((2 * 2 + 1) / (2 + 3 + 1) + (2 * 1 + 1) / (2 + 1 + 1)) / 2
    same(made("dice")(sure, truth), wanted)


def test_ctc_is_torchs() -> None:
    scores = torch.randn(3, 12, 6)
    texts = torch.tensor([[1, 2, 3, 0], [4, 4, 0, 0], [5, -1, -1, -1]])
    wanted = functional.ctc_loss(
        scores.log_softmax(-1).transpose(0, 1),
        texts.clamp(min=0),
        torch.full((3,), 12),
        torch.tensor([3, 2, 1]),
    )
    same(made("ctc")(scores.movedim(-1, 1), texts), wanted)


def test_similarities() -> None:
    one, other, third = torch.randn(3, 8, 5)
    scores = functional.normalize(one) @ functional.normalize(other).T / 0.5
    places = torch.arange(8)
    same(
        made("info_nce", temperature=0.5, symmetric=False)(one, other),
        functional.cross_entropy(scores, places),
    )
    both = (
        functional.cross_entropy(scores, places) + functional.cross_entropy(scores.T, places)
    ) / 2
    same(made("info_nce", temperature=0.5)(one, other), both)
    same(made("triplet")(one, other, third), functional.triplet_margin_loss(one, other, third))
    alike = torch.tensor([1.0, 0, 1, 0, 1, 0, 1, 0])
    wanted = functional.cosine_embedding_loss(one, other, alike * 2 - 1, margin=0.2)
    same(made("cosine_embedding", margin=0.2)(one, other, alike), wanted)
    a, b = torch.tensor([[0.0, 0], [0, 0]]), torch.tensor([[3.0, 4], [0, 0.5]])
    wanted = (25 + (2 - 0.5) ** 2) / 2
    same(made("contrastive", margin=2.0)(a, b, torch.tensor([1, 0])), wanted)


def test_distributions() -> None:
    from torch.distributions import Categorical, MixtureSameFamily, Normal, kl_divergence

    mean, log_variance = torch.randn(2, 6, 4)
    own = Normal(mean, (0.5 * log_variance).exp())
    wanted = kl_divergence(own, Normal(0.0, 1.0)).sum(1).mean()
    same(made("kl_normal")(mean, log_variance), wanted)
    student, teacher = torch.randn(2, 6, 4)
    wanted = functional.kl_div(
        (student / 4).log_softmax(1), (teacher / 4).softmax(1), reduction="batchmean"
    )
    same(made("kl_div", temperature=4.0)(student, teacher), wanted * 16)
    weights, means, scales = torch.randn(3, 6, 5)
    mixture = MixtureSameFamily(Categorical(logits=weights), Normal(means, scales.exp()))
    truth = torch.randn(6, 1)
    got = made("mixture_nll")(torch.cat([weights, means, scales], 1), truth)
    same(got, -mixture.log_prob(truth[:, 0]).mean())


def test_margins() -> None:
    scores, classes = torch.randn(20, 4), torch.randint(0, 4, (20,))
    same(made("hinge")(scores, classes), functional.multi_margin_loss(scores, classes))
    wanted = functional.multi_margin_loss(scores, classes, margin=0.0)
    same(made("perceptron")(scores, classes), wanted)
    for wrong in (0.0, -1.0):
        got = made("hinge")(torch.tensor([[0.5], [0.5]]), torch.tensor([[1.0], [wrong]]))
        same(got, (0.5 + 1.5) / 2)


def test_formulas() -> None:
    x = torch.randn(9, 2)
    same(made("minimize")(x), x.mean())
    same(made("residual")(x), x.square().mean())
    same(made("wasserstein")(x), -x.mean())
    same(made("wasserstein", goal="low")(x), x.mean())


NUMBERS = torch.tensor([[1.0], [0.0], [1.0], [0.0]])
ARGUMENTS: dict[str, list[tuple[tuple[int, ...], torch.Tensor | None]]] = {
    "cross_entropy": [((4, 3), None), ((), torch.tensor([0, 1, 2, 0]))],
    "focal": [((4, 3), None), ((), torch.tensor([0, 1, 2, 0]))],
    "hinge": [((4, 3), None), ((), torch.tensor([0, 1, 2, 0]))],
    "perceptron": [((4, 3), None), ((), torch.tensor([0, 1, 2, 0]))],
    "dice": [((4, 3, 2, 2), None), ((), torch.zeros(4, 2, 2, dtype=torch.long))],
    "ctc": [((4, 3, 6), None), ((), torch.tensor([[1, 2], [1, 0], [2, 0], [1, 1]]))],
    "mixture_nll": [((4, 6), None), ((), NUMBERS)],
    "contrastive": [((4, 3), None), ((4, 3), None), ((), NUMBERS)],
    "cosine_embedding": [((4, 3), None), ((4, 3), None), ((), NUMBERS)],
}
SHAPES: dict[str, int] = {
    "triplet": 3,
    "gaussian_nll": 3,
    "minimize": 1,
    "residual": 1,
    "wasserstein": 1,
}


@pytest.mark.parametrize("name", [n for n in CATALOG.names("loss") if n != "bce"])
@pytest.mark.parametrize("size", [0.0, 1.0, 1e4, -1e4])
def test_gradients_are_finite_at_extremes(name: str, size: float) -> None:
    usual = [((4, 1), None)] * SHAPES.get(name, 2)
    asked: list[torch.Tensor] = []
    given: list[torch.Tensor] = []
    for number, (shape, fixed) in enumerate(ARGUMENTS.get(name, usual)):
        torch.manual_seed(number)
        signs = torch.randn(shape).sign() if fixed is None else None
        value = fixed if signs is None else (signs * size).requires_grad_()
        given.append(value)  # type: ignore[arg-type]
        asked += [] if signs is None else [value]  # type: ignore[list-item]
    loss = made(name)(*given)
    assert math.isfinite(loss.item())
    for slope in torch.autograd.grad(loss, asked, allow_unused=True):
        assert slope is None or slope.isfinite().all()


def test_every_loss_names_what_it_takes() -> None:
    for kind in CATALOG.of("loss"):
        takes = getattr(kind.make, "takes", ("of", "against"))
        assert takes
        assert "weight" not in takes
        assert not {setting.name for setting in kind.params} & {*takes, "weight"}
