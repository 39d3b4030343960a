// A main() for the fuzz targets that needs no compiler of its own: mutated inputs without guidance
// by coverage, so that they run in any build. ./run fuzz --blind.
//
//     NAME_blind SECONDS SEED LAST CORPUS
//
// Each input stands in the file LAST before it is tried: what is in there after a crash did it.
#include <fcntl.h>
#include <fmt/format.h>
#include <unistd.h>

#include <algorithm>
#include <array>
#include <chrono>
#include <cstdint>
#include <filesystem>
#include <span>
#include <string>
#include <string_view>
#include <vector>

#include "base/file.h"
#include "base/number.h"
#include "base/random.h"

extern "C" int LLVMFuzzerTestOneInput(const std::uint8_t* data, std::size_t size);

namespace {

using cip::Random;
using namespace std::literals;  // NOLINT(google-build-using-namespace): for "..."sv.

constexpr std::size_t kMaxBytes = 16'384;
constexpr unsigned kMaxSeconds = 10;  // For one input; SIGALRM ends what takes longer.
constexpr std::uint64_t kMaxChanges = 8;
constexpr std::uint64_t kInputsBetweenLooks = 64;

// What the formats are made of.
constexpr std::array kTokens = {"\""sv,
                                "\"\""sv,
                                ","sv,
                                ";"sv,
                                "\t"sv,
                                "\r\n"sv,
                                "\n"sv,
                                "\r"sv,
                                "\\"sv,
                                "\0"sv,
                                "\xEF\xBB\xBF"sv,
                                "\xFF\xFE"sv,
                                "\xC3("sv,
                                "{"sv,
                                "}"sv,
                                "["sv,
                                "]"sv,
                                ":"sv,
                                "null"sv,
                                "\\ud800"sv,
                                "{\"a\":["sv,
                                "1e309"sv,
                                "-0"sv,
                                "<"sv,
                                ">"sv,
                                "</"sv,
                                "/>"sv,
                                "<![CDATA["sv,
                                "]]>"sv,
                                "<!DOCTYPE x ["sv,
                                "<!--"sv,
                                "&#0;"sv,
                                "&amp;"sv,
                                "PK\x01\x02"sv,
                                "PK\x05\x06"sv,
                                "\x1f\x8b"sv,
                                "\xFF\xFF\xFF\xFF"sv,
                                "[[into]]\n"sv,
                                " | "sv,
                                " :: "sv,
                                "99999999999999999999"sv,
                                "2024-02-30"sv};

class Mutator {
 public:
  Mutator(std::vector<std::string> corpus, std::uint64_t seed)
      : corpus_(std::move(corpus)), random_(seed) {}

  std::string next() {
    std::string text = one_of_corpus();
    for (std::uint64_t left = random_.below(kMaxChanges) + 1; left > 0; --left) change(text);
    text.resize(std::min(text.size(), kMaxBytes));
    return text;
  }

 private:
  const std::string& one_of_corpus() { return corpus_[random_.below(corpus_.size())]; }

  // Where something of so many bytes can stand.
  std::size_t place_in(std::string_view text, std::size_t size = 0) {
    return random_.below(text.size() - std::min(size, text.size()) + 1);
  }

  std::string_view piece_of(std::string_view text) {
    const std::size_t at = place_in(text);
    return text.substr(at, place_in(text.substr(at)));
  }

  void flip_bit(char& byte) {
    byte = static_cast<char>(static_cast<unsigned char>(byte) ^ (1U << random_.below(8)));
  }

  void change(std::string& text) {
    switch (random_.below(7)) {
      case 0:
        if (!text.empty()) flip_bit(text[place_in(text, 1)]);
        return;
      case 1:
        if (!text.empty()) text[place_in(text, 1)] = static_cast<char>(random_.below(256));
        return;
      case 2:
        text.insert(place_in(text), kTokens[random_.below(kTokens.size())]);
        return;
      case 3:
        text.insert(place_in(text), std::string(piece_of(one_of_corpus())));
        return;
      case 4: {
        const std::size_t at = place_in(text);
        text.erase(at, place_in(std::string_view(text).substr(at)));
        return;
      }
      case 5:
        return repeat(text);
      default:
        text.resize(place_in(text));
    }
  }

  void repeat(std::string& text) {
    const std::string piece(piece_of(text));
    const std::size_t at = place_in(text);
    for (std::uint64_t left = random_.below(64); left > 0 && text.size() < kMaxBytes; --left) {
      text.insert(at, piece);
    }
  }

  std::vector<std::string> corpus_;
  Random random_;
};

std::vector<std::string> read_corpus(const std::filesystem::path& folder) {
  std::vector<std::filesystem::path> paths;
  for (const auto& entry : std::filesystem::directory_iterator(folder)) {
    paths.push_back(entry.path());
  }
  std::ranges::sort(paths);  // The same for everybody, as the seed is.
  std::vector<std::string> corpus = {""};
  for (const auto& path : paths) {
    if (auto text = cip::read_file(path)) corpus.push_back(std::move(text).value());
  }
  return corpus;
}

// A file that outlives a crash of this process.
class LastInput {
 public:
  explicit LastInput(const char* path)
      : file_(::open(path, O_WRONLY | O_CREAT | O_TRUNC | O_CLOEXEC, 0644)) {}
  ~LastInput() { ::close(file_); }
  LastInput(const LastInput&) = delete;
  LastInput& operator=(const LastInput&) = delete;

  bool keep(std::string_view text) {
    return ::pwrite(file_, text.data(), text.size(), 0) == static_cast<ssize_t>(text.size()) &&
           ::ftruncate(file_, static_cast<off_t>(text.size())) == 0;
  }

 private:
  int file_;
};

bool try_input(std::string_view text, LastInput& last) {
  // In memory of its own, so that the sanitizer sees a read past its end.
  const std::vector<std::uint8_t> exact(text.begin(), text.end());
  if (!last.keep(text)) return false;
  ::alarm(kMaxSeconds);
  LLVMFuzzerTestOneInput(exact.data(), exact.size());
  return true;
}

// How many were tried; none if the last one cannot be kept.
std::uint64_t try_for(std::int64_t seconds, Mutator mutator, LastInput& last) {
  const auto end = std::chrono::steady_clock::now() + std::chrono::seconds(seconds);
  std::uint64_t num_tried = 0;
  while (std::chrono::steady_clock::now() < end) {
    for (std::uint64_t i = 0; i < kInputsBetweenLooks; ++i) {
      if (!try_input(mutator.next(), last)) return 0;
    }
    num_tried += kInputsBetweenLooks;
  }
  return num_tried;
}

}  // namespace

int main(int num_arguments, char** arguments) {
  const std::span<char*> given(arguments, static_cast<std::size_t>(num_arguments));
  const auto seconds = given.size() == 5 ? cip::parse_int(given[1]) : std::nullopt;
  const auto seed = given.size() == 5 ? cip::parse_int(given[2]) : std::nullopt;
  if (!seconds || !seed) {
    fmt::print(stderr, "usage: NAME_blind SECONDS SEED LAST CORPUS\n");
    return 2;
  }
  const std::vector<std::string> corpus = read_corpus(given[4]);
  LastInput last(given[3]);
  const bool has_kept = std::ranges::all_of(corpus, [&last](const std::string& text) {
    return try_input(std::string_view(text).substr(0, kMaxBytes), last);
  });
  const std::uint64_t num_tried =
      has_kept ? try_for(*seconds, Mutator(corpus, static_cast<std::uint64_t>(*seed)), last) : 0;
  if (num_tried == 0) {
    fmt::print(stderr, "cannot write '{}'\n", given[3]);
    return 2;
  }
  fmt::print("{} inputs tried\n", num_tried);
  return 0;
}
