#include <ftplike/storage/memory.hpp>

#include "behaviour.hpp"

using ftplike::MemoryStorage;

namespace {

struct InMemory {
  using Storage = MemoryStorage;
  Files<MemoryStorage> files{MemoryStorage{}};
};
INSTANTIATE_TYPED_TEST_SUITE_P(Memory, StorageBehaviour, InMemory);

TEST(MemoryStorage, IsMadeFromPathsAndTextsWithTheDirectoriesAbove) {
  const MemoryStorage files{{"/a.txt", "hello"}, {"/images/deep/x", "..."}, {"/empty/", ""}};
  EXPECT_EQ(files.paths(),
            (std::vector<std::string>{"/a.txt", "/empty/", "/images/", "/images/deep/", "/images/deep/x"}));
  EXPECT_EQ(files.text("/a.txt"), "hello");
  EXPECT_EQ(files.text("/images/deep/x"), "...");
  EXPECT_EQ(files.text("/images"), std::nullopt);
  EXPECT_EQ(files.text("/none"), std::nullopt);
  EXPECT_EQ(files.label(), "memory");
}

TEST(MemoryStorage, MayHaveOneFileOrNone) {
  const MemoryStorage one{{"/a.txt", "hello"}};
  EXPECT_EQ(one.text("/a.txt"), "hello");
  const MemoryStorage none;
  EXPECT_EQ(none.paths(), std::vector<std::string>{});
}

TEST(MemoryStorage, IsAHandleWhoseCopiesSeeTheSameFiles) {
  MemoryStorage files{{"/a", "1"}};
  MemoryStorage copy = files;
  MemoryStorage moved = std::move(copy);
  moved.put("/b", "2");
  EXPECT_EQ(files.text("/b"), "2");
}

TEST(MemoryStorage, RefusesAFileBelowAFile) {
  EXPECT_THROW((MemoryStorage{{"/a", "file"}, {"/a/b/c", "below"}}), std::system_error);
  EXPECT_THROW((MemoryStorage{{"/a/b", "file"}, {"/a", "a directory already"}}), std::system_error);
}

TEST(MemoryStorage, DatesWhatIsNewAsItIsTold) {
  using namespace std::chrono;
  Files<MemoryStorage> files{MemoryStorage{{"/a", "1"}}};
  const auto before = files.stat("/a").modified;
  EXPECT_EQ(before, ftplike::Timestamp{sys_days{2001y / 2 / 3}});
  files.storage.set_time(before + milliseconds{42});
  files.put("/b", "2");
  files.run(files.storage.make_directory(Path{"/d"}));
  EXPECT_EQ(files.stat("/a").modified, before);
  EXPECT_EQ(files.stat("/b").modified, before + milliseconds{42});
  EXPECT_EQ(files.stat("/d").modified, before + milliseconds{42});
}

TEST(MemoryStorage, IsFullAtItsCapacityAndKeepsNothingThatWouldHoldRoom) {
  Files<MemoryStorage> files{MemoryStorage{{{"/a", "12345"}}, 12}};
  EXPECT_EQ(files.run(files.storage.available(Path{})), 7u);
  {
    auto writer = files.create("/b");
    EXPECT_EQ(files.error(writer.write(ftplike::as_bytes("1234567890"))), std::errc::no_space_on_device);
    EXPECT_EQ(writer.size(), 7u);
    EXPECT_EQ(files.run(files.storage.available(Path{})), 0u);
  }
  EXPECT_EQ(files.error(files.storage.partial_size(Path{"/b"})), std::errc::no_such_file_or_directory);
  EXPECT_EQ(files.run(files.storage.available(Path{})), 7u);
  files.storage.set_capacity(6);
  EXPECT_EQ(files.error(files.storage.append(Path{"/a"})), std::errc::no_space_on_device);
  files.storage.set_capacity(100);
  EXPECT_EQ(files.run(files.storage.available(Path{})), 95u);
}

TEST(MemoryStorage, GetsBackTheRoomOfWhateverGoes) {
  Files<MemoryStorage> files{MemoryStorage{{}, 100}};
  const auto room = [&] { return files.run(files.storage.available(Path{})); };
  files.put("/a", "1234567890");
  files.put("/a", "12345");
  EXPECT_EQ(room(), 95u);
  files.leave("/a", "123");
  EXPECT_EQ(room(), 92u);
  files.put("/a", "1");
  EXPECT_EQ(room(), 99u);
  auto writer = files.create("/b");
  files.write(writer, "123456");
  EXPECT_EQ(room(), 93u);
  writer.discard();
  EXPECT_EQ(room(), 99u);
  files.put("/c", "1234");
  files.run(files.storage.rename(Path{"/c"}, Path{"/a"}));
  EXPECT_EQ(room(), 96u);
  files.leave("/d", "12345678");
  auto resumed = files.create("/d", 2);
  EXPECT_EQ(room(), 94u);
  files.run(resumed.finish());
  files.run(files.storage.remove(Path{"/a"}));
  files.run(files.storage.remove(Path{"/d"}));
  EXPECT_EQ(room(), 100u);
}

}  // namespace
