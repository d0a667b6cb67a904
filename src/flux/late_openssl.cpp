// OpenSSL asks the processor what it can do before main() begins, which in a virtual machine is a
// trip to the hypervisor for each question. Most runs of this program need no OpenSSL at all: the
// question waits until OpenSSL starts, which asks again in any case.

// NOLINTBEGIN(readability-identifier-naming,bugprone-reserved-identifier): the names
// by which the linker (--wrap) leads all calls here, and from here on.
extern "C" void __real_OPENSSL_cpuid_setup();
extern "C" void __wrap_OPENSSL_cpuid_setup();

void __wrap_OPENSSL_cpuid_setup() {
  static bool isBeforeMain = true;  // the first call comes from the program's start
  if (!isBeforeMain) __real_OPENSSL_cpuid_setup();
  isBeforeMain = false;
}
// NOLINTEND(readability-identifier-naming,bugprone-reserved-identifier)
