// What two servers of one bucket do with each other's uploads.
#include <gtest/gtest.h>
#include <string>

#include <ftplike/s3.hpp>

#include "fleet/store.hpp"
#include "unit/storage/fixture.hpp"

namespace {

using ftplike::Errc;
using ftplike::Path;
using ftplike::S3Storage;

constexpr std::size_t part = 5 * 1024 * 1024;

std::string many_bytes(std::size_t count) {
  std::string text;
  for (std::size_t i = 0; text.size() < count; ++i) text += std::to_string(i) + ' ';
  text.resize(count);
  return text;
}

/// Two servers, each with an S3Storage of its own, over the same keys.
class S3TwoServers : public testing::Test {
 protected:
  static ftplike::S3Options options(const std::string& prefix) {
    auto options = store_options();
    options.prefix = prefix;
    options.part_size = part;
    return options;
  }
  const std::string prefix_ = fresh_prefix();
  storage_test::Files<S3Storage> here_{S3Storage{options(prefix_)}}, there_{S3Storage{options(prefix_)}};
};

TEST_F(S3TwoServers, GoOnWithWhatTheOtherLeftInPartsAndBehindThem) {
  const std::string text = many_bytes(3 * part + 1000);
  here_.leave("/a", text.substr(0, 2 * part + 77));
  here_.run(here_.storage.partial_size(Path{"/a"}));  // by then it is aside
  EXPECT_EQ(there_.run(there_.storage.partial_size(Path{"/a"})), 2 * part + 77);
  auto writer = there_.create("/a", 2 * part + 77);
  there_.write(writer, std::string_view{text}.substr(2 * part + 77));
  EXPECT_EQ(here_.error(here_.storage.stat(Path{"/a"})), std::errc::no_such_file_or_directory);
  there_.run(writer.finish());
  EXPECT_EQ(here_.get("/a"), text);
  EXPECT_EQ(here_.error(here_.storage.partial_size(Path{"/a"})), std::errc::no_such_file_or_directory);
}

TEST_F(S3TwoServers, FindThePartsOfOneThatDiedAndCouldLeaveNothingInOrder) {
  const std::string text = many_bytes(3 * part);
  auto lost = here_.create("/a");
  here_.write(lost, std::string_view{text}.substr(0, 2 * part + 5));  // the second part is sent when the third begins
  EXPECT_EQ(there_.run(there_.storage.partial_size(Path{"/a"})), 2 * part);
  auto writer = there_.run(there_.storage.append(Path{"/a"}));
  EXPECT_EQ(writer.size(), 2 * part);
  there_.write(writer, std::string_view{text}.substr(2 * part));
  there_.run(writer.finish());
  EXPECT_EQ(there_.get("/a"), text);
}

TEST_F(S3TwoServers, NeverMixTwoUploadsOfOneName) {
  const std::string mine = many_bytes(2 * part), yours = std::string(2 * part, 'y');
  auto first = here_.create("/a");
  here_.write(first, mine);
  auto second = there_.create("/a");
  there_.write(second, yours);
  there_.run(second.finish());
  EXPECT_EQ(here_.get("/a"), yours);
  here_.run(first.finish());
  EXPECT_EQ(there_.get("/a"), mine);
}

TEST_F(S3TwoServers, CutAPartialFileAtTheEndOfAPartOnly) {
  const std::string text = many_bytes(2 * part + 10);
  here_.leave("/a", text);
  here_.run(here_.storage.partial_size(Path{"/a"}));
  EXPECT_EQ(there_.error(there_.storage.create(Path{"/a"}, part + 1)), Errc::bad_restart);
  auto writer = there_.create("/a", part);
  EXPECT_EQ(writer.size(), part);
  there_.write(writer, "end");
  there_.run(writer.finish());
  EXPECT_EQ(here_.get("/a"), text.substr(0, part) + "end");
}

TEST_F(S3TwoServers, ForgetAPartialFileWhenTheWholeOneIsAnother) {
  here_.put("/a", "whole");
  here_.leave("/a", "partial");
  here_.run(here_.storage.partial_size(Path{"/a"}));
  EXPECT_EQ(there_.run(there_.storage.partial_size(Path{"/a"})), 7u);
  there_.run(there_.storage.set_modified(Path{"/a"}, ftplike::Timestamp{}));
  EXPECT_EQ(here_.run(here_.storage.partial_size(Path{"/a"})), 7u);
  there_.put("/a", "whole");
  EXPECT_EQ(here_.error(here_.storage.partial_size(Path{"/a"})), std::errc::no_such_file_or_directory);
}

TEST_F(S3TwoServers, AppendToAFileOfManyPartsOnTheStoresSide) {
  const std::string text = many_bytes(3 * part + 11);
  here_.put("/a", text);
  auto writer = there_.run(there_.storage.append(Path{"/a"}));
  EXPECT_EQ(writer.size(), text.size());
  there_.write(writer, "more");
  there_.run(writer.finish());
  EXPECT_EQ(here_.get("/a"), text + "more");
  EXPECT_EQ(here_.get("/a", 3 * part), text.substr(3 * part) + "more");
}

TEST_F(S3TwoServers, RemoveWhatIsPastItsTime) {
  auto lost = here_.create("/lost");
  here_.write(lost, many_bytes(part + 1));
  here_.leave("/left", "left");
  here_.run(here_.storage.partial_size(Path{"/left"}));
  auto soon = options(prefix_);
  soon.partial_lifetime = std::chrono::seconds{-5};  // dates are of seconds, rounded up
  storage_test::Files<S3Storage> third{S3Storage{soon}};
  third.put("/other", "");
  EXPECT_EQ(there_.error(there_.storage.partial_size(Path{"/left"})), std::errc::no_such_file_or_directory);
  EXPECT_EQ(there_.error(there_.storage.partial_size(Path{"/lost"})), std::errc::no_such_file_or_directory);
}

TEST_F(S3TwoServers, TakePartsOfACopyForNoPartialFile) {
  namespace detail = ftplike::detail;
  const detail::S3Client client{options(prefix_)};
  const std::string key = prefix_ + "/a";
  const auto upload = here_.run(detail::begin_parts(client, key, {}));
  std::vector<detail::S3Part> parts;
  for (const std::string& bytes : {many_bytes(part), std::string{"end"}}) {
    auto request = detail::part_request(key, upload.id, detail::first_copied_part + parts.size());
    request.body = std::make_shared<const std::string>(bytes);
    const auto answer = here_.run(detail::order(client, std::move(request)));
    parts.push_back({answer.field("etag"), bytes.size()});
    EXPECT_EQ(there_.error(there_.storage.partial_size(Path{"/a"})), std::errc::no_such_file_or_directory);
  }
  here_.run(detail::complete_parts(client, key, upload, parts, detail::first_copied_part));
  EXPECT_EQ(there_.get("/a"), many_bytes(part) + "end");
}

TEST_F(S3TwoServers, SeeDirectoriesThatOtherProgramsOnlyImply) {
  here_.put("/x", "");
  storage_test::Files<S3Storage> inside{S3Storage{options(prefix_ + "/implied/deep")}};
  inside.put("/a", "a");
  EXPECT_EQ(here_.names("/"), "implied x");
  EXPECT_EQ(here_.names("/implied"), "deep");
  EXPECT_TRUE(here_.stat("/implied").is_directory());
  EXPECT_EQ(here_.get("/implied/deep/a"), "a");
  EXPECT_EQ(here_.error(here_.storage.create(Path{"/implied"}, 0)), std::errc::is_a_directory);
  here_.put("/implied/deep/b", "b");
  EXPECT_EQ(here_.names("/implied/deep"), "a b");
}

}  // namespace
