"""What the tests of deploy/ share: reading installations, and comparing them."""

import os
import shutil
import subprocess
import sys

import yaml

ROOT = os.path.dirname(os.path.dirname(os.path.dirname(os.path.abspath(__file__))))
DEPLOY = os.path.join(ROOT, "deploy")
NAMESPACE = "minicluster-system"
SKIPPED = 77


def skip(why):
    print("skipped:", why)
    sys.exit(SKIPPED)


def output_of(*command, **options):
    done = subprocess.run(command, check=False, capture_output=True, text=True, **options)
    assert done.returncode == 0, f"{' '.join(command)}: {done.stderr}"
    return done.stdout


def without_empty(value):
    """Fields that say nothing are as good as left out."""
    if isinstance(value, dict):
        fields = {key: without_empty(each) for key, each in value.items()}
        return {key: each for key, each in fields.items() if each not in ({}, [], None)}
    if isinstance(value, list):
        return [without_empty(each) for each in value]
    return value


def objects_in(text):
    """The objects of an installation by kind, namespace and name."""
    objects = {}
    for each in yaml.load_all(text, Loader=yaml.CSafeLoader):
        if each is None:
            continue
        meta = each["metadata"]
        key = (each["kind"], meta.get("namespace", ""), meta["name"])
        assert key not in objects, f"{key} twice"
        objects[key] = without_empty(each)
    return objects


def objects_of(name):
    with open(os.path.join(DEPLOY, name), encoding="utf-8") as file:
        return objects_in(file.read())


def assert_same(found, wanted, what):
    assert sorted(found) == sorted(wanted), \
        f"{what}: only there {sorted(set(found) - set(wanted))}, " \
        f"missing {sorted(set(wanted) - set(found))}"
    for key, each in wanted.items():
        assert found[key] == each, f"{what}: {key} differs:\n{found[key]}\n{each}"


def program(name):
    return shutil.which(name)
