#pragma once
#include <chrono>
#include <cstdint>
#include <optional>
#include <string>
#include <utility>

#include <ftplike/io/observer.hpp>

namespace ftplike::inline v0_2 {

/// A transfer that is under way.
class TransferStatus {
 public:
  /// Of all that is known of it.
  TransferStatus(std::string its_verb, Path its_path, Direction its_direction, bool is_listing, std::uint64_t its_bytes,
                 Duration it_lasts)
      : verb{std::move(its_verb)},
        path{std::move(its_path)},
        direction{its_direction},
        listing{is_listing},
        bytes{its_bytes},
        lasts{it_lasts} {}

  std::string verb;  // of the command
  Path path;         // of the file in the storage, or of the directory that is listed
  Direction direction;  // of its bytes
  bool listing;         // and no file
  std::uint64_t bytes;  // over the data connection, by now
  Duration lasts;       // since its command came
  /// Over all of that time.
  double bytes_per_second() const noexcept {
    const double seconds = std::chrono::duration<double>(lasts).count();
    return seconds > 0 ? static_cast<double>(bytes) / seconds : 0;
  }
};

/// How a session of a server stands.
struct SessionStatus {
  SessionInfo who;       // as events tell
  Duration lasts{};      // since it began
  std::string activity;  // for people: the verb of its command, or what it waits for
  std::optional<TransferStatus> transfer;  // the one under way
};

}  // namespace ftplike::inline v0_2
