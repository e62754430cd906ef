#include "jit/compile_cpu.hpp"

#include <dlfcn.h>

#include <chrono>
#include <cstdlib>
#include <filesystem>
#include <system_error>
#include <vector>

#include "jit/clang/clang_module.h"

namespace dunlin::jit {

namespace {

namespace fs = std::filesystem;

constexpr const char* kModuleFile = "libdunlin_clang.so";

#define DUNLIN_TEXT_OF(name) #name
#define DUNLIN_NAME_OF(name) DUNLIN_TEXT_OF(name)
constexpr const char* kFunction = DUNLIN_NAME_OF(DUNLIN_CLANG_COMPILE);
#undef DUNLIN_NAME_OF
#undef DUNLIN_TEXT_OF

double seconds_since(std::chrono::steady_clock::time_point start) {
    return std::chrono::duration<double>(std::chrono::steady_clock::now() - start).count();
}

/// The folder of the shared library that this function was linked into; of the executable, if that
/// is where it is.
fs::path folder_of_this_code() {
    Dl_info info = {};
    if (dladdr(reinterpret_cast<const void*>(&folder_of_this_code), &info) == 0) return {};
    std::error_code error;
    return fs::canonical(info.dli_fname, error).parent_path();
}

std::vector<fs::path> folders_to_search() {
    if (const char* given = std::getenv("DUNLIN_MODULES"); given != nullptr && *given != 0) {
        return {given};
    }
    std::error_code error;
    std::vector<fs::path> folders;
    for (const fs::path& folder :
         {fs::read_symlink("/proc/self/exe", error).parent_path(), folder_of_this_code()}) {
        if (folder.empty()) continue;
        folders.push_back(folder);
        folders.push_back(folder.parent_path() / "lib" / "dunlin");
    }
    folders.emplace_back(DUNLIN_MODULE_FOLDER);
    return folders;
}

struct Module {
    DunlinClangCompile* compile = nullptr;
    std::string failure;
};

Module failed(const std::string& why) {
    return {nullptr,
            std::string("the compiler module ") + kModuleFile + " cannot be opened: " + why};
}

Module open_file(const fs::path& file) {
    void* const handle = dlopen(file.c_str(), RTLD_NOW | RTLD_LOCAL);
    if (handle == nullptr) return failed(dlerror());
    const auto compile = reinterpret_cast<DunlinClangCompile*>(dlsym(handle, kFunction));
    if (compile == nullptr) return failed(file.string() + " is of another version of Dunlin");
    return {compile, ""};
}

Module open_first_found() {
    std::string places;
    for (const fs::path& folder : folders_to_search()) {
        std::error_code error;
        if (fs::exists(folder / kModuleFile, error)) return open_file(folder / kModuleFile);
        places += (places.empty() ? "" : ", ") + folder.string();
    }
    return failed("it is in none of the folders " + places);
}

/// Opened once; never closed, since LLVM leaves behind what runs when the process ends.
const Module& module() {
    static const Module opened = open_first_found();
    return opened;
}

struct Reply {
    std::string output;
    std::string log;
};

DunlinClangOutput output_of(CompileOutput output) {
    switch (output) {
        case CompileOutput::Object: return kDunlinClangObject;
        case CompileOutput::Assembly: return kDunlinClangAssembly;
        case CompileOutput::IntermediateCode: return kDunlinClangIntermediateCode;
    }
    return kDunlinClangObject;
}

DunlinClangRequest request_of(const std::string& text, const CompileOptions& options,
                              Reply& reply) {
    return {.text = text.c_str(),
            .text_length = text.size(),
            .name = options.name.c_str(),
            .target_cpu = target_cpu_of(options.instruction_set),
            .register_bits = register_bits_of(options.instruction_set),
            .output = output_of(options.output),
            .take_output =
                [](void* receiver, const char* bytes, std::size_t length) {
                    static_cast<Reply*>(receiver)->output.assign(bytes, length);
                },
            .take_log =
                [](void* receiver, const char* bytes, std::size_t length) {
                    static_cast<Reply*>(receiver)->log.assign(bytes, length);
                },
            .receiver = &reply,
            .front_end_time = 0,
            .optimisation_time = 0,
            .code_generation_time = 0};
}

}  // namespace

std::string open_cpu_compiler() {
    return module().failure;
}

std::variant<Compiled, CompileFailure> compile_cpu(std::string_view text,
                                                   const CompileOptions& options) {
    const auto start = std::chrono::steady_clock::now();
    const Module& opened = module();
    if (opened.compile == nullptr) return CompileFailure{opened.failure, true};
    const double opening = seconds_since(start);

    Reply reply;
    const std::string terminated(text);
    DunlinClangRequest request = request_of(terminated, options, reply);
    if (opened.compile(&request) == 0) return CompileFailure{std::move(reply.log), false};
    return Compiled{std::move(reply.output),
                    {.opening = opening,
                     .front_end = request.front_end_time,
                     .optimisation = request.optimisation_time,
                     .code_generation = request.code_generation_time}};
}

std::string_view cpu_compiler_version() {
    return DUNLIN_CLANG_VERSION;
}

}  // namespace dunlin::jit
