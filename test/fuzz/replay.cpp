// replay TARGET DIRECTORY...: runs a fuzz target over files that a fuzzer or a person has saved.
#include <cstdint>
#include <cstdio>
#include <cstring>
#include <filesystem>
#include <fstream>
#include <iterator>
#include <string>

// The targets, by the names of their files (test/CMakeLists.txt).
#define TARGET(name) extern "C" int name(const std::uint8_t *data, std::size_t size);
#include "fuzz_targets.inc"
#undef TARGET

namespace {
struct target {
  const char *name;
  int (*run)(const std::uint8_t *data, std::size_t size);
};
const target targets[] = {
#define TARGET(name) {#name, name},
#include "fuzz_targets.inc"
#undef TARGET
};

int replay(const target &t, const char *directory) {
  int replayed = 0;
  for (const auto &entry : std::filesystem::recursive_directory_iterator(directory)) {
    if (!entry.is_regular_file()) continue;
    std::ifstream file(entry.path(), std::ios::binary);
    const std::string data{std::istreambuf_iterator<char>(file), {}};
    t.run(reinterpret_cast<const std::uint8_t *>(data.data()), data.size());
    replayed++;
  }
  return replayed;
}
}  // namespace

int main(int count, char **words) {
  int replayed = 0;
  for (const target &t : targets) {
    if (count < 3 || std::strcmp(t.name, words[1]) != 0) continue;
    for (int i = 2; i < count; i++) replayed += replay(t, words[i]);
  }
  std::printf("%d inputs replayed\n", replayed);
  return replayed > 0 ? 0 : 1;  // an empty corpus tests nothing
}
