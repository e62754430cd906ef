#!/usr/bin/env python3
"""Prints the constants of the mathematical functions: how they were found, and how good they are.

    python3 prelude/coefficients.py              the polynomials, as they stand in math_*.h
    python3 prelude/coefficients.py --tables     the text of math_tables.h

Needs mpmath. Not part of the build: the printed text is in the sources.
"""
import struct
import sys

from mpmath import mp, mpf

mp.prec = 500


def as_f32(x):
    return mpf(struct.unpack("f", struct.pack("f", float(x)))[0])


def as_f64(x):
    return mpf(float(x))


def hexadecimal(x, single=False):
    """A number that is exactly an f64 (or f32) as a C++ literal."""
    text = float(x).hex()
    mantissa, exponent = text.split("p")
    if "." in mantissa:
        mantissa = mantissa.rstrip("0").rstrip(".")
    return f"{mantissa}p{int(exponent)}" + ("f" if single else "")


def minimax(f, degree, low, high):
    """Coefficients of the polynomial of least maximal error on [low, high], by Remez exchange."""
    low, high = mpf(low), mpf(high)
    count = degree + 2

    def place(angle):
        return (low + high) / 2 - (high - low) / 2 * mp.cos(angle)

    nodes = [place(mp.pi * (2 * i + 1) / (2 * count)) for i in range(count)]
    grid = [place(mp.pi * i / 600) for i in range(601)]
    values = [f(x) for x in grid]
    for _ in range(6):
        rows = mp.matrix(count, count)
        right = mp.matrix(count, 1)
        for i, x in enumerate(nodes):
            for j in range(degree + 1):
                rows[i, j] = x**j
            rows[i, degree + 1] = (-1) ** i
            right[i] = f(x)
        solution = mp.lu_solve(rows, right)
        coefficients = [solution[j] for j in range(degree + 1)]
        errors = [mp.polyval(coefficients[::-1], x) - v for x, v in zip(grid, values)]
        peaks, best = [], 0
        for i in range(1, len(grid) + 1):
            if i == len(grid) or (errors[i] > 0) != (errors[best] > 0):
                peaks.append(grid[best])
                best = i
            elif abs(errors[i]) > abs(errors[best]):
                best = i
        if len(peaks) != count:
            break
        nodes = peaks
    return coefficients, max(abs(e) for e in errors)


def polynomial(name, f, degree, low, high, single=False):
    coefficients, error = minimax(f, degree, low, high)
    print(f"// {name}: degree {degree}, error 2^{float(mp.log(error, 2)):.1f}")
    rounding = as_f32 if single else as_f64
    print(",\n".join("    " + hexadecimal(rounding(c), single) for c in coefficients))


def split(name, value, single=False, parts=2):
    """A constant as an unevaluated sum of floats."""
    rounding = as_f32 if single else as_f64
    pieces = []
    for _ in range(parts):
        pieces.append(rounding(value))
        value -= pieces[-1]
    print(f"// {name} = " + " + ".join(hexadecimal(p, single) for p in pieces))


def away_from_zero(f):
    """The polynomials are of quotients like (e^r - 1 - r) / r^2, which need a step aside at 0."""
    tiny = mpf(2) ** -100
    return lambda x: f(x if abs(x) > tiny else tiny)


def even(f):
    """f(r) as a function of z = r^2."""
    tiny = mpf(2) ** -120
    return lambda z: f(mp.sqrt(z if z > tiny else tiny))


def print_polynomials():
    ln2 = mp.log(2)
    half = ln2 / 2 * (1 + mpf(2) ** -10)
    quarter = mp.pi / 4 * (1 + mpf(2) ** -5)
    for name, value in (("ln 2", ln2), ("1/ln 2", 1 / ln2), ("1/ln 10", 1 / mp.log(10))):
        split(name, value)
        split(name, value, single=True)
    split("pi/2", mp.pi / 2, parts=3)
    split("pi/2", mp.pi / 2, single=True, parts=4)
    split("2/pi", 2 / mp.pi)
    split("1/pi", 1 / mp.pi)
    split("sqrt(pi)", mp.sqrt(mp.pi))
    split("2/sqrt(pi)", 2 / mp.sqrt(mp.pi))
    split("ln 2, 42 bits", mp.floor(ln2 * mpf(2) ** 42) / mpf(2) ** 42)
    split("and the rest", ln2 - mp.floor(ln2 * mpf(2) ** 42) / mpf(2) ** 42)
    split("ln 2, 16 bits", mp.floor(ln2 * mpf(2) ** 16) / mpf(2) ** 16, single=True)
    split("and the rest", ln2 - mp.floor(ln2 * mpf(2) ** 16) / mpf(2) ** 16, single=True)

    exp_tail = away_from_zero(lambda r: (mp.expm1(r) - r) / r**2)
    polynomial("(e^r - 1 - r) / r^2", exp_tail, 10, -half, half)
    polynomial("(e^r - 1 - r) / r^2, f32", exp_tail, 5, -half, half, True)
    sinh_tail = even(lambda r: (mp.sinh(r) - r) / r**3)
    cosh_tail = even(lambda r: (mp.cosh(r) - 1 - r**2 / 2) / r**4)
    polynomial("(sinh r - r) / r^3 in r^2", sinh_tail, 4, 0, half**2)
    polynomial("(cosh r - 1 - r^2/2) / r^4 in r^2", cosh_tail, 4, 0, half**2)

    sin_tail = even(lambda r: (mp.sin(r) - r) / r**3)
    cos_tail = even(lambda r: (mp.cos(r) - 1 + r**2 / 2) / r**4)
    polynomial("(sin r - r) / r^3 in r^2", sin_tail, 6, 0, quarter**2)
    polynomial("(cos r - 1 + r^2/2) / r^4 in r^2", cos_tail, 5, 0, quarter**2)
    polynomial("(sin r - r) / r^3 in r^2, f32", sin_tail, 3, 0, quarter**2, True)
    polynomial("(cos r - 1 + r^2/2) / r^4 in r^2, f32", cos_tail, 2, 0, quarter**2, True)

    bound = mpf(2) ** -7
    log1p_tail = away_from_zero(lambda r: (mp.log1p(r) - r + r**2 / 2) / r**3)
    polynomial("(ln(1+r) - r + r^2/2) / r^3", log1p_tail, 6, -bound, bound)
    low, high = mp.sqrt(0.5) - 1 - 0.002, mp.sqrt(2) - 1 + 0.002
    log_tail = away_from_zero(lambda f: (mp.log1p(f) - f) / f**2)
    polynomial("(ln(1+f) - f) / f^2, f32", log_tail, 9, low, high, True)
    polynomial("(log2(1+f) - f/ln2) / f^2, f32", lambda f: log_tail(f) / ln2, 9, low, high, True)

    arc = (mpf(1) / 32 + mpf(2) ** -10) ** 2
    polynomial("(atan t - t) / t^3 in t^2", even(lambda t: (mp.atan(t) - t) / t**3), 4, 0, arc)
    polynomial("cube root on [1, 8]", lambda x: mp.cbrt(x), 4, 1, 8)

    def scaled_erfc(t):
        x = 4 * (1 + t) / (1 - t)
        return (1 + 2 * x) * mp.erfc(x) * mp.exp(x**2)

    split("(1 + 2x) e^(x^2) erfc x at 4", scaled_erfc(mpf(0)))
    erfc_slope = away_from_zero(lambda t: (scaled_erfc(t) - scaled_erfc(mpf(0))) / t)
    polynomial("((1 + 2x) e^(x^2) erfc x - the same at 4) / t in t = (x - 4) / (x + 4)",
               erfc_slope, 25, -1, mpf(3) / 4)
    polynomial("(erf x / x - 2/sqrt(pi)) / x^2 in x^2",
               even(lambda x: (mp.erf(x) / x - 2 / mp.sqrt(mp.pi)) / x**2), 9, 0, mpf(1) / 4)

    def stirling_rest(y):
        x = 1 / mp.sqrt(max(y, mpf(2) ** -100))
        return (mp.loggamma(x) - (x - mpf(1) / 2) * mp.log(x) + x - mp.log(2 * mp.pi) / 2) * x

    split("ln sqrt(2 pi)", mp.log(2 * mp.pi) / 2)
    split("pi", mp.pi)
    polynomial("(ln gamma x - Stirling's start) x in 1/x^2", stirling_rest, 5, 0, mpf(1) / 100)


def print_tables():
    print("""// The tables of the mathematical functions, printed by prelude/coefficients.py --tables.

namespace DUNLIN_LANE_NAMESPACE {
// clang-format off

/// For m in [0.707, 1.414), cut at its first seven bits: c close to 1/m, with so few bits that
/// m*c - 1 is exact, and -ln c as a multiple of 2^-42 and a remainder.
DUNLIN_LANE_TABLE double kLogTable[128][3] = {""")
    for i in range(128):
        if i < 75:
            middle = (1 + mpf(53 + i) / 128) / 2 + mpf(1) / 512
            c = mp.nint(128 / middle) / 128
        else:
            middle = 1 + mpf(i - 75) / 128 + mpf(1) / 256
            c = mp.nint(256 / middle) / 256
        if i in (74, 75):
            c = mpf(1)
        value = -mp.log(c)
        high = mp.nint(value * mpf(2) ** 42) / mpf(2) ** 42
        rest = as_f64(value - high)
        print(f"    {{{hexadecimal(c)}, {hexadecimal(high)}, {hexadecimal(rest)}}},")
    print("""};

/// The angle whose tangent is i/16, as a sum of two.
DUNLIN_LANE_TABLE double kArcTable[17][2] = {""")
    for i in range(17):
        value = mp.atan(mpf(i) / 16)
        high = as_f64(value)
        print(f"    {{{hexadecimal(high)}, {hexadecimal(as_f64(value - high))}}},")
    print("""};

/// The bits of 2/pi after 64 zeros, the first bit highest: enough for the largest f64.
DUNLIN_LANE_TABLE unsigned int kTwoOverPi[44] = {""")
    mp.prec = 44 * 32 + 200
    digits = int(mp.floor(2 / mp.pi * mpf(2) ** (42 * 32)))
    words = [0, 0] + [(digits >> (32 * (41 - i))) & 0xFFFFFFFF for i in range(42)]
    for i in range(0, 44, 6):
        print("    " + ", ".join(f"0x{w:08x}u" for w in words[i : i + 6]) + ",")
    print("""};

// clang-format on
}  // namespace DUNLIN_LANE_NAMESPACE""")


if __name__ == "__main__":
    if "--tables" in sys.argv:
        print_tables()
    else:
        print_polynomials()
