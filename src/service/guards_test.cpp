// Everything that changes, exports or learns, asked by those who may not: the refusal comes before
// the use case looks at anything else.

#include <functional>
#include <optional>
#include <vector>

#include "service/asking.h"
#include "service/drilling.h"
#include "service/inspecting.h"
#include "service/learning.h"
#include "service/loaded_workspace_test.h"
#include "service/monitoring.h"
#include "service/profiling.h"
#include "service/reporting.h"
#include "service/sql_asking.h"
#include "service/texts.h"
#include "service/watching.h"

namespace cip::service {
namespace {

using account::Identity;
using account::Role;
using testing::HasSubstr;

struct Guarded {
  std::string name;
  std::function<std::optional<Error>(Platform&, const Identity&)> ask;
};

template <class T>
std::optional<Error> error_of(const Result<T>& result) {
  return result ? std::nullopt : std::optional(result.error());
}

query::Query any_question() {
  query::Query query;
  query.metrics = {"customer_count"};
  return query;
}

// What asks for the rows of all, and who may do it at least.
const std::vector<Guarded>& stewards_all_rows() {
  static const std::vector<Guarded> all = {
      {"train", [](Platform& of,
                   const Identity& who) { return error_of(train(of, who, 1, no_progress())); }},
      {"train texts",
       [](Platform& of, const Identity& who) {
         return error_of(train_texts(of, who, 1, no_progress()));
       }},
      {"replay",
       [](Platform& of, const Identity& who) {
         return error_of(replay_rejects(of, who, {}, no_progress()));
       }},
      {"discard rejects",
       [](Platform& of, const Identity& who) { return error_of(discard_rejects(of, who, {})); }},
      {"export rejects",
       [](Platform& of, const Identity& who) { return error_of(export_rejects(of, who, {})); }},
      {"import repairs",
       [](Platform& of, const Identity& who) {
         return error_of(import_repairs(of, who, "nowhere.csv"));
       }},
      {"repair a reject",
       [](Platform& of, const Identity& who) {
         return error_of(repair_reject(of, who, 1, JsonObject{{"id", "1"}}));
       }},
      {"look into a file",
       [](Platform& of, const Identity& who) {
         return error_of(inspect_inside(of, who, "inbox/shop.csv"));
       }},
  };
  return all;
}

const std::vector<Guarded>& stewards() {
  static const std::vector<Guarded> all = {
      {"load",
       [](Platform& of, const Identity& who) {
         return error_of(load_files(of, who, {}, no_progress()));
       }},
      {"watch",
       [](Platform& of, const Identity& who) {
         return error_of(watch(of, who, {.once = true}, no_progress()));
       }},
      {"publish",
       [](Platform& of, const Identity& who) {
         return error_of(publish_run(of, who, 1, no_progress()));
       }},
      {"discard a run",
       [](Platform& of, const Identity& who) { return error_of(discard_run(of, who, 1)); }},
      {"undo", [](Platform& of, const Identity& who) { return error_of(undo_run(of, who, 1)); }},
      {"accept quality",
       [](Platform& of, const Identity& who) { return error_of(accept_quality(of, who, 1, "")); }},
      {"search texts",
       [](Platform& of, const Identity& who) {
         return error_of(search_texts(of, who, {.wanted = "x"}));
       }},
      {"words of texts",
       [](Platform& of, const Identity& who) { return error_of(text_words(of, who, 1)); }},
  };
  return all;
}

const std::vector<Guarded>& analysts() {
  static const std::vector<Guarded> all = {
      {"export an answer",
       [](Platform& of, const Identity& who) {
         return error_of(answer_csv(of, who, any_question()));
       }},
      {"export a report",
       [](Platform& of, const Identity& who) {
         return error_of(export_report(of, who, report_request("sales", "", "").value()));
       }},
      {"the rows behind a number",
       [](Platform& of, const Identity& who) {
         return error_of(drill_rows(of, who, {.question = any_question()}));
       }},
      {"SQL",
       [](Platform& of, const Identity& who) { return error_of(ask_sql(of, who, "SELECT 1")); }},
  };
  return all;
}

class Guards : public LoadedWorkspace {
 protected:
  void SetUp() override {
    LoadedWorkspace::SetUp();
    write("inbox/shop.csv", "id,Full name,E-Mail,since\n1,Ann,a@example.org,2024-01-02\nx,,,\n");
    ingest();
  }

  void expect_refused(const std::vector<Guarded>& cases, const std::vector<Role>& roles) {
    for (const Guarded& guarded : cases) {
      for (const Role role : roles) {
        const auto error = guarded.ask(platform(), {"somebody", role});
        ASSERT_TRUE(error) << guarded.name << " as " << name_of(role);
        EXPECT_EQ(error->code, Errc::Forbidden) << guarded.name << ": " << error->message;
        EXPECT_THAT(error->message, HasSubstr(name_of(role))) << guarded.name;
      }
    }
  }
};

TEST_F(Guards, KeepChangesAndLearningToStewards) {
  const std::string before = customers();
  expect_refused(stewards(), {Role::Viewer, Role::Analyst});
  expect_refused(stewards_all_rows(), {Role::Viewer, Role::Analyst});
  EXPECT_EQ(customers(), before);
  EXPECT_EQ(rejects().at("total"), 1) << "still there, and undecided";
}

TEST_F(Guards, KeepExportsToAnalysts) { expect_refused(analysts(), {Role::Viewer}); }

TEST_F(Guards, LetNobodyUseTheRowsOfAllFromWhomARuleHidesSome) {
  write("model.toml", "[rows.own_country]\nwhere = \"country = '{user}'\"\n");
  const auto ruled = Platform::open(open_workspace(folder()).value()).value();
  std::vector<Guarded> cases = stewards_all_rows();
  cases.push_back(analysts().back());
  cases.push_back({"SQL as engine", [](Platform& of, const Identity& who) {
                     return error_of(answer(of, who, any_question(), Engine::Sql));
                   }});
  cases.push_back({"profile of a load", [](Platform& of, const Identity& who) {
                     return error_of(describe_profile(of, who, {"customers", "", {}, {}}));
                   }});
  cases.push_back({"rejects", [](Platform& of, const Identity& who) {
                     return error_of(list_rejects(of, who, {}, 10));
                   }});
  for (const Guarded& guarded : cases) {
    const auto error = guarded.ask(*ruled, {"UK", Role::Steward});
    ASSERT_TRUE(error) << guarded.name;
    EXPECT_EQ(error->code, Errc::Forbidden) << guarded.name << ": " << error->message;
    EXPECT_THAT(error->message, HasSubstr("own_country")) << guarded.name;
  }
}

}  // namespace
}  // namespace cip::service
