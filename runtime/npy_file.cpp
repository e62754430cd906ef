// .npy files: mapped on the way in, written beside and renamed on the way out.
#include <fcntl.h>
#include <sys/mman.h>
#include <sys/stat.h>
#include <unistd.h>

#include <cerrno>
#include <cstdlib>
#include <cstring>

#include "ir/types.hpp"
#include "runtime/npy.hpp"

namespace dunlin {

namespace {

Error file_error(const std::string& doing, const std::string& path, int number) {
    return {"file", doing + " " + path + ": " + std::strerror(number), ""};
}

// Closes on the way out.
class Descriptor {
  public:
    explicit Descriptor(int number) : number_(number) {}
    Descriptor(const Descriptor&) = delete;
    Descriptor& operator=(const Descriptor&) = delete;
    ~Descriptor() {
        if (number_ >= 0) ::close(number_);
    }
    int get() const { return number_; }

  private:
    int number_;
};

// The bytes of a whole file, kept alive by the owner.
struct MappedFile {
    std::span<const std::byte> bytes;
    std::shared_ptr<const void> owner;
};

Result<MappedFile> map_file(const std::string& path) {
    // Without O_NONBLOCK a named pipe would wait for a writer for ever.
    Descriptor file(::open(path.c_str(), O_RDONLY | O_CLOEXEC | O_NONBLOCK));
    if (file.get() < 0) return file_error("cannot open", path, errno);
    struct stat facts{};
    if (::fstat(file.get(), &facts) != 0) return file_error("cannot read", path, errno);
    if (S_ISDIR(facts.st_mode)) return Error{"file", path + " is a directory, not a .npy file", ""};
    if (!S_ISREG(facts.st_mode))
        return Error{"file", path + " is not a regular file, so it cannot be mapped", ""};
    auto size = static_cast<std::size_t>(facts.st_size);
    if (size == 0) return MappedFile{};
    void* address = ::mmap(nullptr, size, PROT_READ, MAP_PRIVATE, file.get(), 0);
    if (address == MAP_FAILED) return file_error("cannot map", path, errno);
    std::shared_ptr<const void> owner(address, [size](void* mapped) { ::munmap(mapped, size); });
    return MappedFile{{static_cast<const std::byte*>(address), size}, std::move(owner)};
}

Failure write_all(int file, const void* data, std::size_t size, const std::string& path) {
    const char* next = static_cast<const char*>(data);
    while (size > 0) {
        ssize_t written = ::write(file, next, size);
        if (written < 0 && errno == EINTR) continue;
        if (written < 0) return file_error("cannot write", path, errno);
        next += written;
        size -= static_cast<std::size_t>(written);
    }
    return {};
}

// The file that a path of symbolic links leads to, so that the link is kept; the path itself when
// it leads nowhere.
std::string final_path(const std::string& path) {
    std::unique_ptr<char, decltype(&std::free)> real(::realpath(path.c_str(), nullptr), std::free);
    return real ? std::string(real.get()) : path;
}

}  // namespace

Result<Array> load_npy(const std::string& path) {
    auto file = map_file(path);
    if (!file) return file.error();
    auto array = runtime::parse_npy(file->bytes);
    if (!array)
        return Error{array.error().code, path + ": " + array.error().message, array.error().help};
    array->owner = file->owner;
    return array;
}

struct NpyWriter::Implementation {
    std::string path;       // where the file is to be
    std::string temporary;  // where it is written; empty for a pipe or a device, where there is
                            // nothing to lose and nothing to rename
    Descriptor file;
    Type type;
    std::int64_t bytes_left = 0;

    ~Implementation() {
        if (!temporary.empty()) ::unlink(temporary.c_str());
    }

    Failure write(const void* data, std::int64_t bytes) const {
        return write_all(file.get(), data, static_cast<std::size_t>(bytes), path);
    }
};

NpyWriter::NpyWriter(std::unique_ptr<Implementation> implementation)
    : implementation_(std::move(implementation)) {}
NpyWriter::NpyWriter(NpyWriter&&) noexcept = default;
NpyWriter& NpyWriter::operator=(NpyWriter&&) noexcept = default;
NpyWriter::~NpyWriter() = default;

Result<NpyWriter> NpyWriter::create(const std::string& path, const Type& type) {
    struct stat facts{};
    const bool exists = ::stat(path.c_str(), &facts) == 0;
    if (exists && S_ISDIR(facts.st_mode))
        return Error{"file", "cannot write " + path + ": it is a directory", ""};
    const bool in_place = exists && !S_ISREG(facts.st_mode);
    const std::string target = in_place ? path : final_path(path);
    std::string temporary = in_place ? "" : target + ".XXXXXX";
    const int file = in_place ? ::open(path.c_str(), O_WRONLY | O_CLOEXEC)
                              : ::mkostemp(temporary.data(), O_CLOEXEC);
    if (file < 0) return file_error("cannot write", path, errno);
    auto writer = std::unique_ptr<Implementation>(
        new Implementation{target, std::move(temporary), Descriptor(file), type,
                           ir::element_count(type.shape) * size_of(type.dtype)});
    const std::string header = runtime::npy_header(type);
    if (auto error = writer->write(header.data(), static_cast<std::int64_t>(header.size())))
        return *error;
    return NpyWriter(std::move(writer));
}

Failure NpyWriter::append(const Array& entries) {
    if (!entries.contiguous()) {
        auto copy = contiguous_copy(entries, entries.type.dtype);
        return copy ? append(*copy) : Failure(copy.error());
    }
    const std::int64_t bytes = entries.count() * size_of(entries.type.dtype);
    if (entries.type.dtype != implementation_->type.dtype || bytes > implementation_->bytes_left)
        return Error{"npy", "these entries do not belong in " + implementation_->path, ""};
    implementation_->bytes_left -= bytes;
    return implementation_->write(entries.data, bytes);
}

Failure NpyWriter::finish() {
    Implementation& writer = *implementation_;
    if (writer.bytes_left > 0)
        return Error{"npy", "entries of " + writer.path + " are missing", ""};
    if (writer.temporary.empty()) return {};
    mode_t mask = ::umask(0);
    ::umask(mask);
    // mkostemp makes files that only the owner may read; this one is to be as any other new file.
    if (::fchmod(writer.file.get(), 0666 & ~mask) != 0 ||
        ::rename(writer.temporary.c_str(), writer.path.c_str()) != 0)
        return file_error("cannot write", writer.path, errno);
    writer.temporary.clear();
    return {};
}

void NpyWriter::remove() const {
    if (!implementation_->temporary.empty()) ::unlink(implementation_->temporary.c_str());
}

Failure save_npy(const std::string& path, const Array& array) {
    auto writer = NpyWriter::create(path, array.type);
    if (!writer) return writer.error();
    if (auto error = writer->append(array)) return error;
    return writer->finish();
}

}  // namespace dunlin
