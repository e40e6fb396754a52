#pragma once
#include <chrono>
#include <cstddef>
#include <string>

namespace ftplike::inline v0_2 {

/// Where the objects of an `S3Storage` are, and how it treats them.
struct S3Options {
  std::string endpoint{};  // "https://s3.example.org", or with a port and a path; buckets are looked for below it
  std::string bucket{};    // which is there already
  std::string prefix{};    // of the keys: "team/inbox"; empty: the whole bucket
  std::string access_key{};  // as the store calls it
  std::string secret_key{};  // by which requests are signed
  std::string session_token{};  // of keys that are lent for a while
  std::string region = "us-east-1";  // a part of each signature

  /// How long an interrupted upload can be gone on with, counted from when it was left or, if nobody could leave it,
  /// begun.
  std::chrono::seconds partial_lifetime = std::chrono::hours{24 * 7};
  /// How often, at most, an upload has the store looked through for what is past that time.
  std::chrono::seconds sweep_interval = std::chrono::hours{1};
  /// Of an upload, which holds two of these in memory at the most. At least 5 MiB, and a file has no more than 10 000.
  std::size_t part_size = 8 * 1024 * 1024;
  /// Whether a listing asks for the time and the mode of each file that were set over FTP: one request each, sixteen at
  /// a time. Else it shows when the store got the file.
  bool exact_listings = true;

  std::chrono::milliseconds connect_timeout = std::chrono::seconds{5};  // for a connection to the store
  std::chrono::seconds patience = std::chrono::seconds{30};                // with a store that takes and gives nothing
  unsigned attempts = 5;                                                   // at a request that may be made again
  std::chrono::milliseconds first_pause = std::chrono::milliseconds{100};  // before the second; it doubles each time
};

}  // namespace ftplike::inline v0_2
