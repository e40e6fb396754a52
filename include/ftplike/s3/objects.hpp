#pragma once
// What an S3Storage does with objects: entries of their fields, copies, pages of keys, uploads of several parts.
#include <algorithm>
#include <chrono>
#include <cstddef>
#include <cstdint>
#include <cstdio>
#include <functional>
#include <memory>
#include <optional>
#include <random>
#include <string>
#include <string_view>
#include <utility>
#include <vector>

#include <ftplike/io/settled.hpp>
#include <ftplike/protocol/entry.hpp>
#include <ftplike/s3/answers.hpp>
#include <ftplike/s3/client.hpp>
#include <ftplike/s3/names.hpp>

namespace ftplike::inline v0_2::detail {

inline constexpr std::string_view modified_field = "x-amz-meta-mtime";  // seconds with a fraction, as rclone keeps them
inline constexpr std::string_view mode_field = "x-amz-meta-ftplike-mode";      // octal
inline constexpr std::string_view upload_field = "x-amz-meta-ftplike-upload";  // of a partial file: of its parts
inline constexpr std::string_view token_field =
    "x-amz-meta-ftplike-token";  // of an object: of the upload that it came of
inline constexpr std::string_view whole_field =
    "x-amz-meta-ftplike-whole";                                            // of a partial file: the whole one beside it
inline constexpr std::string_view base_field = "x-amz-meta-ftplike-base";  // and how many bytes these have
inline constexpr std::uint64_t largest_copy = std::uint64_t{5} << 30;      // in one request
inline constexpr std::uint64_t copied_part = std::uint64_t{256} << 20;
inline constexpr std::chrono::seconds copy_patience{300};  // nothing comes while a store copies
inline constexpr std::size_t most_parts = 10'000;
inline constexpr std::size_t first_part = 1;
/// Parts of a copy have no number 1: so what is left of one, when it fails or its server dies, is never taken for a
/// partial file (`list_parts`).
inline constexpr std::size_t first_copied_part = 2;

inline std::string seconds_of(Timestamp time) {
  const auto count = time.time_since_epoch().count();
  const auto size = count < 0 ? -count : count;
  char text[40];
  std::snprintf(text, sizeof text, "%s%lld.%03lld", count < 0 ? "-" : "", static_cast<long long>(size / 1000),
                static_cast<long long>(size % 1000));
  return text;
}
/// A time as `seconds_of` writes it, with any number of digits behind the point.
inline std::optional<Timestamp> time_of_seconds(std::string_view text) {
  const bool is_negative = text.starts_with('-');
  if (is_negative) text.remove_prefix(1);
  const auto point = text.find('.');
  const auto whole = number_of(text.substr(0, point));
  if (!whole || *whole > 253'402'300'799u) return std::nullopt;
  std::string digits{point == text.npos ? "" : text.substr(point + 1, 3)};
  digits.resize(3, '0');
  const auto part = number_of(digits);
  if (!part) return std::nullopt;
  const auto count = static_cast<std::int64_t>(*whole * 1000 + *part);
  return Timestamp{std::chrono::milliseconds{is_negative ? -count : count}};
}
/// A time as HTTP writes it, or as listings do.
inline std::optional<Timestamp> time_of_date(const std::string& text) {
  std::string date = text;
  if (date.size() > 19 && date[10] == 'T') {  // 2026-11-27T14:03:54.000Z, which libcurl reads as 20261127 14:03:54 GMT
    date = date.substr(0, 4) + date.substr(5, 2) + date.substr(8, 2) + ' ' + date.substr(11, 8) + " GMT";
  }
  const auto seconds = curl_getdate(date.c_str(), nullptr);
  if (seconds < 0) return std::nullopt;
  return Timestamp{std::chrono::seconds{seconds}};
}
inline std::string octal_of(unsigned mode) {
  char text[16];
  std::snprintf(text, sizeof text, "%04o", mode & 0777);
  return text;
}
inline unsigned mode_of(std::string_view text, unsigned otherwise) {
  unsigned mode = 0;
  const auto [end, error] = std::from_chars(text.data(), text.data() + text.size(), mode, 8);
  return error == std::errc{} && end == text.data() + text.size() && mode <= 0777 ? mode : otherwise;
}
inline std::string unique_of(std::string_view key) {
  std::uint64_t hash = 14695981039346656037u;  // FNV-1a
  for (const char c : key) hash = (hash ^ static_cast<unsigned char>(c)) * 1099511628211u;
  char text[17];
  std::snprintf(text, sizeof text, "%016llx", static_cast<unsigned long long>(hash));
  return text;
}

inline std::string new_token() {
  std::random_device random;
  return unique_of(std::to_string(random()) + '.' + std::to_string(random()));
}
/// What tells an object from all that were under its key before: ours have a token, which goes with them when they are
/// renamed or get another time.
inline std::string identity_of(const S3Answer& answer) {
  const std::string token = answer.field(token_field);
  return token.empty() ? answer.field("etag") : token;
}

/// What is another as soon as somebody puts something under the key, the same bytes again included.
inline std::string version_of(const S3Answer& answer) { return identity_of(answer) + ' ' + answer.field("etag"); }

/// The size of the whole object, of the fields of an answer to a HEAD, or to a GET of a part of it.
inline std::optional<std::uint64_t> whole_size(const S3Answer& answer) {
  const std::string range = answer.field("content-range");
  if (!range.empty()) return number_of(std::string_view{range}.substr(range.find('/') + 1));
  return number_of(answer.field("content-length"));
}

inline Entry directory_entry(const Path& path, std::string_view key) {
  Entry entry{std::string{path.name()}, Entry::Type::directory, 0, {}};
  entry.mode = 0755;
  entry.unique = unique_of(key);
  return entry;
}
inline Entry file_entry(const Path& path, std::string_view key) {
  Entry entry{std::string{path.name()}, Entry::Type::file, 0, {}};
  entry.mode = 0644;
  entry.unique = unique_of(key);
  return entry;
}
/// Takes over what the fields of an object tell.
inline void take_fields(Entry& entry, const S3Answer& answer) {
  if (entry.is_file()) entry.size = whole_size(answer);
  const auto set = time_of_seconds(answer.field(modified_field));
  const auto stored = time_of_date(answer.field("last-modified"));
  entry.modified = set ? *set : stored.value_or(Timestamp{});
  entry.mode = mode_of(answer.field(mode_field), entry.mode);
}
/// What an object is to keep of the fields of another: those that somebody gave it.
inline S3Fields kept_fields(const S3Answer& answer) {
  S3Fields kept;
  for (const auto& [name, value] : answer.fields) {
    const bool is_given = name.starts_with("x-amz-meta-") || name == "content-type" || name == "cache-control" ||
                          name == "content-disposition" || name == "content-encoding" || name == "content-language";
    if (is_given && !value.empty()) kept.emplace_back(name, value);
  }
  return kept;
}
inline void set_field(S3Fields& fields, std::string_view name, std::string value) {
  std::erase_if(fields, [&](const auto& field) { return field.first == name; });
  fields.emplace_back(name, std::move(value));
}

inline S3Request head_request(std::string key) { return {.method = "HEAD", .key = std::move(key)}; }
/// For what a HEAD tells, and the first bytes.
inline S3Request first_bytes_request(std::string key, std::size_t most) {
  S3Request request{.method = "GET", .key = std::move(key)};
  request.headers.emplace_back("range", "bytes=0-" + std::to_string(most - 1));
  return request;
}
inline S3Request list_request(std::string prefix, std::size_t most, std::string after, bool by_directory) {
  S3Request request{.method = "GET"};
  request.query = {
      {"list-type", "2"}, {"encoding-type", "url"}, {"prefix", std::move(prefix)}, {"max-keys", std::to_string(most)}};
  if (by_directory) request.query.emplace_back("delimiter", "/");
  if (!after.empty()) request.query.emplace_back("continuation-token", std::move(after));
  return request;
}
inline S3Page page_of(const S3Answer& answer) {
  answer.check();
  auto page = read_page(answer.body);
  if (!page) throw std::system_error(S3Errc::bad_answer);
  return std::move(*page);
}
template <class = void> awaitable<S3Page> list_keys(const S3Client& client, std::string prefix, std::size_t most,
                                                    std::string after, bool by_directory) {
  S3Request request = list_request(std::move(prefix), most, std::move(after), by_directory);
  const S3Answer answer = co_await ask(client, std::move(request));
  co_return page_of(answer);
}
template <class = void> awaitable<void> delete_key(const S3Client& client, std::string key) {
  S3Request request{.method = "DELETE", .key = std::move(key)};
  const S3Answer answer = co_await ask(client, std::move(request));
  if (!answer.is_absent()) answer.check();
}

/// An upload of several parts. Its token, a field of the object that comes of it, tells whether it was completed when
/// the answer to that was lost; it is empty where nobody knows it any more.
struct S3Upload {
  std::string id, token;
};
template <class = void> awaitable<S3Upload> begin_parts(const S3Client& client, std::string key, S3Fields fields) {
  const std::string token = new_token();
  set_field(fields, token_field, token);
  const auto is_type = [](const auto& field) { return field.first == "content-type"; };
  if (std::none_of(fields.begin(), fields.end(), is_type))
    fields.emplace_back("content-type", "application/octet-stream");
  S3Request request{.method = "POST", .key = std::move(key), .query = {{"uploads", ""}}, .headers = std::move(fields)};
  const S3Answer answer = co_await order(client, std::move(request));
  auto id = element_of(answer.body, "InitiateMultipartUploadResult/UploadId");
  if (!id || id->empty()) throw std::system_error(S3Errc::bad_answer);
  co_return S3Upload{std::move(*id), token};
}
inline S3Request part_request(std::string key, const std::string& id, std::size_t number) {
  return {.method = "PUT", .key = std::move(key), .query = {{"partNumber", std::to_string(number)}, {"uploadId", id}}};
}
template <class = void> awaitable<void> abort_parts(const S3Client& client, std::string key, std::string id) {
  S3Request request{.method = "DELETE", .key = std::move(key), .query = {{"uploadId", std::move(id)}}};
  const S3Answer answer = co_await ask(client, std::move(request));
  if (!answer.is_absent()) answer.check();
}
/// All parts of an upload from the first on, as long as none is missing; none if there is no such upload.
template <class = void>
awaitable<std::optional<std::vector<S3Part>>> list_parts(const S3Client& client, std::string key, std::string id) {
  std::vector<S3Part> parts;
  for (std::string after;;) {
    S3Request request{.method = "GET", .key = key, .query = {{"uploadId", id}}};
    if (!after.empty()) request.query.emplace_back("part-number-marker", after);
    const S3Answer answer = co_await ask(client, std::move(request));
    if (answer.is_absent()) co_return std::nullopt;
    answer.check();
    auto page = read_parts(answer.body);
    if (!page) throw std::system_error(S3Errc::bad_answer);
    for (auto& [number, part] : page->parts) {
      if (number != parts.size() + 1) co_return parts;
      parts.push_back(std::move(part));
    }
    if (page->next.empty()) co_return parts;
    after = std::move(page->next);
  }
}
/// Puts the parts together under the key; `first` is the number of the first of them.
template <class = void>
awaitable<void> complete_parts(const S3Client& client, std::string key, S3Upload upload, std::vector<S3Part> parts,
                               std::size_t first = first_part) {
  S3Request request{.method = "POST", .key = key, .query = {{"uploadId", upload.id}}};
  request.patience = copy_patience;
  request.body = new_shared<const std::string>(completion_of(parts, first));
  const S3Answer answer = co_await ask(client, std::move(request));
  if (!answer.error()) co_return;
  if (!answer.is_absent()) answer.check();
  // It may have been done, and only the answer to it been lost.
  S3Request look = head_request(std::move(key));
  const S3Answer found = co_await order(client, std::move(look));
  if (found.field(token_field) != upload.token || upload.token.empty()) answer.check();
}

/// Has a copy made only of the object that was seen. Not of one that came in parts: Swift knows the ETag of such a one
/// in no condition of a copy.
inline void set_condition(S3Fields& headers, const std::string& etag) {
  if (etag.find('-') == etag.npos) set_field(headers, "x-amz-copy-source-if-match", etag);
}
/// Copies a part of an object to be a part of another.
template <class = void> awaitable<S3Part> copy_part(const S3Client& client, S3Request request, std::string from,
                                                    std::string etag, std::uint64_t begin, std::uint64_t size) {
  request.headers = {
      {"x-amz-copy-source", client.source(from)},
      {"x-amz-copy-source-range", "bytes=" + std::to_string(begin) + '-' + std::to_string(begin + size - 1)}};
  set_condition(request.headers, etag);
  request.patience = copy_patience;
  const S3Answer answer = co_await order(client, std::move(request));
  S3Request look = head_request(std::move(from));
  const S3Answer still = co_await order(client, std::move(look));
  if (still.field("etag") != etag) throw std::system_error(S3Errc::changed);
  auto copied = element_of(answer.body, "CopyPartResult/ETag");
  if (!copied) throw std::system_error(S3Errc::bad_answer);
  co_return S3Part{std::move(*copied), size};
}

/// Copies an object that is too large for one request, part by part, into an upload that has begun.
template <class = void>
awaitable<void> copy_in_parts(const S3Client& client, std::string from, std::string etag, std::uint64_t size,
                              std::string to, S3Upload upload, std::function<void()> progress) {
  std::vector<S3Part> parts;
  const std::uint64_t piece = std::max(copied_part, size / (most_parts - first_copied_part + 1) + 1);
  for (std::uint64_t at = 0; at < size; at += piece) {
    S3Request request = part_request(to, upload.id, first_copied_part + parts.size());
    const std::uint64_t count = std::min(piece, size - at);
    S3Part part = co_await copy_part(client, std::move(request), from, etag, at, count);
    parts.push_back(std::move(part));
    if (progress) progress();
  }
  co_await complete_parts(client, std::move(to), std::move(upload), std::move(parts), first_copied_part);
}
/// Copies an object, with the fields given, on the store's side. The destination is whole or as it was.
template <class = void> awaitable<void> copy_object(const S3Client& client, std::string from, S3Answer source,
                                                    std::string to, S3Fields fields, std::function<void()> progress) {
  const std::uint64_t size = whole_size(source).value_or(0);
  const std::string etag = source.field("etag");
  if (size <= largest_copy) {
    S3Request request{.method = "PUT", .key = std::move(to), .headers = std::move(fields)};
    set_field(request.headers, "x-amz-copy-source", client.source(from));
    set_condition(request.headers, etag);
    set_field(request.headers, "x-amz-metadata-directive", "REPLACE");
    request.patience = copy_patience;
    co_await order(client, std::move(request));
    co_return;
  }
  const S3Upload upload = co_await begin_parts(client, to, std::move(fields));
  Settled<void> copied;
  co_await settle(copy_in_parts(client, std::move(from), etag, size, to, upload, std::move(progress)), copied);
  if (!copied.failed()) co_return;
  // Nobody goes on with it. Where this does not get through, it expires as a partial file does.
  Settled<void> ignored;
  co_await settle(abort_parts(client, std::move(to), upload.id), ignored);
  copied.get();
}

}  // namespace ftplike::inline v0_2::detail
