/* The first process of each pod: it holds the pod's namespaces, and does nothing else. */
#include <signal.h>
#include <sys/wait.h>
#include <unistd.h>

static void end(int number) {
  (void)number;
  _exit(0);
}

static void reap(int number) {
  (void)number;
  while (waitpid(-1, 0, WNOHANG) > 0) {
  }
}

static void handle(int number, void (*handler)(int)) {
  struct sigaction action = {.sa_handler = handler, .sa_flags = SA_RESTART};
  sigaction(number, &action, 0);
}

int main(void) {
  handle(SIGTERM, end);
  handle(SIGINT, end);
  handle(SIGCHLD, reap);
  for (;;) {
    pause();
  }
}
