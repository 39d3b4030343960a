// service/uploading.h: a file that comes through the pages: into the inbox, mapped, looked at
// before it is published.
#pragma once

#include <cstdint>
#include <filesystem>
#include <string>

#include "account/role.h"
#include "base/json_fwd.h"
#include "base/progress.h"
#include "base/result.h"
#include "service/platform.h"

namespace cip::service {

/// The largest file that is taken; a larger one is put into the inbox by hand.
inline constexpr std::uint64_t kMaxUploadBytes = std::uint64_t{1} << 30U;

/// Makes an empty file that only this user may read, for the bytes of a file that is to be
/// inbox/NAME. It lies in inbox/.arriving, where no mapping looks.
///
/// Errors:  Forbidden        the role may not load data, or not see all rows
///          InvalidArgument  the name has parts of a path, control characters, or begins with a
///                           point
///          Conflict         inbox/NAME is there already: nothing is ever overwritten
Result<std::filesystem::path> begin_upload(const Platform& platform, const account::Identity& who,
                                           const std::string& name);

/// Gives what has arrived its name: {"file":"inbox/NAME","bytes"}. The arrived file itself is left
/// to the caller to remove.
///
/// Errors:  as begin_upload(); InvalidArgument  it is empty, or no text
Result<Json> finish_upload(Platform& platform, const account::Identity& who,
                           const std::string& name, const std::filesystem::path& arrived);

/// The mapping of a file in the inbox: the one that names it already, or a proposal.
/// {"source","text","is_new"}.
///
/// Errors:  as inspect_inside() and ingest::propose_mapping()
Result<Json> mapping_for_upload(const Platform& platform, const account::Identity& who,
                                const std::string& file);

/// What is wrong with the text of a mapping for a file:
/// {"source","problems":[{"line","column","message"}]}; line and column are null where the whole
/// text is meant.
///
/// Errors:  Forbidden  as begin_upload()
Result<Json> check_mapping(const Platform& platform, const account::Identity& who,
                           const std::string& file, const std::string& text);

/// Keeps the mapping under sources/ and loads the file into staging, for publish_run() or
/// discard_upload(). A mapping that was made for this load goes again if the load fails.
/// Returns as load_files().
///
/// Errors:  InvalidArgument  the text is wrong, with its first problem
///          Conflict         another mapping of this name is there
///          others           as load_files()
Result<Json> preview_upload(Platform& platform, const account::Identity& who,
                            const std::string& file, const std::string& text, Progress& progress);

/// Gives a file up that came through the pages: its run in staging, the mapping made for it, and
/// the file. {"file","status":"discarded"}.
///
/// Errors:  NotFound  no such file came through the pages
///          Conflict  it is published
Result<Json> discard_upload(Platform& platform, const account::Identity& who,
                            const std::string& file);

}  // namespace cip::service
