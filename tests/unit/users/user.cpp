#include <gtest/gtest.h>

#include <ftplike/users/user.hpp>

namespace {

using namespace ftplike;

/// What is said to be wrong with a line.
std::string fault_of(std::string_view line) {
  try {
    detail::parse_user(line);
  } catch (const std::invalid_argument& wrong) { return wrong.what(); }
  return "nothing";
}

TEST(UserEntry, IsReadFromFourFields) {
  const auto user = detail::parse_user("anna:$6$salt$hash:/people/anna:list,read");
  EXPECT_EQ(user.account, (Account{"anna", Path{"/people/anna"}, Rights::reading()}));
  EXPECT_EQ(user.password, Password::hashed("$6$salt$hash"));
  EXPECT_EQ(user.host, "");
  EXPECT_EQ(user.certificate, "");
  EXPECT_EQ(user.key(), "anna");
}

TEST(UserEntry, IsReadWithOptionsInAnyOrder) {
  const auto user = detail::parse_user(
      "anna:*:/:write:certificate=Anna A.,max-sessions=2,host=Files.Example,bytes-per-second=18446744073709551615");
  EXPECT_EQ(user.account.max_sessions, 2U);
  EXPECT_EQ(user.account.bytes_per_second, 18446744073709551615U);
  EXPECT_EQ(user.certificate, "Anna A.");
  EXPECT_EQ(user.host, "files.example");
  EXPECT_EQ(user.key(), "anna@files.example");
}

TEST(UserEntry, MayHaveAQuota) {
  const auto user = detail::parse_user("anna:*:/:write:quota=10G,quota-files=1000");
  EXPECT_EQ(user.account.quota_bytes, std::uint64_t{10} << 30);
  EXPECT_EQ(user.account.quota_files, 1000u);
  EXPECT_EQ(detail::line_of(user), "anna:*:/:write:quota=10737418240,quota-files=1000");
}

TEST(UserEntry, MayHaveFoldersHiddenNamesAndUploadsThatAreTaken) {
  const std::string_view more = "anna:*:/:write:folder=/drop=/srv/drop=none+write,folder=/a/b=/srv/b=write,hide=.*,hide=x?,take-uploads=any";
  const auto with_folders = detail::parse_user(more);
  ASSERT_EQ(with_folders.account.folders.size(), 2u);
  EXPECT_EQ(with_folders.account.folders[0], (AccountFolder{Path{"/drop"}, "/srv/drop", "none,write"}));
  EXPECT_EQ(detail::parse_user("anna:*:/:write:folder=a/b=/srv/b").account.folders[0], with_folders.account.folders[1]);
  EXPECT_EQ(with_folders.account.hidden, (std::vector<std::string>{".*", "x?"}));
  EXPECT_EQ(with_folders.account.takes_ends, (UncertainEnds{true, true}));
  EXPECT_EQ(detail::line_of(with_folders), more);
}

TEST(UserEntry, MayHaveAnyBytesInItsNameButControlsAndColons) {
  EXPECT_EQ(detail::parse_user("Anna M\xfcller#1:*:/:none").account.name, "Anna M\xfcller#1");
  EXPECT_EQ(detail::parse_user("anna@home.example:*:/:none").key(), "anna@home.example");
}

TEST(UserEntry, HasANormalisedRoot) {
  EXPECT_EQ(detail::parse_user("anna:*:/a//b/../c/:read").account.root, Path{"/a/c"});
  EXPECT_EQ(detail::parse_user("anna:*:/../..:read").account.root, Path{"/"});
}

TEST(UserEntry, MayHaveAnyColonsInItsOptions) {
  const std::string_view line = "anna:*:/:write:folder=/x=s3://b/p=write,folder=/y=C:/pub=read,hide=*:*";
  const auto user = detail::parse_user(line);
  ASSERT_EQ(user.account.folders.size(), 2u);
  EXPECT_EQ(user.account.folders[0].place, "s3://b/p");
  EXPECT_EQ(user.account.folders[1].place, "C:/pub");
  EXPECT_EQ(user.account.hidden, (std::vector<std::string>{"*:*"}));
  EXPECT_EQ(detail::line_of(user), line);
}

TEST(UserEntry, MayHaveAnEmptyListOfOptions) { EXPECT_EQ(fault_of("anna:*:/:read:"), "nothing"); }

TEST(UserEntry, IsRefusedWithAClearWordOnWhatIsWrong) {
  const auto* form = "not of the form name:hash:root:rights[:key=value,...]";
  const auto* hash = "not a password hash that this system knows (they begin with '$')";
  EXPECT_EQ(fault_of(""), form);
  EXPECT_EQ(fault_of("anna"), form);
  EXPECT_EQ(fault_of("anna:*:/"), form);
  EXPECT_EQ(fault_of(":*:/:read"), "no name");
  EXPECT_EQ(fault_of("anna::/:read"), hash);
  EXPECT_EQ(fault_of("anna:secret:/:read"), hash);
  EXPECT_EQ(fault_of("anna:*:home:read"), "the root does not begin with '/'");
  EXPECT_EQ(fault_of("anna:*::read"), "the root does not begin with '/'");
  EXPECT_EQ(fault_of("anna:*:/:rea"),
            "rights are none, read, write, or a list such as list,read,append, but not 'rea'");
  EXPECT_EQ(fault_of("anna:*:/:"), "rights are none, read, write, or a list such as list,read,append, but not ''");
  EXPECT_EQ(fault_of("anna:*:/:read:speed=3"), "no such option: 'speed'");
  EXPECT_EQ(fault_of("anna:*:/:read:host=a,,max-sessions=1"), "no such option: ''");
  EXPECT_EQ(fault_of("anna:*:/:read:max-sessions=many"), "max-sessions is not a number: 'many'");
  EXPECT_EQ(fault_of("anna:*:/:read:max-sessions=-1"), "max-sessions is not a number: '-1'");
  EXPECT_EQ(fault_of("anna:*:/:read:max-sessions=1k"), "max-sessions is not a number: '1k'");
  EXPECT_EQ(fault_of("anna:*:/:read:max-sessions"), "max-sessions is not a number: ''");
  EXPECT_EQ(fault_of("anna:*:/:read:max-sessions=4294967296"), "max-sessions is not a number: '4294967296'");
  EXPECT_EQ(fault_of("anna:*:/:read:quota=lots"), "quota is not a number of bytes, as 10G: 'lots'");
  EXPECT_EQ(fault_of("anna:*:/:read:quota-files=1G"), "quota-files is not a number: '1G'");
  EXPECT_EQ(fault_of("anna:*:/:read:hide="), "hide is a pattern of names, but not ''");
  EXPECT_EQ(fault_of("anna:*:/:read:hide"), "hide is a pattern of names, but not ''");
  EXPECT_EQ(fault_of("anna:*:/:read:take-uploads=all"),
            "take-uploads is none, no-quit, no-close-notify or any, but not 'all'");
  for (const std::string_view wrong : {"/drop", "/=/srv", "/drop=", "/drop=/srv=everything"}) {
    EXPECT_EQ(fault_of(std::string{"anna:*:/:read:folder="}.append(wrong)),
              std::string{"folder is not NAME=PATH or NAME=PATH=RIGHTS, as /drop=/srv/drop=list+write: '"}.append(wrong) + '\'');
  }
  EXPECT_EQ(fault_of("an\na:*:/:read"), "a control character");
  EXPECT_EQ(fault_of(std::string_view{"anna\0:*:/:read", 14}), "a control character");
}

TEST(UserEntry, HasALineThatReadsAsTheSameUser) {
  for (const auto* line :
       {"anna:$6$salt$hash:/people/anna:write", "bert:*:/:list,read,append:bytes-per-second=1000000,max-sessions=4",
        "carl:!$6$salt$hash:/:none,read:host=files.example,certificate=carl,max-sessions=1", "dora:*:/:none"}) {
    EXPECT_EQ(detail::line_of(detail::parse_user(line)), line);
  }
}

}  // namespace
