#pragma once
// Checksums of files for ftplike: they need OpenSSL and zlib (CMake target ftplike::digests).
#include <ftplike/profile.hpp>
#include <ftplike/verbs/all.hpp>
#include <ftplike/verbs/digests.hpp>

namespace ftplike::inline v0_2 {

/// A profile with HASH, OPTS HASH, XCRC, XMD5, XSHA1 and XSHA256 besides what Base has.
template <class Base = Ftp> struct WithDigests : Base {
  /// The commands of the base, HASH and the older verbs.
  using Commands = typename Base::Commands::template Replacing<verbs::Opts::With<verbs::OptsHash>>::template With<
      verbs::Hash, verbs::Xcrc, verbs::Xmd5, verbs::Xsha1, verbs::Xsha256>;
};

}  // namespace ftplike
