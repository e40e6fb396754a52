#pragma once
#include <string>

#include "configuration.hpp"

/// Whether a root is a bucket of an object store, as s3://bucket/prefix, and not a folder.
inline bool is_bucket(const std::string& root) { return root.starts_with("s3://"); }

#ifdef FTPLIKE_HAS_S3
#include <ftplike/s3.hpp>

/// The files of a bucket, with the keys of a file or of the environment. **Errors:** `Failure`.
ftplike::S3Storage open_bucket(const Configuration& configuration);
#endif
