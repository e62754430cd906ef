// Registers hold pieces of the widest vectors of lanes. Such a vector is passed piece by piece, or
// it would go through memory. Kernels do it with the text of library_table.cpp.
//
// Included where DUNLIN_LIBRARY_WIDTH is defined, and `lanes` is the namespace of those lanes.
// PASSED(f64, x) are the parameters for a vector x, JOINED(f64, x) is the vector again, and
// IN_PIECES(f64, x) are the arguments for it.
#if defined(__AVX512F__)
#define REGISTER_BYTES 64
#elif defined(__AVX__)
#define REGISTER_BYTES 32
#else
#define REGISTER_BYTES 0
#endif
#define PIECES(bytes, count) (DUNLIN_LIBRARY_WIDTH * bytes == REGISTER_BYTES * count)
#if DUNLIN_LIBRARY_WIDTH == 1
#define PIECES_8 1
#elif PIECES(8, 2)
#define PIECES_8 2
#elif PIECES(8, 4)
#define PIECES_8 4
#elif PIECES(8, 8)
#define PIECES_8 8
#else
#define PIECES_8 1
#endif
#if PIECES_8 == 8
#define PIECES_4 4
#define PIECES_2 2
#elif PIECES_8 == 4
#define PIECES_4 2
#define PIECES_2 1
#else
#define PIECES_4 1
#define PIECES_2 1
#endif
#define PIECES_f64 PIECES_8
#define PIECES_i64 PIECES_8
#define PIECES_u64 PIECES_8
#define PIECES_f32 PIECES_4
#define PIECES_i32 PIECES_4
#define PIECES_u32 PIECES_4
#define PIECES_i16 PIECES_2
#define PIECES_u16 PIECES_2
#define PIECES_i8 1
#define PIECES_u8 1

namespace {
#if PIECES_8 > 1
template <class T>
using PieceOf =
    __typeof__(T{}[0]) __attribute__((ext_vector_type(REGISTER_BYTES / sizeof(T{}[0]))));

template <int kNumber, class T>
[[maybe_unused]] PieceOf<T> piece(const T& vector) {
    struct {
        PieceOf<T> all[sizeof(T) / sizeof(PieceOf<T>)];
    } pieces = __builtin_bit_cast(decltype(pieces), vector);
    return pieces.all[kNumber];
}
#endif

template <class T, class Piece, class... Rest>
T joined(Piece first, Rest... rest) {
    struct {
        Piece all[1 + sizeof...(rest)];
    } pieces = {{first, rest...}};
    return __builtin_bit_cast(T, pieces);
}
}  // namespace

#define PASSED_1(type, x) lanes::type x
#define PASSED_2(type, x) PieceOf<lanes::type> x##0, PieceOf<lanes::type> x##1
#define PASSED_4(type, x) PASSED_2(type, x), PieceOf<lanes::type> x##2, PieceOf<lanes::type> x##3
#define PASSED_8(type, x)                                                    \
    PASSED_4(type, x), PieceOf<lanes::type> x##4, PieceOf<lanes::type> x##5, \
        PieceOf<lanes::type> x##6, PieceOf<lanes::type> x##7
#define NAMES_1(x) x
#define NAMES_2(x) x##0, x##1
#define NAMES_4(x) NAMES_2(x), x##2, x##3
#define NAMES_8(x) NAMES_4(x), x##4, x##5, x##6, x##7
#define OF_COUNT_(macro, count) macro##_##count
#define OF_COUNT(macro, count) OF_COUNT_(macro, count)
#define SPLIT_1(x) x
#define SPLIT_2(x) piece<0>(x), piece<1>(x)
#define SPLIT_4(x) SPLIT_2(x), piece<2>(x), piece<3>(x)
#define SPLIT_8(x) SPLIT_4(x), piece<4>(x), piece<5>(x), piece<6>(x), piece<7>(x)
#define PASSED(type, x) OF_COUNT(PASSED, PIECES_##type)(type, x)
#define JOINED(type, x) joined<lanes::type>(OF_COUNT(NAMES, PIECES_##type)(x))
#define IN_PIECES(type, x) OF_COUNT(SPLIT, PIECES_##type)(x)
