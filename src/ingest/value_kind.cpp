#include "ingest/value_kind.h"

#include <algorithm>
#include <iterator>
#include <set>

#include "base/text.h"
#include "ingest/convert.h"
#include "ingest/number_pattern.h"
#include "ingest/rule.h"
#include "ingest/time_pattern.h"

namespace cip::ingest {
namespace {

constexpr std::array<std::string_view, kNumValueKinds> kPlurals = {
    "mail addresses", "phone numbers", "countries",  "web addresses", "dates",
    "whole numbers",  "numbers",       "yes and no", "several words"};

// ISO 3166-1 alpha-2, with UK, which many files write for GB.
constexpr std::string_view kCodes2 =
    "AD AE AF AG AI AL AM AO AQ AR AS AT AU AW AX AZ BA BB BD BE BF BG BH BI BJ BL BM BN BO BQ BR "
    "BS "
    "BT BV BW BY BZ CA CC CD CF CG CH CI CK CL CM CN CO CR CU CV CW CX CY CZ DE DJ DK DM DO DZ EC "
    "EE "
    "EG EH ER ES ET FI FJ FK FM FO FR GA GB GD GE GF GG GH GI GL GM GN GP GQ GR GS GT GU GW GY HK "
    "HM "
    "HN HR HT HU ID IE IL IM IN IO IQ IR IS IT JE JM JO JP KE KG KH KI KM KN KP KR KW KY KZ LA LB "
    "LC "
    "LI LK LR LS LT LU LV LY MA MC MD ME MF MG MH MK ML MM MN MO MP MQ MR MS MT MU MV MW MX MY MZ "
    "NA "
    "NC NE NF NG NI NL NO NP NR NU NZ OM PA PE PF PG PH PK PL PM PN PR PS PT PW PY QA RE RO RS RU "
    "RW "
    "SA SB SC SD SE SG SH SI SJ SK SL SM SN SO SR SS ST SV SX SY SZ TC TD TF TG TH TJ TK TL TM TN "
    "TO "
    "TR TT TV TW TZ UA UG UK UM US UY UZ VA VC VE VG VI VN VU WF WS YE YT ZA ZM ZW";

// The alpha-3 codes of the larger countries.
constexpr std::string_view kCodes3 =
    "ARE ARG AUS AUT BEL BGD BGR BRA CAN CHE CHL CHN COL CYP CZE DEU DNK DZA EGY ESP EST FIN FRA "
    "GBR "
    "GRC HKG HRV HUN IDN IND IRL IRN IRQ ISL ISR ITA JPN KEN KOR LTU LUX LVA MAR MEX MLT MYS NGA "
    "NLD "
    "NOR NZL PAK PER PHL POL PRT ROU RUS SAU SGP SRB SVK SVN SWE THA TUN TUR TWN UKR USA VEN VNM "
    "ZAF";

constexpr std::string_view kNames =
    "|afghanistan|albania|algeria|andorra|angola|argentina|armenia|australia|austria|azerbaijan|"
    "bahamas|bahrain|bangladesh|barbados|belarus|belgium|belize|benin|bermuda|bhutan|bolivia|"
    "bosnia "
    "and herzegovina|botswana|brazil|brunei|bulgaria|burkina faso|burundi|cambodia|cameroon|canada|"
    "cape verde|chad|channel islands|chile|china|colombia|comoros|congo|costa rica|croatia|cuba|"
    "cyprus|czech republic|czechia|denmark|djibouti|dominica|dominican republic|ecuador|egypt|eire|"
    "el "
    "salvador|england|eritrea|estonia|eswatini|ethiopia|fiji|finland|france|gabon|gambia|georgia|"
    "germany|ghana|gibraltar|great britain|greece|greenland|grenada|guatemala|guinea|guyana|haiti|"
    "honduras|hong kong|hungary|iceland|india|indonesia|iran|iraq|ireland|israel|italy|ivory coast|"
    "jamaica|japan|jordan|kazakhstan|kenya|kosovo|kuwait|kyrgyzstan|laos|latvia|lebanon|lesotho|"
    "liberia|libya|liechtenstein|lithuania|luxembourg|madagascar|malawi|malaysia|maldives|mali|"
    "malta|"
    "mauritania|mauritius|mexico|moldova|monaco|mongolia|montenegro|morocco|mozambique|myanmar|"
    "namibia|nepal|netherlands|new zealand|nicaragua|niger|nigeria|north korea|north macedonia|"
    "northern ireland|norway|oman|pakistan|palestine|panama|papua new guinea|paraguay|peru|"
    "philippines|poland|portugal|puerto rico|qatar|romania|russia|rwanda|samoa|san marino|saudi "
    "arabia|scotland|senegal|serbia|seychelles|sierra leone|singapore|slovakia|slovenia|somalia|"
    "south africa|south korea|south sudan|spain|sri lanka|sudan|suriname|sweden|switzerland|syria|"
    "taiwan|tajikistan|tanzania|thailand|the netherlands|togo|tonga|trinidad and tobago|tunisia|"
    "turkey|turkmenistan|uganda|ukraine|united arab emirates|united kingdom|united states|united "
    "states of america|uruguay|uzbekistan|vatican|venezuela|vietnam|wales|yemen|zambia|zimbabwe|";

constexpr std::array<std::string_view, 10> kDates = {
    "dd.mm.yyyy", "mm/dd/yyyy", "dd/mm/yyyy",  "yyyy/mm/dd",   "dd-mm-yyyy",
    "yyyymmdd",   "dd.mm.yy",   "dd mon yyyy", "mon dd, yyyy", "mm/dd/yyyy hh:mi[:ss]"};

bool is_digit(char c) noexcept { return c >= '0' && c <= '9'; }

bool is_phone(std::string_view text) {
  if (text.size() > 32) return false;
  const auto num_digits = std::ranges::count_if(text, is_digit);
  if (num_digits < 7 || num_digits > 15) return false;
  constexpr std::string_view kSigns = "+()-./ ";
  const bool is_plain = std::ranges::all_of(
      text, [&](char c) { return is_digit(c) || kSigns.find(c) != std::string_view::npos; });
  if (!is_plain || (text.front() != '+' && text.front() != '(' && text.front() != '0')) {
    return is_plain && std::ranges::count(text, ' ') + std::ranges::count(text, '-') >= 2 &&
           !looks_like(text, ValueKind::Date);
  }
  return !looks_like(text, ValueKind::Date) && text.find_last_of('+') + 1 <= 1;
}

bool is_country(std::string_view text) {
  if (text.size() == 2 || text.size() == 3) {
    const std::string_view codes = text.size() == 2 ? kCodes2 : kCodes3;
    const bool is_upper = std::ranges::all_of(text, [](char c) { return c >= 'A' && c <= 'Z'; });
    return is_upper && codes.find(text) != std::string_view::npos;
  }
  return text.find('|') == std::string_view::npos &&
         kNames.find(fmt::format("|{}|", lowered(text))) != std::string_view::npos;
}

bool is_date(std::string_view text) {
  if (read_date(text)) return true;
  if (text.size() < 6 || text.size() > 32) return false;
  return std::ranges::any_of(kDates, [text](std::string_view written) {
    return parse_time(text, *parse_time_pattern(written)).has_value();
  });
}

bool is_number(std::string_view text) {
  if (read_number(text)) return true;
  std::string plain;
  return normalise_number(text, {".", ','}, plain) && parse_exact(plain).has_value();
}

bool is_words(std::string_view text) {
  const auto num_gaps = std::ranges::count(text, ' ');
  return num_gaps >= 4 && text.size() >= 20;
}

// "customerid" of CustomerID, customer_id and @customer-id.
std::string letters_of(std::string_view name) {
  std::string letters;
  for (const char c : lowered(name)) {
    const bool is_kept =
        (c >= 'a' && c <= 'z') || is_digit(c) || static_cast<unsigned char>(c) >= 0x80;
    if (is_kept) letters += c;
  }
  return letters;
}

std::multiset<std::string> bigrams_of(const std::string& text) {
  std::multiset<std::string> bigrams;
  for (std::size_t at = 0; at + 1 < text.size(); ++at) bigrams.insert(text.substr(at, 2));
  return bigrams;
}

}  // namespace

std::string_view plural_of(ValueKind kind) noexcept {
  return kPlurals[static_cast<std::size_t>(kind)];
}

std::span<const std::string_view> written_dates() noexcept { return kDates; }

bool looks_like(std::string_view text, ValueKind kind) {
  text = trimmed(text);
  if (text.empty()) return false;
  switch (kind) {
    case ValueKind::Email:
      return is_email(text);
    case ValueKind::Phone:
      return is_phone(text);
    case ValueKind::Country:
      return is_country(text);
    case ValueKind::Url:
      return text.starts_with("http://") || text.starts_with("https://") ||
             text.starts_with("www.");
    case ValueKind::Date:
      return is_date(text);
    case ValueKind::Whole:
      return read_integer(text).has_value();
    case ValueKind::Number:
      return is_number(text);
    case ValueKind::Truth:
      return read_boolean(text).has_value();
    case ValueKind::Words:
      return is_words(text);
  }
  return false;
}

std::array<std::size_t, kNumValueKinds> count_kinds(std::span<const std::string> values) {
  std::array<std::size_t, kNumValueKinds> counts{};
  for (const std::string& value : values) {
    for (std::size_t kind = 0; kind < kNumValueKinds; ++kind) {
      if (looks_like(value, static_cast<ValueKind>(kind))) ++counts[kind];
    }
  }
  return counts;
}

double name_likeness(std::string_view left, std::string_view right) {
  const std::string one = letters_of(left);
  const std::string other = letters_of(right);
  if (one == other) return 1;
  const auto left_bigrams = bigrams_of(one);
  const auto right_bigrams = bigrams_of(other);
  if (left_bigrams.empty() || right_bigrams.empty()) return 0;
  std::vector<std::string> shared;
  std::ranges::set_intersection(left_bigrams, right_bigrams, std::back_inserter(shared));
  return 2.0 * static_cast<double>(shared.size()) /
         static_cast<double>(left_bigrams.size() + right_bigrams.size());
}

}  // namespace cip::ingest
