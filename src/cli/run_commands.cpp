#include "cli/run_commands.h"

#include <csignal>
#include <cstdint>
#include <filesystem>
#include <optional>
#include <string>
#include <vector>

#include "base/file.h"
#include "base/json.h"
#include "base/number.h"
#include "base/text.h"
#include "cli/command.h"
#include "cli/print.h"
#include "cli/terminal_progress.h"
#include "service/rejects.h"
#include "service/runs.h"
#include "service/watching.h"

namespace cip::cli {
namespace {

struct RunsOptions {
  std::int64_t limit = 20;
  bool json = false;
};
struct RunOptions {
  std::int64_t run_id = 0;
  bool json = false;
};
struct WatchFlags {
  double poll_s = 1;
  double settle_s = 2;
  bool once = false;
};
// All that the subcommands of rejects take; each reads its own part.
struct RejectsOptions {
  std::optional<std::int64_t> run;
  std::string source;
  std::string table;
  std::string cause;
  std::string status = "open";
  std::int64_t limit = 20;
  std::string export_to;
  std::string file;
  std::vector<std::int64_t> ids;
  std::int64_t reject_id = 0;
  std::vector<std::string> cells;
  bool all = false;
  bool json = false;
};

Result<void> run_runs(const Context& context, const RunsOptions& options) {
  CIP_TRY_ASSIGN(const auto platform, open_platform(context));
  CIP_TRY_ASSIGN(const Json runs, service::list_runs(*platform, owner(), options.limit));
  print_result(runs, options.json, runs_text);
  return {};
}

Result<void> run_publish(const Context& context, const RunOptions& options) {
  CIP_TRY_ASSIGN(const auto platform, open_platform(context));
  TerminalProgress progress;
  CIP_TRY_ASSIGN(const Json report,
                 service::publish_run(*platform, owner(), options.run_id, progress));
  print_result(report, options.json, load_text);
  return {};
}

Result<void> run_discard(const Context& context, const RunOptions& options) {
  CIP_TRY_ASSIGN(const auto platform, open_platform(context));
  CIP_TRY_ASSIGN(const Json outcome, service::discard_run(*platform, owner(), options.run_id));
  print_result(outcome, options.json, [&options](const Json&) {
    return fmt::format("run {} is discarded; nothing of it was published\n", options.run_id);
  });
  return {};
}

Result<void> run_undo(const Context& context, const RunOptions& options) {
  CIP_TRY_ASSIGN(const auto platform, open_platform(context));
  CIP_TRY_ASSIGN(const Json outcome, service::undo_run(*platform, owner(), options.run_id));
  print_result(outcome, options.json, undo_text);
  return {};
}

volatile std::sig_atomic_t stop_asked = 0;

void ask_to_stop(int /*signal*/) { stop_asked = 1; }

Result<void> run_watch(const Context& context, const WatchFlags& flags) {
  CIP_TRY_ASSIGN(const auto platform, open_platform(context));
  std::signal(SIGINT, ask_to_stop);
  std::signal(SIGTERM, ask_to_stop);
  TerminalProgress progress;
  const auto ms = [](double seconds) {
    return std::chrono::milliseconds(static_cast<std::int64_t>(seconds * 1000));
  };
  if (!flags.once) std::cout << "watching for files (Ctrl-C stops it)\n" << std::flush;
  CIP_TRY(service::watch(
      *platform, owner(),
      {.poll = ms(flags.poll_s),
       .settle = ms(flags.settle_s),
       .once = flags.once,
       .is_stopping = [] { return stop_asked != 0; },
       .tell = [](const Json& report) { std::cout << load_text(report) << std::flush; }},
      progress));
  if (!flags.once) std::cout << "stopped\n";
  return {};
}

Result<warehouse::RejectFilter> filter_of(const RejectsOptions& options, bool has_status) {
  JsonArray ids;
  for (const std::int64_t id : options.ids) ids.emplace_back(id);
  JsonObject wanted{{"source", options.source},
                    {"table", options.table},
                    {"cause", options.cause},
                    {"ids", std::move(ids)}};
  if (options.run) wanted["run"] = *options.run;
  if (has_status) wanted["status"] = options.status;
  return service::reject_filter(wanted);
}

Result<void> run_rejects(const Context& context, const RejectsOptions& options) {
  CIP_TRY_ASSIGN(const auto filter, filter_of(options, true));
  CIP_TRY_ASSIGN(const auto platform, open_platform(context));
  if (!options.export_to.empty()) {
    CIP_TRY_ASSIGN(const std::string csv, service::export_rejects(*platform, owner(), filter));
    CIP_TRY(write_file(options.export_to, csv));
    std::cout << "written to " << options.export_to
              << "; correct cells there, then: cip rejects import " << options.export_to << '\n';
    return {};
  }
  CIP_TRY_ASSIGN(const Json list, service::list_rejects(*platform, owner(), filter, options.limit));
  print_result(list, options.json, rejects_text);
  return {};
}

Result<void> run_import(const Context& context, const RejectsOptions& options) {
  CIP_TRY_ASSIGN(const auto platform, open_platform(context));
  CIP_TRY_ASSIGN(const Json counts, service::import_repairs(*platform, owner(), options.file));
  print_result(counts, options.json, [](const Json& json) {
    return fmt::format("{} repaired, {} as they were; then: cip rejects replay\n",
                       to_text(json.at("repaired")), to_text(json.at("unchanged")));
  });
  return {};
}

Result<void> run_repair(const Context& context, const RejectsOptions& options) {
  JsonObject cells;
  for (const std::string& cell : options.cells) {
    const std::size_t equals = cell.find('=');
    if (equals == std::string::npos || equals == 0) {
      return fail(Errc::InvalidArgument,
                  fmt::format("a repair wants column=value, got '{}'", cell));
    }
    cells[cell.substr(0, equals)] = cell.substr(equals + 1);
  }
  CIP_TRY_ASSIGN(const auto platform, open_platform(context));
  CIP_TRY_ASSIGN(const Json repaired, service::repair_reject(*platform, owner(), options.reject_id,
                                                             Json(std::move(cells))));
  print_result(repaired, options.json, [&options](const Json&) {
    return fmt::format("reject {} is repaired; then: cip rejects replay {}\n", options.reject_id,
                       options.reject_id);
  });
  return {};
}

// What changes many rejects at once is said to be meant.
Result<void> must_be_meant(const RejectsOptions& options) {
  const bool is_narrow = !options.ids.empty() || options.run || !options.cause.empty() ||
                         !options.source.empty() || !options.table.empty();
  if (is_narrow || options.all) return {};
  return fail(Errc::InvalidArgument,
              "say which: numbers, --cause, --run, --source or --table, or --all");
}

Result<void> run_discard_rejects(const Context& context, const RejectsOptions& options) {
  CIP_TRY(must_be_meant(options));
  CIP_TRY_ASSIGN(const auto filter, filter_of(options, false));
  CIP_TRY_ASSIGN(const auto platform, open_platform(context));
  CIP_TRY_ASSIGN(const Json outcome, service::discard_rejects(*platform, owner(), filter));
  print_result(outcome, options.json, [](const Json& json) {
    return fmt::format("{} discarded\n", to_text(json.at("discarded")));
  });
  return {};
}

Result<void> run_replay(const Context& context, const RejectsOptions& options) {
  CIP_TRY_ASSIGN(const auto filter, filter_of(options, false));
  CIP_TRY_ASSIGN(const auto platform, open_platform(context));
  TerminalProgress progress;
  CIP_TRY_ASSIGN(const Json outcome, service::replay_rejects(*platform, owner(), filter, progress));
  print_result(outcome, options.json, replay_text);
  return {};
}

void add_filter(CLI::App& command, RejectsOptions& options) {
  command.add_option("--run", options.run, "Only those of this run");
  command.add_option("--source", options.source);
  command.add_option("--table", options.table);
  command.add_option("--cause", options.cause,
                     "A code such as CAST_DATE, or a cause such as customers.email:EMAIL");
}

void add_reject_commands(CLI::App& app, Context& context, RejectsOptions& options) {
  CLI::App* rejects = app.add_subcommand(
      "rejects", "The records that could not be loaded: by cause, repaired, tried again");
  rejects->require_subcommand(0, 1);
  rejects->final_callback([&context, &options, rejects] {
    if (!rejects->get_subcommands().empty()) return;  // It has chosen for itself.
    context.chosen = [&context, &options] { return run_rejects(context, options); };
  });
  add_filter(*rejects, options);
  rejects
      ->add_option("--status", options.status,
                   "open, repaired, loaded, discarded, superseded or all")
      ->capture_default_str();
  rejects->add_option("--limit", options.limit, "At most so many records")->capture_default_str();
  rejects->add_option("--export", options.export_to, "Write them as CSV for a spreadsheet");
  rejects->add_flag("--json", options.json);

  auto& import = add(*rejects, context, {"import", "Take the cells corrected in an exported file"},
                     options, run_import);
  import.add_option("file", options.file, "The CSV file")->required();
  import.add_flag("--json", options.json);

  auto& repair =
      add(*rejects, context, {"repair", "Correct cells of one reject"}, options, run_repair);
  repair.add_option("id", options.reject_id, "Its number")->required();
  repair.add_option("cells", options.cells, "column=value, by the source's columns")->required();
  repair.add_flag("--json", options.json);

  auto& discard =
      add(*rejects, context, {"discard", "Give rejects up"}, options, run_discard_rejects);
  discard.add_option("ids", options.ids, "Their numbers");
  add_filter(discard, options);
  discard.add_flag("--all", options.all, "All that are open or repaired");
  discard.add_flag("--json", options.json);

  auto& replay = add(*rejects, context,
                     {"replay", "Try rejects again, by today's mapping and with their repairs"},
                     options, run_replay);
  replay.add_option("ids", options.ids, "Their numbers; all that are open or repaired otherwise");
  add_filter(replay, options);
  replay.add_flag("--json", options.json);
}

}  // namespace

void add_run_commands(CLI::App& app, Context& context) {
  static RunsOptions runs_options;  // Read by callbacks that run after this function has returned.
  static RunOptions run_options;
  static WatchFlags watch_flags;
  static RejectsOptions rejects_options;
  runs_options = {};
  run_options = {};
  watch_flags = {};
  rejects_options = {};

  auto& runs = add(app, context, {"runs", "What became of each run"}, runs_options, run_runs);
  runs.add_option("--limit", runs_options.limit, "At most so many")->capture_default_str();
  runs.add_flag("--json", runs_options.json);

  using Run = Result<void> (*)(const Context&, const RunOptions&);
  const std::vector<std::pair<Face, Run>> decisions = {
      {{"publish", "Publish a run that is held"}, run_publish},
      {{"discard", "Give up a run that is held"}, run_discard},
      {{"undo", "Take a published run back"}, run_undo}};
  for (const auto& [face, decide] : decisions) {
    auto& command = add(app, context, face, run_options, decide);
    command.add_option("run", run_options.run_id, "Its number")->required();
    command.add_flag("--json", run_options.json);
  }

  auto& watch = add(app, context, {"watch", "Load files as they appear"}, watch_flags, run_watch);
  watch.add_option("--poll", watch_flags.poll_s, "Seconds between two looks")
      ->capture_default_str()
      ->check(CLI::Range(0.05, 3600.0));
  watch.add_option("--settle", watch_flags.settle_s, "Seconds a file has to stay as it is")
      ->capture_default_str()
      ->check(CLI::Range(0.0, 3600.0));
  watch.add_flag("--once", watch_flags.once, "Load what is there, then stop");

  add_reject_commands(app, context, rejects_options);
}

}  // namespace cip::cli
