// Random numbers by counting: Philox4x32-10 in the lane dialect (see lanes_scalar.h; include a
// lanes header first). A block of 128 random bits is a pure function of (seed, VM, draw), so a VM
// draws the same numbers whatever the device, the size of the batch, or the way it is split.
#pragma once

namespace DUNLIN_LANE_NAMESPACE {

struct RandomBlock {
    u32 word[4];
};

/// Philox4x32 with 10 rounds (Salmon et al., "Parallel random numbers: as easy as 1, 2, 3", 2011).
DUNLIN_LANE_ROUTINE RandomBlock philox(RandomBlock counter, u32 key_low, u32 key_high) {
    u32 a = counter.word[0], b = counter.word[1], c = counter.word[2], d = counter.word[3];
    for (int round = 0; round < 10; ++round) {
        const u64 first = convert<u64>(a) * 0xD2511F53ull;
        const u64 second = convert<u64>(c) * 0xCD9E8D57ull;
        a = convert<u32>(second >> 32) ^ b ^ key_low;
        c = convert<u32>(first >> 32) ^ d ^ key_high;
        b = convert<u32>(second);
        d = convert<u32>(first);
        key_low = key_low + 0x9E3779B9u;
        key_high = key_high + 0xBB67AE85u;
    }
    return {{a, b, c, d}};
}

/// The block of draw number `draw` of VM `vm` under `seed`: the layout of counter and key that
/// Dunlin uses.
DUNLIN_LANE_FUNCTION RandomBlock random_block(u64 seed, u64 vm, u64 draw) {
    const RandomBlock counter = {
        {convert<u32>(draw), convert<u32>(draw >> 32), convert<u32>(vm), convert<u32>(vm >> 32)}};
    return philox(counter, convert<u32>(seed), convert<u32>(seed >> 32));
}

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
