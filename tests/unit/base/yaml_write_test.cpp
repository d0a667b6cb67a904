#include "base/yaml_write.hpp"

#include <gtest/gtest.h>

#include <boost/json/parse.hpp>

#include "base/yaml.hpp"

namespace mc::base {
namespace {

std::string yaml(const char* json) {
  return toYaml(boost::json::parse(json));
}

TEST(YamlWrite, LooksLikeKubectl) {
  EXPECT_EQ(yaml(R"({"kind":"MiniCluster","apiVersion":"v1","spec":{"containers":[
                     {"image":"nginx","ports":[80]},{"command":"a\nb\n"}],"empty":{},"none":[]}})"),
            "apiVersion: v1\n"
            "kind: MiniCluster\n"
            "spec:\n"
            "  containers:\n"
            "  - image: nginx\n"
            "    ports:\n"
            "    - 80\n"
            "  - command: |\n"
            "      a\n"
            "      b\n"
            "  empty: {}\n"
            "  none: []\n");
}

TEST(YamlWrite, SortsNumbersInKeysByValue) {
  EXPECT_EQ(yaml(R"({"a10":1,"a9":2,"a":3,"B":4,"1":5})"), "\"1\": 5\nB: 4\na: 3\na9: 2\na10: 1\n");
}

TEST(YamlWrite, QuotesWhatWouldBeReadAsSomethingElse) {
  EXPECT_EQ(
      yaml(R"(["80","true","no","","null","1.5","2023-03-18T05:01:31Z","12:30","<<",".nan"])"),
      "- \"80\"\n- \"true\"\n- \"no\"\n- \"\"\n- \"null\"\n- \"1.5\"\n"
      "- \"2023-03-18T05:01:31Z\"\n- \"12:30\"\n- \"<<\"\n- \".nan\"\n");
  EXPECT_EQ(yaml(R"(["a: b","plain text","#x"," x","1.2.3"])"),
            "- 'a: b'\n- plain text\n- '#x'\n- ' x'\n- 1.2.3\n");
}

TEST(YamlWrite, Scalars) {
  EXPECT_EQ(yaml(R"([null,true,-5,1.5,1e2,9223372036854775807])"),
            "- null\n- true\n- -5\n- 1.5\n- 100\n- 9223372036854775807\n");
  EXPECT_EQ(yaml("\"x\""), "x\n");
}

TEST(YamlWrite, NotUtf8) {
  EXPECT_EQ(toYaml(boost::json::value(boost::json::string("a\xFF"))), "a?\n");
}

TEST(YamlWrite, ComesBackAsItWas) {
  const boost::json::value value = boost::json::parse(
      R"({"a":"x\ty","b":" lead\n\ntail \n","c":"\u0001\u007f","d":"é€😀","e":"\n","f":"-","g":"a\n b",
          "long":"word word word word word word word word word word word word word word word word wor"})");
  const auto stream = parseYaml(toYaml(value));
  ASSERT_TRUE(stream.errors.empty()) << stream.errors[0].message;
  EXPECT_EQ(toJson(*stream.documents.at(0)), value);
}

}  // namespace
}  // namespace mc::base
