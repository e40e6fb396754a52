#include <ftplike/storage/quota.hpp>
// Above: that it stands alone.
#include <ftplike/storage/directory.hpp>
#include <ftplike/storage/memory.hpp>

#include "behaviour.hpp"

namespace {
using namespace ftplike;

using InMemoryUnderQuota = QuotaStorage<MemoryStorage>;
using OnDiskUnderQuota = QuotaStorage<DirectoryStorage>;
static_assert(CompleteStorage<InMemoryUnderQuota> && CompleteStorage<OnDiskUnderQuota>);
static_assert(ServesClientsInTurn<OnDiskUnderQuota> && TellsProgress<OnDiskUnderQuota> && !TellsProgress<InMemoryUnderQuota>);
static_assert(ReadableStorage<QuotaStorage<ReadOnlyStorage<MemoryStorage>>> &&
              !WritableStorage<QuotaStorage<ReadOnlyStorage<MemoryStorage>>>);

constexpr QuotaLimits plenty{1'000'000'000'000, 1'000'000};

/// At the end of each test of how storages behave, what was counted is what lies there.
template <class Storage> void expect_right_count(Files<Storage>& files) {
  const Usage counted = files.run(files.storage.used());
  files.run(files.storage.recount());
  EXPECT_EQ(counted.bytes, files.storage.quota().used().bytes);
  EXPECT_EQ(counted.files, files.storage.quota().used().files);
}

struct MemoryUnderQuota {
  using Storage = InMemoryUnderQuota;
  Files<Storage> files{Storage{MemoryStorage{}, Quota{plenty}}};
  ~MemoryUnderQuota() { expect_right_count(files); }
};
INSTANTIATE_TYPED_TEST_SUITE_P(MemoryUnderQuota, StorageBehaviour, MemoryUnderQuota);

struct FolderUnderQuota {
  using Storage = OnDiskUnderQuota;
  TemporaryFolder folder;
  Files<Storage> files{Storage{DirectoryStorage{folder.path()}, Quota{plenty}}};
  ~FolderUnderQuota() { expect_right_count(files); }
};
INSTANTIATE_TYPED_TEST_SUITE_P(FolderUnderQuota, StorageBehaviour, FolderUnderQuota);

struct FolderUnderTwoQuotas {
  using Storage = QuotaStorage<OnDiskUnderQuota>;
  TemporaryFolder folder;
  Quota all{plenty};
  Files<Storage> files{Storage{OnDiskUnderQuota{DirectoryStorage{folder.path()}, all}, Quota{plenty}}};
  ~FolderUnderTwoQuotas() {
    expect_right_count(files);
    EXPECT_EQ(all.used(), files.storage.quota().used());
  }
};
INSTANTIATE_TYPED_TEST_SUITE_P(FolderUnderTwoQuotas, StorageBehaviour, FolderUnderTwoQuotas);

}  // namespace
