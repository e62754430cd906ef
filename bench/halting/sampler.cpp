// Draws the programs of the benchmark `halting`: the same as halting_sampler.dun, word for word,
// from the same random numbers, so that either checks the other.
//   sampler PROGRAMS SEED IMAGES.npy [TOKENS]
// TOKENS are those of the body: 105, or fewer to try the sampler on lengths that can be counted by
// hand.
#include <algorithm>
#include <string>
#include <utility>
#include <vector>

#include "bench/common/peer.h"

namespace {

constexpr int kWords = 128;
constexpr int kMark = 1024;  // an argument from here on stands for a data word
constexpr int kTemporary = kMark + 27;

enum Operation { kHalt, kLod, kAdd, kMul, kSto, kBnz, kRd, kPri };

// Random numbers of one VM: Philox4x32-10, a block of 128 bits for each number.
class Stream {
  public:
    Stream(std::uint64_t seed, std::uint64_t vm) : seed_(seed), vm_(vm) {}

    double uniform() {
        std::uint32_t word[4] = {low(drawn_), high(drawn_), low(vm_), high(vm_)};
        ++drawn_;
        std::uint32_t key[2] = {low(seed_), high(seed_)};
        for (int round = 0; round < 10; ++round) {
            const std::uint64_t first = std::uint64_t{word[0]} * 0xD2511F53u;
            const std::uint64_t second = std::uint64_t{word[2]} * 0xCD9E8D57u;
            const std::uint32_t next[4] = {high(second) ^ word[1] ^ key[0], low(second),
                                           high(first) ^ word[3] ^ key[1], low(first)};
            std::copy(next, next + 4, word);
            key[0] += 0x9E3779B9u;
            key[1] += 0xBB67AE85u;
        }
        const std::uint64_t bits = word[0] | std::uint64_t{word[1]} << 32;
        return static_cast<double>(bits >> 11) * 0x1p-53;
    }
    int below(int k) { return static_cast<int>(uniform() * k); }

  private:
    static std::uint32_t low(std::uint64_t x) { return static_cast<std::uint32_t>(x); }
    static std::uint32_t high(std::uint64_t x) { return static_cast<std::uint32_t>(x >> 32); }
    std::uint64_t seed_, vm_, drawn_ = 0;
};

// Derivations of an assignment of so many tokens.
double assignments_of(int tokens) {
    switch (tokens) {
        case 6: return 200;
        case 9: return 600;
        case 11: return 12000;
        case 14: return 36000;
        default: return 0;
    }
}

// How many derivations of each length blocks and statements have.
struct Counts {
    explicit Counts(int length) : blocks(length + 1), statements(length + 1) {
        for (int k = 1; k <= length; ++k) {
            double ways = assignments_of(k);
            if (k > 7) ways += 30 * blocks[k - 7];
            for (int first = 1; first < k - 9; ++first)
                ways += 30 * blocks[first] * blocks[k - 9 - first];
            statements[k] = ways;
            if (k == 1) ways += 2;
            for (int first = 1; first < k - 1; ++first)
                ways += statements[first] * blocks[k - 1 - first];
            blocks[k] = ways;
        }
    }
    std::vector<double> blocks, statements;
};

// One program: draws a derivation top down, and writes the code as it goes.
class Drawing {
  public:
    Drawing(const Counts& counts, Stream& stream) : counts_(counts), random_(stream) {
        inputs_ = 1 + random_.below(9);
        outputs_ = 1 + random_.below(9);
    }

    // Whether code and data fit; then the image is complete.
    bool draw(int length, std::int32_t* image) {
        block(length);
        land(breaks_, 0);
        print_and_halt();
        const int count = static_cast<int>(code_.size());
        if (count + inputs_ + outputs_ + 10 > kWords) return false;
        std::fill(image, image + kWords, 0);
        for (int k = 0; k < count; ++k) image[k] = placed(code_[k], count);
        return true;
    }

  private:
    int count() const { return static_cast<int>(code_.size()); }
    void emit(Operation operation, int argument) { code_.push_back(argument << 3 | operation); }
    void patch(int place) { code_[place] = count() << 3 | kBnz; }
    // Jumps whose target is not known yet name the one before, in a chain that ends with 0.
    int jump(int argument) {
        emit(kLod, 1);
        emit(kBnz, argument);
        return count() - 1;
    }
    void land(int chain, int end) {
        while (chain != end) {
            const int before = code_[chain] >> 3;
            patch(chain);
            chain = before;
        }
    }
    void print_and_halt() {
        for (int k = 0; k < outputs_; ++k) emit(kPri, kMark + 9 + k);
        emit(kHalt, 0);
    }
    int data(int array) {
        const int index = random_.below(10);
        if (array == 0) return kMark + index % inputs_;
        if (array == 1) return kMark + 18 + index % 9;
        return kMark + 9 + index % outputs_;
    }
    void read_data() {
        const int array = random_.below(3);
        emit(kLod, 0);
        emit(kAdd, data(array));
    }

    void block(int length) {
        double chance = random_.uniform() * counts_.blocks[length];
        if (length == 1) {
            if (chance < 1)
                print_and_halt();
            else
                breaks_ = jump(breaks_);
            return;
        }
        if (chance < counts_.statements[length]) return statement(length);
        chance -= counts_.statements[length];
        auto ways = [&](int part) {
            return counts_.statements[part] * counts_.blocks[length - 1 - part];
        };
        int part = 6;
        while (part < length - 2 && chance >= ways(part)) chance -= ways(part++);
        statement(part);
        block(length - 1 - part);
    }

    void statement(int length) {
        double chance = random_.uniform() * counts_.statements[length];
        const double assignments = assignments_of(length);
        if (chance < assignments) return assignment(length);
        chance -= assignments;
        const int head = count();
        read_data();
        const double loops = length > 7 ? 30 * counts_.blocks[length - 7] : 0.0;
        if (chance < loops) return loop(head, length - 7);
        chance -= loops;
        auto ways = [&](int part) {
            return 30 * counts_.blocks[part] * counts_.blocks[length - 9 - part];
        };
        int part = 1;
        while (part < length - 10 && chance >= ways(part)) chance -= ways(part++);
        choice(part, length - 9 - part);
    }

    void assignment(int length) {
        const int target = data(1 + random_.below(2));
        if (length == 6) {
            emit(kLod, random_.below(10));
        } else {
            read_data();
            if (length > 9) {
                const Operation operation = random_.below(2) == 0 ? kAdd : kMul;
                emit(kSto, kTemporary);
                if (length == 11)
                    emit(kLod, random_.below(10));
                else
                    read_data();
                emit(operation, kTemporary);
            }
        }
        emit(kSto, target);
    }

    void loop(int head, int length) {
        emit(kBnz, count() + 3);
        const int around = breaks_;
        breaks_ = jump(0);
        block(length);
        jump(head);
        land(breaks_, 0);
        breaks_ = around;
    }

    void choice(int then_length, int else_length) {
        const int branch = count();
        emit(kBnz, 0);
        block(else_length);
        const int end = jump(0);
        patch(branch);
        block(then_length);
        patch(end);
    }

    // A word of code, with the place of its data when that is what it names.
    std::int32_t placed(std::int32_t word, int count) const {
        int place = word >> 3;
        if (place < kMark) return word;
        place -= kMark;
        if (place >= 18)
            place += count + inputs_ + outputs_ - 18;
        else if (place >= 9)
            place += count + inputs_ - 9;
        else
            place += count;
        return place << 3 | (word & 7);
    }

    const Counts& counts_;
    Stream& random_;
    int inputs_, outputs_;
    std::vector<std::int32_t> code_;
    int breaks_ = 0;
};

struct Job {
    const Counts& counts;
    int length;
    std::uint64_t seed;
    std::vector<std::int32_t> images;
};

void draw_all(void* data) {
    Job& job = *static_cast<Job*>(data);
    for (std::size_t vm = 0; vm < job.images.size() / kWords; ++vm) {
        Stream stream(job.seed, vm);
        while (!Drawing(job.counts, stream).draw(job.length, job.images.data() + vm * kWords)) {
        }
    }
}

}  // namespace

int main(int count, char** arguments) {
    if (count < 4) peer_fail("PROGRAMS SEED IMAGES.npy are wanted", arguments[0]);
    const long programs = std::atol(arguments[1]);
    const int length = count > 4 ? std::atoi(arguments[4]) : 105;
    const Counts counts(length);
    Job job{counts, length, std::strtoull(arguments[2], nullptr, 10),
            std::vector<std::int32_t>(static_cast<std::size_t>(programs) * kWords)};
    peer_measure(draw_all, &job);
    peer_save(arguments[3], "<i4", job.images.data(), programs, kWords, 4);
}
