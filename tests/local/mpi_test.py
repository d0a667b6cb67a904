"""MPI programs and instances of their own over four pods."""

from harness import LocalTest, main
from over_pods import OpenMpiOverPods, OverPods


class Lead(LocalTest):
    def lead_pod(self):
        return "flux-sample-0"


class Mpi(OverPods, Lead):
    pass


class OpenMpi(OpenMpiOverPods, Lead):
    pass


if __name__ == "__main__":
    main()
