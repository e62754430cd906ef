// The order of additions, against a second description of it that shares nothing with the first:
// here the whole tree is written down with indices, the way docs/numerics.md has it.
#include <cmath>

#include "tests/unit/interpret_support.hpp"

namespace dunlin::ir {

namespace {

const std::vector<std::int64_t> kLengths = {1,   2,    3,    15,   16,   17,   24,    31,   33,
                                            100, 4095, 4096, 4097, 4113, 8192, 10000, 65536};

// Numbers of very different size: every other order gives another sum.
template <typename T>
std::vector<T> uneven_numbers(std::int64_t count, std::uint64_t seed) {
    std::vector<T> numbers;
    std::uint64_t state = seed * 2 + 1;
    for (std::int64_t k = 0; k < count; ++k) {
        state = state * 6364136223846793005u + 1442695040888963407u;
        const double fraction = static_cast<double>(state >> 11) * 0x1p-53 - 0.5;
        numbers.push_back(static_cast<T>(std::ldexp(fraction, static_cast<int>(state % 23))));
    }
    return numbers;
}

template <typename T>
T model_block(const std::vector<T>& x, std::size_t begin, std::size_t end) {
    std::vector<T> lanes;
    for (std::size_t lane = 0; lane < 16 && begin + lane < end; ++lane) {
        T sum = x[begin + lane];
        for (std::size_t k = begin + lane + 16; k < end; k += 16) sum = sum + x[k];
        lanes.push_back(sum);
    }
    for (std::size_t half : {8, 4, 2, 1})
        for (std::size_t lane = 0; lane < half; ++lane)
            if (lane + half < lanes.size()) lanes[lane] = lanes[lane] + lanes[lane + half];
    return lanes[0];
}

template <typename T>
T model_sum(std::vector<T> x) {
    while (x.size() > 1) {
        std::vector<T> blocks;
        for (std::size_t begin = 0; begin < x.size(); begin += 4096)
            blocks.push_back(model_block(x, begin, std::min(x.size(), begin + 4096)));
        x = blocks;
    }
    return x[0];
}

template <typename T>
std::vector<T> model_scan(const std::vector<T>& x) {
    std::vector<T> result;
    T carry = 0;
    for (std::size_t begin = 0; begin < x.size(); begin += 4096) {
        const std::size_t end = std::min(x.size(), begin + 4096);
        T local = x[begin];
        for (std::size_t k = begin; k < end; ++k) {
            if (k > begin) local = local + x[k];
            result.push_back(begin == 0 ? local : carry + local);
        }
        carry = begin == 0 ? local : carry + local;
    }
    return result;
}

Constant reduce(Op op, const Constant& x, std::vector<std::int64_t> axes, const Type& result) {
    return evaluate(op, axes, {&x}, result).value();
}

template <typename T>
void check_sums(DType dtype) {
    for (std::int64_t length : kLengths) {
        const std::vector<T> x = uneven_numbers<T>(length, static_cast<std::uint64_t>(length));
        const Constant constant = array_of(dtype, x);
        EXPECT_EQ(reduce(Op::ReduceSum, constant, {0}, {dtype, {}}).at<T>(), model_sum(x))
            << length;
        const Constant scan = reduce(Op::CumSum, constant, {0}, {dtype, {length}});
        EXPECT_EQ(values_of<T>(scan), model_scan(x)) << length;
    }
}

}  // namespace

TEST(InterpretOrder, SumsAndScansOfFloats) {
    check_sums<float>(DType::F32);
    check_sums<double>(DType::F64);
}

TEST(InterpretOrder, TheNumbersOfTheTestTellOrdersApart) {
    const std::vector<float> x = uneven_numbers<float>(10000, 10000);
    float sequential = 0;
    for (float value : x) sequential += value;
    EXPECT_NE(sequential, model_sum(x));
}

TEST(InterpretOrder, ProductsFollowTheSameOrder) {
    std::vector<double> x = uneven_numbers<double>(5000, 3);
    for (double& value : x) value = std::exp(value * 1e-6);
    std::vector<double> blocks;
    for (std::size_t begin : {0, 4096}) {
        std::vector<double> lanes;
        const std::size_t end = std::min<std::size_t>(x.size(), begin + 4096);
        for (std::size_t lane = 0; lane < 16; ++lane) {
            double product = x[begin + lane];
            for (std::size_t k = begin + lane + 16; k < end; k += 16) product *= x[k];
            lanes.push_back(product);
        }
        for (std::size_t half : {8, 4, 2, 1})
            for (std::size_t lane = 0; lane < half; ++lane) lanes[lane] *= lanes[lane + half];
        blocks.push_back(lanes[0]);
    }
    const Constant product = reduce(Op::ReduceProd, array_of(DType::F64, x), {0}, {DType::F64, {}});
    EXPECT_EQ(product.at<double>(), blocks[0] * blocks[1]);
}

// The sequence over several axes runs in row-major order, whether the axes adjoin or not.
TEST(InterpretOrder, SeveralAxesAreOneSequence) {
    const std::int64_t a = 70, b = 3, c = 90;
    const std::vector<float> x = uneven_numbers<float>(a * b * c, 5);
    Constant constant = array_of(DType::F32, x);
    constant.type.shape = {a, b, c};

    const Constant outer = reduce(Op::ReduceSum, constant, {0, 2}, {DType::F32, {b}});
    for (std::int64_t j = 0; j < b; ++j) {
        std::vector<float> sequence;
        for (std::int64_t i = 0; i < a; ++i)
            for (std::int64_t k = 0; k < c; ++k) sequence.push_back(x[(i * b + j) * c + k]);
        EXPECT_EQ(outer.at<float>(j), model_sum(sequence));
    }
    const Constant inner = reduce(Op::ReduceSum, constant, {1, 2}, {DType::F32, {a}});
    for (std::int64_t i = 0; i < a; ++i)
        EXPECT_EQ(inner.at<float>(i), model_sum(std::vector<float>(x.begin() + i * b * c,
                                                                   x.begin() + (i + 1) * b * c)));
    const Constant first = reduce(Op::ReduceSum, constant, {0}, {DType::F32, {b, c}});
    for (std::int64_t place = 0; place < b * c; ++place) {
        std::vector<float> sequence;
        for (std::int64_t i = 0; i < a; ++i) sequence.push_back(x[i * b * c + place]);
        EXPECT_EQ(first.at<float>(place), model_sum(sequence));
    }
}

TEST(InterpretOrder, ScansRunAlongTheirAxisOnly) {
    const std::int64_t rows = 4100, columns = 3;
    const std::vector<float> x = uneven_numbers<float>(rows * columns, 9);
    Constant constant = array_of(DType::F32, x);
    constant.type.shape = {rows, columns};
    const Constant scan = reduce(Op::CumSum, constant, {0}, constant.type);
    for (std::int64_t column = 0; column < columns; ++column) {
        std::vector<float> line;
        for (std::int64_t row = 0; row < rows; ++row) line.push_back(x[row * columns + column]);
        const std::vector<float> expected = model_scan(line);
        for (std::int64_t row = 0; row < rows; ++row)
            ASSERT_EQ(scan.at<float>(row * columns + column), expected[row]);
    }
}

TEST(InterpretOrder, ProductsOfMatricesAddChunksOf256) {
    for (std::int64_t inner : {1, 2, 255, 256, 257, 700}) {
        const std::int64_t rows = 2, columns = 67;
        const std::vector<float> a = uneven_numbers<float>(rows * inner, 1);
        const std::vector<float> b = uneven_numbers<float>(inner * columns, 2);
        Constant left = array_of(DType::F32, a);
        left.type.shape = {rows, inner};
        Constant right = array_of(DType::F32, b);
        right.type.shape = {inner, columns};
        const Constant product =
            evaluate(Op::MatMul, {}, {&left, &right}, {DType::F32, {rows, columns}}).value();
        for (std::int64_t i = 0; i < rows; ++i)
            for (std::int64_t j = 0; j < columns; ++j) {
                float total = 0;
                for (std::int64_t begin = 0; begin < inner; begin += 256) {
                    float chunk = a[i * inner + begin] * b[begin * columns + j];
                    for (std::int64_t k = begin + 1; k < std::min(inner, begin + 256); ++k) {
                        const float one = a[i * inner + k] * b[k * columns + j];
                        chunk = chunk + one;
                    }
                    total = begin == 0 ? chunk : total + chunk;
                }
                ASSERT_EQ(product.at<float>(i * columns + j), total)
                    << inner << " " << i << " " << j;
            }
    }
}

// The sum over the VMs has the order of a sum over as many elements.
TEST(InterpretOrder, BatchSumAndScanFollowTheNumberOfVms) {
    for (std::int64_t vms : {2, 17, 4097}) {
        const std::vector<float> x = uneven_numbers<float>(vms, 11);
        TestBatch sum(
            "slot s0 input f32 \"x\"\nslot s1 output f32 \"sum\"\nslot s2 output f32 \"scan\"\n"
            "r0:\n  s1 = batch_sum s0 !1 then r1 !1\nr1:\n  s2 = batch_scan s0 !1 then r2 "
            "!1\nr2:\n  end !2\n",
            vms);
        sum.bind("x", array_of(DType::F32, x));
        sum.run();
        EXPECT_EQ(sum.value("sum").at<float>(vms - 1), model_sum(x)) << vms;
        EXPECT_EQ(values_of<float>(sum.value("scan")), model_scan(x)) << vms;
    }
}

}  // namespace dunlin::ir
