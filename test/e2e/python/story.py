"""What users of the Python client do, one function a story. Run with a kubeconfig and a story's name; each assertion
that fails ends it with a traceback, and the last line of a good run is `ok`."""

import sys
import time

from kubernetes import client, config, watch
from kubernetes.client.exceptions import ApiException

NAMESPACE = "default"
LIMIT_SECONDS = 60


def until(what, check):
    end = time.monotonic() + LIMIT_SECONDS
    while time.monotonic() < end:
        found = check()
        if found:
            return found
        time.sleep(0.05)
    raise AssertionError(f"not within {LIMIT_SECONDS} s: {what}")


def refused(status, reason, call):
    try:
        call()
    except ApiException as error:
        assert error.status == status, (error.status, error.body)
        assert f'"reason":"{reason}"' in error.body, error.body
        return error
    raise AssertionError(f"was not refused with {status}")


def core():
    """Objects of the core group: created, read, replaced, patched, selected, listed in pages, deleted."""
    api = client.CoreV1Api()
    for name in ("a", "b", "c"):
        body = client.V1ConfigMap(
            metadata=client.V1ObjectMeta(name=f"py-{name}", labels={"of": "python"}), data={"value": "one"}
        )
        made = api.create_namespaced_config_map(NAMESPACE, body)
        assert made.metadata.uid and made.metadata.creation_timestamp.tzinfo is not None
    read = api.read_namespaced_config_map("py-a", NAMESPACE)
    read.data["value"] = "two"
    assert api.replace_namespaced_config_map("py-a", NAMESPACE, read).data == {"value": "two"}
    refused(409, "Conflict", lambda: api.replace_namespaced_config_map("py-a", NAMESPACE, read))
    patched = api.patch_namespaced_config_map("py-a", NAMESPACE, {"data": {"more": "three"}})
    assert patched.data == {"value": "two", "more": "three"}
    first = api.list_namespaced_config_map(NAMESPACE, label_selector="of=python", limit=2)
    assert [item.metadata.name for item in first.items] == ["py-a", "py-b"]
    token = first.metadata._continue
    rest = api.list_namespaced_config_map(NAMESPACE, label_selector="of=python", limit=2, _continue=token)
    assert [item.metadata.name for item in rest.items] == ["py-c"]
    api.delete_collection_namespaced_config_map(NAMESPACE, label_selector="of=python")
    refused(404, "NotFound", lambda: api.read_namespaced_config_map("py-a", NAMESPACE))
    wrong = client.V1ConfigMap(metadata=client.V1ObjectMeta(name="No Name"))
    refused(422, "Invalid", lambda: api.create_namespaced_config_map(NAMESPACE, wrong))


def apps():
    """A Deployment that comes up, is scaled, rolled to another image and deleted with everything it made."""
    api, pods = client.AppsV1Api(), client.CoreV1Api()
    labels = {"app": "python"}
    container = client.V1Container(name="main", image="example.invalid/one:1")
    template = client.V1PodTemplateSpec(
        metadata=client.V1ObjectMeta(labels=labels), spec=client.V1PodSpec(containers=[container])
    )
    spec = client.V1DeploymentSpec(replicas=2, selector=client.V1LabelSelector(match_labels=labels), template=template)
    api.create_namespaced_deployment(
        NAMESPACE, client.V1Deployment(metadata=client.V1ObjectMeta(name="python"), spec=spec)
    )

    def status():
        return api.read_namespaced_deployment_status("python", NAMESPACE).status

    until("two replicas are available", lambda: status().available_replicas == 2)
    scale = api.read_namespaced_deployment_scale("python", NAMESPACE)
    scale.spec.replicas = 3
    api.replace_namespaced_deployment_scale("python", NAMESPACE, scale)
    until("three replicas are available", lambda: status().available_replicas == 3)
    image = {"spec": {"template": {"spec": {"containers": [{"name": "main", "image": "example.invalid/two:2"}]}}}}
    rolled = api.patch_namespaced_deployment("python", NAMESPACE, image)
    assert [one.image for one in rolled.spec.template.spec.containers] == ["example.invalid/two:2"]
    generation = rolled.metadata.generation

    def is_rolled_out():
        now = status()
        counts = (now.updated_replicas, now.replicas, now.available_replicas)
        return now.observed_generation == generation and counts == (3, 3, 3)

    until("the rollout is complete", is_rolled_out)
    found = pods.list_namespaced_pod(NAMESPACE, label_selector="app=python").items
    assert {pod.spec.containers[0].image for pod in found if not pod.metadata.deletion_timestamp} == {
        "example.invalid/two:2"
    }
    assert "simulated" in pods.read_namespaced_pod_log(found[0].metadata.name, NAMESPACE)
    api.delete_namespaced_deployment("python", NAMESPACE, propagation_policy="Foreground")
    until(
        "everything is gone",
        lambda: not pods.list_namespaced_pod(NAMESPACE, label_selector="app=python").items
        and not api.list_namespaced_replica_set(NAMESPACE, label_selector="app=python").items,
    )


def watching():
    """A watch that tells what happens, and one that resumes from where another ended."""
    api = client.CoreV1Api()
    start = api.list_namespaced_secret(NAMESPACE).metadata.resource_version
    secret = client.V1Secret(metadata=client.V1ObjectMeta(name="watched"), string_data={"key": "value"})
    made = api.create_namespaced_secret(NAMESPACE, secret)
    assert made.data == {"key": "dmFsdWU="}
    api.patch_namespaced_secret("watched", NAMESPACE, {"stringData": {"key": "other"}})
    api.delete_namespaced_secret("watched", NAMESPACE)
    seen, version = [], None
    for event in watch.Watch().stream(
        api.list_namespaced_secret, NAMESPACE, resource_version=start, timeout_seconds=LIMIT_SECONDS
    ):
        seen.append((event["type"], event["object"].data["key"]))
        if event["type"] == "ADDED":
            version = event["object"].metadata.resource_version
        if event["type"] == "DELETED":
            break
    assert seen == [("ADDED", "dmFsdWU="), ("MODIFIED", "b3RoZXI="), ("DELETED", "b3RoZXI=")], seen
    resumed = watch.Watch().stream(api.list_namespaced_secret, NAMESPACE, resource_version=version, timeout_seconds=1)
    assert [event["type"] for event in resumed] == ["MODIFIED", "DELETED"]


def custom():
    """A kind of one's own: defined, used through the custom objects API, its status apart, and taken away."""
    definitions, api = client.ApiextensionsV1Api(), client.CustomObjectsApi()
    group, plural = "python.example.com", "snakes"
    properties = {
        "spec": {
            "type": "object",
            "required": ["length"],
            "properties": {
                "length": {"type": "integer", "minimum": 1},
                "colour": {"type": "string", "default": "green"},
            },
        },
        "status": {"type": "object", "properties": {"phase": {"type": "string"}}},
    }
    version = {
        "name": "v1",
        "served": True,
        "storage": True,
        "schema": {"openAPIV3Schema": {"type": "object", "properties": properties}},
        "subresources": {"status": {}},
    }
    names = {"plural": plural, "singular": "snake", "kind": "Snake", "listKind": "SnakeList"}
    definitions.create_custom_resource_definition(
        {
            "apiVersion": "apiextensions.k8s.io/v1",
            "kind": "CustomResourceDefinition",
            "metadata": {"name": f"{plural}.{group}"},
            "spec": {"group": group, "scope": "Namespaced", "names": names, "versions": [version]},
        }
    )

    def is_established():
        found = definitions.read_custom_resource_definition(f"{plural}.{group}")
        conditions = found.status.conditions or [] if found.status else []
        return any(one.type == "Established" and one.status == "True" for one in conditions)

    until("the definition is established", is_established)
    address = (group, "v1", NAMESPACE, plural)

    def snake(name, length):
        meta = {"name": name}
        return {"apiVersion": f"{group}/v1", "kind": "Snake", "metadata": meta, "spec": {"length": length}}

    made = api.create_namespaced_custom_object(*address, snake("kaa", 9))
    assert made["spec"] == {"length": 9, "colour": "green"} and made["metadata"]["generation"] == 1
    refused(422, "Invalid", lambda: api.create_namespaced_custom_object(*address, snake("none", 0)))
    made["status"] = {"phase": "asleep"}
    assert "status" not in api.replace_namespaced_custom_object(*address, "kaa", made)
    current = api.get_namespaced_custom_object(*address, "kaa")
    current["status"] = {"phase": "awake"}
    told = api.replace_namespaced_custom_object_status(*address, "kaa", current)
    assert told["status"] == {"phase": "awake"} and told["metadata"]["generation"] == 1
    api.create_namespaced_custom_object(*address, snake("nag", 3))
    listed = api.list_namespaced_custom_object(*address)
    assert [item["metadata"]["name"] for item in listed["items"]] == ["kaa", "nag"]
    start = listed["metadata"]["resourceVersion"]
    api.delete_namespaced_custom_object(*address, "nag")
    for event in watch.Watch().stream(
        api.list_namespaced_custom_object, *address, resource_version=start, timeout_seconds=LIMIT_SECONDS
    ):
        assert (event["type"], event["object"]["metadata"]["name"]) == ("DELETED", "nag")
        break
    definitions.delete_custom_resource_definition(f"{plural}.{group}")
    until("the definition is gone", lambda: not definitions.list_custom_resource_definition().items)
    refused(404, "NotFound", lambda: definitions.read_custom_resource_definition(f"{plural}.{group}"))


if __name__ == "__main__":
    config.load_kube_config(sys.argv[1])
    {"core": core, "apps": apps, "watching": watching, "custom": custom}[sys.argv[2]]()
    print("ok")
