"""Barcodes as vectors: Code 128 for every scanner, QR for cameras. Both carry the code and nothing else."""

from reportlab.graphics.barcode.code128 import Code128
from reportlab.graphics.barcode.qr import QrCode
from reportlab.lib.units import mm
from reportlab.pdfgen.canvas import Canvas

WIDEST_BAR, QUIET_BARS = 0.5 * mm, 10  # ISO/IEC 15417 asks for ten bars of white on each side


def code_128(value: str, *, width: float, height: float) -> Code128:
    """Bars of `height` points that fit into `width` with their white margins, and are no wider than they need be."""
    bars = Code128(value, barWidth=1, barHeight=height, quiet=0).width + 2 * QUIET_BARS
    bar = min(WIDEST_BAR, width / bars)
    return Code128(value, barWidth=bar, barHeight=height, quiet=1, lquiet=QUIET_BARS * bar, rquiet=QUIET_BARS * bar)


def draw_qr(canvas: Canvas, value: str, x: float, y: float, side: float) -> None:
    """With four squares of white on each side, error correction M."""
    QrCode(value, qrLevel="M", qrBorder=4, width=side, height=side).drawOn(canvas, x, y)
