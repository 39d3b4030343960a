#include "cli/asking_commands.h"

#include <CLI/CLI.hpp>
#include <iostream>
#include <string>

#include "cli/command.h"
#include "service/asking.h"
#include "service/model_checking.h"
#include "service/sql_asking.h"

namespace cip::cli {
namespace {

struct QueryOptions {
  service::TypedQuestion question;
};
struct SqlOptions {
  std::string sql;
  std::string format = "table";
};
struct ModelOptions {
  std::string file;
};

Result<void> run_query(const Context& context, const QueryOptions& options) {
  CIP_TRY_ASSIGN(const auto platform, open_platform(context));
  CIP_TRY_ASSIGN(const std::string text,
                 service::answer_text(*platform, owner(), options.question));
  std::cout << text;
  return {};
}

Result<void> run_sql(const Context& context, const SqlOptions& options) {
  CIP_TRY_ASSIGN(const auto platform, open_platform(context));
  CIP_TRY_ASSIGN(const std::string text,
                 service::sql_text(*platform, owner(), options.sql, options.format));
  std::cout << text;
  return {};
}

Result<void> run_model_check(const Context& context, const ModelOptions& options) {
  CIP_TRY_ASSIGN(const std::string text, service::check_model_file(context.folder, options.file));
  std::cout << text;
  return {};
}

void add_query_command(CLI::App& app, Context& context, QueryOptions& options) {
  service::TypedQuestion& question = options.question;
  auto& query = add(app, context, {"query", "Metrics by dimensions, filtered, over time"}, options,
                    run_query);
  question = {};
  const auto part = [&query, &question](const std::string& name, const std::string& help) {
    const auto keep = [&question, name](const std::string& text) {
      question.parts.emplace_back(name, text);
    };
    query.add_option_function<std::string>("--" + name, keep, help)->type_name("TEXT");
  };
  part("metrics", "Such as revenue,orders");
  part("by", "Such as segment,month");
  part("where", "Such as \"country = 'UK'\"");
  part("from", "First day");
  part("to", "The day after the last");
  part("compare", "previous_period, previous_year or 2024-01-01..2024-04-01");
  part("top", "Such as product:10:revenue, then :lowest or :no_others");
  part("sort", "A column; -column for the largest first");
  part("pivot", "The dimension whose values become columns");
  part("zone", "Whose days and hours: Europe/Berlin; UTC if it is not said");
  part("limit", "At most so many rows");
  part("offset", "Leave out so many rows first");
  for (const std::string name : {"totals", "subtotals"}) {
    query.add_flag_callback("--" + name,
                            [&question, name] { question.parts.emplace_back(name, "true"); });
  }
  query.add_option("--query", question.whole, "The whole question as JSON or as a URL");
  query.add_option("--engine", question.engine, "memory or sql")->capture_default_str();
  query.add_option("--format", question.format, "table, csv or json")->capture_default_str();
  query.add_option("--form", question.form, "Show the question as json, url or cli instead");
  query.add_flag("--explain", question.explain, "Show how it is answered: the plan, or the SQL");
  query.add_flag("--rows", question.rows,
                 "The rows behind the first metric, with their file and line");
  query.add_flag("--timing", question.timing, "Show milliseconds and rows read");
}

}  // namespace

void add_asking_commands(CLI::App& app, Context& context) {
  // Read by callbacks that run after this function has returned.
  static QueryOptions query;
  static SqlOptions typed;
  static ModelOptions checked;
  query = {};
  typed = {};
  checked = {};
  add_query_command(app, context, query);

  auto& sql = add(app, context, {"sql", "One SELECT over the tables of the model, read-only"},
                  typed, run_sql);
  sql.add_option("statement", typed.sql, "Such as \"SELECT country, count(*) FROM customers\"")
      ->required();
  sql.add_option("--format", typed.format, "table, csv or json")->capture_default_str();

  CLI::App* const model = app.add_subcommand("model", "What the data are and what may be asked");
  model->require_subcommand(1);
  auto& check = add(*model, context, {"check", "Whether a model file holds together"}, checked,
                    run_model_check);
  check.add_option("file", checked.file, "The workspace's model if left out");
}

}  // namespace cip::cli
