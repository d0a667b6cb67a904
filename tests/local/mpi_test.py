"""MPI programs and instances of their own over four pods."""

from harness import LocalTest, main
from over_pods import OverPods


class Mpi(OverPods, LocalTest):
    def lead_pod(self):
        return "flux-sample-0"


if __name__ == "__main__":
    main()
