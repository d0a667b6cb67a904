// The Docker Engine's formats: frames, archives, names of images, times, JSON.

#include <gmock/gmock.h>
#include <gtest/gtest.h>

#include <cstdlib>
#include <filesystem>
#include <fstream>
#include <sstream>

#include "local/docker/error.hpp"
#include "local/docker/frames.hpp"
#include "local/docker/json.hpp"
#include "local/docker/reference.hpp"
#include "local/docker/tar.hpp"

namespace mc::local::docker {
namespace {

using testing::ElementsAre;
using testing::HasSubstr;
using testing::Pair;

std::string frameOf(char stream, const std::string& text) {
  const auto size = static_cast<uint32_t>(text.size());
  return std::string{stream, 0, 0, 0} + static_cast<char>(size >> 24) +
         static_cast<char>(size >> 16) + static_cast<char>(size >> 8) + static_cast<char>(size) +
         text;
}

struct Received {
  std::string out;
  std::string err;

  FrameSink sink() {
    return [this](FrameStream stream, std::string_view bytes) {
      (stream == FrameStream::Out ? out : err) += bytes;
      return base::Status();
    };
  }
};

TEST(Frames, AreTakenApartHoweverTheyAreCut) {
  const std::string stream = frameOf(1, "hello ") + frameOf(2, "oops") + frameOf(1, "") +
                             frameOf(1, std::string(1000, 'x'));
  for (const size_t size : {1u, 3u, 7u, 8u, 9u, 100u, 5000u}) {
    Received received;
    FrameReader reader(false, received.sink());
    for (size_t at = 0; at < stream.size(); at += size) {
      ASSERT_TRUE(reader.feed(std::string_view(stream).substr(at, size)));
    }
    EXPECT_EQ(received.out, "hello " + std::string(1000, 'x')) << size;
    EXPECT_EQ(received.err, "oops") << size;
  }
}

TEST(Frames, OutputIsNotHeldBack) {
  Received received;
  FrameReader reader(false, received.sink());
  ASSERT_TRUE(reader.feed(frameOf(1, "hello").substr(0, 10)));
  EXPECT_EQ(received.out, "he");
}

TEST(Frames, ATerminalHasNone) {
  Received received;
  FrameReader reader(true, received.sink());
  ASSERT_TRUE(reader.feed("plain"));
  EXPECT_EQ(received.out, "plain");
}

TEST(Frames, GarbageIsAnError) {
  Received received;
  FrameReader reader(false, received.sink());
  const auto fed = reader.feed("this is no frame");
  ASSERT_FALSE(fed);
  EXPECT_EQ(fed.error().errnum, EPROTO);
}

class TarTest : public testing::Test {
 protected:
  TarTest() {
    std::string pattern = std::filesystem::temp_directory_path() / "mc-tar-XXXXXX";
    directory = ::mkdtemp(pattern.data());
  }
  ~TarTest() override { std::filesystem::remove_all(directory); }

  std::string output(const std::string& command) {
    const std::string file = directory + "/output";
    EXPECT_EQ(std::system((command + " >" + file + " 2>&1").c_str()), 0) << command;
    std::ostringstream text;
    text << std::ifstream(file).rdbuf();
    return text.str();
  }

  std::string directory;
};

TEST_F(TarTest, TarReadsWhatWeWrite) {
  std::string archive;
  ASSERT_TRUE(addDirectory(archive, "secret", {0700, 1000, 100}));
  ASSERT_TRUE(addFile(archive, "secret/a", "content\n", {0400, 1000, 100}));
  ASSERT_TRUE(addFile(archive, "empty", "", {}));
  ASSERT_TRUE(addFile(archive, "block", std::string(512, 'b'), {}));
  archive += archiveEnd();
  std::ofstream(directory + "/a.tar") << archive;
  const std::string list = output("tar --numeric-owner -tvf " + directory + "/a.tar");
  EXPECT_THAT(list, HasSubstr("drwx------ 1000/100"));
  EXPECT_THAT(list, HasSubstr("-r-------- 1000/100          8 "));
  EXPECT_THAT(list, HasSubstr("secret/a\n"));
  EXPECT_EQ(output("tar -xOf " + directory + "/a.tar secret/a"), "content\n");
  EXPECT_EQ(output("tar -xOf " + directory + "/a.tar block"), std::string(512, 'b'));
}

TEST_F(TarTest, WeReadWhatTarWrites) {
  std::ofstream(directory + "/one") << "first";
  std::ofstream(directory + "/two") << std::string(1500, '2');
  output("tar -C " + directory + " --format=ustar -cf " + directory + "/b.tar one two");
  std::ostringstream archive;
  archive << std::ifstream(directory + "/b.tar").rdbuf();
  EXPECT_THAT(readFiles(archive.str()).value(),
              ElementsAre(Pair("one", "first"), Pair("two", std::string(1500, '2'))));
}

TEST(Tar, DamageIsAnError) {
  std::string archive;
  ASSERT_TRUE(addFile(archive, "a", "content", {}));
  EXPECT_FALSE(readFiles(archive)) << "no end";
  EXPECT_FALSE(readFiles(archive.substr(0, 600))) << "cut short";
  archive[3] = 'x';
  EXPECT_FALSE(readFiles(archive + archiveEnd())) << "wrong checksum";
  EXPECT_FALSE(addFile(archive, std::string(101, 'p'), "", {})) << "path too long";
}

TEST(Reference, NamesOfImages) {
  const auto check = [](const char* text, const char* repository, const char* tag,
                        const char* registry) {
    const ImageReference reference = parseReference(text);
    EXPECT_EQ(reference.repository, repository) << text;
    EXPECT_EQ(reference.tag, tag) << text;
    EXPECT_EQ(reference.registry, registry) << text;
  };
  check("nginx", "nginx", "latest", "docker.io");
  check("nginx:1.25", "nginx", "1.25", "docker.io");
  check("library/nginx", "library/nginx", "latest", "docker.io");
  check("registry.example:5000/a/b", "registry.example:5000/a/b", "latest",
        "registry.example:5000");
  check("localhost/a:x", "localhost/a", "x", "localhost");
  check("a.example/b:1@sha256:abc", "a.example/b", "sha256:abc", "a.example");
}

TEST(Json, WrongTypesReadAsEmpty) {
  const auto object =
      asObject(parseJson(R"({"a":1,"b":"x","c":[],"d":{},"e":true,"f":1.5})")).value();
  EXPECT_EQ(textOf(object, "a"), "");
  EXPECT_EQ(textOf(object, "none"), "");
  EXPECT_EQ(numberOf(object, "a"), 1);
  EXPECT_EQ(numberOf(object, "b"), 0);
  EXPECT_EQ(numberOf(object, "f"), 0);
  EXPECT_TRUE(flagOf(object, "e"));
  EXPECT_FALSE(flagOf(object, "a"));
  EXPECT_TRUE(objectOf(object, "c").empty());
  EXPECT_TRUE(arrayOf(object, "d").empty());
}

TEST(Json, DeepOrBrokenTextIsRefused) {
  EXPECT_FALSE(parseJson("{"));
  EXPECT_FALSE(parseJson(std::string(100000, '[')));
  EXPECT_FALSE(asObject(parseJson("[]")));
  EXPECT_FALSE(asArray(parseJson("{}")));
}

TEST(Error, StatusesBecomeErrnos) {
  EXPECT_EQ(errorFromAnswer(404, R"({"message":"No such image: x"})").message, "No such image: x");
  EXPECT_EQ(errorFromAnswer(404, "").errnum, ENOENT);
  EXPECT_EQ(errorFromAnswer(409, "").errnum, EEXIST);
  EXPECT_EQ(errorFromAnswer(403, "").errnum, EACCES);
  EXPECT_EQ(errorFromAnswer(400, "").errnum, EINVAL);
  EXPECT_EQ(errorFromAnswer(500, "<html>").errnum, EIO);
  EXPECT_EQ(errorFromAnswer(500, "<html>").message, "the Docker daemon answered with HTTP 500");
}

}  // namespace
}  // namespace mc::local::docker
