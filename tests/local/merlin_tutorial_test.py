"""The Merlin tutorial on the local engine, with RabbitMQ killed in the middle of it, and once more; and
the example in which Flux places the tasks.
"""

from harness import LocalTest, main
from merlin_tutorial import FLUX_FOLDER, MerlinTutorial


class Merlin(MerlinTutorial, LocalTest):
    def test_tutorial(self):
        self.put_up()
        self.follow_tutorial()
        self.once_more()

    def test_flux_places_tasks(self):
        self.put_up(FLUX_FOLDER)
        self.see_flux_place_tasks()

    def lead(self):
        return "flux-sample-0"


if __name__ == "__main__":
    main()
