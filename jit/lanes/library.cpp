// The functions of library.def for one instruction set and one meaning of a lane. Clang compiles
// this unit nine times, with DUNLIN_LIBRARY_SET and DUNLIN_LIBRARY_WIDTH defined; a name is
// dunlin_avx512_w16_exp_f64, say.
//
// The prelude stands in an unnamed namespace: what one unit compiles for its processor must not be
// shared with another by the linker.
namespace {
#include "prelude/scalar.h"
#if DUNLIN_LIBRARY_WIDTH == 1
namespace lanes = dunlin::lane;
#elif DUNLIN_LIBRARY_WIDTH == 16
#include "prelude/wide16.h"
namespace lanes = dunlin::lane16;
#else
#include "prelude/wide32.h"
namespace lanes = dunlin::lane32;
#endif

// Without fused multiply-add every lane calls a function many times over. The vectors around the
// calls win nothing then, and their code is large.
#ifdef __FMA__
constexpr bool kLaneByLane = false;
#else
constexpr bool kLaneByLane = DUNLIN_LIBRARY_WIDTH > 1;
#endif

template <class T, class Whole, class Single>
T apply(T x, T y, Whole whole, Single single) {
    if constexpr (kLaneByLane && lanes::kIsFloat<T>) {
        T result = {};
        for (int lane = 0; lane < lanes::kLanes; ++lane) result[lane] = single(x[lane], y[lane]);
        return result;
    } else {
        return whole(x, y);
    }
}
}  // namespace

#include "jit/lanes/passing.h"

// A type with a name that other units can know; laid out as lanes::RandomBlock.
struct DunlinRandomBlock {
    lanes::u32 word[4];
};

#define JOIN_NAME(set, width, name, type) dunlin_##set##_w##width##_##name##_##type
#define JOIN(set, width, name, type) JOIN_NAME(set, width, name, type)
#define NAME(name, type) JOIN(DUNLIN_LIBRARY_SET, DUNLIN_LIBRARY_WIDTH, name, type)

#define DEFINE_One(name, type)                                                           \
    extern "C" lanes::type NAME(name, type)(PASSED(type, x)) {                           \
        return apply(                                                                    \
            JOINED(type, x), lanes::type{}, [](auto a, auto) { return lanes::name(a); }, \
            [](auto a, auto) { return dunlin::lane::name(a); });                         \
    }
#define DEFINE_Two(name, type)                                                                  \
    extern "C" lanes::type NAME(name, type)(PASSED(type, x), PASSED(type, y)) {                 \
        return apply(                                                                           \
            JOINED(type, x), JOINED(type, y), [](auto a, auto b) { return lanes::name(a, b); }, \
            [](auto a, auto b) { return dunlin::lane::name(a, b); });                           \
    }
#define DEFINE_Block(name, type)                                                                 \
    extern "C" DunlinRandomBlock NAME(name, type)(lanes::type x, lanes::type y, lanes::type z) { \
        const lanes::RandomBlock block = lanes::name(x, y, z);                                   \
        return {{block.word[0], block.word[1], block.word[2], block.word[3]}};                   \
    }

#define DEFINE_Places(name, type)                                                              \
    extern "C" void NAME(name, type)(lanes::Element<lanes::type> * keys,                       \
                                     lanes::Element<lanes::i32> * places, lanes::Count length, \
                                     bool descending) {                                        \
        lanes::name<lanes::type>(keys, places, length, descending);                            \
    }
#define DEFINE_Keys(name, type)                                                               \
    extern "C" void NAME(name, type)(lanes::Element<lanes::type> * keys, lanes::Count length, \
                                     bool descending) {                                       \
        lanes::name<lanes::type>(keys, length, descending);                                   \
    }

#define FOR_All(shape, name, type) DEFINE_##shape(name, type)
#if DUNLIN_LIBRARY_WIDTH == 1
#define FOR_Wide(shape, name, type)
#else
#define FOR_Wide(shape, name, type) DEFINE_##shape(name, type)
#endif
#define LANE_FUNCTION(name, type, shape, lanes) FOR_##lanes(shape, name, type)
#include "jit/lanes/library.def"
