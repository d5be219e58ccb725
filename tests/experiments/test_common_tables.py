"""Tables as corpora have them, and damaged ones."""

import pytest

from core.errors import DataError
from experiments.common.tables import find_table, read_table, write_table


def write(folder, content):
    path = folder / "table.csv"
    path.write_bytes(content)
    return path


def test_columns_are_picked_by_name_in_the_order_asked(tmp_path):
    path = write(tmp_path, b'\xef\xbb\xbfa,b,c\r\n1,"2,2",3\r\n4,5,6\r\n')
    assert read_table(path, ("c", "b")) == [
        (f"{path}, row 2", ("3", "2,2")),
        (f"{path}, row 3", ("6", "5")),
    ]


def test_tabs_separate_where_that_is_said(tmp_path):
    ((_, cells),) = read_table(write(tmp_path, b"a\tb\n1,5\t2\n"), ("a", "b"), "\t")
    assert cells == ("1,5", "2")


@pytest.mark.parametrize(
    ("content", "told"),
    [
        (b"a,x\n1,2\n", "no column b; it has: a, x"),
        (b"", "no column a, b; it has: nothing"),
        (b"a,b\n", "has no row"),
        (b"a,b\n1,2\n3\n", "row 3: 1 cells instead of 2"),
        (b"a,b\n\xff\xfe,2\n", "cannot be read"),
        (b'a,b\n"1,2\n', "cannot be read"),
    ],
)
def test_a_damaged_table_is_refused_by_name(tmp_path, content, told):
    with pytest.raises(DataError, match=told) as caught:
        read_table(write(tmp_path, content), ("a", "b"))
    assert "table.csv" in str(caught.value)


def test_a_table_is_found_once(tmp_path):
    here, below = tmp_path / "meta.csv", tmp_path / "below" / "meta.csv"
    assert find_table(tmp_path, [here, tmp_path / "other.csv"], "meta.csv") == here
    assert find_table(tmp_path, [], "meta.csv") is None
    with pytest.raises(DataError, match="keep one"):
        find_table(tmp_path, [here, below], "meta.csv")


def test_a_table_that_is_written_is_read_again(tmp_path):
    path = tmp_path / "table.csv"
    write_table(path, [("a", "b"), ("1\t2", 3), ("é", 0.5)], "\t")
    assert path.read_bytes().count(b"\r") == 0
    assert [cells for _, cells in read_table(path, ("b", "a"), "\t")] == [
        ("3", "1\t2"),
        ("0.5", "é"),
    ]
