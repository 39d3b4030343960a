// ml/tokens.h: a text cut into words, in any language, without a dictionary.
#pragma once

#include <string>
#include <string_view>
#include <vector>

namespace cip::ml {

/// The words of a text in their order, in small letters.
///
/// Words:   runs of letters and digits; an apostrophe between two letters belongs to the word
///          (don't), other signs part words. What lies beyond ASCII is a letter unless it is in the
///          blocks of punctuation, symbols or spaces. Of Chinese and Japanese each character is a
///          word, as these are written without blanks; of emoji too, for they say much about mood.
/// Letters: Latin, Greek and Cyrillic change case by the simple mappings of Unicode; other scripts
///          have no case.
/// Broken:  bytes that are not UTF-8 part words.
[[nodiscard]] std::vector<std::string> tokens_of(std::string_view text);

}  // namespace cip::ml
