// What people buy: an order at a time, each with one to four lines.
#include <algorithm>
#include <array>
#include <vector>

#include "base/hash.h"
#include "base/random.h"
#include "sample/calendar.h"
#include "sample/catalogue.h"
#include "sample/tables.h"

namespace cip::sample {
namespace {

constexpr int kOpens = 9 * 3600;  // The store.
constexpr int kCloses = 20 * 3600;

struct Order {
  std::uint64_t id;
  std::uint64_t customer_id;
  std::uint64_t num_lines;
  std::uint8_t channel;
  std::uint8_t payment;
};

struct Line {
  std::size_t product;
  std::int64_t quantity;
  std::int64_t unit_price_cents;
};

// Chances of at most 1, 2 and 3 lines: Premium, Regular, Occasional.
constexpr std::array<std::array<double, 3>, 3> kAtMost = {{
    {0.35, 0.68, 0.88},
    {0.50, 0.80, 0.94},
    {0.68, 0.92, 0.98},
}};
constexpr double kLinesPerOrder = 1.85;   // On average; see num_lines().
constexpr double kMostFirstOrders = 0.4;  // Their share of all lines, where there are few.

// Who signs up does it to buy something: first orders come on top of the steady demand.
class Demand {
 public:
  explicit Demand(const FactSource& source) {
    const double num_lines = static_cast<double>(source.spec->num_transactions);
    double steady = 0;
    double num_newcomers = 0;
    for (int day = 0; day < kNumDays; ++day) {
      steady += source.demand[static_cast<std::size_t>(day)];
      num_newcomers += static_cast<double>(source.population->newcomers(day).size());
    }
    const double first_share =
        std::min(num_newcomers * kLinesPerOrder / num_lines, kMostFirstOrders);
    for (int day = 0; day < kNumDays; ++day) {
      const auto count = static_cast<double>(source.population->newcomers(day).size());
      const double first = count == 0 ? 0 : first_share * count / num_newcomers;
      const double all =
          first + (1 - first_share) * source.demand[static_cast<std::size_t>(day)] / steady;
      day_weights_.push_back(all);
      first_shares_.push_back(all > 0 ? first / all : 0);
    }
  }

  [[nodiscard]] std::span<const double> day_weights() const noexcept { return day_weights_; }

  /// The share of a day's orders that are first orders.
  [[nodiscard]] double first_share(int day) const noexcept {
    return first_shares_[static_cast<std::size_t>(day)];
  }

 private:
  std::vector<double> day_weights_;
  std::vector<double> first_shares_;
};

class Checkout {
 public:
  Checkout(const FactSource& source, const Demand& demand) noexcept
      : source_(source),
        demand_(demand),
        random_(hash64("transactions", source.spec->seed)),
        first_day_(first_day_of(*source.spec)) {}

  double position() noexcept { return random_.uniform(); }

  Order take_order(Schedule::Moment moment, std::uint64_t most_lines) noexcept {
    if (moment.day != day_) open(moment.day);
    const std::size_t at = choose_customer();
    member_ = &source_.population->member(at);
    Order order{++num_orders_, at + 1, num_lines(), member_->channel, member_->payment};
    order.num_lines = std::min(order.num_lines, most_lines);
    choose_channel(moment.second, order);
    return order;
  }

  Line take_line() noexcept {
    Line line{choose_product(), choose_quantity(), 0};
    const std::int64_t list_price = products()[line.product].price_cents;
    line.unit_price_cents = list_price * (100 - discount_percent()) / 100;
    return line;
  }

  [[nodiscard]] std::uint64_t num_orders() const noexcept { return num_orders_; }

 private:
  void open(int day) noexcept {
    day_ = day;
    newcomers_ = source_.population->newcomers(day);
    const int month = civil_date_of(first_day_ + day).month;
    discount_share_ = month == 11 || month == 1 || month == 7 ? 0.22 : 0.09;
  }

  std::size_t choose_customer() noexcept {
    const bool is_first = !newcomers_.empty() && random_.uniform() < demand_.first_share(day_);
    if (!is_first) return source_.population->draw(day_, random_);
    const std::size_t at = newcomers_.front();
    newcomers_ = newcomers_.subspan(1);
    return at;
  }

  std::uint64_t num_lines() noexcept {
    const double drawn = random_.uniform();
    std::uint64_t count = 1;
    for (const double at_most : kAtMost[member_->segment]) count += drawn >= at_most ? 1 : 0;
    return count;
  }

  // Mostly the habit; the store has opening hours, and only there is cash taken.
  void choose_channel(int second, Order& order) noexcept {
    const double drawn = random_.uniform();
    if (drawn < 0.12) order.channel = kOnline;
    if (drawn >= 0.12 && drawn < 0.18) order.channel = kStore;
    const bool is_open = second >= kOpens && second < kCloses;
    if (order.channel == kStore && !is_open) order.channel = kOnline;
    if (random_.uniform() < 0.10) order.payment = kCard;
    if (order.channel != kStore && order.payment == kCash) order.payment = kCard;
  }

  std::size_t choose_product() noexcept {
    if (random_.uniform() < 0.35)
      return std::size_t{member_->category} * 2 + (random_.next() >> 63U);
    const std::size_t product = popular_product();
    const bool is_choosy = member_->segment == kPremium && random_.uniform() < 0.4;
    if (!is_choosy) return product;
    const std::size_t other = popular_product();
    return products()[product].price_cents > products()[other].price_cents ? product : other;
  }

  std::size_t popular_product() noexcept {
    auto left = static_cast<int>(random_.below(static_cast<std::uint64_t>(total_popularity_)));
    std::size_t at = 0;
    while (left >= products()[at].popularity) left -= products()[at++].popularity;
    return at;
  }

  std::int64_t choose_quantity() noexcept {
    const double drawn = random_.uniform();
    if (drawn < 0.72) return 1;
    if (drawn < 0.90) return 2;
    if (drawn < 0.997) return 3 + static_cast<std::int64_t>(random_.below(3));
    return 10 + static_cast<std::int64_t>(random_.below(31));  // Somebody buys for a whole office.
  }

  std::int64_t discount_percent() noexcept {
    const double share = discount_share_ + (member_->hunts_bargains ? 0.40 : 0.0);
    if (random_.uniform() >= share) return 0;
    return 5 * (1 + static_cast<std::int64_t>(random_.below(5)));
  }

  static int sum_of_popularity() noexcept {
    int total = 0;
    for (const Product& product : products()) total += product.popularity;
    return total;
  }

  const FactSource& source_;
  const Demand& demand_;
  std::span<const std::uint32_t> newcomers_;  // Of the day, those who have not ordered yet.
  Random random_;
  Days first_day_;
  int total_popularity_ = sum_of_popularity();
  const Population::Member* member_ = nullptr;
  int day_ = -1;
  double discount_share_ = 0;
  std::uint64_t num_orders_ = 0;
};

void fill(std::uint64_t id, const Order& order, const Line& line, std::string_view at,
          Record& record) {
  record.clear();
  record.add_integer(id);
  record.add_integer(order.id);
  record.add_integer(order.customer_id);
  record.add_integer(line.product + 1);
  record.add_text(at);
  record.add_integer(static_cast<std::uint64_t>(line.quantity));
  record.add_money(line.unit_price_cents);
  record.add_money(line.quantity * line.unit_price_cents);
  record.add_text(kChannels[order.channel]);
  record.add_text(kPayments[order.payment]);
}

}  // namespace

Result<void> write_transactions(const FactSource& source, RecordFile& file, SampleTotals& totals,
                                Progress& progress) {
  const std::uint64_t total = source.spec->num_transactions;
  if (total == 0) return {};
  const Demand demand(source);
  Schedule schedule(demand.day_weights(), total);
  TimestampText timestamp(first_day_of(*source.spec));
  Checkout checkout(source, demand);
  Record record;
  std::uint64_t num_done = 0;
  std::uint64_t next_report = kRecordsPerReport;
  while (num_done < total) {
    const Schedule::Moment moment = schedule.moment_of(num_done, checkout.position());
    const Order order = checkout.take_order(moment, total - num_done);
    const std::string_view at = timestamp.of(moment.day, moment.second);
    for (const std::uint64_t end = num_done + order.num_lines; num_done < end; ++num_done) {
      const Line line = checkout.take_line();
      fill(num_done + 1, order, line, at, record);
      totals.revenue_cents += line.quantity * line.unit_price_cents;
      if (auto added = file.add(record); !added) return added;
    }
    if (num_done >= next_report) {
      progress.report("transactions", num_done, total);
      next_report += kRecordsPerReport;
    }
  }
  totals.num_orders = checkout.num_orders();
  progress.finish("transactions");
  return {};
}

}  // namespace cip::sample
