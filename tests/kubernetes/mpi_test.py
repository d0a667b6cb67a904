"""MPI programs and instances of their own over four pods."""

from harness import KubernetesTest, main
from over_pods import OverPods


class Mpi(OverPods, KubernetesTest):
    def lead_pod(self):
        return self.pod(0)


if __name__ == "__main__":
    main()
