#include <gtest/gtest.h>
#include <vector>

#include <ftplike/users/password.hpp>

namespace {

using namespace ftplike;

// Made by another implementation of crypt(3): openssl passwd -5 (and -6) -salt ftplike.
constexpr auto sha256_of_correct_horse = "$5$ftplike$SQnDYcyBO3lkkW9Vd41Q0vDboMDmnqtYmtT2V8hfQ4D";
constexpr auto sha512_of_battery =
    "$6$ftplike$CCYxqMIDfdrZRPJ1RyBRz2/StfiKMb1KoJoxFjlTmfMhntcn5Oyu6m6/tX6VKvRN/1VEPP3Y06NgAfihbzQax/";

bool fits(const Password& password, const std::string& offered) { return password.fits(offered, CryptHashing{}); }

TEST(SameSecret, IsTrueOfEqualTextsOnly) {
  EXPECT_TRUE(detail::same_secret("", ""));
  EXPECT_TRUE(detail::same_secret("secret", "secret"));
  for (const auto* offered : {"", "secre", "secrets", "Secret", "secreT", "secretsecret"}) {
    EXPECT_FALSE(detail::same_secret(offered, "secret")) << offered;
    EXPECT_FALSE(detail::same_secret("secret", offered)) << offered;
  }
  EXPECT_TRUE(detail::same_secret("p\xe4ss", "p\xe4ss"));
  EXPECT_FALSE(detail::same_secret(std::string_view{"a\0", 2}, "a"));
}

TEST(Password, FitsTheHashesOfOtherPrograms) {
  EXPECT_TRUE(fits(Password::hashed(sha256_of_correct_horse), "correct horse"));
  EXPECT_TRUE(fits(Password::hashed(sha512_of_battery), "battery"));
}

TEST(Password, DoesNotFitAnythingElse) {
  const auto password = Password::hashed(sha512_of_battery);
  for (const auto* offered : {"", "Battery", "battery ", "batter", sha512_of_battery}) {
    EXPECT_FALSE(fits(password, offered)) << offered;
  }
}

TEST(Password, IsNotCutAtANul) {
  EXPECT_FALSE(fits(Password::hashed(sha512_of_battery), std::string{"battery\0staple", 14}));
  EXPECT_FALSE(fits(Password::plain("battery"), std::string{"battery\0staple", 14}));
}

TEST(Password, DoesNotFitWhenItIsTooLongToBeHashed) {
  EXPECT_FALSE(fits(Password::hashed(sha512_of_battery), std::string(100'000, 'x')));
}

TEST(Password, DoesNotFitASettingWithoutAHash) {
  EXPECT_FALSE(fits(Password::hashed("$6$ftplike$"), ""));
  EXPECT_FALSE(fits(Password::hashed("$6$ftplike"), "battery"));
}

TEST(Password, ThatIsPlainIsComparedWithoutAHash) {
  const auto never = [](const std::string&, const std::string&) -> std::string {
    ADD_FAILURE() << "hashed";
    return {};
  };
  EXPECT_TRUE(Password::plain("secret").fits("secret", never));
  EXPECT_FALSE(Password::plain("secret").fits("", never));
  EXPECT_FALSE(Password::plain("secret").fits("secret2", never));
  EXPECT_TRUE(Password::plain("*").fits("*", never));
}

TEST(Password, ThatIsLockedFitsNothing) {
  for (const auto& lock : std::vector<std::string>{"*", "!", "!!", "*LK*", std::string{"!"} + sha512_of_battery}) {
    const auto password = Password::hashed(lock);
    EXPECT_TRUE(password.is_locked()) << lock;
    for (const auto& offered : {std::string{}, std::string{"battery"}, lock}) EXPECT_FALSE(fits(password, offered));
  }
}

TEST(Password, RefusesHashesThatAreNone) {
  for (const auto* text : {"", "secret", "x", "abJnggxhB/yWI", "$", "$secret", "$99$salt$hash", "$6$a:b$hash"}) {
    EXPECT_THROW(Password::hashed(text), std::invalid_argument) << text;
  }
  EXPECT_THROW(Password::plain(""), std::invalid_argument);
}

TEST(HashPassword, MakesAHashThatThePasswordFits) {
  const auto hash = hash_password("tr0ub4dor");
  const auto password = Password::hashed(hash);
  EXPECT_TRUE(password.is_hashed());
  EXPECT_TRUE(fits(password, "tr0ub4dor"));
  EXPECT_FALSE(fits(password, "tr0ub4do"));
}

TEST(HashPassword, UsesASaltOfItsOwnEachTime) { EXPECT_NE(hash_password("same"), hash_password("same")); }

TEST(HashPassword, RefusesWhatCannotBeHashed) {
  EXPECT_THROW(hash_password(""), std::system_error);
  EXPECT_THROW(hash_password(std::string{"a\0b", 3}), std::system_error);
  EXPECT_THROW(hash_password(std::string(512, 'x')), std::system_error);
  EXPECT_NO_THROW(hash_password(std::string(511, 'x')));
}

}  // namespace
