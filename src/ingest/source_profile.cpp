#include <algorithm>
#include <utility>

#include "ingest/inspect.h"
#include "ingest/propose.h"

namespace cip::ingest {
namespace {

constexpr std::size_t kMaxSamples = 1'000;
constexpr std::size_t kMaxRecords = 1'000;

// "orders" of orders.csv.gz.
std::string stem_of(const std::filesystem::path& path) {
  const std::string name = path.filename().string();
  return name.substr(0, name.find('.'));
}

void add_samples(const RecordBatch& batch, SourceProfile& profile) {
  for (std::size_t record = 0; record < batch.num_records(); ++record) {
    if (profile.num_records == kMaxRecords) return;
    if (batch.fault_of(record) != nullptr) continue;
    ++profile.num_records;
    for (std::size_t at = 0; at < profile.columns.size(); ++at) {
      const Field field = batch.field(record, at);
      SourceColumn& column = profile.columns[at];
      if (field.state != FieldState::Value || field.text.empty()) {
        ++column.num_missing;
      } else if (column.samples.size() < kMaxSamples) {
        column.samples.emplace_back(field.text);
      }
    }
  }
}

Result<SourceProfile> profile_of(const std::filesystem::path& path, const Inspection& front) {
  const FormatSpec& spec = front.spec;
  SourceProfile profile;
  profile.source = stem_of(path);
  profile.files = path.generic_string();
  profile.format = *spec.format;
  profile.record = spec.record;
  profile.section = format_section(front);
  std::vector<std::string> wanted;
  if (spec.format != Format::Csv) {
    CIP_TRY_ASSIGN(wanted, offered_columns(path, spec));
  }
  CIP_TRY_ASSIGN(const auto reader, open_reader(path, spec, wanted));
  for (const std::string& name : reader->columns()) profile.columns.push_back({name, {}, 0});
  RecordBatch batch;
  while (profile.num_records < kMaxRecords) {
    CIP_TRY_ASSIGN(const bool is_more, reader->next(batch));
    if (!is_more) break;
    add_samples(batch, profile);
  }
  return profile;
}

}  // namespace

Result<SourceProfile> profile_of(const std::filesystem::path& path, const FormatSpec& spec) {
  CIP_TRY_ASSIGN(const Inspection front, look_at_front(path, spec));
  return profile_of(path, front);
}

Result<SourceProfile> whole_profile_of(const std::filesystem::path& path) {
  CIP_TRY_ASSIGN(const Inspection found, inspect(path));
  CIP_TRY_ASSIGN(SourceProfile profile, profile_of(path, found));
  profile.num_all_records = found.num_records;
  for (SourceColumn& column : profile.columns) {
    const auto known = std::ranges::find(found.columns, column.name, &InspectedColumn::name);
    if (known != found.columns.end()) column.type = known->type;
  }
  return profile;
}

}  // namespace cip::ingest
