#include <gtest/gtest.h>

#include <ftplike/users/authenticator.hpp>

namespace {

using namespace ftplike;

TEST(Rights, ContainTheirOwnAndNoOthers) {
  constexpr Rights rights = Right::list | Right::append;
  static_assert(rights.contains(Right::list));
  static_assert(rights.contains({Right::list, Right::append}));
  static_assert(!rights.contains({Right::list, Right::read}));
  static_assert(rights.contains(Rights::none()));
  static_assert(Rights::all().contains(rights) && !rights.contains(Rights::all()));
  static_assert(!Rights::none().contains(Right::list));
  EXPECT_FALSE(rights.contains(Right::read));
}

TEST(Rights, OfReadingAreToListAndToRead) {
  static_assert(Rights::reading() == (Right::list | Right::read));
  EXPECT_EQ(Rights::reading(), (Rights{Right::list, Right::read}));
}

TEST(Rights, AllAreThoseThatHaveANameAndNoMore) {
  constexpr Rights each{Right::list,   Right::read,   Right::write,           Right::append,
                        Right::remove, Right::rename, Right::make_directories};
  EXPECT_EQ(Rights::all(), each);
}

TEST(Rights, AreReadFromTheWordsOfTheCommandLine) {
  EXPECT_EQ(Rights::parse("none"), Rights::none());
  EXPECT_EQ(Rights::parse("read"), Rights::reading());
  EXPECT_EQ(Rights::parse("write"), Rights::all());
}

TEST(Rights, AreReadFromAListOfSingleRights) {
  EXPECT_EQ(Rights::parse("list,read,append"), (Rights{Right::list, Right::read, Right::append}));
  EXPECT_EQ(Rights::parse("list,write"), (Rights{Right::list, Right::write}));
  EXPECT_EQ(Rights::parse("make-directories"), Rights{Right::make_directories});
  EXPECT_EQ(Rights::parse("none,write"), Rights{Right::write});
}

TEST(Rights, AreNotReadFromOtherTexts) {
  for (const auto* text : {"", ",", "read,", ",read", "list,,read", "list, read", "Read", "everything", "list,rea"}) {
    EXPECT_EQ(Rights::parse(text), std::nullopt) << text;
  }
}

TEST(Rights, HaveATextThatReadsAsTheSameSet) {
  for (unsigned bits = 0; bits < 128; ++bits) {
    Rights rights;
    for (unsigned i = 0; i < 7; ++i) {
      if ((bits >> i & 1U) != 0) rights = rights | static_cast<Right>(i);
    }
    EXPECT_EQ(Rights::parse(rights.text()), rights) << rights.text();
  }
  EXPECT_EQ(Rights::none().text(), "none");
  EXPECT_EQ(Rights::reading().text(), "read");
  EXPECT_EQ(Rights::all().text(), "write");
  EXPECT_EQ((Right::read | Right::list | Right::rename).text(), "list,read,rename");
}

TEST(Account, SaysOfWhichKindItIs) {
  const Account user{"anna", Path{"/people/anna"}, Rights::all()};
  EXPECT_FALSE(user.is_guest() || user.is_anonymous());
  EXPECT_TRUE((Account{"guest", Path{}, Rights::reading(), Account::Kind::guest}.is_guest()));
  EXPECT_TRUE((Account{"ftp", Path{}, Rights::reading(), Account::Kind::anonymous}.is_anonymous()));
}

TEST(Account, HasNoRightsAndNoLimitsUnlessGiven) {
  const Account account;
  EXPECT_TRUE(account.rights.empty());
  EXPECT_EQ(account.bytes_per_second, 0U);
  EXPECT_EQ(account.max_sessions, 0U);
}

// The least that an authenticator must have.
struct NobodyAuthenticator {
  awaitable<std::optional<Account>> log_in(const Credentials&) { co_return std::nullopt; }
  std::optional<Account> guest() { return std::nullopt; }
};
struct CertificateAuthenticator : NobodyAuthenticator {
  bool needs_password(const Credentials& credentials) {
    return !credentials.certificate || credentials.certificate->common_name != credentials.user;
  }
};
struct WithoutGuests {
  awaitable<std::optional<Account>> log_in(const Credentials&) { co_return std::nullopt; }
};
static_assert(Authenticator<NobodyAuthenticator> && Authenticator<CertificateAuthenticator>);
static_assert(!Authenticator<WithoutGuests> && !Authenticator<int>);

TEST(NeedsPassword, IsTrueOfAnAuthenticatorThatDoesNotSay) {
  NobodyAuthenticator users;
  EXPECT_TRUE(needs_password(users, Credentials{"anna", "", "", {}, ClientCertificate{"anna"}}));
}

TEST(NeedsPassword, AsksAnAuthenticatorThatSays) {
  CertificateAuthenticator users;
  EXPECT_FALSE(needs_password(users, Credentials{"anna", "", "", {}, ClientCertificate{"anna"}}));
  EXPECT_TRUE(needs_password(users, Credentials{"anna", ""}));
}

}  // namespace
