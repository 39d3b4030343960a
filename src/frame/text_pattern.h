// frame/text_pattern.h: the shape of a text, such as AA-999 for DE-204.
#pragma once

#include <string>
#include <string_view>

namespace cip::frame {

/// Writes the pattern of a text over `pattern`: A for each capital letter, a for each small one, 9
/// for each digit; what is none of them stands for itself, and every letter outside of ASCII is an
/// a. More than 3 letters of one kind or 8 digits in a row are written once, with a plus; a pattern
/// ends after 40 bytes, with three points. "Berta Lee" gives "Aa+ Aaa", "2024-03-01" gives
/// "9999-99-99".
void pattern_of(std::string_view text, std::string& pattern);

}  // namespace cip::frame
