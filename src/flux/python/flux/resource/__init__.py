"""The resources of an instance."""

from flux.resource.ResourceSet import ResourceSet
from flux.resource.list import SchedResourceList, resource_list
from flux.resource.status import ResourceStatus, resource_status
