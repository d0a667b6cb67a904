#pragma once
// A launcher that speaks PMI-1 (RFC 13) with the processes of one job, each on a socket of its own;
// written from the RFC, not on our own server. It runs on a thread of its own.
//
// Thread-safety: start and end on one thread.

#include <poll.h>
#include <sys/socket.h>
#include <unistd.h>

#include <cstdlib>
#include <map>
#include <sstream>
#include <string>
#include <thread>
#include <vector>

#include "base/fd.hpp"

namespace mc::fakes {

class FakePmi {
 public:
  using Store = std::map<std::string, std::string>;

  FakePmi(size_t size, Store known) : store_(std::move(known)) {
    for (size_t i = 0; i < size; ++i) {
      int ends[2];
      if (::socketpair(AF_UNIX, SOCK_STREAM | SOCK_CLOEXEC, 0, ends) != 0) std::abort();
      servers_.emplace_back(ends[0]);
      clients_.emplace_back(ends[1]);
    }
    thread_ = std::thread([this] { serve(); });
  }
  ~FakePmi() {
    clients_.clear();
    thread_.join();
  }

  /// The end that process `rank` gets.
  base::Fd take(size_t rank) { return std::move(clients_[rank]); }

 private:
  void serve() {
    size_t open = servers_.size();
    std::vector<std::string> input(servers_.size());
    while (open > 0) {
      std::vector<pollfd> polls;
      for (const auto& fd : servers_) polls.push_back({fd.get(), POLLIN, 0});
      if (::poll(polls.data(), polls.size(), -1) < 0) return;
      for (size_t i = 0; i < polls.size(); ++i) {
        if (polls[i].fd < 0 || polls[i].revents == 0) continue;
        char buffer[4096];
        const ssize_t n = ::read(polls[i].fd, buffer, sizeof buffer);
        if (n <= 0) {
          servers_[i].reset();
          --open;
          continue;
        }
        input[i].append(buffer, static_cast<size_t>(n));
        for (size_t end; (end = input[i].find('\n')) != std::string::npos;) {
          const std::string line = input[i].substr(0, end);
          input[i].erase(0, end + 1);
          answer(i, line);
        }
      }
    }
  }

  void answer(size_t i, const std::string& line) {
    std::map<std::string, std::string> words;
    std::istringstream text(line);
    for (std::string word; text >> word;)
      words[word.substr(0, word.find('='))] = word.substr(word.find('=') + 1);
    const std::string& command = words["cmd"];
    if (command == "init")
      return reply(i, "cmd=response_to_init rc=0 pmi_version=1 pmi_subversion=1");
    if (command == "get_my_kvsname") return reply(i, "cmd=my_kvsname rc=0 kvsname=kvs_1");
    if (command == "finalize") return reply(i, "cmd=finalize_ack rc=0");
    if (command == "put") {
      store_[words["key"]] = words["value"];
      return reply(i, "cmd=put_result rc=0");
    }
    if (command == "get") {
      const auto found = store_.find(words["key"]);
      return reply(i, found == store_.end() ? "cmd=get_result rc=-1 msg=key_not_found"
                                            : "cmd=get_result rc=0 value=" + found->second);
    }
    if (command != "barrier_in") return reply(i, "cmd=unknown rc=-1");
    if (++waiting_ < servers_.size()) return;
    waiting_ = 0;
    for (size_t other = 0; other < servers_.size(); ++other) reply(other, "cmd=barrier_out rc=0");
  }

  void reply(size_t i, const std::string& line) {
    if (servers_[i]) (void)base::writeAll(servers_[i].get(), line + "\n").has_value();
  }

  Store store_;
  std::vector<base::Fd> servers_;
  std::vector<base::Fd> clients_;
  size_t waiting_ = 0;
  std::thread thread_;
};

}  // namespace mc::fakes
