// flux-pmix: the PMIx server of one node of a job (-o pmi=pmix), for MPI libraries that speak PMIx
// only, as Debian's Open MPI does.
//
// The job shell is a static program and can't load libraries; this small one is not. It loads the
// image's own libpmix and stands between it and the shell, which it speaks to in lines on standard
// input and output (shell/pmix_server.hpp has the other end). It needs nothing but the C library:
// no C++ runtime, which an image may lack.
//
// Threads: the library calls back on its own; what they share is guarded by kLock.

#include <pmix.h>
#include <pmix_server.h>

#include <dlfcn.h>
#include <pthread.h>
#include <unistd.h>
#include <cerrno>
#include <cstdio>
#include <cstdlib>
#include <cstring>

namespace {

pthread_mutex_t kLock = PTHREAD_MUTEX_INITIALIZER;

/// What is called of the library.
struct Library {
  decltype(&PMIx_server_init) init;
  decltype(&PMIx_server_finalize) finalize;
  decltype(&PMIx_server_register_nspace) registerNamespace;
  decltype(&PMIx_server_register_client) registerClient;
  decltype(&PMIx_server_setup_fork) setupFork;
  decltype(&PMIx_server_dmodex_request) requestModex;
  decltype(&PMIx_generate_regex) generateRegex;
  decltype(&PMIx_generate_ppn) generatePpn;
  decltype(&PMIx_Error_string) errorString;
} lib;

/// The job as the shell tells of it.
struct {
  char* name = nullptr;    ///< of the PMIx namespace
  char* tmpdir = nullptr;  ///< for the library's sockets
  char* hosts = nullptr;   ///< of all nodes, divided by commas
  char* ranks = nullptr;   ///< of all nodes, by semicolons; those of one by commas
  char* host = nullptr;    ///< of this node
  char* peers = nullptr;   ///< the ranks of this node
  uint32_t tasks = 0;
  uint32_t nodes = 0;
  uint32_t node = 0;
} job;

/// A call of the library that waits for the shell.
struct Pending {
  pmix_modex_cbfunc_t done = nullptr;
  void* context = nullptr;
};
Pending fence;
/// Requests for the data of tasks on other nodes, by their number.
constexpr size_t kMaxWanted = 1024;
Pending wanted[kMaxWanted];

// ---- lines

void say(const char* begin, const char* data = "", size_t size = 0) {
  ::pthread_mutex_lock(&kLock);
  std::fputs(begin, stdout);
  for (size_t i = 0; i < size; ++i)
    std::fprintf(stdout, "%02x", static_cast<unsigned char>(data[i]));
  std::fputc('\n', stdout);
  std::fflush(stdout);
  ::pthread_mutex_unlock(&kLock);
}

[[noreturn]] void die(const char* what, const char* why) {
  std::printf("fail %s: %s\n", what, why);
  std::fflush(stdout);
  std::_Exit(1);
}

void check(const char* what, pmix_status_t status) {
  if (status != PMIX_SUCCESS && status != PMIX_OPERATION_SUCCEEDED)
    die(what, lib.errorString(status));
}

int digit(char c) {
  return c >= 'a' ? c - 'a' + 10 : c - '0';
}

/// The bytes of hexadecimal text, to be freed.
char* bytesOf(const char* text, size_t* size) {
  *size = std::strlen(text) / 2;
  char* out = static_cast<char*>(std::malloc(*size + 1));
  if (out == nullptr) die("memory", std::strerror(errno));
  for (size_t i = 0; i < *size; ++i)
    out[i] = static_cast<char>(digit(text[2 * i]) * 16 + digit(text[2 * i + 1]));
  return out;
}

char* nextWord(char** rest) {
  char* word = ::strsep(rest, " ");
  return word != nullptr ? word : const_cast<char*>("");
}

uint32_t number(const char* text) {
  return static_cast<uint32_t>(std::strtoul(text, nullptr, 10));
}

// ---- what the library asks of us

void finish(Pending* pending, pmix_status_t status, const char* hex) {
  ::pthread_mutex_lock(&kLock);
  const Pending taken = *pending;
  *pending = {};
  ::pthread_mutex_unlock(&kLock);
  if (taken.done == nullptr) return;
  size_t size = 0;
  char* data = bytesOf(hex, &size);
  taken.done(status, data, size, taken.context, std::free, data);
}

/// Of all tasks of the job: MPI libraries ask for no other.
pmix_status_t onFence(const pmix_proc_t procs[], size_t count, const pmix_info_t[], size_t,
                      char* data, size_t size, pmix_modex_cbfunc_t done, void* context) {
  if (count != job.tasks && !(count == 1 && procs[0].rank == PMIX_RANK_WILDCARD))
    return PMIX_ERR_NOT_SUPPORTED;
  ::pthread_mutex_lock(&kLock);
  const bool busy = fence.done != nullptr;
  if (!busy) fence = {done, context};
  ::pthread_mutex_unlock(&kLock);
  if (busy) return PMIX_ERR_NOT_SUPPORTED;
  say("fence ", data, size);
  return PMIX_SUCCESS;
}

pmix_status_t onModex(const pmix_proc_t* proc, const pmix_info_t[], size_t,
                      pmix_modex_cbfunc_t done, void* context) {
  size_t slot = 0;
  ::pthread_mutex_lock(&kLock);
  while (slot < kMaxWanted && wanted[slot].done != nullptr) ++slot;
  if (slot < kMaxWanted) wanted[slot] = {done, context};
  ::pthread_mutex_unlock(&kLock);
  if (slot == kMaxWanted) return PMIX_ERR_OUT_OF_RESOURCE;
  char line[64];
  std::snprintf(line, sizeof line, "want %zu %u", slot, proc->rank);
  say(line);
  return PMIX_SUCCESS;
}

pmix_status_t onAbort(const pmix_proc_t*, void*, int status, const char message[], pmix_proc_t[],
                      size_t, pmix_op_cbfunc_t, void*) {
  char line[512];
  std::snprintf(line, sizeof line, "abort %d %.400s", status, message != nullptr ? message : "");
  for (char* c = line; *c != '\0'; ++c)
    if (*c == '\n') *c = ' ';
  say(line);
  return PMIX_OPERATION_SUCCEEDED;
}

// ---- the job

/// A list of attributes that grows.
struct Attributes {
  pmix_info_t* list = nullptr;
  size_t count = 0;

  pmix_value_t* add(const char* key, pmix_data_type_t type) {
    list = static_cast<pmix_info_t*>(std::realloc(list, (count + 1) * sizeof *list));
    if (list == nullptr) die("memory", std::strerror(errno));
    pmix_info_t* info = &list[count++];
    std::memset(info, 0, sizeof *info);
    std::strncpy(info->key, key, PMIX_MAX_KEYLEN);
    info->value.type = type;
    return &info->value;
  }
  void text(const char* key, char* value) { add(key, PMIX_STRING)->data.string = value; }
  void number(const char* key, uint32_t value) { add(key, PMIX_UINT32)->data.uint32 = value; }
  void small(const char* key, uint16_t value) { add(key, PMIX_UINT16)->data.uint16 = value; }
  void rank(const char* key, uint32_t value) { add(key, PMIX_PROC_RANK)->data.rank = value; }
};

void addTask(Attributes* attributes, uint32_t rank, uint32_t node, uint16_t local, char* host) {
  Attributes task;
  task.rank(PMIX_RANK, rank);
  task.rank(PMIX_GLOBAL_RANK, rank);
  task.rank(PMIX_APP_RANK, rank);
  task.number(PMIX_APPNUM, 0);
  task.number(PMIX_NODEID, node);
  task.small(PMIX_LOCAL_RANK, local);
  task.small(PMIX_NODE_RANK, local);
  task.text(PMIX_HOSTNAME, host);
  auto* array = static_cast<pmix_data_array_t*>(std::calloc(1, sizeof(pmix_data_array_t)));
  if (array == nullptr) die("memory", std::strerror(errno));
  *array = {PMIX_INFO, task.count, task.list};
  attributes->add(PMIX_PROC_DATA, PMIX_DATA_ARRAY)->data.darray = array;
}

/// Every task with its node, from the lists of all.
void addTasks(Attributes* attributes) {
  char* hosts = ::strdup(job.hosts);
  char* nodes = ::strdup(job.ranks);
  for (uint32_t node = 0; node < job.nodes; ++node) {
    char* host = ::strsep(&hosts, ",");
    char* ranks = ::strsep(&nodes, ";");
    if (host == nullptr || ranks == nullptr) die("job", "incomplete lists of nodes");
    uint16_t local = 0;
    while (char* rank = ::strsep(&ranks, ","))
      if (*rank != '\0') addTask(attributes, number(rank), node, local++, host);
  }
}

uint32_t localTasks() {
  uint32_t count = *job.peers == '\0' ? 0 : 1;
  for (const char* c = job.peers; *c != '\0'; ++c) count += *c == ',';
  return count;
}

void registerJob() {
  char* nodeMap = nullptr;
  char* taskMap = nullptr;
  check("PMIx_generate_regex", lib.generateRegex(job.hosts, &nodeMap));
  check("PMIx_generate_ppn", lib.generatePpn(job.ranks, &taskMap));
  Attributes info;
  info.text(PMIX_JOBID, job.name);
  info.number(PMIX_JOB_SIZE, job.tasks);
  info.number(PMIX_UNIV_SIZE, job.tasks);
  info.number(PMIX_APP_SIZE, job.tasks);
  info.number(PMIX_MAX_PROCS, job.tasks);
  info.number(PMIX_JOB_NUM_APPS, 1);
  info.number(PMIX_NUM_NODES, job.nodes);
  info.number(PMIX_NODEID, job.node);
  info.number(PMIX_LOCAL_SIZE, localTasks());
  info.number(PMIX_NODE_SIZE, localTasks());
  info.text(PMIX_LOCAL_PEERS, job.peers);
  info.text(PMIX_NODE_MAP, nodeMap);
  info.text(PMIX_PROC_MAP, taskMap);
  info.text(PMIX_TMPDIR, job.tmpdir);
  info.text(PMIX_NSDIR, job.tmpdir);
  addTasks(&info);
  check("PMIx_server_register_nspace",
        lib.registerNamespace(job.name, static_cast<int>(localTasks()), info.list, info.count,
                              nullptr, nullptr));
}

pmix_proc_t procOf(uint32_t rank) {
  pmix_proc_t proc;
  std::memset(&proc, 0, sizeof proc);
  std::strncpy(proc.nspace, job.name, PMIX_MAX_NSLEN);
  proc.rank = rank;
  return proc;
}

void registerTasks() {
  char* peers = ::strdup(job.peers);
  while (char* text = ::strsep(&peers, ",")) {
    if (*text == '\0') continue;
    const pmix_proc_t proc = procOf(number(text));
    check("PMIx_server_register_client",
          lib.registerClient(&proc, ::getuid(), ::getgid(), nullptr, nullptr, nullptr));
    char** environment = nullptr;
    check("PMIx_server_setup_fork", lib.setupFork(&proc, &environment));
    for (char** entry = environment; entry != nullptr && *entry != nullptr; ++entry)
      std::printf("env %s %s\n", text, *entry);
  }
}

void start() {
  static pmix_server_module_t callbacks;
  callbacks.fence_nb = onFence;
  callbacks.direct_modex = onModex;
  callbacks.abort = onAbort;
  Attributes info;
  info.text(PMIX_SERVER_TMPDIR, job.tmpdir);
  info.text(PMIX_SERVER_NSPACE, const_cast<char*>("flux"));
  info.rank(PMIX_SERVER_RANK, job.node);
  info.text(PMIX_HOSTNAME, job.host);
  // No files that processes share: /dev/shm of a container is small.
  ::setenv("PMIX_MCA_gds", "hash", 0);
  check("PMIx_server_init", lib.init(&callbacks, info.list, info.count));
  registerJob();
  registerTasks();
  say("ready");
}

// ---- what the shell says

void onLocalModex(pmix_status_t status, char* data, size_t size, void* context) {
  char line[64];
  std::snprintf(line, sizeof line, "modex %s %d ", static_cast<char*>(context), status);
  std::free(context);
  say(line, data, size);
}

void giveModex(char* id, uint32_t rank) {
  const pmix_proc_t proc = procOf(rank);
  char* context = ::strdup(id);
  const pmix_status_t status = lib.requestModex(&proc, onLocalModex, context);
  if (status != PMIX_SUCCESS) onLocalModex(status, nullptr, 0, context);
}

void obey(char* line) {
  char* rest = line;
  const char* word = nextWord(&rest);
  const auto is = [word](const char* name) { return std::strcmp(word, name) == 0; };
  const auto keep = [&rest] { return ::strdup(rest != nullptr ? rest : ""); };
  if (is("name")) {
    job.name = keep();
  } else if (is("tmpdir")) {
    job.tmpdir = keep();
  } else if (is("hosts")) {
    job.hosts = keep();
  } else if (is("ranks")) {
    job.ranks = keep();
  } else if (is("host")) {
    job.host = keep();
  } else if (is("peers")) {
    job.peers = keep();
  } else if (is("size")) {
    job.tasks = number(nextWord(&rest));
    job.nodes = number(nextWord(&rest));
    job.node = number(nextWord(&rest));
  } else if (is("start")) {
    start();
  } else if (is("fenced")) {
    const char* status = nextWord(&rest);
    finish(&fence, std::atoi(status), nextWord(&rest));
  } else if (is("wanted")) {
    const uint32_t slot = number(nextWord(&rest));
    const char* status = nextWord(&rest);
    if (slot < kMaxWanted) finish(&wanted[slot], std::atoi(status), nextWord(&rest));
  } else if (is("give")) {
    char* id = nextWord(&rest);
    giveModex(id, number(nextWord(&rest)));
  }
}

template <class Function>
void load(void* library, const char* name, Function* function) {
  *function = reinterpret_cast<Function>(::dlsym(library, name));
  if (*function == nullptr) die("libpmix.so.2", ::dlerror());
}

void loadLibrary() {
  void* library = ::dlopen("libpmix.so.2", RTLD_NOW | RTLD_GLOBAL);
  if (library == nullptr) die("this image has no libpmix", ::dlerror());
  load(library, "PMIx_server_init", &lib.init);
  load(library, "PMIx_server_finalize", &lib.finalize);
  load(library, "PMIx_server_register_nspace", &lib.registerNamespace);
  load(library, "PMIx_server_register_client", &lib.registerClient);
  load(library, "PMIx_server_setup_fork", &lib.setupFork);
  load(library, "PMIx_server_dmodex_request", &lib.requestModex);
  load(library, "PMIx_generate_regex", &lib.generateRegex);
  load(library, "PMIx_generate_ppn", &lib.generatePpn);
  load(library, "PMIx_Error_string", &lib.errorString);
}

}  // namespace

int main() {
  loadLibrary();
  char* line = nullptr;
  size_t room = 0;
  for (ssize_t n = 0; (n = ::getline(&line, &room, stdin)) > 0;) {
    if (line[n - 1] == '\n') line[n - 1] = '\0';
    obey(line);
  }
  // The shell has gone, and the job with it.
  std::_Exit(0);
}
