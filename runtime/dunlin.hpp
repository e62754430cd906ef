// Dunlin from C++: load a program, bind arrays, run a batch of VMs, read the results.
//
// This header is the whole public interface; it includes nothing else of Dunlin. The command line
// is written on it alone.
//
//   #include "runtime/dunlin.hpp"
//
//   int main() {
//       const char* text = "input x: float\noutput y = x * x\n";
//       auto program = dunlin::Program::from_text("square.dun", text);
//       if (!program) return std::puts(program.error().message.c_str()), 2;
//       if (!program->ok()) return std::puts(program->diagnostics()[0].rendered.c_str()), 1;
//
//       double x[] = {1, 2, 3};  // one value per VM: the leading axis is the VM axis
//       dunlin::Batch batch(*program);
//       if (auto error = batch.bind("x", dunlin::Array::view(x, {3}))) return 2;
//       auto report = batch.run();
//       if (!report) return std::puts(report.error().message.c_str()), 2;
//
//       const double* y = batch.read("y")->elements<double>();  // {1, 4, 9}
//   }
//
// Errors are values. What is wrong with a program is a list of Diagnostics, kept by the Program;
// what is wrong with a call (a name, a shape, a file, too little memory) is an Error, returned in a
// Result or a Failure. What stops a VM while it runs is neither: it is in the status of that VM,
// and the other VMs carry on.
//
// Program is a handle: copies share one loaded program, which never changes. Batch owns the memory
// of its VMs; it keeps its program alive. Stream runs a batch that is larger than memory.
// Nothing here is thread-safe except the `stop` flag, and that different objects may be used by
// different threads; batches of one program may run at the same time.
#pragma once

#include <atomic>
#include <cstddef>
#include <cstdint>
#include <functional>
#include <map>
#include <memory>
#include <optional>
#include <string>
#include <string_view>
#include <utility>
#include <variant>
#include <vector>

namespace dunlin {

std::string_view version();

// ---- Results ------------------------------------------------------------------------------------

// What is wrong with a call. The code is stable and meant for programs:
// - file: a file cannot be read or written
// - npy: a file is not a .npy file that can be used
// - unknown_name: no such input, output, stage, ...
// - batch_shape: shapes or the number of VMs do not fit
// - wrong_type: the element type does not fit
// - unbound_input: an input has no value
// - bad_literal: text that is not a literal
// - out_of_memory: the batch would not fit
// - bad_request: a call that cannot be meant
// - kernel: a kernel cannot be compiled
// - interrupted: `stop` was set before the run began
struct Error {
    std::string code;
    std::string message;
    std::string help;  // how to mend it; may be empty
};

template <typename T>
class Result {
  public:
    Result(T value) : content_(std::move(value)) {}
    Result(Error error) : content_(std::move(error)) {}

    explicit operator bool() const { return content_.index() == 0; }
    T& operator*() { return std::get<0>(content_); }
    const T& operator*() const { return std::get<0>(content_); }
    T* operator->() { return &std::get<0>(content_); }
    const T* operator->() const { return &std::get<0>(content_); }
    const Error& error() const { return std::get<1>(content_); }

  private:
    std::variant<T, Error> content_;
};

// Nothing when all went well.
using Failure = std::optional<Error>;

// ---- Values -------------------------------------------------------------------------------------

enum class DType : std::uint8_t { Bool, I8, I16, I32, I64, U8, U16, U32, U64, F32, F64 };
std::string_view name_of(DType dtype);  // "f64"
std::optional<DType> dtype_named(std::string_view name);
int size_of(DType dtype);  // bytes of one element

using Shape = std::vector<std::int64_t>;

struct Type {
    DType dtype = DType::F64;
    Shape shape;  // empty for a scalar

    bool operator==(const Type&) const = default;
};
std::string to_string(const Type& type);  // "f64[3, 4]"

template <typename T>
constexpr DType dtype_of();

// A view of elements that lie somewhere in memory. Strides are in bytes and may be negative or
// zero. The view keeps `owner` alive; without an owner, the elements must outlive every use of the
// view.
struct Array {
    Type type;
    std::vector<std::int64_t> strides;  // one per axis
    const std::byte* data = nullptr;    // the element whose indices are all zero
    bool swapped = false;  // the bytes of each element are in the other order than the machine's
    std::shared_ptr<const void> owner;

    // Row-major elements, not copied.
    static Array over(DType dtype, const void* data, Shape shape,
                      std::shared_ptr<const void> owner = {});
    template <typename T>
    static Array view(const T* data, Shape shape) {
        return over(dtype_of<T>(), data, std::move(shape));
    }

    std::int64_t count() const;
    bool contiguous() const;  // row-major, in the machine's byte order, aligned
    // The elements as they lie; only of a contiguous array of that type.
    template <typename T>
    const T* elements() const {
        return type.dtype == dtype_of<T>() && contiguous() ? reinterpret_cast<const T*>(data)
                                                           : nullptr;
    }
    // Entry k of the leading axis.
    Array row(std::int64_t k) const;
};

// The same elements in a new, contiguous array of a type of the same kind that can hold them all;
// an Error of code wrong_type when there is none.
Result<Array> contiguous_copy(const Array& array, DType dtype);

// The text that `print` writes: integers plainly, floats as the shortest text that reads back the
// same, always with a point or an exponent (with an exponent from 1e16 up and below 1e-4), arrays
// as [[1, 2], [3, 4]] on one line. An array of more than `limit` elements is shortened: of each
// axis longer than six, three entries from either end and "…" between.
std::string format(const Array& array, std::int64_t limit = INT64_MAX);
// One number of type f64, as above.
std::string format(double number);

// Least, mean and greatest element, bool counted as 0 and 1. NaN spreads.
struct Summary {
    std::string min;  // as `format` writes an element
    double mean = 0;
    std::string max;
};
std::optional<Summary> summarise(const Array& array);  // nothing when the array is empty

// The summary of many arrays of one element type: that of all elements in a row, to the bit.
class Summariser {
  public:
    Summariser();
    Summariser(Summariser&&) noexcept;
    Summariser& operator=(Summariser&&) noexcept;
    ~Summariser();

    void add(const Array& array);
    std::optional<Summary> summary() const;  // nothing when there were no elements

    struct State;

  private:
    std::unique_ptr<State> state_;
};

// .npy files, versions 1 to 3, of every element type in either byte order and either element order.
// Reading maps the file into memory, so that only what is used is read; the file must not be cut
// short while the array is in use. Writing goes to a temporary file that is then renamed: when it
// fails, an older file of that name is untouched.
Result<Array> load_npy(const std::string& path);
Failure save_npy(const std::string& path, const Array& array);

// The same file written piece by piece: entries of the leading axis, whose size is known from the
// beginning. Without `finish`, there is no file.
class NpyWriter {
  public:
    static Result<NpyWriter> create(const std::string& path, const Type& type);
    NpyWriter(NpyWriter&&) noexcept;
    NpyWriter& operator=(NpyWriter&&) noexcept;
    ~NpyWriter();

    // Entries of the leading axis, all of one type.
    Failure append(const Array& entries);
    // Only when as many entries have come as the type says.
    Failure finish();
    // Removes what there is of the file, although another thread may be writing it: before the
    // process ends.
    void remove() const;

  private:
    struct Implementation;
    explicit NpyWriter(std::unique_ptr<Implementation> implementation);
    std::unique_ptr<Implementation> implementation_;
};

// ---- Execution ----------------------------------------------------------------------------------

// What runs a batch. The result is the same to the last bit, whatever is chosen.
// - Auto: small work is interpreted; other work is done by a kernel as soon as there is one, and by
//   the interpreter until then. Where no kernel can be compiled, the interpreter does it all, and
//   RunReport::note says why.
// - Cpu: a kernel, or an Error of code kernel
// - Interpreter: the reference interpreter
enum class Device : std::uint8_t { Auto, Cpu, Interpreter };
// What a lane of a kernel stands for: one VM of many, or one element of a large array.
enum class Lanes : std::uint8_t { Auto, Vm, Element };
std::string_view name_of(Lanes lanes);  // "vm"
// What the kernels for the CPU may use; Native is the best that this machine has.
enum class InstructionSet : std::uint8_t { Native, Baseline, Avx2, Avx512 };
std::string_view name_of(InstructionSet instructions);  // "avx2"

struct ExecutionOptions {
    Device device = Device::Auto;
    Lanes lanes = Lanes::Auto;
    int width = 0;    // lanes that a kernel works on together: 1, 16 or 32; 0 lets it be decided
    int threads = 0;  // 0: one for each core
    InstructionSet instructions = InstructionSet::Native;
};

// ---- Programs -----------------------------------------------------------------------------------

enum class Severity : std::uint8_t { Error, Warning };

// A place in a source, [column, end_column) of a line or more; lines and columns count from 1,
// columns are characters.
struct SourceRange {
    std::string file;
    int line = 0;
    int column = 0;
    int end_line = 0;
    int end_column = 0;
};

struct DiagnosticNote {
    SourceRange range;
    std::string text;
};

struct Diagnostic {
    Severity severity = Severity::Error;
    std::string code;     // "E0203"
    std::string message;  // "shapes do not broadcast"
    std::string label;    // "a is float[64], b is float[32]"
    std::string help;
    SourceRange range;
    std::vector<DiagnosticNote> notes;
    std::string rendered;  // the whole message for a terminal, with the source line and carets
};

enum class PortKind : std::uint8_t { Input, Shared, State, Output };
std::string_view name_of(PortKind kind);  // "input"

// A name through which the host and the program exchange arrays. `type` is that of one VM's value.
struct Port {
    PortKind kind = PortKind::Input;
    std::string name;
    Type type;
    int line = 0;
};

struct Param {
    std::string name;
    Type type;
    std::string value;   // as `format` writes it
    bool bound = false;  // by the host, not by the default in the program
    int line = 0;
};

// A `test "name" { }` block.
struct TestBlock {
    std::string name;
    int line = 0;
};

struct Timing {
    std::string stage;
    double milliseconds = 0;
};

struct LoadOptions {
    DType int_type = DType::I64;                // what `int` means: i32 or i64
    DType float_type = DType::F64;              // what `float` means: f32 or f64
    std::map<std::string, std::string> params;  // values as literals: "3", "[1, 2.5]", "true"
    std::optional<int> test;                    // load this test block instead of the program
};

class Program {
  public:
    // An Error when the file cannot be read, or an option is not a literal; else a Program, which
    // may hold diagnostics.
    // "-" is standard input.
    static Result<Program> from_file(const std::string& path, const LoadOptions& options = {});
    static Result<Program> from_text(const std::string& name, const std::string& text,
                                     const LoadOptions& options = {});

    bool ok() const;  // no errors: it can be run
    const std::vector<Diagnostic>& diagnostics() const;
    const std::string& file() const;
    const std::vector<Port>& ports() const;  // in the order of the source
    const Port* port(std::string_view name) const;
    const std::vector<Param>& params() const;
    const std::vector<TestBlock>& tests() const;
    const std::vector<Timing>& timings() const;
    bool has_collectives() const;
    std::string source_line(const std::string& file, int line) const;  // empty when there is none

    // The same source with another option set: the test block of that number.
    Result<Program> load_test(int number) const;

    // What the program has become: stage "ast" (the tree), "microcode", "memory" (what lies where
    // in VM memory, and when), "kernel" (the text that is compiled, without what all kernels have
    // in common) or "asm" (what the compiler makes of it). `after` names a pass, and shows
    // microcode and memory as that pass left them; otherwise they are shown as they are run.
    Result<std::string> explain(std::string_view stage, std::string_view after = {},
                                const ExecutionOptions& execution = {}) const;

    // A run of Device::Auto that ended in the interpreter may leave a compilation behind. The last
    // handle of a program waits for it when it goes; this waits for it too, but not longer than so
    // many seconds, and says whether there is nothing left.
    bool finish_compilations(double seconds) const;

    struct Implementation;

  private:
    friend class Batch;
    explicit Program(std::shared_ptr<const Implementation> implementation);
    std::shared_ptr<const Implementation> implementation_;
};

// ---- Batches ------------------------------------------------------------------------------------

// A line written by `print`.
struct PrintedLine {
    std::string file;
    int line = 0;
    std::int64_t vm = 0;
    std::string text;
};

// VMs first_vm, first_vm + 1, ... of a batch.
struct Piece {
    std::int64_t first_vm = 0;
    std::int64_t vms = 1;
};

struct BatchOptions {
    // How many VMs. When absent, the bound inputs that have a VM axis decide; without any, there is
    // one VM.
    std::optional<std::int64_t> vms;
    // Run only these VMs of the batch, exactly as they would run in the whole of it. What is bound
    // is bound for the whole batch; what is read is that of the piece. Not for programs with
    // collectives.
    std::optional<Piece> piece;
    ExecutionOptions execution;

    std::uint64_t seed = 0;
    // Turns of loops allowed, for each VM and turn; without limit when absent.
    std::optional<std::uint64_t> fuel;
    // Whose prints are wanted; when absent, those of a batch of one VM.
    std::optional<std::int64_t> print_vm;
    // Set by another thread or a signal handler: the run ends soon. An operation on a large array,
    // a collective and a compilation are not cut short.
    const std::atomic<bool>* stop = nullptr;
    // Whether kernels count turns of loops, and how many of their lanes take part; this costs a
    // little.
    bool counts = false;
    // Neither is called by two threads at a time, and not for two lines at once; but `print` may be
    // called by another thread than that of `run`.
    std::function<void(const PrintedLine&)> print;
    // Now and then, by the thread of `run`: how many turns of VMs have ended, of how many.
    std::function<void(std::int64_t finished, std::int64_t all)> progress;
};

// A kernel, and how it came to be. Times are in seconds, and 0 for stages that were not needed.
struct KernelFacts {
    Lanes lanes = Lanes::Vm;
    int width = 1;
    int threads = 1;
    InstructionSet instructions = InstructionSet::Baseline;
    bool refills = false;  // lanes whose VM has ended take the next one at once
    bool cached = false;   // the machine code came from the cache
    double emission = 0;   // microcode to text
    double opening = 0;    // of the compiler module
    double front_end = 0;
    double optimisation = 0;
    double code_generation = 0;
    double loading = 0;
    // What it consists of, a line each, as Program::explain shows it; with BatchOptions::counts
    // alone.
    std::string segments;
};

// What a run did. Figures are of that call of `run` alone.
struct RunReport {
    bool interrupted = false;
    // In the last turn; less than the number of VMs only when interrupted.
    std::int64_t vms_finished = 0;
    std::int64_t steps = 0;  // turns of the whole batch that were completed
    double seconds = 0;
    double waiting = 0;            // of these: nobody ran, because the kernel was not there yet
    std::int64_t bytes_moved = 0;  // of inputs, states and outputs

    // Turns of VMs that ended in the interpreter, and in a kernel.
    std::int64_t vms_interpreted = 0;
    std::int64_t vms_in_kernel = 0;
    std::optional<KernelFacts> kernel;  // when one was used
    std::string note;                   // why none was, where one was wanted

    std::uint64_t instructions = 0;  // by the interpreter
    std::uint64_t loop_turns = 0;    // in a kernel they are counted with BatchOptions::counts alone
    // Of a kernel whose lanes are VMs, with BatchOptions::counts alone: elements that its lanes
    // computed, and how many they would be had no lane ever been idle.
    std::uint64_t lane_work = 0;
    std::uint64_t lane_work_offered = 0;
};

enum class Outcome : std::uint8_t { Finished, Halted, Faulted };

// What became of one VM. The rest is of use only when it faulted.
struct VmStatus {
    Outcome outcome = Outcome::Finished;
    std::string fault;    // "divide_by_zero"
    std::string message;  // of assert or fail
    SourceRange range;

    bool operator==(const VmStatus&) const;
};

// VMs that stopped with the same fault at the same place.
struct FaultGroup {
    std::string fault;
    std::string message;
    SourceRange range;
    std::int64_t vms = 0;
    std::int64_t first_vm = 0;  // the lowest number among them, in the whole batch
};

class Batch {
  public:
    explicit Batch(const Program& program, BatchOptions options = {});
    Batch(Batch&&) noexcept;
    Batch& operator=(Batch&&) noexcept;
    ~Batch();

    // Gives an input or a shared value. An array of the port's rank is the same for every VM; for
    // an input, an array with one axis more has one entry per VM. A contiguous array of the right
    // type is used where it lies, and must live as long as the batch (or be kept alive by its
    // owner); any other is copied. An element type of the same kind that is narrower widens; any
    // other difference is an Error.
    Failure bind(std::string_view name, const Array& array);
    // The same with a literal: "3", "[1, 2.5]". A literal of fewer axes than the port fills it.
    Failure set(std::string_view name, std::string_view literal);

    // Decides the number of VMs, checks that every input has a value, computes the memory that is
    // needed, and allocates it when there is so much. `run` does this by itself the first time;
    // after it, nothing more can be bound.
    Failure prepare();

    // Runs the program `steps` times in a row; `state` carries over, from one call to the next too.
    Result<RunReport> run(std::int64_t steps = 1);

    std::int64_t vms() const;       // 0 before `prepare`
    std::int64_t first_vm() const;  // its number in the whole batch: not 0 in pieces and chunks
    // Computed by `prepare`: arrays, statuses and working memory.
    std::int64_t memory_bytes() const;
    // Of one VM, within memory_bytes: its memory while it runs.
    std::int64_t vm_memory_bytes() const;

    // An output or a state, with the VM axis in front. It is a view of the batch: the next run
    // changes it, and it must not outlive the batch.
    Result<Array> read(std::string_view name) const;
    VmStatus status(std::int64_t vm) const;
    std::int64_t faulted() const;
    std::vector<FaultGroup> faults() const;  // most frequent first

    struct Implementation;

  private:
    friend class Stream;
    std::unique_ptr<Implementation> implementation_;
};

// A batch that is run in chunks, one after the other, in the memory that one of them needs. Each
// chunk is handed to the caller when all its turns are done. The results are those of the whole
// batch, to the bit. A program with collectives is one chunk, since its VMs wait for each other.
//
//   dunlin::Stream stream(program, options);
//   auto report = stream.run(1, [&](const dunlin::Batch& chunk) -> dunlin::Failure {
//       mean.add(*chunk.read("y"));
//       return {};
//   });
class Stream {
  public:
    explicit Stream(const Program& program, BatchOptions options = {});
    Stream(Stream&&) noexcept;
    Stream& operator=(Stream&&) noexcept;
    ~Stream();

    // As for a Batch: what is bound is bound for all chunks.
    Failure bind(std::string_view name, const Array& array);
    Failure set(std::string_view name, std::string_view literal);

    // As for a Batch. `chunk_vms` is how many VMs make a chunk; 0 is all of them where they are not
    // too many and fit well into memory, and otherwise what suits the machine.
    Failure prepare(std::int64_t chunk_vms = 0);

    // Runs the program `steps` times in a row over each chunk, and calls `take` with it. When
    // `take` fails, so does the run. Every call begins anew: `state` does not outlive it.
    Result<RunReport> run(std::int64_t steps,
                          const std::function<Failure(const Batch& chunk)>& take);

    std::int64_t vms() const;  // of all chunks; 0 before `prepare`
    std::int64_t chunk_vms() const;
    std::int64_t memory_bytes() const;
    std::int64_t vm_memory_bytes() const;

    // Of the chunks that have been run.
    std::int64_t faulted() const;
    std::vector<FaultGroup> faults() const;  // most frequent first

  private:
    struct Implementation;
    std::unique_ptr<Implementation> implementation_;
};

// ---- Verification -------------------------------------------------------------------------------

// A way to run a batch. In pieces of `piece_vms` VMs when that is not 0.
struct Mode {
    std::string name;  // "cpu, 16 lanes, avx2"
    ExecutionOptions execution;
    std::int64_t piece_vms = 0;
};

// Every way in which this machine can run the program.
std::vector<Mode> modes(const Program& program);

// What differed from the interpreter's run: in which mode, and what.
struct Difference {
    std::string mode;
    std::string text;
};

// Runs the batch with the interpreter and in every mode, `steps` times each, and compares outputs,
// states, statuses and prints, bit for bit. `bind` gives each of the batches its values.
Result<std::vector<Difference>> verify(const Program& program, const BatchOptions& options,
                                       const std::function<Failure(Batch&)>& bind,
                                       std::int64_t steps, const std::vector<Mode>& modes);

// ---- About Dunlin -------------------------------------------------------------------------------

struct DocEntry {
    std::string name;
    std::string signature;
    std::string text;
    std::string origin;
};
std::vector<DocEntry> documentation();  // of every built-in and library function, by name

// The names among `candidates` nearest to `wanted` in spelling, for "did you mean"; empty when none
// is near.
std::string nearest_name(std::string_view wanted, const std::vector<std::string>& candidates);

// Bytes that this machine copies in a second, read and written, with so many threads; measured in
// some hundredths of a second.
double measure_copy_rate(int threads);

// What the kernel cache did in this process.
struct CacheFacts {
    std::string folder;  // empty when there is no cache
    std::uint64_t hits = 0;
    std::uint64_t misses = 0;
    std::uint64_t stored = 0;
};
CacheFacts kernel_cache_facts();

struct DoctorFact {
    std::string name;
    std::string value;
    bool ok = true;
};
std::vector<DoctorFact> doctor();

// ---- Details ------------------------------------------------------------------------------------

template <typename T>
constexpr DType dtype_of() {
    if constexpr (std::is_same_v<T, bool>)
        return DType::Bool;
    else if constexpr (std::is_same_v<T, float>)
        return DType::F32;
    else if constexpr (std::is_same_v<T, double>)
        return DType::F64;
    else {
        static_assert(std::is_integral_v<T>);
        constexpr int kSize = sizeof(T) == 1 ? 0 : sizeof(T) == 2 ? 1 : sizeof(T) == 4 ? 2 : 3;
        return static_cast<DType>(static_cast<int>(std::is_signed_v<T> ? DType::I8 : DType::U8) +
                                  kSize);
    }
}

}  // namespace dunlin
