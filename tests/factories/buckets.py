"""A store that speaks S3 on this machine, and buckets in it."""
from __future__ import annotations

import logging
from collections.abc import Iterator
from contextlib import contextmanager

import boto3
from moto.server import ThreadedMotoServer

from script.children import free_port

USER, SECRET, REGION = "somebody", "whatever", "us-east-1"


@contextmanager
def store_of_buckets() -> Iterator[str]:
    """Gives its address."""
    port = free_port()
    logging.getLogger("werkzeug").setLevel(logging.ERROR)  # one line a request
    server = ThreadedMotoServer(ip_address="127.0.0.1", port=port, verbose=False)
    server.start()
    try:
        yield f"http://127.0.0.1:{port}"
    finally:
        server.stop()


def make_bucket(endpoint: str, name: str) -> dict:
    """An empty bucket; the options under which the portal keeps files there."""
    client = boto3.client(
        "s3", endpoint_url=endpoint, region_name=REGION, aws_access_key_id=USER, aws_secret_access_key=SECRET,
    )
    client.create_bucket(Bucket=name)
    for each in client.list_objects_v2(Bucket=name).get("Contents", []):
        client.delete_object(Bucket=name, Key=each["Key"])
    return {
        "bucket_name": name, "endpoint_url": endpoint, "region_name": REGION, "access_key": USER, "secret_key": SECRET,
        "default_acl": None, "file_overwrite": False,
    }
