"""Tokens can be read, themes reach everything, icons take their colour."""

import re
from pathlib import Path

import pytest
from PySide6.QtGui import QColor, QImage, QPalette
from PySide6.QtWidgets import QApplication, QPushButton
from pytestqt.qtbot import QtBot

from app import style
from app.style import DARK, LIGHT, Tokens
from app.stylesheet import stylesheet
from nnspec.resources import resource


def luminance(color: str) -> float:
    parts = QColor(color).getRgbF()[:3]
    red, green, blue = (c / 12.92 if c <= 0.04 else ((c + 0.055) / 1.055) ** 2.4 for c in parts)
    return 0.2126 * red + 0.7152 * green + 0.0722 * blue


def contrast(one: str, other: str) -> float:
    high, low = sorted((luminance(one), luminance(other)), reverse=True)
    return (high + 0.05) / (low + 0.05)


@pytest.mark.parametrize("tokens", [LIGHT, DARK], ids=lambda tokens: tokens.name)
def test_words_stand_out_from_their_ground(tokens: Tokens) -> None:
    grounds = (tokens.window, tokens.surface, tokens.raised, tokens.sunken)
    pairs = [(word, ground) for word in (tokens.text, tokens.muted) for ground in grounds]
    pairs += [(tokens.accent_text, tokens.accent), (tokens.accent, tokens.accent_soft)]
    pairs += [
        (tokens.good, tokens.good_soft),
        (tokens.warning, tokens.warning_soft),
        (tokens.bad, tokens.bad_soft),
        (tokens.accent, tokens.surface),
    ]
    assert [pair for pair in pairs if contrast(*pair) < 4.5] == []


@pytest.mark.parametrize("tokens", [LIGHT, DARK], ids=lambda tokens: tokens.name)
def test_curves_stand_out_from_the_plot(tokens: Tokens) -> None:
    assert [color for color in tokens.series if contrast(color, tokens.surface) < 2.8] == []
    assert len(set(tokens.series)) == len(tokens.series)


@pytest.mark.parametrize("tokens", [LIGHT, DARK], ids=lambda tokens: tokens.name)
def test_the_style_sheet_knows_every_token_it_names(tokens: Tokens) -> None:
    sheet = stylesheet(tokens)
    assert "$" not in sheet
    pictures = re.findall(r'url\("([^"]+)"\)', sheet)
    assert len(pictures) >= 3
    assert all(Path(picture).is_file() for picture in pictures)


def test_a_theme_reaches_palette_and_style_sheet(qapp: QApplication) -> None:
    look = style.apply(qapp, "dark")
    assert qapp.palette().color(QPalette.ColorRole.Window).name() == DARK.window
    assert DARK.accent in qapp.styleSheet()
    assert style.apply(qapp, "light") is look
    assert qapp.palette().color(QPalette.ColorRole.Window).name() == LIGHT.window
    assert look.tokens is LIGHT


def test_painters_are_told_of_a_change_and_only_of_a_change(
    qapp: QApplication, qtbot: QtBot
) -> None:
    look = style.apply(qapp, "light")
    with qtbot.waitSignal(look.changed, timeout=1000):
        look.set_theme("dark")
    with qtbot.assertNotEmitted(look.changed):
        look.set_theme("dark")


def shades(image: QImage) -> set[str]:
    return {
        image.pixelColor(x, y).name()
        for x in range(image.width())
        for y in range(image.height())
        if image.pixelColor(x, y).alpha() > 200
    }


def test_every_icon_draws_in_the_colour_it_is_asked_for(qapp: QApplication) -> None:
    look = style.apply(qapp, "light")
    folder = resource("icons")
    names = [p.relative_to(folder).with_suffix("").as_posix() for p in folder.rglob("*.svg")]
    assert len(names) > 50
    plain = [
        name
        for name in names
        if shades(look.pixmap(name, 32, "#ff0000", 2.0).toImage()) != {"#ff0000"}
    ]
    assert plain == []


def test_a_bound_icon_follows_the_theme(qapp: QApplication, qtbot: QtBot) -> None:
    look = style.apply(qapp, "light")
    button = QPushButton()
    qtbot.addWidget(button)
    look.set_icon(button, "play", "text")
    light = button.icon().pixmap(16).toImage()
    look.set_theme("dark")
    assert button.icon().pixmap(16).toImage() != light


def test_roles_choose_a_look(qapp: QApplication, qtbot: QtBot) -> None:
    look = style.apply(qapp, "light")
    button = QPushButton("Train")
    qtbot.addWidget(button)
    style.set_role(button, "primary")
    button.resize(80, 32)
    middle = button.grab().toImage().pixelColor(8, 16)
    assert middle.name() == look.tokens.accent
