#include "ml/saved_fields.h"

#include <limits>

#include "base/json.h"
#include "base/text.h"

namespace cip::ml {
namespace {

const Json kNothing;
const JsonObject kNoMembers;
const JsonArray kNoElements;

}  // namespace

SavedFields::SavedFields(const Json& object, SavedProblem& problem)
    : object_(object.if_object()), problem_(&problem) {
  if (object_ != nullptr) return;
  object_ = &kNoMembers;
  problem_->note("an object is wanted, found something else");
}

bool SavedFields::has(std::string_view name) const {
  const Json* found = object_->if_contains(name);
  return found != nullptr && !found->is_null();
}

const Json& SavedFields::member(std::string_view name) const {
  const Json* found = object_->if_contains(name);
  if (found != nullptr) return *found;
  note(name, "a member of that name");
  return kNothing;
}

double SavedFields::number(std::string_view name) const {
  const Json& value = member(name);
  if (value.is_number()) return value.to_number<double>();
  note(name, "a number");
  return 0;
}

double SavedFields::number_or_nan(std::string_view name) const {
  return has(name) ? number(name) : std::numeric_limits<double>::quiet_NaN();
}

std::int64_t SavedFields::integer(std::string_view name) const {
  const Json& value = member(name);
  if (const auto* number = value.if_int64()) return *number;
  if (const auto* number = value.if_uint64();
      number != nullptr && *number <= std::numeric_limits<std::int64_t>::max()) {
    return static_cast<std::int64_t>(*number);
  }
  note(name, "a whole number");
  return 0;
}

std::size_t SavedFields::count(std::string_view name) const {
  const std::int64_t value = integer(name);
  if (value >= 0) return static_cast<std::size_t>(value);
  note(name, "a count");
  return 0;
}

std::string SavedFields::text(std::string_view name) const {
  const Json& value = member(name);
  if (const auto* text = value.if_string()) return {text->data(), text->size()};
  note(name, "a text");
  return {};
}

std::vector<double> SavedFields::numbers(std::string_view name) const {
  std::vector<double> values;
  for (const Json& value : list(name)) {
    if (!value.is_number()) note(name, "numbers");
    values.push_back(value.is_number() ? value.to_number<double>() : 0);
  }
  return values;
}

std::vector<std::uint64_t> SavedFields::counts(std::string_view name) const {
  std::vector<std::uint64_t> values;
  for (const Json& value : list(name)) {
    boost::json::error_code error;
    values.push_back(value.to_number<std::uint64_t>(error));
    if (error) note(name, "counts");
  }
  return values;
}

std::vector<std::string> SavedFields::texts(std::string_view name) const {
  std::vector<std::string> values;
  for (const Json& value : list(name)) {
    const auto* text = value.if_string();
    if (text == nullptr) note(name, "texts");
    values.emplace_back(text == nullptr ? "" : std::string_view(text->data(), text->size()));
  }
  return values;
}

SavedFields SavedFields::object(std::string_view name) const { return {member(name), *problem_}; }

std::vector<SavedFields> SavedFields::objects(std::string_view name) const {
  std::vector<SavedFields> fields;
  for (const Json& value : list(name)) fields.emplace_back(value, *problem_);
  return fields;
}

void SavedFields::note(std::string_view name, std::string_view wanted) const {
  problem_->note(fmt::format("'{}' should be {}", name, wanted));
}

const JsonArray& SavedFields::list(std::string_view name) const {
  const Json& value = member(name);
  if (const auto* array = value.if_array()) return *array;
  note(name, "a list");
  return kNoElements;
}

}  // namespace cip::ml
