#include "flux/services/content/sqlite_backing.hpp"

#include <sqlite3.h>

#include <array>

namespace mc::flux::services::content {

namespace {

// A job is a few blobs of some KiB: with large pages each is on one. What is deleted need not be
// overwritten, as Debian's SQLite does unless told so: that would write the journal twice. The
// write-ahead log is copied to the database after 16 MiB, so that a burst of jobs does not wait for
// the disk every few milliseconds.
constexpr const char* kSettings =
    "PRAGMA page_size=16384;"
    "PRAGMA secure_delete=OFF;"
    "PRAGMA locking_mode=EXCLUSIVE;"
    "PRAGMA journal_mode=WAL;"
    "PRAGMA synchronous=NORMAL;"
    "PRAGMA wal_autocheckpoint=1024;"
    "PRAGMA cache_size=-4096;";
constexpr const char* kTables =
    "CREATE TABLE IF NOT EXISTS objects(hash CHAR(20) PRIMARY KEY, size INT, object BLOB);"
    "CREATE TABLE IF NOT EXISTS checkpt(key TEXT UNIQUE, value TEXT);"
    "CREATE TABLE IF NOT EXISTS journal(id INTEGER PRIMARY KEY, record BLOB);";
constexpr int kNotCompressed = -1;  // objects.size

int errnumOf(int code) {
  switch (code & 0xff) {
    case SQLITE_FULL:
      return ENOSPC;
    case SQLITE_BUSY:
    case SQLITE_LOCKED:
      return EBUSY;
    case SQLITE_READONLY:
    case SQLITE_PERM:
    case SQLITE_AUTH:
      return EACCES;
    case SQLITE_NOMEM:
      return ENOMEM;
    default:
      return EIO;
  }
}

struct Close {
  void operator()(sqlite3* db) const { sqlite3_close_v2(db); }
};
struct Finalize {
  void operator()(sqlite3_stmt* statement) const { sqlite3_finalize(statement); }
};
using Database = std::unique_ptr<sqlite3, Close>;

// A prepared statement, ready for the next use once this goes.
class Use {
 public:
  explicit Use(sqlite3_stmt* statement) : statement_(statement) {}
  ~Use() {
    sqlite3_reset(statement_);
    sqlite3_clear_bindings(statement_);
  }
  Use(const Use&) = delete;
  Use& operator=(const Use&) = delete;

  // The bytes must hold until this goes.
  Use& blob(int index, std::string_view bytes) {
    // A null pointer would be stored as NULL.
    sqlite3_bind_blob64(statement_, index, bytes.empty() ? "" : bytes.data(), bytes.size(),
                        SQLITE_STATIC);
    return *this;
  }
  Use& text(int index, std::string_view bytes) {
    sqlite3_bind_text64(statement_, index, bytes.data(), bytes.size(), SQLITE_STATIC, SQLITE_UTF8);
    return *this;
  }
  Use& integer(int index, int64_t value) {
    sqlite3_bind_int64(statement_, index, value);
    return *this;
  }
  int step() { return sqlite3_step(statement_); }
  [[nodiscard]] std::string_view column(int index) const {
    const auto* data = static_cast<const char*>(sqlite3_column_blob(statement_, index));
    return {data, static_cast<size_t>(sqlite3_column_bytes(statement_, index))};
  }
  [[nodiscard]] int64_t number(int index) const { return sqlite3_column_int64(statement_, index); }

 private:
  sqlite3_stmt* statement_;
};

class SqliteBacking final : public Backing {
 public:
  SqliteBacking(Database db, std::string path) : db_(std::move(db)), path_(std::move(path)) {}

  base::Status prepareAll() {
    static constexpr std::array<const char*, kCount> kTexts{
        "SELECT size, object FROM objects WHERE hash = ?1",
        "SELECT value FROM checkpt WHERE key = ?1",
        "SELECT record FROM journal ORDER BY id",
        "INSERT OR IGNORE INTO objects(hash, size, object) VALUES(?1, ?2, ?3)",
        "REPLACE INTO checkpt(key, value) VALUES(?1, ?2)",
        "INSERT INTO journal(record) VALUES(?1)",
        "DELETE FROM journal",
        "BEGIN IMMEDIATE",
        "COMMIT",
        "ROLLBACK"};
    for (size_t i = 0; i < kCount; ++i) {
      sqlite3_stmt* statement = nullptr;
      const int code = sqlite3_prepare_v3(db_.get(), kTexts[i], -1, SQLITE_PREPARE_PERSISTENT,
                                          &statement, nullptr);
      statements_[i].reset(statement);
      if (code != SQLITE_OK) return fault(code);
    }
    return {};
  }

  base::Result<std::string> load(const Hash& hash) override {
    Use use(statements_[kLoad].get());
    const int code = use.blob(1, bytesOf(hash)).step();
    if (code == SQLITE_DONE) return base::fail(ENOENT, blobref(hash) + ": no such blob");
    if (code != SQLITE_ROW) return base::pass(fault(code).error());
    std::string blob(use.column(1));
    if (use.number(0) != kNotCompressed)
      return base::fail(EIO, path_ + ": blob " + blobref(hash) + " is compressed");
    if (hashOf(blob) != hash)
      return base::fail(EIO, path_ + ": blob " + blobref(hash) + " is damaged");
    return blob;
  }

  base::Result<std::string> checkpoint(std::string_view key) override {
    Use use(statements_[kCheckpoint].get());
    const int code = use.text(1, key).step();
    if (code == SQLITE_DONE) return base::fail(ENOENT, "no checkpoint '" + std::string(key) + "'");
    if (code != SQLITE_ROW) return base::pass(fault(code).error());
    return std::string(use.column(0));
  }

  base::Status readJournal(const std::function<base::Status(std::string_view)>& callback) override {
    Use use(statements_[kReadJournal].get());
    int code = SQLITE_OK;
    while ((code = use.step()) == SQLITE_ROW) MC_TRY(callback(use.column(0)));
    return code == SQLITE_DONE ? base::Status() : fault(code);
  }

  base::Status begin() override { return run(Use(statements_[kBegin].get())); }
  base::Status store(const Hash& hash, std::string_view blob) override {
    return run(Use(statements_[kStore].get())
                   .blob(1, bytesOf(hash))
                   .integer(2, kNotCompressed)
                   .blob(3, blob));
  }
  base::Status setCheckpoint(std::string_view key, std::string_view value) override {
    return run(Use(statements_[kSetCheckpoint].get()).text(1, key).text(2, value));
  }
  base::Status appendJournal(std::string_view record) override {
    return run(Use(statements_[kAppendJournal].get()).blob(1, record));
  }
  base::Status clearJournal() override { return run(Use(statements_[kClearJournal].get())); }
  base::Status commit() override { return run(Use(statements_[kCommit].get())); }
  void rollback() override {
    // After some errors SQLite has rolled back already.
    if (sqlite3_get_autocommit(db_.get()) == 0) (void)run(Use(statements_[kRollback].get()));
  }

 private:
  enum Statement : size_t {
    kLoad,
    kCheckpoint,
    kReadJournal,
    kStore,
    kSetCheckpoint,
    kAppendJournal,
    kClearJournal,
    kBegin,
    kCommit,
    kRollback,
    kCount
  };

  base::Status run(Use&& use) const {
    const int code = use.step();
    return code == SQLITE_DONE ? base::Status() : fault(code);
  }
  base::Status run(Use& use) const { return run(std::move(use)); }

  [[nodiscard]] base::Status fault(int code) const {
    return base::fail(errnumOf(code), path_ + ": " + sqlite3_errmsg(db_.get()));
  }

  Database db_;
  std::string path_;
  std::array<std::unique_ptr<sqlite3_stmt, Finalize>, kCount> statements_;
};

base::Status execute(sqlite3* db, const char* sql) {
  const int code = sqlite3_exec(db, sql, nullptr, nullptr, nullptr);
  if (code == SQLITE_OK) return {};
  if (errnumOf(code) == EBUSY) return base::fail(EBUSY, "in use by another broker");
  return base::fail(errnumOf(code), sqlite3_errmsg(db));
}

base::Result<Database> openDatabase(const std::string& path) {
  sqlite3* opened = nullptr;
  const int code =
      sqlite3_open_v2(path.c_str(), &opened,
                      SQLITE_OPEN_READWRITE | SQLITE_OPEN_CREATE | SQLITE_OPEN_NOMUTEX, nullptr);
  Database db(opened);
  if (code != SQLITE_OK)
    return base::fail(errnumOf(code), db ? sqlite3_errmsg(db.get()) : sqlite3_errstr(code));
  MC_TRY(execute(db.get(), kSettings));
  // Takes the lock, and reads the head of what is there.
  MC_TRY(execute(db.get(), "BEGIN EXCLUSIVE"));
  MC_TRY(execute(db.get(), kTables));
  MC_TRY(execute(db.get(), "COMMIT"));
  return db;
}

}  // namespace

base::Result<std::unique_ptr<Backing>> openSqlite(const std::string& path) {
  auto db = openDatabase(path);
  if (!db) return base::pass(db.error().prefixed(path));
  auto backing = std::make_unique<SqliteBacking>(std::move(*db), path);
  MC_TRY(backing->prepareAll());
  return std::unique_ptr<Backing>(std::move(backing));
}

}  // namespace mc::flux::services::content
