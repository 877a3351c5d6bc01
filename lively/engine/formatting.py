"""Numbers and equations as text."""

import numpy as np

from lively.arrays import Array

_SUPERSCRIPT = str.maketrans("0123456789-", "⁰¹²³⁴⁵⁶⁷⁸⁹⁻")


def format_exponent(value: int) -> str:
    """Write an integer as an exponent: 15 as ¹⁵."""
    return str(value).translate(_SUPERSCRIPT)


def format_number(value: float, digits: int = 3, whole: int = 6) -> str:
    """Write a number with `digits` significant digits and a minus sign, without trailing zeros.

    Up to `whole` digits stand before the point; larger numbers take a power of ten.

    >>> format_number(-0.5), format_number(12345.6), format_number(3.2e-7), format_number(4e12)
    ('−0.5', '12 300', '3.2·10⁻⁷', '4·10¹²')
    """
    if not np.isfinite(value):
        return "not finite"
    if value == 0:
        return "0"
    mantissa, exponent = f"{value:.{digits - 1}e}".split("e")
    power = int(exponent)
    if -4 <= power < whole:
        text = f"{float(f'{mantissa}e{exponent}'):,.{max(digits - 1 - power, 0)}f}"
        text = text.replace(",", "\u2009")
        if "." in text:
            text = text.rstrip("0").rstrip(".")
    else:
        mantissa = mantissa.rstrip("0").rstrip(".") if "." in mantissa else mantissa
        text = f"{mantissa}·10{format_exponent(power)}"
    return text.replace("-", "−")


def format_fixed(value: float, decimals: int = 2) -> str:
    """Write a score with fixed decimals, so that its width stays as it changes.

    >>> format_fixed(0.954), format_fixed(-16128.8)
    ('0.95', '−16 100')
    """
    if abs(value) >= 1000:
        return format_number(value)
    return f"{value:.{decimals}f}".replace("-", "−")


def format_percent(share: float) -> str:
    """Write a share as a percentage, small ones with a decimal.

    >>> format_percent(0.034), format_percent(0.75), format_percent(2.5)
    ('3.4 %', '75 %', '250 %')
    """
    text = format_number(float(f"{100 * share:.3g}"))
    return f"{format_fixed(100 * share, 1) if abs(share) < 0.1 else text} %"


def format_share(value: float) -> str:
    """Write a share as `format_percent` does, but never a positive one as zero.

    >>> format_share(0.0002), format_share(0.034)
    ('less than 0.1 %', '3.4 %')
    """
    return "less than 0.1 %" if 0 < value < 0.0005 else format_percent(value)


def format_polynomial(coefficients: Array, at: Array) -> str:
    """Write a polynomial, with as many digits as the plotted curve needs.

    Parameters
    ----------
    coefficients : ndarray of shape (degree + 1,)
        Of 1, x, x², …
    at : ndarray
        Inputs at which the written polynomial must lie within a thousandth of the curve's height.

    Returns
    -------
    str
    """
    curve = np.polynomial.Polynomial(coefficients)(at)
    allowed = 1e-3 * (np.ptp(curve) or abs(curve[0]) or 1)
    powers = np.abs(at).max() ** np.arange(len(coefficients))
    # Terms too small to see are not written: mapping x leaves rounding noise in every power.
    seen = np.where(np.abs(coefficients) * powers > 1e-3 * allowed, coefficients, 0)
    for digits in range(3, 17):
        rounded = np.array([float(f"{c:.{digits - 1}e}") for c in seen])
        if np.abs(np.polynomial.Polynomial(rounded)(at) - curve).max() <= allowed:
            break
    terms = []
    for power, value in enumerate(rounded):
        if value != 0:
            variable = {0: "", 1: " x"}.get(power, f" x{format_exponent(power)}")
            terms.append(
                ("− " if value < 0 else "+ ") + format_number(abs(value), digits) + variable
            )
    if not terms:
        return "ŷ = 0"
    first = terms[0].replace("− ", "−").replace("+ ", "")
    return " ".join(["ŷ =", first, *terms[1:]])
