#pragma once
// What every storage does, whatever is behind it. Each storage's own test file instantiates this suite.
#include <string>
#include <thread>
#include <vector>

#include "fixture.hpp"

using ftplike::Entry;
using ftplike::Errc;
using ftplike::Path;

using namespace storage_test;

template <class Kind> class StorageBehaviour : public testing::Test {
 protected:
  Kind kind_;
  Files<typename Kind::Storage>& files = kind_.files;
  typename Kind::Storage& storage = kind_.files.storage;
};
TYPED_TEST_SUITE_P(StorageBehaviour);

TYPED_TEST_P(StorageBehaviour, ShowsAFileWhenItIsFinishedAndNotBefore) {
  auto writer = this->files.create("/new");
  this->files.write(writer, "hello ");
  this->files.write(writer, "world");
  EXPECT_EQ(this->files.error(this->storage.stat(Path{"/new"})), std::errc::no_such_file_or_directory);
  EXPECT_EQ(this->files.names("/"), "");
  this->files.run(writer.finish());
  EXPECT_EQ(this->files.get("/new"), "hello world");
  EXPECT_EQ(this->files.names("/"), "new");
  EXPECT_EQ(writer.size(), 11u);
  EXPECT_EQ(Path{writer.path()}, Path{"/new"});
}

TYPED_TEST_P(StorageBehaviour, ShowsTheOldFileUntilTheNewOneIsFinished) {
  this->files.put("/a", "old");
  auto writer = this->files.create("/a");
  this->files.write(writer, "newer");
  EXPECT_EQ(this->files.get("/a"), "old");
  this->files.run(writer.finish());
  EXPECT_EQ(this->files.get("/a"), "newer");
}

TYPED_TEST_P(StorageBehaviour, LetsAReaderFinishTheFileThatItOpened) {
  this->files.put("/a", "old text");
  auto reader = this->files.run(this->storage.open(Path{"/a"}, 0));
  this->files.put("/a", "new");
  EXPECT_EQ(reader.size(), 8u);
  EXPECT_EQ(reader.entry().name, "a");
  EXPECT_EQ(this->files.read(reader), "old text");
}

TYPED_TEST_P(StorageBehaviour, TakesAnEmptyFile) {
  this->files.put("/empty", "");
  EXPECT_EQ(this->files.get("/empty"), "");
  EXPECT_EQ(this->files.stat("/empty").size, 0u);
}

TYPED_TEST_P(StorageBehaviour, OpensAFileAtAnOffset) {
  this->files.put("/a", "0123456789");
  EXPECT_EQ(this->files.get("/a", 7), "789");
  EXPECT_EQ(this->files.get("/a", 10), "");
  EXPECT_EQ(this->files.error(this->storage.open(Path{"/a"}, 11)), Errc::bad_restart);
}

TYPED_TEST_P(StorageBehaviour, OpensNothingButFiles) {
  this->files.put("/a", "text");
  this->files.run(this->storage.make_directory(Path{"/d"}));
  EXPECT_EQ(this->files.error(this->storage.open(Path{"/d"}, 0)), std::errc::is_a_directory);
  EXPECT_EQ(this->files.error(this->storage.open(Path{"/"}, 0)), std::errc::is_a_directory);
  EXPECT_EQ(this->files.error(this->storage.open(Path{"/none"}, 0)), std::errc::no_such_file_or_directory);
  EXPECT_EQ(this->files.error(this->storage.open(Path{"/none/a"}, 0)), std::errc::no_such_file_or_directory);
  EXPECT_EQ(this->files.error(this->storage.open(Path{"/a/b"}, 0)), std::errc::not_a_directory);
}

TYPED_TEST_P(StorageBehaviour, MovesManyBytesUnharmed) {
  std::string text;
  for (int i = 0; text.size() < 300'000; ++i) text += std::to_string(i);
  this->files.put("/big", text);
  EXPECT_EQ(this->files.get("/big"), text);
  EXPECT_EQ(this->files.get("/big", 123'456), text.substr(123'456));
}

TYPED_TEST_P(StorageBehaviour, KeepsWhatWasWrittenAsThePartialFileOfTheName) {
  this->files.leave("/a", "12345");
  EXPECT_EQ(this->files.run(this->storage.partial_size(Path{"/a"})), 5u);
  EXPECT_EQ(this->files.error(this->storage.open(Path{"/a"}, 0)), std::errc::no_such_file_or_directory);
  EXPECT_EQ(this->files.names("/"), "");
}

TYPED_TEST_P(StorageBehaviour, KeepsNoEmptyPartialFile) {
  this->files.leave("/a", "");
  EXPECT_EQ(this->files.error(this->storage.partial_size(Path{"/a"})), std::errc::no_such_file_or_directory);
}

TYPED_TEST_P(StorageBehaviour, HasNoPartialFileAfterTheFileIsFinished) {
  this->files.put("/a", "12345");
  EXPECT_EQ(this->files.error(this->storage.partial_size(Path{"/a"})), std::errc::no_such_file_or_directory);
}

TYPED_TEST_P(StorageBehaviour, GoesOnWithThePartialFileCutToTheOffset) {
  this->files.leave("/a", "12345xxx");
  auto writer = this->files.create("/a", 5);
  EXPECT_EQ(writer.size(), 5u);
  this->files.write(writer, "678");
  EXPECT_EQ(writer.size(), 8u);
  this->files.run(writer.finish());
  EXPECT_EQ(this->files.get("/a"), "12345678");
}

TYPED_TEST_P(StorageBehaviour, GoesOnWithThePartialFileAndNotWithTheWholeOne) {
  this->files.put("/a", "old and long");
  this->files.leave("/a", "new");
  auto writer = this->files.create("/a", 3);
  this->files.write(writer, "er");
  this->files.run(writer.finish());
  EXPECT_EQ(this->files.get("/a"), "newer");
}

TYPED_TEST_P(StorageBehaviour, RefusesToGoOnBehindTheEndOfThePartialFileAndKeepsIt) {
  this->files.leave("/a", "12345");
  EXPECT_EQ(this->files.error(this->storage.create(Path{"/a"}, 6)), Errc::bad_restart);
  EXPECT_EQ(this->files.run(this->storage.partial_size(Path{"/a"})), 5u);
}

TYPED_TEST_P(StorageBehaviour, GoesOnWithTheBeginningOfTheWholeFileWhereThereIsNoPartialOne) {
  this->files.put("/a", "0123456789");
  auto writer = this->files.create("/a", 4);
  this->files.write(writer, "xyz");
  EXPECT_EQ(this->files.get("/a"), "0123456789");
  this->files.run(writer.finish());
  EXPECT_EQ(this->files.get("/a"), "0123xyz");
}

TYPED_TEST_P(StorageBehaviour, RefusesToGoOnBehindTheEndOfTheWholeFileOrWithNothing) {
  this->files.put("/a", "0123456789");
  EXPECT_EQ(this->files.error(this->storage.create(Path{"/a"}, 11)), Errc::bad_restart);
  EXPECT_EQ(this->files.error(this->storage.create(Path{"/none"}, 1)), Errc::bad_restart);
  EXPECT_EQ(this->files.error(this->storage.partial_size(Path{"/a"})), std::errc::no_such_file_or_directory);
  EXPECT_EQ(this->files.error(this->storage.partial_size(Path{"/none"})), std::errc::no_such_file_or_directory);
}

TYPED_TEST_P(StorageBehaviour, BeginsAnewAtOffsetNothing) {
  this->files.leave("/a", "a long partial file");
  this->files.put("/a", "short");
  EXPECT_EQ(this->files.get("/a"), "short");
}

TYPED_TEST_P(StorageBehaviour, AppendsToTheWholeFile) {
  this->files.put("/a", "whole");
  this->files.leave("/a", "partial");
  auto writer = this->files.run(this->storage.append(Path{"/a"}));
  EXPECT_EQ(writer.size(), 5u);
  this->files.write(writer, "some");
  EXPECT_EQ(this->files.get("/a"), "whole");
  this->files.run(writer.finish());
  EXPECT_EQ(this->files.get("/a"), "wholesome");
}

TYPED_TEST_P(StorageBehaviour, AppendsToThePartialFileWhereThereIsNoWholeOne) {
  this->files.leave("/a", "part");
  auto writer = this->files.run(this->storage.append(Path{"/a"}));
  EXPECT_EQ(writer.size(), 4u);
  this->files.write(writer, "ner");
  this->files.run(writer.finish());
  EXPECT_EQ(this->files.get("/a"), "partner");
}

TYPED_TEST_P(StorageBehaviour, AppendsToNothing) {
  auto writer = this->files.run(this->storage.append(Path{"/a"}));
  EXPECT_EQ(writer.size(), 0u);
  this->files.write(writer, "new");
  this->files.run(writer.finish());
  EXPECT_EQ(this->files.get("/a"), "new");
}

TYPED_TEST_P(StorageBehaviour, ThrowsAwayWhatIsDiscarded) {
  this->files.put("/a", "old");
  auto writer = this->files.create("/a");
  this->files.write(writer, "new");
  writer.discard();
  EXPECT_EQ(this->files.error(this->storage.partial_size(Path{"/a"})), std::errc::no_such_file_or_directory);
  EXPECT_EQ(this->files.get("/a"), "old");
}

TYPED_TEST_P(StorageBehaviour, KeepsTwoUploadsToOneNameApart) {
  auto first = this->files.create("/a");
  this->files.write(first, "first ");
  auto second = this->files.create("/a");
  this->files.write(second, "second");
  this->files.write(first, "upload");
  this->files.run(second.finish());
  EXPECT_EQ(this->files.get("/a"), "second");
  this->files.run(first.finish());
  EXPECT_EQ(this->files.get("/a"), "first upload");
}

TYPED_TEST_P(StorageBehaviour, KeepsNothingOfTheSecondUploadToABusyName) {
  auto first = this->files.create("/a");
  this->files.write(first, "first");
  this->files.leave("/a", "the second, left");
  EXPECT_EQ(this->files.run(this->storage.partial_size(Path{"/a"})), 5u);
  this->files.run(first.finish());
  EXPECT_EQ(this->files.get("/a"), "first");
  EXPECT_EQ(this->files.error(this->storage.partial_size(Path{"/a"})), std::errc::no_such_file_or_directory);
}

TYPED_TEST_P(StorageBehaviour, DoesNotGoOnWithAPartialFileThatSomebodyIsAt) {
  auto first = this->files.create("/a");
  this->files.write(first, "first");
  EXPECT_EQ(this->files.error(this->storage.create(Path{"/a"}, 3)), Errc::busy);
  EXPECT_EQ(this->files.error(this->storage.append(Path{"/a"})), Errc::busy);
  this->files.run(first.finish());
  EXPECT_EQ(this->files.get("/a"), "first");
}

TYPED_TEST_P(StorageBehaviour, CanBeWrittenToAgainAfterAnUploadOfTheSameNameIsOver) {
  for (const char* text : {"one", "two", "three"}) {
    this->files.leave("/a", "interrupted");
    this->files.put("/a", text);
    EXPECT_EQ(this->files.get("/a"), text);
  }
}

TYPED_TEST_P(StorageBehaviour, LeavesThePartialFileOfAWriterThatIsAssignedTo) {
  auto writer = this->files.create("/a");
  this->files.write(writer, "12345");
  writer = this->files.create("/b");
  this->files.write(writer, "bb");
  EXPECT_EQ(this->files.run(this->storage.partial_size(Path{"/a"})), 5u);
  this->files.run(writer.finish());
  EXPECT_EQ(this->files.get("/b"), "bb");
  EXPECT_EQ(this->files.names("/"), "b");
}

TYPED_TEST_P(StorageBehaviour, MakesUniqueNames) {
  const auto upload = [&](std::string_view text) {
    auto writer = this->files.run(this->storage.create_unique(Path{"/d/name"}));
    this->files.write(writer, text);
    this->files.run(writer.finish());
    return Path{writer.path()}.string();
  };
  this->files.run(this->storage.make_directory(Path{"/d"}));
  EXPECT_EQ(upload("zero"), "/d/name");
  EXPECT_EQ(upload("one"), "/d/name.1");
  EXPECT_EQ(upload("two"), "/d/name.2");
  EXPECT_EQ(this->files.get("/d/name"), "zero");
  EXPECT_EQ(this->files.get("/d/name.2"), "two");
}

TYPED_TEST_P(StorageBehaviour, GivesUploadsAtOneTimeDifferentUniqueNames) {
  auto first = this->files.run(this->storage.create_unique(Path{"/name"}));
  auto second = this->files.run(this->storage.create_unique(Path{"/name"}));
  EXPECT_EQ(Path{first.path()}, Path{"/name"});
  EXPECT_EQ(Path{second.path()}, Path{"/name.1"});
  this->files.write(second, "second");
  this->files.write(first, "first");
  this->files.run(second.finish());
  this->files.run(first.finish());
  EXPECT_EQ(this->files.get("/name"), "first");
  EXPECT_EQ(this->files.get("/name.1"), "second");
}

TYPED_TEST_P(StorageBehaviour, SparesThePartialFilesOfOthersWhenItMakesUniqueNames) {
  this->files.leave("/name", "kept");
  auto writer = this->files.run(this->storage.create_unique(Path{"/name"}));
  EXPECT_EQ(Path{writer.path()}, Path{"/name.1"});
  EXPECT_EQ(this->files.run(this->storage.partial_size(Path{"/name"})), 4u);
}

TYPED_TEST_P(StorageBehaviour, TakesTheNextUniqueNameWhereSomebodyTookItMeanwhile) {
  auto writer = this->files.run(this->storage.create_unique(Path{"/name"}));
  this->files.write(writer, "unique");
  this->files.put("/name", "taken");
  this->files.put("/name.1", "too");
  this->files.run(writer.finish());
  EXPECT_EQ(Path{writer.path()}, Path{"/name.2"});
  EXPECT_EQ(this->files.get("/name"), "taken");
  EXPECT_EQ(this->files.get("/name.1"), "too");
  EXPECT_EQ(this->files.get("/name.2"), "unique");
}

TYPED_TEST_P(StorageBehaviour, MakesLongNamesUniqueWithinTheLengthOfAName) {
  const std::string name = '/' + std::string(255, 'n');
  this->files.put(name, "long");
  auto writer = this->files.run(this->storage.create_unique(Path{name}));
  EXPECT_EQ(Path{writer.path()}.string(), '/' + std::string(253, 'n') + ".1");
}

TYPED_TEST_P(StorageBehaviour, ResumesUploadsToNamesOfAnyLength) {
  for (const std::size_t length : {237u, 238u, 239u, 240u, 254u, 255u}) {
    const std::string name = '/' + std::string(length, 'n');
    this->files.leave(name, "part");
    EXPECT_EQ(this->files.run(this->storage.partial_size(Path{name})), 4u) << length;
    auto writer = this->files.create(name, 4);
    this->files.write(writer, "ner");
    this->files.run(writer.finish());
    EXPECT_EQ(this->files.get(name), "partner") << length;
  }
}

TYPED_TEST_P(StorageBehaviour, RefusesNamesThatNoFileMayHave) {
  const auto refused = [&](std::string_view path) {
    std::vector<std::error_code> errors;
    const Path name{path};
    errors.push_back(this->files.error(this->storage.stat(name)));
    errors.push_back(this->files.error(this->storage.list(name)));
    errors.push_back(this->files.error(this->storage.open(name, 0)));
    errors.push_back(this->files.error(this->storage.create(name, 0)));
    errors.push_back(this->files.error(this->storage.create(name, 3)));
    errors.push_back(this->files.error(this->storage.append(name)));
    errors.push_back(this->files.error(this->storage.create_unique(name)));
    errors.push_back(this->files.error(this->storage.partial_size(name)));
    errors.push_back(this->files.error(this->storage.make_directory(name)));
    errors.push_back(this->files.error(this->storage.remove(name)));
    errors.push_back(this->files.error(this->storage.remove_directory(name)));
    errors.push_back(this->files.error(this->storage.rename(name, Path{"/b"})));
    errors.push_back(this->files.error(this->storage.rename(Path{"/a"}, name)));
    errors.push_back(this->files.error(this->storage.set_modified(name, ftplike::Timestamp{})));
    errors.push_back(this->files.error(this->storage.set_mode(name, 0600)));
    if constexpr (ftplike::TellsFreeSpace<typename TypeParam::Storage>) {
      errors.push_back(this->files.error(this->storage.available(name)));
    }
    const auto first = errors.front();
    for (const auto& error : errors) EXPECT_EQ(error, first) << path;
    return first;
  };
  this->files.put("/a", "text");
  this->files.leave("/a", "partial");
  using namespace std::string_view_literals;
  EXPECT_EQ(refused("/a\0b"sv), Errc::bad_name);
  EXPECT_EQ(refused("/a\0/b"sv), Errc::bad_name);
  EXPECT_EQ(refused("/.ftplike-partial.a"), Errc::bad_name);
  EXPECT_EQ(refused("/.ftplike-partial"), Errc::bad_name);
  EXPECT_EQ(refused("/.FTPlike-PARTIAL.a"), Errc::bad_name);
  EXPECT_EQ(refused("/.ftplike-partial~0123456789abcdef"), Errc::bad_name);
  EXPECT_EQ(refused("/.ftplike-partial.d/b"), Errc::bad_name);
  EXPECT_EQ(refused('/' + std::string(256, 'n')), std::errc::filename_too_long);
  EXPECT_EQ(this->files.run(this->storage.partial_size(Path{"/a"})), 7u);
}

TYPED_TEST_P(StorageBehaviour, TakesAnyOtherBytesAsNames) {
  for (const char* name :
       {"/ ", "/-rf", "/a\nb", "/\xff\xfe", "/\xc3\xa4", "/...", "/~", "/*", "/.ftplike", "/\\", "/con"}) {
    this->files.put(name, name);
    EXPECT_EQ(this->files.get(name), name);
    EXPECT_EQ(this->files.names("/"), std::string_view{name}.substr(1));
    this->files.run(this->storage.remove(Path{name}));
  }
}

TYPED_TEST_P(StorageBehaviour, PutsUploadsNowhereButIntoDirectories) {
  this->files.put("/a", "file");
  this->files.run(this->storage.make_directory(Path{"/d"}));
  const auto errors = [&](std::string_view path) {
    const Path name{path};
    return std::vector{this->files.error(this->storage.create(name, 0)),
                       this->files.error(this->storage.create(name, 1)), this->files.error(this->storage.append(name))};
  };
  for (const auto& error : errors("/d")) EXPECT_EQ(error, std::errc::is_a_directory);
  for (const auto& error : errors("/")) EXPECT_EQ(error, std::errc::is_a_directory);
  for (const auto& error : errors("/none/a")) EXPECT_EQ(error, std::errc::no_such_file_or_directory);
  for (const auto& error : errors("/a/b")) EXPECT_EQ(error, std::errc::not_a_directory);
  EXPECT_EQ(this->files.error(this->storage.create_unique(Path{"/none/a"})), std::errc::no_such_file_or_directory);
  EXPECT_EQ(this->files.error(this->storage.create_unique(Path{"/a/b"})), std::errc::not_a_directory);
  EXPECT_EQ(this->files.error(this->storage.create_unique(Path{"/"})), std::errc::is_a_directory);
  EXPECT_EQ(this->files.names("/"), "a d");
}

TYPED_TEST_P(StorageBehaviour, DoesNotReplaceADirectoryThatCameDuringTheUpload) {
  auto writer = this->files.create("/a");
  this->files.write(writer, "file");
  this->files.run(this->storage.make_directory(Path{"/a"}));
  EXPECT_EQ(this->files.error(writer.finish()), std::errc::is_a_directory);
  EXPECT_TRUE(this->files.stat("/a").is_directory());
}

TYPED_TEST_P(StorageBehaviour, ListsWhatADirectoryHolds) {
  this->files.put("/a", "12345");
  this->files.run(this->storage.make_directory(Path{"/d"}));
  this->files.run(this->storage.make_directory(Path{"/d/deep"}));
  this->files.put("/d/b", "b");
  this->files.put("/d-e", "123");
  const auto entries = this->files.list("/");
  ASSERT_EQ(entries.size(), 3u);
  EXPECT_EQ(entries[0], this->files.stat("/a"));
  EXPECT_EQ(entries[1], this->files.stat("/d"));
  EXPECT_EQ(entries[2], this->files.stat("/d-e"));
  EXPECT_TRUE(entries[0].is_file());
  EXPECT_EQ(entries[0].size, 5u);
  EXPECT_TRUE(entries[1].is_directory());
  EXPECT_EQ(this->files.names("/d"), "b deep");
  EXPECT_EQ(this->files.names("/d/deep"), "");
}

TYPED_TEST_P(StorageBehaviour, ListsDirectoriesLargerThanOneBatch) {
  std::vector<std::string> expected;
  for (int i = 0; i < 1200; ++i) expected.push_back(std::to_string(10'000 + i));
  for (const auto& name : expected) this->files.put(name, "");
  std::vector<std::string> names;
  for (const auto& entry : this->files.list("/")) names.push_back(entry.name);
  EXPECT_EQ(names, expected);
}

TYPED_TEST_P(StorageBehaviour, ListsInPiecesThatAreSmall) {
  for (int i = 0; i < 600; ++i) this->files.put(std::to_string(i), "");
  auto listing = this->files.run(this->storage.list(Path{}));
  EXPECT_EQ(this->files.run(listing.next()).size(), 512u);
  EXPECT_EQ(this->files.run(listing.next()).size(), 88u);
  EXPECT_EQ(this->files.run(listing.next()).size(), 0u);
  EXPECT_EQ(this->files.run(listing.next()).size(), 0u);
}

TYPED_TEST_P(StorageBehaviour, ListsNothingButDirectories) {
  this->files.put("/a", "file");
  EXPECT_EQ(this->files.error(this->storage.list(Path{"/a"})), std::errc::not_a_directory);
  EXPECT_EQ(this->files.error(this->storage.list(Path{"/none"})), std::errc::no_such_file_or_directory);
  EXPECT_EQ(this->files.error(this->storage.list(Path{"/a/b"})), std::errc::not_a_directory);
}

TYPED_TEST_P(StorageBehaviour, TellsWhatANameIs) {
  this->files.put("/a", "12345");
  this->files.put("/b", "");
  const Entry file = this->files.stat("/a");
  EXPECT_EQ(file.name, "a");
  EXPECT_TRUE(file.is_file());
  EXPECT_EQ(file.size, 5u);
  EXPECT_FALSE(file.unique.empty());
  EXPECT_NE(file.unique, this->files.stat("/b").unique);
  EXPECT_EQ(file.unique, this->files.stat("/a").unique);
  EXPECT_TRUE(this->files.stat("/").is_directory());
  EXPECT_EQ(this->files.error(this->storage.stat(Path{"/none"})), std::errc::no_such_file_or_directory);
  EXPECT_EQ(this->files.error(this->storage.stat(Path{"/none/a"})), std::errc::no_such_file_or_directory);
  EXPECT_EQ(this->files.error(this->storage.stat(Path{"/a/b"})), std::errc::not_a_directory);
}

TYPED_TEST_P(StorageBehaviour, MakesDirectories) {
  this->files.run(this->storage.make_directory(Path{"/d"}));
  this->files.run(this->storage.make_directory(Path{"/d/e"}));
  EXPECT_TRUE(this->files.stat("/d/e").is_directory());
  this->files.put("/a", "");
  EXPECT_EQ(this->files.error(this->storage.make_directory(Path{"/d"})), std::errc::file_exists);
  EXPECT_EQ(this->files.error(this->storage.make_directory(Path{"/a"})), std::errc::file_exists);
  EXPECT_EQ(this->files.error(this->storage.make_directory(Path{"/"})), std::errc::file_exists);
  EXPECT_EQ(this->files.error(this->storage.make_directory(Path{"/x/y"})), std::errc::no_such_file_or_directory);
  EXPECT_EQ(this->files.error(this->storage.make_directory(Path{"/a/y"})), std::errc::not_a_directory);
}

TYPED_TEST_P(StorageBehaviour, RemovesAFileWithItsPartialFile) {
  this->files.put("/a", "whole");
  this->files.leave("/a", "partial");
  this->files.run(this->storage.remove(Path{"/a"}));
  EXPECT_EQ(this->files.error(this->storage.stat(Path{"/a"})), std::errc::no_such_file_or_directory);
  EXPECT_EQ(this->files.error(this->storage.partial_size(Path{"/a"})), std::errc::no_such_file_or_directory);
}

TYPED_TEST_P(StorageBehaviour, RemovesAPartialFileAlone) {
  this->files.leave("/a", "partial");
  this->files.run(this->storage.remove(Path{"/a"}));
  EXPECT_EQ(this->files.error(this->storage.partial_size(Path{"/a"})), std::errc::no_such_file_or_directory);
}

TYPED_TEST_P(StorageBehaviour, RemovesAFileWhileANewOneIsUnderWay) {
  this->files.put("/a", "old");
  auto writer = this->files.create("/a");
  this->files.write(writer, "new");
  this->files.run(this->storage.remove(Path{"/a"}));
  EXPECT_EQ(this->files.error(this->storage.remove(Path{"/a"})), std::errc::no_such_file_or_directory);
  this->files.run(writer.finish());
  EXPECT_EQ(this->files.get("/a"), "new");
}

TYPED_TEST_P(StorageBehaviour, RemovesNothingButFiles) {
  this->files.put("/a", "file");
  this->files.run(this->storage.make_directory(Path{"/d"}));
  EXPECT_EQ(this->files.error(this->storage.remove(Path{"/d"})), std::errc::is_a_directory);
  EXPECT_EQ(this->files.error(this->storage.remove(Path{"/"})), std::errc::is_a_directory);
  EXPECT_EQ(this->files.error(this->storage.remove(Path{"/none"})), std::errc::no_such_file_or_directory);
  EXPECT_EQ(this->files.error(this->storage.remove(Path{"/a/b"})), std::errc::not_a_directory);
}

TYPED_TEST_P(StorageBehaviour, RemovesEmptyDirectoriesOnly) {
  this->files.run(this->storage.make_directory(Path{"/d"}));
  this->files.run(this->storage.make_directory(Path{"/d/e"}));
  this->files.put("/a", "file");
  EXPECT_EQ(this->files.error(this->storage.remove_directory(Path{"/d"})), std::errc::directory_not_empty);
  EXPECT_EQ(this->files.error(this->storage.remove_directory(Path{"/a"})), std::errc::not_a_directory);
  EXPECT_EQ(this->files.error(this->storage.remove_directory(Path{"/none"})), std::errc::no_such_file_or_directory);
  EXPECT_EQ(this->files.error(this->storage.remove_directory(Path{"/"})), std::errc::operation_not_permitted);
  this->files.run(this->storage.remove_directory(Path{"/d/e"}));
  this->files.run(this->storage.remove_directory(Path{"/d"}));
  EXPECT_EQ(this->files.names("/"), "a");
}

TYPED_TEST_P(StorageBehaviour, RemovesADirectoryThatHoldsPartialFilesOnly) {
  this->files.run(this->storage.make_directory(Path{"/d"}));
  this->files.leave("/d/a", "partial");
  this->files.leave("/d/b", "partial");
  this->files.run(this->storage.remove_directory(Path{"/d"}));
  EXPECT_EQ(this->files.names("/"), "");
}

TYPED_TEST_P(StorageBehaviour, SparesThePartialFilesOfADirectoryThatStays) {
  this->files.run(this->storage.make_directory(Path{"/d"}));
  this->files.put("/d/a", "whole");
  this->files.leave("/d/b", "partial");
  EXPECT_EQ(this->files.error(this->storage.remove_directory(Path{"/d"})), std::errc::directory_not_empty);
  EXPECT_EQ(this->files.run(this->storage.partial_size(Path{"/d/b"})), 7u);
}

TYPED_TEST_P(StorageBehaviour, DoesNotRemoveADirectoryThatSomebodyWritesInto) {
  this->files.run(this->storage.make_directory(Path{"/d"}));
  auto writer = this->files.create("/d/a");
  this->files.write(writer, "text");
  EXPECT_EQ(this->files.error(this->storage.remove_directory(Path{"/d"})), std::errc::directory_not_empty);
  this->files.run(writer.finish());
  EXPECT_EQ(this->files.get("/d/a"), "text");
}

TYPED_TEST_P(StorageBehaviour, RenamesFilesAndReplaces) {
  this->files.run(this->storage.make_directory(Path{"/d"}));
  this->files.put("/a", "a");
  this->files.put("/d/b", "b");
  this->files.run(this->storage.rename(Path{"/a"}, Path{"/d/b"}));
  EXPECT_EQ(this->files.get("/d/b"), "a");
  EXPECT_EQ(this->files.names("/"), "d");
  EXPECT_EQ(this->files.stat("/d/b").name, "b");
  this->files.run(this->storage.rename(Path{"/d/b"}, Path{"/d/b"}));
  EXPECT_EQ(this->files.get("/d/b"), "a");
}

TYPED_TEST_P(StorageBehaviour, RenamesDirectoriesWithAllThatIsInThem) {
  this->files.run(this->storage.make_directory(Path{"/d"}));
  this->files.run(this->storage.make_directory(Path{"/d/e"}));
  this->files.run(this->storage.make_directory(Path{"/empty"}));
  this->files.put("/d/e/a", "a");
  this->files.put("/d-", "not in it");
  this->files.leave("/d/b", "partial");
  this->files.run(this->storage.rename(Path{"/d"}, Path{"/empty"}));
  EXPECT_EQ(this->files.names("/"), "d- empty");
  EXPECT_EQ(this->files.get("/empty/e/a"), "a");
  EXPECT_EQ(this->files.run(this->storage.partial_size(Path{"/empty/b"})), 7u);
}

TYPED_TEST_P(StorageBehaviour, FinishesAnUploadInADirectoryThatWasRenamed) {
  this->files.run(this->storage.make_directory(Path{"/d"}));
  auto writer = this->files.create("/d/a");
  this->files.write(writer, "te");
  this->files.run(this->storage.rename(Path{"/d"}, Path{"/e"}));
  this->files.write(writer, "xt");
  this->files.run(writer.finish());
  EXPECT_EQ(this->files.get("/e/a"), "text");
  EXPECT_EQ(this->files.names("/"), "e");
}

TYPED_TEST_P(StorageBehaviour, RefusesRenamesThatMakeNoSense) {
  this->files.run(this->storage.make_directory(Path{"/d"}));
  this->files.run(this->storage.make_directory(Path{"/full"}));
  this->files.put("/full/x", "x");
  this->files.put("/a", "a");
  const auto error = [&](std::string_view from, std::string_view to) {
    return this->files.error(this->storage.rename(Path{from}, Path{to}));
  };
  EXPECT_EQ(error("/none", "/b"), std::errc::no_such_file_or_directory);
  EXPECT_EQ(error("/a", "/none/b"), std::errc::no_such_file_or_directory);
  EXPECT_EQ(error("/a", "/full/x/b"), std::errc::not_a_directory);
  EXPECT_EQ(error("/a", "/d"), std::errc::is_a_directory);
  EXPECT_EQ(error("/d", "/a"), std::errc::not_a_directory);
  EXPECT_EQ(error("/d", "/full"), std::errc::directory_not_empty);
  EXPECT_EQ(error("/full", "/full/in/itself"), std::errc::no_such_file_or_directory);
  EXPECT_EQ(error("/full", "/full/itself"), std::errc::invalid_argument);
  EXPECT_EQ(error("/", "/b"), std::errc::operation_not_permitted);
  EXPECT_EQ(error("/a", "/"), std::errc::operation_not_permitted);
  EXPECT_EQ(this->files.names("/"), "a d full");
}

TYPED_TEST_P(StorageBehaviour, SetsTheTimeOfAFile) {
  using namespace std::chrono;
  this->files.put("/a", "a");
  for (const auto time : std::initializer_list<std::int64_t>{0, 1, 999, 1'700'000'000'123, -1, -1001}) {
    this->files.run(this->storage.set_modified(Path{"/a"}, ftplike::Timestamp{milliseconds{time}}));
    EXPECT_EQ(this->files.stat("/a").modified.time_since_epoch().count(), time);
  }
  this->files.run(this->storage.set_modified(Path{"/"}, ftplike::Timestamp{milliseconds{5}}));
  EXPECT_EQ(this->files.stat("/").modified.time_since_epoch().count(), 5);
  EXPECT_EQ(this->files.error(this->storage.set_modified(Path{"/none"}, ftplike::Timestamp{})),
            std::errc::no_such_file_or_directory);
}

TYPED_TEST_P(StorageBehaviour, ListsTimesOfAnyYear) {
  using namespace std::chrono;
  this->files.put("/a", "a");
  ftplike::Timestamp before = ftplike::first_timestamp;
  for (const int year : {1902, 2026, 2262, 2446, 9999}) {
    const ftplike::Timestamp time = sys_days{std::chrono::year{year} / 6 / 1};
    this->files.run(this->storage.set_modified(Path{"/a"}, time));
    const auto set = this->files.stat("/a").modified;
    EXPECT_TRUE(set == time || (year > 2037 && set > before)) << year << ": a file system may end in some year";
    EXPECT_EQ(this->files.list("/").at(0).modified, set) << year;
    before = year > 2037 ? ftplike::Timestamp{sys_days{std::chrono::year{2037} / 1 / 1}} : set;
  }
}

TYPED_TEST_P(StorageBehaviour, SetsThePermissionBitsAndNoOthers) {
  this->files.put("/a", "a");
  this->files.run(this->storage.set_mode(Path{"/a"}, 06640));
  EXPECT_EQ(this->files.stat("/a").mode, 0640u);
  EXPECT_EQ(this->files.error(this->storage.set_mode(Path{"/none"}, 0640)), std::errc::no_such_file_or_directory);
}

TYPED_TEST_P(StorageBehaviour, GivesANewFileThePermissionsOfTheOneThatItReplaces) {
  this->files.put("/a", "old");
  this->files.run(this->storage.set_mode(Path{"/a"}, 0604));
  this->files.put("/a", "new");
  EXPECT_EQ(this->files.stat("/a").mode, 0604u);
}

TYPED_TEST_P(StorageBehaviour, TellsHowMuchRoomThereIsIfItSaysThatItCan) {
  if constexpr (ftplike::TellsFreeSpace<typename TypeParam::Storage>) {
    this->files.put("/a", "a");
    EXPECT_GT(this->files.run(this->storage.available(Path{"/"})), 0u);
    EXPECT_GT(this->files.run(this->storage.available(Path{"/a"})), 0u);
    EXPECT_EQ(this->files.error(this->storage.available(Path{"/none"})), std::errc::no_such_file_or_directory);
  } else {
    EXPECT_FALSE(ftplike::CompleteStorage<typename TypeParam::Storage>);
  }
}

TYPED_TEST_P(StorageBehaviour, ServesSeveralThreadsAtOnce) {
  constexpr int thread_count = 4;
  constexpr int rounds = 50;
  std::vector<std::string> torn[thread_count];
  std::vector<std::thread> threads;
  for (int number = 0; number < thread_count; ++number) {
    threads.emplace_back([&, number] {
      Files<typename TypeParam::Storage> mine{this->storage};
      const std::string own = "/own" + std::to_string(number);
      for (int i = 0; i < rounds; ++i) {
        const std::string text(1000, static_cast<char>('a' + number));
        mine.put("/shared", text);
        mine.put(own, text);
        auto unique = mine.run(mine.storage.create_unique(Path{"/unique"}));
        mine.write(unique, text);
        mine.run(unique.finish());
        for (const auto& seen : {mine.get("/shared"), mine.get(own)}) {
          if (seen != std::string(1000, seen.empty() ? '?' : seen.front())) torn[number].push_back(seen);
        }
        mine.list("/");
        mine.run(mine.storage.remove(Path{own}));
      }
    });
  }
  for (auto& thread : threads) thread.join();
  for (const auto& texts : torn) EXPECT_EQ(texts, std::vector<std::string>{});
  EXPECT_EQ(this->files.list("/").size(), std::size_t{thread_count * rounds + 1});
}

REGISTER_TYPED_TEST_SUITE_P(
    StorageBehaviour, ShowsAFileWhenItIsFinishedAndNotBefore, ShowsTheOldFileUntilTheNewOneIsFinished,
    LetsAReaderFinishTheFileThatItOpened, TakesAnEmptyFile, OpensAFileAtAnOffset, OpensNothingButFiles,
    MovesManyBytesUnharmed, KeepsWhatWasWrittenAsThePartialFileOfTheName, KeepsNoEmptyPartialFile,
    HasNoPartialFileAfterTheFileIsFinished, GoesOnWithThePartialFileCutToTheOffset,
    GoesOnWithThePartialFileAndNotWithTheWholeOne, RefusesToGoOnBehindTheEndOfThePartialFileAndKeepsIt,
    GoesOnWithTheBeginningOfTheWholeFileWhereThereIsNoPartialOne, RefusesToGoOnBehindTheEndOfTheWholeFileOrWithNothing,
    BeginsAnewAtOffsetNothing, AppendsToTheWholeFile, AppendsToThePartialFileWhereThereIsNoWholeOne, AppendsToNothing,
    ThrowsAwayWhatIsDiscarded, KeepsTwoUploadsToOneNameApart, KeepsNothingOfTheSecondUploadToABusyName,
    DoesNotGoOnWithAPartialFileThatSomebodyIsAt, CanBeWrittenToAgainAfterAnUploadOfTheSameNameIsOver,
    LeavesThePartialFileOfAWriterThatIsAssignedTo, MakesUniqueNames, GivesUploadsAtOneTimeDifferentUniqueNames,
    SparesThePartialFilesOfOthersWhenItMakesUniqueNames, TakesTheNextUniqueNameWhereSomebodyTookItMeanwhile,
    MakesLongNamesUniqueWithinTheLengthOfAName, ResumesUploadsToNamesOfAnyLength, RefusesNamesThatNoFileMayHave,
    TakesAnyOtherBytesAsNames, PutsUploadsNowhereButIntoDirectories, DoesNotReplaceADirectoryThatCameDuringTheUpload,
    ListsWhatADirectoryHolds, ListsDirectoriesLargerThanOneBatch, ListsInPiecesThatAreSmall, ListsNothingButDirectories,
    TellsWhatANameIs, MakesDirectories, RemovesAFileWithItsPartialFile, RemovesAPartialFileAlone,
    RemovesAFileWhileANewOneIsUnderWay, RemovesNothingButFiles, RemovesEmptyDirectoriesOnly,
    RemovesADirectoryThatHoldsPartialFilesOnly, SparesThePartialFilesOfADirectoryThatStays,
    DoesNotRemoveADirectoryThatSomebodyWritesInto, RenamesFilesAndReplaces, RenamesDirectoriesWithAllThatIsInThem,
    FinishesAnUploadInADirectoryThatWasRenamed, RefusesRenamesThatMakeNoSense, SetsTheTimeOfAFile, ListsTimesOfAnyYear,
    SetsThePermissionBitsAndNoOthers, GivesANewFileThePermissionsOfTheOneThatItReplaces,
    TellsHowMuchRoomThereIsIfItSaysThatItCan,
    ServesSeveralThreadsAtOnce);
