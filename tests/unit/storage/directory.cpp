#include <ftplike/storage/directory.hpp>

#include "behaviour.hpp"

using ftplike::DirectoryStorage;

namespace {

struct OnDisk {
  using Storage = DirectoryStorage;
  TemporaryFolder folder;
  Files<DirectoryStorage> files{DirectoryStorage{folder.path().string()}};
};
/// Component by component, on threads that may block, and on a disk where every write counts as slow.
struct OnSlowDiskWithoutHelpOfTheKernel {
  using Storage = DirectoryStorage;
  TemporaryFolder folder;
  Files<DirectoryStorage> files{
      DirectoryStorage{folder.path().string(), {false, ftplike::detail::partial_lifetime, std::chrono::nanoseconds{0}}},
      true};
};
using Kinds = testing::Types<OnDisk, OnSlowDiskWithoutHelpOfTheKernel>;
INSTANTIATE_TYPED_TEST_SUITE_P(Directory, StorageBehaviour, Kinds);

}  // namespace
