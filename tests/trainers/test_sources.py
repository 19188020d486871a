"""Reading tables and pictures as they come from strangers."""

import io
import stat
import zipfile

import numpy as np
import pytest
from PIL import Image

from trainers.findings import Findings
from trainers.picture_files import UnreadableFilesError
from trainers.sources.csv import Csv
from trainers.sources.pictures import PictureFolder


def opened(path, **settings):
    findings = Findings()
    return Csv(path=path.name, **settings).open(path.parent, findings), list(findings)


def cells(table, name):
    return [table.values(name)[row] for row in range(table.rows)]


@pytest.mark.parametrize(
    ("data", "columns", "first"),
    [
        (b"a,b\n1,x\n2,y\n", ("a", "b"), ["1", "x"]),
        (b"a;b\r\n1,5;x\r\n2,5;y\r\n", ("a", "b"), ["1,5", "x"]),
        (b"a\tb\n1\tx, y\n2\tz\n", ("a", "b"), ["1", "x, y"]),
        (
            b"39, State-gov, 1\n50, ?, 2\n",
            ("column_1", "column_2", "column_3"),
            ["39", "State-gov", "1"],
        ),
        (b"1  2   x\n3 4 y\n5   6 z\n", ("column_1", "column_2", "column_3"), ["1", "2", "x"]),
        (b'name,"say ""hi"", you"\n"a\nb",2\nc,3\n', ("name", 'say "hi", you'), ["a\nb", "2"]),
        (
            b"ham\tit's 5\" long\nspam\twin\nham\tok\n",
            ("column_1", "column_2"),
            ["ham", "it's 5\" long"],
        ),
        (
            "gr\u00f6\u00dfe,n\n\u00e4,1\n\u00fc,2\n".encode("cp1252"),
            ("gr\u00f6\u00dfe", "n"),
            ["\u00e4", "1"],
        ),
        ("a,b\n\u00e9,1\nx,2\n".encode("utf-16"), ("a", "b"), ["\u00e9", "1"]),
        (b"\xef\xbb\xbfa,b\n1,x\n2,y\n", ("a", "b"), ["1", "x"]),
        (b"id,b\n007,x\n010,y\n\n", ("id", "b"), ["007", "x"]),
    ],
)
def test_tables_are_read_as_they_are_written(tmp_path, data, columns, first):
    path = tmp_path / "t.csv"
    path.write_bytes(data)
    table, findings = opened(path)
    assert table is not None, findings
    assert table.columns == columns
    assert [table.values(name)[0] for name in columns] == first
    assert not findings


def test_missing_texts_are_missing(tmp_path):
    path = tmp_path / "t.csv"
    path.write_text("a,b\n1, ?\nNA,x\n,y\n")
    table, _ = opened(path)
    assert cells(table, "a") == ["1", None, None]
    assert cells(table, "b") == [None, "x", "y"]
    table, _ = opened(path, missing=("x",))
    assert cells(table, "b") == ["?", None, "y"]


@pytest.mark.parametrize("header", [True, False])
def test_a_ragged_row_is_an_error_with_its_number(tmp_path, header):
    path = tmp_path / "t.csv"
    path.write_text(("name,word\n" if header else "") + "1,x\n2,y\n3,z,9\n4\n5,w\n")
    table, findings = opened(path, header=header)
    assert table is None
    assert [(finding.code, finding.row) for finding in findings] == [
        ("data.ragged", 3),
        ("data.ragged", 4),
    ]


@pytest.mark.parametrize(
    ("data", "code"),
    [
        (b"", "data.empty"),
        (b"\n\n", "data.empty"),
        (b"a,b\nx,1\n"[:4], "data.empty"),
        (bytes(range(256)) * 20, "data.not_text"),
    ],
)
def test_what_is_no_table_is_a_finding(tmp_path, data, code):
    path = tmp_path / "t.csv"
    path.write_bytes(data)
    table, findings = opened(path, header=True)
    assert table is None
    assert [finding.code for finding in findings] == [code]


def test_names_must_be_as_many_as_the_columns(tmp_path):
    path = tmp_path / "t.csv"
    path.write_text("1,2\n3,4\n")
    table, findings = opened(path, header=False, names=("a", "b", "c"))
    assert table is None
    assert findings[0].code == "data.names"


def test_a_column_named_twice_gets_a_second_name_and_a_warning(tmp_path):
    path = tmp_path / "t.csv"
    path.write_text("a,a,b\n1,2,x\n3,4,y\n")
    table, findings = opened(path, header=True)
    assert table.columns == ("a", "a_2", "b")
    assert [finding.severity for finding in findings] == ["warning"]


@pytest.mark.parametrize(
    "path",
    [
        "http://host/a.csv",
        "~/a.csv",
        "a\0.csv",
        "/proc/self/environ",
        "/dev/zero",
        "",
        "../../../../../../../../proc/self/environ",
        "none.csv",
    ],
)
def test_what_is_no_plain_file_is_refused(tmp_path, path):
    findings = Findings()
    assert Csv(path=path).open(tmp_path, findings) is None
    assert [finding.code for finding in findings] in (["data.path"], ["data.missing_file"])


def test_a_file_to_predict_may_lack_the_target_or_have_a_header(tmp_path):
    made = Csv(path="t.csv", header=False, names=("a", "b", "y"))
    (tmp_path / "short.csv").write_text("1,2\n3,4\n")
    (tmp_path / "headed.csv").write_text("b,a\n1,2\n3,4\n")
    short = made.like("short.csv", tmp_path, ("y",)).open(tmp_path, Findings())
    headed = made.like("headed.csv", tmp_path, ("y",)).open(tmp_path, Findings())
    assert short.columns == ("a", "b")
    assert headed.columns == ("b", "a")
    assert headed.rows == 2


def png(value=0, size=(6, 4), mode="L"):
    data = io.BytesIO()
    Image.new(mode, size, value).save(data, "PNG")
    return data.getvalue()


def make_tree(folder, names):
    for number, name in enumerate(names):
        path = folder / name
        path.parent.mkdir(parents=True, exist_ok=True)
        path.write_bytes(png(number))


@pytest.mark.parametrize("prefix", ["", "wrapped/", "wrapped/deep/"])
@pytest.mark.parametrize("zipped", [False, True])
def test_parts_and_classes_come_from_the_folders(tmp_path, prefix, zipped):
    names = ["train/a/1.png", "train/b/2.png", "test/a/3.png", "test/b/4.png"]
    if zipped:
        with zipfile.ZipFile(tmp_path / "p.zip", "w") as archive:
            for number, name in enumerate(names):
                archive.writestr(prefix + name, png(number))
            archive.writestr("__MACOSX/._1.png", b"junk")
    else:
        make_tree(tmp_path / "p", [prefix + name for name in names])
    path = "p.zip" if zipped else "p"
    table = PictureFolder(path=path).open(tmp_path, Findings())
    assert cells(table, "label") == ["a", "b", "a", "b"]
    assert table.part.tolist() == ["test", "test", "train", "train"]
    decoded = table.values("image").decoded(4, 6, 1)
    assert decoded.shape == (4, 1, 4, 6)
    assert decoded[:, 0, 0, 0].tolist() == [2, 3, 0, 1]


def test_decoded_pictures_are_kept_and_follow_their_content(tmp_path, netwright_home):
    make_tree(tmp_path / "p", ["a/1.png", "b/2.png"])
    open_it = lambda: PictureFolder(path="p").open(tmp_path, Findings()).values("image")  # noqa: E731
    assert open_it().decoded(4, 6, 1)[0, 0, 0, 0] == 0
    kept = list((netwright_home / "cache" / "pictures").iterdir())
    assert [path.suffix for path in kept] == [".npy"]
    assert isinstance(open_it().decoded(4, 6, 1), np.memmap)
    (tmp_path / "p/a/1.png").write_bytes(png(200, (7, 5)))
    assert open_it().decoded(4, 6, 1)[0, 0, 0, 0] == 200


def test_size_is_the_most_common_one_and_colour_is_seen(tmp_path):
    make_tree(tmp_path / "p", ["a/1.png", "a/2.png", "b/3.png"])
    (tmp_path / "p/b/4.png").write_bytes(png((250, 0, 0), (9, 9), "RGB"))
    pictures = PictureFolder(path="p").open(tmp_path, Findings()).values("image")
    looks = pictures.looks()
    assert (looks.height, looks.width, looks.grey) == (4, 6, False)
    assert pictures.decoded(4, 6, 3)[3, :, 0, 0].tolist() == [250, 0, 0]


def test_broken_pictures_are_named_all_at_once(tmp_path):
    make_tree(tmp_path / "p", ["a/1.png", "b/2.png"])
    (tmp_path / "p/a/cut.png").write_bytes(png()[:40])
    (tmp_path / "p/b/no.png").write_text("not a picture")
    pictures = PictureFolder(path="p").open(tmp_path, Findings()).values("image")
    with pytest.raises(UnreadableFilesError) as caught:
        pictures.decoded(4, 6, 1)
    assert set(caught.value.reasons) == {"a/cut.png", "b/no.png"}


def _link(archive):
    info = zipfile.ZipInfo("a/1.png")
    info.external_attr = (stat.S_IFLNK | 0o777) << 16
    archive.writestr(info, "/etc/passwd")


@pytest.mark.parametrize(
    "write",
    [
        lambda archive: archive.writestr("../out.png", png()),
        lambda archive: archive.writestr("/abs/out.png", png()),
        lambda archive: archive.writestr("a/bomb.png", b"\0" * (40 << 20), zipfile.ZIP_DEFLATED),
        _link,
    ],
    ids=["parent", "absolute", "bomb", "link"],
)
def test_an_unsafe_archive_is_refused(tmp_path, write):
    with zipfile.ZipFile(tmp_path / "p.zip", "w") as archive:
        write(archive)
    findings = Findings()
    assert PictureFolder(path="p.zip").open(tmp_path, findings) is None
    assert [finding.code for finding in findings] == ["data.unsafe"]


def test_a_huge_picture_is_refused_before_it_is_decoded(tmp_path):
    make_tree(tmp_path / "p", ["a/1.png"])
    header = bytearray(png())
    header[16:24] = (9000).to_bytes(4, "big") + (9000).to_bytes(4, "big")
    import zlib

    header[29:33] = zlib.crc32(header[12:29]).to_bytes(4, "big")
    (tmp_path / "p/a/huge.png").write_bytes(header)
    pictures = PictureFolder(path="p").open(tmp_path, Findings()).values("image")
    with pytest.raises(UnreadableFilesError, match="1 pictures") as caught:
        pictures.decoded(4, 6, 1)
    assert "megapixels" in caught.value.reasons["a/huge.png"]
