#pragma once
#include <ftplike/io/compression.hpp>
#ifdef FTPLIKE_HAS_DEFLATE
#include <ftplike/deflate.hpp>
#endif

/// How the programs compress transfers; none where they were built without zlib.
inline ftplike::Compression program_compression() {
#ifdef FTPLIKE_HAS_DEFLATE
  return ftplike::deflate();
#else
  return {};
#endif
}
