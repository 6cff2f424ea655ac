"""The cells of a list, written here: a page has hundreds, and a template for each was a third of its time."""

from django import template
from django.utils.html import format_html, format_html_join
from django.utils.safestring import SafeString

from ordermgmt.lists.cells import Cell, Column
from ordermgmt.lists.listing import Row
from ordermgmt.templatetags.shop import age

register = template.Library()


@register.simple_tag
def cells_of(row: Row) -> SafeString:
    """Those of a row, one beside the other."""
    return format_html_join("\n      ", '<td class="{}">{}</td>', (_placed(column, cell) for column, cell in row.cells))


def _placed(column: Column, cell: Cell) -> tuple[str, SafeString | str]:
    """Where it stands and what it says; a narrow screen, which has no headings, may name it."""
    if cell.is_blank:
        return column.place, ""
    said = _said(cell)
    if not column.named:
        return column.place, said
    return column.place, format_html('<span class="only-phone faint">{} </span>{}', column.label, said)


def _said(cell: Cell) -> SafeString | str:
    if cell.href:
        kind = "no row-link" if cell.is_code else "row-link"
        return format_html('<a class="{}" href="{}">{}</a>{}', kind, cell.href, cell.text, _below(cell))
    if cell.tone is not None:
        tags = ((one.tone, one.text) for one in (cell, *cell.beside))
        return format_html_join(" ", '<span class="tag {}">{}</span>', tags) + _below(cell)
    if cell.is_faint:
        return format_html('<span class="faint">{}</span>', cell.text)
    return age(cell.since) if cell.since else cell.text


def _below(cell: Cell) -> SafeString:
    return format_html("<small>{}</small>", cell.below) if cell.below else SafeString("")
