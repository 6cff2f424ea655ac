"""Several PDFs become one. Loads pypdf, so it is only loaded where a file is made: see `kinds.draw()`."""

from io import BytesIO

from pypdf import PdfReader, PdfWriter


def merge(documents: list[bytes]) -> tuple[bytes, int]:
    """All pages in order, and how many there are."""
    writer, file = PdfWriter(), BytesIO()
    for document in documents:
        writer.append(PdfReader(BytesIO(document)), import_outline=False)
    writer.write(file)
    return file.getvalue(), len(writer.pages)
