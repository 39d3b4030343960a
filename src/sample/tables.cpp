#include "sample/tables.h"

#include <string>

#include "base/contract.h"
#include "base/text.h"
#include "sample/calendar.h"
#include "sample/catalogue.h"
#include "sample/customer.h"

namespace cip::sample {
namespace {

// Two digits at a place of a text.
void put_two(std::string& text, std::size_t at, int value) {
  text[at] = static_cast<char>('0' + value / 10);
  text[at + 1] = static_cast<char>('0' + value % 10);
}

const GivenName& given_name_of(const Customer& customer, const Language& language) noexcept {
  // The third gender takes either kind of name.
  const bool is_male = customer.gender == 1 || (customer.gender == 2 && customer.id % 2 == 0);
  return (is_male ? language.male : language.female)[customer.given_name];
}

void fill(const Customer& customer, Days first_day, Record& record) {
  const Country& country = countries()[customer.country];
  const GivenName& given = given_name_of(customer, *country.language);
  const GivenName& family = country.language->family[customer.family_name];
  const std::string_view domain = customer.id % 3 == 0 ? "example.org" : "example.com";

  record.clear();
  record.add_integer(customer.id);
  record.add_text(
      fmt::format("{} {}{}", given.text, family.text, customer.has_title ? ", PhD" : ""));
  record.add_text(customer.lacks_email
                      ? ""
                      : fmt::format("{}.{}.{}@{}", given.ascii, family.ascii, customer.id, domain));
  if (customer.lacks_age) {
    record.add_text("");
  } else {
    record.add_integer(static_cast<std::uint64_t>(customer.age));
  }
  record.add_text(customer.lacks_gender ? "" : kGenders[customer.gender]);
  record.add_text(customer.lacks_city ? "" : country.cities[customer.city]);
  record.add_text(country.name);
  record.add_text(date_text(first_day + customer.signup_day));
  record.add_integer(customer.segment + 1U);
  record.add_integer(customer.has_left() ? 1 : 0);
  record.add_text(kSegments[customer.segment]);
}

}  // namespace

Days first_day_of(const SampleSpec& spec) noexcept { return spec.last_day - (kNumDays - 1); }

Result<void> write_segments(RecordFile& file) {
  Record record;
  for (std::size_t at = 0; at < kSegments.size(); ++at) {
    record.clear();
    record.add_integer(at + 1);
    record.add_text(kSegments[at]);
    CIP_TRY(file.add(record));
  }
  return {};
}

Result<void> write_products(RecordFile& file) {
  Record record;
  for (std::size_t at = 0; at < products().size(); ++at) {
    const Product& product = products()[at];
    record.clear();
    record.add_integer(at + 1);
    record.add_text(product.name);
    record.add_text(kCategories[product.category]);
    record.add_money(product.price_cents);
    CIP_TRY(file.add(record));
  }
  return {};
}

Result<void> write_customers(const SampleSpec& spec, RecordFile& file, SampleTotals& totals,
                             Progress& progress) {
  Record record;
  for (std::uint64_t id = 1; id <= spec.num_customers; ++id) {
    const Customer customer = customer_of(spec.seed, id);
    if (customer.has_left()) ++totals.num_churned;
    fill(customer, first_day_of(spec), record);
    CIP_TRY(file.add(record));
    if (id % kRecordsPerReport == 0) progress.report("customers", id, spec.num_customers);
  }
  progress.finish("customers");
  return {};
}

std::string_view TimestampText::of(int day, int second) {
  CIP_EXPECTS(second >= 0 && second < 86'400);
  if (day != day_) {
    text_ = date_text(first_day_ + day) + " 00:00:00";
    day_ = day;
  }
  put_two(text_, 11, second / 3600);
  put_two(text_, 14, second / 60 % 60);
  put_two(text_, 17, second % 60);
  return text_;
}

}  // namespace cip::sample
