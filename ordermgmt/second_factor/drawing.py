"""A QR code as the path of an SVG."""

from reportlab.graphics.barcode.qrencoder import QRCode, QRErrorCorrectLevel


def qr_path(value: str) -> tuple[int, str]:
    """Modules a side, and the path of the dark ones, each a unit square."""
    code = QRCode(None, QRErrorCorrectLevel.M)
    code.addData(value)
    code.make()
    side = code.getModuleCount()
    dark = ((x, y) for y in range(side) for x in range(side) if code.isDark(y, x))
    return side, "".join(f"M{x} {y}h1v1h-1z" for x, y in dark)
