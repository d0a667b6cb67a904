#include "flux/shell/output.hpp"

#include <fcntl.h>

#include "flux/formats/idset.hpp"
#include "flux/shell/output_template.hpp"

namespace mc::flux::shell {

namespace json = boost::json;

namespace {
constexpr const char* kStreams[] = {"stdout", "stderr"};
}

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
  for (const char* name : kStreams) MC_TRY(openStream(name));
  return {};
}

// stderr goes where stdout goes, unless it is told otherwise.
std::string Output::streamOption(const std::string& name, const char* key) const {
  const bool follows = name == "stderr" && job_.option("output.stderr.type") == nullptr;
  return job_.optionText("output." + std::string(follows ? "stdout" : name) + "." + key, "");
}

base::Status Output::openStream(const std::string& name) {
  Stream& stream = streams_[name];
  if (streamOption(name, "type") != "file") return {};
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
  sink_.append(kOutputLog, "data", formats::encodeIo(io));
}

void Output::writeFile(const Stream& stream, const formats::IoData& io) {
  if (io.data.empty()) return;
  const std::string text = stream.labelled ? labels_.label(io.stream, io.rank, io.data) : io.data;
  const auto written = base::writeAll(stream.file->fd.get(), text);
  if (written) return;
  // A full disk must not pass unseen; the job itself goes on.
  sink_.append(
      kOutputLog, "log",
      {{"level", 3},
       {"rank", job_.shellRank},
       {"message", "error writing " + stream.file->path + ": " + written.error().message}});
}

}  // namespace mc::flux::shell
