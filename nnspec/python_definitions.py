"""Copies of classes and functions as source that stands alone: with all they refer to.

A module's top level says what each name means. What is Netwright's own is copied, and what it
refers to in turn; everything else is imported in the copy as it is imported there.
"""

from __future__ import annotations

import ast
import builtins
import importlib
import inspect
import re
import textwrap
from dataclasses import dataclass, field
from functools import cache
from types import ModuleType

_CHECKER_NOTES = re.compile(r"[ \t]*#\s*(?:pyright|noqa|type):?[^\n]*")


@dataclass(frozen=True, slots=True)
class _Top:
    """The top level of a module: the statement that gives each name its meaning."""

    text: str
    statements: dict[str, ast.stmt]


@dataclass(slots=True)
class Definitions:
    """The source collected so far.

    Attributes:
        own: packages whose definitions are copied; others are imported.
        imports: import lines. pieces: copied statements, each after what it refers to.
        names: the name that a definition, by module and name, has in the copy.
    """

    own: tuple[str, ...] = ("nnspec", "trainers")
    imports: set[str] = field(default_factory=set[str])
    pieces: list[str] = field(default_factory=list[str])
    names: dict[tuple[str, str], str] = field(default_factory=dict[tuple[str, str], str])

    def of(self, made: type) -> str:
        """Copy a class with all it refers to; return its name in the copy."""
        if "<locals>" in made.__qualname__:
            return self._local(made)
        return self._copy(made.__module__, made.__qualname__)

    def _local(self, made: type) -> str:
        """Copy a class that a function defines; what it needs is at the top of the module."""
        key = (made.__module__, made.__qualname__)
        if key not in self.names:
            text = textwrap.dedent(inspect.getsource(made))
            self.names[key] = made.__name__
            self._add(made.__module__, text, ast.parse(text))
        return self.names[key]

    def _copy(self, module: str, name: str) -> str:
        key = (module, name)
        if key in self.names:
            return self.names[key]
        top = _top(importlib.import_module(module))
        statement = top.statements[name]
        if isinstance(statement, ast.Import | ast.ImportFrom):
            return self._import(statement, module, name)
        self.names[key] = self._free(name)
        text = ast.get_source_segment(top.text, statement, padded=True) or ""
        self._add(module, _with_decorators(top.text, statement, text), statement)
        return self.names[key]

    def _add(self, module: str, text: str, statement: ast.AST) -> None:
        top = _top(importlib.import_module(module))
        meant = {
            name: self._copy(module, name) for name in _names(statement) if name in top.statements
        }
        for name, other in meant.items():
            if other != name:
                text = re.sub(rf"(?<![\w.]){re.escape(name)}\b", other, text)
        self.pieces.append(_CHECKER_NOTES.sub("", textwrap.dedent(text)).strip("\n"))

    def _import(self, statement: ast.Import | ast.ImportFrom, module: str, name: str) -> str:
        alias = next(one for one in statement.names if (one.asname or one.name) == name)
        if isinstance(statement, ast.ImportFrom):
            source = statement.module or ""
            if source.partition(".")[0] in self.own:
                copied = self._copy(source, alias.name)
                self.names[(module, name)] = copied
                return copied
            line = f"from {source} import {ast.unparse(alias)}"
        else:
            line = f"import {ast.unparse(alias)}"
        self.imports.add(line)
        self.names[(module, name)] = name
        return name

    def _free(self, name: str) -> str:
        taken = set(self.names.values())
        number, free = 1, name
        while free in taken:
            number += 1
            free = f"{name}{number}"
        return free


def _with_decorators(text: str, statement: ast.stmt, segment: str) -> str:
    decorators: list[ast.expr] = getattr(statement, "decorator_list", [])
    if not decorators:
        return segment
    lines = text.splitlines()
    return "\n".join(lines[decorators[0].lineno - 1 : statement.lineno - 1]) + "\n" + segment


@cache
def _top(module: ModuleType) -> _Top:
    text = inspect.getsource(module)
    statements: dict[str, ast.stmt] = {}
    for statement in _statements(ast.parse(text).body):
        for name in _bound(statement):
            statements[name] = statement
    return _Top(text, statements)


def _statements(body: list[ast.stmt]) -> list[ast.stmt]:
    """The statements of the top level, those that only a type checker reads included."""
    flat: list[ast.stmt] = []
    for statement in body:
        flat += _statements(statement.body) if isinstance(statement, ast.If) else [statement]
    return flat


def _bound(statement: ast.stmt) -> list[str]:
    match statement:
        case ast.FunctionDef(name=name) | ast.ClassDef(name=name):
            return [name]
        case ast.Import(names=names) | ast.ImportFrom(names=names):
            return [one.asname or one.name.partition(".")[0] for one in names]
        case ast.Assign(targets=targets):
            return [one.id for one in targets if isinstance(one, ast.Name)]
        case ast.AnnAssign(target=ast.Name(id=name)):
            return [name]
        case _:
            return []


def _names(statement: ast.AST) -> list[str]:
    """The names a statement refers to, in the order of the text, none of Python's own."""
    found = (node.id for node in ast.walk(statement) if isinstance(node, ast.Name))
    return [name for name in dict.fromkeys(found) if not hasattr(builtins, name)]
