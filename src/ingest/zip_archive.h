// ingest/zip_archive.h: the members of a zip archive, read without writing any of them anywhere.
#pragma once

#include <cstdint>
#include <filesystem>
#include <memory>
#include <optional>
#include <string>
#include <string_view>
#include <vector>

#include "base/result.h"
#include "ingest/byte_source.h"

namespace cip::ingest {

inline constexpr std::string_view kZipMagic("PK\x03\x04", 4);
inline constexpr std::string_view kEmptyZipMagic("PK\x05\x06", 4);

/// A file of an archive, as the directory at the end of the archive describes it.
struct ZipMember {
  std::string name;  // With the folders it is in: "2024/orders.csv".
  std::uint64_t header_at = 0;
  std::uint64_t num_packed = 0;
  std::uint64_t num_unpacked = 0;
  std::uint32_t crc = 0;
  std::uint16_t method = 0;  // 0 stored, 8 deflated.
};

/// True if the file begins like a zip archive.
[[nodiscard]] bool is_zip(const std::filesystem::path& path);

/// True for what a system leaves beside the files: names that begin with a point, and the folder
/// __MACOSX. Nobody means them who does not call them by name.
[[nodiscard]] bool is_hidden(const ZipMember& member);

/// Reads the directory, also of the 64-bit format. Folders are no members.
///
/// Source:  PKWARE, APPNOTE.TXT 6.3.10, sections 4.3 to 4.5.
/// Errors:  InvalidArgument  no directory, or one that contradicts itself; a member whose name
/// leads
///                           out of the archive, is empty or comes twice; members that share bytes;
///                           encryption; a method other than stored and deflated
///          LimitExceeded    more than 10,000 members
///          NotFound, Unavailable  as open_source()
Result<std::vector<ZipMember>> read_zip_directory(const std::filesystem::path& path);

/// Opens a member; without a name, the only one that is not hidden.
///
/// Errors:  as read_zip_directory(); NotFound if no member is called that; InvalidArgument if there
///          is more than one and none was named, or none; read() also if its size or its check sum
///          is not what the directory says
Result<std::unique_ptr<ByteSource>> open_zip(const std::filesystem::path& path,
                                             std::string_view member, const Limits& limits);

/// ARCHIVE/MEMBER taken apart.
struct ArchivePath {
  std::filesystem::path archive;
  std::string member;
};

/// None where the path is a file of its own, or where nothing on its way is an archive.
std::optional<ArchivePath> in_archive(const std::filesystem::path& part);

/// The file in which a part lies: its archive, or itself.
std::filesystem::path stored_file_of(const std::filesystem::path& part);

/// What is to be read of a file: itself, or for an archive with several members, ARCHIVE/MEMBER of
/// each that is not hidden, which open_source() opens.
///
/// Errors:  as read_zip_directory()
Result<std::vector<std::filesystem::path>> parts_of(const std::filesystem::path& path);

/// The parts of all files that fit a glob; inbox/export.zip/o*.csv means members of an archive,
/// with their folders: inbox/export.zip/**/o*.csv.
///
/// Errors:  as read_zip_directory()
Result<std::vector<std::filesystem::path>> parts_matching(const std::filesystem::path& folder,
                                                          std::string_view glob);

/// The SHA-256 of the stored file; that of a member is made from its archive's and its name.
///
/// Errors:  as sha256_of_file()
Result<std::string> digest_of(const std::filesystem::path& part);

}  // namespace cip::ingest
