#pragma once
// Where the output of all tasks ends up: the job's output log or files. Only the leader shell has
// one.
//
// Thread-safety: none.

#include <map>
#include <memory>
#include <string>

#include "base/fd.hpp"
#include "flux/formats/io_data.hpp"
#include "flux/formats/line_labels.hpp"
#include "flux/shell/event_sink.hpp"
#include "flux/shell/job.hpp"

namespace mc::flux::shell {

class Output {
 public:
  /// `tmpdir`: what {{tmpdir}} means in file names.
  Output(const Job& job, EventSink& sink, std::string tmpdir);

  /// Writes the header of the output log, opens the files and tells about redirections. Fails with
  /// the file's name if one cannot be opened.
  base::Status open();

  /// Takes output of any task of the job.
  void write(const formats::IoData& io);

  /// All streams of all tasks have ended.
  [[nodiscard]] bool complete() const { return openStreams_ <= 0; }

 private:
  struct File {
    std::string path;
    base::Fd fd;
  };
  struct Stream {
    std::shared_ptr<File> file;  ///< null: the output log
    bool labelled = false;
    size_t logged = 0;  ///< bytes in the output log
    bool truncated = false;
  };

  base::Status openStream(const std::string& name);
  base::Status openTerminal(Stream& stream, const std::string& name);
  base::Result<std::shared_ptr<File>> openFile(const std::string& path);
  [[nodiscard]] std::string streamOption(const std::string& name, const char* key) const;
  void writeFile(const Stream& stream, const formats::IoData& io);
  void writeLog(Stream& stream, const formats::IoData& io);
  base::Status readLimit();

  const Job& job_;
  EventSink& sink_;
  std::string tmpdir_;
  std::map<std::string, Stream> streams_;
  std::map<std::string, std::shared_ptr<File>> files_;
  formats::LineLabels labels_;
  int64_t openStreams_;
  std::string limitText_;
  size_t limit_ = 0;  ///< bytes of each stream in the output log
};

}  // namespace mc::flux::shell
