#include "flux/shell/output.hpp"

#include <fcntl.h>
#include <unistd.h>

#include <algorithm>
#include <charconv>
#include <optional>

#include "flux/formats/idset.hpp"
#include "flux/shell/output_template.hpp"

namespace mc::flux::shell {

namespace json = boost::json;

namespace {
constexpr const char* kStreams[] = {"stdout", "stderr"};
/// Of each stream in the output log, and the most that can be asked for.
constexpr const char* kDefaultLimit = "1G";
constexpr double kMaxLimit = 1e9;

// "10M", "1.5k", "1000".
std::optional<double> parseSize(const std::string& text) {
  double number = 0;
  const char* end = text.data() + text.size();
  const auto [rest, error] = std::from_chars(text.data(), end, number);
  if (error != std::errc{} || number <= 0) return std::nullopt;
  if (rest == end) return number;
  constexpr std::string_view kUnits = "kKMG";
  constexpr double kFactors[] = {1e3, 1e3, 1e6, 1e9};
  const size_t unit = kUnits.find(*rest);
  if (unit == kUnits.npos || rest + 1 != end) return std::nullopt;
  return number * kFactors[unit];
}
}  // namespace

Output::Output(const Job& job, EventSink& sink, std::string tmpdir)
    : job_(job),
      sink_(sink),
      tmpdir_(std::move(tmpdir)),
      openStreams_(int64_t{2} * job.tasks.tasks()) {}

base::Status Output::open() {
  const uint32_t tasks = job_.tasks.tasks();
  sink_.append(kOutputLog, "header",
               {{"version", 1},
                {"encoding", {{"stdout", "UTF-8"}, {"stderr", "UTF-8"}}},
                {"count", {{"stdout", tasks}, {"stderr", tasks}}},
                {"options", json::object()}});
  MC_TRY(readLimit());
  for (const char* name : kStreams) MC_TRY(openStream(name));
  return {};
}

base::Status Output::readLimit() {
  const auto* option = job_.option("output.limit");
  limitText_ = kDefaultLimit;
  if (option != nullptr)
    limitText_ = option->is_string() ? option->get_string().c_str() : formats::toJson(*option);
  const auto limit = parseSize(limitText_);
  if (!limit || *limit > kMaxLimit)
    return base::fail(EINVAL, "invalid KVS output.limit: " + limitText_);
  limit_ = static_cast<size_t>(*limit);
  return {};
}

// stderr goes where stdout goes, unless it is told otherwise.
std::string Output::streamOption(const std::string& name, const char* key) const {
  const bool follows = name == "stderr" && job_.option("output.stderr.type") == nullptr;
  return job_.optionText("output." + std::string(follows ? "stdout" : name) + "." + key, "");
}

base::Status Output::openStream(const std::string& name) {
  Stream& stream = streams_[name];
  const std::string type = streamOption(name, "type");
  if (type.empty() || type == "kvs") return {};
  if (type == "term") return openTerminal(stream, name);
  if (type != "file") return base::fail(EINVAL, "invalid output type: " + type);
  const std::string path = expandTemplate(streamOption(name, "path"), job_, tmpdir_);
  MC_TRY_ASSIGN(stream.file, openFile(path));
  for (const char* source : {"stdout", "stderr"}) {
    const auto* label = job_.option("output." + std::string(source) + ".label");
    if (label != nullptr && label->is_bool() && label->get_bool() &&
        (source == name || job_.option("output.stderr.type") == nullptr))
      stream.labelled = true;
  }
  const auto ranks = formats::Idset::range(0, job_.tasks.tasks() - 1);
  sink_.append(kOutputLog, "redirect", {{"stream", name}, {"rank", ranks.str()}, {"path", path}});
  return {};
}

// The shell's own streams, which the broker logs.
base::Status Output::openTerminal(Stream& stream, const std::string& name) {
  base::Fd fd(::fcntl(name == "stdout" ? STDOUT_FILENO : STDERR_FILENO, F_DUPFD_CLOEXEC, 3));
  if (!fd) return base::failErrno(name);
  stream.file = std::make_shared<File>(File{name, std::move(fd)});
  return {};
}

base::Result<std::shared_ptr<Output::File>> Output::openFile(const std::string& path) {
  auto& file = files_[path];
  if (file) return file;
  const bool append = job_.optionText("output.mode", "truncate") == "append";
  base::Fd fd(
      ::open(path.c_str(), O_WRONLY | O_CREAT | O_CLOEXEC | (append ? O_APPEND : O_TRUNC), 0666));
  if (!fd) return base::failErrno("error opening output file " + path);
  file = std::make_shared<File>(File{path, std::move(fd)});
  return file;
}

void Output::write(const formats::IoData& io) {
  const auto at = streams_.find(io.stream);
  if (at == streams_.end()) return;
  if (io.eof) --openStreams_;
  if (at->second.file) return writeFile(at->second, io);
  writeLog(at->second, io);
}

// What is above the limit is left out; the ends of streams are not.
void Output::writeLog(Stream& stream, const formats::IoData& io) {
  const size_t room = limit_ - std::min(limit_, stream.logged);
  if (io.eof || io.data.size() <= room) {
    stream.logged += io.data.size();
    return sink_.append(kOutputLog, "data", formats::encodeIo(io));
  }
  formats::IoData rest = io;
  rest.data.resize(room);
  stream.logged += room;
  if (room > 0) sink_.append(kOutputLog, "data", formats::encodeIo(rest));
  if (!std::exchange(stream.truncated, true))
    sink_.log(Severity::Warning, job_.shellRank,
              io.stream + " will be truncated, " + limitText_ + " limit exceeded");
}

void Output::writeFile(const Stream& stream, const formats::IoData& io) {
  if (io.data.empty()) return;
  const std::string text = stream.labelled ? labels_.label(io.stream, io.rank, io.data) : io.data;
  const auto written = base::writeAll(stream.file->fd.get(), text);
  if (written) return;
  // A full disk must not pass unseen; the job itself goes on.
  sink_.log(Severity::Error, job_.shellRank,
            "error writing " + stream.file->path + ": " + written.error().message);
}

}  // namespace mc::flux::shell
