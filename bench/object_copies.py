"""The objects of one MiniCluster, made again for others by a client without any operator: what the API
server and its controllers take for the same objects, however fast an operator is."""

import concurrent.futures
import json
import time

# Given by the API server, or by the controller of Jobs.
OWN_METADATA = ("name", "labels", "annotations")
OWN_LABELS = ("controller-uid", "job-name")


def without_server_fields(item, kind, version):
    """As a client would send it."""
    metadata = {key: item["metadata"][key] for key in OWN_METADATA if key in item["metadata"]}
    copy = {key: value for key, value in item.items() if key != "status"}
    copy |= {"kind": kind, "apiVersion": version, "metadata": metadata}
    if kind == "Service":
        copy["spec"] = {key: value for key, value in item["spec"].items() if key != "clusterIPs"}
    if kind == "Job":
        spec = copy["spec"]
        for key in ("selector", "suspend"):
            spec.pop(key, None)
        for labels in (metadata.get("labels", {}), spec["template"]["metadata"]["labels"]):
            for label in [name for name in labels if name.endswith(OWN_LABELS)]:
                del labels[label]
    return copy


class Copies:
    """What belongs to the MiniCluster `name`, as a pattern for others."""

    def __init__(self, api, namespace, name):
        self.api, self.name = api, name
        core = f"/api/v1/namespaces/{namespace}"
        kinds = (("ConfigMap", "v1", f"{core}/configmaps"), ("Service", "v1", f"{core}/services"),
                 ("Secret", "v1", f"{core}/secrets"),
                 ("Job", "batch/v1", f"/apis/batch/v1/namespaces/{namespace}/jobs"))
        self.patterns = [
            (path, json.dumps(without_server_fields(item, kind, version)))
            for kind, version, path in kinds
            for item in api.get(path)["items"]
            if self.belongs(item["metadata"])]

    def belongs(self, metadata):
        return any(owner["name"] == self.name for owner in metadata.get("ownerReferences", ()))

    def make(self, path, cluster):
        made = self.api.create(path, cluster)
        owner = {"apiVersion": cluster["apiVersion"], "kind": cluster["kind"],
                 "name": made["metadata"]["name"], "uid": made["metadata"]["uid"],
                 "controller": True}
        for where, pattern in self.patterns:
            body = json.loads(pattern.replace(self.name, owner["name"]))
            body["metadata"]["ownerReferences"] = [owner]
            self.api.create(where, body)

    def seconds_for(self, path, clusters, at_once=16):
        """Until all `clusters`, posted to `path`, and their objects have been created."""
        begin = time.monotonic()
        with concurrent.futures.ThreadPoolExecutor(at_once) as pool:
            for done in [pool.submit(self.make, path, cluster) for cluster in clusters]:
                done.result()
        return time.monotonic() - begin
