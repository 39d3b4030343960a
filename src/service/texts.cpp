#include "service/texts.h"

#include <algorithm>
#include <array>
#include <cmath>
#include <filesystem>
#include <functional>
#include <map>
#include <optional>
#include <set>
#include <utility>
#include <vector>

#include "base/file.h"
#include "base/json.h"
#include "base/text.h"
#include "ml/text_model.h"
#include "ml/word_stats.h"
#include "warehouse/ledger.h"
#include "warehouse/ledger_writer.h"

namespace cip::service {
namespace {

constexpr std::size_t kNumStars = 5;
constexpr std::size_t kNumTellingWords = 10;
constexpr double kScoreDigits = 1e4;  // A score has so many steps: more would be noise.

struct TextTable {
  const model::TableDef* table;
  bool has_rating;
  bool has_sentiment;
};

Result<std::vector<TextTable>> text_tables(const model::Model& model) {
  std::vector<TextTable> tables;
  for (const model::TableDef& table : model.tables) {
    const model::ColumnDef* const text = table.find("text");
    if (text == nullptr || text->type != Type::Text) continue;
    if (table.find(table.key)->type != Type::Integer) continue;
    tables.push_back({&table, table.find("rating") != nullptr, table.find("sentiment") != nullptr});
  }
  if (!tables.empty()) return tables;
  return fail(Errc::Undefined,
              "no table of the model has texts: a column 'text' and a number as key");
}

// One text as the database holds it.
struct TextRow {
  std::int64_t key;
  std::string_view text;
  std::optional<double> rating;
  std::optional<double> sentiment;
};

Result<void> for_texts(sql::Connection& database, const TextTable& of,
                       const std::function<Result<void>(const TextRow&)>& take) {
  const std::string sql =
      fmt::format("SELECT {}, \"text\", {}, {} FROM {} WHERE \"text\" IS NOT NULL ORDER BY 1",
                  sql::quoted(of.table->key), of.has_rating ? "rating" : "NULL",
                  of.has_sentiment ? "sentiment" : "NULL", sql::quoted(of.table->name));
  CIP_TRY(database.visit({sql}, [&take](const sql::RowView& row) {
    const auto number = [&row](std::size_t at) {
      const bool is_there = row.kind(at) != sql::CellKind::Null;
      return is_there ? std::optional(row.number(at)) : std::nullopt;
    };
    return take({row.integer(0), row.text(1), number(2), number(3)});
  }));
  return {};
}

std::filesystem::path model_path(const Platform& platform) {
  return platform.workspace().models() / "text.json";
}

struct NewScore {
  std::int64_t key;
  double score;
};

// The scores that differ from those that stand there; `num_texts` is how many were looked at.
Result<std::vector<NewScore>> new_scores(sql::Connection& database, const TextTable& of,
                                         const ml::TextModel& model, std::uint64_t& num_texts) {
  std::vector<NewScore> scores;
  CIP_TRY(for_texts(database, of, [&](const TextRow& row) -> Result<void> {
    ++num_texts;
    const double score = std::round(model.score(row.text) * kScoreDigits) / kScoreDigits;
    if (row.sentiment != score) scores.push_back({row.key, score});
    return {};
  }));
  return scores;
}

struct Scored {
  std::uint64_t num_texts = 0;
  std::uint64_t num_changed = 0;
  std::optional<std::int64_t> run_id;  // None if nothing changed.
};

Result<void> write_scores(sql::Connection& database, const TextTable& of,
                          const std::vector<NewScore>& scores) {
  CIP_TRY_ASSIGN(const auto writer, database.prepare(fmt::format(
                                        "UPDATE {} SET sentiment = ? WHERE {} = ?",
                                        sql::quoted(of.table->name), sql::quoted(of.table->key))));
  for (const NewScore& each : scores) {
    CIP_TRY(writer->write(std::array<sql::Param, 2>{each.score, each.key}));
  }
  return {};
}

// Writes what changed and the run that did it in one transaction, so that the pages notice.
Result<void> write_all_scores(sql::Connection& database, const model::Model& model,
                              const ml::TextModel& text_model, Scored& scored) {
  CIP_TRY_ASSIGN(const std::vector<TextTable> tables, text_tables(model));
  const Micros started_at = now_us();
  CIP_TRY_ASSIGN(auto transaction, sql::Transaction::begin(database));
  CIP_TRY_ASSIGN(const std::int64_t run_id, warehouse::next_run_id(database));
  for (const TextTable& of : tables) {
    if (!of.has_sentiment) continue;
    std::uint64_t num_texts = 0;
    CIP_TRY_ASSIGN(const auto scores, new_scores(database, of, text_model, num_texts));
    scored.num_texts += num_texts;
    scored.num_changed += scores.size();
    if (scores.empty()) continue;
    CIP_TRY(write_scores(database, of, scores));
    warehouse::Run run;
    run.run_id = run_id;
    run.source_id = "text_model";
    run.started_at = started_at;
    run.finished_at = now_us();
    run.status = warehouse::kComplete;
    run.counts.table = of.table->name;
    run.counts.found = num_texts;
    run.counts.updated = scores.size();
    run.counts.unchanged = num_texts - scores.size();
    CIP_TRY(warehouse::write_run(database, run));
    scored.run_id = run_id;
  }
  return transaction.commit();
}

JsonArray weights_json(const std::vector<ml::WordWeight>& words) {
  JsonArray json;
  for (const ml::WordWeight& each : words) {
    json.push_back(JsonObject{{"word", each.word}, {"weight", json_number(each.weight)}});
  }
  return json;
}

struct Lesson {
  std::vector<ml::RatedText> rated;
  std::uint64_t num_texts = 0;
};

// Kind 0 holds the texts without stars.
struct WordsByStars {
  ml::WordStats stats;
  std::array<std::uint64_t, kNumStars + 1> num_texts{};
};

// The texts that a visitor may see. The database knows nothing of the rules about rows, his view
// does: it holds the keys.
class VisibleTexts {
 public:
  static Result<VisibleTexts> of(Platform& platform, const account::Identity& who) {
    VisibleTexts visible;
    visible.are_all_ = require_all_rows(platform.model(), who, "texts").has_value();
    if (visible.are_all_) return visible;
    CIP_TRY_ASSIGN(const auto view, platform.view(who));
    CIP_TRY_ASSIGN(const std::vector<TextTable> tables, text_tables(platform.model()));
    for (const TextTable& of : tables) {
      const auto column = view->dataset()->column(of.table->name, of.table->key);
      const auto& keys = column->as<frame::Integers>().values;
      visible.keys_.emplace(of.table->name, std::set<std::int64_t>(keys.begin(), keys.end()));
    }
    return visible;
  }

  [[nodiscard]] bool are_all() const noexcept { return are_all_; }
  [[nodiscard]] bool has(const std::string& table, std::int64_t key) const {
    if (are_all_) return true;
    const auto keys = keys_.find(table);
    return keys != keys_.end() && keys->second.contains(key);
  }

 private:
  bool are_all_ = false;
  std::map<std::string, std::set<std::int64_t>> keys_;  // By table.
};

Result<void> count_words(sql::Connection& database, const model::Model& model,
                         const VisibleTexts& visible, WordsByStars& counted) {
  CIP_TRY_ASSIGN(const std::vector<TextTable> tables, text_tables(model));
  for (const TextTable& of : tables) {
    CIP_TRY(for_texts(database, of, [&](const TextRow& row) -> Result<void> {
      if (!visible.has(of.table->name, row.key)) return {};
      const double stars = std::clamp(std::round(row.rating.value_or(0)), 0.0, 5.0);
      const auto kind = static_cast<std::size_t>(stars);
      counted.stats.add(row.text, kind);
      ++counted.num_texts[kind];
      return {};
    }));
  }
  return {};
}

Result<void> read_lesson(sql::Connection& database, const model::Model& model, Lesson& lesson) {
  CIP_TRY_ASSIGN(const std::vector<TextTable> tables, text_tables(model));
  for (const TextTable& of : tables) {
    CIP_TRY(for_texts(database, of, [&lesson](const TextRow& row) -> Result<void> {
      ++lesson.num_texts;
      if (row.rating) lesson.rated.push_back({std::string(row.text), *row.rating});
      return {};
    }));
  }
  if (!lesson.rated.empty()) return {};
  return fail(Errc::Undefined,
              fmt::format("mood is learnt from texts with stars (column 'rating'); "
                          "of {} texts none has any",
                          lesson.num_texts));
}

// Scores all texts by a model.
Result<Scored> score_all(Platform& platform, const ml::TextModel& model) {
  Scored scored;
  CIP_TRY(platform.with_database([&](sql::Connection& database) {
    return write_all_scores(database, platform.model(), model, scored);
  }));
  return scored;
}

}  // namespace

Result<Json> train_texts(Platform& platform, const account::Identity& who, std::uint64_t seed,
                         Progress& progress) {
  CIP_TRY(account::require(who, account::Permission::TrainModels));
  CIP_TRY(require_all_rows(platform.model(), who, "what training says of all texts"));
  Lesson lesson;
  CIP_TRY(platform.with_database(
      [&](sql::Connection& database) { return read_lesson(database, platform.model(), lesson); }));
  progress.report("learn from texts", 0, 2);
  CIP_TRY_ASSIGN(const ml::TextEvaluation judged, ml::evaluate_text_model(lesson.rated, seed));
  progress.report("learn from texts", 1, 2);
  CIP_TRY_ASSIGN(const ml::TextModel model, ml::TextModel::fit(lesson.rated));
  progress.finish("learn from texts");
  CIP_TRY_ASSIGN(const Scored scored, score_all(platform, model));
  std::error_code ignored;
  std::filesystem::create_directories(platform.workspace().models(), ignored);
  CIP_TRY(write_file(model_path(platform), to_text(model.to_json())));
  CIP_TRY(platform.audit(who, "train", "texts", "done"));
  return Json(JsonObject{{"texts", lesson.num_texts},
                         {"rated", lesson.rated.size()},
                         {"train", judged.num_train},
                         {"test", judged.num_test},
                         {"baseline_accuracy", json_number(judged.baseline_accuracy)},
                         {"metrics", ml::to_json(judged.metrics)},
                         {"words", model.num_words()},
                         {"liked", weights_json(model.strongest(true, kNumTellingWords))},
                         {"disliked", weights_json(model.strongest(false, kNumTellingWords))},
                         {"scored", scored.num_texts},
                         {"changed", scored.num_changed},
                         {"run_id", scored.run_id ? Json(*scored.run_id) : Json(nullptr)}});
}

Result<std::uint64_t> score_texts(Platform& platform) {
  std::error_code ignored;
  if (!std::filesystem::exists(model_path(platform), ignored)) return std::uint64_t{0};
  CIP_TRY_ASSIGN(const std::string text, read_file(model_path(platform)));
  CIP_TRY_ASSIGN(const Json json, parse_json(text));
  CIP_TRY_ASSIGN(const ml::TextModel model, ml::TextModel::from_json(json));
  CIP_TRY_ASSIGN(const Scored scored, score_all(platform, model));
  return scored.num_changed;
}

Result<Json> text_words(Platform& platform, const account::Identity& who, std::size_t limit) {
  CIP_TRY(account::require(who, account::Permission::ViewPersonalData));
  CIP_TRY_ASSIGN(const VisibleTexts visible, VisibleTexts::of(platform, who));
  WordsByStars counted;
  CIP_TRY(platform.with_database([&](sql::Connection& database) {
    return count_words(database, platform.model(), visible, counted);
  }));
  const ml::WordStats& stats = counted.stats;
  JsonArray frequent;
  for (const ml::WordCount& each : stats.most_frequent(limit)) {
    frequent.push_back(
        JsonObject{{"word", each.word}, {"count", each.count}, {"texts", each.num_texts}});
  }
  JsonArray characteristic;
  for (std::size_t stars = 1; stars <= kNumStars; ++stars) {
    if (counted.num_texts[stars] == 0) continue;
    JsonArray words;
    for (const ml::WordOdds& each : stats.characteristic(stars, limit)) {
      words.push_back(JsonObject{{"word", each.word},
                                 {"z", json_number(each.z)},
                                 {"log_odds", json_number(each.log_odds)},
                                 {"count", each.count},
                                 {"rest", each.rest}});
    }
    characteristic.push_back(JsonObject{
        {"rating", stars}, {"texts", counted.num_texts[stars]}, {"words", std::move(words)}});
  }
  return Json(JsonObject{{"texts", stats.num_texts()},
                         {"words", stats.num_words()},
                         {"different", stats.num_different()},
                         {"frequent", std::move(frequent)},
                         {"characteristic", std::move(characteristic)}});
}

namespace {

// The index keeps the words of all texts; which state of the data it shows stands beside it.
Result<void> refresh_index(sql::Connection& database, const std::vector<TextTable>& tables) {
  CIP_TRY(database.execute(
      {"CREATE VIRTUAL TABLE IF NOT EXISTS text_index USING fts5(body, table_name UNINDEXED, key "
       "UNINDEXED, tokenize = 'unicode61 remove_diacritics 2')"}));
  CIP_TRY(
      database.execute({"CREATE TABLE IF NOT EXISTS text_index_state (run_id INTEGER NOT NULL)"}));
  CIP_TRY_ASSIGN(const auto last, warehouse::last_published(database));
  const std::int64_t run_id = last ? last->run_id : 0;
  CIP_TRY_ASSIGN(const Value indexed,
                 database.value_of({"SELECT coalesce(max(run_id), -1) FROM text_index_state"}));
  if (indexed == Value(run_id)) return {};
  CIP_TRY_ASSIGN(auto transaction, sql::Transaction::begin(database));
  CIP_TRY(database.execute({"DELETE FROM text_index"}));
  for (const TextTable& of : tables) {
    CIP_TRY(database.execute(
        {fmt::format(
             "INSERT INTO text_index (body, table_name, key) SELECT \"text\", ?, {} FROM {} "
             "WHERE \"text\" IS NOT NULL",
             sql::quoted(of.table->key), sql::quoted(of.table->name)),
         {of.table->name}}));
  }
  CIP_TRY(database.execute({"DELETE FROM text_index_state"}));
  CIP_TRY(database.execute({"INSERT INTO text_index_state VALUES (?)", {run_id}}));
  return transaction.commit();
}

// A word in quotes, so that no sign of it means anything to the index but a last '*'.
std::string match_of_word(std::string_view part, bool is_quoted) {
  const bool is_front = !is_quoted && part.ends_with('*');
  const std::string_view word = trimmed(is_front ? part.substr(0, part.size() - 1) : part);
  return word.empty() ? "" : fmt::format("\"{}\"{} ", word, is_front ? "*" : "");
}

Result<std::string> match_of(std::string_view wanted) {
  std::string match;
  bool is_quoted = false;
  for (const std::string_view piece : split(wanted, '"')) {
    const auto parts = is_quoted ? std::vector{piece} : split(piece, ' ');
    for (const std::string_view part : parts) match += match_of_word(part, is_quoted);
    is_quoted = !is_quoted;
  }
  if (!match.empty()) return match;
  return fail(Errc::InvalidArgument, "wanted one or more words to search for");
}

Result<JsonObject> found_text(sql::Connection& database, const TextTable& of, std::int64_t key) {
  JsonObject found{{"table", of.table->name}, {"key", key}};
  CIP_TRY(database.visit(
      {fmt::format("SELECT \"text\", {}, {} FROM {} WHERE {} = ?",
                   of.has_rating ? "rating" : "NULL", of.has_sentiment ? "sentiment" : "NULL",
                   sql::quoted(of.table->name), sql::quoted(of.table->key)),
       {key}},
      [&found](const sql::RowView& row) -> Result<void> {
        const auto number = [&row](std::size_t at) {
          return row.kind(at) == sql::CellKind::Null ? Json(nullptr) : json_number(row.number(at));
        };
        found["rating"] = number(1);
        found["sentiment"] = number(2);
        found["text"] = std::string(row.text(0));
        return {};
      }));
  return found;
}

struct Matches {
  std::int64_t num_found = 0;
  JsonArray texts;
};

using TextKeys = std::vector<std::pair<std::string, std::int64_t>>;

// The best matches among the texts that may be seen, and how many there are of these.
Result<TextKeys> visible_matches(sql::Connection& database, const TextSearch& search,
                                 const VisibleTexts& visible, std::int64_t& num_found) {
  TextKeys keys;
  const auto limit = static_cast<std::int64_t>(search.limit);
  CIP_TRY(
      database.visit({"SELECT table_name, key FROM text_index WHERE text_index MATCH ? ORDER BY "
                      "rank, rowid LIMIT ?",
                      {search.wanted, visible.are_all() ? limit : -1}},
                     [&](const sql::RowView& row) -> Result<void> {
                       std::string table(row.text(0));
                       const std::int64_t key = row.integer(1);
                       if (!visible.has(table, key)) return {};
                       ++num_found;
                       if (keys.size() < search.limit) keys.emplace_back(std::move(table), key);
                       return {};
                     }));
  if (!visible.are_all()) return keys;
  CIP_TRY_ASSIGN(const Value count,
                 database.value_of({"SELECT count(*) FROM text_index WHERE text_index MATCH ?",
                                    {search.wanted}}));
  num_found = std::get<std::int64_t>(count);
  return keys;
}

// `search.wanted` is as match_of() makes it.
Result<void> find_matches(sql::Connection& database, const model::Model& model,
                          const TextSearch& search, const VisibleTexts& visible, Matches& matches) {
  CIP_TRY_ASSIGN(const std::vector<TextTable> tables, text_tables(model));
  CIP_TRY(refresh_index(database, tables));
  CIP_TRY_ASSIGN(const TextKeys keys,
                 visible_matches(database, search, visible, matches.num_found));
  for (const auto& [table, key] : keys) {
    const auto of =
        std::ranges::find(tables, table, [](const TextTable& each) { return each.table->name; });
    if (of == tables.end()) continue;
    CIP_TRY_ASSIGN(JsonObject found, found_text(database, *of, key));
    matches.texts.push_back(std::move(found));
  }
  return {};
}

}  // namespace

Result<Json> search_texts(Platform& platform, const account::Identity& who,
                          const TextSearch& search) {
  CIP_TRY(account::require(who, account::Permission::ViewPersonalData));
  CIP_TRY_ASSIGN(const std::string match, match_of(search.wanted));
  CIP_TRY_ASSIGN(const VisibleTexts visible, VisibleTexts::of(platform, who));
  Matches matches;
  CIP_TRY(platform.with_database([&](sql::Connection& database) {
    return find_matches(database, platform.model(), {match, search.limit}, visible, matches);
  }));
  const std::size_t num_shown = matches.texts.size();
  return Json(JsonObject{
      {"found", matches.num_found}, {"shown", num_shown}, {"texts", std::move(matches.texts)}});
}

}  // namespace cip::service
