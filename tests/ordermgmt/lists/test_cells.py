"""What the cells of a row look like."""

from datetime import timedelta

import pytest

from inventory import clock
from ordermgmt.lists.cells import Cell, Column, link, nothing, said, since, tag
from ordermgmt.lists.listing import Row
from ordermgmt.templatetags.lists import cells_of

SLY = '<b>"&'
SHOWN = "&lt;b&gt;&quot;&amp;"


def html(cell: Cell, *, named: bool = False) -> str:
    """Of a row that has this cell alone."""
    column = Column("what", SLY, lambda row: cell, "at-what", named=named)
    return str(cells_of(Row(None, [(column, cell)])))


@pytest.mark.parametrize(
    ("cell", "shown"),
    [
        (said(SLY), SHOWN),
        (said(None), ""),
        (nothing(SLY), f'<span class="faint">{SHOWN}</span>'),
        (link(SLY, "/?a&b"), f'<a class="no row-link" href="/?a&amp;b">{SHOWN}</a>'),
        (link("Ann", "/", below=SLY, is_code=False), f'<a class="row-link" href="/">Ann</a><small>{SHOWN}</small>'),
        (tag(SLY), f'<span class="tag ">{SHOWN}</span>'),
        (
            tag("Picked", "go", tag(SLY, "warn"), below=SLY),
            f'<span class="tag go">Picked</span> <span class="tag warn">{SHOWN}</span><small>{SHOWN}</small>',
        ),
    ],
)
def test_each_kind_has_its_looks_and_says_nothing_but_words(cell: Cell, shown: str) -> None:
    assert html(cell) == f'<td class="at-what">{shown}</td>'


def test_an_age_is_kept_true_by_the_page():
    with clock.at(clock.now()):
        shown = html(since(clock.now() - timedelta(minutes=5)))
    assert "data-age>5 min</time></td>" in shown


def test_on_a_narrow_screen_a_column_is_named_unless_it_says_nothing():
    assert html(said("12"), named=True) == f'<td class="at-what"><span class="only-phone faint">{SHOWN} </span>12</td>'
    assert html(said(""), named=True) == '<td class="at-what"></td>'


def test_cells_stand_one_beside_the_other():
    column = Column("what", "What", said, "at-what")
    row = Row(None, [(column, said("a")), (column, said("b"))])
    assert str(cells_of(row)).split("\n") == ['<td class="at-what">a</td>', '      <td class="at-what">b</td>']
