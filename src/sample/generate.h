// sample/generate.h: a shop that never was: customers, products, sales and visits of any number.
#pragma once

#include <cstdint>
#include <filesystem>
#include <string>
#include <vector>

#include "base/civil_time.h"
#include "base/progress.h"
#include "base/result.h"

namespace cip::sample {

struct SampleSpec {
  std::filesystem::path folder;  // Made if it is not there; files of the same names are replaced.
  std::uint64_t num_customers = 5000;      // 1 .. 50 million.
  std::uint64_t num_transactions = 25000;  // Lines; an order has 1 to 4 of them. Up to 10 billion.
  std::uint64_t num_sessions = 3000;       // Up to 10 billion.
  std::uint64_t num_reviews = 0;           // Up to 10 billion; none: there is no such file.
  std::uint64_t seed = 42;
  double fault_rate = 0;  // Faulty records planted per valid record, 0 .. 0.5.
  Days last_day = days_of(CivilDate{2026, 11, 20});  // The data end with this day.
};

/// What one file holds: num_records = num_valid + num_duplicates + num_rejected.
struct SampleFile {
  std::filesystem::path path;
  std::string table;             // The table of the model it feeds.
  std::uint64_t num_records;     // Without the header line.
  std::uint64_t num_valid;       // Exactly as many as were asked for.
  std::uint64_t num_duplicates;  // Repeats of a valid record, to the byte.
  std::uint64_t num_rejected;    // Records with one fault that a careful reader refuses.
};

/// What the valid records add up to.
struct SampleTotals {
  std::uint64_t num_orders = 0;
  std::int64_t revenue_cents = 0;  // Sum of transactions.amount.
  std::uint64_t num_churned = 0;   // Customers who left before the last day.
};

struct SampleFiles {
  std::vector<SampleFile> files;  // In an order in which every reference points backwards.
  std::filesystem::path truth;    // truth.json: all of this, and each planted fault.
  SampleTotals totals;
};

/// Writes three years of synthetic data, which end with `last_day`, and what is true of them.
///
/// Files:   customer_segments.csv, customers.csv, products.json, transactions.csv, sessions.xml,
///          reviews.csv if there are any, and truth.json. Columns bear the names of the model.
///          Transactions and sessions come in the order of time. Names are invented; addresses end
///          in example.com and example.org.
/// Truth:   Customers buy as a Poisson process whose rate depends on the segment and on the person,
///          times a season, times a weekday. They leave with a hazard that depends on the segment,
///          age, tenure, channel and on how keenly they buy; they fade before they go, and buy
///          nothing after. Some of those who stay pause for long, so that silence alone proves
///          nothing. Hence `churned` can be learnt from behaviour, but not perfectly.
///          Reviews praise and complain in the words of a small list; about 1 in 10 says the
///          opposite of its stars, so that mood can be learnt from words, but not perfectly.
/// Missing: about 1 in 50 ages, cities, addresses, genders and traffic sources is empty.
/// Faults:  are records of their own beside the valid ones, which are the same without them. Each
///          is bad for one reason, and no valid record refers to a faulty one. truth.json lists
///          file, record (from 1), key, kind, column, outcome and the code of the reason.
/// Same:    equal specs give equal bytes in any folder. Memory is about 40 bytes per customer; the
///          number of transactions and sessions does not matter to it.
/// Errors:  InvalidArgument  a number is out of the range told above
///          Unavailable      a file cannot be written; then no file has been replaced
Result<SampleFiles> generate(const SampleSpec& spec, Progress& progress);

}  // namespace cip::sample
