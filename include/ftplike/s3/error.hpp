#pragma once
#include <string>
#include <string_view>
#include <system_error>

#include <ftplike/protocol/error.hpp>

namespace ftplike::inline v0_2 {

/// Why an object store did not do what an `S3Storage` wanted, where no error of `std::errc` says it. All are answered
/// with 451; the message stands in the log.
enum class S3Errc {
  unreachable = 1,
  broken_off,
  stalled,
  slow_down,
  internal,
  keys_refused,
  keys_expired,
  clock_differs,
  no_bucket,
  changed,
  bad_answer,
  refused,
};

/// The category of `S3Errc`.
inline const std::error_category& s3_category() noexcept {
  class Category : public std::error_category {
   public:
    const char* name() const noexcept override { return "s3"; }
    std::string message(int code) const override {
      switch (static_cast<S3Errc>(code)) {
        case S3Errc::unreachable: return "the object store cannot be reached";
        case S3Errc::broken_off: return "the object store broke the connection off";
        case S3Errc::stalled: return "the object store takes too long";
        case S3Errc::slow_down: return "the object store has too much to do";
        case S3Errc::internal: return "the object store failed";
        case S3Errc::keys_refused: return "the object store does not know the keys";
        case S3Errc::keys_expired: return "the keys of the object store have expired";
        case S3Errc::clock_differs: return "the clock differs too much from that of the object store";
        case S3Errc::no_bucket: return "the object store has no such bucket";
        case S3Errc::changed: return "the object was changed meanwhile";
        case S3Errc::bad_answer: return "the object store answers with what is not understood";
        case S3Errc::refused: return "the object store refuses the request";
      }
      return "unknown error of an object store";
    }
  };
  static const Category category;
  return category;
}
/// So that an `S3Errc` is a `std::error_code`.
inline std::error_code make_error_code(S3Errc code) noexcept { return {static_cast<int>(code), s3_category()}; }

}  // namespace ftplike::inline v0_2

template <> struct std::is_error_code_enum<ftplike::S3Errc> : std::true_type {};

namespace ftplike::inline v0_2::detail {

/// What an answer that is no success means. `code` is the word of its body, empty where it has none, as that to a HEAD.
inline std::error_code error_of_answer(long status, std::string_view code) {
  struct Meaning {
    std::string_view code;
    std::error_code error;
  };
  const Meaning meanings[] = {
      {"NoSuchKey", std::make_error_code(std::errc::no_such_file_or_directory)},
      {"NoSuchUpload", std::make_error_code(std::errc::no_such_file_or_directory)},
      {"NoSuchBucket", S3Errc::no_bucket},
      {"AccessDenied", std::make_error_code(std::errc::permission_denied)},
      {"InvalidAccessKeyId", S3Errc::keys_refused},
      {"SignatureDoesNotMatch", S3Errc::keys_refused},
      {"ExpiredToken", S3Errc::keys_expired},
      {"InvalidToken", S3Errc::keys_expired},
      {"TokenRefreshRequired", S3Errc::keys_expired},
      {"RequestTimeTooSkewed", S3Errc::clock_differs},
      {"KeyTooLongError", std::make_error_code(std::errc::filename_too_long)},
      {"EntityTooLarge", std::make_error_code(std::errc::file_too_large)},
      {"QuotaExceeded", std::make_error_code(std::errc::no_space_on_device)},
      {"InvalidRange", make_error_code(Errc::bad_restart)},
      {"PreconditionFailed", S3Errc::changed},
      {"InvalidPart", S3Errc::changed},
      {"SlowDown", S3Errc::slow_down},
      {"RequestTimeout", S3Errc::stalled},
      {"InternalError", S3Errc::internal},
      {"ServiceUnavailable", S3Errc::slow_down},
  };
  for (const auto& meaning : meanings) {
    if (meaning.code == code) return meaning.error;
  }
  switch (status) {
    case 403: return std::make_error_code(std::errc::permission_denied);
    case 404: return std::make_error_code(std::errc::no_such_file_or_directory);
    case 412: return S3Errc::changed;
    case 413: return std::make_error_code(std::errc::file_too_large);
    case 416: return make_error_code(Errc::bad_restart);
    case 429:
    case 503: return S3Errc::slow_down;
    case 507: return std::make_error_code(std::errc::no_space_on_device);
    default: return status >= 500 ? S3Errc::internal : S3Errc::refused;
  }
}

/// Whether the same request may succeed a little later.
inline bool may_pass(const std::error_code& error) noexcept {
  return error == S3Errc::unreachable || error == S3Errc::broken_off || error == S3Errc::stalled ||
         error == S3Errc::slow_down || error == S3Errc::internal;
}

}  // namespace ftplike::inline v0_2::detail
