#pragma once
#include <string>

namespace ftplike::inline v0_2 {

/// A checksum as a server told it.
class RemoteDigest {
 public:
  std::string algorithm;  // "SHA-256", "SHA-512", "SHA-1", "MD5" or "CRC32"
  std::string value;      // in hexadecimal digits, small letters
};

}  // namespace ftplike
