#pragma once
// The answers of an object store that have a body, as values.
#include <charconv>
#include <cstddef>
#include <cstdint>
#include <optional>
#include <string>
#include <string_view>
#include <utility>
#include <vector>

#include <ftplike/s3/xml.hpp>

namespace ftplike::inline v0_2::detail {

/// A number that is the whole of a text.
inline std::optional<std::uint64_t> number_of(std::string_view text) {
  std::uint64_t number = 0;
  const auto [end, error] = std::from_chars(text.data(), text.data() + text.size(), number);
  if (error != std::errc{} || end != text.data() + text.size() || text.empty()) return std::nullopt;
  return number;
}

/// A text as `encoding-type=url` has it: %XX, and '+' for a blank, as some stores write it.
inline std::string url_decoded(std::string_view text) {
  std::string result;
  for (std::size_t i = 0; i < text.size(); ++i) {
    unsigned char byte = 0;
    const bool is_coded = text[i] == '%' && i + 2 < text.size() &&
                          std::from_chars(&text[i + 1], &text[i + 3], byte, 16).ptr == &text[i + 3];
    if (is_coded) i += 2;
    result += is_coded ? static_cast<char>(byte) : text[i] == '+' ? ' ' : text[i];
  }
  return result;
}

/// An object as a listing has it.
struct S3Object {
  std::string key;
  std::uint64_t size = 0;
  std::string modified;  // as the store writes it: 2026-11-27T14:03:54.000Z
  std::string etag;
};
/// Some of the keys below a prefix.
struct S3Page {
  std::vector<S3Object> objects;
  std::vector<std::string> prefixes;  // up to the delimiter, which they end with
  std::string next;                   // the token of the next page; empty: there is none
};

inline std::optional<S3Page> read_page(std::string_view text) {
  S3Page page;
  S3Object object;
  bool good = true, is_truncated = false;
  const auto on_element = [&](std::string_view path, const std::string& value) {
    constexpr std::string_view root = "ListBucketResult/";
    if (!path.starts_with(root)) return;
    path.remove_prefix(root.size());
    if (path == "Contents/Key") object.key = url_decoded(value);
    if (path == "Contents/LastModified") object.modified = value;
    if (path == "Contents/ETag") object.etag = value;
    if (path == "Contents/Size") {
      const auto size = number_of(value);
      good = good && size;
      object.size = size.value_or(0);
    }
    if (path == "Contents") page.objects.push_back(std::exchange(object, {}));
    if (path == "CommonPrefixes/Prefix") page.prefixes.push_back(url_decoded(value));
    if (path == "NextContinuationToken") page.next = value;
    if (path == "IsTruncated") is_truncated = value == "true";
  };
  if (!read_xml(text, on_element) || !good || (is_truncated && page.next.empty())) return std::nullopt;
  if (!is_truncated) page.next.clear();
  return page;
}

/// A part of an upload that is under way.
struct S3Part {
  std::string etag;
  std::uint64_t size = 0;
};
/// Some of the parts of an upload.
struct S3Parts {
  std::vector<std::pair<std::uint64_t, S3Part>> parts;  // with their numbers
  std::string next;                                     // the number to go on behind; empty: these are all
};

inline std::optional<S3Parts> read_parts(std::string_view text) {
  S3Parts result;
  std::uint64_t number = 0;
  S3Part part;
  bool good = true, is_truncated = false;
  const auto number_in = [&](const std::string& value) {
    const auto read = number_of(value);
    good = good && read;
    return read.value_or(0);
  };
  const auto on_element = [&](std::string_view path, const std::string& value) {
    if (path == "ListPartsResult/Part/PartNumber") number = number_in(value);
    if (path == "ListPartsResult/Part/ETag") part.etag = value;
    if (path == "ListPartsResult/Part/Size") part.size = number_in(value);
    if (path == "ListPartsResult/Part") result.parts.emplace_back(number, std::exchange(part, {}));
    if (path == "ListPartsResult/NextPartNumberMarker") result.next = value;
    if (path == "ListPartsResult/IsTruncated") is_truncated = value == "true";
  };
  if (!read_xml(text, on_element) || !good || (is_truncated && result.next.empty())) return std::nullopt;
  if (!is_truncated) result.next.clear();
  return result;
}

/// Uploads of several parts that were neither completed nor given up.
struct S3Uploads {
  struct Upload {
    std::string key, id, initiated;
  };
  std::vector<Upload> uploads;
  std::string next_key, next_id;  // to go on behind; empty: these are all
};

inline std::optional<S3Uploads> read_uploads(std::string_view text) {
  S3Uploads result;
  S3Uploads::Upload upload;
  bool is_truncated = false;
  const auto on_element = [&](std::string_view path, const std::string& value) {
    if (path == "ListMultipartUploadsResult/Upload/Key") upload.key = url_decoded(value);
    if (path == "ListMultipartUploadsResult/Upload/UploadId") upload.id = value;
    if (path == "ListMultipartUploadsResult/Upload/Initiated") upload.initiated = value;
    if (path == "ListMultipartUploadsResult/Upload") result.uploads.push_back(std::exchange(upload, {}));
    if (path == "ListMultipartUploadsResult/NextKeyMarker") result.next_key = url_decoded(value);
    if (path == "ListMultipartUploadsResult/NextUploadIdMarker") result.next_id = value;
    if (path == "ListMultipartUploadsResult/IsTruncated") is_truncated = value == "true";
  };
  if (!read_xml(text, on_element) || (is_truncated && result.next_key.empty())) return std::nullopt;
  if (!is_truncated) result.next_key.clear();
  return result;
}

/// What is sent to put parts together under their name.
inline std::string completion_of(const std::vector<S3Part>& parts, std::size_t first = 1) {
  std::string text = "<CompleteMultipartUpload>";
  std::size_t number = first - 1;
  for (const auto& part : parts) {
    std::string etag;
    for (const char c : part.etag) {
      if (c == '"')
        etag += "&quot;";
      else if (c == '&')
        etag += "&amp;";
      else if (c == '<')
        etag += "&lt;";
      else
        etag += c;
    }
    text += "<Part><PartNumber>" + std::to_string(++number) + "</PartNumber><ETag>" + etag + "</ETag></Part>";
  }
  return text + "</CompleteMultipartUpload>";
}

}  // namespace ftplike::inline v0_2::detail
