// The blocks of random bits that random.h makes numbers of, in the lane dialect (a part of
// rules.h).

namespace DUNLIN_LANE_NAMESPACE {

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

}  // namespace DUNLIN_LANE_NAMESPACE
