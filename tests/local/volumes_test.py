"""Volumes: directories of the machine, memory, read-only ones, shared by the containers of a pod."""

import json
import os
import tempfile

from harness import LocalTest, container, main, minicluster


class Volumes(LocalTest):
    def test_host_directory(self):
        with tempfile.TemporaryDirectory() as folder:
            os.chmod(folder, 0o777)
            with open(os.path.join(folder, "in"), "w", encoding="utf-8") as file:
                file.write("from outside\n")
            ended = self.run_job(minicluster(
                container("sh -c 'cat /data/in && echo from inside > /data/out'",
                          volumes={"data": {"path": "/data"}}),
                volumes={"data": {"storageClass": "hostpath", "path": folder}}))
            self.assert_output(ended, "from outside\n")
            with open(os.path.join(folder, "out"), encoding="utf-8") as file:
                self.assertEqual(file.read(), "from inside\n")

    def test_read_only(self):
        with tempfile.TemporaryDirectory() as folder:
            os.chmod(folder, 0o777)
            ended = self.run_job(minicluster(
                container("touch /data/x", volumes={"data": {"path": "/data", "readOnly": True}}),
                volumes={"data": {"storageClass": "hostpath", "path": folder}}))
            self.assertEqual(ended.status, 1, repr(ended))
            self.assertIn("Read-only file system", ended.err)
            self.assertEqual(os.listdir(folder), [])

    def test_shared_by_the_containers_of_a_pod(self):
        shared = {"shared": {"emptyDir": True, "path": "/shared"}}
        manifest = {
            "apiVersion": "flux-framework.org/v1alpha2",
            "kind": "MiniCluster",
            "metadata": {"name": "flux-sample"},
            "spec": {"size": 1, "logging": {"quiet": True}, "containers": [
                container("sh -c 'until [ -s /shared/file ]; do sleep 0.1; done; "
                          "cat /shared/file; df -T /shared | tail -n 1 | grep -c tmpfs'",
                          image="busybox",
                          volumes={"shared": {**shared["shared"], "emptyDirMedium": "memory"}}),
                {"image": "busybox", "name": "writer",
                 "command": "sh -c 'trap exit TERM; echo shared > /shared/file; "
                            "while true; do sleep 0.1; done'",
                 "volumes": {"shared": {**shared["shared"], "emptyDirMedium": "memory"}}}]}}
        self.assert_output(self.run_job(json.dumps(manifest)), "shared\n1\n")
        self.assertEqual(self.left_over(), [])


if __name__ == "__main__":
    main()
