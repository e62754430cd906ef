// Random numbers by counting: Philox4x32-10 in the lane dialect (a part of rules.h). A block of 128
// random bits is a pure function of (seed, VM, draw), so a VM draws the same numbers whatever the
// device, the size of the batch, or the way it is split.

namespace DUNLIN_LANE_NAMESPACE {

struct RandomBlock {
    u32 word[4];
};

/// Two words of a block as 64 bits: the first word is the low half.
DUNLIN_LANE_FUNCTION u64 join_words(u32 low, u32 high) {
    return convert<u64>(low) | convert<u64>(high) << 32;
}

/// Random bits as a float in [0, 1): every multiple of 2^-53 (of 2^-24 for f32) is equally likely.
DUNLIN_LANE_FUNCTION f64 uniform(u64 random) {
    return convert<f64>(random >> 11) * 0x1p-53;
}
DUNLIN_LANE_FUNCTION f32 uniform(u32 random) {
    return convert<f32>(random >> 8) * 0x1p-24f;
}

}  // namespace DUNLIN_LANE_NAMESPACE
