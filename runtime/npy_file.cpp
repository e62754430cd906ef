// .npy files: mapped on the way in, written beside and renamed on the way out.
#include <fcntl.h>
#include <sys/mman.h>
#include <sys/stat.h>
#include <unistd.h>

#include <cerrno>
#include <cstdlib>
#include <cstring>

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

Failure write_array(int file, const Array& array, const std::string& path) {
    std::string header = runtime::npy_header(array.type);
    if (auto error = write_all(file, header.data(), header.size(), path)) return error;
    auto bytes = static_cast<std::size_t>(array.count() * size_of(array.type.dtype));
    return write_all(file, array.data, bytes, path);
}

// Into a pipe or a device there is nothing to lose, and nothing to rename.
Failure write_in_place(const Array& array, const std::string& path) {
    Descriptor file(::open(path.c_str(), O_WRONLY | O_CLOEXEC));
    if (file.get() < 0) return file_error("cannot write", path, errno);
    return write_array(file.get(), array, path);
}

Failure write_and_rename(const Array& array, const std::string& path) {
    std::string temporary = path + ".XXXXXX";
    Descriptor file(::mkostemp(temporary.data(), O_CLOEXEC));
    if (file.get() < 0) return file_error("cannot write", path, errno);
    Failure failure = write_array(file.get(), array, path);
    if (!failure) {
        mode_t mask = ::umask(0);
        ::umask(mask);
        // mkostemp makes files that only the owner may read; this one is to be as any other new
        // file.
        if (::fchmod(file.get(), 0666 & ~mask) != 0 ||
            ::rename(temporary.c_str(), path.c_str()) != 0)
            failure = file_error("cannot write", path, errno);
    }
    if (failure) ::unlink(temporary.c_str());
    return failure;
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

Failure save_npy(const std::string& path, const Array& array) {
    if (!array.contiguous()) {
        auto copy = contiguous_copy(array, array.type.dtype);
        return copy ? save_npy(path, *copy) : Failure(copy.error());
    }
    struct stat facts{};
    if (::stat(path.c_str(), &facts) == 0) {
        if (S_ISDIR(facts.st_mode))
            return Error{"file", "cannot write " + path + ": it is a directory", ""};
        if (!S_ISREG(facts.st_mode)) return write_in_place(array, path);
    }
    return write_and_rename(array, final_path(path));
}

}  // namespace dunlin
