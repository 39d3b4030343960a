// service/file_load.h: one file of a source on its way into the warehouse.
#pragma once

#include <cstddef>
#include <filesystem>
#include <memory>
#include <span>
#include <string>
#include <vector>

#include "base/progress.h"
#include "base/result.h"
#include "ingest/mapper.h"
#include "ingest/mapping.h"
#include "ingest/record_reader.h"
#include "service/load_notes.h"
#include "service/workspace.h"
#include "sql/connection.h"
#include "warehouse/load.h"
#include "warehouse/rehearsal.h"

namespace cip::service {

/// The mappings of these names, all if there are none; those come first whose tables others refer
/// to.
///
/// Errors:  NotFound         the workspace has no mapping, or none of that name
///          InvalidArgument  one cannot be read; with its place
Result<std::vector<ingest::Mapping>> wanted_mappings(const Workspace& workspace,
                                                     const std::vector<std::string>& sources);

/// The files of the workspace that a mapping is for; none is no error.
///
/// Errors:  InvalidArgument  a pattern leads out of the workspace
Result<std::vector<std::filesystem::path>> files_of(const Workspace& workspace,
                                                    const ingest::Mapping& mapping);

/// The tables of one reading of a file, in the order in which each batch has to be staged.
struct TablePass {
  ingest::Pass pass;
  std::vector<std::size_t> tables;  // Into LoadSpec::tables, as pass.into.
};

struct Plan {
  warehouse::LoadSpec spec;
  std::vector<TablePass> passes;
};

Plan plan_of(const Workspace& workspace, const ingest::Mapping& mapping);

struct FileLoad {
  const Workspace* workspace;
  const ingest::Mapping* mapping;
  std::filesystem::path file;
  std::string label;  // The file relative to the workspace, for the ledger and messages.
  Progress* progress;
  LoadNotes* notes = nullptr;                 // Filled while the file is read.
  warehouse::Rehearsal* rehearsal = nullptr;  // Where several files are held together.
};

/// Reads the file once more for the mappers that clean by the numbers of whole columns, if there
/// are any. Errors as the readers; ColumnSample::settle().
Result<void> measure(const FileLoad& of, const ingest::Pass& pass,
                     std::vector<ingest::Mapper>& mappers);

/// How far a load goes.
enum class Goal {
  Publish,  // Unless a table is over its limit and shall be held back.
  Hold,     // Whatever it finds: for a person to look at.
  Force,    // Publish, also what is over its limit: a person has decided.
};

/// Reads the file and publishes it, or holds it in staging. What the mapping asks of the tables
/// goes into the plan's spec on the way.
///
/// Errors:  as the readers, the mapping and warehouse::Load
Result<warehouse::LoadReport> load_file(sql::Connection& database, const FileLoad& of,
                                        const Plan& plan, Goal goal);

/// The score of a table, from the rules that are its own.
[[nodiscard]] warehouse::Score score_of(const warehouse::TableCounts& counts,
                                        std::span<const ingest::RuleCount> rules);

}  // namespace cip::service
