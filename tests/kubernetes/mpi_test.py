"""MPI programs and instances of their own over four pods."""

from harness import KubernetesTest, main
from over_pods import OpenMpiOverPods, OverPods


class Lead(KubernetesTest):
    def lead_pod(self):
        return self.pod(0)


class Mpi(OverPods, Lead):
    pass


class OpenMpi(OpenMpiOverPods, Lead):
    pass


if __name__ == "__main__":
    main()
