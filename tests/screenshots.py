"""Takes pictures of every room in both themes: `python -m tests.screenshots FOLDER`.

With QT_QPA_PLATFORM=offscreen (the default) or on a real or virtual screen. Nothing is compared: a
person looks. The runs are run folders written for the purpose, the windows are the real ones.
"""

import os
import sys
import tempfile
import time
from collections.abc import Callable, Iterator
from pathlib import Path

os.environ.setdefault("QT_QPA_PLATFORM", "offscreen")
os.environ["NETWRIGHT_HOME"] = tempfile.mkdtemp(prefix="netwright-screenshots-")

from PySide6.QtWidgets import QApplication, QScrollArea

from app import style
from app.project import Project
from app.settings import Settings
from app.start.page import StartPage
from app.start.samples import samples
from app.style import Theme
from app.window import Window
from nnspec.catalog import Catalog
from tests.app.written_runs import SPEC, Training, made_by_a_gan, made_run, write
from trainers.events import Event
from trainers.runs import RunFolder

SIZE = (1440, 900)
MODELS = """\
netwright: 1
name: Bars by a GAN
data: {source: {sample: bars}}
models:
  painter:
    input: {z: [16]}
    layers:
      - linear: 64
      - leaky_relu
      - linear: 64
      - sigmoid
      - reshape: [1, 8, 8]
  critic:
    input: image
    layers:
      - flatten
      - linear: 32
      - leaky_relu
      - linear: 1
train:
  epochs: 20
  optimizer: adam
  steps:
    - update: critic
      losses:
        - bce_with_logits: {of: critic(image), against: "1"}
    - update: painter
      losses:
        - bce_with_logits: {of: critic(painter(normal(16))), against: "1"}
"""
TARGETS = """\
netwright: 1
data: {source: homes.csv, target: {kind: category, price: number}}
model:
  - linear: 32
  - relu:
    name: trunk
  - linear: auto
    name: kind
  - linear: 1
    name: price_head
    from: trunk
outputs: {price: price_head}
"""
Scene = Callable[[Window, Path], None]


def main(folder: Path) -> None:
    """Write `<scene>-<theme>.png` files into `folder`."""
    folder.mkdir(parents=True, exist_ok=True)
    application = QApplication(sys.argv[:1])
    for theme in ("light", "dark"):
        for name, scene in scenes():
            take(application, theme, scene, folder / f"{name}-{theme}.png")
            sys.stderr.write(f"{name}-{theme}\n")


def take(application: QApplication, theme: Theme, scene: Scene, path: Path) -> None:
    """Show a window, play a scene in it, and save its picture."""
    look = style.apply(application, theme)
    with tempfile.TemporaryDirectory() as scratch:
        project = Project(Catalog.discover())
        window = Window(project, look, Settings())
        window.resize(*SIZE)
        window.show()
        settle(application)
        scene(window, Path(scratch))
        settle(application)
        window.grab().save(str(path))
        window.run_model.leave()
        window.close()
        window.deleteLater()
        settle(application, 0.05)


def settle(application: QApplication, seconds: float = 0.8) -> None:
    """Let the window do what it has to do."""
    end = time.monotonic() + seconds
    while time.monotonic() < end:
        application.processEvents()
        time.sleep(0.01)


def scenes() -> Iterator[tuple[str, Scene]]:
    """Every picture: its name and what happens before it is taken."""
    yield "start-empty", nothing
    yield "start", start_with_recent
    yield "start-looking", looking
    yield "templates", templates_shown("")
    yield "templates-found", templates_shown("picture")
    yield "templates-nothing", templates_shown("zebra")
    yield "network", network
    yield "network-notice", began
    yield "network-models", network_of(MODELS, 0)
    yield "network-critic", network_of(MODELS, 1)
    yield "network-targets", network_of(TARGETS, -1)
    yield "help", helped
    yield "train-empty", train_empty
    yield "train-running", running
    yield "train-finished", written(lambda plan, run: plan.finished(run))
    yield "train-failed", written(lambda plan, run: plan.failed(run))
    yield "train-crashed", written(lambda plan, run: plan.until(run, 130))
    yield "train-below", below
    yield "train-regression", written(lambda plan, run: plan.finished(run), labels=())
    yield "train-previews", written(lambda plan, run: made_by_a_gan(plan, run, 300))
    many = tuple(f"class {number}" for number in range(60))
    yield "train-many-classes", written(lambda plan, run: plan.finished(run), labels=many)


def nothing(_window: Window, _folder: Path) -> None:
    """The window as it comes up."""


def looking(window: Window, _folder: Path) -> None:
    window.opening.looking.emit("penguins.csv")


def start_with_recent(window: Window, folder: Path) -> None:
    for name in ("homes.yaml", "iris.yaml", "fashion.yaml", "digits.yaml"):
        window.recent.add(Path.home() / "projects" / name)


def templates_shown(words: str) -> Scene:
    """A scene with the gallery and some words in its search field."""

    def play(window: Window, _folder: Path) -> None:
        window.actions_by_name["new_from_template"].trigger()
        page = window.go("start")
        assert isinstance(page, StartPage)
        assert page.gallery
        page.gallery.search.setText(words)
        page.gallery.search.walked.emit()

    return play


def network(window: Window, folder: Path) -> None:
    found = samples()
    if found:
        window.opening.open_sample(found[0])
        settle(QApplication.instance(), 3)  # type: ignore[arg-type]


def network_of(text: str, model: int) -> Scene:
    """A scene with a spec on made-up data; `model` is the tab to choose."""

    def play(window: Window, folder: Path) -> None:
        spec = folder / "made_up.yaml"
        spec.write_text(text)
        rows = [f"{i % 7},{i * 3 % 11},{'flat' if i % 3 else 'house'},{i * 10}" for i in range(60)]
        (folder / "homes.csv").write_text("rooms,age,kind,price\n" + "\n".join(rows))
        window.opening.open_spec(spec)
        settle(QApplication.instance(), 4)  # type: ignore[arg-type]
        room = window.room("network")
        if model >= 0:
            room.canvas.models.tabs.setCurrentIndex(model)  # type: ignore[attr-defined]

    return play


def helped(window: Window, folder: Path) -> None:
    network_of(MODELS, 0)(window, folder)
    window.open_help("layer/multi_head_attention.md")


def began(window: Window, folder: Path) -> None:
    network(window, folder)
    window.notices.post("good", "Guessed the target: income (2 classes).", offers=[("Fine", print)])
    window.notices.post("error", "Nothing was trained: 2 errors. Line 4: unknown layer 'lsmt'.")


def train_empty(window: Window, folder: Path) -> None:
    spec = folder / "digits.yaml"
    spec.write_text(SPEC)
    window.project.open(spec)
    window.go("train")


def running(window: Window, folder: Path) -> None:
    plan = Training(epochs=12)
    run = made_run(folder)
    lock = run.lock()
    write(run, plan.until(run, 290, gpu=True))
    window.project.open(folder / "digits.yaml")
    window.go("train")
    # The lock says that somebody works on the run; it goes with the picture's scratch folder.
    window.setProperty("lock", lock)


def written(
    events: Callable[[Training, RunFolder], list[Event]], labels: tuple[str, ...] | None = None
) -> Scene:
    """A scene with a run that ended as `events` tell."""

    def play(window: Window, folder: Path) -> None:
        plan = Training() if labels is None else Training(labels=labels)
        run = made_run(folder)
        write(run, events(plan, run))
        window.project.open(folder / "digits.yaml")
        window.go("train")

    return play


def below(window: Window, folder: Path) -> None:
    """The lower half of the right column."""
    written(lambda plan, run: plan.finished(run))(window, folder)
    settle(QApplication.instance())  # type: ignore[arg-type]
    area = window.go("train").findChild(QScrollArea)
    area.verticalScrollBar().setValue(10_000)  # type: ignore[union-attr]


if __name__ == "__main__":
    main(Path(sys.argv[1] if len(sys.argv) > 1 else "screenshots"))
