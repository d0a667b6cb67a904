#include "http/beast_io.hpp"

namespace mc::http {

namespace {

boost::system::error_code codeOf(const base::Error& error) {
  return {error.errnum, boost::system::system_category()};
}

}  // namespace

size_t BeastIo::readInto(boost::asio::mutable_buffer piece, error_code& error) {
  const auto got = readSome(stream_, static_cast<char*>(piece.data()), piece.size(),
                            earlier(deadline_, deadlineIn(idle_)));
  if (!got) {
    failure_ = got.error();
    error = codeOf(failure_);
    return 0;
  }
  error = *got == 0 ? boost::asio::error::make_error_code(boost::asio::error::eof) : error_code();
  return *got;
}

size_t BeastIo::writeOut(std::string_view data, error_code& error) {
  const auto written = writeAll(stream_, data, idle_);
  error = {};
  if (written) return data.size();
  failure_ = written.error();
  error = codeOf(failure_);
  return 0;
}

}  // namespace mc::http
