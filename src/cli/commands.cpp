#include "cli/commands.h"

#include <CLI/CLI.hpp>
#include <filesystem>
#include <iostream>
#include <memory>
#include <optional>
#include <utility>
#include <vector>

#include "base/json.h"
#include "base/text.h"
#include "cli/asking_commands.h"
#include "cli/command.h"
#include "cli/print.h"
#include "cli/run_commands.h"
#include "cli/terminal_progress.h"
#include "service/analysis.h"
#include "service/inspecting.h"
#include "service/learning.h"
#include "service/loading.h"
#include "service/monitoring.h"
#include "service/platform.h"
#include "service/profiling.h"
#include "service/reporting.h"
#include "service/sampling.h"
#include "service/texts.h"

namespace cip::cli {
namespace {

// Options of all subcommands, in one place, so that what is typed outlives the parsing.
struct InitOptions {
  std::string folder;
};
struct GenerateOptions {
  service::SampleRequest request;
};
struct InspectOptions {
  std::string file;
  bool json = false;
};
struct MapOptions {
  std::vector<std::string> files;
  bool replace = false;
};
struct IngestOptions {
  service::LoadOptions load;
  bool json = false;
};
struct AnalyzeOptions {
  std::string name;
  JsonObject asked;  // As the HTTP API takes it.
  bool json = false;
};
struct TrainOptions {
  std::uint64_t seed = 42;
  bool json = false;
};
struct PredictOptions {
  std::string task;
  std::int64_t customer = 0;
  bool has_customer = false;
  std::vector<std::string> values;
  bool json = false;
};
struct QualityOptions {
  std::optional<std::int64_t> run;
  std::optional<std::int64_t> against;
  std::optional<std::int64_t> accepted;
  std::string note;
  bool json = false;
};
struct ProfileOptions {
  std::string target;
  service::ProfileRequest request;
  bool json = false;
};
struct ReportOptions {
  std::string name;
  std::string from;
  std::string to;
  std::string format = "table";
};
struct TextOptions {
  std::uint64_t seed = 42;
  std::size_t limit = 20;
  std::vector<std::string> words;
  bool json = false;
};
struct ServeOptions {
  std::optional<std::uint16_t> port;
};
struct NoOptions {};

Result<void> run_init(const Context&, const InitOptions& options) {
  CIP_TRY_ASSIGN(const service::Workspace workspace, service::init_workspace(options.folder));
  std::cout << "workspace ready in " << workspace.folder.string()
            << ": put files into inbox/, then cip map FILE and cip ingest\n";
  return {};
}

Result<void> run_generate(const Context&, const GenerateOptions& options) {
  TerminalProgress progress;
  CIP_TRY_ASSIGN(const Json files, service::generate_sample(options.request, progress));
  std::cout << table_text(files.at("files").as_array(),
                          {"path", "table", "records", "valid", "duplicates", "rejected"});
  return {};
}

Result<void> run_inspect(const Context&, const InspectOptions& options) {
  CIP_TRY_ASSIGN(const Json found, service::inspect_file(options.file));
  print_result(found, options.json, inspection_text);
  return {};
}

Result<void> run_map(const Context& context, const MapOptions& options) {
  CIP_TRY_ASSIGN(const service::Workspace workspace, service::open_workspace(context.folder));
  for (const std::string& file : options.files) {
    CIP_TRY_ASSIGN(const auto proposal, service::map_file(workspace, file, options.replace));
    std::cout << proposal.path.string() << '\n';
  }
  return {};
}

Result<void> run_ingest(const Context& context, const IngestOptions& options) {
  service::LoadOptions load = options.load;
  load.from_input = std::erase(load.sources, "-") > 0;
  CIP_TRY_ASSIGN(const auto platform, open_platform(context));
  TerminalProgress progress;
  CIP_TRY_ASSIGN(const Json report, service::load_files(*platform, owner(), load, progress));
  print_result(report, options.json, load_text);
  return {};
}

Result<void> run_analyze(const Context& context, const AnalyzeOptions& options) {
  CIP_TRY_ASSIGN(const auto request, service::analysis_from_json(options.asked));
  CIP_TRY_ASSIGN(const auto platform, open_platform(context));
  CIP_TRY_ASSIGN(const Json analysis, service::analyze(*platform, owner(), options.name, request));
  print_result(analysis, options.json,
               [&options](const Json& json) { return analysis_text(options.name, json); });
  return {};
}

Result<void> run_train(const Context& context, const TrainOptions& options) {
  CIP_TRY_ASSIGN(const auto platform, open_platform(context));
  TerminalProgress progress;
  CIP_TRY_ASSIGN(const Json outcome, service::train(*platform, owner(), options.seed, progress));
  print_result(outcome, options.json, training_text);
  return {};
}

// "recency_days=30" becomes a number, "segment=Premium" a text.
Result<JsonObject> typed_values(const std::vector<std::string>& assignments) {
  JsonObject values;
  for (const std::string& assignment : assignments) {
    const std::size_t equals = assignment.find('=');
    if (equals == std::string::npos || equals == 0) {
      return fail(Errc::InvalidArgument,
                  fmt::format("--set wants feature=value, got '{}'", assignment));
    }
    const std::string text = assignment.substr(equals + 1);
    const auto json = parse_json(text);
    values[assignment.substr(0, equals)] = json ? *json : Json(text);
  }
  return values;
}

Result<void> run_predict(const Context& context, const PredictOptions& options) {
  service::PredictionRequest request;
  if (options.has_customer) request.customer_id = options.customer;
  CIP_TRY_ASSIGN(request.values, typed_values(options.values));
  CIP_TRY_ASSIGN(const auto platform, open_platform(context));
  CIP_TRY_ASSIGN(const Json prediction,
                 service::predict(*platform, owner(), options.task, request));
  print_result(prediction, options.json, prediction_text);
  return {};
}

Result<void> run_quality(const Context& context, const QualityOptions& options) {
  CIP_TRY_ASSIGN(const auto platform, open_platform(context));
  if (options.accepted) {
    CIP_TRY_ASSIGN(const Json accepted,
                   service::accept_quality(*platform, owner(), *options.accepted, options.note));
    print_result(accepted, options.json, acceptance_text);
    return {};
  }
  if (options.against && !options.run) {
    return fail(Errc::InvalidArgument, "--against wants --run: the run that is compared with it");
  }
  if (options.run) {
    CIP_TRY_ASSIGN(const Json change,
                   service::compare_quality(*platform, owner(), *options.run, options.against));
    print_result(change, options.json, change_text);
    return {};
  }
  CIP_TRY_ASSIGN(const Json quality, service::describe_quality(*platform, owner()));
  print_result(quality, options.json, quality_text);
  return {};
}

Result<void> run_profile(const Context& context, const ProfileOptions& options) {
  service::ProfileRequest request = options.request;
  const std::size_t point = options.target.find('.');
  request.table = options.target.substr(0, point);
  if (point != std::string::npos) request.column = options.target.substr(point + 1);
  CIP_TRY_ASSIGN(const auto platform, open_platform(context));
  CIP_TRY_ASSIGN(const Json profile, service::describe_profile(*platform, owner(), request));
  print_result(profile, options.json, profile_text);
  return {};
}

Result<void> run_report(const Context& context, const ReportOptions& options) {
  CIP_TRY_ASSIGN(const auto request,
                 service::report_request(options.name, options.from, options.to));
  CIP_TRY_ASSIGN(const auto platform, open_platform(context));
  if (options.format == "csv") {
    CIP_TRY_ASSIGN(const std::string csv, service::export_report(*platform, owner(), request));
    std::cout << csv;
    return {};
  }
  CIP_TRY_ASSIGN(const Json report, service::make_report(*platform, owner(), request));
  print_result(report, options.format == "json", report_text);
  return {};
}

Result<void> run_text_train(const Context& context, const TextOptions& options) {
  CIP_TRY_ASSIGN(const auto platform, open_platform(context));
  TerminalProgress progress;
  CIP_TRY_ASSIGN(const Json outcome,
                 service::train_texts(*platform, owner(), options.seed, progress));
  print_result(outcome, options.json, text_training_text);
  return {};
}

Result<void> run_text_words(const Context& context, const TextOptions& options) {
  CIP_TRY_ASSIGN(const auto platform, open_platform(context));
  CIP_TRY_ASSIGN(const Json words, service::text_words(*platform, owner(), options.limit));
  print_result(words, options.json, text_words_text);
  return {};
}

Result<void> run_text_search(const Context& context, const TextOptions& options) {
  CIP_TRY_ASSIGN(const auto platform, open_platform(context));
  CIP_TRY_ASSIGN(const Json found, service::search_texts(*platform, owner(),
                                                         {.wanted = joined(options.words, " "),
                                                          .limit = options.limit}));
  print_result(found, options.json, text_search_text);
  return {};
}

Result<void> run_serve(const Context& context, const ServeOptions& options) {
  CIP_TRY_ASSIGN(service::Workspace workspace, service::open_workspace(context.folder));
  if (options.port) workspace.config.port = *options.port;
  return context.wiring->serve(std::move(workspace));
}

Result<void> run_openapi(const Context& context, const NoOptions&) {
  std::cout << context.wiring->openapi();
  return {};
}

struct AllOptions {
  InitOptions init;
  GenerateOptions generate;
  InspectOptions inspect;
  MapOptions map;
  IngestOptions ingest;
  AnalyzeOptions analyze;
  TrainOptions train;
  PredictOptions predict;
  QualityOptions quality;
  ProfileOptions profile;
  ReportOptions report;
  TextOptions text;
  ServeOptions serve;
  NoOptions none;
};

void add_data_commands(CLI::App& app, Context& context, AllOptions& options) {
  auto& init = add(app, context, {"init", "Make a workspace"}, options.init, run_init);
  init.add_option("folder", options.init.folder, "The folder to make it in")->required();

  auto& generate =
      add(app, context, {"generate", "Write sample data"}, options.generate, run_generate);
  service::SampleRequest& sample = options.generate.request;
  generate.add_option("--out", sample.folder, "The folder to write to")->required();
  generate.add_option("--customers", sample.num_customers)->capture_default_str();
  generate.add_option("--transactions", sample.num_transactions)->capture_default_str();
  generate.add_option("--sessions", sample.num_sessions)->capture_default_str();
  generate.add_option("--reviews", sample.num_reviews)->capture_default_str();
  generate.add_option("--seed", sample.seed)->capture_default_str();
  generate.add_option("--faults", sample.fault_rate, "Faulty records for each valid one, 0 to 0.5")
      ->capture_default_str();

  auto& inspect =
      add(app, context, {"inspect", "What a file is: how it is written, its columns, and why"},
          options.inspect, run_inspect);
  inspect.add_option("file", options.inspect.file, "A CSV, JSON or XML file, - for standard input")
      ->required();
  inspect.add_flag("--json", options.inspect.json);

  auto& map = add(app, context, {"map", "Write a mapping for a file, with the evidence"},
                  options.map, run_map);
  map.add_option("files", options.map.files, "CSV, JSON or XML files")->required();
  map.add_flag("--replace", options.map.replace, "Write it anew if it exists");

  auto& ingest = add(app, context, {"ingest", "Load the files of the workspace's mappings"},
                     options.ingest, run_ingest);
  ingest.add_option("sources", options.ingest.load.sources,
                    "Only these sources; SOURCE - reads standard input");
  ingest.add_flag("--again", options.ingest.load.again, "Also files that were loaded before");
  ingest.add_flag("--preview", options.ingest.load.preview,
                  "Keep each run in staging, for cip publish or cip discard");
  ingest.add_flag("--json", options.ingest.json);
}

void add_quality_commands(CLI::App& app, Context& context, AllOptions& options) {
  QualityOptions& of = options.quality;
  auto& quality = add(app, context, {"quality", "How good the data are, and what every load did"},
                      of, run_quality);
  quality.add_option("--run", of.run, "What moved the score of this run, rule by rule");
  quality.add_option("--against", of.against, "... against this one; else the one before it");
  quality.add_flag("--json", of.json);
  CLI::App* accept = quality.add_subcommand(
      "accept", "Say that the level of a run is the new normal of its source");
  accept->add_option("run", of.accepted, "The run the new level begins with")->required();
  accept->add_option("--note", of.note, "Why");

  ProfileOptions& shown = options.profile;
  auto& profile =
      add(app, context, {"profile", "What the columns of a table looked like in a load"}, shown,
          run_profile);
  profile.add_option("target", shown.target, "TABLE or TABLE.COLUMN; the first table if left out");
  profile.add_option("--run", shown.request.run, "The run; the newest if left out");
  profile.add_option("--against", shown.request.against, "What moved since this run");
  profile.add_flag("--json", shown.json);
}

// Options that go into the request as they are typed.
void add_analyze_command(CLI::App& app, Context& context, AnalyzeOptions& of) {
  auto& analyze = add(app, context, {"analyze", "Statistics over the data"}, of, run_analyze);
  analyze.add_option("name", of.name, joined(service::analysis_names(), ", "))->required();
  const auto add_text = [&](const std::string& name, const std::string& member,
                            const std::string& says) {
    analyze.add_option_function<std::string>(
        name, [&of, member](const std::string& text) { of.asked[member] = text; }, says);
  };
  add_text("--where", "where", "Such as \"country = 'UK'\"");
  add_text("--from", "from", "First day");
  add_text("--to", "to", "The day after the last");
  add_text("--metric", "metric", "revenue if nothing is said");
  add_text("--by", "by", "A grain (cohort), a dimension, or customers (funnel)");
  add_text("--against", "against", "previous_period, previous_year or FROM..TO (explain)");
  add_text("--event", "event", "lost or repeat (survival)");
  const auto add_number = [&](const std::string& name, const std::string& member,
                              const std::string& says) {
    analyze.add_option_function<double>(
        name, [&of, member](double number) { of.asked[member] = number; }, says);
  };
  add_number("--min-support", "min_support", "Share of all baskets (basket)");
  add_number("--min-confidence", "min_confidence", "How sure a rule has to be (basket)");
  const auto add_count = [&](const std::string& name, const std::string& member,
                             const std::string& says) {
    analyze.add_option_function<std::int64_t>(
        name, [&of, member](std::int64_t number) { of.asked[member] = number; }, says);
  };
  add_count("--max-items", "max_items", "The most items of one set (basket)");
  add_count("--window-days", "window_days", "From the first step to the last (funnel)");
  add_count("--gap-days", "gap_days", "Away for longer is lost (survival)");
  add_count("--limit", "limit", "At most so many rows of a list");
  analyze.add_option_function<std::vector<std::string>>(
      "--step",
      [&of](const std::vector<std::string>& steps) {
        JsonArray list;
        for (const std::string& step : steps) list.push_back(Json(step));
        of.asked["steps"] = std::move(list);
      },
      "\"Label: filter\" or \"Label @table\", one for each step (funnel)");
  analyze.add_flag("--json", of.json);
}

void add_statistics_commands(CLI::App& app, Context& context, AllOptions& options) {
  add_analyze_command(app, context, options.analyze);

  auto& report = add(app, context, {"report", "A prepared report"}, options.report, run_report);
  report.add_option("name", options.report.name, "executive, sales, customer, product, marketing")
      ->required();
  report.add_option("--from", options.report.from, "First day");
  report.add_option("--to", options.report.to, "The day after the last");
  report.add_option("--format", options.report.format, "table, csv or json")
      ->capture_default_str()
      ->check(CLI::IsMember({"table", "csv", "json"}));
}

void add_model_commands(CLI::App& app, Context& context, AllOptions& options) {
  auto& train =
      add(app, context, {"train", "Learn churn, lifetime value and segments from the data"},
          options.train, run_train);
  train.add_option("--seed", options.train.seed)->capture_default_str();
  train.add_flag("--json", options.train.json);

  PredictOptions& of = options.predict;
  auto& predict =
      add(app, context, {"predict", "One prediction with its reasons"}, of, run_predict);
  predict.add_option("task", of.task, "churn or lifetime_value")->required();
  predict.add_option("--customer", of.customer, "The customer to start from")
      ->each([&of](const std::string&) { of.has_customer = true; });
  predict.add_option("--set", of.values, "feature=value, laid over the customer's own");
  predict.add_flag("--json", of.json);
}

void add_text_commands(CLI::App& app, Context& context, AllOptions& options) {
  TextOptions& of = options.text;
  CLI::App* const text = app.add_subcommand("text", "What people wrote: reviews and the like");
  text->require_subcommand(1);
  auto& train = add(*text, context, {"train", "Learn mood from stars and score every text"}, of,
                    run_text_train);
  train.add_option("--seed", of.seed)->capture_default_str();
  auto& words =
      add(*text, context, {"words", "The most frequent words, and those that go with each rating"},
          of, run_text_words);
  auto& search = add(*text, context, {"search", "Texts with these words"}, of, run_text_search);
  search.add_option("words", of.words, "All must be there; wor* for a beginning")->required();
  for (CLI::App* const each : {&words, &search}) {
    each->add_option("--limit", of.limit, "At most so many")->capture_default_str();
  }
  for (CLI::App* const each : {&train, &words, &search}) each->add_flag("--json", of.json);
}

void add_server_commands(CLI::App& app, Context& context, AllOptions& options) {
  auto& serve =
      add(app, context, {"serve", "Show the pages in the browser"}, options.serve, run_serve);
  serve.add_option("--port", options.serve.port, "Instead of the one in cip.toml");
  add(app, context, {"openapi", "Print the description of the HTTP API"}, options.none,
      run_openapi);
}

}  // namespace

void add_commands(CLI::App& app, Context& context) {
  static AllOptions options;  // Read by callbacks that run after this function has returned.
  options = {};
  add_data_commands(app, context, options);
  add_run_commands(app, context);
  add_quality_commands(app, context, options);
  add_asking_commands(app, context);
  add_statistics_commands(app, context, options);
  add_model_commands(app, context, options);
  add_text_commands(app, context, options);
  add_server_commands(app, context, options);
}

}  // namespace cip::cli
