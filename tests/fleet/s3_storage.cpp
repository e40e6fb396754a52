#include <ftplike/s3.hpp>

#include "fleet/store.hpp"
#include "unit/storage/behaviour.hpp"

namespace {

struct OverObjects {
  using Storage = ftplike::S3Storage;
  Files<Storage> files{Storage{store_options()}};
};
INSTANTIATE_TYPED_TEST_SUITE_P(S3, StorageBehaviour, OverObjects);

}  // namespace
