#include "ml/leakage.h"

#include <gmock/gmock.h>
#include <gtest/gtest.h>

#include <string>
#include <vector>

#include "base/random.h"

namespace cip::ml {
namespace {

using testing::HasSubstr;
using testing::IsEmpty;

struct Data {
  FeatureSet set;
  std::vector<double> targets;
};

// 300 rows of numbers from `make`, which gets a random source and gives
// features and target.
template <class Make>
Data rows_of(std::vector<std::string> names, Make make) {
  Random random(5);
  Data data;
  for (const std::string& name : names) data.set.features.push_back({{name, name, ""}, {}});
  data.set.values = Matrix(300, names.size());
  for (std::size_t row = 0; row < 300; ++row) {
    data.targets.push_back(make(random, data.set.values.row(row)));
  }
  return data;
}

std::vector<std::string> names_of(const std::vector<Remark>& remarks) {
  std::vector<std::string> names;
  names.reserve(remarks.size());
  for (const Remark& remark : remarks) names.push_back(remark.feature);
  return names;
}

TEST(Leakage, NamesTheProductThatIsTheTarget) {
  const Data data =
      rows_of({"avg_amount", "transaction_count", "age"}, [](Random& random, auto row) {
        row[0] = 5 + 100 * random.uniform();
        row[1] = static_cast<double>(1 + random.below(30));
        row[2] = static_cast<double>(18 + random.below(60));
        return row[0] * row[1];
      });
  const LeakageReport report = find_leaks(data.set, data.targets, "total_spent", Goal::Regression);
  EXPECT_THAT(names_of(report.excluded), testing::ElementsAre("avg_amount", "transaction_count"));
  EXPECT_EQ(report.excluded[0].reason,
            "avg_amount × transaction_count equals total_spent (R2 above 0.999)");
}

TEST(Leakage, NamesQuotientsAndSums) {
  const Data quotient = rows_of({"count", "total"}, [](Random& random, auto row) {
    row[0] = static_cast<double>(1 + random.below(30));
    row[1] = 1000 * random.uniform();
    return row[1] / row[0];
  });
  EXPECT_THAT(
      find_leaks(quotient.set, quotient.targets, "average", Goal::Regression).excluded.at(0).reason,
      HasSubstr("total / count equals average"));
  const Data sum = rows_of({"first_half", "second_half"}, [](Random& random, auto row) {
    row[0] = random.normal();
    row[1] = random.normal();
    return row[0] + row[1];
  });
  EXPECT_THAT(find_leaks(sum.set, sum.targets, "year", Goal::Regression).excluded.at(0).reason,
              HasSubstr("a weighted sum of first_half and second_half"));
}

TEST(Leakage, LeavesAnHonestModelAlone) {
  const Data data = rows_of({"a", "b"}, [](Random& random, auto row) {
    row[0] = random.normal();
    row[1] = random.normal();
    return row[0] * row[1] + 0.2 * random.normal();
  });
  const LeakageReport report = find_leaks(data.set, data.targets, "y", Goal::Regression);
  EXPECT_THAT(report.excluded, IsEmpty());
  EXPECT_THAT(report.warnings, IsEmpty());
}

TEST(Leakage, ExcludesTheTargetInOtherUnitsAndWhatSaysNothing) {
  const Data data = rows_of({"in_cents", "constant", "empty"}, [](Random& random, auto row) {
    const double target = random.normal();
    row[0] = 100 * target + 3;
    row[1] = 7;
    row[2] = std::numeric_limits<double>::quiet_NaN();
    return target;
  });
  const LeakageReport report = find_leaks(data.set, data.targets, "y", Goal::Regression);
  ASSERT_EQ(report.excluded.size(), 3U);
  EXPECT_THAT(report.excluded[0].reason, HasSubstr("equals y up to scale"));
  EXPECT_THAT(report.excluded[1].reason, HasSubstr("the same in every training row"));
  EXPECT_THAT(report.excluded[2].reason, HasSubstr("no values"));
}

TEST(Leakage, ExcludesWhatTheLabelWasMadeOfAndWarnsOfWhatComesClose) {
  const Data data = rows_of({"recency", "close"}, [](Random& random, auto row) {
    row[0] = static_cast<double>(random.below(200));
    row[1] = row[0] + 20 * random.normal();
    return row[0] > 90 ? 1.0 : 0.0;
  });
  const LeakageReport report = find_leaks(data.set, data.targets, "churned", Goal::Classification);
  EXPECT_THAT(names_of(report.excluded), testing::ElementsAre("recency"));
  EXPECT_THAT(names_of(report.warnings), testing::ElementsAre("close"));
}

}  // namespace
}  // namespace cip::ml
