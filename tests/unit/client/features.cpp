#include <ftplike/client/features.hpp>

#include <gtest/gtest.h>

using ftplike::Features;

TEST(Features, AreTheLinesBetweenTheFirstAndTheLast) {
  const Features features{"Features:\n MDTM\n\tSIZE \n\n REST STREAM\n MLST type*;size*;\nEnd"};
  EXPECT_EQ(features.lines(), (std::vector<std::string>{"MDTM", "SIZE", "REST STREAM", "MLST type*;size*;"}));
  EXPECT_TRUE(features.known());
}

TEST(Features, AreFoundByTheirFirstWordsInAnyCase) {
  const Features features{"Features:\n MLST type*;size*;\n REST STREAM\nEnd"};
  EXPECT_TRUE(features.has("mlst"));
  EXPECT_TRUE(features.has("rest"));
  EXPECT_TRUE(features.has("Rest Stream"));
  EXPECT_FALSE(features.has("ML"));
  EXPECT_FALSE(features.has("MLSTX"));
  EXPECT_EQ(features.value("MLST"), "type*;size*;");
  EXPECT_EQ(features.value("REST STREAM"), "");
  EXPECT_EQ(features.value("SIZE"), "");
}

TEST(Features, MayBeTriedAsLongAsTheyWereNotRefused) {
  Features offered{"Features:\n SIZE\nEnd"};
  EXPECT_TRUE(offered.may_have("SIZE"));
  EXPECT_FALSE(offered.may_have("MDTM"));
  offered.refuse("SIZE");
  offered.refuse("SIZE");
  EXPECT_FALSE(offered.may_have("SIZE"));
  EXPECT_TRUE(offered.refused("SIZE"));

  const Features unknown;
  EXPECT_FALSE(unknown.known());
  EXPECT_TRUE(unknown.may_have("MDTM"));  // which servers had long before FEAT
  EXPECT_FALSE(unknown.may_have("MLST"));
}

TEST(Features, OfAReplyOfOneLineAreNone) {
  const Features features{"No features"};
  EXPECT_TRUE(features.known());
  EXPECT_TRUE(features.lines().empty());
  EXPECT_TRUE(Features{""}.lines().empty());
}

TEST(Features, AreBounded) {
  std::string text = "Features:";
  for (int i = 0; i < 5000; ++i) text += "\n X";
  EXPECT_EQ(Features{text + "\nEnd"}.lines().size(), 1000u);
}
