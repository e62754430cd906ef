#include "tests/random/library_calls.hpp"

namespace dunlin::random_programs {

const std::vector<LibraryCall>& library_calls() {
    static const std::vector<LibraryCall> kCalls = {
        {"sigmoid($0)", "F", {"="}},
        {"softplus($0)", "F", {"="}},
        {"relu($0)", "T", {"="}},
        {"square($0)", "T", {"="}},
        {"reciprocal(1.5 + abs($0))", "F", {"="}},
        {"lerp($0, $1, $2)", "F", {"=", "=", "="}},
        {"clip($0, $1, $2)", "T", {"=", "=", "="}},
        {"logaddexp($0, $1)", "F", {"=", "="}},
        {"heaviside($0, 0.5)", "F", {"="}},
        {"smoothstep(-1, 1, $0)", "F", {"="}},
        {"catmull_rom($0, $1, $2, $3, 0.25)", "F", {"=", "=", "=", "="}},
        {"radians($0)", "F", {"="}},
        {"gcd($0, $1)", "I", {"=", "="}, 20},
        {"lcm($0, $1)", "I", {"=", "="}, 20},
        {"isclose($0, $1)", "B", {"f", "f"}},
        {"allclose($0, $1)", "B.", {"fn", "fn"}},
        {"map(sin, $0)", "Fr", {"="}, 4},
        {"map(abs, $0)", "Tr", {"="}, 4},

        {"mean($0, axis = 0)", "F", {"=+"}},
        {"mean($0)", "F.", {"=n"}},
        {"var($0, axis = 0)", "F", {"=+"}},
        {"std($0)", "F.", {"=n"}},
        {"median($0)", "F.", {"=n"}, 2},
        {"median($0, axis = 0)", "F", {"=+"}, 2},
        {"norm($0)", "F.", {"=n"}},
        {"ptp($0, axis = 0)", "T", {"=+"}},
        {"logsumexp($0, axis = 0)", "F", {"=+"}},
        {"softmax($0)", "Fr", {"="}},
        {"count_nonzero($0, axis = 0)", "i", {"a+"}},
        {"trapezoid($0)", "F.", {"=n"}},
        {"diff($0, axis = 0)", "Tr", {"=>"}},

        {"flip($0)", "A", {"="}},
        {"roll($0, $1)", "A", {"=", "i."}},
        {"roll($0, $1, axis = 0)", "Ar", {"=", "i."}},
        {"swapaxes($0, 0, 1)", "Aq", {"="}},
        {"tril($0)", "Tq", {"="}},
        {"eye(SIZES)", "fq", {}},
        {"linspace($0, $1, SIZES)", "fv", {"f.", "f."}},

        {"dot($0, $1)", "T.", {"=n", "=n"}},
        {"trace($0)", "S.", {"=q"}},
        {"vecdot($0, $1, axis = 0)", "S", {"=+", "=+"}},
        {"det($0)", "F.", {"=q"}, 15},
        {"inv($0)", "Fq", {"="}, 25},
        {"solve($0, $1)", "Fv", {"=s", "="}, 25},
        {"cholesky($0 @ transpose($0) + eye(len($0), dtype = dtype($0)))", "Fq", {"="}, 20},
        {"matrix_power($0, 3)", "Tq", {"="}, 10},
        {"polyval($0, $1)", "F", {"=n", "="}, 3},
        {"interp($0, sort($1), $2)", "f", {"f", "fn", "fn"}, 6},
        {"convolve_same($0, $1)", "Fv", {"=", "=n"}, 6},

        {"searchsorted(sort($0), $1)", "i", {"fn", "f"}, 4},
        {"isin($0, $1)", "B", {"f", "fn"}},
        {"unique_values($0, SIZES)", "Tv", {"=n"}, 3},
        {"count_unique($0)", "i.", {"an"}, 2},

        {"rotr($0, $1)", "I", {"=", "="}},
        {"parity($0)", "I", {"="}},
        {"gray_code($0)", "I", {"="}},
        {"gray_decode($0)", "I", {"="}},
        {"byte_swap($0)", "I", {"="}},
        {"next_power_of_two($0)", "I", {"="}},
        {"floor_log2($0)", "I", {"="}},
        {"hamming_distance($0, $1)", "I", {"=", "="}},
        {"toggle_bit($0, 3)", "I", {"="}},
        {"is_power_of_two($0)", "B", {"u"}},

        {"randint(-3, 10, SIZES)", "i", {}, 1, true},
        {"randn(SIZES)", "f", {}, 2, true},
        {"uniform(-1, 2, SIZES)", "f", {}, 1, true},
        {"bernoulli(0.3, SIZES)", "B", {}, 1, true},
        {"exponential(2.0, SIZES)", "f", {}, 1, true},
        {"permutation(SIZES)", "iv", {}, 2, true},
        {"shuffle($0)", "Ar", {"="}, 2, true},

        {"batch_size()", "i.", {}},
        {"batch_count($0)", "i", {"B"}},
        {"batch_mean($0)", "F", {"="}},
        {"batch_var($0)", "F", {"="}, 2},
        {"batch_scan_exclusive($0)", "S", {"="}, 1, true},
    };
    return kCalls;
}

}  // namespace dunlin::random_programs
