#pragma once
// Checksums of files for ftplike: they need OpenSSL and zlib (CMake target ftplike::digests).
#include <ftplike/profile.hpp>
#include <ftplike/verbs/digests.hpp>

namespace ftplike {

/// A profile with HASH, OPTS HASH, XCRC, XMD5, XSHA1 and XSHA256 besides what Base has.
template <class Base = Ftp> struct WithDigests : Base {
  using Commands = typename Base::Commands::template Replacing<Opts::With<OptsHash>>::template With<Hash, Xcrc, Xmd5,
                                                                                                    Xsha1, Xsha256>;
};

}  // namespace ftplike
