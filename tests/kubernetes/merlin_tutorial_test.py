"""The Merlin tutorial with kubectl, with RabbitMQ killed in the middle of it, and once more."""

from harness import KubernetesTest, main
from merlin_tutorial import MerlinTutorial


class Merlin(MerlinTutorial, KubernetesTest):
    crash = r" +Reason: +Error\n +Exit Code: +137\n"

    def test_tutorial(self):
        self.put_up()
        self.follow_tutorial()
        self.once_more()

    def lead(self):
        return self.pod(0)


if __name__ == "__main__":
    main()
