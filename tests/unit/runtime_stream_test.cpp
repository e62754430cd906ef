// Batches in chunks: the same results as at once, in the memory of a chunk.
#include <cstring>

#include "tests/unit/runtime_support.hpp"

namespace dunlin {
namespace {

using Streams = RuntimeTest;

constexpr const char* kProgram =
    "input x: int[2]\n"
    "shared w: int\n"
    "state total: int = x[0]\n"
    "state calls: u8\n"
    "total += w * x[1] + vm_id\n"
    "calls += 1\n"
    "assert vm_id % 10 != 3, \"three\"\n"
    "output y = rand() + total\n"
    "output z = 100 // (vm_id % 25)\n"
    "output seen: bool[2] = [vm_id > 50, vm_count == 100]\n";

struct Bound {
    std::vector<std::int32_t> rows;  // to be widened

    template <typename Bindable>
    Failure operator()(Bindable& batch) {
        for (int k = 0; k < 200; ++k) rows.push_back(k * k % 17);
        if (auto error = batch.bind("x", Array::view(rows.data(), {100, 2}))) return error;
        return batch.set("w", "3");
    }
};

void compare_with_whole(Device device, std::int64_t chunk) {
    SCOPED_TRACE(chunk);
    const Program program = loaded(kProgram);
    BatchOptions options = of_vms(100, device);
    options.seed = 9;
    options.print_vm = 42;
    Bound bound, other_bound;
    const Sight whole = run(program, options, 3, [&](Batch& batch) { return bound(batch); });
    Batch batch(program, options);
    ASSERT_FALSE(other_bound(batch));
    ASSERT_TRUE(batch.run(3));

    Stream stream(program, options);
    Bound stream_bound;
    ASSERT_FALSE(stream_bound(stream));
    ASSERT_FALSE(stream.prepare(chunk));
    Sight sight;
    std::int64_t next = 0;
    auto report = stream.run(3, [&](const Batch& piece) -> Failure {
        EXPECT_EQ(piece.first_vm(), next);
        next += piece.vms();
        look(program, piece, sight);
        return {};
    });
    ASSERT_TRUE(report);
    EXPECT_EQ(next, 100);
    EXPECT_EQ(report->vms_finished, 100);
    EXPECT_EQ(report->steps, 3);
    EXPECT_TRUE(sight == whole);
    EXPECT_EQ(stream.vms(), 100);
    EXPECT_EQ(stream.chunk_vms(), std::min<std::int64_t>(chunk, 100));
    EXPECT_EQ(stream.faulted(), batch.faulted());
    const std::vector<FaultGroup> expected = batch.faults(), found = stream.faults();
    ASSERT_EQ(found.size(), expected.size());
    for (std::size_t k = 0; k < found.size(); ++k) {
        EXPECT_EQ(found[k].fault, expected[k].fault);
        EXPECT_EQ(found[k].message, expected[k].message);
        EXPECT_EQ(found[k].vms, expected[k].vms);
        EXPECT_EQ(found[k].first_vm, expected[k].first_vm);
    }
}

TEST_F(Streams, GiveWhatTheWholeBatchGives) {
    for (std::int64_t chunk : {1, 7, 32, 99, 100, 1000}) {
        compare_with_whole(Device::Cpu, chunk);
        compare_with_whole(Device::Interpreter, chunk);
    }
}

TEST_F(Streams, ChangeFromTheInterpreterToAKernelOnTheWay) {
    hurry();
    compare_with_whole(Device::Auto, 9);
}

TEST_F(Streams, EveryRunBeginsAnew) {
    Stream stream(loaded("state n: int = 5\nn += 1\noutput y = n\n"), of_vms(4));
    ASSERT_FALSE(stream.prepare(3));
    for (int k = 0; k < 2; ++k) {
        std::string found;
        ASSERT_TRUE(stream.run(2, [&](const Batch& chunk) -> Failure {
            found += format(*chunk.read("y"));
            return {};
        }));
        EXPECT_EQ(found, "[7, 7, 7][7]");
    }
}

TEST_F(Streams, PrintsComeOnceFromTheVmThatWasChosen) {
    BatchOptions options = of_vms(20, Device::Cpu);
    options.print_vm = 13;
    std::string printed;
    options.print = [&](const PrintedLine& line) {
        printed += std::to_string(line.vm) + " " + line.text + ";";
    };
    Stream stream(loaded("print \"I am\", vm_id\n"), options);
    ASSERT_FALSE(stream.prepare(6));
    ASSERT_TRUE(stream.run(1, [](const Batch&) { return Failure{}; }));
    EXPECT_EQ(printed, "13 I am 13;");
}

TEST_F(Streams, WhatTheCallerRefusesEndsTheRun) {
    Stream stream(loaded("output y = vm_id\n"), of_vms(10));
    ASSERT_FALSE(stream.prepare(2));
    int calls = 0;
    auto report = stream.run(1, [&](const Batch&) -> Failure {
        if (++calls < 3) return {};
        return Error{"file", "the disk is full", ""};
    });
    ASSERT_FALSE(report);
    EXPECT_EQ(report.error().message, "the disk is full");
    EXPECT_EQ(calls, 3);
}

TEST_F(Streams, ProgramsWithCollectivesAreOneChunk) {
    const Program program = loaded("output y = batch_sum(vm_id)\n");
    Stream stream(program, of_vms(10));
    EXPECT_EQ(stream.prepare(3)->code, "bad_request");
    Stream whole(program, of_vms(10));
    ASSERT_FALSE(whole.prepare());
    EXPECT_EQ(whole.chunk_vms(), 10);
    std::string found;
    ASSERT_TRUE(whole.run(1, [&](const Batch& chunk) {
        found = format(*chunk.read("y"));
        return Failure{};
    }));
    EXPECT_EQ(found, "[45, 45, 45, 45, 45, 45, 45, 45, 45, 45]");
    // Too many of them are refused, with the number.
    Stream huge(program, of_vms(std::int64_t{1} << 45));
    auto error = huge.prepare();
    ASSERT_TRUE(error);
    EXPECT_EQ(error->code, "out_of_memory");
    EXPECT_NE(error->message.find(" needs "), std::string::npos) << error->message;
}

TEST_F(Streams, TooManyVmsAreCutIntoChunksByThemselves) {
    const Program program = loaded("output y = rand()\n");
    std::int64_t bytes = 0;
    for (std::int64_t vms : {100'000'000ll, 100'000'000'000ll}) {
        Stream stream(program, of_vms(vms));
        ASSERT_FALSE(stream.prepare());
        EXPECT_LE(stream.chunk_vms(), 1 << 20);
        EXPECT_EQ(stream.vms(), vms);
        EXPECT_LT(stream.memory_bytes(), 100 << 20);
        if (bytes != 0) {
            EXPECT_EQ(stream.memory_bytes(), bytes);
        }
        bytes = stream.memory_bytes();
    }
    Stream few(program, of_vms(1'000'000));
    ASSERT_FALSE(few.prepare());
    EXPECT_EQ(few.chunk_vms(), 1'000'000);
    // VMs of many bytes come in chunks of few.
    Stream wide(loaded("output y: float[1_000_000]\n"), of_vms(1'000'000));
    ASSERT_FALSE(wide.prepare());
    EXPECT_LE(wide.chunk_vms(), 100);
    EXPECT_GE(wide.chunk_vms(), 1);
}

TEST_F(Streams, CountProgressOverAllChunksAndTurns) {
    BatchOptions options = of_vms(6, Device::Interpreter);
    std::vector<std::int64_t> seen;
    options.progress = [&](std::int64_t finished, std::int64_t all) {
        seen.push_back(finished);
        EXPECT_EQ(all, 18);
    };
    // A quarter of a second passes before the first report.
    Stream stream(loaded("n = 0\nwhile n < 1_500_000 { n += 1 }\noutput y = n\n"), options);
    ASSERT_FALSE(stream.prepare(2));
    ASSERT_TRUE(stream.run(3, [](const Batch&) { return Failure{}; }));
    ASSERT_FALSE(seen.empty());
    for (std::size_t k = 1; k < seen.size(); ++k) EXPECT_GE(seen[k], seen[k - 1]);
    EXPECT_LE(seen.back(), 18);
}

TEST_F(Streams, SummariesOfPiecesAreThoseOfTheWhole) {
    std::vector<double> numbers;
    for (int k = 0; k < 1000; ++k) numbers.push_back((k % 7 - 3) * 1e15 / (k + 1));
    const Summary whole = *summarise(Array::view(numbers.data(), {1000}));
    for (std::int64_t size : {1, 3, 999}) {
        Summariser pieces;
        for (std::int64_t at = 0; at < 1000; at += size)
            pieces.add(Array::view(numbers.data() + at, {std::min(size, 1000 - at)}));
        EXPECT_EQ(pieces.summary()->min, whole.min);
        EXPECT_EQ(pieces.summary()->max, whole.max);
        EXPECT_EQ(pieces.summary()->mean, whole.mean);
    }
    EXPECT_FALSE(Summariser().summary());
}

TEST_F(Streams, FilesArePiecesInARow) {
    const std::string path = testing::TempDir() + "dunlin_pieces.npy";
    std::remove(path.c_str());
    const float numbers[] = {1, 2, 3, 4, 5, 6};
    const Type type{DType::F32, {3, 2}};
    {
        auto writer = NpyWriter::create(path, type);
        ASSERT_TRUE(writer);
        ASSERT_FALSE(writer->append(Array::view(numbers, {1, 2})));
        EXPECT_EQ(writer->finish()->code, "npy") << "entries are missing";
        EXPECT_FALSE(load_npy(path)) << "there is no file before it is whole";
        ASSERT_FALSE(writer->append(Array::view(numbers + 2, {2, 2})));
        EXPECT_EQ(writer->append(Array::view(numbers, {1, 2}))->code, "npy");
        ASSERT_FALSE(writer->finish());
    }
    auto array = load_npy(path);
    ASSERT_TRUE(array);
    EXPECT_EQ(to_string(array->type), "f32[3, 2]");
    EXPECT_EQ(format(*array), "[[1.0, 2.0], [3.0, 4.0], [5.0, 6.0]]");
    // A writer that is given up leaves the older file, and no other.
    {
        ASSERT_FALSE(NpyWriter::create(path, type)->append(Array::view(numbers, {1, 2})));
    }
    EXPECT_TRUE(load_npy(path));
    std::size_t files = 0;
    for (const auto& entry : std::filesystem::directory_iterator(testing::TempDir()))
        files += entry.path().filename().string().starts_with("dunlin_pieces.npy");
    EXPECT_EQ(files, 1u);
    std::remove(path.c_str());
}

}  // namespace
}  // namespace dunlin
